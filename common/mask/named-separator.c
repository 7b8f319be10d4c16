/* SPDX-License-Identifier: ISC */
/* What stands between a name and its value: blanks, closing quotes, "=", ":", "=>", %3D, a tag's end. */
#include "named-scan.h"

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

struct aa_mask_place aa_mask_scan_separator(const struct aa_mask_scan *s, size_t start, size_t end)
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

/* "name": "DB_PASSWORD", "value": "x": where the name of the value stands behind the secret's. */
bool aa_mask_scan_beside(const struct aa_mask_scan *s, size_t end, struct aa_mask_place *ret)
{
    size_t at = end;

    for (; at < s->n && at < end + AA_MASK_NAMED_NEAR; at++) {
        if (strchr(" \t\n\r,;\"'\\{}<>/-", s->v[at]) == NULL || s->v[at] == '\0')
            break;
    }
    if (at == end || !aa_mask_begins(s->v + at, s->n - at, "value") ||
        (at + 5 < s->n && aa_mask_is_name_byte(s->v[at + 5])))
        return false;
    *ret = aa_mask_scan_separator(s, at, at + 5);
    return ret->kind == AA_MASK_SEPARATED_EQUALS || ret->kind == AA_MASK_SEPARATED_COLON;
}

/* password: str = "x": a type stands between. */
void aa_mask_scan_type(struct aa_mask_scan *s, struct aa_mask_place *place)
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
