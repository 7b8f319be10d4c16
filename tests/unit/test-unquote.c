/* SPDX-License-Identifier: ISC */
/* A command in a record, read back, is the same words again, byte by byte; what no record has is
 * refused; a line of "log --json" gives the fields that the ledger has. */
#include "unit.h"

#include <errno.h>

#include "base/text.h"
#include "capture/request.h"
#include "cli/record-json.h"
#include "cli/unquote.h"
#include "mask/mask.h"
#include "record/fields-json.h"

enum { COMMANDS = 20000, WORDS_MAX = 6, WORD_MAX = 24 };

static void make_word(uint64_t *random, char *ret)
{
    static const char *const pieces[] = { "'", "\\", "''", "'\\''", "$'", " ", "\n", "\t", "\\n", "a",
                                          "0", "\033", "\x80", "\xc3\xa9", "\xe2\x80\xae", "\"", "$",
                                          "\xf3\xa0\x81\x81", "\\001", "[", "-", "*" };
    size_t length = 0;

    for (uint32_t n = next_random(random) % 6; n > 0; n--) {
        const char *piece = pieces[next_random(random) % AA_ARRAY_SIZE(pieces)];
        char byte[2] = { (char)(1 + next_random(random) % 255), '\0' };

        if (next_random(random) % 4 == 0)
            piece = byte;
        memcpy(ret + length, piece, strlen(piece));
        length += strlen(piece);
    }
    ret[length] = '\0';
}

static void round_trip(void **state)
{
    uint64_t random = 11;

    (void)state;
    for (int i = 0; i < COMMANDS; i++) {
        _cleanup_buffer_ struct aa_buffer line = AA_BUFFER_INIT(4096);
        _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(1024 * 1024);
        char texts[WORDS_MAX][WORD_MAX + 8];
        const char *args[WORDS_MAX];
        size_t wanted = 1 + next_random(&random) % (WORDS_MAX - 1);
        struct unquoted read = { .n = 0 };

        for (size_t j = 0; j < wanted; j++) {
            make_word(&random, texts[j]);
            args[j] = texts[j];
        }
        aa_mask_add_command(&line, NULL, args[0], args + 1, wanted - 1, 4096, NULL);
        assert_non_null(aa_buffer_text(&line));
        check(unquote_command(&arena, line.data, line.length, &read) == 0, "refused: %s", line.data);
        check(read.n == wanted, "%zu words of %zu: %s", read.n, wanted, line.data);
        for (size_t j = 0; j < read.n; j++)
            check(aa_streq(read.words[j], args[j]), "word %zu of %s", j, line.data);
        assert_null(read.words[read.n]);
        assert_true(read.masked == 0 && read.doubt == NULL);
    }
}

static void what_no_record_has_is_refused(void **state)
{
    static const char *const texts[] = {
        "", " ", "a ", " a", "a  b", "a'b'", "'a'b", "'a", "$'a", "$'\\", "$'\\x41'", "$'\\1'",
        "$'\\000'", "$'\\777'", "$'\\89'", "a;b", "$(id)", "\"a\"", "a\\b", "a\nb", "\xc3\xa9", "*",
        "id [\xe2\x80\xa6 5 bytes left out \xe2\x80\xa6] x",
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(texts); i++) {
        _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(1024 * 1024);
        struct unquoted read;

        check(unquote_command(&arena, texts[i], strlen(texts[i]), &read) == -EINVAL, "%s", texts[i]);
    }
}

#define OPEN "\xe2\x80\xb9"
#define TOKEN OPEN "secret:k3f9x2m7:24\xe2\x80\xba"

/* Wherever a token may stand: what is known of a word ends before its first. */
static void masked_words_are_unknown(void **state)
{
    static const struct row {
        const char *text, *second; /* of two words, the first is "a" */
        size_t masked;
    } rows[] = {
        { "a b", "b", 0 },
        { "a " TOKEN, "", 1 },
        { "a -p" TOKEN, "-p", 1 },
        { "a --password=" TOKEN "@db", "--password=", 1 },
        { "a '--user=x y:" TOKEN "'", "--user=x y:", 1 },
        { "a 'it'\\''s " TOKEN " and " TOKEN "'\\'' more'", "it's ", 2 },
        { "a $'x\\n" TOKEN "\\'y'", "x\n", 1 },
        { "a $'x\\" TOKEN "y'", "x", 1 },
        { "a x" TOKEN TOKEN TOKEN "y", "x", 3 },
        { "a $'\\342\\200\\271secret:k3f9x2m7:24\\342\\200\\272'", TOKEN, 0 }, /* typed by somebody */
        { "a 'x " OPEN "secret:'", "x ", 1 }, /* no whole token: nothing that anybody typed either */
        { "a x" OPEN, "x", 1 },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(1024 * 1024);
        struct unquoted read = { .n = 0 };
        const char *text = rows[i].text;

        check(unquote_command(&arena, text, strlen(text), &read) == 0, "refused: %s", text);
        check(read.n == 2 && aa_streq(read.words[0], "a"), "%s", text);
        check(aa_streq(read.words[1], rows[i].second), "%s: %s", text, read.words[1]);
        check(read.masked == rows[i].masked, "%s: %zu", text, read.masked);
        check((read.doubt != NULL) == (rows[i].masked > 0), "%s", text);
        if (read.doubt != NULL)
            check(read.doubt[0] == AA_EXACT && read.doubt[1] == AA_UNKNOWN, "%s", text);
    }
}

