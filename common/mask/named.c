/* SPDX-License-Identifier: ISC */
/*
 * Values that a name beside them gives away: NAME=VALUE, "name": "value", name: value, in all the
 * ways in which command lines, JSON, YAML, SQL, headers and addresses write them. The text is gone
 * through once; most names end at no separator and cost nothing more.
 */
#include "named-scan.h"

#include <errno.h>

enum { NEAR = 80, RANDOM_MIN = 7, LONG_PATH = 512, AWS_KEY = 20 };

static bool is_secret(struct aa_mask_scan *s, size_t start, size_t end)
{
    if (s->words == NULL)
        s->words = aa_mask_name_words_keep(s->masker);
    if (s->words == NULL)
        s->spans->error = -ENOMEM;
    return s->words != NULL && aa_mask_name_words_match(s->words, s->v + start, end - start);
}

size_t aa_mask_scan_blanks(const struct aa_mask_scan *s, size_t at)
{
    while (at < s->n && (aa_mask_is_blank(s->v[at]) || aa_mask_percent(s->v, s->n, at) == ' '))
        at += s->v[at] == '%' ? 3 : 1;
    return at;
}

size_t aa_mask_scan_backslashes(const struct aa_mask_scan *s, size_t at)
{
    while (at < s->n && s->v[at] == '\\')
        at++;
    return at;
}

/* Behind a name: " ' \" %22 and ] of user[password]. */
static size_t skip_closers(const struct aa_mask_scan *s, size_t at, bool *ret_quoted)
{
    for (int i = 0; i < 4 && at < s->n; i++) {
        size_t quote = aa_mask_scan_backslashes(s, at);
        int byte = aa_mask_percent(s->v, s->n, at);

        if (quote < s->n && (s->v[quote] == '"' || s->v[quote] == '\'')) {
            at = quote + 1;
            *ret_quoted = true;
        } else if (byte == '"' || byte == '\'' || byte == ']') {
            at += 3;
            *ret_quoted |= byte != ']';
        } else if (s->v[at] == ']') {
            at++;
        } else if (aa_mask_begins(s->v + at, s->n - at, "&quot;")) {
            at += 6;
            *ret_quoted = true;
        } else {
            break;
        }
    }
    return at;
}

static struct aa_mask_place read_separator(const struct aa_mask_scan *s, size_t start, size_t end)
{
    struct aa_mask_place place = { .kind = AA_MASK_SEPARATED_NOTHING };
    bool variable = start >= 2 && s->v[start - 1] == '{' && s->v[start - 2] == '$';
    bool braces = start > 0 && s->v[start - 1] == '{' && !variable && end < s->n && s->v[end] == '}';
    size_t at = skip_closers(s, end + braces, &place.quoted), blank = aa_mask_scan_blanks(s, at);
    int byte;
    char c;

    place.blank_before = blank > at;
    at = blank;
    if (at >= s->n)
        return place;
    c = s->v[at];
    byte = aa_mask_percent(s->v, s->n, at);
    if (c == '%' && (byte == '=' || byte == ':')) {
        place.kind = byte == '=' ? AA_MASK_SEPARATED_EQUALS : AA_MASK_SEPARATED_COLON;
        place.percent = true;
        at += 3;
    } else if ((c == ':' || c == '?' || c == '+' || c == '!') && at + 1 < s->n && s->v[at + 1] == '=') {
        place.kind = AA_MASK_SEPARATED_EQUALS;
        at += 2;
    } else if (c == '=') {
        place.kind = AA_MASK_SEPARATED_EQUALS;
        for (at++; at < s->n && s->v[at] == '=';)
            at++;
        if (at + 1 < s->n && s->v[at] == '~' && aa_mask_is_blank(s->v[at + 1]))
            at++; /* =~, not a home folder */
        if (at < s->n && s->v[at] == '>')
            at++;
    } else if (c == ':' && at + 2 < s->n && s->v[at + 1] == ':' && s->v[at + 2] == ' ') {
        place.kind = AA_MASK_SEPARATED_COLON; /* LDIF: base64 follows */
        at += 2;
    } else if (c == ':' && at + 1 < s->n && s->v[at + 1] != ':') {
        /* x/token:1.2 is an image, token://x an address, ${TOKEN:?text} an error */
        if (s->v[at + 1] == '/' && at + 2 < s->n && s->v[at + 2] == '/')
            return place;
        if (!place.quoted && start >= 2 && s->v[start - 1] == '/' && aa_mask_is_name_byte(s->v[start - 2]))
            return place;
        if (variable && s->v[at + 1] == '?')
            return place;
        place.kind = AA_MASK_SEPARATED_COLON;
        at += variable && (s->v[at + 1] == '-' || s->v[at + 1] == '+') ? 2 : 1;
    } else if (c == '>' && at == end && start > 0 && (s->v[start - 1] == '<' || s->v[start - 1] == ':')) {
        place.kind = AA_MASK_SEPARATED_TAG;
        at++;
    } else if (place.blank_before) {
        place.kind = AA_MASK_SEPARATED_BLANK;
    }
    blank = aa_mask_scan_blanks(s, at);
    place.blank_behind = blank > at;
    place.to = blank;
    return place;
}

