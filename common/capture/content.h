/* SPDX-License-Identifier: ISC */
/*
 * The content of files that somebody could change after the approval. Comparing it finds accidents,
 * and the attacker only who is not quick: that is why such files need "allow-unbound".
 */
#ifndef AA_CONTENT_H
#define AA_CONTENT_H

#include "base/fault.h"
#include "base/site.h"
#include "request.h"

#define AA_CONTENT_MAX (UINT64_C(1) << 30) /* bytes of one file: some seconds */

/* Hashes every file of the request that is not bound. */
int aa_hash_unbound(const struct aa_site *site, struct aa_request *request,
                    struct aa_fault *fault);

#endif
