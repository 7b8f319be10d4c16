/* SPDX-License-Identifier: ISC */
/* The pieces of JSON that the tool reads: signs, and strings with their escapes. */
#ifndef AA_CLI_JSON_READ_H
#define AA_CLI_JSON_READ_H

#include <stdbool.h>

#include "base/buffer.h"

struct json_reading {
    const char *at, *end;
};

void json_skip_blanks(struct json_reading *r);
/* Blanks, and this one sign behind them. */
bool json_take(struct json_reading *r, char c);
/* A string: its text is appended. False: there is none, or it does not end. */
bool json_take_text(struct json_reading *r, struct aa_buffer *out);

#endif
