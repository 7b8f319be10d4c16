/* SPDX-License-Identifier: ISC */
/* One request on its way through ask/: what its files share. Nobody outside includes this. */
#ifndef AA_ASKING_H
#define AA_ASKING_H

#include "ask.h"
#include "audience.h"
#include "ballot.h"
#include "channel/courier.h"
#include "entry.h"
#include "interrupts.h"
#include "local/local.h"
#include "queue.h"

enum {
    AA_COURIERS_MAX = 16,
    AA_REASON_MAX = 1000, /* bytes of the requester's */
    AA_SHOWN_COMMAND_MAX = 12 * 1024, /* of the command in a message: more is left out, and said */
};

struct aa_asking {
    const struct aa_ask_input *input;
    const struct aa_site *site;
    const struct aa_snap_ask *ask; /* of the policy in force; renewed with it */
    struct aa_digest meaning;      /* of how it was asked: another way would be another question */
    char digest[AA_SHA256_HEX];
    char *reason; /* the requester's; NULL: none */
    struct aa_audience audience;
    struct aa_interrupts interrupts;
    struct aa_entry entry;
    struct aa_local *local;
    bool local_is_asked; /* a channel of type local is among those that were asked … */
    char local_name[64]; /* … and this is its name */
    struct aa_courier *couriers[AA_COURIERS_MAX];
    size_t couriers_n;
    bool couriers_say_more; /* than was heard: look again without waiting */
    bool then_asked;
    struct aa_ballot ballot;
    struct aa_ledger_position requested; /* the chain's head when it was asked */
    char leader[AA_CODE_SIZE]; /* the request that this one waits with; "" */
    int leader_fd;
    uint64_t started_usec, deadline_usec; /* boot time */
    bool break_glass; /* a code may be typed */
    unsigned code_attempts;
    uint32_t code_number;
    /* how it ends */
    enum aa_event end; /* 0: not yet */
    uint64_t ended_usec;
    bool end_is_lost; /* its record could not be kept: who finds the entry will */
    struct aa_fault fault;
    char who[256]; /* who decided, for words */
    unsigned complaints;
    char trouble[2 * AA_FAULT_DETAIL_MAX]; /* what a channel last complained of, with its name */
};

/* The first end is the one that counts. */
void aa_asking_end(struct aa_asking *asking, enum aa_event end, enum aa_fault_id id,
                   const char *format, ...) AA_PRINTF(4, 5);

/* ask/description.c: what approvers see, as fields. */
int aa_describe(const struct aa_asking *asking, struct aa_buffer *fields);
/* Whether the command or its environment is too long to be shown in full. */
bool aa_description_is_cut(const struct aa_ask_input *input);
/* "NAME=value" of the variables that a person has to know of; their number. */
enum { AA_SHOWN_VARIABLES_MAX = 32 };
size_t aa_told_variables(const struct aa_ask_input *input, const char *ret[AA_SHOWN_VARIABLES_MAX]);
/* Who may answer, in words: "dba or security". */
void aa_describe_from(const struct aa_asking *asking, struct aa_buffer *text);

/* ask/reason.c */
int aa_ask_for_reason(struct aa_asking *asking);

/* ask/votes.c: somebody answered, on any channel. */
struct aa_answer_given {
    enum aa_vote_kind kind;
    struct aa_cast cast;
};
void aa_take_vote(struct aa_asking *asking, const struct aa_answer_given *given,
                  struct aa_local_reply *reply);
void aa_fill_reply(const struct aa_asking *asking, struct aa_local_reply *reply);
void aa_add_approver(struct aa_buffer *own, struct aa_masker *masker, const struct aa_ballot *ballot,
                     size_t vote);
extern const struct aa_local_owner aa_local_answers; /* context: the asking */

/* ask/channels.c */
int aa_start_channels(struct aa_asking *asking, bool then);
void aa_hear_courier(struct aa_asking *asking, size_t courier);
void aa_close_channels(struct aa_asking *asking, const struct aa_buffer *outcome);

/* ask/emergency.c: the requester typed something while it waits. */
void aa_try_code(struct aa_asking *asking);

/* ask/ask.c: it waits with its leader, where there is one that can be joined; else it asks by itself. */
void aa_follow_or_lead(struct aa_asking *asking);
void aa_asking_expire(struct aa_asking *asking);

/* ask/wait.c: until it ends. */
void aa_wait(struct aa_asking *asking);

/* ask/lines.c: what the requester is told. */
void aa_tell_start(struct aa_asking *asking);
void aa_tell_progress(struct aa_asking *asking);
void aa_tell_end(struct aa_asking *asking);
void aa_tell_note(struct aa_asking *asking, const char *note);

#endif
