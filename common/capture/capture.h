/* SPDX-License-Identifier: ISC */
/* From a front end's question to a request: copies what it was told, looks up what the kernel
 * knows, resolves what would be executed. Nothing here decides. */
#ifndef AA_CAPTURE_H
#define AA_CAPTURE_H

#include "actionapprove.h"
#include "base/fault.h"
#include "base/site.h"
#include "request.h"

/*
 * What would run: all that the digest covers. Whatever was captured before a fault stays in the
 * request, for the record.
 */
int aa_capture_what(const struct aa_site *site, const struct aa_question *question,
                    struct aa_request *request, struct aa_fault *fault);

/* Who asks, where, with what environment, and what the command line means. */
int aa_capture_around(const struct aa_site *site, const struct aa_question *question,
                      struct aa_request *request, struct aa_fault *fault);

struct aa_attribute_names;

/* What only some policies need, by the bits of the snapshot's "needs"; the attributes are those that
 * its labels name. */
int aa_capture_needed(const struct aa_site *site, struct aa_request *request, uint64_t needs,
                      bool full_host_name, const struct aa_attribute_names *attributes,
                      struct aa_fault *fault);

/* Whether the path of the working folder leads elsewhere than where the command would run. */
bool aa_folder_moved(const struct aa_question *question);

struct aa_request *aa_request_new(void);
struct aa_request *aa_request_free(struct aa_request *request); /* returns NULL */

#endif
