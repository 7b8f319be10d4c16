/* SPDX-License-Identifier: ISC */
/*
 * SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104), small on purpose: they run on the path of
 * every allowed command, where loading a whole cryptographic library costs more than the
 * decision. Held against libsodium by the unit tests.
 */
#ifndef AA_SHA256_H
#define AA_SHA256_H

#include "macros.h"

enum { AA_SHA256_SIZE = 32, AA_SHA256_HEX = 65 };

struct aa_sha256 {
    uint32_t state[8];
    uint64_t bytes;
    unsigned char block[64];
};

void aa_sha256_start(struct aa_sha256 *hash);
void aa_sha256_add(struct aa_sha256 *hash, const void *data, size_t length);
void aa_sha256_finish(struct aa_sha256 *hash, unsigned char ret[AA_SHA256_SIZE]);

struct aa_hmac {
    struct aa_sha256 inner;
    unsigned char outer_key[64];
};

void aa_hmac_start(struct aa_hmac *hmac, const void *key, size_t key_length);
void aa_hmac_add(struct aa_hmac *hmac, const void *data, size_t length);
void aa_hmac_finish(struct aa_hmac *hmac, unsigned char ret[AA_SHA256_SIZE]);

void aa_hex(const unsigned char *bytes, size_t length, char *ret); /* 2 * length + 1 */

#endif
