/* SPDX-License-Identifier: ISC */
/* Side files: records that could not wait for the lock, one file each. */
#ifndef AA_LEDGER_SIDE_H
#define AA_LEDGER_SIDE_H

#include "ledger.h"

int aa_ledger_side_write(const struct aa_site *site, int state_fd, const struct aa_buffer *fields,
                         bool sync, struct aa_fault *fault);

/* The names of at most AA_LEDGER_JOIN_MAX side files, oldest first. */
struct aa_side_names {
    char (*names)[sizeof(AA_LEDGER_SIDE_PREFIX) + 2 * AA_LEDGER_SIDE_ID_SIZE];
    size_t n;
};
int aa_ledger_side_list(int state_fd, struct aa_side_names *ret);
void aa_side_names_free(struct aa_side_names *names);

/* Reads one: 1 with its record (payload in "content" behind the header), 0 it is not complete. */
int aa_ledger_side_read(const struct aa_site *site, int state_fd, const char *name,
                        struct aa_buffer *content, const struct aa_ledger_record **ret);

#endif
