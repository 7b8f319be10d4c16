/* SPDX-License-Identifier: ISC */
/*
 * Whether a request has its end in the ledger already: for who finds it unfinished, since its own
 * process may have been killed right behind the record.
 */
#ifndef AA_LEDGER_FIND_H
#define AA_LEDGER_FIND_H

#include "base/site.h"

/* Where the next record will be, at least: an end that is recorded from now on is behind it. */
uint64_t aa_ledger_place(const struct aa_site *site, int state_fd);

/* 1 it has, 0 it has not, -EAGAIN: there are records beside the chain, ask again when they have
 * joined it; or another negative errno. */
int aa_ledger_has_end(const struct aa_site *site, int state_fd, uint64_t from, const char *id);

#endif
