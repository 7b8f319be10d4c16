/* SPDX-License-Identifier: ISC */
/* What lint knows of programs and variables: two lists beside the packs, read by the tool only. */
#ifndef AA_LINT_DATA_H
#define AA_LINT_DATA_H

#include "classify/programs.h"
#include "lexer.h"

enum {
    AA_LINT_FILE_MAX = 256 * 1024, /* bytes of one list */
    AA_ESCAPES_MAX = 2000,         /* rows */
    AA_VARIABLES_MAX = 2000,       /* names */
};

enum aa_escape_kind { /* the worse, the lower */
    AA_ESCAPE_SHELL,
    AA_ESCAPE_CODE,
    AA_ESCAPE_LIBRARY,
    AA_ESCAPE_WRITE,
    AA_ESCAPE_READ,
    AA_ESCAPE_KINDS
};

struct aa_escape {
    const char *name;          /* base name */
    enum aa_escape_kind kind;
    enum aa_program_kind program; /* what the engine takes it for */
    bool interactive;          /* whatever the arguments */
    const char *const *with;   /* only with one of these, where there are any */
    size_t with_n;
    const char *const *unless; /* not where one of these is written out */
    size_t unless_n;
    const char *how;
};

struct aa_dangerous_variable {
    struct aa_word name; /* may be a glob */
    const char *why;
};

struct aa_lint_data {
    struct aa_escape *escapes; /* sorted by name, rows of one name in their order */
    size_t escapes_n;
    struct aa_dangerous_variable *variables;
    size_t variables_n;
};

/* What is damaged goes to the complaints (which own the memory); the rows that are fine stay. */
void aa_escapes_parse(const struct aa_source *source, struct aa_complaints *damage,
                      struct aa_lint_data *data);
void aa_variables_parse(const struct aa_source *source, struct aa_complaints *damage,
                        struct aa_lint_data *data);

/* The rows of a program: its base name, else the same without a version; their number. */
size_t aa_escapes_find(const struct aa_lint_data *data, const char *base,
                       const struct aa_escape **ret_first);
/* Why a variable is dangerous, or NULL. */
const char *aa_variable_danger(const struct aa_lint_data *data, const char *name);

/* A list of the folder as a source in the arena; 0, -ENOMEM, or why it could not be read. */
int aa_lint_file_read(struct aa_arena *arena, const char *folder, const char *name,
                      struct aa_source *ret);

#endif
