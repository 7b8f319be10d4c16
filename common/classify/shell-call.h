/* SPDX-License-Identifier: ISC */
/* What a shell is called for: a string behind -c, a script, or somebody who types. */
#ifndef AA_SHELL_CALL_H
#define AA_SHELL_CALL_H

#include "shell.h"

enum aa_shell_form {
    AA_SHELL_TEXT,
    AA_SHELL_SCRIPT,
    AA_SHELL_INTERACTIVE, /* or from a pipe: whatever comes in */
    AA_SHELL_UNREADABLE,  /* an option that is not known, or one that loads a file */
};

struct aa_shell_call {
    enum aa_shell_form form;
    size_t at;        /* index of the text or script among the arguments */
    bool typed;       /* somebody might type into it, whatever the form */
};

/* "base" is one that aa_program_kind knows as a shell, by its known name. */
bool aa_shell_dialect_of(const char *known, enum aa_shell_dialect *ret);

void aa_shell_call_read(enum aa_shell_dialect dialect, const struct aa_words *arguments,
                        struct aa_shell_call *ret);

#endif