static void too_many_words(void **state)
{
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(64 * 1024 * 1024);
    _cleanup_buffer_ struct aa_buffer line = AA_BUFFER_INIT(1024 * 1024);
    struct unquoted read;

    (void)state;
    aa_buffer_add_text(&line, "x");
    for (size_t i = 1; i < UNQUOTE_WORDS_MAX; i++)
        aa_buffer_add_text(&line, " x");
    assert_int_equal(unquote_command(&arena, line.data, line.length, &read), 0);
    assert_int_equal(read.n, UNQUOTE_WORDS_MAX);
    for (size_t i = 0; i < 2 * UNQUOTE_WORDS_MAX; i++)
        aa_buffer_add_text(&line, " x");
    assert_int_equal(unquote_command(&arena, line.data, line.length, &read), -E2BIG);
}

/* A cut command must not pass for another one, wherever the cut fell. */
static void cut_commands_are_known(void **state)
{
    static char argument[64 * 1024];
    const char *args[] = { argument, "last" };

    (void)state;
    for (int quoted = 0; quoted < 2; quoted++) {
        memset(argument, quoted ? ' ' : 'a', sizeof(argument) - 1);
        for (size_t limit = 16 * 1024; limit < 16 * 1024 + 8; limit++) {
            _cleanup_buffer_ struct aa_buffer line = AA_BUFFER_INIT(1024 * 1024);

            aa_mask_add_command(&line, NULL, "/bin/x", args, 2, limit, NULL);
            assert_true(unquote_is_cut(line.data, line.length));
        }
    }
    /* somebody's own argument, in a record that is whole */
    args[0] = "[\xe2\x80\xa6 5 bytes left out \xe2\x80\xa6] ";
    {
        _cleanup_buffer_ struct aa_buffer line = AA_BUFFER_INIT(1024);

        aa_mask_add_command(&line, NULL, "/bin/x", args, 2, 1024, NULL);
        assert_false(unquote_is_cut(line.data, line.length));
    }
}

static void json_and_back(void **state)
{
    uint64_t random = 3;

    (void)state;
    for (int i = 0; i < 3000; i++) {
        _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT, back = AA_FIELDS_INIT;
        _cleanup_buffer_ struct aa_buffer line = AA_BUFFER_INIT(1024 * 1024);
        char word[WORD_MAX + 8];

        for (int j = 0; j < 4; j++) {
            _cleanup_buffer_ struct aa_buffer shown = AA_BUFFER_INIT(4096);

            make_word(&random, word);
            aa_mask_add_text(&shown, word);
            aa_field_add(&fields, j < 2 ? "AA_ONE" : j == 2 ? "AA_TWO" : "AA_THREE",
                         aa_buffer_text(&shown));
        }
        aa_buffer_add_byte(&line, '{');
        aa_fields_json_add(&line, (struct aa_reader){ (unsigned char *)fields.data, fields.length },
                           &(struct aa_fields_json){ 0 });
        aa_buffer_add_text(&line, "}\n");
        assert_int_equal(record_from_json(line.data, line.length, &back), 0);
        assert_int_equal(back.length, fields.length);
        assert_memory_equal(back.data, fields.data, fields.length);
    }
}

static void json_that_is_none(void **state)
{
    static const struct {
        const char *line;
        int result;
    } rows[] = {
        { "{\"A\":\"b\"}", 0 },
        { " { \"A\" : [ \"b\" , 1, null ] , \"N\" : 12 }\n", 0 },
        { "{\"A\":\"\\ud83d\\ude00\\u00e9\\n\"}", 0 },
        { "", -EINVAL },
        { "{}", -EINVAL },
        { "[]", -EINVAL },
        { "{\"A\":\"b\"", -EINVAL },
        { "{\"A\":\"b\"} x", -EINVAL },
        { "{\"A\":{\"B\":\"c\"}}", -EINVAL },
        { "{\"A\":\"\\ud83d\"}", -EINVAL },
        { "{\"A\":\"\\x\"}", -EINVAL },
        { "{\"A=B\":\"c\"}", -EINVAL },
        { "{\"\":\"c\"}", -EINVAL },
        { "{\"A\":[\"b\"", -EINVAL },
        { "{\"A\":,}", -EINVAL },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT;

        check(record_from_json(rows[i].line, strlen(rows[i].line), &fields) == rows[i].result, "%s",
              rows[i].line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),
        cmocka_unit_test(what_no_record_has_is_refused),
        cmocka_unit_test(masked_words_are_unknown),
        cmocka_unit_test(too_many_words),
        cmocka_unit_test(cut_commands_are_known),
        cmocka_unit_test(json_and_back),
        cmocka_unit_test(json_that_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
