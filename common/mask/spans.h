/* SPDX-License-Identifier: ISC */
/* The parts of a text that have to be covered, as they are found, and made fit to be covered. */
#ifndef AA_MASK_SPANS_H
#define AA_MASK_SPANS_H

#include <stdbool.h>

#include "base/arena.h"

enum { AA_MASK_SPANS_MAX = 65536 };

#define AA_MASK_TYPE_SECRET "secret"

struct aa_mask_span {
    size_t at, length;
    const char *rule; /* that found it: a pattern's name, "name", "option", "entropy" … */
    const char *type; /* what it is: "secret", "email" … */
};

struct aa_mask_spans {
    struct aa_arena *arena;
    struct aa_mask_span *v;
    size_t n, room;
    int error; /* 0, -ENOMEM, or -E2BIG: more than the maximum */
};

void aa_mask_spans_add(struct aa_mask_spans *spans, size_t at, size_t length, const char *rule,
                       const char *type);

/* Blanks, newlines, NUL and the characters $ ( ) ; | & < > ` ' " \ are never covered. */
bool aa_mask_is_syntax(char c);

/*
 * Sorts them, joins those that overlap (the name of the one that begins first, secrets before
 * personal data), and splits each where shell syntax stands in it. Spans that come out of one value
 * keep its rule and type.
 */
void aa_mask_spans_settle(struct aa_mask_spans *spans, const char *text, size_t length);

#endif
