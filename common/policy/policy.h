/* SPDX-License-Identifier: ISC */
/*
 * The policy: a pure function of the snapshot and the request. Rules are tried in order; the
 * first whose every condition holds decides; else the default; else the answer is no.
 */
#ifndef AA_POLICY_H
#define AA_POLICY_H

#include "match.h"

enum { AA_NO_RULE = -1 };

/* What kept one rule from deciding: a condition, or a limit that holds for all allow rules. */
struct aa_rule_result {
    bool holds;
    int failed_condition;  /* index within the rule, or -1 */
    const char *limit;     /* why an allow may not match this, or NULL */
    const char *limit_detail;
};

struct aa_outcome {
    enum aa_action action;
    int rule;              /* AA_NO_RULE: the default, or that there is none */
    uint32_t ask;          /* with AA_ACTION_ASK */
    const char *name;      /* of the rule, or "default" */
    const char *why;       /* text of a deny rule; "" where it gives none */
    /* The first allow rule that would have decided but for a limit: people ask for it. */
    const char *near_rule; /* NULL: none */
    const char *near_limit, *near_detail;
};

typedef void (*aa_rule_trace)(void *context, uint32_t rule, const struct aa_rule_result *result);

/* 0, or negative errno with the fault. "trace" (may be NULL) hears of every rule tried. */
int aa_decide_policy(const struct aa_snapshot *snapshot, const struct aa_request *request,
                     struct aa_outcome *ret, aa_rule_trace trace, void *context,
                     struct aa_fault *fault);

#endif
