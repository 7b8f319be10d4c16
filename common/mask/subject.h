/* SPDX-License-Identifier: ISC */
/* A request as what is masked: its command line with what must stay visible in it. */
#ifndef AA_MASK_SUBJECT_H
#define AA_MASK_SUBJECT_H

#include "capture/request.h"
#include "mask.h"

/* Words of a request (its name first): its own command line, one inside it, or what was typed. The
 * names of all its commands are kept. 0 or -ENOMEM. */
int aa_mask_line_of(struct aa_arena *arena, const struct aa_request *request, const char *name,
                    const char *const *args, size_t args_n, struct aa_mask_line *ret);

/* Appends such words, masked. */
void aa_mask_add_words(struct aa_buffer *buffer, struct aa_masker *masker,
                       const struct aa_request *request, const char *name, const char *const *args,
                       size_t args_n, size_t limit);
/* The request's own command line; nothing where it has none. */
void aa_mask_add_request(struct aa_buffer *buffer, struct aa_masker *masker,
                         const struct aa_request *request, size_t limit);

/* Whether it has code that is not read here, for this host or another, or carries values on (carried.h):
 * *ret_why. Without a masker only the first is looked at. 0 or -ENOMEM. */
int aa_mask_has_code(struct aa_masker *masker, const struct aa_request *request, const char **ret_why);

/*
 * Whether covering could hide code from the one who decides: the request has code that is not read
 * here, and in its command line, or in one of the "told" variables ("NAME=value"), something would be
 * covered. *ret_why says what the code is, NULL: nothing is hidden. Only as far as "limit" bytes are
 * shown. 0 or -ENOMEM.
 */
int aa_mask_hides_code(struct aa_masker *masker, const struct aa_request *request,
                       const char *const *told, size_t told_n, size_t limit, const char **ret_why);

#endif
