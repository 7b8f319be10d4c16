/* SPDX-License-Identifier: ISC */
/* "finds" and "spares": what masks promise, tried out before they come into force. */
#ifndef AA_MASK_EXAMPLES_H
#define AA_MASK_EXAMPLES_H

#include "config-model.h"

/* Complains of each example that does not hold. 0 or negative errno. */
int aa_check_mask_examples(struct aa_config *config);

#endif
