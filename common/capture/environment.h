/* SPDX-License-Identifier: ISC */
/*
 * The environment that a command would get: which variables are harmless by name and by value,
 * and which of them the caller added. An allow rule matches only where all are harmless or named
 * by its env-ok, since a variable such as LD_PRELOAD turns any command into another.
 */
#ifndef AA_ENVIRONMENT_H
#define AA_ENVIRONMENT_H

#include "executable.h"
#include "request.h"

/* Whom the values of HOME, USER and the like have to name. */
struct aa_environment_owner {
    const char *name, *home, *shell; /* of the account that the command runs as; NULL: unknown */
    const char *requester;
    uid_t requester_uid;
    bool intercepted;
};

/* Fills request->variables. 0, -ENOMEM, or an error that leaves the question open. */
int aa_capture_environment(const struct aa_walker *walker, struct aa_request *request,
                           char *const *envp, char *const *submitted_argv,
                           size_t submitted_options, char *const *submitted_envp,
                           const struct aa_environment_owner *owner);

/* The value of a variable in a vector, or NULL: never getenv, which sudo hooks. */
const char *aa_environment_value(char *const *envp, const char *name);

#endif
