/* SPDX-License-Identifier: ISC */
/*
 * What the requester sees while a request waits: one line that counts down on a terminal that can
 * redraw it, plain lines elsewhere, JSON objects for programs that ask for them. ASCII where the
 * locale is not UTF-8.
 */
#ifndef AA_AUDIENCE_H
#define AA_AUDIENCE_H

#include "actionapprove.h"
#include "base/buffer.h"
#include "base/fault.h"

enum { AA_LINE_MAX = 4096, AA_COLUMNS_DEFAULT = 80 };

struct aa_audience {
    const struct aa_conversation *conversation;
    bool terminal; /* a person may be there */
    bool redraws;  /* the terminal can write over its line */
    bool unicode;
    bool json;     /* SUDO_APPROVE_FORMAT=json */
    bool may_prompt;
    unsigned columns;
    bool line_is_open; /* a redrawn line stands there unfinished */
};

/* From the requester's own environment (the one that was submitted, not the command's). */
void aa_audience_of(const struct aa_question *question, struct aa_audience *ret);

/* The value of a variable in the submitted environment, or NULL. */
const char *aa_submitted_variable(const struct aa_question *question, const char *name);

/* A line, complete. "text" is harmless already. */
void aa_audience_line(struct aa_audience *audience, const char *text);
/* Writes over the open line; where that cannot be, only the first one is said. */
void aa_audience_redraw(struct aa_audience *audience, const char *text);
/* Ends the open line, so that something else can be said. */
void aa_audience_leave_line(struct aa_audience *audience);
/* An object, for programs; nothing where they did not ask for it. */
void aa_audience_object(struct aa_audience *audience, const struct aa_buffer *object);

/* "text" with every character outside ASCII replaced, where the locale wants that. */
void aa_audience_spell(const struct aa_audience *audience, struct aa_buffer *buffer,
                       const char *text);

#endif
