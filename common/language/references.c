/* SPDX-License-Identifier: ISC */
#include "references.h"

#include "policy/label.h"

enum { DEFAULT_TIMEOUT_SECONDS = 300 };

/* ---- names ---- */

/* Sorted, for finding a name among many. */
struct names {
    const struct aa_named **v;
    size_t n;
};

static int by_name(const void *a, const void *b)
{
    const struct aa_named *const *x = a, *const *y = b;
    int order = strcmp((*x)->name, (*y)->name);

    if (order != 0)
        return order;
    /* the earlier one is the first: sources lie in the order in which they are read */
    if ((*x)->place.source != (*y)->place.source)
        return (*x)->place.source < (*y)->place.source ? -1 : 1;
    return (*x)->place.line < (*y)->place.line ? -1 : 1;
}

static bool start_names(struct aa_config *config, struct names *names, size_t n)
{
    *names = (struct names){ .v = AA_NEW_ARRAY(config->arena, const struct aa_named *, n) };
    config->complaints->out_of_memory |= names->v == NULL;
    return names->v != NULL;
}

static void finish_names(struct aa_config *config, struct names *names, const char *what)
{
    if (names->n == 0)
        return;
    qsort(names->v, names->n, sizeof(*names->v), by_name);
    for (size_t i = 1; i < names->n; i++) {
        if (aa_streq(names->v[i - 1]->name, names->v[i]->name))
            aa_complain(config->complaints, names->v[i]->place,
                        "there is %s %s named %s already, in %s line %u",
                        what[0] == 'a' ? "an" : "a", what, names->v[i]->name,
                        names->v[i - 1]->place.source->path, names->v[i - 1]->place.line);
    }
}

#define COLLECT_NAMES(config, names, list, type, what)                                  \
    do {                                                                                \
        if (!start_names((config), (names), (list)->n))                                 \
            return;                                                                     \
        for (const type *item_ = (list)->first; item_ != NULL; item_ = item_->next)     \
            (names)->v[(names)->n++] = &item_->named;                                   \
        finish_names((config), (names), (what));                                        \
    } while (0)

