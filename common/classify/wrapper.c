/* SPDX-License-Identifier: ISC */
/* The driver: options by the row of the table, then operands, then the command. */
#include "wrapper-internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

enum { NAME_SIZE = 64, GUESSES_MAX = 3, WHY_SIZE = 256 };

void aa_wrapper_opaque(struct aa_wrapping *w, const char *format, ...)
{
    char why[WHY_SIZE];
    va_list arguments;

    if (w->ret->opaque_why != NULL)
        return;
    va_start(arguments, format);
    vsnprintf(why, sizeof(why), format, arguments);
    va_end(arguments);
    w->ret->opaque_why = aa_arena_strdup(w->arena, why);
    if (w->ret->opaque_why == NULL)
        w->error = -ENOMEM;
}

void aa_wrapper_starts_shell(struct aa_wrapping *w)
{
    aa_wrapper_opaque(w, "%s without a command starts a shell", w->base);
    w->ret->starts_shell = true;
}

void aa_word_add(struct aa_wrapping *w, struct aa_word_list *list, const char *word, enum aa_doubt doubt)
{
    if (list->n == list->capacity) {
        size_t capacity = list->capacity > 0 ? 2 * list->capacity : 8;
        const char **v = AA_NEW_ARRAY(w->arena, const char *, capacity);
        unsigned char *doubts = AA_NEW_ARRAY(w->arena, unsigned char, capacity);

        if (v == NULL || doubts == NULL) {
            w->error = -ENOMEM;
            return;
        }
        for (size_t i = 0; i < list->n; i++) {
            v[i] = list->v[i];
            doubts[i] = list->doubt[i];
        }
        list->v = v;
        list->doubt = doubts;
        list->capacity = capacity;
    }
    if (word == NULL) {
        w->error = -ENOMEM;
        return;
    }
    list->v[list->n] = word;
    list->doubt[list->n++] = (unsigned char)doubt;
}

static struct aa_inner *new_inner(struct aa_wrapping *w)
{
    struct aa_inner *inner;

    if (w->ret->n == AA_INNER_MAX) {
        aa_wrapper_opaque(w, "%s runs more commands than are looked at", w->base);
        return NULL;
    }
    inner = &w->ret->inner[w->ret->n++];
    *inner = (struct aa_inner){ .folder = w->folder, .other_root = w->other_root };
    inner->assigned = (struct aa_words){ w->assigned.v, w->assigned.doubt, w->assigned.n };
    return inner;
}

/* The name decides which file would run: it has to be known to its end. */
static void add_words(struct aa_wrapping *w, struct aa_words words, bool applet)
{
    struct aa_inner *inner;

    if (words.n == 0 || aa_doubt_of(&words, 0) != AA_EXACT || words.v[0][0] == '\0') {
        aa_wrapper_opaque(w, "the name of the command that %s runs is not known", w->base);
        return;
    }
    if (w->path_changes && strchr(words.v[0], '/') == NULL)
        aa_wrapper_opaque(w, "%s looks for the command in other folders", w->base);
    inner = new_inner(w);
    if (inner != NULL) {
        inner->words = words;
        inner->applet = applet;
    }
}

void aa_inner_add_slice(struct aa_wrapping *w, size_t from, size_t n)
{
    add_words(w, (struct aa_words){ w->words.v + from,
                                    w->words.doubt != NULL ? w->words.doubt + from : NULL, n }, false);
}

void aa_inner_add_words(struct aa_wrapping *w, size_t from, bool applet)
{
    add_words(w, (struct aa_words){ w->words.v + from,
                                    w->words.doubt != NULL ? w->words.doubt + from : NULL,
                                    w->words.n - from }, applet);
}

void aa_inner_add_list(struct aa_wrapping *w, const struct aa_word_list *list)
{
    add_words(w, (struct aa_words){ list->v, list->doubt, list->n }, false);
}

