/* SPDX-License-Identifier: ISC */
/* What strangers wrote becomes visible: no byte reaches a reader that moves a cursor, turns a
 * line around or hides; what was harmless stays as it is. JSON strings are held to the same. */
#include "unit.h"

#include "base/text.h"

static const char *visible(const char *text, size_t length)
{
    static char copy[4096];
    _cleanup_buffer_ struct aa_buffer buffer = AA_BUFFER_INIT(sizeof(copy));

    aa_text_add_visible(&buffer, text, length);
    snprintf(copy, sizeof(copy), "%s", aa_buffer_text(&buffer));
    return copy;
}

static const char *json(const char *text, size_t length)
{
    static char copy[4096];
    _cleanup_buffer_ struct aa_buffer buffer = AA_BUFFER_INIT(sizeof(copy));

    aa_text_add_json(&buffer, text, length);
    snprintf(copy, sizeof(copy), "%s", aa_buffer_text(&buffer));
    return copy;
}

#define TEXT(s) s, sizeof(s) - 1

static void visible_marks(void **state)
{
    static const struct {
        const char *text;
        size_t length;
        const char *wanted;
    } rows[] = {
        { TEXT(""), "" },
        { TEXT("plain text, with blanks"), "plain text, with blanks" },
        { TEXT("tab\tnewline\nreturn\r"), "tab\\tnewline\\nreturn\\x0d" },
        { TEXT("\033[2Jcleared"), "\\x1b[2Jcleared" },
        { TEXT("nul\0inside"), "nul\\x00inside" },
        { TEXT("del\x7f"), "del\\x7f" },
        { TEXT("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"), "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80" },
        { TEXT("\xc2\x9b" "31m"), "\\u{009b}31m" },                  /* CSI as one character */
        { TEXT("a\xe2\x80\xae" "b"), "a\\u{202e}b" },                /* right-to-left override */
        { TEXT("a\xe2\x81\xa6" "b"), "a\\u{2066}b" },                /* isolate */
        { TEXT("a\xe2\x80\x8b" "b"), "a\\u{200b}b" },                /* zero width */
        { TEXT("a\xef\xbb\xbf" "b"), "a\\u{feff}b" },
        { TEXT("a\xe2\x80\xa8" "b"), "a\\u{2028}b" },                /* line separator */
        { TEXT("a\xf3\xa0\x81\x81" "b"), "a\\u{e0041}b" },           /* tag letter */
        { TEXT("a\xef\xb8\x8f" "b"), "a\\u{fe0f}b" },                /* variation selector */
        { TEXT("a\xe3\x85\xa4" "b"), "a\\u{3164}b" },                /* Hangul filler */
        { TEXT("\xff\xfe"), "\\xff\\xfe" },
        { TEXT("\xc0\xaf"), "\\xc0\\xaf" },                          /* overlong */
        { TEXT("\xe0\x80\xaf"), "\\xe0\\x80\\xaf" },
        { TEXT("\xed\xa0\x80"), "\\xed\\xa0\\x80" },                 /* surrogate */
        { TEXT("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80" },        /* above U+10FFFF */
        { TEXT("\xe2\x82"), "\\xe2\\x82" },                          /* cut short */
        { TEXT("\xe2\x82" "a"), "\\xe2\\x82a" },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++)
        check(aa_streq(visible(rows[i].text, rows[i].length), rows[i].wanted), "row %zu: %s", i,
              visible(rows[i].text, rows[i].length));
}

static size_t encode(uint32_t c, char ret[4])
{
    if (c < 0x80) {
        ret[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        ret[0] = (char)(0xc0 | c >> 6);
        ret[1] = (char)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        ret[0] = (char)(0xe0 | c >> 12);
        ret[1] = (char)(0x80 | (c >> 6 & 63));
        ret[2] = (char)(0x80 | (c & 63));
        return 3;
    }
    ret[0] = (char)(0xf0 | c >> 18);
    ret[1] = (char)(0x80 | (c >> 12 & 63));
    ret[2] = (char)(0x80 | (c >> 6 & 63));
    ret[3] = (char)(0x80 | (c & 63));
    return 4;
}

/* Unicode's own list of what a display may ignore (Default_Ignorable_Code_Point), its format
 * controls that act on a line, and the separators of lines: all of them are marked. */
static void everything_ignorable_is_marked(void **state)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        { 0x00, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x34f, 0x34f }, { 0x61c, 0x61c },
        { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f },
        { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0x3164, 0x3164 }, { 0xfe00, 0xfe0f },
        { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb }, { 0x1bca0, 0x1bca3 },
        { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(ranges); i++) {
        for (uint32_t c = ranges[i].first; c <= ranges[i].last; c++) {
            char text[4];
            size_t n = encode(c, text);

            check(visible(text, n)[0] == '\\', "U+%04X is let through", c);
        }
    }
}

/* Nothing that is let through can be anything but one valid, harmless character. */
static void every_character_decodes_or_is_marked(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 0x110000; c++) {
        char text[4];
        size_t n = encode(c, text);
        uint32_t decoded = 0;
        bool surrogate = c >= 0xd800 && c < 0xe000;

        check(aa_utf8_decode(text, n, &decoded) == (surrogate ? 0 : n), "U+%04X", c);
        check(surrogate || decoded == c, "U+%04X is read as U+%04X", c, decoded);
        check(aa_utf8_decode(text, n - 1, &decoded) == 0, "U+%04X cut short", c);
    }
}

