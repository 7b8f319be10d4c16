/* SPDX-License-Identifier: ISC */
#include "zone.h"

#include <string.h>

enum { DAY_SECONDS = 24 * 3600, HOURS_MAX = 167 };

/* ---- reading ---- */

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool read_name(const char **at, char ret[AA_ZONE_ABBREVIATION_MAX + 1])
{
    const char *start = *at, *end = start;

    if (*start == '<') {
        end = ++start;
        while (is_letter(*end) || (*end >= '0' && *end <= '9') || *end == '+' || *end == '-')
            end++;
        if (*end != '>')
            return false;
        *at = end + 1;
    } else {
        while (is_letter(*end))
            end++;
        *at = end;
    }
    if (end - start < 3 || end - start > AA_ZONE_ABBREVIATION_MAX)
        return false;
    memcpy(ret, start, (size_t)(end - start));
    ret[end - start] = '\0';
    return true;
}

static bool read_number(const char **at, int maximum, int *ret)
{
    int number = 0;

    if (**at < '0' || **at > '9')
        return false;
    for (; **at >= '0' && **at <= '9'; (*at)++) {
        number = number * 10 + (**at - '0');
        if (number > maximum)
            return false;
    }
    *ret = number;
    return true;
}

/* [+-]hh[:mm[:ss]] */
static bool read_time(const char **at, int hours_max, int32_t *ret)
{
    int sign = 1, parts[3] = { 0, 0, 0 };

    if (**at == '+' || **at == '-')
        sign = *(*at)++ == '-' ? -1 : 1;
    if (!read_number(at, hours_max, &parts[0]))
        return false;
    for (int i = 1; i < 3 && **at == ':'; i++) {
        (*at)++;
        if (!read_number(at, 59, &parts[i]))
            return false;
    }
    *ret = sign * (parts[0] * 3600 + parts[1] * 60 + parts[2]);
    return true;
}

static bool read_month_day(const char **at, struct aa_zone_day *ret)
{
    if (!read_number(at, 12, &ret->month) || ret->month == 0 || *(*at)++ != '.' ||
        !read_number(at, 5, &ret->week) || ret->week == 0 || *(*at)++ != '.')
        return false;
    return read_number(at, 6, &ret->day);
}

static bool read_day(const char **at, struct aa_zone_day *ret)
{
    *ret = (struct aa_zone_day){ .form = '0', .seconds = 2 * 3600 };
    if (*(*at)++ != ',')
        return false;
    if (**at == 'M' || **at == 'J')
        ret->form = *(*at)++;
    if (ret->form == 'M' ? !read_month_day(at, ret) : !read_number(at, 365, &ret->day))
        return false;
    if (ret->form == 'J' && ret->day == 0)
        return false;
    if (**at != '/')
        return true;
    (*at)++;
    return read_time(at, HOURS_MAX, &ret->seconds);
}

bool aa_zone_rule_parse(const char *text, struct aa_zone_rule *ret)
{
    struct aa_zone_rule rule = { .has_daylight = false };
    int32_t west;

    if (!read_name(&text, rule.names[0]) || !read_time(&text, 24, &west))
        return false;
    rule.offsets[0] = -west; /* here what lies west of Greenwich counts up */
    if (*text != '\0') {
        rule.has_daylight = true;
        if (!read_name(&text, rule.names[1]))
            return false;
        rule.offsets[1] = rule.offsets[0] + 3600;
        if (*text != ',') {
            if (!read_time(&text, 24, &west))
                return false;
            rule.offsets[1] = -west;
        }
        if (!read_day(&text, &rule.start) || !read_day(&text, &rule.end) || *text != '\0')
            return false;
    }
    *ret = rule;
    return true;
}

/* ---- the calendar ---- */

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t days_before(int year)
{
    int64_t y = year - 1;

    return 365 * (int64_t)(year - 1970) + (y / 4 - y / 100 + y / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400);
}

static int days_of_month(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return days[month - 1] + (month == 2 && is_leap(year));
}

static int64_t day_in(const struct aa_zone_day *day, int year)
{
    int64_t first = days_before(year);
    int until_leap_day = 31 + 28, weekday, offset;

    if (day->form == '0')
        return first + day->day;
    if (day->form == 'J')
        return first + day->day - 1 + (is_leap(year) && day->day > until_leap_day);
    for (int month = 1; month < day->month; month++)
        first += days_of_month(year, month);
    weekday = (int)((first % 7 + 7 + 4) % 7); /* 0 is Sunday; 1 January 1970 was a Thursday */
    offset = (day->day - weekday + 7) % 7 + (day->week - 1) * 7;
    while (offset >= days_of_month(year, day->month)) /* the fifth is the last one */
        offset -= 7;
    return first + offset;
}

int64_t aa_zone_rule_start(const struct aa_zone_rule *rule, int year)
{
    return day_in(&rule->start, year) * DAY_SECONDS + rule->start.seconds - rule->offsets[0];
}

int64_t aa_zone_rule_end(const struct aa_zone_rule *rule, int year)
{
    return day_in(&rule->end, year) * DAY_SECONDS + rule->end.seconds - rule->offsets[1];
}
