/* SPDX-License-Identifier: ISC */
/*
 * Who counts: from the answers of people to one verdict. A pure function of the policy, the
 * request and the votes with their facts; it does no I/O, so its tests are tables.
 */
#ifndef AA_VERDICT_H
#define AA_VERDICT_H

#include "voter.h"

enum { AA_VOTES_MAX = 512 }; /* of one request; more are refused where they arrive */

enum aa_vote_kind {
    AA_VOTE_APPROVE = 1,
    AA_VOTE_DENY,
    AA_VOTE_RETRACT, /* takes the person's own answer back */
    AA_VOTE_CANCEL,  /* stops the request: for the requester and the owner of an agent */
};
const char *aa_vote_kind_name(enum aa_vote_kind kind); /* "approve" */

struct aa_vote {
    enum aa_vote_kind kind;
    uint64_t boottime_usec; /* when it arrived */
    struct aa_voter_facts facts;
};

enum aa_verdict {
    AA_VERDICT_PENDING,
    AA_VERDICT_APPROVED,
    AA_VERDICT_DENIED,
    AA_VERDICT_CANCELLED,
};

struct aa_verdict_result {
    enum aa_verdict verdict;
    uint32_t approvals;     /* distinct persons whose approval counts */
    uint32_t quorum;
    int deciding;           /* the vote that denied or cancelled; or -1 */
    enum aa_vote_status status[AA_VOTES_MAX]; /* of each vote */
};

/*
 * The requester is "request": its uid and its login identity, and the agent whose account either
 * is. "deadline_boottime_usec": votes behind it are late. 0; -EBADMSG: the snapshot is damaged, or
 * the facts are of another one; -E2BIG: more than AA_VOTES_MAX.
 *
 * Rules: a vote of the requester's or of an agent's owner that denies or cancels is a cancel. A
 * qualified deny ends the request at once, also one by somebody who approved before. A vote that
 * was taken back is as if never cast; its person may answer again. uid 0 of the local channel may
 * cancel, and nothing else; a cancel of anybody else who is qualified is a deny. Votes are in the
 * order in which they arrived; what comes behind the one that decided is late.
 */
int aa_verdict(const struct aa_snapshot *snapshot, const struct aa_snap_ask *ask,
               const struct aa_request *request, uint64_t deadline_boottime_usec,
               const struct aa_vote *votes, size_t votes_n, struct aa_verdict_result *ret);

#endif
