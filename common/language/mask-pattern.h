/* SPDX-License-Identifier: ISC */
/* The regular expressions of masks, looked at when the configuration is checked. */
#ifndef AA_MASK_PATTERN_H
#define AA_MASK_PATTERN_H

#include "config-model.h"

/* Compiles it as the masker will; complains, with the place in the expression, where it is none, or
 * one that masks do not take. */
bool aa_check_mask_pattern(struct aa_config *config, const struct aa_word *word);

#endif
