/* SPDX-License-Identifier: ISC */
/* Values that would be covered where they are written, and are used where they have to be seen. */
#ifndef AA_MASK_CARRIED_H
#define AA_MASK_CARRIED_H

#include "capture/request.h"
#include "find.h"

/* Whether this line of the request has such: *ret_why, untouched where not. 0 or -ENOMEM. */
int aa_mask_carries(struct aa_masker *masker, struct aa_arena *arena, const struct aa_request *request,
                    const struct aa_mask_line *line, const char **ret_why);

#endif
