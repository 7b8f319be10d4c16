/* SPDX-License-Identifier: ISC */
/* Opens the live policy and follows its references, each one bounds-checked. */
#ifndef AA_SNAPSHOT_H
#define AA_SNAPSHOT_H

#include <stdbool.h>

#include "base/fault.h"
#include "base/site.h"
#include "snapshot-format.h"

struct aa_snapshot {
    const struct aa_snap_header *header;
    size_t size;
    bool mapped;
};

#define AA_SNAPSHOT_LIVE "live"
#define AA_SNAPSHOT_PREVIOUS "live.previous"

/*
 * Opens the snapshot in force: "live", or "live.previous" where the live one was only tried and
 * its time is over. 0, or negative errno with the fault that says why.
 */
int aa_snapshot_open(const struct aa_site *site, int state_fd, struct aa_snapshot *ret,
                     struct aa_fault *fault);
/* One of the two by its name, whatever its try says. */
int aa_snapshot_open_named(const struct aa_site *site, int state_fd, const char *name,
                           struct aa_snapshot *ret, struct aa_fault *fault);
/* The same over memory of the caller's, which must be 8-byte aligned and outlive it. */
int aa_snapshot_from_memory(const void *data, size_t size, struct aa_snapshot *ret,
                            struct aa_fault *fault);
void aa_snapshot_close(struct aa_snapshot *snapshot);

/* Whether the snapshot was only tried and its time is over. */
bool aa_snapshot_try_is_over(const struct aa_site *site, const struct aa_snapshot *snapshot);

#define AA_POLICY_ID_SIZE 17
void aa_snapshot_policy_id(const struct aa_snapshot *snapshot, char ret[AA_POLICY_ID_SIZE]);

/* NULL where the reference leaves the file: the snapshot is damaged. */
const char *aa_snapshot_text(const struct aa_snapshot *snapshot, struct aa_snap_text text);
const void *aa_snapshot_elements(const struct aa_snapshot *snapshot, enum aa_section section,
                                 struct aa_snap_range range);
uint32_t aa_snapshot_count(const struct aa_snapshot *snapshot, enum aa_section section);

static inline const struct aa_snap_word *aa_snapshot_words(const struct aa_snapshot *snapshot,
                                                           struct aa_snap_range range)
{
    return aa_snapshot_elements(snapshot, AA_SECTION_WORDS, range);
}

#endif
