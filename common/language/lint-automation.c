/* SPDX-License-Identifier: ISC */
/* Rules that reach what runs by itself: nobody is there who waits, and nobody who would ask for it. */
#include "lint-internal.h"

static const char *const unattended[] = { "cron", "crond", "atd", "anacron", "systemd-user",
                                          "sshd", "login", "gdm-password", "lightdm", "sddm" };

static const char *unattended_service(const struct aa_config_rule *rule)
{
    for (size_t i = 0; i < AA_ARRAY_SIZE(unattended); i++) {
        if (aa_rule_names(rule, AA_KEY_SERVICE, unattended[i]))
            return unattended[i];
    }
    return NULL;
}

static bool names_only_root(const struct aa_config_rule *rule)
{
    bool found = false;

    for (const struct aa_config_condition *c = rule->conditions; c != NULL; c = c->next) {
        if (c->key != AA_KEY_USER || c->negated)
            continue;
        for (size_t i = 0; i < c->words.n; i++) {
            if (c->words.v[i].has_glob || !aa_streq(c->words.v[i].text, "root"))
                return false;
            found = true;
        }
    }
    return found;
}

/* Some condition says whose logins are meant. */
static bool says_whose(const struct aa_config_rule *rule)
{
    for (const struct aa_config_condition *c = rule->conditions; c != NULL; c = c->next) {
        if (c->key == AA_KEY_RUNAS || c->key == AA_KEY_USER || c->key == AA_KEY_GROUP ||
            c->key == AA_KEY_AGENT || c->key == AA_KEY_RHOST)
            return true;
    }
    return false;
}

/* The default reaches PAM only where the configuration makes use of PAM at all. */
static void look_at_default(struct aa_linting *l)
{
    const struct aa_config_rule *pam = NULL;

    for (const struct aa_config_rule *r = l->config->rules.first; r != NULL; r = r->next) {
        if (!aa_rule_only_pam(r))
            continue;
        if (r->action == AA_ACTION_ALLOW)
            return; /* services were thought of */
        pam = pam == NULL ? r : pam;
    }
    if (pam != NULL)
        aa_lint_warn(l, AA_LINT_AUTOMATION, l->config->default_place,
                     "rule %s puts PAM services under approval, and the default asks for all "
                     "others that have the module, cron and systemd-user for two, where nobody "
                     "waits; put a rule in front: rule unattended { when frontend pam; "
                     "when service cron crond atd systemd-user; allow }", pam->named.name);
}

void aa_lint_automation(struct aa_linting *l, const struct aa_config_rule *rule)
{
    const char *service;

    if (rule == NULL) {
        look_at_default(l);
        return;
    }
    if (rule->action == AA_ACTION_ALLOW)
        return;
    if (names_only_root(rule) && aa_rule_only_sudo(rule))
        aa_lint_warn(l, AA_LINT_AUTOMATION, rule->named.place,
                     "rule %s is about root under sudo, where uid 0 is never held up: it does "
                     "not stop root's scripts and jobs; if logins are meant, say when frontend "
                     "pam, else leave it out", rule->named.name);
    if (!aa_rule_only_pam(rule) || says_whose(rule))
        return;
    service = unattended_service(rule);
    if (service == NULL && !aa_rule_has(rule, AA_KEY_SERVICE))
        service = "every PAM service, cron and systemd-user among them,";
    if (service != NULL)
        aa_lint_warn(l, AA_LINT_AUTOMATION, rule->named.place,
                     "rule %s %s %s for every account, root's own jobs and logins too; say "
                     "whose with when runas NAME", rule->named.name,
                     rule->action == AA_ACTION_DENY ? "denies" : "holds up", service);
}
