/* SPDX-License-Identifier: ISC */
/*
 * How an interpreter takes its code: in its arguments, in a file, or in a way that is not known
 * here. And for programs that run something which cannot be read: the words that might be it.
 */
#ifndef AA_SCRIPT_H
#define AA_SCRIPT_H

#include "capture/request.h"

enum { AA_LOOSE_WORDS_MAX = 64 };

struct aa_script_call {
    bool has_script;
    size_t at;              /* index of the script among the arguments */
    bool loads_from_folder; /* code may also come from the working folder */
    const char *why_not;    /* NULL: its code is in the script and in the command line, and nowhere
                             * else */
};

/* "known" is the name by which aa_program_known knows the interpreter. */
void aa_script_call_read(const char *known, const struct aa_words *arguments,
                         struct aa_script_call *ret);

/* Whether a word of an unreadable command may lead anywhere, so that looking at the file of that
 * name says nothing. */
bool aa_word_leads_anywhere(const char *word);

#endif
