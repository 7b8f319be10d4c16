/* SPDX-License-Identifier: ISC */
/*
 * Whether a text surely holds nothing that would be covered, by one look at its bytes: nearly all
 * commands are allowed at once, and wait for this. The compiler of a policy notes the beginnings of all
 * that gives a value away (literals of patterns, names, programs) in a set of bits; what has no
 * such beginning is found by digits, or is a long mixed word, or is encoded.
 */
#ifndef AA_MASK_FILTER_H
#define AA_MASK_FILTER_H

#include "masker.h"

enum {
    AA_MASK_FILTER_BEGIN = 8,          /* bytes of a beginning */
    AA_MASK_FILTER_BITS = 128 * 1024,  /* in the section of a policy that has masks, */
    AA_MASK_FILTER_WORDS = AA_MASK_FILTER_BITS / 64,
    AA_MASK_FILTER_EACH = 3,           /* of them for each beginning: a stranger hits all of its own once in 20,000 */
    AA_MASK_FILTER_DIGITS = 6,         /* fewer are no number of anybody */
    AA_MASK_FILTER_LONG = 16,          /* bytes of a word that may be mixed, or encoded */
};

enum aa_mask_beginning {
    AA_MASK_LITERAL = 1, /* as it stands, ASCII case ignored */
    AA_MASK_NAME,        /* "_", "-", "." and blanks may stand in it */
    AA_MASK_PROGRAM,     /* a whole word, or what is behind its last "/" */
};

/* Adds one to the bits; false where it has no beginning, so that every text may hold it. */
bool aa_mask_filter_add(uint64_t bits[AA_MASK_FILTER_WORDS], enum aa_mask_beginning kind, const char *text);

/* What the finders know by themselves, beside the rules; NULL at the end. */
extern const char *const aa_mask_filter_built_in[];

bool aa_mask_surely_nothing(const struct aa_masker *masker, const char *text, size_t length);

#endif
