/* SPDX-License-Identifier: ISC */
/* Where matches of a pattern can begin, as far as that can be told without trying. */
#ifndef AA_MASK_SHAPE_START_H
#define AA_MASK_SHAPE_START_H

#include <stdbool.h>
#include <stddef.h>

#include "pattern.h"

struct aa_mask_start {
    unsigned char bytes[256 / 8];  /* with which bytes, */
    unsigned char border[256 / 8]; /* and behind which not */
    bool has_last;                 /* a byte that stands in every match */
    unsigned char last;
    bool goes_on;                  /* \G stands in it: where a search starts makes a difference */
};

/* Of a pattern, as it is written and compiled. */
void aa_mask_start_read(const pcre2_code *code, const char *match, size_t n,
                        pcre2_compile_context *compiling, struct aa_mask_start *ret);

/* Both cases of a letter: PCRE2 does not tell whether it looks for one only. */
unsigned aa_mask_other_case(unsigned byte);

static inline bool aa_mask_is_in(const unsigned char *set, char c)
{
    return (set[(unsigned char)c / 8] >> ((unsigned char)c % 8) & 1) != 0;
}

#endif
