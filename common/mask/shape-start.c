/* SPDX-License-Identifier: ISC */
#include "shape-start.h"

#include <string.h>

enum { BORDER_MAX = 256 }; /* bytes of a border's class */

static void may_start(unsigned char *set, unsigned byte)
{
    set[byte / 8] |= (unsigned char)(1u << byte % 8);
}

/* Both cases of a letter: PCRE2 does not tell whether it looks for one only. */
unsigned aa_mask_other_case(unsigned byte)
{
    bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');

    return letter ? byte ^ 0x20u : byte;
}

/* The bytes with which a match may begin, as PCRE2 knows them. False: it does not. */
static bool read_first(const pcre2_code *code, unsigned char *set)
{
    uint32_t kind = 0, first = 0;
    const uint8_t *map = NULL;

    pcre2_pattern_info(code, PCRE2_INFO_FIRSTCODETYPE, &kind);
    pcre2_pattern_info(code, PCRE2_INFO_FIRSTCODEUNIT, &first);
    pcre2_pattern_info(code, PCRE2_INFO_FIRSTBITMAP, &map);
    if (kind == 1) {
        may_start(set, first & 0xff);
        may_start(set, aa_mask_other_case(first & 0xff));
    } else if (kind == 0 && map != NULL) {
        memcpy(set, map, 256 / 8);
    } else {
        return false;
    }
    return true;
}

/* So that places are passed over quickly. */
static void read_ends(const pcre2_code *code, struct aa_mask_start *ret)
{
    uint32_t last_is = 0, last = 0;

    if (!read_first(code, ret->bytes))
        memset(ret->bytes, 0xff, sizeof(ret->bytes));
    pcre2_pattern_info(code, PCRE2_INFO_LASTCODETYPE, &last_is);
    pcre2_pattern_info(code, PCRE2_INFO_LASTCODEUNIT, &last);
    ret->has_last = last_is == 1;
    ret->last = (unsigned char)last;
}

/* Behind a class that begins here; 0: it is not one that is understood. */
static size_t class_end(const char *match, size_t n, size_t at)
{
    for (size_t i = at + 1; i < n; i++) {
        if (match[i] == '[' || (match[i] == ']' && (i == at + 1 || match[i - 1] == '^')))
            return 0;
        if (match[i] == '\\')
            i++;
        else if (match[i] == ']')
            return i + 1;
    }
    return 0;
}

/* Whether all that follows belongs to the border in front of it. */
static bool is_one_branch(const char *match, size_t n, size_t at)
{
    size_t depth = 0;

    while (at < n) {
        char c = match[at++];

        if (c == '\\') {
            if (at < n && strchr("QEc", match[at]) != NULL)
                return false;
            at++;
        } else if (c == '[') {
            at = class_end(match, n, at - 1);
            if (at == 0)
                return false;
        } else if (c == '(') {
            depth++;
            /* verbs, comments, white space that means nothing, callouts with texts */
            if (at + 1 >= n || match[at] == '*' ||
                (match[at] == '?' && strchr("#xC|", match[at + 1]) != NULL))
                return false;
        } else if (c == ')' && depth-- == 0) {
            return false;
        } else if (c == '|' && depth == 0) {
            return false;
        }
    }
    return true;
}

/* A pattern that begins with (?<![…]): most places in a long word are passed over without asking PCRE2,
 * which tells what is in the class, too. */
static void read_border(const char *match, size_t n, pcre2_compile_context *compiling,
                        struct aa_mask_start *ret)
{
    static const char caseless[] = "(?i)", behind[] = "(?<!";
    size_t at = n > 4 && memcmp(match, caseless, 4) == 0 ? 4 : 0, end, length;
    char class[BORDER_MAX + 4];
    const uint8_t *map = NULL;
    pcre2_code *code;
    PCRE2_SIZE where;
    int error;

    if (n < at + 6 || memcmp(match + at, behind, 4) != 0 || match[at + 4] != '[')
        return;
    end = class_end(match, n, at + 4);
    length = end - (at + 4);
    if (end == 0 || end + 1 >= n || match[end] != ')' || length > BORDER_MAX ||
        strchr("?*+{", match[end + 1]) != NULL || !is_one_branch(match, n, end + 1))
        return;
    memcpy(class, caseless, at);
    memcpy(class + at, match + at + 4, length);
    code = pcre2_compile((PCRE2_SPTR)class, at + length, AA_MASK_PATTERN_OPTIONS, &error, &where,
                         compiling);
    if (code != NULL)
        pcre2_pattern_info(code, PCRE2_INFO_FIRSTBITMAP, &map);
    if (map != NULL) /* a class of one byte has none */
        memcpy(ret->border, map, sizeof(ret->border));
    pcre2_code_free(code);
}

void aa_mask_start_read(const pcre2_code *code, const char *match, size_t n,
                        pcre2_compile_context *compiling, struct aa_mask_start *ret)
{
    read_ends(code, ret);
    read_border(match, n, compiling, ret);
    ret->goes_on = memmem(match, n, "\\G", 2) != NULL;
}
