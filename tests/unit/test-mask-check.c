/* SPDX-License-Identifier: ISC */
/* Numbers that have to pass a check, as they are published, and near ones that must not. */
#include "unit.h"

#include "mask/finders.h"

struct row {
    enum aa_mask_check check;
    const char *good[16];
    const char *bad[24];
    bool one_digit; /* another digit in any place makes it wrong */
};

static const struct row rows[] = {
    { AA_MASK_CHECK_LUHN,
      { "4111111111111111", "4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005",
        "6011111111111117", "30569309025904", "3530111333300000" },
      { "4111111111111112", "411111111111", "0000000000000000", "4111  1111 1111 1111",
        "4111 1111 1111 1111 ", "41111111111111111111111", "4111a111111111111" }, true },
    { AA_MASK_CHECK_IBAN,
      { "DE89370400440532013000", "DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819",
        "FR1420041010050500013M02606", "nl91abna0417164300", "NO9386011117947",
        "MT84MALT011000012345MTLCAST001S", "CH9300762011623852957", "BE68539007547034" },
      { "DE89370400440532013001", "DE8937040044053201300", "XX89370400440532013000",
        "DE543704004405320130001", "DE5137040044053201300", "DEAA370400440532013000", "DE" }, true },
    { AA_MASK_CHECK_US_SSN,
      { "078-05-1120", "123-45-6789", "536 90 4399", "899999999" },
      { "000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000", "123-45-678",
        "123.45.6789" }, false },
    { AA_MASK_CHECK_DE_TAX,
      { "86095742719", "47036892816", "65929970489", "57549285017", "86 095 742 719" },
      { "86095742718", "8609574271", "01234567890", "12345678901", "11111111111", "12345678903", "11223456785", "11123456786" }, true },
    { AA_MASK_CHECK_FR_NIR,
      { "255081416802538", "2 55 08 14 168 025 38", "295109912611193", "1 51 02 46 102 043 25",
        "253072B07300470" },
      { "255081416802539", "955081416802538", "255131416802538", "2550814168025" }, false },
    { AA_MASK_CHECK_ES_DNI,
      { "12345678Z", "54362315K", "X-2482300W", "x5253868r", "00000000T", "12.345.678-Z" },
      { "12345678A", "X2482300A", "1234567Z", "A1234567L", "12345678" }, true },
    { AA_MASK_CHECK_IT_CF,
      { "RSSMRA85T10A562S", "RCCMNL83S18D969H", "MRTMTT25D09F205Z", "rssmra85t10a562s" },
      { "RSSMRA85T10A562T", "RSSMRA85F10A562S", "RSSMRA85T10A562", "1SSMRA85T10A562S" }, false },
    { AA_MASK_CHECK_PL_PESEL,
      { "44051401359", "02070803628", "92071314764", "90090515836" },
      { "44051401358", "44951401359", "44053901359", "4405140135" }, true },
    { AA_MASK_CHECK_NL_BSN,
      { "111222333", "123456782", "1112.22.333", "12000012", "012000012" },
      { "111222334", "000000000", "123456789", "1234567" }, true },
    { AA_MASK_CHECK_BE_NN,
      { "85.07.30-033.28", "85073003328", "93.05.18-223.61", "17 07 30 033 84" },
      { "85.07.30-033.29", "85133003328", "85.07.30-033" }, false },
    { AA_MASK_CHECK_SE_PN,
      { "880320-0016", "811228-9874", "670919-9530", "121212+1212" },
      { "880320-0018", "881320-0016", "228112289874", "88032000" }, true },
    { AA_MASK_CHECK_SE_PN, { "19811228-9874", "198803200016", "701063-2391" }, { "19811228-9875" }, false },
    { AA_MASK_CHECK_FI_HETU,
      { "131052-308T", "131052A308T", "010594Y9032", "010594Y9021", "131052-308t" },
      { "131052-308U", "131352-308T", "131052/308T", "131052308T", "131052-001R" }, false },
    { AA_MASK_CHECK_DK_CPR,
      { "211062-5629", "2110625629", "010107-1234", "290200-4123" },
      { "321062-5629", "211362-5629", "290201-1234", "211062562", "0000000000" }, false },
    { AA_MASK_CHECK_NO_FNR,
      { "15108695088", "11077941012", "151086 95088", "01010750160" },
      { "15108695089", "15138695088", "1510869508" }, true },
    { AA_MASK_CHECK_CH_AHV,
      { "756.9217.0769.85", "756.1234.5678.97", "7569217076985", "756.3047.5009.62" },
      { "756.9217.0769.84", "757.9217.0769.85", "756.9217.0769" }, true },
    { AA_MASK_CHECK_GB_NHS,
      { "943 476 5919", "943-476-5870", "9434765919", "401 023 2137" },
      { "943 476 5918", "1111111111", "943 476 591" }, true },
    { AA_MASK_CHECK_GB_NINO,
      { "AB123456C", "JG 10 37 59 A", "AA 12 34 56 A", "ab123456c" },
      { "QQ123456C", "AB123456E", "GB123456A", "AO123456A", "AB12345C", "DA123456A" }, false },
    { AA_MASK_CHECK_PT_NIF,
      { "501964843", "501 964 843", "123456789", "502757191" },
      { "501964842", "401964843", "000000000", "50196484" }, true },
    { AA_MASK_CHECK_BR_CPF,
      { "111.444.777-35", "390.533.447-05", "529.982.247-25", "52998224725" },
      { "111.444.777-36", "111.444.777-25", "111.111.111-11", "529982247" }, false },
    { AA_MASK_CHECK_CA_SIN,
      { "046 454 286", "046-454-286", "130692544", "193456787" },
      { "046 454 287", "800000002", "000000000", "04645428" }, true },
    { AA_MASK_CHECK_AU_TFN,
      { "123 456 782", "876543210", "459 599 230", "37118629", "38593474", "85655734" },
      { "123 456 783", "1234567", "000000000", "37118628" }, true },
    { AA_MASK_CHECK_IN_AADHAAR,
      { "2341 2341 2346", "234123412346", "4991 1866 5246", "999941057058", "999971658847" },
      { "2341 2341 2347", "1341 2341 2346", "23412341234" }, true },
    { AA_MASK_CHECK_TR_KIMLIK,
      { "17291716060", "10000000146", "172 917 160 60", "19191919190" },
      { "17291716061", "07291716060", "1729171606" }, true },
    { AA_MASK_CHECK_ZA_ID,
      { "7503305044089", "8001015009087", "920220 4720 083", "9001049818080" },
      { "7503305044088", "7513305044089", "750330504408" }, true },
    { AA_MASK_CHECK_CN_ID,
      { "11010519491231002X", "440524188001010014", "360426199101010071", "11010519491231002x" },
      { "110105194912310021", "11010519491331002X", "X1010519491231002X" }, false },
    { AA_MASK_CHECK_KR_RRN,
      { "971013-9019902", "9710139019902", "820701-2409181", "900101-1234568" },
      { "971013-9019903", "971313-9019902", "971013-901990" }, false },
    { AA_MASK_CHECK_PHONE,
      { "+49 30 1234567", "+4930123456", "0049 30 123456", "(555) 123-4567", "555-123-4567",
        "1-800-555-0199", "030 12345678", "+1 (212) 555-0142", "01 23 45 67 89", "+44 (0)20 7946 0958",
        "0171/1234567", "01711234567", "612 345 678", "212.555.0142", "(+49) 30 1234567", "912 34 56 78" },
      { "2024-01-15", "15.01.2024", "2024/01/15", "01.02.2024", "2024-01-15 10", "01/02/2024",
        "192.168.100.200", "10.0.0.1", "010.000.000.001", "1.2.3.4567", "0.12.3456", "1234567",
        "1700000000", "555-1234", "1111111", "+1000000000", "+1111111111", "09.00-17.00", "0000012345",
        "00644", "0 1 2 3 4 5 6 7 8", "20240115103000", "(1234567)", "00-11-22-33-44-55" }, false },
    { AA_MASK_CHECK_NONE, { "x" }, { "" }, false },
    { AA_MASK_CHECK_NO_PLACEHOLDER, { "hunter2" }, { "" }, false },
};

