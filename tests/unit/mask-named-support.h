/* SPDX-License-Identifier: ISC */
/* A masker with words of names made by hand, and texts with marks: "password=‹x›" says that x is
 * what has to be covered in "password=x", and nothing else. */
#ifndef AA_TEST_MASK_NAMED_SUPPORT_H
#define AA_TEST_MASK_NAMED_SUPPORT_H

#include "mask/finders.h"

typedef int aa_mask_finder(struct aa_masker *masker, const struct aa_mask_text *text,
                           struct aa_mask_spans *spans);

/* With the words of this file's list; valid until the next call. */
void named_masker(struct aa_masker *ret);
/* With these words (NULL-terminated); "switched_off": a finder that is off, or NULL. */
void named_masker_of(struct aa_masker *ret, const char *const *secrets, const char *const *harmless,
                     const char *switched_off);
/* Marks what a finder covers in "text" ("length" bytes). Valid until the next call. */
const char *marked(aa_mask_finder *finder, struct aa_masker *masker, const char *text, size_t length,
                   bool code);
/* Takes the marks off and holds what the finder covers against them. */
void check_marked(aa_mask_finder *finder, struct aa_masker *masker, const char *row);
double finder_seconds(aa_mask_finder *finder, struct aa_masker *masker, const char *text, size_t length);

#endif
