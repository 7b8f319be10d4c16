/* SPDX-License-Identifier: ISC */
/* What many tests want to see of an answer. */
#ifndef EXPECT_H
#define EXPECT_H

#include <stdbool.h>

#include "front-end.h"
#include "records.h"

/* Every call of open so far returned 1, and the audit half had nothing against a "no". */
void expect_loaded(void);

/* The command would run, and nobody was told anything. */
void expect_allowed(bool runs);

/* A half said no ("result" is what sudo got), and the cause "E-…" is told to the requester, and
 * in one line to sudo's log. */
void expect_refusal(const struct answer *answer, int result, const char *cause);

/* Text that can do nothing to a terminal but write. */
bool is_harmless(const char *text);

/* The cause of a record: what stands before the colon in AA_ERROR. */
void expect_cause(const struct record *record, const char *cause);

#endif
