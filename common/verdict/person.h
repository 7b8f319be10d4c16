/* SPDX-License-Identifier: ISC */
/*
 * Which one person an identity is: by the statements of the policy and, where it has
 * "people by-email", by address. Whatever fits more than one person is nobody.
 */
#ifndef AA_PERSON_H
#define AA_PERSON_H

#include <errno.h>

#include "voter.h"

/* What a look-up goes by. */
struct aa_look_up {
    const struct aa_snapshot *snapshot;
    const struct aa_directory *directory;
    struct aa_arena *arena;
};

/* Every failure of the directory, so that it is not taken for a damaged snapshot's. */
enum { AA_DIRECTORY_FAILED = -EIO };

struct aa_found_person {
    enum aa_vote_status status;     /* AA_VOTE_COUNTS, or why it is not one: UNLINKED, AMBIGUOUS */
    const char *name;
    bool by_email;                  /* no statement names this person: NAME@DOMAIN */
    uint32_t index;                 /* of the statement */
    struct aa_unix_account account; /* by mail: the one account that is theirs */
};

/* 0, -ENOMEM, -EBADMSG or AA_DIRECTORY_FAILED; so do all below. */
int aa_person_of_account(const struct aa_look_up *look_up, const char *name, uid_t uid,
                         struct aa_found_person *ret);
int aa_person_of_network(const struct aa_look_up *look_up, const struct aa_voter *voter,
                         struct aa_found_person *ret);

/* The accounts of a person that exist on this host; -E2BIG where they are over the maximum. */
int aa_accounts_of_person(const struct aa_look_up *look_up, const struct aa_found_person *person,
                          struct aa_unix_account ret[AA_PERSON_ACCOUNTS_MAX], size_t *ret_n);

#endif
