/* SPDX-License-Identifier: ISC */
/*
 * Telephone numbers as people write them. A "+", "00", a bracket or a leading 0 says that it is one;
 * without them only groups that numbers of their country stand in, since most things that are made
 * of digits are no telephone numbers.
 */
#include "check.h"

enum { GROUPS_MAX = 8, PHONE_DIGITS_MIN = 7, PHONE_DIGITS_MAX = 15, BETWEEN_MAX = 3, AREA_MAX = 5 };

struct phone {
    char digits[PHONE_DIGITS_MAX + 1];
    size_t n;
    unsigned char start[GROUPS_MAX], size[GROUPS_MAX]; /* digits without anything between them */
    size_t groups;
    char between; /* what stands between all groups, or NUL where that differs */
    bool plus, brackets, opens; /* "opens": a bracket is the first of it */
};

static bool is_between(char c)
{
    return c == ' ' || c == '-' || c == '.' || c == '/';
}

static bool read_phone(const char *value, size_t length, struct phone *ret)
{
    size_t gap = 0, opened = 0;
    bool inside = false, in_group = false;

    *ret = (struct phone){ .n = 0 };
    while (length > 0 && is_between(value[length - 1]))
        length--;
    while (length > 0 && is_between(value[0])) {
        value++;
        length--;
    }
    for (size_t i = 0; i < length; i++) {
        char c = value[i];

        if (aa_mask_is_digit(c)) {
            if (ret->n == PHONE_DIGITS_MAX)
                return false;
            if (!in_group) {
                if (ret->groups == GROUPS_MAX)
                    return false;
                ret->start[ret->groups++] = (unsigned char)ret->n;
            }
            ret->size[ret->groups - 1]++;
            ret->digits[ret->n++] = c;
            in_group = true;
            gap = 0;
            continue;
        }
        in_group = false;
        if (++gap > BETWEEN_MAX)
            return false;
        if (c == '+' && (i == 0 || (i == 1 && value[0] == '('))) {
            ret->plus = true;
        } else if (c == '(' && !inside && !ret->brackets) {
            ret->brackets = inside = true;
            ret->opens = i == 0;
            opened = ret->n;
        } else if (c == ')' && inside && ret->n > opened && ret->n - opened <= AREA_MAX) {
            inside = false;
        } else if (!is_between(c)) {
            return false;
        }
        ret->between = ret->groups == 1 && gap == 1 ? c : ret->between != c ? '\0' : c;
    }
    return !inside && ret->n >= PHONE_DIGITS_MIN;
}

static int group_number(const struct phone *phone, size_t group)
{
    int sum = 0;

    for (size_t i = 0; i < phone->size[group]; i++)
        sum = sum < 100000 ? sum * 10 + phone->digits[phone->start[group] + i] - '0' : sum;
    return sum;
}

/* The first three groups: 2024-01-15, 15.01.2024, 1/2/24, also with an hour behind them. */
static bool begins_with_date(const struct phone *phone)
{
    int a, b, c;

    if (phone->groups < 3 || phone->plus || phone->brackets)
        return false;
    a = group_number(phone, 0);
    b = group_number(phone, 1);
    c = group_number(phone, 2);
    if (phone->size[0] == 4 && phone->size[1] <= 2 && phone->size[2] <= 2)
        return aa_mask_is_date(a, b, c);
    if (phone->size[0] > 2 || phone->size[1] > 2 || (phone->size[2] != 4 && phone->groups != 3))
        return false;
    /* the other way round in America */
    return aa_mask_is_date(c, b, a) || aa_mask_is_date(c, a, b);
}

static bool is_address(const struct phone *phone)
{
    if (phone->groups < 4 || phone->between != '.' || phone->plus || phone->brackets)
        return false;
    for (size_t i = 0; i < phone->groups; i++) {
        if (phone->size[i] > 3 || group_number(phone, i) > 255)
            return false;
    }
    return true;
}

static bool has_groups(const struct phone *phone, const char *sizes)
{
    if (strlen(sizes) != phone->groups)
        return false;
    for (size_t i = 0; i < phone->groups; i++) {
        if (phone->size[i] != sizes[i] - '0')
            return false;
    }
    return true;
}

/* North America: no area begins with 0 or 1. No exchange does either, but examples' ones do. */
static bool is_american(const struct phone *phone, size_t at)
{
    const char *d = phone->digits + at;

    return phone->n == at + 10 && d[0] >= '2' && d[1] <= '8';
}

static bool without_sign(const struct phone *phone)
{
    char first = phone->digits[0];

    if (phone->between == '/')
        return false;
    if (has_groups(phone, "334"))
        return is_american(phone, 0);
    if (has_groups(phone, "1334"))
        return first == '1' && is_american(phone, 1);
    if (phone->between == '.')
        return false;
    /* Spain, Poland, Portugal: no number there begins with less; hundreds are sizes */
    if (has_groups(phone, "333"))
        return first >= '5' && (group_number(phone, 1) % 100 != 0 || group_number(phone, 2) % 100 != 0);
    return has_groups(phone, "3222") && first >= '6';
}

static bool is_pairs(const struct phone *phone)
{
    for (size_t i = 0; i < phone->groups; i++) {
        if (phone->size[i] != 2)
            return false;
    }
    return true;
}

static bool national(const struct phone *phone)
{
    if (phone->groups == 1)
        return phone->n >= 9 && phone->n <= 12;
    /* 0.12.3456 is a version, 09.00-17.00 are hours */
    return phone->size[0] > 1 && phone->n >= 8 && phone->n <= 13 && (!is_pairs(phone) || phone->n == 10);
}

bool aa_mask_check_phone(const char *value, size_t length)
{
    struct phone phone;
    size_t same = 1, zeros = 0;

    if (!read_phone(value, length, &phone))
        return false;
    while (same < phone.n && phone.digits[same] == phone.digits[0])
        same++;
    while (zeros < phone.n && phone.digits[phone.n - 1 - zeros] == '0')
        zeros++;
    if (same == phone.n || zeros >= 6 || phone.groups > phone.n / 2 + 1 || begins_with_date(&phone) ||
        is_address(&phone))
        return false;
    if (phone.plus) /* +100000000 is also a size and a place in a file */
        return phone.digits[0] != '0' && (phone.n >= 9 || phone.groups > 1);
    if (phone.digits[0] == '0' && phone.digits[1] == '0')
        return phone.digits[2] != '0' && phone.n >= 10 && !is_pairs(&phone); /* 00-11-22-33-44-55 */
    if (phone.opens)
        return phone.size[0] > 1 && phone.n >= 8;
    if (phone.digits[0] == '0')
        return national(&phone);
    return phone.brackets ? phone.digits[0] == '1' && is_american(&phone, 1) : without_sign(&phone);
}