/* The rest of a word whose quotes end in its middle: 'it'\''s', "$X"tail. */
static void read_tail(struct aa_mask_scan *s, struct aa_mask_value *value, unsigned endings)
{
    for (int i = 0; i < AA_MASK_PIECES_MAX && value->behind < s->n; i++) {
        size_t at = value->behind, quote = aa_mask_scan_backslashes(s, at), end;
        char c = s->v[at];

        if (quote == at + 1 && quote < s->n && (s->v[quote] == '\'' || s->v[quote] == '"')) {
            value->to = value->behind = quote + 1;
            continue;
        }
        if (c == '\'' || c == '"') {
            aa_mask_quotes_go(&s->quotes, at);
            if (s->quotes.level[0].open != 0)
                return;
            end = aa_mask_quoted_end(s->v, s->n, at + 1, c, 0);
            if (end == s->n || s->quotes.unsure)
                return;
            value->to = end;
            value->behind = end + 1;
            continue;
        }
        if (c == '/' || c == ',' || c == '}' || c == ']' || c == ':' || c == '\\')
            return;
        end = aa_mask_value_end(&s->ends, s->v, s->n, at, endings);
        if (end == at)
            return;
        value->to = value->behind = end;
    }
}

static size_t first_blank(const struct aa_mask_scan *s, size_t from, size_t to)
{
    while (from < to && s->v[from] != ' ' && s->v[from] != '\t' && s->v[from] != '\n')
        from++;
    return from;
}

/* A value in quotes; false: none begins here. */
static bool read_quoted(struct aa_mask_scan *s, size_t at, bool wide, struct aa_mask_value *value)
{
    size_t quote = aa_mask_scan_backslashes(s, at), escapes = quote - at, end;
    enum aa_mask_quote kind;

    if (quote >= s->n || (s->v[quote] != '\'' && s->v[quote] != '"') || escapes > AA_MASK_ESCAPES_MAX)
        return false;
    kind = aa_mask_quote_at(&s->quotes, at, escapes);
    if (kind == AA_MASK_QUOTE_CLOSES)
        return false; /* it ends what stands in front */
    if (s->quotes.unsure || kind == AA_MASK_QUOTE_LITERAL)
        wide = false;
    end = aa_mask_quoted_end(s->v, s->n, quote + 1, s->v[quote], escapes);
    value->quoted = true;
    value->from = quote + 1;
    value->to = wide && end < s->n ? end : first_blank(s, quote + 1, end);
    value->behind = value->to;
    if (value->to == end && end < s->n)
        value->behind = AA_MIN(aa_mask_scan_backslashes(s, end) + 1, s->n);
    return true;
}

static unsigned endings_of(struct aa_mask_scan *s, size_t start, const struct aa_mask_place *place)
{
    unsigned endings = 0;

    if (start > 0 && (s->v[start - 1] == '?' || s->v[start - 1] == '&'))
        endings |= AA_MASK_ENDS_HASH;
    if (place->percent || (start >= 3 && aa_mask_percent(s->v, s->n, start - 3) >= 0))
        endings |= AA_MASK_ENDS_PERCENT;
    aa_mask_quotes_go(&s->quotes, start);
    if (s->quotes.braces > 0 || (place->quoted && place->kind == AA_MASK_SEPARATED_COLON))
        endings |= AA_MASK_ENDS_COMMA;
    return endings;
}

