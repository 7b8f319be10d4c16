/* SPDX-License-Identifier: ISC */
/*
 * The one gate through which text leaves the root side: records, messages, terminals. What it
 * lets through is visible (no control, bidi or zero-width character acts on a reader, nobody writes a
 * token of their own), and text of the requester's or of files passes with its secrets and personal
 * data as tokens.
 *
 * A masker of NULL covers nothing: for what a person sees who has typed it just now.
 */
#ifndef AA_MASK_H
#define AA_MASK_H

#include "base/buffer.h"
#include "base/fault.h"
#include "find.h"

/* Names that an administrator gave or that identify somebody: accounts, hosts, rules, terminals, the
 * files of commands. Visible, and never covered. */
void aa_mask_add(struct aa_buffer *buffer, const char *text, size_t length);
void aa_mask_add_text(struct aa_buffer *buffer, const char *text);

/* Any other text: reasons, folders, "NAME=value" of an environment, what a fault tells. */
void aa_mask_add_prose(struct aa_buffer *buffer, struct aa_masker *masker, const char *text,
                       size_t length);

/* Where a text of more than "most" bytes is cut before it passes the mask: behind a blank, since half of
 * a value may not be known as one. */
static inline size_t aa_mask_cut(const char *text, size_t most)
{
    size_t n = strnlen(text, most);

    if (text[n] == '\0')
        return n;
    while (n > 0 && text[n - 1] != ' ')
        n--;
    return n;
}

/* The sentence of a fault; the requester reads it, so its tokens have no digits (masker.h). */
static inline void aa_mask_add_fault(struct aa_buffer *buffer, struct aa_masker *masker,
                                     const struct aa_fault *fault)
{
    const bool before = aa_masker_keyless(masker, true);
    const size_t whole = strlen(fault->detail);
    /* one that fills its room was cut there */
    const size_t n = whole + 1 < sizeof(fault->detail) ? whole : aa_mask_cut(fault->detail, whole - 1);

    aa_mask_add_prose(buffer, masker, fault->detail, n);
    if (n < whole)
        aa_buffer_add_text(buffer, "…");
    (void)aa_masker_keyless(masker, before);
}

/* A command line, quoted for a shell; over "limit" bytes its middle is left out, and said so. "covered"
 * becomes true where something is; NULL: nobody asks. */
void aa_mask_add_line(struct aa_buffer *buffer, struct aa_masker *masker,
                      const struct aa_mask_line *line, size_t limit, bool *covered);
/* Such a line, masked already, cut to "limit" bytes in the same way. */
void aa_mask_add_shortened(struct aa_buffer *buffer, const char *line, size_t length, size_t limit);
/* The same from a name and arguments of which nothing more is known. */
void aa_mask_add_command(struct aa_buffer *buffer, struct aa_masker *masker, const char *command,
                         const char *const *args, size_t args_n, size_t limit, bool *covered);

#endif
