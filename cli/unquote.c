/* SPDX-License-Identifier: ISC */
#include "unquote.h"

#include <errno.h>

struct unquoting {
    const char *text;
    size_t length, at;
    char *out; /* never longer than the text */
    size_t out_n;
};

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("%+,-./:=@_", c) != NULL);
}

static bool starts(const struct unquoting *u, const char *with)
{
    size_t n = strlen(with);

    return u->length - u->at >= n && memcmp(u->text + u->at, with, n) == 0;
}

/* 'it'\''s' */
static bool take_quoted(struct unquoting *u)
{
    u->at++;
    while (u->at < u->length) {
        if (starts(u, "'\\''")) {
            u->out[u->out_n++] = '\'';
            u->at += 4;
        } else if (u->text[u->at] == '\'') {
            u->at++;
            return true;
        } else {
            u->out[u->out_n++] = u->text[u->at++];
        }
    }
    return false;
}

static bool take_octal(struct unquoting *u)
{
    unsigned value = 0;

    if (u->length - u->at < 3)
        return false;
    for (int i = 0; i < 3; i++) {
        char c = u->text[u->at++];

        if (c < '0' || c > '7')
            return false;
        value = value * 8 + (unsigned)(c - '0');
    }
    if (value == 0 || value > 255)
        return false;
    u->out[u->out_n++] = (char)value;
    return true;
}

/* $'a\nb' */
static bool take_dollar_quoted(struct unquoting *u)
{
    u->at += 2;
    while (u->at < u->length) {
        char c = u->text[u->at++];

        if (c == '\'')
            return true;
        if (c != '\\') {
            u->out[u->out_n++] = c;
            continue;
        }
        if (u->at == u->length)
            return false;
        c = u->text[u->at];
        if (c >= '0' && c <= '7') {
            if (!take_octal(u))
                return false;
            continue;
        }
        u->at++;
        if (c != 'n' && c != 't' && c != '\'' && c != '\\')
            return false;
        u->out[u->out_n++] = c;
        if (c == 'n' || c == 't')
            u->out[u->out_n - 1] = c == 'n' ? '\n' : '\t';
    }
    return false;
}

static bool take_word(struct unquoting *u)
{
    size_t start = u->at;

    if (starts(u, "$'"))
        return take_dollar_quoted(u);
    if (starts(u, "'"))
        return take_quoted(u);
    while (u->at < u->length && is_plain(u->text[u->at]))
        u->out[u->out_n++] = u->text[u->at++];
    return u->at > start;
}

static int add_word(struct aa_arena *arena, const struct unquoting *u, char ***words, size_t *n,
                    size_t *maximum)
{
    if (*n + 1 >= *maximum) {
        size_t more = *maximum == 0 ? 16 : *maximum * 2;
        char **larger = more > 2 * UNQUOTE_WORDS_MAX ? NULL : AA_NEW_ARRAY(arena, char *, more);

        if (larger == NULL)
            return more > 2 * UNQUOTE_WORDS_MAX ? -E2BIG : -ENOMEM;
        if (*n > 0)
            memcpy(larger, *words, *n * sizeof(*larger));
        *words = larger;
        *maximum = more;
    }
    (*words)[*n] = aa_arena_strndup(arena, u->out, u->out_n);
    if ((*words)[*n] == NULL)
        return -ENOMEM;
    (*words)[++*n] = NULL;
    return 0;
}

int unquote_command(struct aa_arena *arena, const char *text, size_t length, char ***ret_words,
                    size_t *ret_n)
{
    _cleanup_free_ char *out = malloc(length + 1);
    struct unquoting u = { .text = text, .length = length, .out = out };
    char **words = NULL;
    size_t n = 0, maximum = 0;

    if (out == NULL)
        return -ENOMEM;
    if (length == 0 || memchr(text, '\0', length) != NULL)
        return -EINVAL;
    while (true) {
        int r;

        u.out_n = 0;
        if (!take_word(&u))
            return -EINVAL;
        r = add_word(arena, &u, &words, &n, &maximum);
        if (r < 0)
            return r;
        if (u.at == length)
            break;
        if (text[u.at++] != ' ' || u.at == length)
            return -EINVAL;
    }
    *ret_words = words;
    *ret_n = n;
    return 0;
}

bool unquote_is_cut(const char *text, size_t length)
{
    static const char marker[] = " bytes left out \xe2\x80\xa6] ";

    return length > UNQUOTE_CUT_FROM && memmem(text, length, marker, sizeof(marker) - 1) != NULL;
}
