/* SPDX-License-Identifier: ISC */
/*
 * What a command line would run. Wrappers and interpreters are not read yet: each of them is
 * opaque, which no allow rule matches unless it says opaque-ok.
 */
#ifndef AA_CLASSIFY_H
#define AA_CLASSIFY_H

#include "capture/request.h"

enum { AA_SHELL_REQUESTED = 1u << 0 }; /* sudo -s or -i */

/* Fills interactive_shell and opaque_why from the request's effective commands. 0 or -ENOMEM. */
int aa_classify(struct aa_request *request, unsigned flags);

/* Whether a program that is a wrapper only with certain arguments (find -exec) has one of them. */
bool aa_runs_another(const struct aa_effective *effective);

#endif
