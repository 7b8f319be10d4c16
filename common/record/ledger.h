/* SPDX-License-Identifier: ISC */
/*
 * Writing the ledger. Writers take turns by a lock on the file. Who waits longer than
 * AA_LEDGER_LOCK_USEC (a user can stop their own sudo while it holds the lock) writes the record
 * to a side file of its own, which the next holder of the lock joins to the chain.
 */
#ifndef AA_LEDGER_H
#define AA_LEDGER_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/site.h"
#include "ledger-format.h"

enum { AA_LEDGER_LOCK_USEC = 250 * 1000, AA_LEDGER_JOIN_MAX = 256 };

struct aa_ledger_position {
    bool in_chain; /* false: in a side file, to be joined */
    uint64_t seq;
    unsigned char prev[AA_SHA256_SIZE];
    unsigned char hash[AA_SHA256_SIZE];
};

enum aa_ledger_use {
    AA_LEDGER_BEFORE,  /* something will run after this: leaves the reserve alone */
    AA_LEDGER_REFUSAL, /* nothing will: may use half of it, so that no flood of refusals ... */
    AA_LEDGER_AFTER,   /* ... takes the room for how commands ended: may use all of it */
};

int aa_ledger_append(const struct aa_site *site, int state_fd, const struct aa_buffer *fields,
                     enum aa_ledger_use use, bool sync, struct aa_ledger_position *ret,
                     struct aa_fault *fault);

/* Makes an empty ledger where there is none: 1 made, 0 was there. */
int aa_ledger_create(const struct aa_site *site, int state_fd, struct aa_fault *fault);

#endif
