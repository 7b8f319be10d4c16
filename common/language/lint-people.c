/* SPDX-License-Identifier: ISC */
/* Who is left to answer when those are taken away who ask: their own answers never count. */
#include "lint-internal.h"

enum { WORK_MAX = 10 * 1000 * 1000 }; /* past it nobody is counted any more */

/* Persons who surely ask, for one of the requesters that a rule names. */
struct requester {
    const char *name;      /* as the rule names it */
    const struct aa_config_entity *person; /* one person, or ... */
    const struct aa_config_entity *agent;  /* ... an agent's owners */
};

static bool is_member(struct aa_linting *l, const struct aa_config_ask *ask, const char *person)
{
    for (size_t i = 0; i < ask->from.n; i++) {
        const struct aa_config_entity *group = aa_find_entity(l->config->groups.first,
                                                              ask->from.v[i].text);
        const struct aa_config_account *m = group == NULL ? NULL : group->accounts;

        for (; m != NULL; m = m->next) {
            l->people_work++;
            if (m->kind == AA_MEMBER_PERSON && aa_streq(m->word->text, person))
                return true;
        }
    }
    return false;
}

/* All who may answer are named persons: else nobody can count them here. */
static bool can_be_counted(const struct aa_config *config, const struct aa_config_ask *ask)
{
    for (size_t i = 0; i < ask->from.n; i++) {
        const struct aa_config_entity *group = aa_find_entity(config->groups.first,
                                                              ask->from.v[i].text);
        const struct aa_config_account *m = group == NULL ? NULL : group->accounts;

        if (group == NULL)
            return false;
        for (; m != NULL; m = m->next) {
            if (m->kind != AA_MEMBER_PERSON)
                return false;
        }
    }
    return ask->from.n > 0;
}

static bool is_self(const struct requester *requester, const struct aa_config_entity *person)
{
    if (requester->person == person)
        return true;
    for (size_t i = 0; requester->agent != NULL && i < requester->agent->owners.n; i++) {
        if (aa_streq(requester->agent->owners.v[i].text, person->named.name))
            return true;
    }
    return false;
}

/* Members whom the channels reach and who are not "requester"; those who are, in ret_self. */
static unsigned count(struct aa_linting *l, const struct aa_config_ask *ask,
                      const struct requester *requester, unsigned *ret_self)
{
    const struct aa_config *config = l->config;
    uint32_t types = aa_ask_channel_types(config, ask);
    unsigned n = 0;

    *ret_self = 0;
    for (const struct aa_config_entity *p = config->persons.first; p != NULL; p = p->next) {
        l->people_work++;
        if (!aa_person_is_reachable(p, types) || !is_member(l, ask, p->named.name))
            continue;
        if (requester != NULL && is_self(requester, p))
            ++*ret_self;
        else
            n++;
    }
    return n;
}

static const struct aa_config_entity *person_of(const struct aa_config *config,
                                                const char *account)
{
    for (const struct aa_config_entity *p = config->persons.first; p != NULL; p = p->next) {
        for (const struct aa_config_account *a = p->accounts; a != NULL; a = a->next) {
            if (a->kind == AA_ACCOUNT_UNIX && aa_streq(a->word->text, account))
                return p;
        }
    }
    return NULL;
}

static const struct aa_config_entity *agent_of(const struct aa_config *config,
                                               const char *account)
{
    for (const struct aa_config_entity *p = config->agents.first; p != NULL; p = p->next) {
        for (const struct aa_config_account *a = p->accounts; a != NULL; a = a->next) {
            if (aa_streq(a->word->text, account))
                return p;
        }
    }
    return NULL;
}

/* True when there was something to tell. */
static bool look_at(struct aa_linting *l, const struct aa_config_rule *rule,
                    const struct aa_config_ask *ask, const struct aa_word *word,
                    const struct requester *requester)
{
    unsigned self, others;

    if (requester->agent != NULL && (ask->flags & AA_ASK_OWNER_MAY_APPROVE) != 0)
        return false;
    others = count(l, ask, requester, &self);
    if (self == 0)
        return false;
    if (others < ask->quorum)
        aa_lint_warn(l, AA_LINT_APPROVER, word->place,
                     "what %s asks by rule %s can never be approved: %s own answers never count, "
                     "%u other person%s may answer and the quorum is %u; add people to its groups%s",
                     requester->name, rule->named.name,
                     requester->agent != NULL ? "its owners'" : "their", others,
                     others == 1 ? "" : "s", ask->quorum,
                     requester->agent != NULL ? ", or say owner-may-approve" : "");
    else if (requester->person != NULL)
        aa_lint_warn(l, AA_LINT_APPROVER, word->place,
                     "%s asks and answers in rule %s: their own answers never count, %u other "
                     "person%s remain%s; if that is enough, nothing is to be done",
                     requester->name, rule->named.name, others, others == 1 ? "" : "s",
                     others == 1 ? "s" : "");
    else
        return false;
    return true;
}

static bool look_at_word(struct aa_linting *l, const struct aa_config_rule *rule,
                         const struct aa_config_ask *ask, enum aa_key key,
                         const struct aa_word *word)
{
    struct requester requester = { .name = word->text };

    if (key == AA_KEY_USER && !word->has_glob) {
        requester.person = person_of(l->config, word->text);
        requester.agent = agent_of(l->config, word->text);
        return (requester.person != NULL || requester.agent != NULL) &&
               look_at(l, rule, ask, word, &requester);
    }
    if (key != AA_KEY_AGENT)
        return false;
    for (const struct aa_config_entity *a = l->config->agents.first; a != NULL; a = a->next) {
        if (!aa_streq(word->text, "any") && !aa_streq(word->text, a->named.name))
            continue;
        requester = (struct requester){ .name = a->named.name, .agent = a };
        if (look_at(l, rule, ask, word, &requester))
            return true;
    }
    return false;
}

void aa_lint_people(struct aa_linting *l, const struct aa_config_rule *rule)
{
    struct aa_config_ask ask = aa_complete_ask(l->config, rule);
    const char *name = rule != NULL ? rule->named.name : "default";
    unsigned self, reachable;

    if (l->options->fragment || l->people_work > WORK_MAX || !can_be_counted(l->config, &ask))
        return;
    reachable = count(l, &ask, NULL, &self);
    if (reachable < ask.quorum) {
        aa_lint_warn(l, AA_LINT_QUORUM,
                     rule != NULL ? rule->named.place : l->config->default_place,
                     "%s%s can never be approved: it wants a quorum of %u, and its groups have %u "
                     "persons whom its channels reach; lower the quorum, or add people",
                     rule != NULL ? "rule " : "the ", name, ask.quorum, reachable);
        return;
    }
    if (rule == NULL)
        return;
    for (const struct aa_config_condition *c = rule->conditions; c != NULL; c = c->next) {
        for (size_t i = 0; !c->negated && i < c->words.n; i++) {
            if (look_at_word(l, rule, &ask, c->key, &c->words.v[i]))
                return;
        }
    }
}
