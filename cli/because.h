/* SPDX-License-Identifier: ISC */
/* Why a rule did not decide: the condition that failed, with what was wanted and what there was. */
#ifndef AA_CLI_BECAUSE_H
#define AA_CLI_BECAUSE_H

#include "base/buffer.h"
#include "policy/policy.h"

/* Everything in it is visible text already. */
void because_add(struct aa_buffer *out, const struct aa_snapshot *snapshot,
                 const struct aa_request *request, const struct aa_snap_rule *rule,
                 const struct aa_rule_result *result);

/* "fri 2026-03-27 18:30 CET"; nothing where the policy cannot tell. */
void because_add_time(struct aa_buffer *out, const struct aa_snapshot *snapshot, uint64_t usec);

/* A command: what it was resolved to, or the name by which it goes. */
const char *because_command_name(const struct aa_effective *effective);

#endif
