/* SPDX-License-Identifier: ISC */
/*
 * Text of strangers made fit for people: everything that could move a cursor, turn the
 * direction of a line or hide becomes a visible mark, and arguments are quoted so that the
 * line can be pasted into a shell.
 */
#ifndef AA_TEXT_H
#define AA_TEXT_H

#include <stdbool.h>

#include "buffer.h"

/* Appends "text" with control, bidi, zero-width and undecodable bytes as \xNN or \u{NNNN}. */
void aa_text_add_visible(struct aa_buffer *buffer, const char *text, size_t length);

/* The same, and the marks of tokens (mask/token.h) too: for text in which nobody may write one. */
void aa_text_add_marked(struct aa_buffer *buffer, const char *text, size_t length);

/* Appends one argument, quoted for a shell where it needs to be; marks of tokens are escaped. */
void aa_text_add_quoted(struct aa_buffer *buffer, const char *argument);

/* The same with something else in the place of parts; these are in order and apart. */
struct aa_text_cover {
    size_t at, length;
    const char *instead;
};
void aa_text_add_quoted_covered(struct aa_buffer *buffer, const char *argument,
                                const struct aa_text_cover *covers, size_t n);

/* Decodes one character; its length in bytes, or 0 where the bytes are not UTF-8. */
size_t aa_utf8_decode(const char *text, size_t length, uint32_t *ret_character);
bool aa_utf8_valid(const char *text, size_t length);

/* Appends a JSON string, quotes included; undecodable bytes become U+FFFD. */
void aa_text_add_json(struct aa_buffer *buffer, const char *text, size_t length);

#endif
