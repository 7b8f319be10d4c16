/* SPDX-License-Identifier: ISC */
/*
 * Rules that never decide because an earlier one always does. An earlier ask or deny rule holds
 * wherever a later rule holds when each of its conditions follows from one of the later's: the same
 * key, with words that cover the later's. An earlier allow rule has limits of its own (bound files,
 * harmless variables), so it stands only before an allow rule that has the same.
 *
 * What is compared is found through one word of each rule, the one that the fewest rules have; so
 * thousands of rules about a command cost no more than they should. Past a budget nothing further
 * is looked for: this is a warning, not a proof.
 */
#include "lint-internal.h"

#include <errno.h>
#include <string.h>

enum { WORK_MAX = 20 * 1000 * 1000 };

struct row { /* a rule in a list of those that have a word in common */
    size_t rule;
    struct row *next;
};

struct list {
    uint64_t hash; /* 0: free */
    uint32_t frequency;
    struct row *first, **end;
};

struct searching {
    struct aa_linting *l;
    const struct aa_config_rule **rules;
    struct list *lists; /* by hash */
    size_t lists_n;     /* a power of two */
    struct list rest;   /* of rules without a word to find them by */
    int64_t work;
};

/* ---- what follows from what ---- */

/* Keys of which allow rules ask something else than the others. */
static bool differs_by_action(enum aa_key key)
{
    return key == AA_KEY_LABEL || key == AA_KEY_OPAQUE || key == AA_KEY_WRAPPED;
}

static bool follows(struct searching *s, const struct aa_config_rule *earlier,
                    const struct aa_config_condition *e, const struct aa_config_rule *later)
{
    for (const struct aa_config_condition *c = later->conditions; c != NULL; c = c->next) {
        s->work--;
        if (c->key != e->key || c->negated != e->negated)
            continue;
        if (differs_by_action(e->key) &&
            (earlier->action == AA_ACTION_ALLOW) != (later->action == AA_ACTION_ALLOW))
            continue;
        s->work -= (int64_t)(c->words.n * (c->key == AA_KEY_ARGS ? 1 : e->words.n));
        if (e->negated ? aa_words_cover(e->key, &c->words, &e->words) :
                         aa_words_cover(e->key, &e->words, &c->words))
            return true;
    }
    return false;
}

static bool stands_before(struct searching *s, const struct aa_config_rule *earlier,
                          const struct aa_config_rule *later)
{
    s->work--;
    if (earlier->action == AA_ACTION_ALLOW &&
        (later->action != AA_ACTION_ALLOW ||
         (later->allow_flags & ~earlier->allow_flags) != 0 ||
         aa_rule_has(earlier, AA_KEY_EDIT) != aa_rule_has(later, AA_KEY_EDIT) ||
         !aa_words_cover(AA_KEY_ENV, &earlier->env_ok, &later->env_ok)))
        return false;
    for (const struct aa_config_condition *e = earlier->conditions; e != NULL; e = e->next) {
        if (s->work <= 0 || !follows(s, earlier, e, later))
            return false;
    }
    return true;
}

/* ---- finding ---- */

static uint64_t hash_of(enum aa_key key, size_t position, const char *text)
{
    uint64_t hash = 14695981039346656037u ^ ((uint64_t)key << 32 | position);

    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    hash ^= hash >> 29;
    return hash != 0 ? hash : 1;
}

static struct list *list_of(const struct searching *s, uint64_t hash)
{
    size_t at = hash & (s->lists_n - 1);

    while (s->lists[at].hash != 0 && s->lists[at].hash != hash)
        at = (at + 1) & (s->lists_n - 1);
    return &s->lists[at];
}

/* A word that only the same word follows from. */
static bool is_exact(const struct aa_config_condition *c, const struct aa_word *word)
{
    return !c->negated && !word->has_glob && !word->is_rest &&
           (c->key != AA_KEY_AGENT || !aa_streq(word->text, "any"));
}

static uint64_t hash_of_word(const struct aa_config_condition *c, size_t i)
{
    return hash_of(c->key, c->key == AA_KEY_ARGS ? i + 1 : 0, c->words.v[i].text);
}

/* How many rules a search by this condition may meet; any one argument does, of alternatives all. */
static uint32_t worst_frequency(const struct searching *s, const struct aa_config_condition *c,
                                size_t *ret_argument)
{
    uint32_t worst = 0, best = UINT32_MAX;

    for (size_t i = 0; i < c->words.n; i++) {
        uint32_t frequency;

        if (!is_exact(c, &c->words.v[i])) {
            if (c->key != AA_KEY_ARGS)
                return UINT32_MAX;
            continue;
        }
        frequency = list_of(s, hash_of_word(c, i))->frequency;
        worst = frequency > worst ? frequency : worst;
        if (frequency < best) {
            best = frequency;
            *ret_argument = i;
        }
    }
    if (c->key == AA_KEY_ARGS || best == UINT32_MAX)
        return best;
    return worst;
}

