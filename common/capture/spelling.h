/* SPDX-License-Identifier: ISC */
/*
 * The ways in which one word of a command line may name a file: the word itself, the value of an
 * option in each spelling, "key=value", "@file", pieces of lists, paths within a longer text, URLs.
 * Text alone: no file is looked at. Rather one name too many than one that is lost.
 */
#ifndef AA_SPELLING_H
#define AA_SPELLING_H

#include <stdbool.h>
#include <stddef.h>

enum aa_spelling {
    AA_SPELLING_MEANT,    /* may name a file whether it is there or not */
    AA_SPELLING_IF_THERE, /* a piece that counts where at least its first name is there */
    AA_SPELLING_OPEN,     /* names a file in an escaped form that is not read here: it may be any */
};

/* What stops at the first result that is not 0, and returns it. */
typedef int (*aa_spelling_found)(void *context, const char *text, size_t length,
                                 enum aa_spelling kind);

/* "behind_dashes": a "--" stands before the word, so a leading dash makes no option of it. */
int aa_spellings_of(const char *word, bool behind_dashes, aa_spelling_found found, void *context);

#endif
