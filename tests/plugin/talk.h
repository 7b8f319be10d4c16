/* SPDX-License-Identifier: ISC */
/* The conversation that sudo offers its plugins, recorded. Never allocates. */
#ifndef TALK_H
#define TALK_H

#include <stdbool.h>
#include <stddef.h>

#include <sudo_plugin.h>

enum { SAID_MAX = 64, SAID_BYTES_MAX = 256 * 1024 };

struct talk {
    size_t said_n;
    struct {
        int type;
        size_t at; /* in bytes */
    } said[SAID_MAX];
    size_t length;
    char bytes[SAID_BYTES_MAX];
    bool lost;    /* more was said than fits */
    size_t asked; /* prompts */
};

extern struct talk talk;

void talk_forget(void);

/* All that was said, one after the other. */
const char *talk_text(void);

/* Whether something was said, and all of it to the requester's eyes: neither on stdout nor as a
 * prompt. */
bool talk_only_to_requester(void);

extern const sudo_conv_t talk_conversation;
extern const sudo_printf_t talk_printf;

#endif
