/* SPDX-License-Identifier: ISC */
/*
 * What is written in another alphabet: base64, URL encoding, \u and \x escapes. It is decoded and
 * looked at by the finders of patterns and of names. A base64 word in which they find something is
 * covered as a whole; in URL encoding and escapes what they find is covered where it stands, by
 * a map from each decoded byte to its place. base64 within URL encoding is read, and the reverse.
 */
#include "named.h"

#include <errno.h>

#include "base/text.h"

#define RULE "encoded"

enum {
    DECODED_MIN = 12,     /* bytes: what is shorter says too little */
    LINE_MIN = 60,        /* base64 that goes on behind the end of a line */
    ESCAPES_MIN = 2,
    NESTED_MAX = 2,
    WORDS_MAX = 2048, /* that say text and are looked at */
};

struct level {
    unsigned depth;
    size_t *words;
};

/* Decodes what is there, newlines left out; returns how many bytes. */
static size_t decode(const char *v, size_t n, char *ret)
{
    uint32_t bits = 0;
    size_t put = 0;
    int held = 0;

    for (size_t i = 0; i < n; i++) {
        int value = aa_mask_base64_digit(v[i]);

        if (value < 0)
            continue;
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            ret[put++] = (char)(bits >> held);
        }
    }
    return put;
}

static bool is_text(const char *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)v[i] < 0x20 && strchr("\t\n\r", v[i]) == NULL)
            return false;
        if (v[i] == 0 || v[i] == 0x7f)
            return false;
    }
    return aa_utf8_valid(v, n);
}

/* "Basic " in front, and USER:PASSWORD in it */
static bool is_basic(const struct aa_mask_text *text, size_t from, const char *decoded, size_t n)
{
    const char *colon = memchr(decoded, ':', n);

    while (from > 0 && aa_mask_is_blank(text->v[from - 1]))
        from--;
    return colon != NULL && colon + 1 < decoded + n && from >= 5 &&
           aa_mask_begins(text->v + from - 5, 5, "basic");
}

static int find_nested(struct aa_masker *masker, const struct aa_mask_text *text, struct level level,
                       struct aa_mask_spans *spans);

/* What the finders see in a decoded text, into "found". */
static int look_into(struct aa_masker *masker, const struct aa_mask_text *outer, const char *v, size_t n,
                     struct level level, struct aa_mask_spans *found)
{
    const struct aa_mask_text text = { .v = v, .n = n, .code = outer->code, .spared = outer->spared,
                                       .spared_n = outer->spared_n };
    int r = aa_mask_find_shapes(masker, &text, found);

    if (r >= 0)
        r = aa_mask_find_named(masker, &text, found);
    if (r >= 0 && level.depth < NESTED_MAX)
        r = find_nested(masker, &text, level, found);
    if (r >= 0 && found->error == -E2BIG)
        masker->overrun = "there is too much to cover in what is encoded";
    return r < 0 ? r : found->error == -ENOMEM ? -ENOMEM : 0;
}

/* One word, if it says text: 1 and its span where something was found in it. */
static int look_at_word(struct aa_masker *masker, const struct aa_mask_text *text, size_t from, size_t to,
                        struct level level, char *room, struct aa_mask_spans *spans)
{
    struct aa_mask_spans found = { .arena = spans->arena };
    const char *type = AA_MASK_TYPE_SECRET;
    size_t n = decode(text->v + from, to - from, room), end = to;
    char *decoded;
    int r;

    if (n < DECODED_MIN || !is_text(room, n))
        return 0;
    if (++*level.words > WORDS_MAX) {
        masker->overrun = "there are too many words in base64";
        return 0;
    }
    while (end < text->n && end - to < 2 && text->v[end] == '=')
        end++;
    if (is_basic(text, from, room, n)) {
        aa_mask_spans_add(spans, text->at + from, end - from, RULE, type);
        return 1;
    }
    decoded = aa_arena_strndup(spans->arena, room, n); /* "room" is used again */
    if (decoded == NULL)
        return -ENOMEM;
    r = look_into(masker, text, decoded, n, (struct level){ level.depth + 1, level.words }, &found);
    if (r < 0 || found.n == 0)
        return r;
    type = found.v[0].type;
    for (size_t i = 1; i < found.n; i++) {
        if (aa_streq(found.v[i].type, AA_MASK_TYPE_SECRET))
            type = AA_MASK_TYPE_SECRET;
    }
    aa_mask_spans_add(spans, text->at + from, end - from, RULE, type);
    return 1;
}

