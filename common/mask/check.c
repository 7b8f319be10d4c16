/* SPDX-License-Identifier: ISC */
#include "finders.h"

bool aa_mask_check(enum aa_mask_check check, const char *value, size_t length)
{
    (void)value;
    return check == AA_MASK_CHECK_NONE && length > 0;
}
