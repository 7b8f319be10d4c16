/* SPDX-License-Identifier: ISC */
/* A request's code as people type it: "7f3k9qxm", "7F3K-9QXM", with O for 0 and I or L for 1. */
#ifndef AA_CLI_CODE_NAME_H
#define AA_CLI_CODE_NAME_H

#include <stdbool.h>

#include "base/request-id.h"

/* The code as it is written, or false where this can be none. */
bool code_parse(const char *text, char ret[AA_CODE_SIZE]);

#endif