void aa_mask_scan_value(struct aa_mask_scan *s, size_t start, const struct aa_mask_place *place,
                        struct aa_mask_value *value)
{
    unsigned endings = endings_of(s, start, place);
    /* within quotes the text is read once more by something else, where a blank may end the word */
    bool joined = place->kind == AA_MASK_SEPARATED_EQUALS && s->quotes.level[0].open == 0;
    size_t at = place->to;
    int byte = aa_mask_percent(s->v, s->n, at);

    *value = (struct aa_mask_value){ .from = at };
    if (at + 1 < s->n && s->v[at] == '$' && (s->v[at + 1] == '\'' || s->v[at + 1] == '"'))
        at++;
    if (at + 1 < s->n && strchr("NEbru", s->v[at]) != NULL && s->v[at] != '\0') {
        size_t quote = aa_mask_scan_backslashes(s, at + 1); /* N'…' of SQL, b'…' of Python */

        at += quote < s->n && (s->v[quote] == '\'' || s->v[quote] == '"') &&
              aa_mask_quote_at(&s->quotes, at + 1, quote - at - 1) != AA_MASK_QUOTE_CLOSES;
    }
    if (byte == '"' || byte == '\'') {
        at += 3;
        endings |= AA_MASK_ENDS_PERCENT;
    } else if (aa_mask_begins(s->v + at, s->n - at, "&quot;")) {
        at += 6;
    } else if (read_quoted(s, at, true, value)) {
        if (joined && value->behind > value->to &&
            !(value->to > value->from &&
              aa_mask_is_no_value(s->v + value->from, value->to - value->from)))
            read_tail(s, value, endings);
        return;
    } else {
        size_t quote = aa_mask_scan_backslashes(s, at);

        if (quote < s->n && (s->v[quote] == '\'' || s->v[quote] == '"'))
            at = quote + 1; /* a closing quote: the word goes on behind it, or there is no value */
    }
    value->from = at;
    value->to = value->behind = aa_mask_value_end(&s->ends, s->v, s->n, at, endings);
    if (value->to > at + 1 && s->v[value->to - 1] == ']' && memchr(s->v + at, '[', value->to - at) == NULL &&
        memrchr(s->v + (start > NEAR ? start - NEAR : 0), '[', AA_MIN(start, (size_t)NEAR)) != NULL)
        value->to--; /* x=[a=1,password=VALUE] */
    if (start > 0 && value->to > at + 1 && strchr("/#@%~!", s->v[start - 1]) != NULL) {
        size_t to = value->to; /* the end of what sed puts in place of something: NAME=VALUE/g */

        while (to > at && value->to - to < 3 && (s->v[to - 1] == 'g' || s->v[to - 1] == 'I' || s->v[to - 1] == 'i'))
            to--;
        if (to > at + 1 && s->v[to - 1] == s->v[start - 1]) {
            value->to = to - 1;
            return;
        }
    }
    if (joined && value->to > at && s->v[value->to - 1] != '[' &&
        !aa_mask_is_no_value(s->v + at, value->to - at))
        read_tail(s, value, endings);
}

static bool is_name(const char *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!aa_mask_is_name_byte(v[i]))
            return false;
    }
    return n > 0;
}

bool aa_mask_scan_take(struct aa_mask_scan *s, const struct aa_mask_value *value)
{
    const char *v = s->v + value->from;
    size_t n = value->to - value->from;

    if (n == 0)
        return false;
    /* Credential=AKIA…/20260110/eu-west-1: the rest has to be seen */
    if (n > AWS_KEY && (aa_mask_begins(v, n, "akia") || aa_mask_begins(v, n, "asia")) &&
        (v[AWS_KEY] == '/' || aa_mask_percent(v, n, AWS_KEY) == '/'))
        n = AWS_KEY;
    /* a.password=a.confirmation='x': the value stands behind the second name */
    if (!value->quoted && v[n - 1] == '=' && is_name(v, n - 1) && value->to < s->n &&
        (s->v[value->to] == '\'' || s->v[value->to] == '"') &&
        ((s->n - value->to > 3 && memcmp(s->v + value->to, "'\\''", 4) == 0) ||
         aa_mask_quote_at(&s->quotes, value->to, 0) == AA_MASK_QUOTE_OPENS))
        return false;
    if (aa_mask_is_no_value(v, n))
        return n > LONG_PATH || aa_mask_begins(v, n, "arn:"); /* names in it are not looked at */
    if (!value->quoted && value->to < s->n &&
        ((s->v[value->to] == '(' && v[n - 1] != '$') ||
         (v[n - 1] == '[' && (s->v[value->to] == '"' || s->v[value->to] == '\''))))
        return false; /* a call, a look into a list: code */
    if (aa_mask_begins(v, n, ".*") || aa_mask_begins(v, n, "[^") || aa_mask_begins(v, n, "\\("))
        return false; /* a regular expression */
    aa_mask_spans_add(s->spans, s->at + value->from, n, AA_MASK_NAMED, AA_MASK_TYPE_SECRET);
    return true;
}

