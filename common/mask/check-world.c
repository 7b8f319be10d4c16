/* SPDX-License-Identifier: ISC */
/* National numbers of people, by the algorithms that their countries publish: overseas. */
#include "check.h"

static bool read_digits(const char *value, size_t length, const char *between, size_t count,
                        struct aa_mask_number *ret)
{
    return aa_mask_number_read(value, length, between, false, ret) && ret->n == count &&
           !aa_mask_all_the_same(ret);
}

/* No check digit: areas, groups and serial numbers that are never given. */
static bool us_ssn(const char *value, size_t length)
{
    struct aa_mask_number number;
    long long area;

    if (!aa_mask_number_read(value, length, " -", false, &number) || number.n != 9)
        return false;
    area = aa_mask_digits(&number, 0, 3);
    return area != 0 && area != 666 && area < 900 && aa_mask_digits(&number, 3, 2) != 0 &&
           aa_mask_digits(&number, 5, 4) != 0;
}

static bool br_cpf(const char *value, size_t length)
{
    static const signed char weights[] = { 11, 10, 9, 8, 7, 6, 5, 4, 3, 2 };
    struct aa_mask_number number;

    return read_digits(value, length, " -./", 11, &number) &&
           aa_mask_weigh(&number, 0, weights + 1, 9) * 10 % 11 % 10 == aa_mask_digit(&number, 9) &&
           aa_mask_weigh(&number, 0, weights, 10) * 10 % 11 % 10 == aa_mask_digit(&number, 10);
}

/* Those that begin with 8 are no people's. With 0: never given, but what examples are made of. */
static bool ca_sin(const char *value, size_t length)
{
    struct aa_mask_number number;

    return read_digits(value, length, " -", 9, &number) && number.v[0] != '8' &&
           aa_mask_luhn(&number, 0);
}

static bool au_tfn(const char *value, size_t length)
{
    static const signed char nine[] = { 1, 4, 3, 7, 5, 8, 6, 9, 10 };
    static const signed char eight[] = { 10, 7, 8, 4, 6, 3, 5, 1 };
    struct aa_mask_number number;

    if (!aa_mask_number_read(value, length, " -.", false, &number) || aa_mask_all_the_same(&number))
        return false;
    if (number.n == 8)
        return aa_mask_weigh(&number, 0, eight, 8) % 11 == 0;
    return number.n == 9 && aa_mask_weigh(&number, 0, nine, 9) % 11 == 0;
}

/* Verhoeff: products of the dihedral group of the pentagon. */
static unsigned turned(unsigned a, unsigned b)
{
    if (a < 5)
        return b < 5 ? (a + b) % 5 : 5 + (a + b - 5) % 5;
    return b < 5 ? 5 + (a - 5 + 5 - b) % 5 : (a - 5 + 5 - (b - 5)) % 5;
}

static bool in_aadhaar(const char *value, size_t length)
{
    static const unsigned char next[] = { 1, 5, 7, 6, 2, 8, 3, 0, 9, 4 };
    struct aa_mask_number number;
    unsigned sum = 0;

    if (!read_digits(value, length, " -", 12, &number) || number.v[0] < '2')
        return false;
    for (size_t i = 0; i < 12; i++) {
        unsigned digit = (unsigned)aa_mask_digit(&number, 11 - i);

        for (size_t j = 0; j < i % 8; j++)
            digit = next[digit];
        sum = turned(sum, digit);
    }
    return sum == 0;
}

static bool tr_kimlik(const char *value, size_t length)
{
    static const signed char tenth[] = { 7, -1, 7, -1, 7, -1, 7, -1, 7 };
    static const signed char ones[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
    struct aa_mask_number number;
    int sum;

    if (!read_digits(value, length, " -", 11, &number) || number.v[0] == '0')
        return false;
    sum = aa_mask_weigh(&number, 0, tenth, 9) % 10;
    return (sum + 10) % 10 == aa_mask_digit(&number, 9) &&
           aa_mask_weigh(&number, 0, ones, 10) % 10 == aa_mask_digit(&number, 10);
}

static bool za_id(const char *value, size_t length)
{
    struct aa_mask_number number;

    return read_digits(value, length, " -", 13, &number) && number.v[10] <= '2' &&
           aa_mask_is_short_date(aa_mask_digits(&number, 0, 2), aa_mask_digits(&number, 2, 2),
                                 aa_mask_digits(&number, 4, 2)) &&
           aa_mask_luhn(&number, 0);
}

/* ISO 7064 MOD 11-2 */
static bool cn_id(const char *value, size_t length)
{
    static const signed char weights[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
    static const char last[] = "10X98765432";
    struct aa_mask_number number;
    long long year;

    if (!aa_mask_number_read(value, length, " -", true, &number) || number.n != 18 ||
        number.v[0] == '0')
        return false;
    for (size_t i = 0; i < 17; i++) {
        if (!aa_mask_is_digit(number.v[i]))
            return false;
    }
    year = aa_mask_digits(&number, 6, 4);
    return year >= 1800 && year < 2100 &&
           aa_mask_is_date(year, aa_mask_digits(&number, 10, 2), aa_mask_digits(&number, 12, 2)) &&
           number.v[17] == last[aa_mask_weigh(&number, 0, weights, 17) % 11];
}

static bool kr_rrn(const char *value, size_t length)
{
    static const signed char weights[] = { 2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5 };
    static const int centuries[] = { 1800, 1900, 1900, 2000, 2000, 1900, 1900, 2000, 2000, 1800 };
    struct aa_mask_number number;

    return read_digits(value, length, " -", 13, &number) &&
           aa_mask_is_date(centuries[aa_mask_digit(&number, 6)] + aa_mask_digits(&number, 0, 2),
                           aa_mask_digits(&number, 2, 2), aa_mask_digits(&number, 4, 2)) &&
           (11 - aa_mask_weigh(&number, 0, weights, 12) % 11) % 10 == aa_mask_digit(&number, 12);
}

bool aa_mask_check_world(enum aa_mask_check check, const char *value, size_t length)
{
    switch (check) {
    case AA_MASK_CHECK_US_SSN:
        return us_ssn(value, length);
    case AA_MASK_CHECK_BR_CPF:
        return br_cpf(value, length);
    case AA_MASK_CHECK_CA_SIN:
        return ca_sin(value, length);
    case AA_MASK_CHECK_AU_TFN:
        return au_tfn(value, length);
    case AA_MASK_CHECK_IN_AADHAAR:
        return in_aadhaar(value, length);
    case AA_MASK_CHECK_TR_KIMLIK:
        return tr_kimlik(value, length);
    case AA_MASK_CHECK_ZA_ID:
        return za_id(value, length);
    case AA_MASK_CHECK_CN_ID:
        return cn_id(value, length);
    case AA_MASK_CHECK_KR_RRN:
        return kr_rrn(value, length);
    default:
        return true;
    }
}
