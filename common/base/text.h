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

/* Appends one argument, quoted for a shell where it needs to be. */
void aa_text_add_quoted(struct aa_buffer *buffer, const char *argument);

/* Decodes one character; its length in bytes, or 0 where the bytes are not UTF-8. */
size_t aa_utf8_decode(const char *text, size_t length, uint32_t *ret_character);
bool aa_utf8_valid(const char *text, size_t length);

/* Appends a JSON string, quotes included; undecodable bytes become U+FFFD. */
void aa_text_add_json(struct aa_buffer *buffer, const char *text, size_t length);

#endif
