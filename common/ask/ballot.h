/* SPDX-License-Identifier: ISC */
/*
 * The answers to one request, from all channels, and how they stand. Voters are looked up anew for
 * every count, since groups and accounts may have changed since they answered.
 */
#ifndef AA_BALLOT_H
#define AA_BALLOT_H

#include "base/fault.h"
#include "verdict/verdict.h"

enum {
    AA_BALLOT_MEMORY_MAX = 4 * 1024 * 1024,
    AA_BALLOT_REFUSED_OF_ONE = 8, /* answers that do not count, of one account: then it is not heard */
};

struct aa_cast {
    struct aa_voter voter; /* ours */
    const char *channel, *reason; /* ours; reason NULL: none */
    void *courier;         /* whom to tell what came of it; NULL: nobody */
    uint32_t courier_number;
    enum aa_vote_status told; /* what was last said about it */
};

struct aa_ballot {
    struct aa_arena arena;   /* the votes themselves */
    struct aa_arena looked;  /* what was looked up for the last count */
    struct aa_cast *casts;
    struct aa_vote *votes;
    size_t n, space;
    struct aa_verdict_result *result; /* of the last count; NULL before */
};

/* Copies it in. 0, -E2BIG (no more of this account, or at all), -ENOMEM. */
int aa_ballot_add(struct aa_ballot *ballot, enum aa_vote_kind kind, const struct aa_cast *cast,
                  uint64_t boottime_usec);

/* As if this courier had never reported anything. */
void aa_ballot_forget(struct aa_ballot *ballot, const void *courier);

/* Looks everybody up and counts. */
int aa_ballot_count(struct aa_ballot *ballot, const struct aa_snapshot *snapshot,
                    const struct aa_directory *directory, const struct aa_snap_ask *ask,
                    const struct aa_request *request, uint64_t deadline_boottime_usec,
                    struct aa_fault *fault);

/* The person behind a vote, for people: a person's name, else the account. */
const char *aa_ballot_name(const struct aa_ballot *ballot, size_t vote);

void aa_ballot_free(struct aa_ballot *ballot);

#endif
