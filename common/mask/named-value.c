/* SPDX-License-Identifier: ISC */
/*
 * How far a value reaches. Behind an opening quote it goes to the closing one; but what looks like an
 * opening quote may be a closing one, and then commands stand behind it ('password='x rm -rf /), so
 * the quotes in front are read as a shell would. Where that is not sure, a value ends at a blank.
 */
#include "named.h"

/* Where quotes begin anew ($(…), `…`), have other rules ($'…') or are none (remarks, here-documents). */
static bool is_doubtful(const struct aa_mask_quotes *quotes, char c)
{
    char next = quotes->at + 1 < quotes->n ? quotes->v[quotes->at + 1] : 0;
    char before = quotes->at > 0 ? quotes->v[quotes->at - 1] : '\n';

    if (c == '<' && next == '<')
        return !(before == '<' ||
                 (quotes->n - quotes->at > 2 && quotes->v[quotes->at + 2] == '<')); /* no here-string */
    if (c == '`' || (c == '$' && (next == '(' || next == '\'')))
        return true;
    return c == '#' && aa_mask_is_syntax(before);
}

/* Hands one byte to a level; what is within its quotes goes on to the next one. The level at which it opened
 * or closed quotes, or -1. */
static int feed(struct aa_mask_quotes *quotes, int level, char c)
{
    for (; level < AA_MASK_QUOTE_LEVELS; level++) {
        char *open = &quotes->level[level].open;

        if (quotes->level[level].escaped) {
            quotes->level[level].escaped = false;
            if (*open == 0)
                return -1;
            if (c != '\\' && c != '"' && c != '$' && c != '`')
                (void)feed(quotes, level + 1, '\\');
            continue;
        }
        if (c == '\\' && *open != '\'') {
            quotes->level[level].escaped = true;
            return -1;
        }
        if (*open == 0 && c != '\'' && c != '"')
            return -1;
        if (*open == 0 || *open == c) {
            *open = *open == 0 ? c : 0;
            for (int i = level + 1; i < AA_MASK_QUOTE_LEVELS; i++) {
                quotes->level[i].open = 0;
                quotes->level[i].escaped = false;
            }
            return level;
        }
    }
    return -1;
}

void aa_mask_quotes_go(struct aa_mask_quotes *quotes, size_t to)
{
    for (; quotes->at < to && quotes->at < quotes->n; quotes->at++) {
        char c = quotes->v[quotes->at];

        quotes->unsure |= is_doubtful(quotes, c);
        if (c == '{')
            quotes->braces++;
        else if (c == '}' && quotes->braces > 0)
            quotes->braces--;
        (void)feed(quotes, 0, c);
    }
}

enum aa_mask_quote aa_mask_quote_at(struct aa_mask_quotes *quotes, size_t at, size_t escapes)
{
    struct aa_mask_quotes copy;
    int level;

    aa_mask_quotes_go(quotes, at);
    copy = *quotes;
    for (size_t i = 0; i < escapes; i++)
        (void)feed(&copy, 0, '\\');
    level = feed(&copy, 0, quotes->v[at + escapes]);
    if (level < 0)
        return AA_MASK_QUOTE_LITERAL;
    return copy.level[level].open != 0 ? AA_MASK_QUOTE_OPENS : AA_MASK_QUOTE_CLOSES;
}

size_t aa_mask_quotes_stay(struct aa_mask_quotes *quotes, size_t from, size_t to)
{
    struct aa_mask_quotes copy;
    int outer = -1;

    aa_mask_quotes_go(quotes, AA_MIN(from, quotes->n));
    copy = *quotes;
    while (outer + 1 < AA_MASK_QUOTE_LEVELS && copy.level[outer + 1].open != 0)
        outer++;
    for (size_t i = copy.at; outer >= 0 && i < to; i++) {
        int level = feed(&copy, 0, copy.v[i]);

        if (level >= 0 && level <= outer)
            return i;
    }
    return to;
}

