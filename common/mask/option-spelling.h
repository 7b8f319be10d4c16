/* SPDX-License-Identifier: ISC */
/* What a word says where an option is spelled in a certain way. */
#ifndef AA_MASK_OPTION_SPELLING_H
#define AA_MASK_OPTION_SPELLING_H

#include "option-rows.h"

enum aa_mask_reading {
    AA_MASK_READ_NOTHING, /* another word */
    AA_MASK_READ_HERE,    /* the value stands in it */
    AA_MASK_READ_NEXT,    /* the value is the next word */
    AA_MASK_READ_NONE,    /* this option, but here without a value */
};

/* "loose": also abbreviated (--passw) and in a cluster of letters (-vp); asked only where no
 * spelling fits as it is. "ret_from": where the value begins. */
enum aa_mask_reading aa_mask_spelling_read(const struct aa_mask_spelled *spelled,
                                           const struct aa_mask_word *word, bool loose,
                                           size_t *ret_from);

/* An option of any program by its own name: --NAME VALUE, --NAME=VALUE, -NAME=VALUE. */
enum aa_mask_reading aa_mask_name_read(const struct aa_masker *masker, const struct aa_mask_word *word,
                                       size_t *ret_from);

#endif
