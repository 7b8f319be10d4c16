/* SPDX-License-Identifier: ISC */
/* Waiting for a lock, but not for ever: who holds it may be stopped by their user. */
#ifndef AA_PATIENCE_H
#define AA_PATIENCE_H

#include "site.h"

/* "try" locks without waiting: 0, or -1 with errno. 0 locked, 1 held for too long, or negative
 * errno. */
int aa_lock_patiently(const struct aa_site *site, uint64_t usec, int (*try)(int fd, uint32_t place),
                      int fd, uint32_t place);

/* A lock on the whole file, by flock. */
int aa_try_flock(int fd, uint32_t unused);

#endif
