/* SPDX-License-Identifier: ISC */
/*
 * Whether values that are masked in a record could change what is decided. The engine has the words
 * as uncertain, and each rule that was tried is looked at in both directions: whether it would hold
 * whatever they are, and whether it could hold. Where both are the same nothing depends on them.
 */
#include <errno.h>

#include "policy/label.h"
#include "replay.h"
#include "supposed.h"

struct looking {
    const struct aa_snapshot *snapshot;
    const struct aa_request *request;
    bool code;      /* it cannot be read because of them: commands in it may be any */
    bool uncertain;
    int error;
};

/* Conditions that look at words, or at what was read from them. */
static bool looks_at_words(const struct looking *l, uint32_t key)
{
    const bool words = key == AA_KEY_ARGS || key == AA_KEY_LABEL;

    return words || (l->code && (key == AA_KEY_COMMAND || key == AA_KEY_WRAPPED ||
                                 key == AA_KEY_OPAQUE || key == AA_KEY_INTERACTIVE_SHELL ||
                                 key == AA_KEY_ENV));
}

/* Whether a label of the condition is one of an operand that is known. */
static int known_label_holds(const struct looking *l, const struct aa_snap_condition *condition)
{
    struct aa_request view = *l->request;
    _cleanup_free_ struct aa_operand *operands = calloc(view.operands_n + 1, sizeof(*operands));

    if (operands == NULL)
        return -ENOMEM;
    view.operands = operands;
    view.operands_n = 0;
    for (size_t i = 0; i < l->request->operands_n; i++) {
        if (l->request->operands[i].exact)
            operands[view.operands_n++] = l->request->operands[i];
    }
    return aa_label_condition_holds(l->snapshot, condition, AA_ACTION_ASK, &view);
}

/* Whether one such condition holds: surely, or possibly. 1, 0 or negative. */
static int words_hold(const struct looking *l, const struct aa_snap_condition *condition, bool surely,
                      uint64_t *candidates)
{
    const enum aa_action width = surely ? AA_ACTION_ALLOW : AA_ACTION_ASK;
    int r;

    if (l->code)
        return !surely;
    if (surely && condition->key == AA_KEY_LABEL && !condition->negated)
        return known_label_holds(l, condition);
    r = aa_condition_holds(l->snapshot, condition, width, l->request, candidates);
    /* an allow rule wants every command to fit, of which the other rules want one */
    if (r == 0 && surely && condition->key == AA_KEY_ARGS && !condition->negated)
        return *candidates != 0;
    return r;
}

static int rule_holds(const struct looking *l, const struct aa_snap_rule *rule, bool surely)
{
    const struct aa_snap_condition *conditions =
        aa_snapshot_elements(l->snapshot, AA_SECTION_CONDITIONS, rule->conditions);
    uint64_t candidates = AA_ALL_CANDIDATES(l->request);

    if (conditions == NULL)
        return -EBADMSG;
    for (uint32_t i = 0; i < rule->conditions.count; i++) {
        int r = looks_at_words(l, conditions[i].key) ?
                    words_hold(l, &conditions[i], surely, &candidates) :
                    aa_condition_holds(l->snapshot, &conditions[i], rule->action, l->request,
                                       &candidates);

        if (r != 1)
            return r;
    }
    return 1;
}

static bool is_limit_of_code(const struct looking *l, const char *detail)
{
    return l->code && detail != NULL && detail == l->request->opaque_why;
}

static void look_at_rule(void *context, uint32_t index, const struct aa_rule_result *result)
{
    struct looking *l = context;
    const struct aa_snap_rule *rule = aa_snapshot_elements(l->snapshot, AA_SECTION_RULES,
                                                           (struct aa_snap_range){ index, 1 });
    int r;

    if (l->uncertain || l->error != 0 || rule == NULL)
        return;
    if (result->limit != NULL) {
        l->uncertain = is_limit_of_code(l, result->limit_detail);
        return;
    }
    /* an allow rule holds for certain, or not at all */
    if (result->holds && rule->action == AA_ACTION_ALLOW)
        return;
    r = rule_holds(l, rule, result->holds);
    if (r < 0)
        l->error = r;
    else
        l->uncertain = (r == 1) != result->holds;
}

/* Whether it would be read otherwise if nothing stood where the values did. */
static int hides_code(const struct supposed *supposed, const struct aa_snapshot *snapshot,
                      const struct aa_request *request)
{
    struct supposed without = *supposed;
    struct supposition supposition;
    struct aa_fault fault = { 0 };
    int r;

    if (request->opaque_why == NULL)
        return 0;
    without.doubt = NULL;
    r = suppose(&without, snapshot, &supposition, &fault);
    if (r == 0)
        r = supposition.request->opaque_why == NULL ||
            !aa_streq(supposition.request->opaque_why, request->opaque_why);
    supposition_free(&supposition);
    return r;
}

int replay_decide_masked(const struct supposed *supposed, const struct supposition *supposition,
                         const struct aa_snapshot *snapshot, struct aa_outcome *ret,
                         bool *ret_uncertain, struct aa_fault *fault)
{
    struct looking looking = { .snapshot = snapshot, .request = supposition->request };
    int r = hides_code(supposed, snapshot, supposition->request);

    if (r < 0)
        return r;
    looking.code = r > 0;
    r = aa_decide_policy(snapshot, supposition->request, ret, look_at_rule, &looking, fault);
    if (r < 0 || looking.error < 0)
        return r < 0 ? r : looking.error;
    *ret_uncertain = looking.uncertain ||
                     (ret->rule == AA_NO_RULE && is_limit_of_code(&looking, ret->near_detail));
    return 0;
}
