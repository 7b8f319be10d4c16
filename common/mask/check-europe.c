/* SPDX-License-Identifier: ISC */
/* National numbers of people, by the algorithms that their countries publish: the continent. */
#include "check.h"

static bool read_digits(const char *value, size_t length, const char *between, size_t count,
                        struct aa_mask_number *ret)
{
    return aa_mask_number_read(value, length, between, false, ret) && ret->n == count &&
           !aa_mask_all_the_same(ret);
}

/* ISO 7064 MOD 11,10; of the first ten digits exactly one stands there twice or three times. */
static bool de_tax(const char *value, size_t length)
{
    struct aa_mask_number number;
    int seen[10] = { 0 }, product = 10, repeated = 0;

    if (!read_digits(value, length, " -./", 11, &number) || number.v[0] == '0')
        return false;
    for (size_t i = 0; i < 10; i++) {
        int digit = aa_mask_digit(&number, i), sum = (digit + product) % 10;

        product = (sum == 0 ? 10 : sum) * 2 % 11;
        seen[digit]++;
        if (i >= 2 && number.v[i] == number.v[i - 1] && number.v[i] == number.v[i - 2])
            return false;
    }
    for (size_t i = 0; i < 10; i++) {
        if (seen[i] > 3)
            return false;
        repeated += seen[i] > 1;
    }
    return repeated == 1 && (11 - product) % 10 == aa_mask_digit(&number, 10);
}

/* Sex, year, month, department (2A and 2B: Corsica), commune, order, and 97 minus the rest. */
static bool fr_nir(const char *value, size_t length)
{
    struct aa_mask_number number;
    long long corsica = 0, month;

    if (!aa_mask_number_read(value, length, " -.", true, &number) || number.n != 15)
        return false;
    if (number.v[5] == '2' && (number.v[6] == 'A' || number.v[6] == 'B')) {
        corsica = number.v[6] == 'A' ? 1000000 : 2000000;
        number.v[6] = '0';
    }
    for (size_t i = 0; i < number.n; i++) {
        if (!aa_mask_is_digit(number.v[i]))
            return false;
    }
    month = aa_mask_digits(&number, 3, 2);
    if (strchr("123478", number.v[0]) == NULL || month == 0 || (month > 12 && month < 20) ||
        (month > 42 && month < 50))
        return false;
    return 97 - (aa_mask_digits(&number, 0, 13) - corsica) % 97 == aa_mask_digits(&number, 13, 2);
}

static bool es_dni(const char *value, size_t length)
{
    static const char letters[] = "TRWAGMYFPDXBNJZSQVHLCKE";
    struct aa_mask_number number;

    if (!aa_mask_number_read(value, length, " -.", true, &number) || number.n != 9)
        return false;
    if (number.v[0] >= 'X' && number.v[0] <= 'Z')
        number.v[0] = (char)(number.v[0] - 'X' + '0');
    for (size_t i = 0; i < 8; i++) {
        if (!aa_mask_is_digit(number.v[i]))
            return false;
    }
    return number.v[8] == letters[aa_mask_digits(&number, 0, 8) % 23];
}

/* Where many have the same code, letters stand for digits: the last of them first. */
static int it_digit(char c)
{
    static const char letters[] = "LMNPQRSTUV";
    const char *letter = c == '\0' ? NULL : strchr(letters, c);

    if (aa_mask_is_digit(c))
        return c - '0';
    return letter == NULL ? -1 : (int)(letter - letters);
}

static bool it_cf(const char *value, size_t length)
{
    static const signed char odd[] = { 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12,
                                       14, 16, 10, 22, 25, 24, 23 };
    static const char shape[] = "LLLLLLddMddLdddL";
    struct aa_mask_number number;
    int sum = 0, day;

    if (!aa_mask_number_read(value, length, " -", true, &number) || number.n != 16)
        return false;
    for (size_t i = 0; i < 16; i++) {
        char c = number.v[i];
        bool letter = !aa_mask_is_digit(c);
        size_t worth = letter ? (size_t)(c - 'A') : (size_t)(c - '0');

        if (shape[i] == 'd' ? it_digit(c) < 0 : !letter)
            return false;
        if (shape[i] == 'M' && strchr("ABCDEHLMPRST", c) == NULL)
            return false;
        if (i < 15)
            sum += i % 2 == 0 ? odd[worth] : (int)worth;
    }
    day = it_digit(number.v[9]) * 10 + it_digit(number.v[10]);
    if (day > 40)
        day -= 40; /* women */
    return day >= 1 && day <= 31 && sum % 26 == number.v[15] - 'A';
}

