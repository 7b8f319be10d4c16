/* SPDX-License-Identifier: ISC */
/* Command lines made by hand, and what capture takes for the files in them. */
#ifndef AA_TEST_OPERANDS_SUPPORT_H
#define AA_TEST_OPERANDS_SUPPORT_H

#include "capture/operands.h"

enum { OPERANDS_WORDS_MAX = 2048, OPERANDS_REQUESTER = 65532 };

/* What a test fills in between start and gather: the words are the first command's. */
extern struct operands_made {
    struct aa_site site;
    struct aa_request request;
    struct aa_effective effective[2];
    struct aa_known_name name;
    const char *words[OPERANDS_WORDS_MAX];
    unsigned char doubts[OPERANDS_WORDS_MAX];
    struct aa_attribute_names names;
} operands_made;

/* A command without words, of a program that is not known, run in this folder. */
void operands_start(const char *cwd);
int operands_gather(void);
int operands_gather_word(const char *word);

/* The operand with this path, or NULL. */
const struct aa_operand *operands_at(const char *path);
/* All paths, "?" for what may be any file; valid until the next call. */
const char *operands_paths(void);

#endif
