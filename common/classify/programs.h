/* SPDX-License-Identifier: ISC */
/* Programs that run other programs: data for the classification. */
#ifndef AA_PROGRAMS_H
#define AA_PROGRAMS_H

#include <stdbool.h>

enum aa_program_kind {
    AA_PROGRAM_PLAIN,
    AA_PROGRAM_WRAPPER,     /* runs a command given in its arguments */
    AA_PROGRAM_SOMETIMES,   /* a wrapper only with certain arguments: find -exec, ip netns exec */
    AA_PROGRAM_SHELL,
    AA_PROGRAM_INTERPRETER, /* runs code given in its arguments, in a file or on stdin */
};

/* By base name, a version suffix (python3.11, perl5.36.0) not counted. */
enum aa_program_kind aa_program_kind(const char *base);

/* The same, and the name by which a shell or an interpreter is known here: "python" for
 * "python3.11", "bash" for "bash-static"; the base name itself for others. */
enum aa_program_kind aa_program_known(const char *base, const char **ret_known);

/* Busybox and its like: what they are called by says what they are; only by their own name do they
 * take an applet. */
bool aa_is_multi_call(const char *base);

#endif
