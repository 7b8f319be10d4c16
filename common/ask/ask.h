/* SPDX-License-Identifier: ISC */
/*
 * Asks people: what decide.c calls when the policy's outcome is "ask", and what comes back is
 * exactly one end.
 */
#ifndef AA_ASK_H
#define AA_ASK_H

#include "actionapprove.h"
#include "capture/digest.h"
#include "policy/policy.h"
#include "record/record.h"

/* What the decision does for the request that is asked about. */
struct aa_ask_hooks {
    /* Keeps a record of the request: "own" fields, a text for people. */
    int (*keep)(void *context, enum aa_event event, struct aa_buffer *own, const char *message,
                enum aa_ledger_use use, struct aa_ledger_position *ret_place,
                struct aa_fault *fault);
    /* Where the live policy changed: decides again by it, into the same snapshot and outcome.
     * 1 it was, 0 it is the same, or negative errno. */
    int (*decide_again)(void *context, struct aa_fault *fault);
    void *context;
};

struct aa_ask_input {
    const struct aa_site *site;
    const struct aa_question *question;
    const struct aa_request *request;
    const struct aa_digest *digest;
    const struct aa_digest *sameness; /* of what is the same to a person: environment aside */
    struct aa_snapshot *snapshot;
    struct aa_outcome *outcome;
    const struct aa_buffer *common;  /* the fields that all its records share */
    const struct aa_buffer *command; /* for a line */
    struct aa_masker *masker;
    int state_fd;
    struct aa_ask_hooks hooks;
};

/* What stays of it while the command runs: its entry, and couriers that will tell how it ended. */
struct aa_asked;

/* The names of those who approved, for records and words. */
struct aa_ask_answer {
    enum aa_event end; /* approved, break-glass, denied, expired, cancelled, failed; or refused:
                        * nobody was asked, and nothing is recorded yet */
    uint64_t ended_boottime_usec; /* when the answer came, before anybody was told */
    struct aa_digest meaning; /* of the ask by which it was answered */
    struct aa_asked *asked; /* where it may run; else NULL */
    struct aa_fault fault;  /* why it may not */
};

/* Whether somebody may be asked at all, with a reason where one is wanted: 0, or a fault. */
int aa_ask_is_possible(const struct aa_ask_input *input, const struct aa_snap_ask *ask,
                       struct aa_fault *fault);

/* The ask of an outcome; NULL: the snapshot is damaged. */
const struct aa_snap_ask *aa_ask_of(const struct aa_snapshot *snapshot,
                                    const struct aa_outcome *outcome);

/* What an ask says, in short, to see whether another policy says the same: how it is asked, and with
 * "who" also who answers. */
void aa_ask_meaning(const struct aa_snapshot *snapshot, const struct aa_snap_ask *ask, bool who,
                    struct aa_digest *ret);

void aa_ask(const struct aa_ask_input *input, struct aa_ask_answer *ret);

/* Before the record of its end is kept. */
void aa_asked_ending(struct aa_asked *asked, int state_fd);
/* The command ended, or did not start: fields as in that record. Where that could not be kept, who
 * finds the entry later will. Returns NULL. */
struct aa_asked *aa_asked_end(struct aa_asked *asked, const struct aa_buffer *fields,
                              bool is_recorded);

#endif
