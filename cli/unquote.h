/* SPDX-License-Identifier: ISC */
/* The inverse of aa_mask_add_command (mask/mask.h): from the text of a record back to the words,
 * byte by byte. Only what that writes is read; every other text is refused. Of a word in which a value
 * is masked only what stands before it is known: who typed the bracket of a token has it as an escape
 * in the record, so a bare one is a token's. */
#ifndef AA_CLI_UNQUOTE_H
#define AA_CLI_UNQUOTE_H

#include <stdbool.h>

#include "base/arena.h"

enum {
    UNQUOTE_WORDS_MAX = 64 * 1024,
    UNQUOTE_CUT_FROM = 8 * 1024, /* bytes: the shortest record that has its middle left out is longer */
};

struct unquoted {
    char **words;         /* NULL behind the last */
    unsigned char *doubt; /* enum aa_doubt of each; NULL: all are exact */
    size_t n;
    size_t masked;        /* values, in all of them */
};

/* 0, -EINVAL: not such a text, -E2BIG, -ENOMEM. */
int unquote_command(struct aa_arena *arena, const char *text, size_t length, struct unquoted *ret);

/* Whether the middle of it may have been left out. In doubt it was. */
bool unquote_is_cut(const char *text, size_t length);

#endif
