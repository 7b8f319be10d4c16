/* SPDX-License-Identifier: ISC */
/* A scenario that changes or may end the process it runs in gets a process of its own. */
#ifndef CHILD_H
#define CHILD_H

#include <stddef.h>

/* Runs "scenario" in a fork and returns its wait status; ends it after a minute. */
int child_run(void (*scenario)(void *argument), void *argument);

/* Memory in which a child can leave its findings, zeroed. */
void *child_shared(size_t size);
void child_shared_free(void *memory, size_t size);

/* The same for a program, from this process: its output, with a NUL behind it, which the caller
 * frees, and its wait status. */
char *child_program(char *const argv[], size_t *ret_length, int *ret_status);

#endif
