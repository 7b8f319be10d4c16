/* SPDX-License-Identifier: ISC */
#include "clock.h"

#include <errno.h>

enum {
    DAY_SECONDS = 24 * 3600,
    DAY_MINUTES = 24 * 60,
    OFFSET_MAX = 26 * 3600, /* the widest that a zone can be from UTC */
    ERA_DAYS = 146097,      /* 400 years, after which the calendar repeats */
    DAYS_TO_1970 = 719468,  /* from 1 March of the year 0 */
};

/* The last change that is not after "now"; the first one where all are. */
static const struct aa_snap_zone_change *change_at(const struct aa_snapshot *snapshot, int64_t now)
{
    struct aa_snap_range all = { 0, aa_snapshot_count(snapshot, AA_SECTION_ZONE_CHANGES) };
    const struct aa_snap_zone_change *changes =
        aa_snapshot_elements(snapshot, AA_SECTION_ZONE_CHANGES, all);
    uint32_t low = 0, high = all.count;

    if (changes == NULL || all.count == 0 || all.count > AA_ZONE_CHANGES_MAX)
        return NULL;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (changes[middle].since <= now)
            low = middle;
        else
            high = middle;
    }
    return &changes[low];
}

/* Years that begin in March keep the leap day at their end, so that no month needs a table. */
static void set_date(int64_t days, struct aa_local_time *ret)
{
    int64_t shifted = days + DAYS_TO_1970;
    int64_t era = (shifted >= 0 ? shifted : shifted - (ERA_DAYS - 1)) / ERA_DAYS;
    int64_t of_era = shifted - era * ERA_DAYS;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153; /* 0 is March */

    ret->day = (unsigned)(of_year - (153 * month + 2) / 5 + 1);
    ret->month = (unsigned)(month < 10 ? month + 3 : month - 9);
    ret->year = (unsigned)(year + era * 400 + (ret->month <= 2 ? 1 : 0));
    /* 1 January 1970 was a Thursday; the sum is kept above zero for days before it */
    ret->weekday = (unsigned)((days % 7 + 7 + 3) % 7);
}

int aa_local_time(const struct aa_snapshot *snapshot, uint64_t realtime_usec,
                  struct aa_local_time *ret)
{
    int64_t now = (int64_t)(realtime_usec / 1000000), days, of_day;
    const struct aa_snap_zone_change *change = change_at(snapshot, now);
    struct aa_local_time local = { 0 };

    if (change == NULL || change->offset_seconds > OFFSET_MAX ||
        change->offset_seconds < -OFFSET_MAX)
        return -EBADMSG;
    local.zone = aa_snapshot_text(snapshot, change->abbreviation);
    if (local.zone == NULL)
        return -EBADMSG;
    local.offset_seconds = change->offset_seconds;
    now += change->offset_seconds;
    days = now / DAY_SECONDS;
    of_day = now % DAY_SECONDS;
    if (of_day < 0) {
        of_day += DAY_SECONDS;
        days--;
    }
    set_date(days, &local);
    local.hour = (unsigned)(of_day / 3600);
    local.minute = (unsigned)(of_day / 60 % 60);
    local.second = (unsigned)(of_day % 60);
    *ret = local;
    return 0;
}

bool aa_time_word_holds(uint32_t word, const struct aa_local_time *now)
{
    uint32_t days = word & 0x7f, from = word >> 7 & 0x7ff, to = word >> 18 & 0x7ff;
    uint32_t minute = now->hour * 60 + now->minute;
    bool today = (days >> now->weekday % 7 & 1) != 0;
    bool yesterday = (days >> (now->weekday + 6) % 7 & 1) != 0;

    if (from > DAY_MINUTES || to > DAY_MINUTES)
        return false;
    if (from < to)
        return today && minute >= from && minute < to;
    /* over midnight: what lies behind it belongs to the day before */
    return (today && minute >= from) || (yesterday && minute < to);
}
