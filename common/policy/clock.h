/* SPDX-License-Identifier: ISC */
/*
 * What the clock on the wall shows: in the zone of the configuration (or the host's at the time of
 * apply), never in the caller's. apply writes the zone's changes into the snapshot, so nothing of
 * a zone file is read inside sudo.
 */
#ifndef AA_CLOCK_H
#define AA_CLOCK_H

#include "snapshot.h"

struct aa_local_time {
    unsigned year, month, day;       /* month and day from 1 */
    unsigned weekday;                /* 0 is Monday */
    unsigned hour, minute, second;
    int offset_seconds;              /* east of UTC */
    const char *zone;                /* its abbreviation, such as CET */
};

/* 0 or -EBADMSG. */
int aa_local_time(const struct aa_snapshot *snapshot, uint64_t realtime_usec,
                  struct aa_local_time *ret);

/* A word of "when time" as the compiler packs it: days on which it starts, and its minutes. */
#define AA_TIME_WORD(days, from, to) \
    ((uint32_t)(days) | (uint32_t)(from) << 7 | (uint32_t)(to) << 18) /* 7, 11, 11 bits */

/* Whether the time lies in the packed word; a range over midnight belongs to its first day. */
bool aa_time_word_holds(uint32_t word, const struct aa_local_time *now);

#endif
