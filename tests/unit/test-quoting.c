/* SPDX-License-Identifier: ISC */
/* A quoted argument, pasted into a real shell, is the same argument again, whatever bytes it is
 * made of, and the quoted form itself holds nothing that acts on a terminal. */
#include "unit.h"

#include <sys/wait.h>

#include "base/text.h"
#include "base/trusted-file.h"
#include "mask/mask.h"

enum { ARGUMENTS_MAX = 12000, ARGUMENT_MAX = 40 };

static char arguments[ARGUMENTS_MAX][ARGUMENT_MAX];
static size_t arguments_n;

static void add(const char *text, size_t length)
{
    assert_true(arguments_n < ARGUMENTS_MAX && length < ARGUMENT_MAX);
    memcpy(arguments[arguments_n], text, length);
    arguments[arguments_n++][length] = '\0';
}

static void collect_hostile(void)
{
    static const char *const words[] = {
        "", "plain", "two words", "it's", "\"", "\\", "$HOME", "$(id)", "`id`", "a;b", "a|b", "a&b",
        "a>b", "a<b", "*", "?", "[a]", "~", "~root", "{a,b}", "!!", "#x", "a#b", "-n", "--", "=x",
        "a=b", "(x)", "\n", "a\nb", "\t", " ", "''", "'\\''", "$'x'", "\\n", "\033[2J", "\x7f",
        "\xff\xfe", "\xc3\xa9", "caf\xc3\xa9 x", "\xe2\x80\xae" "abc", "\xe2\x80\xae" "1f",
        "\xf3\xa0\x81\x81" "f", "\001" "23", "\x1b" "7", "\xe2\x82", "^x^y", "%s%n", "\r\n",
        "\xf0\x9f\x98\x80", "a'b\nc", "\\'\n", "\n\\", "x\x80'", "\xc2\x9b" "31m",
    };
    uint64_t random = 5;

    for (size_t i = 0; i < AA_ARRAY_SIZE(words); i++)
        add(words[i], strlen(words[i]));
    for (int a = 1; a < 256; a++) {
        char pair[2] = { (char)a, 0 };

        add(pair, 1);
        for (const char *p = "0aF'\\\n\x01\xe2 "; *p != '\0'; p++) {
            pair[1] = *p;
            add(pair, 2);
        }
    }
    while (arguments_n < ARGUMENTS_MAX) {
        char text[ARGUMENT_MAX];
        size_t n = next_random(&random) % (ARGUMENT_MAX - 1);

        for (size_t i = 0; i < n; i++) {
            uint32_t kind = next_random(&random) % 4;

            text[i] = kind == 0 ? "'\\\"$`!*\n\t "[next_random(&random) % 10] :
                      kind == 1 ? (char)(0x80 + next_random(&random) % 128) :
                      kind == 2 ? (char)(1 + next_random(&random) % 255) :
                                  (char)('a' + next_random(&random) % 26);
        }
        add(text, n);
    }
}

/* Runs bash over a script from a file and reads all that it prints. */
static void run_bash(const char *script, size_t length, struct aa_buffer *ret)
{
    char path[] = "/tmp/aa-unit-bash-XXXXXX", command[128];
    int fd = mkstemp(path);
    FILE *pipe;
    char chunk[4096];
    size_t n;

    assert_true(fd >= 0);
    assert_int_equal(aa_write_all(fd, script, length), 0);
    close(fd);
    snprintf(command, sizeof(command), "LC_ALL=C.UTF-8 /bin/bash --norc %s", path);
    pipe = popen(command, "re");
    assert_non_null(pipe);
    while ((n = fread(chunk, 1, sizeof(chunk), pipe)) > 0)
        aa_buffer_add(ret, chunk, n);
    assert_int_equal(pclose(pipe), 0);
    unlink(path);
}

