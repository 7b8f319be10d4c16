/* SPDX-License-Identifier: ISC */
/*
 * The root side of one network channel of one request: starts the courier, tells it what to show,
 * hears votes from it, tells it how things ended. Everything that a courier says is bounded and
 * held against the state in which it may say it; what does not fit ends the channel, and a channel
 * that ended is no approval.
 */
#ifndef AA_COURIER_H
#define AA_COURIER_H

#include "base/buffer.h"
#include "base/fault.h"
#include "base/site.h"
#include "policy/snapshot.h"
#include "verdict/verdict.h"

struct aa_courier;

/* What a courier reports. Texts live until the next call. */
enum aa_courier_event_kind {
    AA_COURIER_NOTHING = 0, /* no whole frame is there */
    AA_COURIER_POSTED,      /* the question is where people can see it */
    AA_COURIER_TROUBLE,     /* it goes on trying: "text" says what is wrong */
    AA_COURIER_VOTE,
    AA_COURIER_FAILED,      /* it gave up, ended, or broke the rules: "text" says why */
};

struct aa_courier_event {
    enum aa_courier_event_kind kind;
    const char *text;
    /* AA_COURIER_VOTE: copied by the caller, who adds the time */
    enum aa_vote_kind vote;
    uint32_t vote_number;   /* for aa_courier_answer() */
    struct aa_voter voter;  /* its kind is the channel's own, whatever the courier says */
    const char *reason;
};

/*
 * Starts the courier of the snapshot's channel at "channel" (an index). Reads the channel's secret
 * from the secrets folder. 0 or negative errno with a fault, AA_FAULT_CHANNEL.
 */
int aa_courier_start(const struct aa_site *site, const struct aa_snapshot *snapshot,
                     uint32_t channel, struct aa_courier **ret, struct aa_fault *fault);

/*
 * The question: fields as in a record (record/fields.h), each at most AA_WIRE_FIELD_MAX, together
 * at most AA_WIRE_FRAME_MAX; and beside them AA_DEADLINE, AA_FROM and AA_CHAT_GROUP (base/wire.h).
 * A vote may name no other group than those of AA_CHAT_GROUP. 0; -EMSGSIZE or -E2BIG: too large;
 * -EPIPE: it is over, or was asked already.
 */
int aa_courier_ask(struct aa_courier *courier, const struct aa_buffer *fields);

/* For poll: the descriptor and the events that it waits for. */
int aa_courier_fd(const struct aa_courier *courier);
short aa_courier_events(const struct aa_courier *courier);

/* Sends what is left to send, and takes one event. Call it until it gives AA_COURIER_NOTHING.
 * Never blocks. After AA_COURIER_FAILED the courier is over. */
void aa_courier_process(struct aa_courier *courier, struct aa_courier_event *ret);

/* What came of a vote: shown in the channel where it does not count. */
void aa_courier_answer(struct aa_courier *courier, uint32_t vote_number,
                       enum aa_vote_status status, uint32_t approvals, uint32_t quorum);

/* How the request ended (event as in AA_EVENT) and, later, how the command did: fields as in those
 * records. After the last one the courier has AA_COURIER_CLOSE_SECONDS to close its message. */
void aa_courier_outcome(struct aa_courier *courier, const struct aa_buffer *fields, bool last);

const char *aa_courier_channel(const struct aa_courier *courier); /* the channel's name */

enum { AA_COURIER_CLOSE_SECONDS = 10 };

/* Lets go of it; it ends by itself in time. "kill": at once. Never waits. Returns NULL. */
struct aa_courier *aa_courier_free(struct aa_courier *courier, bool kill);

#endif
