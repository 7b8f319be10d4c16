/* SPDX-License-Identifier: ISC */
/*
 * A decision, from the question to the end of the command: what the library keeps behind the
 * pointer that front ends hold. decide.c makes it, confirm.c holds it against what is about to
 * run, finish.c records how that ended.
 */
#ifndef AA_DECISION_H
#define AA_DECISION_H

#include <time.h>

#include "actionapprove.h"
#include "ask/ask.h"
#include "ask/audience.h"
#include "base/fault.h"
#include "base/site.h"
#include "capture/digest.h"
#include "policy/policy.h"
#include "record/record.h"

enum {
    AA_FRESH_USEC = 30 * 1000 * 1000, /* between the decision and the start of the command */
    AA_MESSAGE_MAX = 16 * 1024,
};

struct aa_decision {
    const struct aa_site *site;
    bool allows;
    bool exempt;          /* root's own: recorded, never denied */
    bool used;            /* one decision starts one command */
    bool ended;           /* its last record was written */
    bool needs_record;    /* it does not allow unless the ledger took it */
    bool hashes_unbound;  /* the digest covers the content of files that others could change */
    bool without_policy;  /* by a break-glass code, where no policy could be read */
    struct aa_asked *asked; /* people were, and it may run; else NULL */
    struct aa_digest meaning; /* of the ask that was answered */
    bool looks_at_labels;           /* the policy does: where the files that are named lead matters */
    uint64_t policy_try_until_usec; /* the live policy is only tried, so long; 0: no */
    enum aa_event end;    /* of the asking; 0 or refused: nobody was asked */
    char rule[512];       /* that decided */
    struct aa_masker masker;     /* after the decision: what is shipped alone */
    struct aa_audience audience; /* how its words are spelled; its conversation is of the question's
                                  * time only */
    struct aa_fault fault; /* why it does not allow */
    struct aa_request_id id;
    struct aa_digest digest;
    bool has_digest;
    unsigned char key[AA_KEY_SIZE]; /* kept to compare the digest, wiped as soon as that is done */
    int state_fd;                   /* the state folder, while it is needed; or -1 */
    struct timespec policy_ctime; /* of the live snapshot's file */
    ino_t policy_inode;
    uint64_t decided_boottime_usec, started_boottime_usec;
    struct aa_buffer common; /* fields of its records */
    struct aa_buffer command;
    struct aa_buffer message;
    struct aa_buffer summary;
};

/* Whether people were asked. Not "asked": that is missing where there was no memory for it. */
static inline bool aa_decision_was_asked(const struct aa_decision *decision)
{
    return decision->end != 0 && decision->end != AA_EVENT_REFUSED;
}

struct aa_decision *aa_decision_new(const struct aa_site *site);

/* The entry points over a site of the caller's: for tests. */
struct aa_decision *aa_decide_at(const struct aa_site *site, const struct aa_question *question);
struct aa_decision *aa_refuse_incomplete_at(const struct aa_site *site,
                                            const struct aa_question *question,
                                            enum aa_missing_half half);

/* Opens the state folder, checked; or a fault that names what is wrong with it. */
int aa_decision_open_state(struct aa_decision *decision, struct aa_fault *fault);
void aa_decision_close_state(struct aa_decision *decision);

/* Whether another policy is in force than the one that decided; and if so, whether it would
 * decide alike: 0, or a fault. */
bool aa_live_policy_changed(const struct aa_decision *decision);
int aa_policy_still_allows(struct aa_decision *decision, struct aa_request *request,
                           struct aa_fault *fault);

/* Records of this decision; its summary is their text. "own" may be NULL. */
int aa_decision_keep(struct aa_decision *decision, enum aa_event event, struct aa_buffer *own,
                     enum aa_ledger_use use, struct aa_fault *fault);
/* The same with a text of its own, and the place in the chain. */
int aa_decision_keep_as(struct aa_decision *decision, enum aa_event event, struct aa_buffer *own,
                        const char *message, enum aa_ledger_use use,
                        struct aa_ledger_position *ret_place, struct aa_fault *fault);
/* Before its last record, where people were asked. */
void aa_decision_ending(struct aa_decision *decision);
/* Its words, where the answer is no: for people, or as an object where that was asked for. */
void aa_decision_write_denial(struct aa_decision *decision, const struct aa_outcome *outcome);
void aa_decision_keep_refusal(struct aa_decision *decision);
void aa_decision_add_error(struct aa_buffer *own, struct aa_masker *masker,
                           const struct aa_fault *fault);

#endif
