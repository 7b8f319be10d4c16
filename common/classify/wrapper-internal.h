/* SPDX-License-Identifier: ISC */
/* What the files of the wrapper reader share: a row of the table, and the state of one reading. */
#ifndef AA_WRAPPER_INTERNAL_H
#define AA_WRAPPER_INTERNAL_H

#include "listed.h"
#include "wrapper.h"

struct aa_wrapping;
struct aa_option;

enum {
    AA_WRAPPER_SHELL = 1 << 0,      /* without a command it starts a shell */
    AA_WRAPPER_OTHER_ROOT = 1 << 1, /* always */
    AA_WRAPPER_PERMUTES = 1 << 2,   /* may look for options behind its operands too */
    AA_WRAPPER_OPAQUE = 1 << 3,     /* never read; what may be commands in it is kept */
    AA_WRAPPER_NUMERIC = 1 << 4,    /* its last operand is a number, and may be missing */
};

/* A program. In the lists of options a letter is a short one, all else a long one. */
struct aa_wrapper {
    const char *names;   /* base names, blanks between */
    const char *shorts;  /* as getopt(3) has them: "u:" takes a value, "e::" only one in the same word */
    const char *longs;   /* "name", "name=" or "name=?", blanks between */
    const char *nothing; /* options with which it runs no command */
    const char *process; /* options with which it looks at a process, unless their number is no process's */
    const char *opaque;  /* options with which it may run or load what is not read here */
    const char *folder;  /* options that take the folder in which the command runs */
    const char *root;    /* options with which names mean other files */
    const char *adds;    /* options that take NAME=VALUE for the command's environment */
    const char *in;      /* the folder in which the command runs without one of "folder" */
    unsigned operands;   /* words before the command */
    unsigned flags;
    void (*option)(struct aa_wrapping *, const struct aa_option *); /* what is particular in an option */
    void (*command)(struct aa_wrapping *);  /* reads what is behind the options */
    void (*instead)(struct aa_wrapping *);  /* reads everything */
};

struct aa_option {
    const char *name; /* one letter, or a long one in full */
    const char *value;
    enum aa_doubt doubt; /* of the value */
    char letter[2];
};

struct aa_word_list {
    const char **v;
    unsigned char *doubt;
    size_t n, capacity;
};

struct aa_wrapping {
    struct aa_arena *arena;
    const struct aa_wrapper *row;
    const char *base;
    struct aa_words words;
    size_t at;           /* the first word that is not read yet */
    const char *cluster; /* what is left of a group of short options */
    bool ended;          /* by a "--" */
    unsigned splits;     /* env -S within each other */
    bool nothing, on_process;
    const char *folder;
    bool other_root, path_changes;
    struct aa_word_list assigned;
    const char *text, *shell; /* of programs that take a string for a shell */
    enum aa_doubt text_doubt;
    const char *replace;  /* xargs: what stands for an item */
    bool login, as_user, other_shell, marked, appends; /* what an option of the program's own said */
    int error;
    struct aa_wrapped *ret;
};

extern const struct aa_wrapper aa_wrapper_table[];
extern const size_t aa_wrapper_table_n;

void aa_wrapper_opaque(struct aa_wrapping *w, const char *format, ...) AA_PRINTF(2, 3);
void aa_wrapper_starts_shell(struct aa_wrapping *w); /* there is no command */
void aa_word_add(struct aa_wrapping *w, struct aa_word_list *list, const char *word, enum aa_doubt doubt);

static inline enum aa_doubt aa_doubt_at(const struct aa_wrapping *w, size_t i)
{
    return aa_doubt_of(&w->words, i);
}

/* A word of which all is known, and that is this one. */
static inline bool aa_is_word(const struct aa_wrapping *w, size_t i, const char *word)
{
    return i < w->words.n && aa_doubt_at(w, i) == AA_EXACT && aa_streq(w->words.v[i], word);
}

/* 1: an option. 0: "at" is the first word that is none. -1: opaque, "at" is the word that is not
 * understood. */
int aa_option_next(struct aa_wrapping *w, struct aa_option *ret);

/* Reads the options of the row. False: the rest cannot be read, and what may be in it is kept. */
bool aa_wrapper_options(struct aa_wrapping *w);

/* Adds a command: words of the wrapper's own from one on, or a list. */
void aa_inner_add_words(struct aa_wrapping *w, size_t from, bool applet);
void aa_inner_add_slice(struct aa_wrapping *w, size_t from, size_t n);
void aa_inner_add_list(struct aa_wrapping *w, const struct aa_word_list *list);
void aa_inner_add_text(struct aa_wrapping *w, const char *text, enum aa_doubt doubt,
                       enum aa_shell_dialect dialect);

/* Words joined by blanks, for a shell. */
void aa_inner_add_joined(struct aa_wrapping *w, size_t from);

/* What may be commands in words that are not understood. */
void aa_inner_guess(struct aa_wrapping *w, size_t from);

/* Of the dynamic loader, which has no name in the table. */
bool aa_is_loader(const char *base);

void aa_read_env_option(struct aa_wrapping *w, const struct aa_option *option);
void aa_read_env(struct aa_wrapping *w);
void aa_read_sudo_option(struct aa_wrapping *w, const struct aa_option *option);
void aa_read_sudo(struct aa_wrapping *w);
void aa_read_su_option(struct aa_wrapping *w, const struct aa_option *option);
void aa_read_su(struct aa_wrapping *w);
void aa_read_sg(struct aa_wrapping *w);
void aa_read_flock(struct aa_wrapping *w);
void aa_read_watch_option(struct aa_wrapping *w, const struct aa_option *option);
void aa_read_watch(struct aa_wrapping *w);
void aa_read_script_option(struct aa_wrapping *w, const struct aa_option *option);
void aa_read_script(struct aa_wrapping *w);
void aa_read_find(struct aa_wrapping *w);
void aa_read_xargs_option(struct aa_wrapping *w, const struct aa_option *option);
void aa_read_xargs(struct aa_wrapping *w);
void aa_read_entr(struct aa_wrapping *w);
void aa_read_parallel(struct aa_wrapping *w);
void aa_read_multi_call(struct aa_wrapping *w);
void aa_read_loader(struct aa_wrapping *w);
void aa_read_ip(struct aa_wrapping *w);
void aa_read_capsh(struct aa_wrapping *w);
void aa_read_runcon_option(struct aa_wrapping *w, const struct aa_option *option);
void aa_read_runcon(struct aa_wrapping *w);
void aa_read_setarch(struct aa_wrapping *w);
void aa_read_logsave(struct aa_wrapping *w);
void aa_read_strace_option(struct aa_wrapping *w, const struct aa_option *option);
void aa_read_start_stop_option(struct aa_wrapping *w, const struct aa_option *option);
void aa_read_start_stop(struct aa_wrapping *w);
void aa_read_systemd_run_option(struct aa_wrapping *w, const struct aa_option *option);
void aa_read_systemd_run(struct aa_wrapping *w);
void aa_read_nice(struct aa_wrapping *w);
void aa_read_setpriv_option(struct aa_wrapping *w, const struct aa_option *option);
void aa_read_sudoedit(struct aa_wrapping *w);

#endif