/* base64 may stand behind a path or a name that are glued to it by a letter of its alphabet. */
static int look_at_run(struct aa_masker *masker, const struct aa_mask_text *text, size_t from, size_t to,
                       struct level level, char *room, struct aa_mask_spans *spans)
{
    int r = look_at_word(masker, text, from, to, level, room, spans);

    while (r == 0 && from < to) {
        size_t end = from;

        while (end < to && strchr("/-_+\r\n", text->v[end]) == NULL)
            end++;
        if (end - from >= DECODED_MIN * 4 / 3)
            r = look_at_word(masker, text, from, end, level, room, spans);
        if (r > 0)
            r = 0;
        from = end + 1;
    }
    return r < 0 ? r : 0;
}

static int find_base64(struct aa_masker *masker, const struct aa_mask_text *text, struct level level,
                       struct aa_mask_spans *spans)
{
    char *room = NULL;

    for (size_t at = 0; at < text->n && spans->error == 0;) {
        size_t start = at, line;
        int r;

        if (aa_mask_base64_digit(text->v[at]) < 0) {
            at++;
            continue;
        }
        for (;;) {
            line = at;
            while (at < text->n && aa_mask_base64_digit(text->v[at]) >= 0)
                at++;
            line = at - line;
            if (line < LINE_MIN || line % 4 != 0 || at + 2 >= text->n)
                break;
            if (text->v[at] == '\r' && text->v[at + 1] == '\n' && aa_mask_base64_digit(text->v[at + 2]) >= 0)
                at += 2;
            else if (text->v[at] == '\n' && aa_mask_base64_digit(text->v[at + 1]) >= 0)
                at++;
            else
                break;
        }
        if (at - start < DECODED_MIN * 4 / 3)
            continue;
        if (room == NULL)
            room = aa_arena_alloc(spans->arena, text->n);
        if (room == NULL)
            return -ENOMEM;
        r = look_at_run(masker, text, start, at, level, room, spans);
        if (r < 0)
            return r;
    }
    return 0;
}

/* What was decoded, and where each of its bytes comes from. The last place is the end of the text. */
struct mapped {
    char *v;
    uint32_t *origin;
    size_t n;
};

static int escaped_hex(const char *v, size_t n, size_t at, size_t digits, uint32_t *ret)
{
    uint32_t value = 0;

    if (n - at < digits)
        return -1;
    for (size_t i = 0; i < digits; i++) {
        int digit = aa_mask_hex_digit(v[at + i]);

        if (digit < 0)
            return -1;
        value = value * 16 + (uint32_t)digit;
    }
    *ret = value;
    return 0;
}

static void put_byte(struct mapped *mapped, char c, size_t origin)
{
    mapped->v[mapped->n] = c;
    mapped->origin[mapped->n++] = (uint32_t)origin;
}

/* Never longer than what it was written as; halves of pairs are kept as they are. */
static void put_character(struct mapped *mapped, uint32_t c, size_t origin)
{
    if (c < 0x80) {
        put_byte(mapped, (char)c, origin);
    } else if (c < 0x800) {
        put_byte(mapped, (char)(0xc0 | c >> 6), origin);
        put_byte(mapped, (char)(0x80 | (c & 0x3f)), origin);
    } else {
        put_byte(mapped, (char)(0xe0 | c >> 12), origin);
        put_byte(mapped, (char)(0x80 | (c >> 6 & 0x3f)), origin);
        put_byte(mapped, (char)(0x80 | (c & 0x3f)), origin);
    }
}

/* The length of the escape at this place, and what it means; 0: there is none. */
static size_t read_escape(const char *v, size_t n, size_t at, bool percent, uint32_t *ret)
{
    size_t to = at;

    if (percent) {
        int byte = aa_mask_percent(v, n, at);

        if (byte <= 0)
            return 0;
        *ret = (uint32_t)byte;
        return 3;
    }
    while (to < n && v[to] == '\\')
        to++;
    if (to == at || to == n)
        return 0;
    if (v[to] == 'u' && escaped_hex(v, n, to + 1, 4, ret) == 0 && *ret != 0)
        return to + 5 - at;
    if (v[to] == 'x' && escaped_hex(v, n, to + 1, 2, ret) == 0 && *ret != 0)
        return to + 3 - at;
    return 0;
}

