/* SPDX-License-Identifier: ISC */
/*
 * Files that decide (configuration, snapshot, keys, ledger) are opened once and then checked on
 * the descriptor: a regular file, root's own, not writable by group or others, reached through
 * folders of which the same is true, with no symbolic link anywhere on the way.
 */
#ifndef AA_TRUSTED_FILE_H
#define AA_TRUSTED_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "io.h"
#include "site.h"

enum aa_trust {
    AA_TRUST_OK = 0,
    AA_TRUST_MISSING = 1, /* there is none: a case of its own for callers */
    AA_TRUST_UNSAFE = 2,  /* there is one, and it must not be believed */
};

enum { AA_TRUST_WHY_MAX = 512 };

/*
 * A directory descriptor of "path", every folder on it checked. Returns enum
 * aa_trust, or negative errno for what the system would not do; "why" names the folder.
 */
int aa_trusted_folder(const struct aa_site *site, const char *path, int *ret_fd,
                      char why[AA_TRUST_WHY_MAX]);

/* A file in such a folder; flags are O_RDONLY or O_RDWR, "private" refuses a readable one too. */
int aa_trusted_file(const struct aa_site *site, int folder_fd, const char *name, int flags,
                    bool private, int *ret_fd, struct stat *ret_stat, char why[AA_TRUST_WHY_MAX]);

#endif
