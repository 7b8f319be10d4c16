/* SPDX-License-Identifier: ISC */
/*
 * Warnings about a configuration that is valid and may still not be what its author meant. Each
 * has a stable name, under which doc/lint.md explains it and check hides it. Only the tool links
 * this; nothing here changes what a configuration means.
 */
#ifndef AA_LINT_H
#define AA_LINT_H

#include "compile.h"

enum aa_lint_id {
    AA_LINT_ESCAPE,        /* an allowed program can start any other, or reach any file */
    AA_LINT_STAR,          /* a star stands where an option may stand */
    AA_LINT_EDIT,          /* every file may be edited */
    AA_LINT_NEVER,         /* a rule that never decides */
    AA_LINT_APPROVER,      /* who asks is among the few who may answer */
    AA_LINT_QUORUM,        /* more people are wanted than there are */
    AA_LINT_DEFAULT,       /* no default */
    AA_LINT_DEFAULT_ALLOW,
    AA_LINT_AUTOMATION,    /* what runs by itself would wait */
    AA_LINT_OPAQUE_OK,
    AA_LINT_WRAPPED_OK,
    AA_LINT_APPROVER_OK,
    AA_LINT_ENV_OK,
    AA_LINT_ALLOW_UNBOUND,
    AA_LINT_DATA,          /* what lint knows of programs could not be read */
    AA_LINT_COUNT
};

extern const char *const aa_lint_names[AA_LINT_COUNT];
/* The number of a name, or -ENOENT. */
int aa_lint_find(const char *name);

struct aa_lint_options {
    const char *data_dir;          /* where escapes.list and variables.list are */
    bool fragment;                 /* a part of a configuration: what is missing may be elsewhere */
    bool accepted[AA_LINT_COUNT];  /* not to be told */
};

/* Adds warnings to the complaints of a compilation; none where it has errors. 0 or -ENOMEM. */
int aa_lint(struct aa_compilation *compilation, const struct aa_lint_options *options);

#endif
