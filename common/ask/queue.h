/* SPDX-License-Identifier: ISC */
/*
 * A request among the others that wait: how many there may be, whether the same one waits already,
 * whether the same one was denied a moment ago. Also ends, with a record, the requests whose
 * process vanished.
 */
#ifndef AA_QUEUE_H
#define AA_QUEUE_H

#include "entry.h"
#include "policy/snapshot-format.h"

struct aa_queue_place {
    char leader[AA_CODE_SIZE]; /* the same request, which came first; "": none */
};

/* The entry was shown before: of two that come at once, the earlier counts as first. 0, or a fault
 * that denies. "state_fd" is for the records of vanished ones. */
int aa_queue_enter(const struct aa_entry *entry, int state_fd,
                   const struct aa_snap_settings *settings, struct aa_queue_place *ret,
                   struct aa_fault *fault);

/* The one it waited with is gone: the earliest of those who wait for the same takes its place.
 * "": that is this one. */
void aa_queue_successor(const struct aa_entry *entry, int state_fd, char ret[AA_CODE_SIZE]);

/* Ends every request whose process vanished. */
void aa_queue_sweep(const struct aa_site *site, int folder_fd, int state_fd);

/* The same request was denied now; and: it was, less than "seconds" ago. */
void aa_queue_note_denial(const struct aa_entry *entry);
int aa_queue_check_denial(const struct aa_site *site, int folder_fd,
                          const unsigned char digest[AA_SHA256_SIZE], uint32_t seconds,
                          struct aa_fault *fault);

#endif
