/* SPDX-License-Identifier: ISC */
/* sudo's "key=value" vectors, translated into the library's question. */
#ifndef AA_VECTORS_H
#define AA_VECTORS_H

#include "common/actionapprove.h"

/* What sudo hands to open(): the pointers live as long as sudo. */
struct sudo_vectors {
    char *const *settings;
    char *const *user_info;
    char *const *submitted_argv;
    int submit_optind;
    char *const *submitted_envp;
};

/* Where sudo left out what every question needs, the question says so: it will be refused. */
void sudo_question(const struct sudo_vectors *vectors, char *const command_info[],
                   char *const run_argv[], char *const run_envp[], struct aa_question *ret);

/* Under intercept or log_subcmds: a child of the command, not the command itself. */
bool sudo_is_subcommand(char *const command_info[]);

/* The width of the requester's terminal; 0: unknown. */
unsigned sudo_columns(const struct sudo_vectors *vectors);

#endif
