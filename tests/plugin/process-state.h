/* SPDX-License-Identifier: ISC */
/* All that a plugin could change in the process that it is a guest in, as text, one fact a line:
 * two such texts are compared. */
#ifndef PROCESS_STATE_H
#define PROCESS_STATE_H

#include <stddef.h>

enum { PROCESS_STATE_MAX = 64 * 1024 };

void process_state(char ret[PROCESS_STATE_MAX]);

/* Gives this process what no process starts with, so that a change would show. */
void process_state_unusual(void);

#endif
