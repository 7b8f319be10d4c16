/* SPDX-License-Identifier: ISC */
/* Programs that run a command for each of many items: find, xargs, entr, parallel. */
#include "wrapper-internal.h"

/* A word in which something is put where a mark stands: 1, with the mark in it cut off. */
static bool cut_at(struct aa_wrapping *w, const char *word, const char *mark, const char **ret)
{
    const char *at = strstr(word, mark);

    if (at == NULL)
        return false;
    *ret = aa_arena_strndup(w->arena, word, (size_t)(at - word));
    if (*ret == NULL) {
        w->error = -1;
        *ret = "";
    }
    return true;
}

/* Words with the mark in some of them replaced. */
static void add_replaced(struct aa_wrapping *w, size_t from, size_t n, const char *mark, const char *begins,
                         bool appends)
{
    struct aa_word_list list = { 0 };

    for (size_t i = from; i < from + n; i++) {
        enum aa_doubt doubt = aa_doubt_at(w, i);
        const char *word = w->words.v[i];

        if (mark != NULL && cut_at(w, word, mark, &word)) {
            doubt = doubt == AA_SPREADS ? AA_SPREADS : AA_UNKNOWN;
            if (begins[0] != '\0')
                word = aa_arena_printf(w->arena, "%s%s", word, begins);
        }
        aa_word_add(w, &list, word, doubt);
    }
    if (appends)
        aa_word_add(w, &list, "", AA_SPREADS);
    if (w->error == 0)
        aa_inner_add_list(w, &list);
}

static bool is_expression(const char *word)
{
    return (word[0] == '-' && word[1] != '\0') || aa_streq(word, "(") || aa_streq(word, "!") ||
           aa_streq(word, ")") || aa_streq(word, ",");
}

/* What each path that find puts into a command surely begins with. */
static const char *starting_point(const struct aa_wrapping *w)
{
    const char *start = NULL;

    for (size_t i = 0; i < w->words.n; i++) {
        const char *word = w->words.v[i];

        if (aa_doubt_at(w, i) == AA_SPREADS)
            return "";
        if (start == NULL && aa_doubt_at(w, i) == AA_EXACT &&
            (aa_streq(word, "-H") || aa_streq(word, "-L") || aa_streq(word, "-P")))
            continue;
        if (aa_streq(word, "-D") || aa_after(word, "-O") != NULL || aa_streq(word, "--") ||
            aa_after(word, "-files0-from") != NULL)
            return "";
        if (is_expression(word)) {
            for (; i < w->words.n; i++) {
                if (aa_after(w->words.v[i], "-files0-from") != NULL || aa_doubt_at(w, i) == AA_SPREADS)
                    return "";
            }
            break;
        }
        if (start != NULL)
            return "";
        start = word;
    }
    return start != NULL ? start : ".";
}

static bool may_be_action(const struct aa_wrapping *w, size_t i)
{
    static const char *const actions[] = { "-exec", "-execdir", "-ok", "-okdir" };
    const char *word = w->words.v[i];

    for (size_t k = 0; k < AA_ARRAY_SIZE(actions); k++) {
        if (aa_doubt_at(w, i) == AA_EXACT ? aa_streq(word, actions[k]) : aa_after(actions[k], word) != NULL)
            return true;
    }
    return false;
}

/* Each word that is one of the actions counts, wherever it stands: too many rather than too few. */
void aa_read_find(struct aa_wrapping *w)
{
    const char *begins = starting_point(w);

    for (size_t i = 0; i < w->words.n && w->error == 0; i++) {
        const char *word = w->words.v[i];
        size_t end = i + 1;
        bool plus = false, in_folder = strstr(word, "dir") != NULL;

        if (aa_doubt_at(w, i) == AA_SPREADS || (aa_doubt_at(w, i) == AA_UNKNOWN && may_be_action(w, i))) {
            aa_wrapper_opaque(w, "a word of find that is not known may be an action");
            continue;
        }
        if (!may_be_action(w, i))
            continue;
        if (w->ret->n == AA_INNER_MAX) {
            aa_wrapper_opaque(w, "find runs more commands than are looked at");
            return;
        }
        for (; end < w->words.n; end++) {
            if (aa_doubt_at(w, end) != AA_EXACT && aa_after(";", w->words.v[end]) != NULL)
                aa_wrapper_opaque(w, "where a command of find ends is not known");
            if (aa_is_word(w, end, ";"))
                break;
            plus = aa_after(word, "-exec") != NULL && aa_is_word(w, end, "+") && aa_is_word(w, end - 1, "{}");
            if (plus)
                break;
        }
        if (end == w->words.n)
            aa_wrapper_opaque(w, "a command of find has no end");
        if (end > i + 1) {
            w->folder = in_folder ? "" : NULL;
            add_replaced(w, i + 1, end - i - 1 - plus, "{}", in_folder ? "" : begins, plus);
        }
        if (end == w->words.n)
            return;
    }
}

void aa_read_xargs_option(struct aa_wrapping *w, const struct aa_option *option)
{
    const char *name = option->name, *mark = option->value != NULL ? option->value : "{}";

    if (aa_listed("I i replace", name)) {
        if (option->doubt != AA_EXACT || mark[0] == '\0' ||
            (w->replace != NULL && !aa_streq(mark, w->replace)))
            aa_wrapper_opaque(w, "what stands for an item of xargs is not known");
        w->replace = mark[0] != '\0' ? mark : NULL;
    } else if (aa_listed("l L max-lines n max-args", name)) {
        w->appends = true; /* takes -I back, in some orders */
    }
}

void aa_read_xargs(struct aa_wrapping *w)
{
    struct aa_word_list list = { 0 };
    bool appends = w->replace == NULL || w->appends;

    if (w->at >= w->words.n) {
        aa_word_add(w, &list, "echo", AA_EXACT);
        aa_word_add(w, &list, "", AA_SPREADS);
        aa_inner_add_list(w, &list);
        return;
    }
    add_replaced(w, w->at, w->words.n - w->at, w->replace, "", appends);
}

void aa_read_entr(struct aa_wrapping *w)
{
    if (w->at >= w->words.n)
        return;
    add_replaced(w, w->at, w->words.n - w->at, "/_", "", false);
}

/* Which shell reads the text depends on who calls: what is in it is kept, no more. */
void aa_read_parallel(struct aa_wrapping *w)
{
    struct aa_words all = w->words;
    size_t end;

    aa_wrapper_opaque(w, "which shell %s gives its commands to depends on who calls it", w->base);
    if (!aa_wrapper_options(w))
        return;
    for (end = w->at; end < all.n; end++) {
        if (aa_after(all.v[end], ":::") != NULL)
            break;
    }
    if (end > w->at) {
        w->words.n = end;
        aa_inner_add_joined(w, w->at);
        return;
    }
    for (end++; end < all.n && w->ret->n < AA_INNER_MAX; end++)
        aa_inner_add_text(w, all.v[end], aa_doubt_at(w, end), AA_SHELL_SH);
}
