/* SPDX-License-Identifier: ISC */
/* What the reader's terminal can show, and text made fit for it. */
#ifndef AA_CLI_TERMINAL_H
#define AA_CLI_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buffer.h"

struct terminal {
    bool is_terminal;
    bool can_redraw; /* it is no dumb one */
    bool colour;
    bool utf8;
    size_t columns, rows; /* 0: no terminal, so no end */
};

/* As it is now: its size may have changed since. */
struct terminal terminal_of(FILE *stream);

/* Where to talk with a person who can answer: standard output or error; NULL: nobody is there. */
FILE *terminal_for_questions(void);

/* Appends text with everything that could act on a terminal made visible; ASCII where the locale
 * has no UTF-8 (there, bytes of a character could be commands to the terminal). */
void terminal_add(const struct terminal *terminal, struct aa_buffer *out, const char *text,
                  size_t length);

/* Of text that went through terminal_add: the columns it takes, and what fits into some of them
 * (the rest becomes an ellipsis). */
size_t terminal_width(const char *text, size_t length);
/* How many bytes of it fit; our own colours take no column. At least one character. */
size_t terminal_fit(const char *text, size_t length, size_t columns);
void terminal_add_cut(const struct terminal *terminal, struct aa_buffer *out, const char *text,
                      size_t length, size_t columns);

#endif
