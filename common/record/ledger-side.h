/* SPDX-License-Identifier: ISC */
/* Side files: records that could not wait for the lock, one file each, in a folder that exists
 * only while there are some. */
#ifndef AA_LEDGER_SIDE_H
#define AA_LEDGER_SIDE_H

#include "ledger.h"

int aa_ledger_side_write(const struct aa_site *site, int state_fd, const struct aa_buffer *fields,
                         bool sync, struct aa_fault *fault);

/* The folder: 1 open, 0 there is none, negative errno. */
int aa_ledger_side_open(int state_fd, int *ret_folder_fd);

/* The names of at most AA_LEDGER_JOIN_MAX side files, oldest first. */
enum { AA_SIDE_NAME_SIZE = 2 * AA_LEDGER_SIDE_ID_SIZE + 1 };
struct aa_side_names {
    char (*names)[AA_SIDE_NAME_SIZE];
    size_t n;
    size_t found; /* with those that the list has no room for */
};
int aa_ledger_side_list(int folder_fd, struct aa_side_names *ret);
/* Removes what writers left behind that did not come to their end, a minute ago or more. */
void aa_ledger_side_sweep(int folder_fd, uint64_t realtime_usec);
void aa_side_names_free(struct aa_side_names *names);

/* Reads one: 1 with its record (payload in "content" behind the header), 0 it is not complete. */
int aa_ledger_side_read(const struct aa_site *site, int folder_fd, const char *name,
                        struct aa_buffer *content, const struct aa_ledger_record **ret);

#endif
