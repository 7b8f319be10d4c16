/* SPDX-License-Identifier: ISC */
/* What has to be covered in a text, or in a command line: the finders together, settled. */
#ifndef AA_MASK_FIND_H
#define AA_MASK_FIND_H

#include "masker.h"
#include "spans.h"

/* In one text, which may be a command line as it was typed. "code": finders.h. 0 or -ENOMEM;
 * masker->overrun tells of limits. */
int aa_mask_find(struct aa_masker *masker, struct aa_arena *arena, const char *text, size_t length,
                 bool code, struct aa_mask_spans *ret);

/* A command line as words. */
struct aa_mask_line {
    const char *const *v; /* the name first */
    size_t n;
    bool code;               /* it has code that is not read here */
    const char *const *kept; /* names of commands that would run: never covered */
    size_t kept_n;
    bool own; /* the one that is asked about: what is covered in it is known again elsewhere (known.h) */
};

/* The same for each word of a command line: "ret" has n elements. */
int aa_mask_find_line(struct aa_masker *masker, struct aa_arena *arena,
                      const struct aa_mask_line *line, struct aa_mask_spans *ret);

/* As aa_mask_find_line, for words of which nothing more is known. */
int aa_mask_find_command(struct aa_masker *masker, struct aa_arena *arena, const char *const *words,
                         size_t n, struct aa_mask_spans *ret);

#endif
