/* SPDX-License-Identifier: ISC */
/* The one request that a command is about: found by its code, or the reason why not. */
#ifndef AA_CLI_ONE_REQUEST_H
#define AA_CLI_ONE_REQUEST_H

#include "cli.h"
#include "local-client.h"

/* EXIT_YES, or the exit code after the words: no code, unknown, somebody else's, no answer. */
int one_request_code(const struct command *command, const char *text, char ret[AA_CODE_SIZE]);
int one_request_open(const struct command *command, const char *code, struct local_peer *ret);

#endif