/* Whatever the bytes, the output is valid UTF-8 without control bytes. */
static void output_is_always_clean(void **state)
{
    uint64_t random = 11;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        char text[24];
        size_t n = next_random(&random) % sizeof(text);
        const char *out;

        for (size_t j = 0; j < n; j++)
            text[j] = (char)(next_random(&random) % 3 == 0 ? 0x80 + next_random(&random) % 128 :
                                                             next_random(&random) % 256);
        out = visible(text, n);
        assert_true(aa_utf8_valid(out, strlen(out)));
        for (const char *p = out; *p != '\0'; p++)
            check((unsigned char)*p >= 0x20 && *p != 0x7f, "a control byte in \"%s\"", out);
        out = json(text, n);
        assert_true(aa_utf8_valid(out, strlen(out)));
        for (const char *p = out; *p != '\0'; p++)
            check((unsigned char)*p >= 0x20 && *p != 0x7f, "a control byte in %s", out);
    }
}

static void json_strings(void **state)
{
    static const struct {
        const char *text;
        size_t length;
        const char *wanted;
    } rows[] = {
        { TEXT(""), "\"\"" },
        { TEXT("a \"b\" \\ c/"), "\"a \\\"b\\\" \\\\ c/\"" },
        { TEXT("\n\t\0"), "\"\\u000a\\u0009\\u0000\"" },
        { TEXT("\x7f"), "\"\\u007f\"" },
        { TEXT("\xe2\x80\xae"), "\"\\u202e\"" },
        { TEXT("\xc3\xa9"), "\"\xc3\xa9\"" },
        { TEXT("\xff" "x"), "\"\xef\xbf\xbdx\"" },
        { TEXT("\xf0\x9f\x98\x80"), "\"\xf0\x9f\x98\x80\"" },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++)
        check(aa_streq(json(rows[i].text, rows[i].length), rows[i].wanted), "row %zu: %s", i,
              json(rows[i].text, rows[i].length));
}

static void validity(void **state)
{
    (void)state;
    assert_true(aa_utf8_valid("", 0));
    assert_true(aa_utf8_valid(TEXT("a\0b")));
    assert_true(aa_utf8_valid(TEXT("\xf4\x8f\xbf\xbf")));
    assert_false(aa_utf8_valid(TEXT("ok\x80")));
    assert_false(aa_utf8_valid(TEXT("\xf5\x80\x80\x80")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(visible_marks),
        cmocka_unit_test(everything_ignorable_is_marked),
        cmocka_unit_test(every_character_decodes_or_is_marked),
        cmocka_unit_test(output_is_always_clean),
        cmocka_unit_test(json_strings),
        cmocka_unit_test(validity),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
