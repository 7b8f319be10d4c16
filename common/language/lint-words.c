/* SPDX-License-Identifier: ISC */
/* What a rule's conditions say for certain, and how the words of two conditions stand to each
 * other. Where something cannot be told, the answer is the one that leads to no warning. */
#include "lint-internal.h"

#include <string.h>

#include "policy/glob.h"

/* ---- rules ---- */

bool aa_rule_has(const struct aa_config_rule *rule, enum aa_key key)
{
    for (const struct aa_config_condition *c = rule->conditions; c != NULL; c = c->next) {
        if (c->key == key && !c->negated)
            return true;
    }
    return false;
}

bool aa_rule_names(const struct aa_config_rule *rule, enum aa_key key, const char *word)
{
    for (const struct aa_config_condition *c = rule->conditions; c != NULL; c = c->next) {
        for (size_t i = 0; c->key == key && !c->negated && i < c->words.n; i++) {
            if (!c->words.v[i].has_glob && aa_streq(c->words.v[i].text, word))
                return true;
        }
    }
    return false;
}

static size_t count_word(const struct aa_word_list *words, const char *word)
{
    size_t n = 0;

    for (size_t i = 0; i < words->n; i++)
        n += aa_streq(words->v[i].text, word);
    return n;
}

/* Keys that speak of a command, which a login has not; negated or not. */
static bool is_about_commands(enum aa_key key)
{
    return key == AA_KEY_COMMAND || key == AA_KEY_ARGS || key == AA_KEY_LABEL ||
           key == AA_KEY_EDIT || key == AA_KEY_OPAQUE || key == AA_KEY_WRAPPED ||
           key == AA_KEY_ENV;
}

/* Only "front" is left of the front ends by this condition. */
static bool leaves_only(const struct aa_config_condition *c, const char *front, const char *other)
{
    if (c->key == AA_KEY_FRONTEND)
        return c->negated ? count_word(&c->words, other) > 0 :
                            count_word(&c->words, front) == c->words.n;
    if (c->key != AA_KEY_SERVICE)
        return false;
    /* the service of the sudo plugin is "sudo", and no other is */
    if (aa_streq(front, "sudo"))
        return !c->negated && count_word(&c->words, "sudo") == c->words.n;
    return c->negated == (count_word(&c->words, "sudo") > 0);
}

bool aa_rule_only_sudo(const struct aa_config_rule *rule)
{
    for (const struct aa_config_condition *c = rule->conditions; c != NULL; c = c->next) {
        if (is_about_commands(c->key) || leaves_only(c, "sudo", "pam"))
            return true;
    }
    return false;
}

bool aa_rule_only_pam(const struct aa_config_rule *rule)
{
    for (const struct aa_config_condition *c = rule->conditions; c != NULL; c = c->next) {
        if (leaves_only(c, "pam", "sudo"))
            return true;
    }
    return false;
}

static bool names_people(const struct aa_config_rule *rule)
{
    for (const struct aa_config_condition *c = rule->conditions; c != NULL; c = c->next) {
        bool plain = c->key == AA_KEY_USER && !c->negated;

        for (size_t i = 0; plain && i < c->words.n; i++)
            plain = !c->words.v[i].has_glob;
        if (plain)
            return true;
    }
    return false;
}

bool aa_rule_is_carte_blanche(const struct aa_config_rule *rule)
{
    bool all = false;

    if ((rule->allow_flags & AA_ALLOW_OPAQUE_OK) == 0 || !names_people(rule))
        return false;
    for (const struct aa_config_condition *c = rule->conditions; c != NULL; c = c->next) {
        if (c->negated || (c->key != AA_KEY_USER && c->key != AA_KEY_COMMAND && c->key != AA_KEY_EDIT &&
                           c->key != AA_KEY_FRONTEND && c->key != AA_KEY_HOST))
            return false;
        all |= c->key == AA_KEY_EDIT ||
               (c->key == AA_KEY_COMMAND && (rule->allow_flags & AA_ALLOW_WRAPPED_OK) != 0 &&
                count_word(&c->words, "/**") > 0);
    }
    return all;
}