static void round_trip_through_bash(void **state)
{
    _cleanup_buffer_ struct aa_buffer script = AA_BUFFER_INIT(16 * 1024 * 1024);
    _cleanup_buffer_ struct aa_buffer answer = AA_BUFFER_INIT(16 * 1024 * 1024);
    const char *at;

    (void)state;
    if (access("/bin/bash", X_OK) != 0)
        skip_because("there is no /bin/bash");
    collect_hostile();
    aa_buffer_add_text(&script, "printf '%s\\0'");
    for (size_t i = 0; i < arguments_n; i++) {
        aa_buffer_add_byte(&script, ' ');
        aa_text_add_quoted(&script, arguments[i]);
    }
    aa_buffer_add_byte(&script, '\n');
    assert_int_equal(script.error, 0);
    run_bash(script.data, script.length, &answer);
    at = answer.data;
    for (size_t i = 0; i < arguments_n; i++) {
        _cleanup_buffer_ struct aa_buffer quoted = AA_BUFFER_INIT(4096);

        aa_text_add_quoted(&quoted, arguments[i]);
        check(at < answer.data + answer.length, "only %zu arguments came back", i);
        check(aa_streq(at, arguments[i]), "%s did not come back the same", aa_buffer_text(&quoted));
        at += strlen(at) + 1;
    }
    assert_ptr_equal(at, answer.data + answer.length);
}

/* What is shown is what would be pasted: the gate towards people changes nothing in it. */
static void quoted_is_visible_already(void **state)
{
    (void)state;
    for (size_t i = 0; i < arguments_n; i++) {
        _cleanup_buffer_ struct aa_buffer quoted = AA_BUFFER_INIT(4096);
        _cleanup_buffer_ struct aa_buffer shown = AA_BUFFER_INIT(4096);

        aa_text_add_quoted(&quoted, arguments[i]);
        aa_mask_add(&shown, quoted.data, quoted.length);
        check(aa_streq(aa_buffer_text(&quoted), aa_buffer_text(&shown)), "%s",
              aa_buffer_text(&shown));
    }
}

static void readable_forms(void **state)
{
    static const struct {
        const char *argument, *wanted;
    } rows[] = {
        { "/usr/bin/id", "/usr/bin/id" },
        { "--file=/a,b:c@d+e%f", "--file=/a,b:c@d+e%f" },
        { "", "''" },
        { "two words", "'two words'" },
        { "it's", "'it'\\''s'" },
        { "a\nb", "$'a\\nb'" },
        { "\001" "2", "$'\\0012'" },
        { "it's\n", "$'it\\'s\\n'" },
        { "\xc3\xa9", "'\xc3\xa9'" },
        { "\xff", "$'\\377'" },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        _cleanup_buffer_ struct aa_buffer quoted = AA_BUFFER_INIT(256);

        aa_text_add_quoted(&quoted, rows[i].argument);
        assert_string_equal(aa_buffer_text(&quoted), rows[i].wanted);
    }
}

static void long_commands_lose_their_middle_and_say_so(void **state)
{
    _cleanup_buffer_ struct aa_buffer line = AA_BUFFER_INIT(4096);
    char argument[1001];
    const char *args[] = { argument, "last" };
    const char *text;

    (void)state;
    for (size_t i = 0; i + 1 < sizeof(argument); i += 2)
        memcpy(argument + i, "\xc3\xa9", 2); /* so that a cut could split a character */
    argument[1000] = '\0';
    for (size_t limit = 100; limit < 120; limit++) {
        size_t left_out = 0;

        aa_buffer_clear(&line);
        aa_mask_add_command(&line, NULL, "/bin/x", args, 2, limit, NULL);
        text = aa_buffer_text(&line);
        assert_non_null(text);
        assert_true(aa_utf8_valid(text, line.length));
        assert_null(strstr(text, "\\x")); /* no character was split */
        assert_ptr_equal(strstr(text, "/bin/x '"), text);
        assert_string_equal(text + line.length - 4, "last");
        assert_non_null(strstr(text, "bytes left out"));
        assert_int_equal(sscanf(strstr(text, "[\xe2\x80\xa6 ") + 5, "%zu", &left_out), 1);
        check(left_out > 850 && left_out < 1000, "%zu left out at %zu", left_out, limit);
    }
    aa_buffer_clear(&line);
    aa_mask_add_command(&line, NULL, "/bin/x", args + 1, 1, 100, NULL);
    assert_string_equal(aa_buffer_text(&line), "/bin/x last");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip_through_bash),
        cmocka_unit_test(quoted_is_visible_already),
        cmocka_unit_test(readable_forms),
        cmocka_unit_test(long_commands_lose_their_middle_and_say_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
