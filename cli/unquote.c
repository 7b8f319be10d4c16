/* SPDX-License-Identifier: ISC */
#include "unquote.h"

#include <errno.h>

#include "capture/request.h"
#include "mask/token.h"

struct unquoting {
    const char *text;
    size_t length, at;
    char *out; /* never longer than the text */
    size_t out_n;
    size_t masked;  /* values in the word */
    size_t known_n; /* how much of "out" stood before the first */
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

static bool is_of_token(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ':' || c == '-';
}

/* A token, or whatever else begins like one: in doubt a value was masked. */
static bool take_token(struct unquoting *u)
{
    size_t length;

    if (!starts(u, AA_MASK_TOKEN_OPEN))
        return false;
    length = aa_mask_token_length(u->text + u->at, u->length - u->at);
    if (length > 0) {
        u->at += length;
    } else {
        u->at += sizeof(AA_MASK_TOKEN_OPEN) - 1;
        while (u->at < u->length && is_of_token(u->text[u->at]))
            u->at++;
        if (starts(u, AA_MASK_TOKEN_CLOSE))
            u->at += sizeof(AA_MASK_TOKEN_CLOSE) - 1;
    }
    if (u->masked++ == 0)
        u->known_n = u->out_n;
    return true;
}

/* 'it'\''s' */
static bool take_quoted(struct unquoting *u)
{
    u->at++;
    while (u->at < u->length) {
        if (take_token(u))
            continue;
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
        char c;

        if (take_token(u))
            continue;
        c = u->text[u->at++];
        if (c == '\'')
            return true;
        if (c != '\\') {
            u->out[u->out_n++] = c;
            continue;
        }
        if (u->at == u->length)
            return false;
        if (take_token(u)) /* of an escape its backslash alone is no value */
            continue;
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
    while (u->at < u->length) {
        if (is_plain(u->text[u->at]))
            u->out[u->out_n++] = u->text[u->at++];
        else if (!take_token(u))
            break;
    }
    return u->at > start;
}

struct collecting {
    struct aa_arena *arena;
    struct unquoted *out;
    size_t maximum;
};

static int make_room(struct collecting *c)
{
    size_t more = c->maximum == 0 ? 16 : c->maximum * 2;
    char **words;
    unsigned char *doubt;

    if (more > 2 * UNQUOTE_WORDS_MAX)
        return -E2BIG;
    words = AA_NEW_ARRAY(c->arena, char *, more);
    doubt = AA_NEW_ARRAY(c->arena, unsigned char, more);
    if (words == NULL || doubt == NULL)
        return -ENOMEM;
    if (c->out->n > 0) {
        memcpy(words, c->out->words, c->out->n * sizeof(*words));
        memcpy(doubt, c->out->doubt, c->out->n);
    }
    c->out->words = words;
    c->out->doubt = doubt;
    c->maximum = more;
    return 0;
}

static int add_word(struct collecting *c, const struct unquoting *u)
{
    struct unquoted *out = c->out;
    int r = out->n + 1 >= c->maximum ? make_room(c) : 0;

    if (r < 0)
        return r;
    out->words[out->n] = aa_arena_strndup(c->arena, u->out, u->masked > 0 ? u->known_n : u->out_n);
    if (out->words[out->n] == NULL)
        return -ENOMEM;
    out->doubt[out->n] = u->masked > 0 ? AA_UNKNOWN : AA_EXACT;
    out->masked += u->masked;
    out->words[++out->n] = NULL;
    return 0;
}

int unquote_command(struct aa_arena *arena, const char *text, size_t length, struct unquoted *ret)
{
    _cleanup_free_ char *out = malloc(length + 1);
    struct unquoting u = { .text = text, .length = length, .out = out };
    struct unquoted unquoted = { .n = 0 };
    struct collecting collecting = { arena, &unquoted, 0 };

    if (out == NULL)
        return -ENOMEM;
    if (length == 0 || memchr(text, '\0', length) != NULL)
        return -EINVAL;
    while (true) {
        int r;

        u.out_n = u.masked = 0;
        if (!take_word(&u))
            return -EINVAL;
        r = add_word(&collecting, &u);
        if (r < 0)
            return r;
        if (u.at == length)
            break;
        if (text[u.at++] != ' ' || u.at == length)
            return -EINVAL;
    }
    if (unquoted.masked == 0)
        unquoted.doubt = NULL;
    *ret = unquoted;
    return 0;
}

bool unquote_is_cut(const char *text, size_t length)
{
    static const char marker[] = " bytes left out \xe2\x80\xa6] ";

    return length > UNQUOTE_CUT_FROM && memmem(text, length, marker, sizeof(marker) - 1) != NULL;
}
