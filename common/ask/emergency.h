/* SPDX-License-Identifier: ISC */
/* Break-glass: a code typed by the requester, instead of an answer. Works without any network, and
 * where no policy can be read. */
#ifndef AA_EMERGENCY_H
#define AA_EMERGENCY_H

#include "audience.h"
#include "base/site.h"
#include "capture/request.h"

enum { AA_CODE_TRIES_MAX = 3 }; /* of one request */

struct aa_emergency {
    const struct aa_site *site;
    int state_fd;
    const struct aa_question *question;
    const struct aa_request *request;
    struct aa_audience *audience;
    struct aa_masker *masker;
};

/* Whether one could be used here and now. */
bool aa_emergency_is_possible(const struct aa_emergency *emergency);

/* Spends "typed" (NULL or "": asks for one, unseen). 1 accepted with the code's number, 0 not, and
 * the requester was told why; -ENODATA: nothing was typed. */
int aa_emergency_try(const struct aa_emergency *emergency, const char *typed, uint32_t *ret_number);

#endif