/* "name": "DB_PASSWORD", "value": "x": where the name of the value stands behind the secret's. */
static bool read_beside(const struct aa_mask_scan *s, size_t end, struct aa_mask_place *ret)
{
    size_t at = end;

    for (; at < s->n && at < end + NEAR; at++) {
        if (strchr(" \t\n\r,;\"'\\{}<>/-", s->v[at]) == NULL || s->v[at] == '\0')
            break;
    }
    if (at == end || !aa_mask_begins(s->v + at, s->n - at, "value") ||
        (at + 5 < s->n && aa_mask_is_name_byte(s->v[at + 5])))
        return false;
    *ret = read_separator(s, at, at + 5);
    return ret->kind == AA_MASK_SEPARATED_EQUALS || ret->kind == AA_MASK_SEPARATED_COLON;
}

/* A word that no language has: prose goes on behind "password" as well. */
static bool looks_random(const char *v, size_t n)
{
    bool letter = false, digit = false, special = false;

    while (n > 0 && v[n - 1] != '\0' && strchr(".,:!?", v[n - 1]) != NULL)
        n--;
    for (size_t i = 0; i < n; i++) {
        letter |= (v[i] >= 'a' && v[i] <= 'z') || (v[i] >= 'A' && v[i] <= 'Z');
        digit |= v[i] >= '0' && v[i] <= '9';
        special |= v[i] != '\0' && strchr("!#$%^*+=?~", v[i]) != NULL;
    }
    return n >= RANDOM_MIN && letter && digit && (special || aa_mask_is_mixed(v, n));
}

/* "requirepass VALUE", "PASSWORD 'v'", "login x password y": only what cannot be prose. */
static size_t behind_blank(struct aa_mask_scan *s, size_t start, size_t end, const struct aa_mask_place *place)
{
    bool sql, sure, opens;
    size_t quote = place->to;
    struct aa_mask_value value;

    if (place->quoted || quote >= s->n || !aa_mask_is_blank(s->v[end]))
        return end;
    opens = s->v[quote] == '\'' || s->v[quote] == '"' || s->v[quote] == '\\';
    sql = aa_mask_scan_is(s, start, end, "by") && s->previous_end > s->previous &&
          (aa_mask_scan_is(s, s->previous, s->previous_end, "identified") ||
           (s->user_end > 0 && start - s->user_end < NEAR && opens));
    if (sql && !opens && !(s->user_end > 0 && start - s->user_end < NEAR))
        return end;
    sure = sql || aa_mask_scan_is(s, start, end, "requirepass") ||
           aa_mask_scan_is(s, start, end, "masterauth") ||
           (aa_mask_scan_is(s, start, end, "password") && s->before < s->previous &&
            aa_mask_begins(s->v + s->before, 5, "login") && s->before + 5 < s->previous &&
            aa_mask_is_blank(s->v[s->before + 5]) && aa_mask_is_blank(s->v[s->previous_end]));
    if (!opens && !sure) {
        /* most words are followed by a blank: the cheap look first */
        size_t to = quote;
        bool digit = false;

        for (; to < s->n && to < quote + AA_MASK_NAME_MAX && !aa_mask_is_syntax(s->v[to]); to++)
            digit |= s->v[to] >= '0' && s->v[to] <= '9';
        if (!digit || !is_secret(s, start, end))
            return end;
    }
    if (opens && !sure && !is_secret(s, start, end))
        return end;
    value = (struct aa_mask_value){ .from = quote };
    if (opens) {
        if (!read_quoted(s, quote, true, &value))
            return end;
        if (!sure && s->v[start] != 'P' && first_blank(s, value.from, value.to) < value.to)
            return end; /* password "for bob" */
    } else {
        aa_mask_scan_value(s, start, place, &value);
        if (!sure && !looks_random(s->v + value.from, value.to - value.from))
            return end;
    }
    return aa_mask_scan_take(s, &value) ? value.behind : end;
}

