/* SPDX-License-Identifier: ISC */
/* Values of a request's command line, known again in its other texts. */
#ifndef AA_MASK_KNOWN_H
#define AA_MASK_KNOWN_H

#include "find.h"
#include "finders.h"

/* What was covered in this line: "spans" of each of its words. 0 or -ENOMEM. */
int aa_mask_remember(struct aa_masker *masker, const struct aa_mask_line *line,
                     const struct aa_mask_spans *spans);

void aa_mask_find_known(const struct aa_masker *masker, const struct aa_mask_text *text,
                        struct aa_mask_spans *spans);

#endif