void aa_inner_add_text(struct aa_wrapping *w, const char *text, enum aa_doubt doubt,
                       enum aa_shell_dialect dialect)
{
    const char **v = AA_NEW_ARRAY(w->arena, const char *, 1);
    struct aa_inner *inner;

    if (v == NULL || text == NULL) {
        w->error = -ENOMEM;
        return;
    }
    if (doubt != AA_EXACT)
        aa_wrapper_opaque(w, "the text that %s gives a shell is not known", w->base);
    if (text[0] == '-' || text[0] == '+') /* sh -c TEXT: then it is one more option */
        aa_wrapper_opaque(w, "the text that %s gives a shell begins like an option", w->base);
    inner = new_inner(w);
    if (inner == NULL)
        return;
    v[0] = text;
    inner->shell_text = true;
    inner->dialect = dialect;
    inner->words = (struct aa_words){ v, NULL, 1 };
}

void aa_inner_add_joined(struct aa_wrapping *w, size_t from)
{
    size_t size = 1;
    enum aa_doubt doubt = AA_EXACT;
    char *text, *to;

    for (size_t i = from; i < w->words.n; i++) {
        size += strlen(w->words.v[i]) + 1;
        if (aa_doubt_at(w, i) != AA_EXACT)
            doubt = aa_doubt_at(w, i);
    }
    text = to = aa_arena_alloc(w->arena, size);
    for (size_t i = from; to != NULL && i < w->words.n; i++) {
        if (i > from)
            *to++ = ' ';
        to = stpcpy(to, w->words.v[i]);
    }
    aa_inner_add_text(w, text, doubt, AA_SHELL_SH);
}

void aa_inner_guess(struct aa_wrapping *w, size_t from)
{
    unsigned guesses = 0;

    for (size_t i = from; i < w->words.n && guesses < GUESSES_MAX; i++) {
        const char *word = w->words.v[i];

        if (word[0] == '-' || word[0] == '\0' || aa_doubt_at(w, i) != AA_EXACT)
            continue;
        if (strpbrk(word, " \t\n;&|") != NULL)
            aa_inner_add_text(w, word, AA_EXACT, AA_SHELL_SH);
        else
            aa_inner_add_words(w, i, false);
        guesses++;
    }
}

static void apply(struct aa_wrapping *w, const struct aa_option *option)
{
    const struct aa_wrapper *row = w->row;

    w->nothing |= aa_listed(row->nothing, option->name);
    w->on_process |= aa_listed(row->process, option->name);
    if (aa_listed(row->opaque, option->name))
        aa_wrapper_opaque(w, "%s's option %s may run or load something else", w->base, option->name);
    if (aa_listed(row->folder, option->name))
        w->folder = option->value != NULL && option->doubt == AA_EXACT ? option->value : "";
    if (aa_listed(row->root, option->name)) {
        w->other_root = true;
        w->folder = ""; /* some keep the one they were in, which has no name there */
    }
    /* a name alone takes the variable away, or keeps it as it is */
    if (aa_listed(row->adds, option->name) && (option->doubt != AA_EXACT || strchr(option->value, '=') != NULL))
        aa_word_add(w, &w->assigned, option->value, option->doubt);
    if (row->option != NULL)
        row->option(w, option);
}

bool aa_wrapper_options(struct aa_wrapping *w)
{
    struct aa_option option;
    int r;

    while (w->error == 0 && (r = aa_option_next(w, &option)) != 0) {
        if (r < 0) {
            aa_inner_guess(w, w->at);
            return false;
        }
        apply(w, &option);
    }
    return w->error == 0;
}

static bool take_operands(struct aa_wrapping *w)
{
    for (unsigned i = 0; i < w->row->operands && w->at < w->words.n; i++, w->at++) {
        const char *word = w->words.v[w->at];

        if (aa_doubt_at(w, w->at) == AA_SPREADS) {
            aa_wrapper_opaque(w, "a word that is not known stands before the command of %s", w->base);
            aa_inner_guess(w, w->at);
            return false;
        }
        /* newer versions let some leave it out */
        if ((w->row->flags & AA_WRAPPER_NUMERIC) != 0 && strspn(word, "0123456789") != strlen(word)) {
            aa_wrapper_opaque(w, "%s is not a number that %s takes", word, w->base);
            aa_inner_guess(w, w->at);
            return false;
        }
    }
    return true;
}

