/* SPDX-License-Identifier: ISC */
/* What the courier's own files share: one process, one channel, one request. */
#ifndef COURIER_COURIER_H
#define COURIER_COURIER_H

#include "base/link.h"
#include "channel.h"

enum { COURIER_SOCKET = 3 };

struct courier {
    struct aa_link link;
    const struct channel *channel; /* NULL until CONFIG */
    void *state;
    bool over;                   /* nothing is left to do but to send what is queued */
    bool vanished, last;         /* why nothing more will be heard */
    uint64_t until_usec;         /* 0, or when it ends by itself */
    uint32_t votes;
    struct aa_wire_config config; /* texts are in "settings" */
    struct aa_buffer settings;
    struct channel_question question; /* texts are in "asked" and "names" */
    struct aa_buffer asked, names;
};

/* link.c: takes the frames that came, until there is none or it is over. */
void courier_take_frames(struct courier *courier);
/* The root side broke a rule of the wire, or it is of another version: ends. */
void courier_refuse(struct courier *courier, const char *what, const char *why);

/* loop.c: until it is over. */
int courier_run(struct courier *courier);

#endif