/* All rows are looked at before the test fails. */
static unsigned wrong;

#define expect(condition, ...)          \
    do {                                \
        if (!(condition)) {             \
            print_error(__VA_ARGS__);   \
            print_error("\n");          \
            wrong++;                    \
        }                               \
    } while (0)

static size_t digits_in(const char *text, size_t n)
{
    size_t digits = 0;

    for (size_t i = 0; i < n; i++)
        digits += text[i] >= '0' && text[i] <= '9';
    return digits;
}

static void test_published(void **state)
{
    (void)state;
    wrong = 0;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        const char *name = aa_mask_check_name(rows[i].check);

        for (size_t j = 0; j < AA_ARRAY_SIZE(rows[i].good) && rows[i].good[j] != NULL; j++) {
            expect(aa_mask_check(rows[i].check, rows[i].good[j], strlen(rows[i].good[j])),
                  "%s: %s has to pass", name, rows[i].good[j]);
            /* else its pattern is never tried */
            expect(digits_in(rows[i].good[j], strlen(rows[i].good[j])) >= aa_mask_check_digits(rows[i].check),
                  "%s: %s has fewer digits", name, rows[i].good[j]);
        }
        for (size_t j = 0; j < AA_ARRAY_SIZE(rows[i].bad) && rows[i].bad[j] != NULL; j++)
            expect(!aa_mask_check(rows[i].check, rows[i].bad[j], strlen(rows[i].bad[j])),
                  "%s: %s must not pass", name, rows[i].bad[j]);
    }
    assert_int_equal(wrong, 0);
}

