/* SPDX-License-Identifier: ISC */
/* Names in masks that mean patterns, the shipped ones among them. */
#ifndef AA_MASK_REFERENCES_H
#define AA_MASK_REFERENCES_H

#include "config-model.h"

/* Patterns that are defined twice, here or in what is shipped; names behind "on" and "off", types
 * behind "spare", that there are not. */
void aa_check_mask_references(struct aa_config *config);

#endif
