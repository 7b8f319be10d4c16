/* SPDX-License-Identifier: ISC */
/* What find.c and find-line.c share. */
#ifndef AA_MASK_FIND_INTERNAL_H
#define AA_MASK_FIND_INTERNAL_H

#include "find.h"
#include "finders.h"

enum { AA_MASK_SPARED_MAX = 32 };

/* Each finder but that of options, on one text. */
int aa_mask_find_in_text(struct aa_masker *masker, const struct aa_mask_text *text,
                         struct aa_mask_spans *spans);
/* "email" is left out of what is not looked for: a row that spares it means targets alone. */
size_t aa_mask_without_email(const char **spared, size_t n);
int aa_mask_settle(struct aa_masker *masker, struct aa_mask_spans *spans, const char *text,
                   size_t length);

#endif
