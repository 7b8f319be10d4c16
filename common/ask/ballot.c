/* SPDX-License-Identifier: ISC */
#include "ballot.h"

#include <errno.h>

static int copy_strings(struct aa_arena *arena, struct aa_strings *strings)
{
    const char **v = AA_NEW_ARRAY(arena, const char *, strings->n);

    if (v == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < strings->n; i++) {
        v[i] = aa_arena_strdup(arena, strings->v[i]);
        if (v[i] == NULL)
            return -ENOMEM;
    }
    strings->v = v;
    return 0;
}

static int copy_text(struct aa_arena *arena, const char **text)
{
    if (*text == NULL)
        return 0;
    *text = aa_arena_strdup(arena, *text);
    return *text == NULL ? -ENOMEM : 0;
}

static int copy_cast(struct aa_arena *arena, struct aa_cast *cast)
{
    int r = copy_text(arena, &cast->voter.account);

    if (r == 0)
        r = copy_text(arena, &cast->voter.email);
    if (r == 0)
        r = copy_text(arena, &cast->channel);
    if (r == 0)
        r = copy_text(arena, &cast->reason);
    return r == 0 ? copy_strings(arena, &cast->voter.chat_groups) : r;
}

static bool is_same_account(const struct aa_voter *a, const struct aa_voter *b)
{
    return a->kind == b->kind && aa_streq(a->account, b->account);
}

static void forget_result(struct aa_ballot *ballot)
{
    if (ballot->result == NULL)
        return;
    *ballot->result = (struct aa_verdict_result){ .deciding = -1 };
    for (size_t i = 0; i < AA_ARRAY_SIZE(ballot->result->status); i++)
        ballot->result->status[i] = AA_VOTE_UNKNOWN;
}

/* Somebody who goes on answering although it does not count fills no records. */
static bool is_heard_out(const struct aa_ballot *ballot, const struct aa_voter *voter)
{
    size_t refused = 0;

    for (size_t i = 0; i < ballot->n; i++)
        refused += is_same_account(&ballot->casts[i].voter, voter) &&
                   ballot->casts[i].told != AA_VOTE_COUNTS;
    return refused >= AA_BALLOT_REFUSED_OF_ONE;
}

static int make_space(struct aa_ballot *ballot)
{
    size_t space = ballot->space == 0 ? 4 : 2 * ballot->space;
    struct aa_cast *casts;
    struct aa_vote *votes;

    if (ballot->n < ballot->space)
        return 0;
    casts = reallocarray(ballot->casts, space, sizeof(*casts));
    if (casts == NULL)
        return -ENOMEM;
    ballot->casts = casts;
    votes = reallocarray(ballot->votes, space, sizeof(*votes));
    if (votes == NULL)
        return -ENOMEM;
    ballot->votes = votes;
    ballot->space = space;
    return 0;
}

int aa_ballot_add(struct aa_ballot *ballot, enum aa_vote_kind kind, const struct aa_cast *cast,
                  uint64_t boottime_usec)
{
    struct aa_cast copy = *cast;
    int r;

    ballot->arena.maximum = AA_BALLOT_MEMORY_MAX;
    if (ballot->n == AA_VOTES_MAX || is_heard_out(ballot, &cast->voter))
        return -E2BIG;
    r = make_space(ballot);
    if (r == 0)
        r = copy_cast(&ballot->arena, &copy);
    if (r < 0)
        return r;
    ballot->casts[ballot->n] = copy;
    ballot->votes[ballot->n] = (struct aa_vote){ .kind = kind, .boottime_usec = boottime_usec };
    ballot->n++;
    return 0;
}

void aa_ballot_forget(struct aa_ballot *ballot, const void *courier)
{
    size_t kept = 0;

    for (size_t i = 0; i < ballot->n; i++) {
        if (ballot->casts[i].courier == courier)
            continue;
        ballot->casts[kept] = ballot->casts[i];
        ballot->votes[kept++] = ballot->votes[i];
    }
    ballot->n = kept;
    forget_result(ballot); /* until it is counted again */
}

int aa_ballot_count(struct aa_ballot *ballot, const struct aa_snapshot *snapshot,
                    const struct aa_directory *directory, const struct aa_snap_ask *ask,
                    const struct aa_request *request, uint64_t deadline_boottime_usec,
                    struct aa_fault *fault)
{
    int r = 0;

    if (ballot->result == NULL) {
        ballot->result = calloc(1, sizeof(*ballot->result));
        if (ballot->result == NULL)
            return aa_fault(fault, AA_FAULT_MEMORY, -ENOMEM, "there is not enough memory to count "
                                                             "the answers");
    }
    aa_arena_clear(&ballot->looked);
    ballot->looked.maximum = AA_BALLOT_MEMORY_MAX;
    for (size_t i = 0; i < ballot->n && r == 0; i++) {
        struct aa_voter_facts *facts = &ballot->votes[i].facts;

        r = aa_look_up_voter(snapshot, directory, ask->from, &ballot->casts[i].voter,
                             &ballot->looked, facts);
        if (r == 0) /* the snapshot may be closed before these are looked at */
            r = copy_text(&ballot->looked, &facts->person);
    }
    if (r == 0)
        r = aa_verdict(snapshot, ask, request, deadline_boottime_usec, ballot->votes, ballot->n,
                       ballot->result);
    if (r == 0)
        return 0;
    forget_result(ballot); /* nothing half counted is believed */
    for (size_t i = 0; i < ballot->n; i++)
        ballot->votes[i].facts = (struct aa_voter_facts){ .status = AA_VOTE_UNKNOWN };
    return r == -ENOMEM ? aa_fault(fault, AA_FAULT_MEMORY, r, "there is not enough memory to count "
                                                              "the answers") :
                          aa_fault(fault, AA_FAULT_SNAPSHOT_DAMAGED, r,
                                   "the policy snapshot is damaged (a reference leaves the file)");
}

const char *aa_ballot_name(const struct aa_ballot *ballot, size_t vote)
{
    const struct aa_voter_facts *facts = &ballot->votes[vote].facts;

    return facts->person != NULL ? facts->person : ballot->casts[vote].voter.account;
}

void aa_ballot_free(struct aa_ballot *ballot)
{
    aa_arena_clear(&ballot->arena);
    aa_arena_clear(&ballot->looked);
    free(ballot->casts);
    free(ballot->votes);
    free(ballot->result);
    *ballot = (struct aa_ballot){ 0 };
}
