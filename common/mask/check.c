/* SPDX-License-Identifier: ISC */
/* Which check is whose, and what all of them need of a number. */
#include "check.h"

bool aa_mask_number_read(const char *value, size_t length, const char *between, bool letters,
                         struct aa_mask_number *ret)
{
    bool separated = true; /* nothing stands between the start and the first digit */

    ret->n = 0;
    for (size_t i = 0; i < length; i++) {
        char c = value[i];

        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (aa_mask_is_digit(c) || (letters && c >= 'A' && c <= 'Z')) {
            if (ret->n == AA_MASK_DIGITS_MAX)
                return false;
            ret->v[ret->n++] = c;
            separated = false;
        } else if (c == '\0' || separated || strchr(between, c) == NULL) {
            return false;
        } else {
            separated = true;
        }
    }
    ret->v[ret->n] = '\0';
    return !separated;
}

long long aa_mask_digits(const struct aa_mask_number *number, size_t at, size_t count)
{
    long long sum = 0;

    for (size_t i = 0; i < count; i++)
        sum = sum * 10 + aa_mask_digit(number, at + i);
    return sum;
}

int aa_mask_weigh(const struct aa_mask_number *number, size_t at, const signed char *weights,
                  size_t count)
{
    int sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += aa_mask_digit(number, at + i) * weights[i];
    return sum;
}

bool aa_mask_all_the_same(const struct aa_mask_number *number)
{
    for (size_t i = 1; i < number->n; i++) {
        if (number->v[i] != number->v[0])
            return false;
    }
    return true;
}

bool aa_mask_luhn(const struct aa_mask_number *number, size_t at)
{
    int sum = 0;

    for (size_t i = number->n; i > at; i--) {
        int digit = aa_mask_digit(number, i - 1);

        if ((number->n - i) % 2 == 1)
            digit = digit > 4 ? 2 * digit - 9 : 2 * digit;
        sum += digit;
    }
    return sum % 10 == 0;
}

bool aa_mask_is_date(long long year, long long month, long long day)
{
    static const signed char days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    if (month < 1 || month > 12 || day < 1 || day > days[month - 1])
        return false;
    return month != 2 || day < 29 || leap;
}

bool aa_mask_is_short_date(long long year, long long month, long long day)
{
    return aa_mask_is_date(1900 + year, month, day) || aa_mask_is_date(2000 + year, month, day);
}

static bool check_card(const char *value, size_t length)
{
    struct aa_mask_number number;

    return aa_mask_number_read(value, length, " -.", false, &number) && number.n >= 12 &&
           number.n <= 19 && !aa_mask_all_the_same(&number) && aa_mask_luhn(&number, 0);
}

bool aa_mask_check(enum aa_mask_check check, const char *value, size_t length)
{
    if (length == 0)
        return false;
    switch (check) {
    case AA_MASK_CHECK_NONE:
        return true;
    case AA_MASK_CHECK_LUHN:
        return check_card(value, length);
    case AA_MASK_CHECK_IBAN:
        return aa_mask_check_iban(value, length);
    case AA_MASK_CHECK_DE_TAX:
    case AA_MASK_CHECK_FR_NIR:
    case AA_MASK_CHECK_ES_DNI:
    case AA_MASK_CHECK_IT_CF:
    case AA_MASK_CHECK_PL_PESEL:
    case AA_MASK_CHECK_NL_BSN:
    case AA_MASK_CHECK_BE_NN:
    case AA_MASK_CHECK_CH_AHV:
    case AA_MASK_CHECK_PT_NIF:
        return aa_mask_check_europe(check, value, length);
    case AA_MASK_CHECK_SE_PN:
    case AA_MASK_CHECK_FI_HETU:
    case AA_MASK_CHECK_DK_CPR:
    case AA_MASK_CHECK_NO_FNR:
    case AA_MASK_CHECK_GB_NHS:
    case AA_MASK_CHECK_GB_NINO:
        return aa_mask_check_north(check, value, length);
    case AA_MASK_CHECK_US_SSN:
    case AA_MASK_CHECK_BR_CPF:
    case AA_MASK_CHECK_CA_SIN:
    case AA_MASK_CHECK_AU_TFN:
    case AA_MASK_CHECK_IN_AADHAAR:
    case AA_MASK_CHECK_TR_KIMLIK:
    case AA_MASK_CHECK_ZA_ID:
    case AA_MASK_CHECK_CN_ID:
    case AA_MASK_CHECK_KR_RRN:
        return aa_mask_check_world(check, value, length);
    case AA_MASK_CHECK_PHONE:
        return aa_mask_check_phone(value, length);
    case AA_MASK_CHECK_ENTROPY:
        return aa_mask_is_mixed(value, length);
    case AA_MASK_CHECK_NO_PLACEHOLDER:
        return !aa_mask_is_no_value(value, length);
    case AA_MASK_CHECK_COUNT:
        break;
    }
    /* a check that this version does not know keeps nothing from being covered */
    return true;
}

size_t aa_mask_check_digits(enum aa_mask_check check)
{
    static const unsigned char digits[AA_MASK_CHECK_COUNT] = {
        [AA_MASK_CHECK_LUHN] = 12,     [AA_MASK_CHECK_US_SSN] = 9,      [AA_MASK_CHECK_DE_TAX] = 11,
        [AA_MASK_CHECK_FR_NIR] = 13,   [AA_MASK_CHECK_ES_DNI] = 7,      [AA_MASK_CHECK_PL_PESEL] = 11,
        [AA_MASK_CHECK_NL_BSN] = 8,    [AA_MASK_CHECK_BE_NN] = 11,      [AA_MASK_CHECK_SE_PN] = 10,
        [AA_MASK_CHECK_FI_HETU] = 9,   [AA_MASK_CHECK_DK_CPR] = 10,     [AA_MASK_CHECK_NO_FNR] = 11,
        [AA_MASK_CHECK_CH_AHV] = 13,   [AA_MASK_CHECK_GB_NHS] = 10,     [AA_MASK_CHECK_GB_NINO] = 6,
        [AA_MASK_CHECK_PT_NIF] = 9,    [AA_MASK_CHECK_BR_CPF] = 11,     [AA_MASK_CHECK_CA_SIN] = 9,
        [AA_MASK_CHECK_AU_TFN] = 8,    [AA_MASK_CHECK_IN_AADHAAR] = 12, [AA_MASK_CHECK_TR_KIMLIK] = 11,
        [AA_MASK_CHECK_ZA_ID] = 13,    [AA_MASK_CHECK_CN_ID] = 17,      [AA_MASK_CHECK_KR_RRN] = 13,
        [AA_MASK_CHECK_PHONE] = 7,
        /* letters may stand for digits in these two; so few are never left */
        [AA_MASK_CHECK_IBAN] = 6,      [AA_MASK_CHECK_IT_CF] = 3,
    };

    return (unsigned)check < AA_MASK_CHECK_COUNT ? digits[check] : 0;
}
