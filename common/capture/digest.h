/* SPDX-License-Identifier: ISC */
/*
 * The digest of a request: a keyed hash over a length-prefixed encoding of everything that
 * makes the command what it is. Equal digests mean the same command; it is compared right
 * before the command starts.
 */
#ifndef AA_DIGEST_H
#define AA_DIGEST_H

#include "base/fault.h"
#include "base/site.h"
#include "base/sha256.h"
#include "request.h"

enum { AA_KEY_SIZE = 32 };
#define AA_KEY_FILE "key"

struct aa_digest {
    unsigned char bytes[AA_SHA256_SIZE];
};

int aa_read_key(const struct aa_site *site, int state_fd, unsigned char ret[AA_KEY_SIZE],
                struct aa_fault *fault);
/* What is the same to a person, whatever the environment or a file's times: who, as whom, what, where. */
void aa_request_sameness(const struct aa_request *request, const unsigned char key[AA_KEY_SIZE],
                         struct aa_digest *ret);
void aa_request_digest(const struct aa_request *request, char *const *envp,
                       const unsigned char key[AA_KEY_SIZE], struct aa_digest *ret);

#endif
