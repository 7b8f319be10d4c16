/* SPDX-License-Identifier: ISC */
/* A code as people have it on paper: made at random, read back however they type it, and turned
 * into the keyed hash that is all the file knows. */
#ifndef AA_CODE_TEXT_H
#define AA_CODE_TEXT_H

#include "base/sha256.h"
#include "codes.h"

enum { AA_CODE_DIGITS = 16, AA_CODE_TYPED_MAX = 128 };

struct aa_code_digits {
    char v[AA_CODE_DIGITS];
};

/* 0, or negative errno: no randomness. */
int aa_code_new(struct aa_code_digits *ret);
void aa_code_write(const struct aa_code_digits *digits, char ret[AA_CODE_TEXT_SIZE]);
/* False where the text cannot be a code. */
bool aa_code_read(const char *text, struct aa_code_digits *ret);

void aa_code_hash(const unsigned char *key, size_t key_size, const char *user,
                  const struct aa_code_digits *digits, unsigned char ret[AA_SHA256_SIZE]);
/* Takes the same time wherever they differ. */
bool aa_code_hash_equal(const unsigned char a[AA_SHA256_SIZE],
                        const unsigned char b[AA_SHA256_SIZE]);

#endif
