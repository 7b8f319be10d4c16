/* SPDX-License-Identifier: ISC */
/*
 * A string that a shell is given, read as a shell would: which commands are in it, with which
 * words, and which files its redirections name. Text alone; no file, account or variable is looked
 * at. What this does not read for certain is opaque, and whatever was read besides is kept, so
 * that ask and deny rules see as much as there is to see.
 *
 * Read: lists, pipes, groups, subshells, substitutions (each command in them counts), compound
 * commands and functions (all of their branches count), assignments, redirections, here-documents,
 * quoting. Expansions make a word of arguments uncertain (enum aa_doubt); in command position they
 * make the text opaque, as do eval, ".", alias, trap with an action and all else that runs text.
 */
#ifndef AA_SHELL_H
#define AA_SHELL_H

#include "capture/request.h"

enum {
    AA_SHELL_TEXT_MAX = 64 * 1024, /* bytes */
    AA_SHELL_DEPTH_MAX = 32,       /* substitutions and compound commands within each other */
    AA_SHELL_WORDS_MAX = 8192,     /* words of one text, all commands together */
};

enum aa_shell_dialect {
    AA_SHELL_SH, /* whichever sh there is: dash, bash, busybox; what they read differently is opaque */
    AA_SHELL_DASH,
    AA_SHELL_BASH,
    AA_SHELL_KSH,
    AA_SHELL_ZSH,
};

struct aa_shell_command {
    struct aa_words words;    /* the name first, always exact; "command", "exec", "builtin" and "!" are
                               * taken off, a name quoted in any way is the name */
    struct aa_words targets;  /* files of its redirections; not descriptors */
    const char *writes_to;    /* the first of them that would be written and is not /dev/null; or NULL */
    struct aa_words assigned; /* "NAME=value" of assignments that it would see, its own or earlier ones */
    const char *folder;       /* struct aa_effective's: a "cd" stands somewhere before it */
    bool builtin;             /* a builtin or a function of this text: no file is looked for */
};

struct aa_shell_reading {
    const struct aa_shell_command *commands; /* in the order of the text */
    size_t n;
    const char *opaque_why; /* NULL: these are all */
};

/* 0, or -ENOMEM. More commands than AA_EFFECTIVE_MAX, or any other maximum passed: opaque. */
int aa_shell_read(struct aa_arena *arena, const char *text, enum aa_shell_dialect dialect,
                  struct aa_shell_reading *ret);

#endif
