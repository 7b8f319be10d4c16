/* SPDX-License-Identifier: ISC */
/*
 * What somebody would ask: made into the question that sudo or PAM would put, and captured by the
 * code that captures real ones. Nothing runs, nothing is recorded. Files, accounts and groups are
 * looked at on this host, now.
 */
#ifndef AA_CLI_SUPPOSED_H
#define AA_CLI_SUPPOSED_H

#include "actionapprove.h"
#include "capture/request.h"
#include "policy/policy.h"

enum { SUPPOSED_VARIABLES_MAX = 64, SUPPOSED_MEMORY_MAX = 64 * 1024 * 1024 };

struct supposed { /* NULL: not said */
    enum aa_frontend frontend;
    const char *user;      /* who runs this process */
    const char *login;     /* the login identity: the same as the user; "none" */
    const char *runas;     /* root; of a login: the user */
    const char *runas_group;
    const char *cwd;       /* where this process is */
    bool no_cwd, cwd_may_be_gone; /* a record's: it had none; what it names may not be there now */
    const char *tty;       /* none */
    const char *host;      /* this one */
    const char *rhost;     /* absent */
    const char *service;   /* "sudo" */
    uint64_t realtime_usec; /* 0: now */
    char *const *words;    /* the command with its arguments; the files to edit */
    size_t words_n;
    const unsigned char *doubt; /* enum aa_doubt of each word of a plain command; NULL: all are exact */
    char *const *variables; /* NAME=VALUE, as typed before the command */
    size_t variables_n;
    bool edit, intercepted, shell;
};

struct supposition {
    struct aa_arena arena;
    struct aa_question question;
    struct aa_request *request;
};

enum { SUPPOSED_IMPOSSIBLE = 1 }; /* it names what is not there: the fault's detail says what */

/* 0, SUPPOSED_IMPOSSIBLE, or negative with the fault. Free it in each case. */
int suppose(const struct supposed *supposed, const struct aa_snapshot *snapshot,
            struct supposition *ret, struct aa_fault *fault);
void supposition_free(struct supposition *supposition);

/* Why it would be refused before anybody is asked, by the function that refuses real ones: 1 with the
 * words, 0 people would be asked, or negative. */
int supposition_refusal(const struct supposition *supposition, const struct aa_snapshot *snapshot,
                        const struct aa_outcome *outcome, const struct aa_snap_ask *ask,
                        struct aa_fault *ret);

/* Whether there is a command where the question says: what a record names may be gone. */
bool supposition_has_command(const struct supposition *supposition);

#endif
