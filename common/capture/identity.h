/* SPDX-License-Identifier: ISC */
/* Who asks: the real uid, and the kernel's loginuid, which sudo and su do not change. */
#ifndef AA_IDENTITY_H
#define AA_IDENTITY_H

#include "base/fault.h"
#include "base/site.h"
#include "request.h"

/* Fills user, login and session. "name" may be NULL. */
int aa_capture_identity(const struct aa_site *site, struct aa_request *request, uid_t uid,
                        const char *name, struct aa_fault *fault);

/* The groups of both identities; only policies that name groups need them. */
int aa_capture_groups(struct aa_request *request, struct aa_fault *fault);

/* The account of a uid: name, home and shell, "#1234" and NULLs where there is none. */
struct aa_account {
    const char *name, *home, *shell;
    gid_t gid;
    bool found;
};
int aa_account_by_uid(struct aa_arena *arena, uid_t uid, struct aa_account *ret);
int aa_account_by_name(struct aa_arena *arena, const char *name, uid_t *ret_uid,
                       struct aa_account *ret);

enum { AA_UID_OVERFLOW = 65534 }; /* stands for all whom the kernel cannot name */

/* Whether a uid is no human's: root, a system account, one that is given out for a while. */
bool aa_uid_is_system(uid_t uid);

#endif
