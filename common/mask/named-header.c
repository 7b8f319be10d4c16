/* SPDX-License-Identifier: ISC */
/* Values in headers of HTTP: behind the scheme of Authorization, and in each pair of a cookie. */
#include "named-scan.h"

/* NAME=VALUE, NAME="VALUE" … behind the scheme: those that prove something. */
static size_t pairs(struct aa_mask_scan *s, size_t at)
{
    static const char *const secrets[] = { "response", "signature",  "nonce",
                                           "cnonce",   "credential", "opaque" };

    for (;;) {
        struct aa_mask_place place = { .kind = AA_MASK_SEPARATED_COLON, .quoted = true };
        struct aa_mask_value value;
        size_t name = at;

        while (at < s->n && aa_mask_is_name_byte(s->v[at]))
            at++;
        if (at == name || at == s->n || s->v[at] != '=')
            return at;
        place.to = at + 1;
        aa_mask_scan_value(s, name, &place, &value);
        for (size_t i = 0; i < AA_ARRAY_SIZE(secrets); i++) {
            if (aa_mask_scan_is(s, name, at, secrets[i]))
                (void)aa_mask_scan_take(s, &value);
        }
        for (at = value.behind; at < s->n && (s->v[at] == ',' || aa_mask_is_blank(s->v[at]));)
            at++;
    }
}

/* Token token=VALUE: the name stays. */
static size_t behind_token(const struct aa_mask_scan *s, size_t at)
{
    return aa_mask_begins(s->v + at, s->n - at, "token=") && s->n - at > 6 && s->v[at + 6] != '=' ? at + 6
                                                                                                  : at;
}

/* Authorization: SCHEME VALUE. The scheme stays; of Digest and AWS4 the pairs are covered. */
size_t aa_mask_scan_authorization(struct aa_mask_scan *s, size_t start, size_t end,
                                  const struct aa_mask_place *place)
{
    static const char *const schemes[] = { "bearer", "basic", "token", "negotiate", "ntlm", "apikey", "key",
                                           "bot", "oauth", "ssws", "geniekey", "splunk", "accesskey",
                                           "access-token", "apitoken", "api-token", "private-token",
                                           "deepl-auth-key" };
    struct aa_mask_place inner = *place;
    struct aa_mask_value value;
    size_t quote = aa_mask_scan_backslashes(s, place->to), word, at, to;

    word = quote < s->n && (s->v[quote] == '"' || s->v[quote] == '\'') ? quote + 1 : place->to;
    for (to = word; to < s->n && aa_mask_is_name_byte(s->v[to]);)
        to++;
    at = aa_mask_scan_blanks(s, to);
    for (size_t i = 0; at > to && i < AA_ARRAY_SIZE(schemes); i++) {
        if (!aa_mask_scan_is(s, word, to, schemes[i]))
            continue;
        inner.to = behind_token(s, at);
        inner.quoted = false;
        aa_mask_scan_value(s, start, &inner, &value);
        return aa_mask_scan_take(s, &value) ? value.behind : end;
    }
    if (at > to &&
        (aa_mask_scan_is(s, word, to, "digest") || aa_mask_scan_is(s, word, to, "aws4-hmac-sha256")))
        return pairs(s, at);
    aa_mask_scan_value(s, start, place, &value);
    return aa_mask_scan_take(s, &value) ? value.behind : end;
}

/* Choices of a reader, which prove nothing. */
static bool is_choice(const struct aa_mask_scan *s, size_t start, size_t end)
{
    static const char *const names[] = { "lang",     "language", "locale",  "theme",   "tz",
                                         "timezone", "currency", "country", "region",  "consent",
                                         "path",     "domain",   "expires", "max-age", "samesite" };

    for (size_t i = 0; i < AA_ARRAY_SIZE(names); i++) {
        if (aa_mask_scan_is(s, start, end, names[i]))
            return true;
    }
    return false;
}

/* Whether nothing but pairs follows, to the end or a closing quote. "; LD_PRELOAD=x ls" is a command. */
static bool are_pairs(const struct aa_mask_scan *s, size_t at)
{
    struct aa_mask_quotes quotes = s->quotes;

    for (;;) {
        size_t name, quote;

        at = aa_mask_scan_blanks(s, at);
        for (name = at; at < s->n && aa_mask_is_name_byte(s->v[at]);)
            at++;
        if (at == name || at == s->n || s->v[at] != '=')
            return false;
        while (at < s->n && !aa_mask_is_syntax(s->v[at]))
            at++;
        quote = aa_mask_scan_backslashes(s, at);
        if (quote < s->n && (s->v[quote] == '"' || s->v[quote] == '\'') && quote - at <= AA_MASK_ESCAPES_MAX)
            return aa_mask_quote_at(&quotes, at, quote - at) == AA_MASK_QUOTE_CLOSES && !quotes.unsure;
        if (at == s->n)
            return true;
        if (s->v[at++] != ';')
            return false;
        if (at == s->n)
            return true;
    }
}

/* Cookie: a=VALUE; b=VALUE */
size_t aa_mask_scan_cookies(struct aa_mask_scan *s, size_t end, const struct aa_mask_place *place)
{
    size_t quote = aa_mask_scan_backslashes(s, place->to), at = place->to;

    if (quote < s->n && (s->v[quote] == '"' || s->v[quote] == '\''))
        at = quote + 1;
    for (;;) {
        struct aa_mask_place inner = { .kind = AA_MASK_SEPARATED_EQUALS };
        struct aa_mask_value value;
        size_t name = at;

        while (at < s->n && aa_mask_is_name_byte(s->v[at]))
            at++;
        if (at == name || at == s->n || s->v[at] != '=')
            return AA_MIN(end, name) == name ? name : end;
        inner.to = at + 1;
        aa_mask_scan_value(s, name, &inner, &value);
        if (!is_choice(s, name, inner.to - 1))
            (void)aa_mask_scan_take(s, &value);
        if (value.behind >= s->n || s->v[value.behind] != ';')
            return value.behind;
        if (!are_pairs(s, value.behind + 1))
            return value.behind;
        at = aa_mask_scan_blanks(s, value.behind + 1);
        end = at;
    }
}
