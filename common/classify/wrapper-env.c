/* SPDX-License-Identifier: ISC */
/* env: variables before the command, and -S, which splits one word into many as it says in
 * env(1); the words are then read from the start again, options included. */
#include "wrapper-internal.h"

enum { SPLITS_MAX = 16 };

static const char blanks[] = " \t\n\v\f\r";

/* One word that is being put together. */
struct piece {
    char *text;
    size_t n;
    bool started, cut; /* cut: a variable stands in it, what follows is not known */
};

static void finish(struct aa_wrapping *w, struct aa_word_list *list, struct piece *piece)
{
    if (piece->started) {
        piece->text[piece->n] = '\0';
        aa_word_add(w, list, aa_arena_strdup(w->arena, piece->text),
                    piece->cut ? AA_UNKNOWN : AA_EXACT);
    } else if (piece->cut) { /* a variable alone: no word where it is not set */
        aa_word_add(w, list, "", AA_SPREADS);
    }
    piece->n = 0;
    piece->started = piece->cut = false;
}

static void put(struct piece *piece, char c)
{
    piece->started = true;
    if (!piece->cut)
        piece->text[piece->n++] = c;
}

/* What a letter behind a backslash stands for; -1: nothing that env knows. */
static int escaped(char letter)
{
    static const char letters[] = "fnrtv\"#$'\\", meanings[] = "\f\n\r\t\v\"#$'\\";
    const char *at = letter != '\0' ? strchr(letters, letter) : NULL;

    return at != NULL ? meanings[at - letters] : -1;
}

static bool is_of_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Past "${NAME}", or NULL. */
static const char *skip_variable(const char *s)
{
    size_t n;

    if (s[1] != '{' || !is_of_name(s[2]) || (s[2] >= '0' && s[2] <= '9'))
        return NULL;
    n = 2;
    while (is_of_name(s[n]))
        n++;
    return s[n] == '}' ? s + n + 1 : NULL;
}

/* False: env would refuse the text. */
static bool split(struct aa_wrapping *w, const char *s, struct aa_word_list *list)
{
    struct piece piece = { .text = aa_arena_alloc(w->arena, strlen(s) + 1) };
    char quote = '\0';

    if (piece.text == NULL) {
        w->error = -1;
        return false;
    }
    while (*s != '\0') {
        if ((*s == '\'' || *s == '"') && (quote == '\0' || quote == *s)) {
            quote = quote == '\0' ? *s : '\0';
            piece.started = true;
            s++;
        } else if (quote == '\0' && strchr(blanks, *s) != NULL) {
            finish(w, list, &piece);
            s += strspn(s, blanks);
        } else if (quote == '\0' && *s == '#' && !piece.started) {
            if (piece.cut) /* a comment only where the variable is not set */
                return false;
            break;
        } else if (*s == '\\' && (quote != '\'' || s[1] == '\\' || s[1] == '\'')) {
            if (s[1] == 'c' && quote == '\0')
                break;
            if (s[1] == '_' && quote == '\0')
                finish(w, list, &piece);
            else if (s[1] == '_')
                put(&piece, ' ');
            else if (escaped(s[1]) >= 0)
                put(&piece, (char)escaped(s[1]));
            else
                return false;
            s += 2;
        } else if (*s == '$' && quote != '\'') {
            s = skip_variable(s);
            if (s == NULL)
                return false;
            piece.cut = true;
        } else {
            put(&piece, *s++);
        }
    }
    finish(w, list, &piece);
    return quote == '\0';
}

static void split_option(struct aa_wrapping *w, const struct aa_option *option)
{
    struct aa_word_list list = { 0 };

    if (option->doubt != AA_EXACT || ++w->splits > SPLITS_MAX || !split(w, option->value, &list)) {
        aa_wrapper_opaque(w, "the words that env would make of its option -S are not known");
        return;
    }
    for (size_t i = w->at; i < w->words.n; i++)
        aa_word_add(w, &list, w->words.v[i], aa_doubt_at(w, i));
    w->words = (struct aa_words){ list.v, list.doubt, list.n };
    w->at = 0;
}

void aa_read_env_option(struct aa_wrapping *w, const struct aa_option *option)
{
    if (aa_listed("S split-string", option->name))
        split_option(w, option);
    else if (aa_listed("i ignore-environment", option->name))
        w->marked = true;
    else if (aa_listed("u unset", option->name) &&
             (option->doubt != AA_EXACT || aa_streq(option->value, "PATH")))
        w->marked = true;
}

static bool take_assignments(struct aa_wrapping *w)
{
    for (; w->at < w->words.n; w->at++) {
        const char *word = w->words.v[w->at];

        if (aa_doubt_at(w, w->at) == AA_SPREADS ||
            (aa_doubt_at(w, w->at) == AA_UNKNOWN && strchr(word, '=') == NULL)) {
            aa_wrapper_opaque(w, "a word that is not known stands before the command of env");
            aa_inner_guess(w, w->at + 1);
            return false;
        }
        if (strchr(word, '=') == NULL)
            break;
        if (word[0] == '=')
            aa_wrapper_opaque(w, "env is given a variable without a name");
        aa_word_add(w, &w->assigned, word, aa_doubt_at(w, w->at));
    }
    return true;
}

void aa_read_env(struct aa_wrapping *w)
{
    if (aa_is_word(w, w->at, "-")) {
        w->marked = true;
        w->at++;
    }
    if (!take_assignments(w) || w->at >= w->words.n)
        return;
    for (size_t i = 0; i < w->assigned.n; i++) {
        if (aa_after(w->assigned.v[i], "PATH=") != NULL)
            w->marked = false;
    }
    if (w->marked) /* confstr(3)'s, without PATH */
        aa_word_add(w, &w->assigned, "PATH=/bin:/usr/bin", AA_EXACT);
    aa_inner_add_words(w, w->at, false);
}
