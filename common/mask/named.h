/* SPDX-License-Identifier: ISC */
/* What the parts of the finder "name" hand each other: the words of names, quotes, extents of values;
 * and, below, what all finders ask of a byte. */
#ifndef AA_MASK_NAMED_H
#define AA_MASK_NAMED_H

#include "finders.h"

enum {
    AA_MASK_NAME_WORDS_MAX = 1024, /* of all rules together */
    AA_MASK_NAME_MAX = 128,        /* bytes of a name; of a longer one its end is looked at */
    AA_MASK_ESCAPES_MAX = 15,      /* backslashes in front of a quote */
    AA_MASK_PIECES_MAX = 8,        /* of one value: 'it'\''s' */
};

/* name-words.c: the words of all rules, found by a hash. */
struct aa_mask_name_words {
    uint32_t n;
    uint16_t heads[256]; /* 0: none, else index + 1 */
    struct {
        const char *v;
        uint32_t flags;
        uint16_t length; /* without separators */
        uint16_t next;
    } v[AA_MASK_NAME_WORDS_MAX];
    const char *overrun; /* what could not be read, or NULL */
};

void aa_mask_name_words_read(struct aa_mask_name_words *words, const struct aa_masker *masker);
/* The same, read once and kept with the masker. NULL: there is no memory. */
const struct aa_mask_name_words *aa_mask_name_words_keep(struct aa_masker *masker);
bool aa_mask_name_words_match(const struct aa_mask_name_words *words, const char *name, size_t length);

/*
 * named-value.c: which quotes are open at a place, as a shell reads them; and in what stands in them, as
 * one more shell would (sh -c 'x="…"'), and so on. Goes forward alone.
 */
enum { AA_MASK_QUOTE_LEVELS = 4 };

struct aa_mask_quotes {
    const char *v;
    size_t n, at;
    size_t braces; /* { that are open */
    struct {
        char open; /* ' or " or 0 */
        bool escaped;
    } level[AA_MASK_QUOTE_LEVELS];
    bool unsure; /* something was seen in which quotes mean something else */
};

void aa_mask_quotes_go(struct aa_mask_quotes *quotes, size_t to);

enum aa_mask_quote { AA_MASK_QUOTE_LITERAL, AA_MASK_QUOTE_OPENS, AA_MASK_QUOTE_CLOSES };

/* What a quote at "at", behind "escapes" backslashes, is. */
enum aa_mask_quote aa_mask_quote_at(struct aa_mask_quotes *quotes, size_t at, size_t escapes);

/* How far the quotes that are open at "from" stay open, at most "to": what is quoted in them ends there. */
size_t aa_mask_quotes_stay(struct aa_mask_quotes *quotes, size_t from, size_t to);

/* How a value that stands in no quotes ends. */
enum aa_mask_ending {
    AA_MASK_ENDS_COMMA = 1u << 0,   /* at , } ] (JSON, flow YAML) */
    AA_MASK_ENDS_HASH = 1u << 1,    /* at # (a query string) */
    AA_MASK_ENDS_PERCENT = 1u << 2, /* at %26 %22 %27 %2C %7D %3B %20 %0A */
    AA_MASK_ENDINGS = 1u << 3,
};

/* Ends that were found, so that no text is gone through again for each name in it. */
struct aa_mask_ends {
    struct {
        size_t from, to;
    } v[AA_MASK_ENDINGS];
};

size_t aa_mask_value_end(struct aa_mask_ends *ends, const char *v, size_t n, size_t from, unsigned endings);
/* Of a value behind an opening quote with "escapes" backslashes: where it ends (at the backslashes of
 * the closing quote), or n where there is no closing one. */
size_t aa_mask_quoted_end(const char *v, size_t n, size_t from, char quote, size_t escapes);

static inline bool aa_mask_is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static inline bool aa_mask_is_name_byte(char c)
{
    return aa_mask_is_alnum(c) || c == '_' || c == '-' || c == '.';
}

static inline bool aa_mask_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static inline char aa_mask_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static inline int aa_mask_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = aa_mask_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Of either alphabet of base64, or -1. */
static inline int aa_mask_base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* The byte that "%XX" at this place means, or -1. */
static inline int aa_mask_percent(const char *v, size_t n, size_t at)
{
    if (n - at < 3 || v[at] != '%' || aa_mask_hex_digit(v[at + 1]) < 0 || aa_mask_hex_digit(v[at + 2]) < 0)
        return -1;
    return aa_mask_hex_digit(v[at + 1]) * 16 + aa_mask_hex_digit(v[at + 2]);
}

/* ASCII case ignored; "word" is in lower case. */
bool aa_mask_is_word(const char *v, size_t length, const char *word);
/* Whether the text at "v" begins with it. */
bool aa_mask_begins(const char *v, size_t length, const char *word);

#endif
