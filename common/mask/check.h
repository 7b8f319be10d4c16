/* SPDX-License-Identifier: ISC */
/* What the checks share: the digits of a number as people write it, sums over them, dates. */
#ifndef AA_MASK_CHECK_H
#define AA_MASK_CHECK_H

#include "finders.h"

enum { AA_MASK_DIGITS_MAX = 40 };

/* Digits, and letters as capitals, without what people write between them. */
struct aa_mask_number {
    char v[AA_MASK_DIGITS_MAX + 1]; /* NUL-terminated */
    size_t n;
};

/* False: another character, one of "between" first, last or beside another, or too long. */
bool aa_mask_number_read(const char *value, size_t length, const char *between, bool letters,
                         struct aa_mask_number *ret);

static inline bool aa_mask_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline int aa_mask_digit(const struct aa_mask_number *number, size_t at)
{
    return number->v[at] - '0';
}

/* "count" digits from "at" on as one number; "count" is at most 18. */
long long aa_mask_digits(const struct aa_mask_number *number, size_t at, size_t count);
/* The digits from "at" on, each times its weight. */
int aa_mask_weigh(const struct aa_mask_number *number, size_t at, const signed char *weights,
                  size_t count);
bool aa_mask_all_the_same(const struct aa_mask_number *number);
bool aa_mask_luhn(const struct aa_mask_number *number, size_t at);
/* Whether the calendar has this day. */
bool aa_mask_is_date(long long year, long long month, long long day);
/* The same where the century is not written: a day that one of them has. */
bool aa_mask_is_short_date(long long year, long long month, long long day);

bool aa_mask_check_iban(const char *value, size_t length);
bool aa_mask_check_europe(enum aa_mask_check check, const char *value, size_t length);
bool aa_mask_check_north(enum aa_mask_check check, const char *value, size_t length);
bool aa_mask_check_world(enum aa_mask_check check, const char *value, size_t length);
bool aa_mask_check_phone(const char *value, size_t length);

#endif
