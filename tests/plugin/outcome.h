/* SPDX-License-Identifier: ISC */
/* One command decided in a child process that was made small or odd before: what came of it. */
#ifndef OUTCOME_H
#define OUTCOME_H

#include <stdbool.h>

#include "front-end.h"
#include "talk.h"

struct outcome {
    bool runs;
    bool opened; /* each open returned 1, and the audit half had nothing against a "no" */
    bool only_to_requester;
    struct answer checked, accepted;
    char said[SAID_BYTES_MAX];
    long note; /* of the test's own */
};

/*
 * Runs it in a child, which calls "prepare" with "argument" before sudo starts, and "inspect"
 * (may be NULL) after it ended. Fails the test if the child ended by a signal or with a status.
 * The outcome belongs to the caller.
 */
struct outcome *outcome_of(const struct given *given, void (*prepare)(long argument),
                           void (*inspect)(struct outcome *outcome), long argument);
void outcome_free(struct outcome *outcome);

/* It was denied in words, and they name a cause. */
void outcome_expect_denial(const struct outcome *outcome);

#endif