/* ---- words ---- */

/* "*.x" against "*.x" is the same; what else a glob covers of another is not looked for. */
static bool covers(const struct aa_word *outer, const struct aa_word *inner, const char *text)
{
    if (inner->has_glob)
        return outer->has_glob && aa_streq(outer->glob, inner->glob);
    return outer->has_glob ? aa_glob_match(outer->glob, text) == 1 : aa_streq(outer->text, text);
}

bool aa_word_covers(enum aa_key key, const struct aa_word *outer, const struct aa_word *inner)
{
    if (outer->is_rest || inner->is_rest)
        return outer->is_rest && inner->is_rest;
    switch (key) {
    case AA_KEY_AGENT:
        return aa_streq(outer->text, "any") || aa_streq(outer->text, inner->text);
    case AA_KEY_RHOST: /* nets and names are compared as such */
        return outer->has_glob == inner->has_glob && aa_streq(outer->text, inner->text);
    case AA_KEY_HOST: /* short and full names are two things */
        if ((strchr(outer->text, '.') == NULL) != (strchr(inner->text, '.') == NULL))
            return false;
        break;
    case AA_KEY_TTY: /* no glob stands for "none" */
        if (aa_streq(inner->text, "none"))
            return aa_streq(outer->text, "none");
        break;
    case AA_KEY_COMMAND: /* a base name holds for every path to it */
        if (strchr(outer->text, '/') == NULL && !inner->has_glob)
            return covers(outer, inner, aa_base_name(inner->text));
        break;
    default:
        break;
    }
    return covers(outer, inner, inner->text);
}

static bool args_cover(const struct aa_word_list *outer, const struct aa_word_list *inner)
{
    bool outer_rest = outer->n > 0 && outer->v[outer->n - 1].is_rest;
    bool inner_rest = inner->n > 0 && inner->v[inner->n - 1].is_rest;
    size_t n = outer->n - outer_rest, m = inner->n - inner_rest;

    if (m < n || (!outer_rest && (m != n || inner_rest)))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!aa_word_covers(AA_KEY_ARGS, &outer->v[i], &inner->v[i]))
            return false;
    }
    return true;
}

static bool same_words(const struct aa_word_list *a, const struct aa_word_list *b)
{
    for (size_t i = 0; a->n == b->n && i < a->n; i++) {
        if (!aa_streq(a->v[i].text, b->v[i].text))
            return false;
    }
    return a->n == b->n;
}

bool aa_words_cover(enum aa_key key, const struct aa_word_list *outer,
                    const struct aa_word_list *inner)
{
    if (key == AA_KEY_ARGS)
        return args_cover(outer, inner);
    if (key == AA_KEY_TIME)
        return same_words(outer, inner);
    for (size_t i = 0; i < inner->n; i++) {
        bool found = false;

        for (size_t j = 0; !found && j < outer->n; j++)
            found = aa_word_covers(key, &outer->v[j], &inner->v[i]);
        if (!found)
            return false;
    }
    return true;
}

bool aa_words_overlap(enum aa_key key, const struct aa_word_list *a, const struct aa_word_list *b)
{
    if (key == AA_KEY_ARGS || key == AA_KEY_TIME || key == AA_KEY_RHOST || a->n == 0 || b->n == 0)
        return true;
    for (size_t i = 0; i < a->n; i++) {
        for (size_t j = 0; j < b->n; j++) {
            const struct aa_word *x = &a->v[i], *y = &b->v[j];

            if ((x->has_glob && y->has_glob) || aa_word_covers(key, x, y) ||
                aa_word_covers(key, y, x))
                return true;
            /* "pts/1" and "/dev/pts/1" are one terminal */
            if (key == AA_KEY_TTY && (x->text[0] == '/') != (y->text[0] == '/'))
                return true;
            if (key == AA_KEY_HOST &&
                (strchr(x->text, '.') == NULL) != (strchr(y->text, '.') == NULL))
                return true;
        }
    }
    return false;
}
