/* SPDX-License-Identifier: ISC */
/*
 * What a command line would run: the command of sudo itself, those inside of wrappers and shell
 * strings, the scripts of interpreters, each of them an "effective command". Nested as deep as
 * they come, up to a bound. What cannot be read for certain makes the request opaque; whatever was
 * read besides is kept, since ask and deny rules want to see as much as there is to see.
 *
 * Reading is text alone (shell.h, wrapper.h, script.h). What files are in question is asked of the
 * caller, so that tests need none.
 */
#ifndef AA_CLASSIFY_H
#define AA_CLASSIFY_H

#include "capture/request.h"

enum {
    AA_SHELL_REQUESTED = 1u << 0, /* sudo -s or -i */
};

enum { AA_CLASSIFY_DEPTH_MAX = 12 }; /* commands within each other */

/* How capture answers about files. Each gives 0, or a negative errno that ends the classification. */
struct aa_lookup {
    void *context;
    /* The program that a name means: names, resolved and unbound_why of "effective". "path" is the
     * PATH that the command line sets for it, or NULL: the environment's. */
    int (*program)(void *context, const char *name, const char *path, struct aa_effective *effective);
    /* The same for a file that an interpreter reads its code from: not searched for on PATH. */
    int (*script)(void *context, const char *path, struct aa_effective *effective);
    /* A word that may be a program, a file of code or a folder of them. *ret_why is why somebody
     * other than root could change what it is; untouched where nobody could. "surely": it has to be
     * a file. */
    int (*code)(void *context, const char *word, const char *folder, bool surely,
                const char **ret_why);
    /* The working folder, where code may be loaded from it. */
    int (*folder)(void *context, const char **ret_why);
};

/*
 * Expands the request's one effective command to all of them; fills interactive_shell, opaque_why
 * and assigned. Without "lookup" programs are known by their names alone. 0 or negative errno.
 */
int aa_classify(struct aa_request *request, const struct aa_lookup *lookup, unsigned flags);

#endif
