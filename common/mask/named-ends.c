/* SPDX-License-Identifier: ISC */
/* How far the value behind a name goes: of its pieces, its quotes, and what may end it there. */
#include "named-scan.h"

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

/* A value in quotes; false: none begins here. */
bool aa_mask_scan_quoted(struct aa_mask_scan *s, size_t at, bool wide, struct aa_mask_value *value)
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
    end = aa_mask_quotes_stay(&s->quotes, at, end);
    value->quoted = true;
    value->from = quote + 1;
    value->to = wide && end < s->n ? end : aa_mask_scan_first_blank(s, quote + 1, end);
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
    } else if (aa_mask_scan_quoted(s, at, true, value)) {
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
    if (value->to > at + 1 && s->v[value->to - 1] == ']' &&
        memchr(s->v + at, '[', value->to - at) == NULL &&
        memrchr(s->v + (start > AA_MASK_NAMED_NEAR ? start - AA_MASK_NAMED_NEAR : 0), '[',
                AA_MIN(start, (size_t)AA_MASK_NAMED_NEAR)) != NULL)
        value->to--; /* x=[a=1,password=VALUE] */
    if (start > 0 && value->to > at + 1 && strchr("/#@%~!", s->v[start - 1]) != NULL) {
        size_t to = value->to; /* the end of what sed puts in place of something: NAME=VALUE/g */

        while (to > at && value->to - to < 3 &&
               (s->v[to - 1] == 'g' || s->v[to - 1] == 'I' || s->v[to - 1] == 'i'))
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
