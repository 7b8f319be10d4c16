/* SPDX-License-Identifier: ISC */
#include "policy.h"

#include <errno.h>

struct limit {
    const char *what, *detail;
};

static int has_variable(const struct aa_snapshot *snapshot, struct aa_snap_range names,
                        const char *name)
{
    const struct aa_snap_word *words = aa_snapshot_words(snapshot, names);

    if (words == NULL)
        return -EBADMSG;
    for (uint32_t i = 0; i < names.count; i++) {
        int r = aa_word_matches(snapshot, &words[i], name);

        if (r != 0)
            return r;
    }
    return 0;
}

/* Whether some group takes members that only the outside (or the group database) knows. */
static int has_open_group(const struct aa_snapshot *snapshot)
{
    struct aa_snap_range all = { 0, aa_snapshot_count(snapshot, AA_SECTION_MEMBERS) };
    const struct aa_snap_member *members = aa_snapshot_elements(snapshot, AA_SECTION_MEMBERS, all);

    for (uint32_t i = 0; i < all.count; i++) {
        if (members[i].kind != AA_MEMBER_PERSON)
            return 1;
    }
    return 0;
}

static int is_named_member(const struct aa_snapshot *snapshot, const char *person)
{
    struct aa_snap_range all = { 0, aa_snapshot_count(snapshot, AA_SECTION_MEMBERS) };
    const struct aa_snap_member *members = aa_snapshot_elements(snapshot, AA_SECTION_MEMBERS, all);

    for (uint32_t i = 0; i < all.count; i++) {
        const char *name = aa_snapshot_text(snapshot, members[i].name);

        if (name == NULL)
            return -EBADMSG;
        if (members[i].kind == AA_MEMBER_PERSON && aa_streq(name, person))
            return 1;
    }
    return 0;
}

/*
 * Whether the command would run as somebody who may answer requests: then it could answer them.
 * Where membership is known only elsewhere (a chat group, a mail domain), who could be counts.
 */
static int runs_as_approver(const struct aa_snapshot *snapshot, const struct aa_request *request)
{
    struct aa_snap_range all = { 0, aa_snapshot_count(snapshot, AA_SECTION_PERSONS) };
    const struct aa_snap_person *persons = aa_snapshot_elements(snapshot, AA_SECTION_PERSONS, all);
    int open = has_open_group(snapshot);

    if (request->runas_uid == 0)
        return 0; /* root never counts as an approver */
    if (open && snapshot->header->settings.by_email.count > 0 && !request->runas_is_system)
        return 1;
    for (uint32_t i = 0; i < all.count; i++) {
        const struct aa_snap_account *accounts =
            aa_snapshot_elements(snapshot, AA_SECTION_ACCOUNTS, persons[i].accounts);
        const char *person = aa_snapshot_text(snapshot, persons[i].name);

        if (accounts == NULL || person == NULL)
            return -EBADMSG;
        for (uint32_t j = 0; j < persons[i].accounts.count; j++) {
            const char *name = aa_snapshot_text(snapshot, accounts[j].name);

            if (name == NULL)
                return -EBADMSG;
            if (accounts[j].kind != AA_ACCOUNT_UNIX ||
                (!aa_streq(name, request->runas_user) &&
                 (request->runas_alias == NULL || !aa_streq(name, request->runas_alias))))
                continue;
            return open ? 1 : is_named_member(snapshot, person);
        }
    }
    return 0;
}

/* The limits that every allow obeys, "default allow" included: 1 with the limit, 0 none. */
static int allow_limit(const struct aa_snapshot *snapshot, const struct aa_request *request,
                       uint32_t flags, struct aa_snap_range env_ok, bool names_edit,
                       struct limit *ret)
{
    size_t variables = request->variables_n;
    int r;

