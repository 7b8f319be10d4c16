/* SPDX-License-Identifier: ISC */
/*
 * What the parts of the shell reader share: one reader that goes over the text once, and the
 * commands that it found so far.
 *
 * Two rules keep it honest. What is not read for certain calls aa_sh_opaque(), and reading goes on
 * as well as it can; where it cannot go on it calls aa_sh_stop(). And the reader never skips text
 * that a shell of the dialect might read as a command.
 */
#ifndef AA_SHELL_INTERNAL_H
#define AA_SHELL_INTERNAL_H

#include "shell.h"

enum { AA_SHELL_VARIABLES_MAX = 256 };

/* A word, a target or a variable in a list. */
struct sh_item {
    struct sh_item *next;
    const char *text;
    enum aa_doubt doubt;
    bool number; /* uncertain, but one word of digits: $? and its like */
    bool writes; /* a target that would be written */
};

struct sh_list {
    struct sh_item *first, *last;
    size_t n;
};

/* A place for a command, taken at its first byte so that the order is that of the text. */
struct sh_slot {
    struct sh_slot *next;
    struct sh_list words, targets, own;
    size_t seen; /* variables of the reader that were set before */
    const char *folder;
    bool builtin, used;
};

/* A here-document whose body has not come yet. */
struct sh_document {
    struct sh_document *next;
    const char *delimiter;
    bool quoted, tabs;
};

/* A word as the lexer reads it. */
struct sh_word {
    const char *text;
    enum aa_doubt doubt;
    bool number;
    bool quoted, continued; /* some of it is quoted; a line ends with a backslash in it */
    size_t value;           /* of NAME=value: where the value begins in the text; else 0 */
    bool appends;           /* NAME+=value */
    /* while it is read */
    size_t length, cut;
    bool frozen;
    bool bracket, bracket_closed, brace, brace_closed, braces_empty;
    size_t bracket_at, brace_at;
    unsigned expansions;
};

struct sh_reader {
    struct aa_arena *arena;
    enum aa_shell_dialect dialect;
    int error;
    bool stopped;
    const char *opaque_why;

    const char *text;
    size_t at, end;
    char *scratch; /* as long as the text: the word that is being read */
    size_t scratch_size;

    unsigned depth;
    size_t words;
    struct sh_slot *slots, *last_slot;
    size_t used;
    struct sh_list variables; /* set for what comes later */
    struct sh_document *documents;

    const char *folder;
    size_t moves;  /* how often the folder may have been changed, in this process */
    bool moves_any; /* in any */
    bool repeats;  /* something may run after what stands behind it */
    bool defines;  /* a function is defined somewhere */
};

/* shell.c */
void aa_sh_opaque(struct sh_reader *r, const char *why);
void aa_sh_opaque_word(struct sh_reader *r, const char *why, const char *word);
void aa_sh_stop(struct sh_reader *r, const char *why);
void aa_sh_syntax(struct sh_reader *r);
bool aa_sh_enter(struct sh_reader *r);
void aa_sh_leave(struct sh_reader *r);
struct sh_slot *aa_sh_slot(struct sh_reader *r);
struct sh_item *aa_sh_add(struct sh_reader *r, struct sh_list *list, const char *text,
                          enum aa_doubt doubt);
void aa_sh_use(struct sh_reader *r, struct sh_slot *slot);
/* Reads another text in the middle of this one: of backquotes, of eval. */
void aa_sh_read_inner(struct sh_reader *r, const char *text, size_t n);

/* shell-lexer.c */
bool aa_sh_is_meta(char c);
bool aa_sh_is_name_start(char c);
bool aa_sh_is_name(const char *text, size_t n);
bool aa_sh_is_digits(const char *text);
char aa_sh_look(const struct sh_reader *r, size_t ahead);
bool aa_sh_goes_on(const struct sh_reader *r, size_t ahead); /* a backslash and a newline */
void aa_sh_blanks(struct sh_reader *r);
void aa_sh_newlines(struct sh_reader *r);
void aa_sh_operator(struct sh_reader *r, size_t n);
bool aa_sh_word_starts(const struct sh_reader *r);
void aa_sh_word(struct sh_reader *r, struct sh_word *w);
void aa_sh_put(struct sh_reader *r, struct sh_word *w, char c);
void aa_sh_doubt(struct sh_reader *r, struct sh_word *w, enum aa_doubt doubt);
void aa_sh_single_quotes(struct sh_reader *r, struct sh_word *w);
void aa_sh_double_quotes(struct sh_reader *r, struct sh_word *w);
void aa_sh_backslash(struct sh_reader *r, struct sh_word *w);

/* shell-expansion.c */
void aa_sh_dollar(struct sh_reader *r, struct sh_word *w, bool quoted);
void aa_sh_backquote(struct sh_reader *r, struct sh_word *w, bool quoted);
void aa_sh_process(struct sh_reader *r, struct sh_word *w);
bool aa_sh_arithmetic(struct sh_reader *r); /* behind "((": numbers alone up to "))" */
void aa_sh_subshell(struct sh_reader *r);   /* behind "(": up to ")" */

/* shell-redirection.c */
bool aa_sh_redirection(struct sh_reader *r, struct sh_list *targets);
void aa_sh_documents(struct sh_reader *r);

/* shell-grammar.c */
void aa_sh_list(struct sh_reader *r);
void aa_sh_command(struct sh_reader *r);
void aa_sh_function(struct sh_reader *r, const char *name);
bool aa_sh_is_reserved(const struct sh_reader *r, const char *word);
void aa_sh_expect(struct sh_reader *r, const char *word);

/* shell-compound.c */
bool aa_sh_compound(struct sh_reader *r);

/* shell-builtins.c */
bool aa_sh_names_builtin(const char *name);
void aa_sh_meaning(struct sh_reader *r, struct sh_slot *slot);

/* shell-arguments.c */
enum sh_kind {
    SH_OTHER,
    SH_PLAIN,    /* whatever its arguments are, it runs nothing */
    SH_NUMBERS,  /* the same, but some shells calculate its arguments */
    SH_RUNS,     /* opaque */
    SH_EVAL,
    SH_TRAP,
    SH_TEST,
    SH_PRINTF,
    SH_PRINT,
    SH_DECLARES,
    SH_UNSET,
    SH_READ,
    SH_GETOPTS,
    SH_SET,
    SH_WAIT,
    SH_OPTIONLESS, /* plain without options */
    SH_LINES,
    SH_CD,
    SH_PUSHD,
    SH_COMMAND,
    SH_BUILTIN,
    SH_EXEC,
};
void aa_sh_arguments(struct sh_reader *r, const struct sh_slot *slot, enum sh_kind kind);

/* shell-variables.c */
void aa_sh_sets(struct sh_reader *r, struct sh_list *list, const char *text, enum aa_doubt doubt);
void aa_sh_sets_name(struct sh_reader *r, const char *name, size_t n);

#endif
