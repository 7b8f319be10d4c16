/* SPDX-License-Identifier: ISC */
/*
 * What stands in a value's place: ‹secret:k3f9x2m7:24›, its type, 40 bits by which the same value
 * is known again on this host (HMAC with a key that never leaves it), and its length in characters.
 */
#ifndef AA_MASK_TOKEN_H
#define AA_MASK_TOKEN_H

#include "base/buffer.h"
#include "masker.h"

#define AA_MASK_TOKEN_OPEN "\xe2\x80\xb9"
#define AA_MASK_TOKEN_CLOSE "\xe2\x80\xba"
enum { AA_MASK_TOKEN_DIGITS = 8, AA_MASK_TOKEN_SIZE = 64 };

/* The type is part of what is hashed. Without a key: ‹secret:24›. */
void aa_mask_token_add(struct aa_buffer *buffer, const struct aa_masker *masker, const char *type,
                       const char *value, size_t length);

/* The length of the token that stands at the start of this text, or 0. */
size_t aa_mask_token_length(const char *text, size_t length);

/* Appends a text that passed the mask before, its tokens without their digits: masker.h, keyless. */
void aa_mask_add_without_digits(struct aa_buffer *buffer, const char *text, size_t length);

#endif
