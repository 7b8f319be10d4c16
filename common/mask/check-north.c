/* SPDX-License-Identifier: ISC */
/* National numbers of people, by the algorithms that their countries publish: the north. */
#include "check.h"

static bool read_digits(const char *value, size_t length, const char *between, size_t count,
                        struct aa_mask_number *ret)
{
    return aa_mask_number_read(value, length, between, false, ret) && ret->n == count &&
           !aa_mask_all_the_same(ret);
}

/* Ten digits, or twelve with the century; the day of a coordination number is 60 higher. */
static bool se_pn(const char *value, size_t length)
{
    struct aa_mask_number number;
    size_t at;
    long long day;

    if (!aa_mask_number_read(value, length, " -+", false, &number) ||
        (number.n != 10 && number.n != 12))
        return false;
    at = number.n - 10;
    day = aa_mask_digits(&number, at + 4, 2);
    if (day > 60)
        day -= 60;
    if (at == 2 && (aa_mask_digits(&number, 0, 2) < 18 || aa_mask_digits(&number, 0, 2) > 20))
        return false;
    return aa_mask_is_short_date(aa_mask_digits(&number, at, 2), aa_mask_digits(&number, at + 2, 2), day) &&
           aa_mask_luhn(&number, at);
}

/* 131052-308T: the sign tells the century. */
static bool fi_hetu(const char *value, size_t length)
{
    static const char letters[] = "0123456789ABCDEFHJKLMNPRSTUVWXY";
    struct aa_mask_number number;
    char sign, joined[10];

    if (length != 11 || value[6] == '\0' || strchr("+-ABCDEFUVWXYabcdefuvwxy", value[6]) == NULL)
        return false;
    sign = value[6];
    memcpy(joined, value, 6);
    memcpy(joined + 6, value + 7, 4);
    if (!aa_mask_number_read(joined, 10, "", true, &number))
        return false;
    for (size_t i = 0; i < 9; i++) {
        if (!aa_mask_is_digit(number.v[i]))
            return false;
    }
    return aa_mask_is_date((sign == '+' ? 1800 : strchr("ABCDEFabcdef", sign) != NULL ? 2000 : 1900) +
                               aa_mask_digits(&number, 4, 2),
                           aa_mask_digits(&number, 2, 2), aa_mask_digits(&number, 0, 2)) &&
           aa_mask_digits(&number, 6, 3) >= 2 &&
           number.v[9] == letters[aa_mask_digits(&number, 0, 9) % 31];
}

static bool dk_cpr(const char *value, size_t length)
{
    struct aa_mask_number number;
    long long day, year;
    int century;

    if (!read_digits(value, length, " -", 10, &number))
        return false;
    day = aa_mask_digits(&number, 0, 2);
    year = aa_mask_digits(&number, 4, 2);
    century = aa_mask_digit(&number, 6);
    if (day > 60)
        day -= 60; /* given to those who have none of their own */
    if (century >= 5 && century <= 8)
        year += year <= 57 ? 2000 : 1800;
    else
        year += century >= 4 && year <= 36 ? 2000 : 1900;
    return aa_mask_is_date(year, aa_mask_digits(&number, 2, 2), day);
}

/* D numbers: the day is 40 higher. H numbers and those of tests: the month is 40, 65 or 80 higher. */
static bool no_fnr(const char *value, size_t length)
{
    static const signed char first[] = { 3, 7, 6, 1, 8, 9, 4, 5, 2, 1 };
    static const signed char second[] = { 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1 };
    struct aa_mask_number number;
    long long day, month;

    if (!read_digits(value, length, " -", 11, &number))
        return false;
    day = aa_mask_digits(&number, 0, 2);
    month = aa_mask_digits(&number, 2, 2);
    if (day > 40)
        day -= 40;
    if (month > 80)
        month -= 80;
    else if (month > 65)
        month -= 65;
    else if (month > 40)
        month -= 40;
    return aa_mask_is_short_date(aa_mask_digits(&number, 4, 2), month, day) &&
           aa_mask_weigh(&number, 0, first, 10) % 11 == 0 &&
           aa_mask_weigh(&number, 0, second, 11) % 11 == 0;
}

static bool gb_nhs(const char *value, size_t length)
{
    static const signed char weights[] = { 10, 9, 8, 7, 6, 5, 4, 3, 2, 1 };
    struct aa_mask_number number;

    /* a check digit of 10 is never given: no single digit makes such a sum divide */
    return read_digits(value, length, " -", 10, &number) &&
           aa_mask_weigh(&number, 0, weights, 10) % 11 == 0;
}

/* No check digit: two letters of those that are given out, six digits, A to D. */
static bool gb_nino(const char *value, size_t length)
{
    static const char never[][3] = { "BG", "GB", "KN", "NK", "NT", "TN", "ZZ" };
    struct aa_mask_number number;

    if (!aa_mask_number_read(value, length, " -", true, &number) || number.n != 9)
        return false;
    for (size_t i = 2; i < 8; i++) {
        if (!aa_mask_is_digit(number.v[i]))
            return false;
    }
    for (size_t i = 0; i < AA_ARRAY_SIZE(never); i++) {
        if (memcmp(number.v, never[i], 2) == 0)
            return false;
    }
    return strchr("ABCEGHJKLMNOPRSTWXYZ", number.v[0]) != NULL &&
           strchr("ABCEGHJKLMNPRSTWXYZ", number.v[1]) != NULL && number.v[8] >= 'A' &&
           number.v[8] <= 'D';
}

bool aa_mask_check_north(enum aa_mask_check check, const char *value, size_t length)
{
    switch (check) {
    case AA_MASK_CHECK_SE_PN:
        return se_pn(value, length);
    case AA_MASK_CHECK_FI_HETU:
        return fi_hetu(value, length);
    case AA_MASK_CHECK_DK_CPR:
        return dk_cpr(value, length);
    case AA_MASK_CHECK_NO_FNR:
        return no_fnr(value, length);
    case AA_MASK_CHECK_GB_NHS:
        return gb_nhs(value, length);
    case AA_MASK_CHECK_GB_NINO:
        return gb_nino(value, length);
    default:
        return true;
    }
}