/* "taskset -p 1 ls 0" runs ls: 0 is what it has for no process. */
static bool only_numbers(const struct aa_wrapping *w)
{
    for (size_t i = w->at; i < w->words.n; i++) {
        const char *word = w->words.v[i];

        if (aa_doubt_at(w, i) != AA_EXACT || strspn(word, "0123456789") != strlen(word))
            return false;
    }
    return true;
}

static void check_permuted(struct aa_wrapping *w)
{
    for (size_t i = w->at; !w->ended && i < w->words.n; i++) {
        if (aa_is_word(w, i, "--") && w->row->command != NULL)
            return;
        if (w->words.v[i][0] == '-' || aa_doubt_at(w, i) != AA_EXACT)
            aa_wrapper_opaque(w, "%s may take %s for an option of its own", w->base, w->words.v[i]);
    }
}

static void read_row(struct aa_wrapping *w)
{
    const struct aa_wrapper *row = w->row;

    if (row->flags & AA_WRAPPER_OTHER_ROOT)
        w->other_root = true;
    if (row->flags & AA_WRAPPER_OPAQUE) {
        aa_wrapper_opaque(w, "what %s runs is not read", w->base);
        w->ret->starts_shell = (row->flags & AA_WRAPPER_SHELL) != 0; /* no command, or a key away */
        aa_inner_guess(w, 0);
        return;
    }
    if (row->instead != NULL) {
        row->instead(w);
        return;
    }
    if (!aa_wrapper_options(w)) {
        if (w->text != NULL)
            aa_inner_add_text(w, w->text, w->text_doubt, AA_SHELL_SH);
        return;
    }
    if (w->nothing)
        return;
    if (w->folder == NULL)
        w->folder = row->in;
    if (row->flags & AA_WRAPPER_PERMUTES)
        check_permuted(w);
    if (row->command != NULL) {
        row->command(w);
        return;
    }
    if (!take_operands(w))
        return;
    if (w->on_process && only_numbers(w))
        return;
    if (w->at < w->words.n)
        aa_inner_add_words(w, w->at, false);
    else if (row->flags & AA_WRAPPER_SHELL)
        aa_wrapper_starts_shell(w);
}

static const struct aa_wrapper *row_of_exact(const char *name)
{
    for (size_t i = 0; i < aa_wrapper_table_n; i++) {
        if (aa_listed(aa_wrapper_table[i].names, name))
            return &aa_wrapper_table[i];
    }
    return aa_is_loader(name) ? row_of_exact("ld.so") : NULL;
}

/* "env9.1" is env. */
static const struct aa_wrapper *row_of(const char *base)
{
    const struct aa_wrapper *row = row_of_exact(base);
    char name[NAME_SIZE];
    size_t n = strlen(base);

    if (row != NULL || n >= sizeof(name))
        return row;
    memcpy(name, base, n + 1);
    while (n > 1 && strchr("0123456789.", name[n - 1]) != NULL)
        name[--n] = '\0';
    return row_of_exact(name);
}

bool aa_is_wrapper(const char *base)
{
    return row_of(base) != NULL;
}

int aa_wrapper_read(struct aa_arena *arena, const char *base, const struct aa_words *arguments,
                    struct aa_wrapped *ret)
{
    struct aa_wrapped wrapped = { 0 };
    struct aa_wrapping w = { .arena = arena, .row = row_of(base), .words = *arguments,
                             .ret = &wrapped, .base = base };

    if (w.row == NULL)
        wrapped.opaque_why = "it is no program that is read here";
    else
        read_row(&w);
    if (w.error != 0)
        return -ENOMEM;
    *ret = wrapped;
    return 0;
}
