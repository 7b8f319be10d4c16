/* SPDX-License-Identifier: ISC */
/*
 * Words as mixed as a random secret. What people and programs name has pairs of letters that languages
 * have, and changes between capitals, small letters and digits at the borders of its parts; base64 of
 * random bytes has neither. Each pair of neighbours is weighed by how much more likely it is in the
 * one than in the other, and the sum decides. A word without capitals, small letters and digits is
 * never one: checksums, ids of containers, UUIDs and names of pods are not.
 */
#include "named.h"

#include <errno.h>

#define RULE "entropy"

enum {
    WORD_MIN = 20,
    RESOURCE_ID_LENGTH = 20,
    MINISIGN_LENGTH = 56,
    LABEL_MAX = 40,    /* between BEGIN and ----- */
    BESIDE = 16,       /* bytes in front of a word that are looked at */
    SUM_MIN = 10,      /* of the whole word */
    COMMON = -9,       /* a pair of letters that is common in names */
    RARE = 15,
    DIGITS = -8,
    BORDER = 12,       /* between a letter and a digit */
    HUMP = 4,          /* aB */
    SEPARATOR = -12,
    SLASH = -4,
    PLUS = 6,
    CLASS_SHARE = 10,  /* one byte in so many at least is a capital, a small letter */
    DIGIT_SHARE = 40,
};

/* What often stands behind a letter, a to z, in English and in names of programs. */
static const char *const followers[26] = {
    "bcdfgilmnprstuvwxyk", "aeilorusyj", "aehiklortuyc", "aeiodrsuby", "abcdefglmnprstvwxyiq", "aefiloruty",
    "aehilnorsuy", "aeiortuy", "abcdefglmnoprstvzk", "aosue", "eiaslny", "adefiklmopstuvy", "abeimopsuyd",
    "acdegiknostuyvf", "abcdfgiklmnoprstuvwxy", "aehiloprstuyd", "u", "acdegiklmnorstuvyb", "acehiklmnopqstuwyr",
    "aehilmorstuwyc", "abcdegilmnprst", "aeio", "aehionrs", "tpimace", "esopmlact", "eaio",
};

enum class { UPPER, LOWER, DIGIT, OTHER };

static enum class class_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return UPPER;
    if (c >= 'a' && c <= 'z')
        return LOWER;
    return c >= '0' && c <= '9' ? DIGIT : OTHER;
}

static int weigh(char a, char b)
{
    enum class x = class_of(a), y = class_of(b);

    if (x == OTHER || y == OTHER) {
        char other = x == OTHER ? a : b;

        return other == '+' ? PLUS : other == '/' ? SLASH : SEPARATOR;
    }
    if (x == DIGIT && y == DIGIT)
        return DIGITS;
    if (x == DIGIT || y == DIGIT)
        return BORDER;
    if (x == LOWER && y == UPPER)
        return HUMP;
    if (b == a + 1)
        return 2 * COMMON; /* an alphabet in a row */
    return strchr(followers[aa_mask_lower(a) - 'a'], aa_mask_lower(b)) != NULL ? COMMON : RARE;
}

/* base64 of text is no secret by itself: encoded.c reads what it says. */
static bool says_text(const char *v, size_t n)
{
    uint32_t bits = 0;
    size_t read = 0, printable = 0;
    int held = 0;

    for (size_t i = 0; i < n && v[i] != '='; i++) {
        int value = aa_mask_base64_digit(v[i]);
        unsigned char c;

        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held < 8)
            continue;
        held -= 8;
        c = (unsigned char)(bits >> held);
        read++;
        printable += (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t' || c == '\r';
    }
    return read > 0 && printable == read;
}

