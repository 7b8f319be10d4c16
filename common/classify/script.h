/* SPDX-License-Identifier: ISC */
/* Which arguments of an interpreter, shell or wrapper name files whose content would run. */
#ifndef AA_SCRIPT_H
#define AA_SCRIPT_H

#include "capture/request.h"

enum { AA_SCRIPTS_MAX = 16 };

/* Fills indices into args, in order; some may name no file. Where that cannot be said for certain,
 * every operand is one. How many, or -E2BIG. */
int aa_script_operands(const struct aa_effective *effective, size_t ret[AA_SCRIPTS_MAX]);

#endif
