/* SPDX-License-Identifier: ISC */
/*
 * Whether one condition of a rule holds for a request. Pure: no I/O, no state.
 *
 * The rule's action decides how wide a condition is. An allow rule must be certain: it looks at
 * what was resolved and at both identities. Ask and deny rules catch everything that could be
 * meant: every name of a command, either identity. A negated condition turns that around, so
 * that "not" never works to the requester's advantage.
 */
#ifndef AA_MATCH_H
#define AA_MATCH_H

#include "capture/request.h"
#include "snapshot.h"

/*
 * 1 holds, 0 does not, negative errno: the snapshot is damaged (-EBADMSG), or the request too
 * large to match (-E2BIG).
 *
 * "candidates" has a bit for each effective command: command and args of one rule speak of the
 * same command, so each narrows what the next may look at.
 */
int aa_condition_holds(const struct aa_snapshot *snapshot, const struct aa_snap_condition *condition,
                       enum aa_action action, const struct aa_request *request,
                       uint64_t *candidates);

#define AA_ALL_CANDIDATES(request) \
    ((request)->effective_n >= 64 ? UINT64_MAX : (UINT64_C(1) << (request)->effective_n) - 1)

/* Whether a word of the snapshot fits a text. Same results. */
int aa_word_matches(const struct aa_snapshot *snapshot, const struct aa_snap_word *word,
                    const char *text);

/* The agent that owns the Unix account "name": its index, or -ENOENT, or -EBADMSG. */
int aa_agent_of(const struct aa_snapshot *snapshot, const char *name);

#endif
