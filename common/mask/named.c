/* SPDX-License-Identifier: ISC */
/*
 * Values that a name beside them gives away: NAME=VALUE, "name": "value", name: value, in all the
 * ways in which command lines, JSON, YAML, SQL, headers and addresses write them. The text is gone
 * through once; most names end at no separator and cost nothing more.
 */
#include "named-scan.h"

#include <errno.h>

enum { RANDOM_MIN = 7, LONG_PATH = 512, AWS_KEY = 20 };

static bool is_secret(struct aa_mask_scan *s, size_t start, size_t end)
{
    if (s->words == NULL)
        s->words = aa_mask_name_words_keep(s->masker);
    if (s->words == NULL)
        s->spans->error = -ENOMEM;
    return s->words != NULL && aa_mask_name_words_match(s->words, s->v + start, end - start);
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
static size_t behind_blank(struct aa_mask_scan *s, size_t start, size_t end,
                           const struct aa_mask_place *place)
{
    bool sql, sure, opens;
    size_t quote = place->to;
    struct aa_mask_value value;

    if (place->quoted || quote >= s->n || !aa_mask_is_blank(s->v[end]))
        return end;
    opens = s->v[quote] == '\'' || s->v[quote] == '"' || s->v[quote] == '\\';
    sql = aa_mask_scan_is(s, start, end, "by") && s->previous_end > s->previous &&
          (aa_mask_scan_is(s, s->previous, s->previous_end, "identified") ||
           (s->user_end > 0 && start - s->user_end < AA_MASK_NAMED_NEAR && opens));
    if (sql && !opens && !(s->user_end > 0 && start - s->user_end < AA_MASK_NAMED_NEAR))
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
        if (!aa_mask_scan_quoted(s, quote, true, &value))
            return end;
        if (!sure && s->v[start] != 'P' && aa_mask_scan_first_blank(s, value.from, value.to) < value.to)
            return end; /* password "for bob" */
    } else {
        aa_mask_scan_value(s, start, place, &value);
        if (!sure && !looks_random(s->v + value.from, value.to - value.from))
            return end;
    }
    return aa_mask_scan_take(s, &value) ? value.behind : end;
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
    static const char *const names[] = { "creds",      "cred",       "credentials", "basicauth",
                                         "basic_auth", "basic-auth", "httpauth",    "proxyauth",
                                         "userpass",   "http_auth",  "proxy_auth" };

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

/* https://x-access-token:VALUE@host is a pattern's; password:reset in db:password:reset is no name of a
 * value. */
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
    struct aa_mask_place place = aa_mask_scan_separator(s, start, end), beside;
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
        if (aa_mask_scan_beside(s, end, &beside) && is_secret(s, start, end)) {
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
    aa_mask_scan_type(s, &place);
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
