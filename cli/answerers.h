/* SPDX-License-Identifier: ISC */
/*
 * Who could answer a request now. Each person is held up as a vote, by the code that looks up and
 * counts real ones; nothing of the rules is written down here a second time.
 */
#ifndef AA_CLI_ANSWERERS_H
#define AA_CLI_ANSWERERS_H

#include "verdict/verdict.h"

struct answerer {
    const char *person;  /* or the account, where it is no person's; or the group, where only others
                          * know who is in it */
    const char *accounts; /* Unix accounts on this host: "bob, bob-adm"; "" */
    const char *groups;  /* by which groups of the policy: "dba, ops" */
    bool is_person, elsewhere; /* elsewhere: members are known only to the chat system */
    enum aa_vote_status status;
    const char *because; /* why not; "" */
};

struct answerers {
    struct answerer *v;
    size_t n, counting;
    bool quorum_reached; /* if all of them approved */
    bool elsewhere;      /* there may be more, whom only the chat system knows */
};

enum { ANSWERERS_MAX = 2000 };

/* 0, -ENOMEM, -EBADMSG: the snapshot is damaged, or -E2BIG. */
int answerers_find(const struct aa_snapshot *snapshot, const struct aa_snap_ask *ask,
                   const struct aa_request *request, struct aa_arena *arena, struct answerers *ret);

#endif