static bool is_known(const struct names *names, const char *name)
{
    struct aa_named wanted = { .name = name };
    size_t low = 0, high = names->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(names->v[middle]->name, wanted.name);

        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static void want(struct aa_config *config, const struct names *names, const struct aa_word *word,
                 const char *what)
{
    const char *list[256], *nearest;
    size_t n = 0;

    if (is_known(names, word->text))
        return;
    for (; n < names->n && n < AA_ARRAY_SIZE(list); n++)
        list[n] = names->v[n]->name;
    nearest = aa_nearest(word->text, list, n);
    aa_complain(config->complaints, word->place, "there is no %s \"%s\"%s%s%s", what, word->text,
                nearest != NULL ? "; did you mean \"" : "", nearest != NULL ? nearest : "",
                nearest != NULL ? "\"?" : "");
}

static void want_all(struct aa_config *config, const struct names *names,
                     const struct aa_word_list *words, const char *what)
{
    for (size_t i = 0; i < words->n; i++)
        want(config, names, &words->v[i], what);
}

static void check_ask_names(struct aa_config *config, const struct names *channels,
                            const struct names *groups, const struct aa_config_ask *ask)
{
    want_all(config, channels, &ask->channels, "channel");
    want_all(config, channels, &ask->then_channels, "channel");
    want_all(config, groups, &ask->from, "group");
}

/* One account belongs to one person only: a vote has to map to exactly one. */
static void check_accounts(struct aa_config *config)
{
    for (const struct aa_config_entity *p = config->persons.first; p != NULL; p = p->next) {
        for (const struct aa_config_account *a = p->accounts; a != NULL; a = a->next) {
            for (const struct aa_config_entity *q = config->persons.first; q != NULL; q = q->next) {
                const struct aa_config_account *b = q->accounts;

                for (; b != NULL && b != a; b = b->next) {
                    if (a->kind == b->kind && aa_streq(a->word->text, b->word->text)) {
                        aa_complain(config->complaints, a->word->place,
                                    "the account \"%s\" is person %s's already, on line %u",
                                    a->word->text, q->named.name, b->word->place.line);
                        return;
                    }
                }
                if (b == a)
                    goto next;
            }
        next:;
        }
    }
}

/* A pack's rules mean the pack's own labels first. */
static void want_labels(struct aa_config *config, const struct names *labels,
                        const struct aa_config_rule *rule, struct aa_config_condition *condition)
{
    struct aa_word *words = AA_NEW_ARRAY(config->arena, struct aa_word, condition->words.n);

    for (size_t i = 0; words != NULL && i < condition->words.n; i++) {
        char *own = rule->pack == NULL ? NULL :
                                         aa_arena_printf(config->arena, "%s/%s", rule->pack,
                                                         condition->words.v[i].text);

        words[i] = condition->words.v[i];
        if (own != NULL && is_known(labels, own))
            words[i].text = words[i].glob = own;
        else
            want(config, labels, &words[i], "label");
    }
    config->complaints->out_of_memory |= words == NULL;
    if (words != NULL)
        condition->words.v = words;
}

/* One Unix account is one agent's, and no person's. */
static void check_agents(struct aa_config *config)
{
    for (const struct aa_config_entity *a = config->agents.first; a != NULL; a = a->next) {
        for (const struct aa_config_account *x = a->accounts; x != NULL; x = x->next) {
            const struct aa_config_entity *b = config->agents.first;

            for (; b != a; b = b->next) {
                for (const struct aa_config_account *y = b->accounts; y != NULL; y = y->next) {
                    if (aa_streq(x->word->text, y->word->text))
                        aa_complain(config->complaints, x->word->place,
                                    "the account \"%s\" is agent %s's already", x->word->text,
                                    b->named.name);
                }
            }
            for (b = config->persons.first; b != NULL; b = b->next) {
                for (const struct aa_config_account *y = b->accounts; y != NULL; y = y->next) {
                    if (y->kind == AA_ACCOUNT_UNIX && aa_streq(x->word->text, y->word->text))
                        aa_complain(config->complaints, x->word->place,
                                    "the account \"%s\" is person %s's: an agent needs one of its "
                                    "own", x->word->text, b->named.name);
                }
            }
        }
    }
}

/* A decision looks for so many extended attributes of each file, and no more. */
static void check_attributes(struct aa_config *config)
{
    const char *names[AA_LABEL_ATTRIBUTES_MAX];
    size_t n = 0;

    for (const struct aa_config_entity *label = config->labels.first; label != NULL; label = label->next) {
        for (size_t i = 0; i + 1 < label->xattrs.n; i += 2) {
            const struct aa_word *word = &label->xattrs.v[i];
            size_t at = 0;

            while (at < n && !aa_streq(names[at], word->text))
                at++;
            if (at < n)
                continue;
            if (n == AA_ARRAY_SIZE(names)) {
                aa_complain(config->complaints, word->place,
                            "labels name more than %d extended attributes in all",
                            (int)AA_LABEL_ATTRIBUTES_MAX);
                return;
            }
            names[n++] = word->text;
        }
    }
}

void aa_check_references(struct aa_config *config)
{
    struct names channels, persons, groups, agents, labels, rules;

    COLLECT_NAMES(config, &channels, &config->channels, struct aa_config_channel, "channel");
    COLLECT_NAMES(config, &persons, &config->persons, struct aa_config_entity, "person");
    COLLECT_NAMES(config, &groups, &config->groups, struct aa_config_entity, "group");
    COLLECT_NAMES(config, &agents, &config->agents, struct aa_config_entity, "agent");
    COLLECT_NAMES(config, &labels, &config->labels, struct aa_config_entity, "label");
    COLLECT_NAMES(config, &rules, &config->rules, struct aa_config_rule, "rule");
    check_accounts(config);
    check_agents(config);
    check_attributes(config);
    for (const struct aa_config_entity *g = config->groups.first; g != NULL; g = g->next) {
        for (const struct aa_config_account *m = g->accounts; m != NULL; m = m->next) {
            if (m->kind == AA_MEMBER_PERSON)
                want(config, &persons, m->word, "person");
        }
    }
    for (const struct aa_config_entity *a = config->agents.first; a != NULL; a = a->next)
        want_all(config, &persons, &a->owners, "person");
    check_ask_names(config, &channels, &groups, &config->default_ask);
    for (const struct aa_config_rule *r = config->rules.first; r != NULL; r = r->next) {
        check_ask_names(config, &channels, &groups, &r->ask);
        for (struct aa_config_condition *c = r->conditions; c != NULL; c = c->next) {
            if (c->key == AA_KEY_LABEL)
                want_labels(config, &labels, r, c);
            for (size_t i = 0; c->key == AA_KEY_AGENT && i < c->words.n; i++) {
                if (!aa_streq(c->words.v[i].text, "any"))
                    want(config, &agents, &c->words.v[i], "agent");
            }
        }
    }
}

/* ---- defaults ---- */

static void fill_in(struct aa_config_ask *ask, const struct aa_config_ask *from)
{
    if (from == NULL)
        return;
    if (!ask->channels_said && from->channels.n > 0) {
        ask->channels_said = true;
        ask->channels = from->channels;
        if (ask->then_channels.n == 0) {
            ask->then_channels = from->then_channels;
            ask->then_seconds = from->then_seconds;
        }
    }
    if (!ask->from_said && from->from_said) {
        ask->from_said = true;
        ask->from = from->from;
    }
    if (ask->quorum == 0)
        ask->quorum = from->quorum;
    if (ask->timeout_seconds == 0)
        ask->timeout_seconds = from->timeout_seconds;
    if (ask->reason == 0)
        ask->reason = from->reason;
    if (ask->risk == 0)
        ask->risk = from->risk;
    ask->flags |= from->flags & ~ask->flags_said;
    ask->flags_said |= from->flags_said;
}

struct aa_config_ask aa_complete_ask(const struct aa_config *config,
                                     const struct aa_config_rule *rule)
{
    struct aa_config_ask ask = { 0 };

    if (rule != NULL) {
        ask = rule->ask;
        fill_in(&ask, rule->include);
    }
    fill_in(&ask, &config->default_ask);
    if (ask.quorum == 0)
        ask.quorum = 1;
    if (ask.timeout_seconds == 0)
        ask.timeout_seconds = config->timeout_seconds != 0 ? config->timeout_seconds :
                                                             DEFAULT_TIMEOUT_SECONDS;
    if (ask.reason == 0)
        ask.reason = AA_REASON_OPTIONAL;
    if (ask.risk == 0)
        ask.risk = AA_RISK_MEDIUM;
    return ask;
}

/* ---- answerable ---- */

static const struct aa_config_channel *find_channel(const struct aa_config *config,
                                                    const char *name)
{
    const struct aa_config_channel *c = config->channels.first;

    while (c != NULL && !aa_streq(c->named.name, name))
        c = c->next;
    return c;
}

const struct aa_config_entity *aa_find_entity(const struct aa_config_entity *first,
                                              const char *name)
{
    while (first != NULL && !aa_streq(first->named.name, name))
        first = first->next;
    return first;
}

static uint32_t types_of(const struct aa_config *config, const struct aa_word_list *channels)
{
    uint32_t types = 0;

    for (size_t i = 0; i < channels->n; i++) {
        const struct aa_config_channel *channel = find_channel(config, channels->v[i].text);

        if (channel != NULL)
            types |= 1u << channel->type;
    }
    return types;
}

uint32_t aa_ask_channel_types(const struct aa_config *config, const struct aa_config_ask *ask)
{
    return types_of(config, &ask->channels) | types_of(config, &ask->then_channels);
}

bool aa_person_is_reachable(const struct aa_config_entity *person, uint32_t types)
{
    uint32_t network = types & ~(1u << AA_CHANNEL_LOCAL);
    bool has_unix = false, by_network = false;

    for (const struct aa_config_account *a = person->accounts; a != NULL; a = a->next) {
        has_unix |= a->kind == AA_ACCOUNT_UNIX;
        by_network |= (a->kind == AA_ACCOUNT_EMAIL && network != 0) ||
                      (a->kind == AA_ACCOUNT_SLACK && (network & 1u << AA_CHANNEL_SLACK) != 0) ||
                      (a->kind == AA_ACCOUNT_MATRIX && (network & 1u << AA_CHANNEL_MATRIX) != 0) ||
                      (a->kind == AA_ACCOUNT_TEAMS && (network & 1u << AA_CHANNEL_TEAMS) != 0) ||
                      (a->kind == AA_ACCOUNT_API && (network & 1u << AA_CHANNEL_API) != 0);
    }
    /* only a person with a Unix account counts, whatever the channel */
    return has_unix && ((types & 1u << AA_CHANNEL_LOCAL) != 0 || by_network);
}

static bool unix_group_can_answer(const struct aa_config *config, const char *group,
                                  uint32_t types, const struct aa_local_data *local)
{
    if (config->by_email.n > 0)
        return local == NULL || local->unix_group_exists(local, group) != 0;
    for (const struct aa_config_entity *p = config->persons.first; p != NULL; p = p->next) {
        if (!aa_person_is_reachable(p, types))
            continue;
        if (local == NULL)
            return true;
        for (const struct aa_config_account *a = p->accounts; a != NULL; a = a->next) {
            if (a->kind == AA_ACCOUNT_UNIX &&
                local->in_unix_group(local, group, a->word->text) != 0)
                return true; /* or it cannot be told now */
        }
    }
    return false;
}

static bool group_can_answer(const struct aa_config *config, const struct aa_config_entity *group,
                             uint32_t types, const struct aa_local_data *local)
{
    for (const struct aa_config_account *m = group->accounts; m != NULL; m = m->next) {
        const struct aa_config_entity *person;

        switch ((enum aa_member_kind)m->kind) {
        case AA_MEMBER_PERSON:
            person = aa_find_entity(config->persons.first, m->word->text);
            if (person != NULL && aa_person_is_reachable(person, types))
                return true;
            break;
        case AA_MEMBER_UNIX_GROUP:
            if (unix_group_can_answer(config, m->word->text, types, local))
                return true;
            break;
        case AA_MEMBER_SLACK_GROUP:
            if ((types & 1u << AA_CHANNEL_SLACK) != 0)
                return true;
            break;
        case AA_MEMBER_MATRIX_POWER:
            if ((types & 1u << AA_CHANNEL_MATRIX) != 0)
                return true;
            break;
        }
    }
    return false;
}

static void check_ask(struct aa_config *config, const struct aa_config_ask *ask,
                      const char *name, struct aa_place place, const struct aa_local_data *local)
{
    uint32_t types = aa_ask_channel_types(config, ask);
    bool answerable = false;

    if (ask->channels.n == 0) {
        aa_complain(config->complaints, place,
                    "%s asks nobody: it names no channel, and neither does the default", name);
        return;
    }
    if (ask->then_seconds != 0 && ask->then_seconds >= ask->timeout_seconds)
        aa_complain(config->complaints, place,
                    "%s asks further channels after %us, when its time of %us is over", name,
                    ask->then_seconds, ask->timeout_seconds);
    if (ask->from.n == 0) {
        aa_complain(config->complaints, place,
                    "nobody could answer %s: it names no group (from GROUP), and neither does the "
                    "default", name);
        return;
    }
    for (size_t i = 0; i < ask->from.n; i++) {
        const struct aa_config_entity *group = aa_find_entity(config->groups.first,
                                                              ask->from.v[i].text);

        if (group == NULL)
            return; /* complained of already */
        answerable |= group_can_answer(config, group, types, local);
    }
    if (answerable)
        return;
    aa_complain(config->complaints, place,
                "nobody could answer %s: no member of its groups is a person with a Unix account "
                "whom its channels reach", name);
}

void aa_check_answerable(struct aa_config *config, const struct aa_local_data *local)
{
    struct aa_config_ask ask;

    for (const struct aa_config_rule *r = config->rules.first; r != NULL; r = r->next) {
        const char *name;

        if (r->action != AA_ACTION_ASK)
            continue;
        name = aa_arena_printf(config->arena, "rule %s", r->named.name);
        if (name == NULL) {
            config->complaints->out_of_memory = true;
            return;
        }
        ask = aa_complete_ask(config, r);
        check_ask(config, &ask, name, r->named.place, local);
    }
    if (config->default_action == AA_ACTION_ASK) {
        ask = aa_complete_ask(config, NULL);
        check_ask(config, &ask, "the default", config->default_place, local);
    }
}

/* ---- host names ---- */

void aa_check_host_names(struct aa_config *config, const struct aa_local_data *local)
{
    if (local == NULL || local->full_host_name_known)
        return;
    for (const struct aa_config_rule *r = config->rules.first; r != NULL; r = r->next) {
        for (const struct aa_config_condition *c = r->conditions; c != NULL; c = c->next) {
            for (size_t i = 0; c->key == AA_KEY_HOST && i < c->words.n; i++) {
                if (strchr(c->words.v[i].text, '.') != NULL)
                    aa_complain(config->complaints, c->words.v[i].place,
                                "this host does not know its full name, which \"%s\" would be "
                                "compared with; put it into /etc/hosts, or use the short name",
                                c->words.v[i].text);
            }
        }
    }
}
