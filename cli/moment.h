/* SPDX-License-Identifier: ISC */
/* Times as people write them, in the zone of the configuration; never in the caller's. */
#ifndef AA_CLI_MOMENT_H
#define AA_CLI_MOMENT_H

#include <stdbool.h>

#include "policy/snapshot.h"

/* "2026-03-27 18:30", "fri 18:30" (the next one), "18:30" (today). False: none, or a time that the
 * zone leaves out. */
bool moment_parse(const struct aa_snapshot *snapshot, const char *text, uint64_t now_usec,
                  uint64_t *ret_usec);

/* The same, and what lies behind: "7d", "12h", "2 days ago", "2026-03-27", "today", "yesterday". */
bool moment_parse_past(const struct aa_snapshot *snapshot, const char *text, uint64_t now_usec,
                       uint64_t *ret_usec);

/* AA_TIME of a record. */
bool moment_parse_record(const char *text, uint64_t *ret_usec);

#endif
