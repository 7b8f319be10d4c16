/* SPDX-License-Identifier: ISC */
#include "filter.h"

enum { LONGEST = 1024 }; /* bytes of a word that are looked at */

const char *const aa_mask_filter_built_in[] = { "authorization", "cookie",      "set-cookie", "requirepass",
                                                "masterauth",    "identified", "login",      "password",
                                                "basic",         "bearer",     "by",         "creds",
                                                "auth",          "userpass",   "cred",       "credentials",
                                                "basicauth",     "httpauth",   "proxyauth",  NULL };

static bool is_left_out(char c)
{
    return c == '_' || c == '-' || c == '.' || c == ' ' || c == '\t' || c == '\n' || c == '\0';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

enum { SHORT_NAME = AA_MASK_PROGRAM + 1 }; /* shorter than a beginning: no letter may follow, but an "s" */

static uint64_t start_hash(unsigned kind)
{
    return (UINT64_C(14695981039346656037) ^ kind) * UINT64_C(1099511628211);
}

static uint64_t add_to_hash(uint64_t hash, char c)
{
    return (hash ^ (unsigned char)lower(c)) * UINT64_C(1099511628211);
}

static size_t place(uint64_t hash, unsigned i)
{
    return (hash ^ hash >> 29) * UINT64_C(0x9e3779b97f4a7c15) >> (8 + 18 * i) & (AA_MASK_FILTER_BITS - 1);
}

bool aa_mask_filter_add(uint64_t bits[AA_MASK_FILTER_WORDS], enum aa_mask_beginning kind, const char *text)
{
    char signs[AA_MASK_FILTER_BEGIN + 1] = "";
    uint64_t hash;
    size_t n = 0;

    if (kind == AA_MASK_PROGRAM) {
        hash = start_hash(kind);
        for (n = 0; text[n] != '\0'; n++)
            hash = add_to_hash(hash, text[n]);
    } else {
        for (; *text != '\0' && n < AA_MASK_FILTER_BEGIN; text++) {
            if (kind == AA_MASK_LITERAL || !is_left_out(*text))
                signs[n++] = *text;
        }
        hash = start_hash(kind == AA_MASK_NAME && n < AA_MASK_FILTER_BEGIN ? SHORT_NAME : kind);
        for (size_t i = 0; i < n; i++)
            hash = add_to_hash(hash, signs[i]);
    }
    for (unsigned i = 0; i < AA_MASK_FILTER_EACH; i++)
        bits[place(hash, i) / 64] |= UINT64_C(1) << place(hash, i) % 64;
    return n > 0;
}

/* The bits of one set, or NULL: nothing in it. *ret_damaged: they are missing. */
static const uint64_t *bits_of(const struct aa_snapshot *set, bool *ret_damaged)
{
    struct aa_snap_range range = { 0, aa_snapshot_count(set, AA_SECTION_MASK_FILTER) };

    bool has_rules = aa_snapshot_count(set, AA_SECTION_MASK_PATTERNS) > 0 ||
                     aa_snapshot_count(set, AA_SECTION_MASK_OPTIONS) > 0 ||
                     set->header->settings.mask_names.count > 0;

    *ret_damaged = range.count != (has_rules ? AA_MASK_FILTER_WORDS : 0) && range.count != AA_MASK_FILTER_WORDS;
    return range.count == AA_MASK_FILTER_WORDS ? aa_snapshot_elements(set, AA_SECTION_MASK_FILTER, range) :
                                                 NULL;
}

struct filter {
    const uint64_t *bits[AA_MASK_SETS];
    size_t n;
};

static bool has(const struct filter *filter, uint64_t hash)
{
    for (size_t i = 0; i < filter->n; i++) {
        unsigned each = 0;

        while (each < AA_MASK_FILTER_EACH &&
               (filter->bits[i][place(hash, each) / 64] >> place(hash, each) % 64 & 1) != 0)
            each++;
        if (each == AA_MASK_FILTER_EACH)
            return true;
    }
    return false;
}

static bool literal_begins(const struct filter *filter, const char *text, size_t length)
{
    uint64_t hash = start_hash(AA_MASK_LITERAL);

    for (size_t n = 0; n < length && n < AA_MASK_FILTER_BEGIN; n++) {
        hash = add_to_hash(hash, text[n]);
        if (has(filter, hash))
            return true;
    }
    return false;
}

static bool is_small(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool name_begins(const struct filter *filter, const char *text, size_t length)
{
    uint64_t hash = start_hash(AA_MASK_NAME), brief = start_hash(SHORT_NAME);

    for (size_t at = 0, n = 0; at < length && n < AA_MASK_FILTER_BEGIN; at++) {
        if (is_left_out(text[at])) {
            if (at == 0)
                return false;
            continue;
        }
        hash = add_to_hash(hash, text[at]);
        brief = add_to_hash(brief, text[at]);
        n++;
        if ((n == AA_MASK_FILTER_BEGIN && has(filter, hash)) ||
            ((at + 1 == length || !is_small(text[at + 1]) || text[at + 1] == 's') && has(filter, brief)))
            return true;
    }
    return false;
}

/* What may stand around a program's name. */
static bool is_border(char c)
{
    return c == '\0' || strchr(" \t\n\r\v\f/'\"`$(){}[];|&<>=:,@+", c) != NULL;
}

static bool program_stands(const struct filter *filter, const char *text, size_t length)
{
    uint64_t hash = start_hash(AA_MASK_PROGRAM);

    for (size_t n = 0; n < length && !is_border(text[n]); n++)
        hash = add_to_hash(hash, text[n]);
    return has(filter, hash);
}

static bool may_be_mixed(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("+/_=.-~!#*", c) != NULL);
}

/* Letters and digits of a random word, or of base64; a path or a name has mostly small letters. */
static bool is_long_and_mixed(const char *text, size_t length)
{
    bool upper = false, small = false, digit = false;
    size_t n = 0;

    for (; n < length; n++) {
        char c = text[n];

        if (n == LONGEST)
            return true;
        if (c >= 'A' && c <= 'Z')
            upper = true;
        else if (c >= 'a' && c <= 'z')
            small = true;
        else if (c >= '0' && c <= '9')
            digit = true;
        else if (!may_be_mixed(c))
            break;
    }
    return n >= AA_MASK_FILTER_LONG && upper + small + digit > 1;
}

bool aa_mask_surely_nothing(const struct aa_masker *masker, const char *text, size_t length)
{
    struct filter filter = { .n = 0 };
    bool damaged = false, border = true, starts = true;
    size_t digits = 0;

    for (size_t i = 0; i < masker->sets_n && !damaged; i++) {
        filter.bits[filter.n] = bits_of(&masker->sets[i], &damaged);
        filter.n += filter.bits[filter.n] != NULL;
    }
    for (size_t at = 0; at < length && !damaged; at++) {
        const char *here = text + at;
        const size_t left = length - at;

        digits += *here >= '0' && *here <= '9';
        if (digits >= AA_MASK_FILTER_DIGITS || (unsigned char)*here >= 0x80 || *here == '%' || *here == '\\' ||
            *here == '&' || literal_begins(&filter, here, left) || name_begins(&filter, here, left) ||
            (border && program_stands(&filter, here, left)) || (starts && is_long_and_mixed(here, left)))
            return false;
        border = is_border(*here);
        starts = border || !may_be_mixed(*here);
    }
    return !damaged;
}
