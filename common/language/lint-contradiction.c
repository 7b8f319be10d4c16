/* SPDX-License-Identifier: ISC */
/*
 * Rules whose own conditions cannot all hold. Careful with what has two values: an ask or deny rule
 * looks at the account and at the login, at both names of a uid and at every name of a command, so
 * that "user alice" and "not user alice" can hold at once. Only allow rules want all of them.
 */
#include "lint-internal.h"

#include "lint-time.h"
#include "policy/glob.h"

enum { CONDITIONS_LOOKED_AT = 64 };

/* What has one value in every rule, and is there or not in both conditions alike. */
static bool is_single(enum aa_key key)
{
    return key == AA_KEY_FRONTEND || key == AA_KEY_SERVICE || key == AA_KEY_TTY ||
           key == AA_KEY_RUNAS_GROUP;
}

static bool is_flag(enum aa_key key)
{
    return key == AA_KEY_INTERACTIVE_SHELL || key == AA_KEY_EDIT || key == AA_KEY_INTERCEPTED;
}

/* What an allow rule wants to lie inside the words as a whole. */
static bool is_whole_in_allow(enum aa_key key)
{
    return key == AA_KEY_USER || key == AA_KEY_AGENT || key == AA_KEY_RUNAS || key == AA_KEY_CWD ||
           key == AA_KEY_COMMAND || key == AA_KEY_HOST;
}

static bool times_exclude(const struct aa_config_condition *a, const struct aa_config_condition *b)
{
    struct aa_week x, y;

    aa_week_of(&a->words, &x);
    aa_week_of(&b->words, &y);
    if (a->negated == b->negated)
        return !a->negated && !aa_weeks_meet(&x, &y);
    return a->negated ? aa_week_is_within(&y, &x) : aa_week_is_within(&x, &y);
}

static bool exclude_each_other(enum aa_action action, const struct aa_config_condition *a,
                               const struct aa_config_condition *b)
{
    bool allow = action == AA_ACTION_ALLOW;

    if (a->key != b->key)
        return false;
    if (a->key == AA_KEY_TIME)
        return times_exclude(a, b);
    if (is_flag(a->key))
        return a->negated != b->negated;
    if (!a->negated && !b->negated) {
        /* a person may have several accounts, an account has one name */
        return (is_single(a->key) || (allow && is_whole_in_allow(a->key))) &&
               !aa_words_overlap(a->key, &a->words, &b->words);
    }
    if (a->negated == b->negated)
        return false;
    if (!is_single(a->key) && a->key != AA_KEY_RHOST &&
        !(allow && (is_whole_in_allow(a->key) || a->key == AA_KEY_GROUP)))
        return false;
    return a->negated ? aa_words_cover(a->key, &a->words, &b->words) :
                        aa_words_cover(a->key, &b->words, &a->words);
}

static bool is_among(const struct aa_word_list *words, const char *account)
{
    for (size_t i = 0; i < words->n; i++) {
        const struct aa_word *word = &words->v[i];

        if (word->has_glob ? aa_glob_match(word->glob, account) == 1 :
                             aa_streq(word->text, account))
            return true;
    }
    return false;
}

/* An allow rule wants account and login to be the agent's and to be among the users. */
static bool agents_are_no_users(const struct aa_config *config,
                                const struct aa_config_condition *agents,
                                const struct aa_config_condition *users)
{
    for (size_t i = 0; i < agents->words.n; i++) {
        const struct aa_config_entity *a = config->agents.first;

        if (aa_streq(agents->words.v[i].text, "any"))
            return false;
        for (; a != NULL && !aa_streq(a->named.name, agents->words.v[i].text);)
            a = a->next;
        if (a == NULL)
            return false; /* defined elsewhere */
        for (const struct aa_config_account *x = a->accounts; x != NULL; x = x->next) {
            if (x->word->has_glob || is_among(&users->words, x->word->text))
                return false;
        }
    }
    return true;
}

bool aa_lint_contradictions(struct aa_linting *l, const struct aa_config_rule *rule)
{
    const struct aa_config_condition *a = rule->conditions, *b;
    size_t looked_at = 0;

    if (aa_rule_only_sudo(rule) && aa_rule_only_pam(rule)) {
        aa_lint_warn(l, AA_LINT_NEVER, rule->named.place,
                     "rule %s never holds: it wants a PAM service, and says something that only "
                     "sudo knows (a command, its args or operands, env, or frontend sudo); take "
                     "one of the two out", rule->named.name);
        return true;
    }
    for (; a != NULL && looked_at < CONDITIONS_LOOKED_AT; a = a->next, looked_at++) {
        size_t further = looked_at;

        for (b = a->next; b != NULL && further < CONDITIONS_LOOKED_AT; b = b->next, further++) {
            if (exclude_each_other(rule->action, a, b)) {
                aa_lint_warn(l, AA_LINT_NEVER, b->place,
                             "rule %s never holds: this line and the one on line %u exclude each "
                             "other; all lines of a rule have to hold, alternatives stand in one "
                             "line", rule->named.name, a->place.line);
                return true;
            }
            if (rule->action == AA_ACTION_ALLOW && !a->negated && !b->negated &&
                ((a->key == AA_KEY_AGENT && b->key == AA_KEY_USER &&
                  agents_are_no_users(l->config, a, b)) ||
                 (b->key == AA_KEY_AGENT && a->key == AA_KEY_USER &&
                  agents_are_no_users(l->config, b, a)))) {
                aa_lint_warn(l, AA_LINT_NEVER, b->place,
                             "rule %s never holds: no account of that agent is among those users; "
                             "leave out one of the two lines", rule->named.name);
                return true;
            }
        }
    }
    return false;
}
