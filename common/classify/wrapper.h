/* SPDX-License-Identifier: ISC */
/*
 * What a program that runs other programs would run, read from its arguments. Text alone. An
 * option that is not known here makes it opaque; what could be read is kept all the same.
 */
#ifndef AA_WRAPPER_H
#define AA_WRAPPER_H

#include "shell.h"

enum { AA_INNER_MAX = 16 }; /* commands of one wrapper: find with many -exec */

struct aa_inner {
    bool shell_text;          /* words.v[0] is a string for a shell, else they are a command */
    enum aa_shell_dialect dialect;
    struct aa_words words;    /* the name first; never empty */
    struct aa_words assigned; /* "NAME=value": what it adds to the environment */
    const char *folder;       /* struct aa_effective's; NULL: the wrapper's own */
    bool other_root;          /* the name means another file than it does here: chroot, nsenter */
    bool applet;              /* of a multi-call program: the file is the wrapper's own */
};

struct aa_wrapped {
    struct aa_inner inner[AA_INNER_MAX];
    size_t n;               /* 0 without opaque_why: it runs nothing else, in this form */
    const char *opaque_why; /* NULL: these are all */
    bool starts_shell;      /* with opaque_why: a shell that takes commands from a terminal */
};

/* Whether a program of this base name is read here. */
bool aa_is_wrapper(const char *base);

/* "arguments" of a program for which aa_is_wrapper holds. 0 or -ENOMEM. */
int aa_wrapper_read(struct aa_arena *arena, const char *base, const struct aa_words *arguments,
                    struct aa_wrapped *ret);

#endif