static int append(struct searching *s, struct list *list, size_t rule)
{
    struct row *row = AA_NEW(s->l->arena, struct row);

    if (row == NULL)
        return -ENOMEM;
    row->rule = rule;
    if (list->end == NULL)
        list->end = &list->first;
    *list->end = row;
    list->end = &row->next;
    return 0;
}

static int insert(struct searching *s, size_t rule)
{
    const struct aa_config_condition *chosen = NULL;
    uint32_t least = UINT32_MAX;
    size_t argument = 0;
    int r = 0;

    for (const struct aa_config_condition *c = s->rules[rule]->conditions; c != NULL; c = c->next) {
        size_t at = 0;
        uint32_t frequency = worst_frequency(s, c, &at);

        if (frequency < least) {
            least = frequency;
            chosen = c;
            argument = at;
        }
    }
    if (chosen == NULL)
        return append(s, &s->rest, rule);
    if (chosen->key == AA_KEY_ARGS)
        return append(s, list_of(s, hash_of_word(chosen, argument)), rule);
    for (size_t i = 0; r == 0 && i < chosen->words.n; i++)
        r = append(s, list_of(s, hash_of_word(chosen, i)), rule);
    return r;
}

static void search_list(struct searching *s, const struct list *list, size_t later, size_t *best)
{
    for (const struct row *row = list->first; row != NULL && row->rule < *best; row = row->next) {
        if (s->work <= 0)
            return;
        if (stands_before(s, s->rules[row->rule], s->rules[later]))
            *best = row->rule;
    }
}

/* The first rule that always decides before this one; "later" where there is none. */
static size_t search(struct searching *s, size_t later)
{
    size_t best = later;

    search_list(s, &s->rest, later, &best);
    for (const struct aa_config_condition *c = s->rules[later]->conditions; c != NULL; c = c->next) {
        size_t n = c->key == AA_KEY_ARGS ? c->words.n : AA_MIN(c->words.n, (size_t)1);

        for (size_t i = 0; i < n; i++) {
            const char *slash = strrchr(c->words.v[i].text, '/');

            if (!is_exact(c, &c->words.v[i]))
                continue;
            search_list(s, list_of(s, hash_of_word(c, i)), later, &best);
            if (c->key == AA_KEY_COMMAND && slash != NULL)
                search_list(s, list_of(s, hash_of(c->key, 0, slash + 1)), later, &best);
        }
    }
    return best;
}

/* ---- all rules ---- */

static int prepare(struct searching *s, size_t n)
{
    size_t words = 0, at = 0;

    s->rules = AA_NEW_ARRAY(s->l->arena, const struct aa_config_rule *, n);
    if (s->rules == NULL)
        return -ENOMEM;
    for (const struct aa_config_rule *r = s->l->config->rules.first; r != NULL; r = r->next) {
        s->rules[at++] = r;
        for (const struct aa_config_condition *c = r->conditions; c != NULL; c = c->next)
            words += c->words.n;
    }
    for (s->lists_n = 64; s->lists_n < words * 2;)
        s->lists_n *= 2;
    s->lists = AA_NEW_ARRAY(s->l->arena, struct list, s->lists_n);
    if (s->lists == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        for (const struct aa_config_condition *c = s->rules[i]->conditions; c != NULL; c = c->next) {
            for (size_t j = 0; j < c->words.n; j++) {
                uint64_t hash = hash_of_word(c, j);
                struct list *list = list_of(s, hash);

                list->hash = hash;
                list->frequency++;
            }
        }
    }
    return 0;
}

static void tell(struct aa_linting *l, const struct aa_config_rule *earlier,
                 const struct aa_config_rule *later)
{
    aa_lint_warn(l, AA_LINT_NEVER, later->named.place,
                 "rule %s never decides: rule %s, in %s line %u, stands before it and holds "
                 "whenever it does; put it before that one, or take it out", later->named.name,
                 earlier->named.name, earlier->named.place.source->path,
                 earlier->named.place.line);
}

int aa_lint_shadows(struct aa_linting *l)
{
    struct searching s = { .l = l, .work = WORK_MAX };
    size_t n = l->config->rules.n;
    int r;

    if (n == 0 || l->options->accepted[AA_LINT_NEVER])
        return 0;
    r = prepare(&s, n);
    for (size_t i = 0; r == 0 && i < n; i++) {
        size_t earlier = search(&s, i);

        if (earlier != i)
            tell(l, s.rules[earlier], s.rules[i]);
        if (s.rules[i]->conditions == NULL) {
            if (i + 1 < n)
                aa_lint_warn(l, AA_LINT_NEVER, s.rules[i + 1]->named.place,
                             "rule %s and all rules behind it (%zu) never decide: rule %s, in %s "
                             "line %u, has no conditions and holds always; put it last, or say it "
                             "as the default", s.rules[i + 1]->named.name, n - i - 1,
                             s.rules[i]->named.name, s.rules[i]->named.place.source->path,
                             s.rules[i]->named.place.line);
            return 0;
        }
        r = insert(&s, i);
    }
    return r;
}