/* Whether "a=" or "a:" stands behind a comma: mount and helm have lists of them. */
static bool begins_pair(const char *v, size_t n, size_t at)
{
    size_t start = at;

    while (at < n && aa_mask_is_name_byte(v[at]))
        at++;
    return at > start && at < n && v[at] == '=';
}

/* Whether a switch of mount stands there, to the end of the word or before another comma: it is no part of
 * the password before it, and what it does has to be seen ("-o password=x,suid"). */
static bool begins_switch(const char *v, size_t n, size_t at)
{
    static const char *const switches[] = {
        "suid", "nosuid", "exec", "noexec", "dev", "nodev", "rw", "ro", "remount", "bind", "rbind", "move", "shared",
        "rshared", "private", "rprivate", "slave", "rslave", "user", "nouser", "users", "owner", "group", "auto", "noauto",
        "loop", "defaults", "allow_other", "allow_root", "default_permissions", "noperm", "setuids", "dynperm",
        "cifsacl", "multiuser", "guest", "sync", "async", "_netdev", "nofail", "readonly", "nocopy",
    };
    size_t to = at;

    while (to < n && aa_mask_is_name_byte(v[to]))
        to++;
    if (to < n && v[to] != ',' && !aa_mask_is_syntax(v[to]))
        return false;
    for (size_t i = 0; i < AA_ARRAY_SIZE(switches); i++) {
        if (aa_mask_is_word(v + at, to - at, switches[i]))
            return true;
    }
    return false;
}

static bool ends_at(const char *v, size_t n, size_t at, unsigned endings)
{
    switch (v[at]) {
    case ' ': case '\t': case '\n': case '\r': case '\v': case '\f': case '\0':
    case '"': case '\'': case '`': case ';': case '|': case '&': case '<': case '>': case '(': case ')':
        return true;
    case ',':
        return (endings & AA_MASK_ENDS_COMMA) != 0 || begins_pair(v, n, at + 1) ||
               begins_switch(v, n, at + 1);
    case '}': case ']':
        return (endings & AA_MASK_ENDS_COMMA) != 0;
    case '#':
        return (endings & AA_MASK_ENDS_HASH) != 0;
    case '%':
        if (endings & AA_MASK_ENDS_PERCENT) {
            int byte = aa_mask_percent(v, n, at);

            return byte > 0 && strchr("&\"',}; \n", byte) != NULL;
        }
        return false;
    default:
        return false;
    }
}

size_t aa_mask_value_end(struct aa_mask_ends *ends, const char *v, size_t n, size_t from, unsigned endings)
{
    size_t at = from;

    if (from >= ends->v[endings].from && from < ends->v[endings].to)
        return ends->v[endings].to;
    while (at < n && !ends_at(v, n, at, endings)) {
        if (v[at] == '{' && at > 0 && v[at - 1] == '$') {
            while (at < n && v[at] != '}' && !aa_mask_is_syntax(v[at]))
                at++; /* a variable in braces has no comma of a list */
            if (at == n || v[at] != '}')
                break;
        }
        if (v[at] == '\\') {
            size_t escapes = at;

            while (escapes < n && v[escapes] == '\\')
                escapes++;
            if (escapes == n || v[escapes] == '"' || v[escapes] == '\'' || v[escapes] == 'n' ||
                v[escapes] == 'r' || v[escapes] == 't' || v[escapes] == '\n')
                break;
            at = escapes;
        }
        at++;
    }
    ends->v[endings].from = from;
    ends->v[endings].to = at;
    return at;
}

size_t aa_mask_quoted_end(const char *v, size_t n, size_t from, char quote, size_t escapes)
{
    bool plain = quote == '\'' && escapes == 0; /* a shell's ' knows no escape: in doubt it ends */
    size_t backslashes = 0;

    for (size_t i = from; i < n; i++) {
        if (v[i] == '\\') {
            backslashes++;
            continue;
        }
        if (v[i] == quote && (plain || (escapes > 0 ? backslashes <= escapes : backslashes % 2 == 0)))
            return i - (escapes > 0 ? backslashes : 0);
        backslashes = 0;
    }
    return n;
}