/* password: str = "x": a type stands between. */
static void skip_type(struct aa_mask_scan *s, struct aa_mask_place *place)
{
    size_t at = place->to;

    if (place->kind != AA_MASK_SEPARATED_COLON || !place->blank_behind || place->quoted)
        return;
    while (at < s->n &&
           (aa_mask_is_name_byte(s->v[at]) || s->v[at] == '[' || s->v[at] == ']' || s->v[at] == '|'))
        at++;
    if (at == place->to || at == s->n || !aa_mask_is_blank(s->v[at]))
        return;
    at = aa_mask_scan_blanks(s, at);
    if (at + 1 >= s->n || s->v[at] != '=' || s->v[at + 1] == '=')
        return;
    place->to = aa_mask_scan_blanks(s, at + 1);
}

static bool is_whole_secret(struct aa_mask_scan *s, size_t start, size_t end, enum aa_mask_separator kind)
{
    if (is_secret(s, start, end))
        return true;
    /* API key: x */
    return kind == AA_MASK_SEPARATED_COLON && s->previous_end > s->previous && s->previous_end + 1 == start &&
           s->v[s->previous_end] == ' ' && end - s->previous <= AA_MASK_NAME_MAX &&
           is_secret(s, s->previous, end);
}

static bool is_id(const char *v, size_t n)
{
    bool parts = false;

    for (size_t i = 0; i < n; i++) {
        if (!(v[i] >= 'a' && v[i] <= 'z') && v[i] != '-' && v[i] != '_')
            return false;
        parts = parts || v[i] == '-' || v[i] == '_';
    }
    return parts;
}

/* creds=USER:VALUE */
static bool takes_user(const struct aa_mask_scan *s, size_t start, size_t end)
{
    static const char *const names[] = { "creds", "cred", "credentials", "basicauth", "basic_auth", "basic-auth",
                                         "httpauth", "proxyauth", "userpass", "http_auth", "proxy_auth" };

    for (size_t i = 0; i < AA_ARRAY_SIZE(names); i++) {
        size_t length = strlen(names[i]);

        if (end - start >= length && aa_mask_is_word(s->v + end - length, length, names[i]))
            return true;
    }
    return false;
}

static void skip_user(const struct aa_mask_scan *s, struct aa_mask_value *value)
{
    size_t at = value->from;

    while (at < value->to && (aa_mask_is_name_byte(s->v[at]) || s->v[at] == '@'))
        at++;
    if (at > value->from && at + 1 < value->to && s->v[at] == ':' && s->v[at + 1] != '/')
        value->from = at + 1;
}

/* https://x-access-token:VALUE@host is a pattern's; password:reset in db:password:reset is no name of a value. */
static bool is_in_a_row(const struct aa_mask_scan *s, size_t start)
{
    if (start >= 3 && s->v[start - 1] == '/' && s->v[start - 2] == '/' && s->v[start - 3] == ':')
        return true;
    if (start >= 9 && aa_mask_begins(s->v + start - 9, 9, "checksum/"))
        return true;
    return start >= 2 && s->v[start - 1] == ':' && aa_mask_is_name_byte(s->v[start - 2]);
}

