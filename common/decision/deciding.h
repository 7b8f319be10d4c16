/* SPDX-License-Identifier: ISC */
/* One decision while it is made: what decide.c and ask-people.c share. */
#ifndef AA_DECIDING_H
#define AA_DECIDING_H

#include "decision.h"

struct deciding {
    struct aa_decision *decision;
    const struct aa_question *question;
    struct aa_request *request;
    struct aa_snapshot snapshot;
    struct aa_outcome outcome;
    bool has_outcome;
    bool observe;
    bool record_required;
    bool asking;   /* people are, or were, asked */
    bool recorded; /* its end is */
    char policy[AA_POLICY_ID_SIZE];
};

/* The policy's part: snapshot, facts that it needs, the first rule that holds. */
int aa_ask_policy(struct deciding *d, struct aa_fault *fault);
void aa_decision_make_common(struct deciding *d);

/* decision/ask-people.c: fills the decision from what people answered. */
void aa_ask_people(struct deciding *d);
/* Where no policy can be read: true if a break-glass code was given, and the decision allows. */
bool aa_break_glass(struct deciding *d);

#endif
