/* SPDX-License-Identifier: ISC */
/*
 * Which of many literals stand in a text, ASCII case ignored. Nearly all commands hold none of them, and
 * must not wait: a bitmap of the literals' first two bytes turns most places of a text away.
 */
#ifndef AA_MASK_NEAR_H
#define AA_MASK_NEAR_H

#include <stdbool.h>

#include "base/macros.h"

enum { AA_MASK_NEAR_MAX = 16384, AA_MASK_NEAR_CHAINS = 512 };

struct aa_mask_literal {
    const char *v;
    uint32_t n;
    uint16_t pattern;
    uint16_t next; /* of the chain: an index plus one; 0: the last */
};

struct aa_mask_near {
    uint64_t pairs[65536 / 64];            /* first two bytes of a literal, in lower case */
    uint16_t chains[AA_MASK_NEAR_CHAINS];  /* by those two bytes */
    uint16_t singles[256];                 /* literals of one byte */
    struct aa_mask_literal *literals;      /* room for what is added, by the caller */
    size_t n;
};

/* "literal" has to stay where it is, and has a byte at least. */
void aa_mask_near_add(struct aa_mask_near *near, const char *literal, uint32_t length, uint16_t pattern);

/* Sets wanted[pattern] of each literal that stands in the text. */
void aa_mask_near_look(const struct aa_mask_near *near, const char *text, size_t length,
                       unsigned char *wanted);

#endif