/* Looks at what stands behind one name; where to go on. */
static size_t look_at(struct aa_mask_scan *s, size_t start, size_t end)
{
    struct aa_mask_place place = read_separator(s, start, end), beside;
    size_t tail = end - start > 13 ? end - 13 : start; /* …authorization */
    struct aa_mask_value value;

    if (place.kind == AA_MASK_SEPARATED_COLON && aa_mask_is_word(s->v + tail, end - tail, "authorization"))
        return aa_mask_scan_authorization(s, start, end, &place);
    if (place.kind != AA_MASK_SEPARATED_NOTHING &&
        (aa_mask_scan_is(s, start, end, "--cookie") || aa_mask_scan_is(s, start, end, "--cookies")))
        return aa_mask_scan_cookies(s, end, &place);
    if (place.kind == AA_MASK_SEPARATED_COLON &&
        (aa_mask_scan_is(s, start, end, "cookie") || aa_mask_scan_is(s, start, end, "set-cookie")))
        return aa_mask_scan_cookies(s, end, &place);
    if (place.kind == AA_MASK_SEPARATED_NOTHING || place.kind == AA_MASK_SEPARATED_BLANK) {
        if (read_beside(s, end, &beside) && is_secret(s, start, end)) {
            aa_mask_scan_value(s, start, &beside, &value);
            return aa_mask_scan_take(s, &value) ? value.behind : end;
        }
        return place.kind == AA_MASK_SEPARATED_BLANK ? behind_blank(s, start, end, &place) : end;
    }
    if (is_in_a_row(s, start) && place.kind == AA_MASK_SEPARATED_COLON)
        return end;
    if (!is_whole_secret(s, start, end, place.kind))
        return end;
    /* PASSWORD= rm: the value is empty, a command follows */
    if (place.kind == AA_MASK_SEPARATED_EQUALS && !place.blank_before && place.blank_behind && !place.quoted)
        return end;
    skip_type(s, &place);
    if (place.to >= s->n)
        return end;
    aa_mask_scan_value(s, start, &place, &value);
    if (place.kind == AA_MASK_SEPARATED_TAG &&
        !(value.to + 1 < s->n && s->v[value.to] == '<' && s->v[value.to + 1] == '/'))
        return end;
    if (aa_mask_scan_is(s, start, end, "--secret") && is_id(s->v + value.from, value.to - value.from))
        return end; /* the name of one */
    if (aa_mask_begins(s->v + value.from, value.to - value.from, "base32:"))
        value.from += 7;
    if (takes_user(s, start, end))
        skip_user(s, &value);
    return aa_mask_scan_take(s, &value) ? value.behind : end;
}

/* The length of what is no part of a name: %22, \n, \u0022, \x22 have letters that are none. */
static size_t border_length(const char *v, size_t n, size_t at)
{
    size_t to = at;

    if (v[at] == '%')
        return aa_mask_percent(v, n, at) >= 0 ? 3 : 1;
    if (v[at] != '\\')
        return 1;
    while (to < n && v[to] == '\\')
        to++;
    if (to < n && (v[to] == 'n' || v[to] == 'r' || v[to] == 't'))
        to++;
    else if (n - to >= 5 && v[to] == 'u' && aa_mask_hex_digit(v[to + 1]) >= 0 &&
             aa_mask_hex_digit(v[to + 4]) >= 0)
        to += 5;
    else if (n - to >= 3 && v[to] == 'x' && aa_mask_hex_digit(v[to + 1]) >= 0 &&
             aa_mask_hex_digit(v[to + 2]) >= 0)
        to += 3;
    return to - at;
}

static bool is_spared(const struct aa_mask_text *text)
{
    for (size_t i = 0; i < text->spared_n; i++) {
        if (aa_streq(text->spared[i], AA_MASK_NAMED) || aa_streq(text->spared[i], AA_MASK_TYPE_SECRET))
            return true;
    }
    return false;
}

int aa_mask_find_named(struct aa_masker *masker, const struct aa_mask_text *text,
                       struct aa_mask_spans *spans)
{
    struct aa_mask_scan s;

    if (!aa_mask_is_on(masker, AA_MASK_NAMED, false) || is_spared(text))
        return 0;
    s.v = text->v;
    s.n = text->n;
    s.at = text->at;
    s.masker = masker;
    s.words = NULL;
    s.quotes = (struct aa_mask_quotes){ .v = text->v, .n = text->n };
    memset(&s.ends, 0, sizeof(s.ends));
    s.spans = spans;
    s.previous = s.previous_end = s.before = s.user_end = 0;
    if (s.n > AA_MASK_TEXT_MAX) {
        masker->overrun = "a text is too long to be looked at for names";
        s.n = s.quotes.n = AA_MASK_TEXT_MAX;
    }
    for (size_t at = 0; at < s.n && spans->error == 0;) {
        size_t start = at, end;

        if (!aa_mask_is_name_byte(s.v[at])) {
            at += border_length(s.v, s.n, at);
            continue;
        }
        while (at < s.n && aa_mask_is_name_byte(s.v[at]))
            at++;
        if (aa_mask_scan_is(&s, start, at, "user") || aa_mask_scan_is(&s, start, at, "role"))
            s.user_end = at;
        end = at;
        at = look_at(&s, start, end);
        s.before = s.previous;
        s.previous = start;
        s.previous_end = end;
    }
    if (s.words != NULL && s.words->overrun != NULL)
        masker->overrun = s.words->overrun;
    return spans->error == -ENOMEM ? -ENOMEM : 0;
}