    if ((flags & AA_ALLOW_APPROVER_OK) == 0) {
        r = runs_as_approver(snapshot, request);
        if (r < 0)
            return r;
        if (r == 1) {
            *ret = (struct limit){ "it would run as an approver's account", request->runas_user };
            return 1;
        }
    }
    if (request->frontend != AA_FRONTEND_SUDO)
        return 0;
    if (request->edit && !names_edit) {
        *ret = (struct limit){ "sudoedit is allowed only by a rule with \"when edit\"", "" };
        return 1;
    }
    if (request->chroot != NULL) {
        *ret = (struct limit){ "it would run under another root folder", request->chroot };
        return 1;
    }
    if (request->opaque_why != NULL && (flags & AA_ALLOW_OPAQUE_OK) == 0) {
        *ret = (struct limit){ "what it would run cannot be read for certain",
                               request->opaque_why };
        return 1;
    }
    if (request->effective_n == 0) {
        *ret = (struct limit){ "there is no command in it", "" };
        return 1;
    }
    for (size_t i = 0; i < request->effective_n; i++) {
        const struct aa_effective *effective = &request->effective[i];

        if (effective->unbound_why != NULL) {
            *ret = (struct limit){ "somebody other than root could change what would run",
                                   effective->unbound_why };
            return 1;
        }
        if (effective->writes_to != NULL && (flags & AA_ALLOW_OPAQUE_OK) == 0) {
            *ret = (struct limit){ "it writes to a file by a redirection", effective->writes_to };
            return 1;
        }
        if (effective->wrapped && (flags & AA_ALLOW_WRAPPED_OK) == 0) {
            *ret = (struct limit){ "it is wrapped in another command", request->command };
            return 1;
        }
    }
    if (request->edit)
        return 0; /* the editor runs as the requester, in the requester's own environment */
    /* what the command line sets, code that may not be read could set as well */
    if ((flags & AA_ALLOW_OPAQUE_OK) != 0)
        variables = AA_MIN(variables, request->handed_over_n);
    for (size_t i = 0; i < variables; i++) {
        const struct aa_variable *variable = &request->variables[i];

        if (variable->refused_why == NULL)
            continue;
        r = has_variable(snapshot, env_ok, variable->name);
        if (r < 0)
            return r;
        if (r == 0) {
            *ret = (struct limit){ variable->refused_why, variable->name };
            return 1;
        }
    }
    return 0;
}

/*
 * A rule that takes what cannot be read, and what is wrapped, need not name a shell's builtins (no
 * rule could: they have no file). All else in the command has to match it as in any other rule, and
 * conditions with "not" look at everything.
 */
struct without_builtins {
    struct aa_request view;
    struct aa_effective list[AA_EFFECTIVE_MAX];
};

static const struct aa_request *leave_out_builtins(const struct aa_request *request,
                                                   struct without_builtins *out)
{
    size_t n = 0;

    for (size_t i = 0; i < request->effective_n && i < AA_EFFECTIVE_MAX; i++) {
        if (!request->effective[i].builtin)
            out->list[n++] = request->effective[i];
    }
    out->view = *request;
    out->view.effective = out->list;
    out->view.effective_n = n;
    return &out->view;
}

static int try_rule(const struct aa_snapshot *snapshot, const struct aa_snap_rule *rule,
                    const struct aa_request *request, const struct aa_request *positive,
                    struct aa_rule_result *ret)
{
    const struct aa_snap_condition *conditions =
        aa_snapshot_elements(snapshot, AA_SECTION_CONDITIONS, rule->conditions);
    uint64_t candidates = AA_ALL_CANDIDATES(positive);
    bool names_edit = false;
    struct limit limit;
    int r;

    if (conditions == NULL)
        return -EBADMSG;
    *ret = (struct aa_rule_result){ .failed_condition = -1 };
    for (uint32_t i = 0; i < rule->conditions.count; i++) {
        r = aa_condition_holds(snapshot, &conditions[i], rule->action,
                               conditions[i].negated ? request : positive, &candidates);
        if (r < 0)
            return r;
        if (r == 0) {
            ret->failed_condition = (int)i;
            return 0;
        }
        names_edit |= conditions[i].key == AA_KEY_EDIT && !conditions[i].negated;
    }
    if (rule->action == AA_ACTION_ALLOW) {
        r = allow_limit(snapshot, request, rule->flags, rule->env_ok, names_edit, &limit);
        if (r < 0)
            return r;
        if (r == 1) {
            ret->limit = limit.what;
            ret->limit_detail = limit.detail;
            return 0;
        }
    }
    ret->holds = true;
    return 0;
}

/* In a frame of its own: the view is large, and few rules want it. */
static __attribute__((noinline)) int try_rule_without_builtins(const struct aa_snapshot *snapshot,
                                                               const struct aa_snap_rule *rule,
                                                               const struct aa_request *request,
                                                               struct aa_rule_result *ret)
{
    struct without_builtins room;

