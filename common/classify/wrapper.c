/* SPDX-License-Identifier: ISC */
#include "wrapper.h"
bool aa_is_wrapper(AA_UNUSED const char *base) { return false; }
int aa_wrapper_read(AA_UNUSED struct aa_arena *arena, AA_UNUSED const char *base, AA_UNUSED const struct aa_words *arguments, struct aa_wrapped *ret)
{ ret->opaque_why = "stub"; return 0; }
