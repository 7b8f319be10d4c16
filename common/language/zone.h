/* SPDX-License-Identifier: ISC */
/*
 * The time zone of the configuration: when its clock changes, from a year before the snapshot is
 * made until forty years behind it. Read by the tool from the host's zone database, so that
 * nothing of it is read inside sudo. The caller's TZ has no say: no function of the C library
 * that knows zones is used.
 */
#ifndef AA_ZONE_H
#define AA_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "policy/snapshot-format.h"

struct aa_config;

struct aa_zone_change {
    int64_t since; /* seconds since 1970, UTC; INT64_MIN in the first */
    int32_t offset_seconds;
    const char *abbreviation;
};

struct aa_zone {
    struct aa_zone_change *changes; /* in their order, one at least */
    size_t n;
};

/* Where the host keeps its zones; NULL below stands for the usual places. */
struct aa_zone_places {
    const char *folder, *local;
};

enum {
    AA_ZONE_FILE_MAX = 256 * 1024,
    AA_ZONE_TIMES_MAX = 8192,      /* changes in one file */
    AA_ZONE_TYPES_MAX = 256,
    AA_ZONE_CHARACTERS_MAX = 4096,
    AA_ZONE_ABBREVIATION_MAX = 16,
    AA_ZONE_OFFSET_MAX = 26 * 3600,
};

/*
 * Fills config->zone by "set timezone", else by the host's own zone, else with UTC. Complains
 * where there is no such zone. 0 or -ENOMEM.
 */
int aa_find_zone(struct aa_config *config, const struct aa_zone_places *places, uint64_t now_usec);

/* zone-file.c: the changes between two moments, from the content of a zone file. 0, -ENOMEM,
 * -EBADMSG where it is no zone file that can be relied on. */
int aa_zone_file_read(const void *data, size_t size, int64_t from, int64_t until,
                      struct aa_arena *arena, struct aa_zone *ret);

/* zone-rule.c: how it goes on behind the last change of the file, such as
 * "CET-1CEST,M3.5.0,M10.5.0/3". */
struct aa_zone_day {
    char form; /* 'M' month.week.day, 'J' without and '0' with leap days */
    int month, week, day;
    int32_t seconds; /* of that day, by the clock before the change; may be before or behind it */
};

struct aa_zone_rule {
    char names[2][AA_ZONE_ABBREVIATION_MAX + 1]; /* standard, daylight */
    int32_t offsets[2];
    bool has_daylight;
    struct aa_zone_day start, end;
};

bool aa_zone_rule_parse(const char *text, struct aa_zone_rule *ret);
/* The two changes of a year, in seconds since 1970. */
int64_t aa_zone_rule_start(const struct aa_zone_rule *rule, int year);
int64_t aa_zone_rule_end(const struct aa_zone_rule *rule, int year);

#endif
