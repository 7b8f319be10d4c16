/* SPDX-License-Identifier: ISC */
/* The inverse of aa_mask_add_command (mask/mask.h): from the text of a record back to the words,
 * byte by byte. Only what that writes is read; every other text is refused. */
#ifndef AA_CLI_UNQUOTE_H
#define AA_CLI_UNQUOTE_H

#include <stdbool.h>

#include "base/arena.h"

enum {
    UNQUOTE_WORDS_MAX = 64 * 1024,
    UNQUOTE_CUT_FROM = 8 * 1024, /* bytes: the shortest record that has its middle left out is longer */
};

/* The words; NULL behind the last. 0, -EINVAL: not such a text, -E2BIG, -ENOMEM. */
int unquote_command(struct aa_arena *arena, const char *text, size_t length, char ***ret_words,
                    size_t *ret_n);

/* Whether the middle of it may have been left out. In doubt it was. */
bool unquote_is_cut(const char *text, size_t length);

#endif
