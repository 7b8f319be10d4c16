/* SPDX-License-Identifier: ISC */
#include "moment.h"

#include <stdio.h>
#include <time.h>

#include "cli.h"
#include "policy/clock.h"

#define SECOND UINT64_C(1000000)
#define DAY (86400 * SECOND)

struct wall { /* what a clock on the wall would show */
    unsigned year, month, day, hour, minute, second;
};

/* As if the wall were in UTC. timegm() does not read TZ. */
static bool as_utc(const struct wall *wall, uint64_t *ret)
{
    struct tm tm = { .tm_year = (int)wall->year - 1900, .tm_mon = (int)wall->month - 1,
                     .tm_mday = (int)wall->day, .tm_hour = (int)wall->hour,
                     .tm_min = (int)wall->minute, .tm_sec = (int)wall->second };
    time_t seconds;

    if (wall->year < 1971 || wall->year > 2200 || wall->month < 1 || wall->month > 12 ||
        wall->day < 1 || wall->hour > 23 || wall->minute > 59 || wall->second > 59)
        return false;
    seconds = timegm(&tm);
    if (seconds < 0 || tm.tm_mday != (int)wall->day) /* no 31st in this month */
        return false;
    *ret = (uint64_t)seconds * SECOND;
    return true;
}

/* From the wall to UTC: with the offset of the day before, and of the day after, whichever shows
 * that time; the earlier of two. */
static bool in_zone(const struct aa_snapshot *snapshot, const struct wall *wall, uint64_t *ret)
{
    static const int around[] = { -1, 1 };
    struct aa_local_time local;
    uint64_t utc;

    if (!as_utc(wall, &utc))
        return false;
    for (size_t i = 0; i < AA_ARRAY_SIZE(around); i++) {
        uint64_t candidate;

        if (aa_local_time(snapshot, utc + (uint64_t)((int64_t)DAY * around[i]), &local) < 0)
            return false;
        candidate = utc - (uint64_t)((int64_t)SECOND * local.offset_seconds);
        if (aa_local_time(snapshot, candidate, &local) == 0 && local.day == wall->day &&
            local.hour == wall->hour && local.minute == wall->minute) {
            *ret = candidate;
            return true;
        }
    }
    return false;
}

static int weekday_of(const char *text)
{
    static const char days[] = "montuewedthufrisatsun";

    for (int i = 0; i < 7; i++) {
        if (strncmp(text, days + 3 * (size_t)i, 3) == 0)
            return i;
    }
    return -1;
}

/* The wall's date, some days after this moment. */
static bool date_after(const struct aa_snapshot *snapshot, uint64_t usec, unsigned days,
                       struct wall *ret)
{
    struct aa_local_time local;
    struct wall noon;

    if (aa_local_time(snapshot, usec, &local) < 0)
        return false;
    /* from noon, so that a change of the clock does not lead to another day */
    noon = (struct wall){ local.year, local.month, local.day, 12, 0, 0 };
    if (!in_zone(snapshot, &noon, &usec) || aa_local_time(snapshot, usec + days * DAY, &local) < 0)
        return false;
    *ret = (struct wall){ .year = local.year, .month = local.month, .day = local.day };
    return true;
}

bool moment_parse(const struct aa_snapshot *snapshot, const char *text, uint64_t now_usec,
                  uint64_t *ret_usec)
{
    struct aa_local_time now;
    struct wall wall = { 0 }, date;
    unsigned days = 0;
    int end = 0, weekday = weekday_of(text);

    if (sscanf(text, "%4u-%2u-%2u%*1[ T]%2u:%2u%n", &wall.year, &wall.month, &wall.day, &wall.hour,
               &wall.minute, &end) == 5 && text[end] == '\0')
        return in_zone(snapshot, &wall, ret_usec);
    if (weekday >= 0) {
        text += 3;
        while (*text == ' ')
            text++;
    }
    end = 0;
    if (sscanf(text, "%2u:%2u%n", &wall.hour, &wall.minute, &end) != 2 || end == 0 ||
        text[end] != '\0' || *text < '0' || *text > '9' || aa_local_time(snapshot, now_usec, &now) < 0)
        return false;
    if (weekday >= 0)
        days = ((unsigned)weekday + 7 - now.weekday) % 7;
    if (!date_after(snapshot, now_usec, days, &date))
        return false;
    date.hour = wall.hour;
    date.minute = wall.minute;
    return in_zone(snapshot, &date, ret_usec);
}

/* "2 days ago" */
static bool parse_ago(const char *text, uint64_t *ret_usec)
{
    static const struct {
        const char *name;
        unsigned seconds;
    } units[] = { { "minute", 60 }, { "hour", 3600 }, { "day", 86400 }, { "week", 7 * 86400 } };
    unsigned number;
    char unit[8], ago[4];
    int end = 0;

    if (sscanf(text, "%6u %7[a-z] %3[ago]%n", &number, unit, ago, &end) != 3 || text[end] != '\0' ||
        !aa_streq(ago, "ago") || *text < '0' || *text > '9')
        return false;
    for (size_t i = 0; i < AA_ARRAY_SIZE(units); i++) {
        const char *rest = aa_after(unit, units[i].name);

        if (rest != NULL && (aa_streq(rest, "") || aa_streq(rest, "s"))) {
            *ret_usec = (uint64_t)number * units[i].seconds * SECOND;
            return true;
        }
    }
    return false;
}

bool moment_parse_past(const struct aa_snapshot *snapshot, const char *text, uint64_t now_usec,
                       uint64_t *ret_usec)
{
    struct wall wall = { 0 };
    uint64_t ago, midnight;
    unsigned seconds;
    int end = 0;

    if (parse_duration(text, &seconds))
        ago = (uint64_t)seconds * SECOND;
    else if (!parse_ago(text, &ago))
        ago = UINT64_MAX;
    if (ago != UINT64_MAX) {
        *ret_usec = ago < now_usec ? now_usec - ago : 0;
        return true;
    }
    if (aa_streq(text, "today") || aa_streq(text, "yesterday")) {
        if (!date_after(snapshot, now_usec, 0, &wall) || !in_zone(snapshot, &wall, &midnight))
            return false;
        *ret_usec = aa_streq(text, "today") ? midnight : midnight - DAY;
        return true;
    }
    if (sscanf(text, "%4u-%2u-%2u%n", &wall.year, &wall.month, &wall.day, &end) == 3 &&
        text[end] == '\0')
        return in_zone(snapshot, &wall, ret_usec);
    return moment_parse_record(text, ret_usec) || moment_parse(snapshot, text, now_usec, ret_usec);
}

bool moment_parse_record(const char *text, uint64_t *ret_usec)
{
    struct wall wall = { 0 };
    unsigned fraction = 0;
    int end = 0;

    if (sscanf(text, "%4u-%2u-%2uT%2u:%2u:%2u.%6uZ%n", &wall.year, &wall.month, &wall.day, &wall.hour,
               &wall.minute, &wall.second, &fraction, &end) != 7 || end == 0 || text[end] != '\0' ||
        !as_utc(&wall, ret_usec))
        return false;
    *ret_usec += fraction;
    return true;
}