static bool pl_pesel(const char *value, size_t length)
{
    static const signed char weights[] = { 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1 };
    static const int centuries[] = { 1900, 2000, 2100, 2200, 1800 };
    struct aa_mask_number number;
    long long month;

    if (!read_digits(value, length, " -", 11, &number))
        return false;
    month = aa_mask_digits(&number, 2, 2);
    return aa_mask_weigh(&number, 0, weights, 11) % 10 == 0 &&
           aa_mask_is_date(centuries[month / 20] + aa_mask_digits(&number, 0, 2), month % 20,
                           aa_mask_digits(&number, 4, 2));
}

static bool nl_bsn(const char *value, size_t length)
{
    static const signed char weights[] = { 9, 8, 7, 6, 5, 4, 3, 2, -1 };
    struct aa_mask_number number;

    if (!aa_mask_number_read(value, length, " -.", false, &number) || aa_mask_all_the_same(&number))
        return false;
    if (number.n == 8) /* its first digit is 0 */
        return aa_mask_weigh(&number, 0, weights + 1, 8) % 11 == 0;
    return number.n == 9 && aa_mask_weigh(&number, 0, weights, 9) % 11 == 0;
}

/* Who was born from 2000 on has a 2 in front of what is divided. Months go to 52: bis numbers. */
static bool be_nn(const char *value, size_t length)
{
    struct aa_mask_number number;
    long long month, first, control;

    if (!read_digits(value, length, " -./", 11, &number))
        return false;
    month = aa_mask_digits(&number, 2, 2);
    if (month > 52 || month % 20 > 12 || aa_mask_digits(&number, 4, 2) > 31)
        return false;
    first = aa_mask_digits(&number, 0, 9);
    control = aa_mask_digits(&number, 9, 2);
    return 97 - first % 97 == control || 97 - (2000000000 + first) % 97 == control;
}

static bool ch_ahv(const char *value, size_t length)
{
    static const signed char weights[] = { 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1 };
    struct aa_mask_number number;

    return read_digits(value, length, " -.", 13, &number) && memcmp(number.v, "756", 3) == 0 &&
           aa_mask_weigh(&number, 0, weights, 13) % 10 == 0;
}

static bool pt_nif(const char *value, size_t length)
{
    static const signed char weights[] = { 9, 8, 7, 6, 5, 4, 3, 2 };
    struct aa_mask_number number;
    int rest;

    if (!read_digits(value, length, " -.", 9, &number) || number.v[0] == '0' ||
        (number.v[0] == '4' && number.v[1] != '5'))
        return false;
    rest = aa_mask_weigh(&number, 0, weights, 8) % 11;
    return (rest < 2 ? 0 : 11 - rest) == aa_mask_digit(&number, 8);
}

bool aa_mask_check_europe(enum aa_mask_check check, const char *value, size_t length)
{
    switch (check) {
    case AA_MASK_CHECK_DE_TAX:
        return de_tax(value, length);
    case AA_MASK_CHECK_FR_NIR:
        return fr_nir(value, length);
    case AA_MASK_CHECK_ES_DNI:
        return es_dni(value, length);
    case AA_MASK_CHECK_IT_CF:
        return it_cf(value, length);
    case AA_MASK_CHECK_PL_PESEL:
        return pl_pesel(value, length);
    case AA_MASK_CHECK_NL_BSN:
        return nl_bsn(value, length);
    case AA_MASK_CHECK_BE_NN:
        return be_nn(value, length);
    case AA_MASK_CHECK_CH_AHV:
        return ch_ahv(value, length);
    case AA_MASK_CHECK_PT_NIF:
        return pt_nif(value, length);
    default:
        return true;
    }
}
