/* SPDX-License-Identifier: ISC */
/*
 * What the two halves know of each other. Both symbols live in one shared object, so sudo loads
 * this state once per process: the approval half leaves its decision here, the audit half
 * accepts nothing without it.
 */
#ifndef AA_SESSION_H
#define AA_SESSION_H

#include <sudo_plugin.h>

#include "common/actionapprove.h"
#include "vectors.h"

struct session {
    struct sudo_vectors vectors;
    bool audit_is_open;
    struct aa_decision *main;       /* of the command itself */
    struct aa_decision *subcommand; /* of the child now asked about, under intercept */
    bool main_starts;               /* the front end has accepted it: from here on, children */
    bool subcommand_starts;         /* the front end has accepted it */
    sudo_printf_t print;
    sudo_conv_t converse;
};

extern struct session session;

/* What both halves' open() are given; always 1: to return 0 would make sudo drop the half and run
 * the command. */
int session_open(sudo_conv_t converse, sudo_printf_t print, char *const settings[],
                 char *const user_info[], int submit_optind, char *const submit_argv[],
                 char *const submit_envp[]);

/* How the library speaks with the requester: on the terminal where there is one, or on stderr. Never
 * on stdout, which may be a pipe into another program. */
void session_fill_conversation(struct aa_question *question);

/* Tells the requester what became of it. */
void session_tell(const struct aa_decision *decision);

/* Forgets the last child; one that was allowed and then not started has that as its end. */
void session_leave_subcommand(void);

#endif
