/* SPDX-License-Identifier: ISC */
/*
 * "when rhost": the host from which somebody logs in, against addresses, networks and names.
 *
 * The value comes from the service and may be either an address or a name; nobody is asked
 * which address a name has, or which name an address. So one cannot be held against the other,
 * and there is a third answer beside inside and outside: it could be.
 */
#ifndef AA_REMOTE_H
#define AA_REMOTE_H

#include "snapshot.h"

enum aa_remote {
    AA_REMOTE_OUTSIDE,
    AA_REMOTE_INSIDE,
    AA_REMOTE_UNCERTAIN,
};

enum { AA_REMOTE_NAME_MAX = 1024 }; /* bytes of a name; a longer one is uncertain */

/* An enum aa_remote, or -EBADMSG, or -E2BIG. */
int aa_remote_inside(const struct aa_snapshot *snapshot, const struct aa_snap_word *words,
                     uint32_t n, const char *rhost);

#endif
