/* SPDX-License-Identifier: ISC */
/* Text to tokens. */
#ifndef AA_LEXER_H
#define AA_LEXER_H

#include "source.h"

enum aa_token_kind {
    AA_TOKEN_WORD,
    AA_TOKEN_END_OF_STATEMENT, /* newline or ";" */
    AA_TOKEN_OPEN,
    AA_TOKEN_CLOSE,
    AA_TOKEN_END_OF_FILE,
    AA_TOKEN_ERROR, /* complained of */
};

struct aa_word {
    struct aa_place place;
    const char *text; /* as meant: escapes resolved, every star a "*" */
    const char *glob; /* the same as a compiled glob; equal to text where there is no star */
    size_t length;
    bool has_glob;
    bool is_rest; /* the bare "..." */
};

struct aa_token {
    enum aa_token_kind kind;
    struct aa_place place;
    struct aa_word word;
};

struct aa_lexer {
    const struct aa_source *source;
    struct aa_complaints *complaints;
    size_t at;
    uint32_t line;
    size_t line_start;
    size_t counted_to; /* column is that of this place */
    uint32_t column;
    bool after_word; /* the last token was a word, and no blank came since */
};

/* False (with complaints) where the text as a whole is none: too long, no UTF-8, a NUL. */
bool aa_lexer_start(struct aa_lexer *lexer, const struct aa_source *source,
                    struct aa_complaints *complaints);
void aa_lexer_next(struct aa_lexer *lexer, struct aa_token *ret);

/* After an error: to the end of the line. */
void aa_lexer_skip_line(struct aa_lexer *lexer);
/* To the next ";", "}" or end of line, which is not skipped. */
void aa_lexer_skip_statement(struct aa_lexer *lexer);

#endif
