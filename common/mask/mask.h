/* SPDX-License-Identifier: ISC */
/*
 * The one gate through which text leaves the root side: records, messages, terminals. What it
 * lets through is visible (no control, bidi or zero-width character acts on a reader). Values
 * are not masked yet.
 */
#ifndef AA_MASK_H
#define AA_MASK_H

#include "base/buffer.h"

void aa_mask_add(struct aa_buffer *buffer, const char *text, size_t length);
void aa_mask_add_text(struct aa_buffer *buffer, const char *text);

/* A command line, quoted for a shell; over "limit" bytes its middle is left out, and said so. */
void aa_mask_add_command(struct aa_buffer *buffer, const char *command, const char *const *args,
                         size_t args_n, size_t limit);

#endif
