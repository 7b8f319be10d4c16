/* SPDX-License-Identifier: ISC */
/* How much of each a configuration may say in its masks. */
#ifndef AA_MASK_LIMITS_H
#define AA_MASK_LIMITS_H

#include "mask/masker.h"

enum {
    AA_MASK_OWN_PATTERNS_MAX = 256,
    AA_MASK_SHIPPED_PATTERNS_MAX = AA_MASK_PATTERNS_MAX - AA_MASK_OWN_PATTERNS_MAX,
    AA_MASK_OPTIONS_MAX = 1024,   /* option blocks */
    AA_MASK_SPELLINGS_MAX = 256,  /* of one option block */
    AA_MASK_NAMES_MAX = 1024,     /* words of names, harmless ones included */
    AA_MASK_SWITCHES_MAX = 1024,  /* names behind "on" and "off" */
    AA_MASK_NEAR_MAX = 64,        /* literals of one pattern */
    AA_MASK_NEAR_SIZE_MIN = 2,    /* a single byte stands in nearly every text */
    AA_MASK_NEAR_SIZE_MAX = 64,
    AA_MASK_PATTERN_NAME_MAX = 64,
    AA_MASK_TYPE_MAX = 16,        /* a token has room for so much */
    AA_MASK_NAME_SIZE_MAX = 32,
    AA_MASK_PLACE_MAX = 64,       /* "behind", "operand": which word */
    AA_MASK_EXAMPLES_MAX = 64,    /* "finds" and "spares" of one block */
};

#endif
