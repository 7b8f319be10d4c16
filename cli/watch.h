/* SPDX-License-Identifier: ISC */
/* pending --watch: the list while it changes, until ^C. */
#ifndef AA_CLI_WATCH_H
#define AA_CLI_WATCH_H

#include <stdbool.h>

#include "base/site.h"

/* The exit code. */
int watch(const struct aa_site *site, bool json);

#endif