static bool is_public(const char *v, size_t n)
{
    static const char *const prefixes[] = {
        "AAAAB3NzaC1", "AAAAC3NzaC1", "AAAAE2VjZHNh", "AAAAGnNrLX", "AAAAInNrLX", /* public keys of ssh */
        "sha1-", "sha256-", "sha384-", "sha512-", "sha256/", "sha384/", "sha512/", /* integrity, pins */
        "_ZN", "_ZT", "_RN", /* C++ and Rust names */
        /* what a payment service calls its things */
        "acct_", "ba_", "btok_", "card_", "ch_", "cs_", "cus_", "dp_", "evt_", "fee_", "file_", "ic_", "il_", "in_", "link_",
        "pi_", "plan_", "plink_", "pm_", "po_", "price_", "prod_", "promo_", "py_", "pyr_", "req_", "seti_", "sub_",
        "si_", "src_", "tr_", "txn_", "txr_", "we_",
    };

    for (size_t i = 0; i < AA_ARRAY_SIZE(prefixes); i++) {
        if (n >= strlen(prefixes[i]) && memcmp(v, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    }
    return n == MINISIGN_LENGTH && v[0] == 'R' && v[1] == 'W'; /* minisign's and signify's public keys */
}

/* "peer KEY", "PublicKey = KEY", "SHA256:KEY": what stands in front says that anybody may know it. */
static bool is_said_to_be_public(const char *v, size_t from)
{
    static const char *const words[] = { "peer", "publickey", "public_key", "public-key", "pubkey", "sha1", "sha256",
                                         "sha384", "sha512", "pin-sha256", "fingerprint", "integrity", "digest", "etag",
                                         "recipient", "checksum", "md5", "content-md5", "accessor", "token_accessor" };
    size_t to = from, start;

    while (to > 0 && from - to < BESIDE && strchr(" \t=:\"'\\", v[to - 1]) != NULL && v[to - 1] != '\0')
        to--;
    for (start = to; start > 0 && to - start < BESIDE && aa_mask_is_name_byte(v[start - 1]);)
        start--;
    while (start < to && v[start] == '-')
        start++;
    for (size_t i = 0; i < AA_ARRAY_SIZE(words); i++) {
        if (aa_mask_is_word(v + start, to - start, words[i]))
            return true;
    }
    return false;
}

bool aa_mask_is_mixed(const char *word, size_t length)
{
    size_t n = length, upper = 0, lower = 0, digits = 0, separators = 0;
    bool hex = true;
    long sum = 0;

    while (n > 0 && word[n - 1] == '=')
        n--;
    if (n < WORD_MIN || length - n > 2 || is_public(word, n))
        return false;
    for (size_t i = 0; i < n; i++) {
        enum class c = class_of(word[i]);

        if (c == OTHER && strchr("+/_.-=~", word[i]) == NULL)
            return false;
        upper += c == UPPER;
        lower += c == LOWER;
        digits += c == DIGIT;
        separators += c == OTHER && word[i] != '+' && word[i] != '/';
        hex = hex && (aa_mask_hex_digit(word[i]) >= 0 || word[i] == '-' || (i == 1 && word[i] == 'x'));
        if (i > 0)
            sum += weigh(word[i - 1], word[i]);
    }
    if (hex || upper < (n + CLASS_SHARE - 1) / CLASS_SHARE || lower < (n + CLASS_SHARE - 1) / CLASS_SHARE ||
        digits < AA_MIN((n + DIGIT_SHARE - 1) / DIGIT_SHARE, (size_t)4) || separators * 6 > n)
        return false;
    return sum >= SUM_MIN && !says_text(word, length);
}

/* What Okta calls users, groups, applications and rules by, in the paths of its addresses. */
static bool is_resource_id(const char *v, size_t n)
{
    static const char *const kinds[] = { "00u", "00g", "00o", "00p", "00s", "0oa", "0pr", "rul", "ost", "aus" };

    for (size_t i = 0; n == RESOURCE_ID_LENGTH && i < AA_ARRAY_SIZE(kinds); i++) {
        if (memcmp(v, kinds[i], strlen(kinds[i])) == 0)
            return true;
    }
    return false;
}

static bool is_border(char c)
{
    return aa_mask_is_syntax(c) || strchr("=:,{}[]@?#!%^*", c) != NULL || (unsigned char)c >= 0x80 ||
           (unsigned char)c < ' ';
}

static bool begins_address(const char *v, size_t from, size_t to)
{
    return from > 0 && v[from - 1] == ':' && to - from > 2 && v[from] == '/' && v[from + 1] == '/';
}

/* Looks at a word; in an address at each part of its path by itself. */
static void look_at(const struct aa_mask_text *text, size_t from, size_t to, bool address,
                    struct aa_mask_spans *spans)
{
    const char *v = text->v;

    if (to - from < WORD_MIN)
        return;
    if (!address) {
        if (v[to - 1] == '/' && (to - from) % 4 != 0)
            to--; /* s/x/VALUE/ */
        if (aa_mask_is_path(v + from, to - from) || is_said_to_be_public(v, from))
            return;
        if (aa_mask_is_mixed(v + from, to - from))
            aa_mask_spans_add(spans, text->at + from, to - from, RULE, AA_MASK_TYPE_SECRET);
        return;
    }
    if (begins_address(v, from, to)) {
        for (from += 2; from < to && v[from] != '/';)
            from++; /* the host */
        from++;
    }
    while (from < to) {
        size_t end = from;

        while (end < to && v[end] != '/')
            end++;
        if (end - from >= WORD_MIN && !is_resource_id(v + from, end - from) && aa_mask_is_mixed(v + from, end - from))
            aa_mask_spans_add(spans, text->at + from, end - from, RULE, AA_MASK_TYPE_SECRET);
        from = end + 1;
    }
}

/* Behind the marks of what is public, if such a block begins here: a certificate, a public key. */
static size_t public_block_end(const char *v, size_t n, size_t at)
{
    static const char begin[] = "-----BEGIN ";
    size_t end = at + strlen(begin), marks;
    const char *found;

    if (n - at <= strlen(begin) || memcmp(v + at, begin, strlen(begin)) != 0)
        return at;
    for (marks = end; marks < n && marks - end < LABEL_MAX && v[marks] != '-';)
        marks++;
    if (memmem(v + end, marks - end, "CERTIFICATE", 11) == NULL && memmem(v + end, marks - end, "PUBLIC", 6) == NULL &&
        memmem(v + end, marks - end, "CRL", 3) == NULL && memmem(v + end, marks - end, "PARAMETERS", 10) == NULL &&
        memmem(v + end, marks - end, "SIGNATURE", 9) == NULL)
        return at;
    found = memmem(v + marks, n - marks, "-----END ", 9);
    return found == NULL ? n : (size_t)(found - v);
}

static bool is_spared(const struct aa_mask_text *text)
{
    for (size_t i = 0; i < text->spared_n; i++) {
        if (aa_streq(text->spared[i], RULE) || aa_streq(text->spared[i], AA_MASK_TYPE_SECRET))
            return true;
    }
    return false;
}

int aa_mask_find_mixed(struct aa_masker *masker, const struct aa_mask_text *text,
                       struct aa_mask_spans *spans)
{
    size_t n = text->n;
    bool address = false;

    if (text->code || is_spared(text) || !aa_mask_is_on(masker, RULE, false))
        return 0;
    if (n > AA_MASK_TEXT_MAX) {
        masker->overrun = "a text is too long to be looked at for mixed words";
        n = AA_MASK_TEXT_MAX;
    }
    for (size_t at = 0; at < n && spans->error == 0;) {
        size_t start = at, to;

        if (is_border(text->v[at])) {
            /* of an address, up to its query */
            if (aa_mask_is_syntax(text->v[at]) || text->v[at] == '?' || text->v[at] == '#' || text->v[at] == '=')
                address = false;
            at++;
            continue;
        }
        if (text->v[at] == '-' && (to = public_block_end(text->v, n, at)) > at) {
            at = to + (to < n);
            continue;
        }
        while (at < n && !is_border(text->v[at]))
            at++;
        for (to = at; at < n && at - to < 2 && text->v[at] == '=';)
            at++; /* padding belongs to the word, where something else stands behind it */
        address = address || begins_address(text->v, start, at);
        look_at(text, start, at > to && (at == n || is_border(text->v[at])) ? at : to, address, spans);
    }
    return spans->error == -ENOMEM ? -ENOMEM : 0;
}
