/* SPDX-License-Identifier: ISC */
/* Tokens to statements: the grammar's form, without any meaning yet. */
#ifndef AA_PARSER_H
#define AA_PARSER_H

#include "lexer.h"

struct aa_statement {
    const struct aa_word *words; /* the first one says what it is */
    size_t n;
    bool has_block;
    struct aa_place block_end;
    struct aa_statement *children;
    struct aa_statement *next;
};

/* The statements of one file, as far as they could be read; errors are in the complaints. */
struct aa_statement *aa_parse(const struct aa_source *source, struct aa_complaints *complaints);

#endif
