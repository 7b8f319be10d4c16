/* SPDX-License-Identifier: ISC */
/*
 * A command line in one line of text, and what the wrapper reader makes of it in another.
 *   ~abc   one word that begins with abc (AA_UNKNOWN)     ~~   AA_SPREADS
 *   'a b'  one word                                       -    runs nothing else
 *   +A=1 in=/tmp root applet sh: bash:   before the words of a command
 *   !      at the end: opaque
 */
#ifndef AA_TEST_WRAPPER_RENDER_H
#define AA_TEST_WRAPPER_RENDER_H

#include "classify/wrapper.h"

enum { RENDER_SIZE = 4096, RENDER_WORDS_MAX = 256 };

/* Splits "line", which is changed. The first word is the program. */
size_t split_line(char *line, const char **words, unsigned char *doubts);

void render_wrapped(const struct aa_wrapped *wrapped, char *out);

/* Both for a line, with memory of its own. */
void render_line(const char *line, char *out);

#endif