/* What a check digit is for. */
static void test_one_digit_wrong(void **state)
{
    unsigned tried = 0;

    (void)state;
    wrong = 0;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        for (size_t j = 0; rows[i].one_digit && rows[i].good[j] != NULL; j++) {
            char text[64];

            snprintf(text, sizeof(text), "%s", rows[i].good[j]);
            for (char *p = text; *p != '\0'; p++) {
                char was = *p;

                for (char c = '0'; was >= '0' && was <= '9' && c <= '9'; c++) {
                    *p = c;
                    tried++;
                    expect(c == was || !aa_mask_check(rows[i].check, text, strlen(text)),
                          "%s: %s must not pass, %s does", aa_mask_check_name(rows[i].check), text,
                          rows[i].good[j]);
                }
                *p = was;
            }
            if (j + 1 == AA_ARRAY_SIZE(rows[i].good))
                break;
        }
    }
    assert_int_equal(wrong, 0);
    assert_true(tried > 5000);
}

/* Any bytes: nothing is read behind the end, nothing but an answer comes. */
static void test_any_bytes(void **state)
{
    static const char some[] = "0123456789 -./()+ABXZab\0\xc3";
    uint64_t random = 5;

    (void)state;
    for (int check = 0; check < AA_MASK_CHECK_COUNT; check++) {
        for (unsigned i = 0; i < 20000; i++) {
            size_t n = next_random(&random) % 48;
            char *text = malloc(n > 0 ? n : 1);

            assert_non_null(text);
            for (size_t j = 0; j < n; j++)
                text[j] = some[next_random(&random) % (sizeof(some) - 1)];
            if (aa_mask_check((enum aa_mask_check)check, text, n) && check != AA_MASK_CHECK_IBAN &&
                check != AA_MASK_CHECK_IT_CF)
                assert_true(digits_in(text, n) >= aa_mask_check_digits((enum aa_mask_check)check));
            free(text);
        }
    }
    assert_true(aa_mask_check((enum aa_mask_check)AA_MASK_CHECK_COUNT, "x", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published),
        cmocka_unit_test(test_one_digit_wrong),
        cmocka_unit_test(test_any_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
