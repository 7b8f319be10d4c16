/* SPDX-License-Identifier: ISC */
/*
 * libactionapprove: what a front end (the sudo plugin, the PAM module) may call.
 *
 * A front end describes what somebody wants to do, and gets one answer:
 *
 *     struct aa_decision *decision = aa_decide(&question);
 *     if (aa_decision_allows(decision)) ...
 *
 * Every failure is a decision that does not allow, with the words that say why; only when
 * memory is out is it NULL, which does not allow either.
 */
#ifndef ACTIONAPPROVE_H
#define ACTIONAPPROVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AA_INTERFACE 1 /* raised when a change is not compatible */

enum aa_question_frontend {
    AA_FROM_SUDO = 1,
    AA_FROM_PAM = 2,
};

enum aa_question_flag {
    AA_QUESTION_EDIT = 1u << 0,           /* sudoedit: argv holds the editor, "--", the files */
    AA_QUESTION_INTERCEPTED = 1u << 1,    /* a child of a command under sudo's intercept */
    AA_QUESTION_SHELL = 1u << 2,          /* sudo -s */
    AA_QUESTION_LOGIN_SHELL = 1u << 3,    /* sudo -i */
    AA_QUESTION_NONINTERACTIVE = 1u << 4, /* sudo -n: never prompt */
    AA_QUESTION_UNREADABLE = 1u << 5, /* who asks, or as whom, is not known: refused */
};

enum aa_hearer {
    AA_HEARER_PERSON = 1, /* on the terminal where there is one, else on stderr */
    AA_HEARER_PROGRAM,    /* on stderr */
};

/* How the library speaks with the requester while it waits. Either function may be NULL. */
struct aa_conversation {
    void (*tell)(void *context, enum aa_hearer hearer, const char *text);
    /* One line from the requester, without its newline, cut at size - 1: 0, or negative errno where
     * none was given. "hidden": not echoed. */
    int (*prompt)(void *context, const char *text, bool hidden, char *ret, size_t size);
    void *context;
    unsigned columns; /* of the terminal; 0: unknown */
};

/* Everything in here belongs to the front end and need only live during the call. */
struct aa_question {
    uint32_t interface; /* AA_INTERFACE */
    uint32_t frontend;
    uint32_t flags;
    uint32_t edit_files; /* with AA_QUESTION_EDIT: how many of argv's last are files */
    const char *service; /* "sudo", or PAM's service */

    uid_t uid;        /* of the requester, as the kernel knows it */
    const char *user; /* its name, NULL: looked up */
    const char *tty;  /* NULL: none */
    const char *rhost;

    const char *runas_user;
    uid_t runas_uid;
    const char *runas_group; /* NULL: the user's own */
    gid_t runas_gid;

    const char *command;     /* what will be executed; relative to the current folder or absolute */
    char *const *argv;       /* of the command */
    char *const *envp;       /* that the command will get */
    const char *cwd;         /* where the requester is; NULL: unknown or deleted */
    const char *run_cwd;     /* where the command will run, if elsewhere */
    const char *chroot;      /* NULL: none */

    char *const *submitted_argv; /* as typed: sudo's own argv */
    uint32_t submitted_options;  /* how many of these stand before the command */
    char *const *submitted_envp; /* the requester's environment */

    struct aa_conversation conversation;
};

struct aa_decision;

/* Decides and records; where the policy wants a person's answer, waits for it. The same question
 * asked twice is two requests. */
struct aa_decision *aa_decide(const struct aa_question *question);

/* Whether the requester is never denied: root under sudo, so that the operator is not locked out
 * by a mistake, not even when there is no memory for a decision. */
bool aa_question_is_exempt(const struct aa_question *question);

bool aa_decision_allows(const struct aa_decision *decision);
bool aa_decision_is_fault(const struct aa_decision *decision); /* "no" because something failed */
const char *aa_decision_code(const struct aa_decision *decision);    /* 7F3K-9QXM */
const char *aa_decision_error(const struct aa_decision *decision);   /* E-…; "" when allowed */
const char *aa_decision_summary(const struct aa_decision *decision); /* one line: for logs */
const char *aa_decision_message(const struct aa_decision *decision); /* lines for the requester */
enum aa_hearer aa_decision_hearer(const struct aa_decision *decision); /* whom they are for */

/*
 * Right before the command starts: 0 when this question is still the one that was decided, and
 * recently; otherwise the decision no longer allows, and its words say why.
 */
int aa_confirm(struct aa_decision *decision, const struct aa_question *question);

enum aa_end {
    AA_END_EXITED = 1, /* "value" is the wait status */
    AA_END_NOT_EXECUTED = 2, /* "value" is an errno */
    AA_END_NOT_RUN = 3,
    AA_END_UNSEEN = 4, /* it was started, and nobody tells how it ended: a child under intercept */
};

/* Records how an allowed command ended. */
void aa_finish(struct aa_decision *decision, enum aa_end end, int value);

struct aa_decision *aa_decision_free(struct aa_decision *decision); /* returns NULL */

/*
 * Refuses, with a record, a question that was not decided because a part of the set-up is
 * missing; root's question is let pass (the operator has to be able to mend it).
 */
enum aa_missing_half {
    AA_MISSING_AUDIT = 1,
    AA_MISSING_APPROVAL = 2,
};
struct aa_decision *aa_refuse_incomplete(const struct aa_question *question,
                                         enum aa_missing_half half);

const char *aa_version(void);

#ifdef __cplusplus
}
#endif

#endif