/* What is encoded has no blank and no operator of a shell: behind one, something else begins. */
static size_t up_to_syntax(const char *text, size_t from, size_t to)
{
    size_t end = from;

    while (end < to && strchr(" \t\n;|&<>", text[end]) == NULL)
        end++;
    return end;
}

static int find_mapped(struct aa_masker *masker, const struct aa_mask_text *text, bool percent,
                       struct level level, struct aa_mask_spans *spans)
{
    struct aa_mask_spans found = { .arena = spans->arena };
    struct mapped mapped = { .n = 0 };
    size_t escapes = 0, room = text->n + 1;
    char mark = percent ? '%' : '\\';
    uint32_t c;
    int r;

    for (size_t at = 0; at < text->n && escapes < ESCAPES_MIN;) {
        const char *next = memchr(text->v + at, mark, text->n - at);
        size_t length;

        if (next == NULL)
            break;
        at = (size_t)(next - text->v);
        length = read_escape(text->v, text->n, at, percent, &c);
        /* one is enough where it is the "@" of an address, the "+" of a telephone number */
        escapes += length == 0 ? 0 : percent && (c == '@' || c == '+') ? ESCAPES_MIN : 1;
        while (length == 0 && at < text->n && text->v[at] == mark)
            at++;
        at += length;
    }
    if (escapes < ESCAPES_MIN)
        return 0;
    mapped.v = aa_arena_alloc(spans->arena, room);
    mapped.origin = AA_NEW_ARRAY(spans->arena, uint32_t, room);
    if (mapped.v == NULL || mapped.origin == NULL)
        return -ENOMEM;
    for (size_t at = 0; at < text->n;) {
        size_t length = text->v[at] == mark ? read_escape(text->v, text->n, at, percent, &c) : 0;

        if (length == 0) {
            do { /* a row of backslashes is gone through once */
                put_byte(&mapped, text->v[at], at);
                at++;
            } while (at < text->n && text->v[at] == mark && text->v[at - 1] == mark && !percent);
        } else {
            if (percent)
                put_byte(&mapped, (char)c, at);
            else
                put_character(&mapped, c, at);
            at += length;
        }
    }
    mapped.origin[mapped.n] = (uint32_t)text->n;
    r = look_into(masker, text, mapped.v, mapped.n, (struct level){ level.depth + 1, level.words }, &found);
    for (size_t i = 0; r >= 0 && i < found.n; i++) {
        size_t end = found.v[i].at + found.v[i].length, from = mapped.origin[found.v[i].at], to;

        while (end < mapped.n && mapped.origin[end] == mapped.origin[end - 1])
            end++; /* all of a character */
        to = up_to_syntax(text->v, from, mapped.origin[end]);
        aa_mask_spans_add(spans, text->at + from, to - from, found.v[i].rule, found.v[i].type);
    }
    return r;
}

static int find_nested(struct aa_masker *masker, const struct aa_mask_text *text, struct level level,
                       struct aa_mask_spans *spans)
{
    int r = find_base64(masker, text, level, spans);

    if (r >= 0)
        r = find_mapped(masker, text, true, level, spans);
    if (r >= 0)
        r = find_mapped(masker, text, false, level, spans);
    return r;
}

int aa_mask_find_encoded(struct aa_masker *masker, const struct aa_mask_text *text,
                         struct aa_mask_spans *spans)
{
    struct aa_mask_text bounded = *text;
    size_t words = 0;
    int r;

    if (!aa_mask_is_on(masker, RULE, false))
        return 0;
    if (bounded.n > AA_MASK_TEXT_MAX) {
        masker->overrun = "a text is too long to be looked at for what is encoded";
        bounded.n = AA_MASK_TEXT_MAX;
    }
    r = find_nested(masker, &bounded, (struct level){ 0, &words }, spans);
    return r < 0 ? r : spans->error == -ENOMEM ? -ENOMEM : 0;
}
