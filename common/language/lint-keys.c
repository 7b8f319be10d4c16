/* SPDX-License-Identifier: ISC */
/* Keys that widen what a rule lets through, and settings that do so for all. */
#include "lint-internal.h"

#include <string.h>

#include "classify/programs.h"

static void look_at_variables(struct aa_linting *l, const struct aa_config_rule *rule)
{
    for (size_t i = 0; i < rule->env_ok.n; i++) {
        const struct aa_word *word = &rule->env_ok.v[i];
        const char *why = aa_variable_danger(&l->data, word->text);

        if (why != NULL)
            aa_lint_warn(l, AA_LINT_ENV_OK, word->place,
                         "the caller sets %s and rule %s lets it through: %s; leave it out, or "
                         "ask instead of allow", word->text, rule->named.name, why);
    }
}

/* A command of the rule that is a wrapper or a shell, or may be one. */
static const struct aa_word *wrapper_in(const struct aa_config_rule *rule)
{
    for (const struct aa_config_condition *c = rule->conditions; c != NULL; c = c->next) {
        for (size_t i = 0; c->key == AA_KEY_COMMAND && !c->negated && i < c->words.n; i++) {
            const struct aa_word *word = &c->words.v[i];

            if (word->has_glob || aa_program_kind(aa_base_name(word->text)) != AA_PROGRAM_PLAIN)
                return word;
        }
    }
    return NULL;
}

void aa_lint_allow_keys(struct aa_linting *l, const struct aa_config_rule *rule)
{
    const struct aa_word *wrapper = wrapper_in(rule);

    look_at_variables(l, rule);
    if ((rule->allow_flags & AA_ALLOW_APPROVER_OK) != 0)
        aa_lint_warn(l, AA_LINT_APPROVER_OK, rule->named.place,
                     "rule %s allows commands under the account of somebody who may answer: such a "
                     "command can approve requests in their name; leave out approver-ok",
                     rule->named.name);
    if (aa_rule_is_carte_blanche(rule))
        return;
    if ((rule->allow_flags & AA_ALLOW_OPAQUE_OK) != 0)
        aa_lint_warn(l, AA_LINT_OPAQUE_OK, rule->named.place,
                     "rule %s allows what cannot be read for certain, such as code on an "
                     "interpreter's command line: what it names is then no limit; leave out "
                     "opaque-ok, or put the code into a script of root's and allow that",
                     rule->named.name);
    if ((rule->allow_flags & AA_ALLOW_WRAPPED_OK) != 0 && wrapper != NULL)
        aa_lint_warn(l, AA_LINT_WRAPPED_OK, wrapper->place,
                     "rule %s has wrapped-ok and allows \"%s\": a wrapper changes what it wraps "
                     "(env sets any variable, LD_PRELOAD too; a shell has functions and "
                     "redirections); allow the command alone, without wrapped-ok",
                     rule->named.name, wrapper->text);
}

void aa_lint_ask_keys(struct aa_linting *l, const struct aa_config_rule *rule)
{
    if ((rule->ask.flags & AA_ASK_ALLOW_UNBOUND) != 0)
        aa_lint_warn(l, AA_LINT_ALLOW_UNBOUND, rule->named.place,
                     "rule %s asks about files that others than root can change: they can become "
                     "something else behind the approval; leave out allow-unbound, or give the "
                     "files to root", rule->named.name);
}

void aa_lint_default(struct aa_linting *l)
{
    const struct aa_config *config = l->config;

    if (config->default_action == AA_ACTION_NONE && !l->options->fragment)
        aa_lint_warn(l, AA_LINT_DEFAULT, (struct aa_place){ 0 },
                     "no default: what no rule covers is denied, logins by PAM too; say "
                     "default deny \"why\", or default ask CHANNEL");
    if (config->default_action == AA_ACTION_ALLOW)
        aa_lint_warn(l, AA_LINT_DEFAULT_ALLOW, config->default_place,
                     "default allow: what no rule covers runs at once, whatever it is; allow what "
                     "is known in rules, and say default ask CHANNEL or default deny \"why\"");
    if ((config->default_ask.flags & AA_ASK_ALLOW_UNBOUND) != 0)
        aa_lint_warn(l, AA_LINT_ALLOW_UNBOUND, config->default_place,
                     "default allow-unbound: every ask takes files that others than root can "
                     "change behind the approval; say it in the rules that need it");
    if (config->default_action == AA_ACTION_ASK) {
        aa_lint_automation(l, NULL);
        aa_lint_people(l, NULL);
    }
}
