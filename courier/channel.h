/* SPDX-License-Identifier: ISC */
/*
 * What a network channel implements, and what it may ask of the courier around it. A channel works
 * with descriptors that do not block and with times, like any event loop's client: a call that does
 * not come back within GUARD_SECONDS is the end of the process, and so of the channel.
 */
#ifndef COURIER_CHANNEL_H
#define COURIER_CHANNEL_H

#include <poll.h>

#include "base/vocabulary.h"
#include "base/wire.h"

struct courier;

enum { CHANNEL_FDS_MAX = 16 };

/* The question. Fields are as in the record (AA_COMMAND …); everything lives as long as the
 * courier does. */
struct channel_question {
    struct aa_reader fields; /* for aa_wire_field_next() */
    uint64_t deadline_usec;  /* since 1970; 0: not said */
    uint32_t quorum;
    uint32_t groups_n, chat_groups_n;
    const char *groups[AA_WIRE_GROUPS_MAX];      /* whose members may answer */
    const char *chat_groups[AA_WIRE_GROUPS_MAX]; /* to look voters up in */
};

/* A vote as the channel authenticated it: vendor's answers only, no claim of the voter's. */
struct channel_vote {
    uint8_t kind; /* as in verdict/verdict.h: 1 approve, 2 deny, 3 retract, 4 cancel */
    const char *account;
    const char *email; /* NULL: none that the vendor confirmed */
    const char *const *groups;
    uint32_t groups_n;
    uint32_t power;
    const char *reason; /* NULL: none; cut where it is too long */
};

struct channel {
    enum aa_channel_type type;
    /* Before the sandbox: resolve names, read certificates, set the TLS library up; open what
     * cannot be opened later. The settings live as long as the courier. 0 with a
     * state, which may not be NULL; or -1 after courier_failed(). */
    int (*prepare)(struct courier *courier, const struct aa_wire_config *config, void **ret_state);
    void (*ask)(void *state, const struct channel_question *question);
    /* What came of a vote of its: shown where it does not count. */
    void (*answer)(void *state, const struct aa_wire_answer *answer);
    /* How the request, or later the command, ended. */
    void (*outcome)(void *state, const struct aa_wire_outcome *outcome);
    /* Nothing more will be heard: the last outcome was told, or the root side is gone without one
     * ("vanished"). Close the message, then courier_done(); there are until "until_usec". */
    void (*close)(void *state, bool vanished, uint64_t until_usec);
    /* Before poll: up to CHANNEL_FDS_MAX descriptors; *wake_usec is when to be called at the
     * latest (courier_now), as it is: never. After it: work. */
    size_t (*watch)(void *state, struct pollfd fds[CHANNEL_FDS_MAX], uint64_t *wake_usec);
    void (*work)(void *state, const struct pollfd *fds, size_t n);
};

/* The one that was built for this type, or NULL. */
const struct channel *channel_of(uint32_t type);

uint64_t courier_now(void); /* microseconds of a clock that only runs forward */

void courier_posted(struct courier *courier, const char *where);
void courier_trouble(struct courier *courier, const char *format, ...) AA_PRINTF(2, 3);
void courier_vote(struct courier *courier, const struct channel_vote *vote);
void courier_failed(struct courier *courier, const char *format, ...) AA_PRINTF(2, 3); /* gives up */
void courier_done(struct courier *courier); /* the message is closed */

#endif
