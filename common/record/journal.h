/* SPDX-License-Identifier: ISC */
/*
 * The journal's native protocol: one datagram a record, sent as root whatever the real uid of
 * this process is, so that no user can forge it. Never blocks, never keeps a descriptor.
 */
#ifndef AA_JOURNAL_H
#define AA_JOURNAL_H

#include "base/site.h"
#include "fields.h"

/* 0, or negative errno: the ledger has the record, so nobody is stopped by this. */
int aa_journal_send(const struct aa_site *site, const struct aa_buffer *fields);

#endif