    return try_rule(snapshot, rule, request, leave_out_builtins(request, &room), ret);
}

static bool takes_builtins(const struct aa_snap_rule *rule, const struct aa_request *request)
{
    const uint32_t both = AA_ALLOW_OPAQUE_OK | AA_ALLOW_WRAPPED_OK;

    return rule->action == AA_ACTION_ALLOW && (rule->flags & both) == both && request->effective_n > 1;
}

static int damaged(struct aa_fault *fault, int error)
{
    if (error == -E2BIG)
        return aa_fault(fault, AA_FAULT_TOO_LARGE, error,
                        "the command is too large to hold it against the policy");
    return aa_fault(fault, AA_FAULT_SNAPSHOT_DAMAGED, error,
                    "the policy snapshot is damaged (a reference leaves the file)");
}

static int decide_default(const struct aa_snapshot *snapshot, const struct aa_request *request,
                          struct aa_outcome *outcome)
{
    const struct aa_snap_settings *settings = &snapshot->header->settings;
    static const struct aa_snap_range nothing;
    struct limit limit;
    int r;

    outcome->name = "default";
    outcome->rule = AA_NO_RULE;
    outcome->action = AA_ACTION_DENY;
    switch (settings->default_action) {
    case AA_ACTION_NONE:
        return 0;
    case AA_ACTION_DENY:
        outcome->why = aa_snapshot_text(snapshot, settings->default_why);
        return outcome->why == NULL ? -EBADMSG : 0;
    case AA_ACTION_ASK:
        outcome->action = AA_ACTION_ASK;
        outcome->ask = settings->default_ask;
        return outcome->ask < aa_snapshot_count(snapshot, AA_SECTION_ASKS) ? 0 : -EBADMSG;
    case AA_ACTION_ALLOW:
        r = allow_limit(snapshot, request, 0, nothing, false, &limit);
        if (r < 0)
            return r;
        if (r == 0) {
            outcome->action = AA_ACTION_ALLOW;
        } else if (outcome->near_rule == NULL) {
            outcome->near_rule = "default";
            outcome->near_limit = limit.what;
            outcome->near_detail = limit.detail;
        }
        return 0;
    default:
        return -EBADMSG;
    }
}

int aa_decide_policy(const struct aa_snapshot *snapshot, const struct aa_request *request,
                     struct aa_outcome *ret, aa_rule_trace trace, void *context,
                     struct aa_fault *fault)
{
    struct aa_snap_range all = { 0, aa_snapshot_count(snapshot, AA_SECTION_RULES) };
    const struct aa_snap_rule *rules = aa_snapshot_elements(snapshot, AA_SECTION_RULES, all);
    struct aa_outcome outcome = { .action = AA_ACTION_DENY, .why = "", .name = "default" };
    int r;

    for (uint32_t i = 0; i < all.count; i++) {
        struct aa_rule_result result;

        r = takes_builtins(&rules[i], request) ?
                try_rule_without_builtins(snapshot, &rules[i], request, &result) :
                try_rule(snapshot, &rules[i], request, request, &result);
        if (r < 0)
            return damaged(fault, r);
        if (trace != NULL)
            trace(context, i, &result);
        if (result.limit != NULL && outcome.near_rule == NULL) {
            outcome.near_rule = aa_snapshot_text(snapshot, rules[i].name);
            outcome.near_limit = result.limit;
            outcome.near_detail = result.limit_detail;
        }
        if (!result.holds)
            continue;
        outcome.action = rules[i].action;
        outcome.rule = (int)i;
        outcome.ask = rules[i].ask;
        outcome.name = aa_snapshot_text(snapshot, rules[i].name);
        outcome.why = aa_snapshot_text(snapshot, rules[i].why);
        if (outcome.name == NULL || outcome.why == NULL || aa_action_name(outcome.action) == NULL ||
            (outcome.action == AA_ACTION_ASK &&
             outcome.ask >= aa_snapshot_count(snapshot, AA_SECTION_ASKS)))
            return damaged(fault, -EBADMSG);
        *ret = outcome;
        return 0;
    }
    r = decide_default(snapshot, request, &outcome);
    if (r < 0)
        return damaged(fault, r);
    *ret = outcome;
    return 0;
}
