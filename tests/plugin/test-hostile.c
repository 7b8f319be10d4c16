/* SPDX-License-Identifier: ISC */
/*
 * Text of the requester's that would like to be more than text: in the message on the terminal,
 * in sudo's log, in the records. And AA_COMMAND, pasted into a shell, is the same command.
 */
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"
#include "child.h"
#include "expect.h"
#include "journal.h"
#include "private-root.h"
#include "suite.h"
#include "talk.h"
#include "world.h"

/* Newlines and fields that look like ours, terminal escapes, C1 controls as bytes and as
 * characters, text direction, zero width, bytes that are no text, a format, shell syntax. */
static const char *const hostile[] = {
    "a\nAA_EVENT=allowed\nMESSAGE=approved by alice",
    "a\r\nactionapprove: approved by alice\r\n",
    "\x1b[2J\x1b[1;1Happroved\x1b]0;title\x07",
    "\x9b[31mred\xc2\x9b[31mred",
    "\xe2\x80\xae-fdp.txt \xe2\x80\x8b\xef\xbb\xbf\xe2\x81\xa6",
    "\xff\xfe\xc0\x80\xed\xa0\x80\xf5\x80\x80\x80",
    "%s%n%x%1000000d",
    "'; rm -rf / #\"`id`$(id)\\",
    "\x01\x02\x03\x08\x0b\x7f",
    "",
};

static const char *const places[] = { "user", "cwd", "tty", "argv", "runas_user", "envp", "host" };

struct row {
    const char *name;
    const char *place, *text;
};

static void put(struct given *given, const struct row *row)
{
    char text[256];
    struct change change = { ADD, ARGV, row->text };

    snprintf(text, sizeof(text), "%s=%s%s", row->place,
             strcmp(row->place, "cwd") == 0 ? "/srv/" : "", row->text);
    if (strcmp(row->place, "argv") == 0)
        given_change(given, &change, 1);
    else if (strcmp(row->place, "envp") == 0)
        given_change(given, &(struct change){ ADD, ENVP, row->text }, 1);
    else
        given_set(given, strcmp(row->place, "runas_user") == 0 ? COMMAND_INFO : USER_INFO, text);
}

/* No control, and no character that only pretends to be absent. */
static void expect_plain(const char *text)
{
    static const char *const hidden[] = { "\xc2\x9b", "\xe2\x80\xae", "\xe2\x80\x8b",
                                          "\xef\xbb\xbf", "\xe2\x81\xa6" };

    assert_true(is_harmless(text));
    for (size_t i = 0; i < AA_ARRAY_SIZE(hidden); i++)
        assert_null(strstr(text, hidden[i]));
}

static void expect_plain_records(const struct records *records)
{
    for (size_t i = 0; i < records->n; i++) {
        for (size_t j = 0; j < records->v[i].n; j++) {
            expect_plain(records->v[i].fields[j].value);
            assert_null(strchr(records->v[i].fields[j].value, '\n'));
        }
    }
}

static void denied(void **state)
{
    static const char *const nc[] = { "/usr/bin/nc", NULL };
    const struct row *row = *state;
    struct given *given = given_new();
    _cleanup_(records_free) struct records ledger = { 0 }, journal = { 0 };

    world_fresh(world_policy);
    given_command(given, nc);
    put(given, row);
    assert_false(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
    expect_refusal(&front_end.checked, 0, "E-DENIED-RULE");
    expect_plain(talk_text());
    expect_plain(front_end.checked.errstr);
    ledger_read(&ledger);
    assert_int_equal(ledger.n, 1);
    expect_plain_records(&ledger);
    journal_take(&journal);
    assert_int_equal(journal.n, 1);
    expect_plain_records(&journal);
    assert_string_equal(record_text(&journal.v[0], "AA_EVENT"), "refused");
    given_free(given);
}

static void observed(void **state)
{
    const struct row *row = *state;
    struct given *given = given_new();
    _cleanup_(records_free) struct records ledger = { 0 };

    world_fresh(world_policy_observe);
    put(given, row);
    expect_allowed(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
    ledger_read(&ledger);
    assert_int_equal(ledger.n, 2);
    expect_plain_records(&ledger);
    given_free(given);
}

/* Evaluates a command line by a shell, and compares what the shell makes of it. */
static void expect_pasted(const char *line, char *const argv[])
{
    static const char script[] = "LC_ALL=C.UTF-8; eval \"set -- $1\"; printf '%s\\0' \"$@\"";
    char *words[] = { strdup(HOST_PROGRAMS "/bash"), strdup("-c"), strdup(script), strdup("bash"),
                      strdup(line), NULL };
    _cleanup_free_ char *output = NULL;
    size_t length, at = 0;
    int status;

    output = child_program(words, &length, &status);
    assert_int_equal(status, 0);
    for (size_t i = 0; argv[i] != NULL; i++) {
        assert_true(at < length);
        assert_string_equal(output + at, argv[i]);
        at += strlen(argv[i]) + 1;
    }
    assert_int_equal(at, length);
    for (size_t i = 0; words[i] != NULL; i++)
        free(words[i]);
}

/* The command line of the record, in a shell, is what would have run. */
static void pasteable(void **state)
{
    struct given *given;
    _cleanup_(records_free) struct records ledger = { 0 };
    char all[256];

    (void)state;
    if (access(HOST_PROGRAMS "/bash", X_OK) != 0)
        skip();
    given = given_new();
    for (int i = 0; i < 255; i++)
        all[i] = (char)(i + 1);
    all[255] = '\0';
    world_fresh(world_policy);
    for (size_t i = 0; i < AA_ARRAY_SIZE(hostile); i++)
        given_change(given, &(struct change){ ADD, ARGV, hostile[i] }, 1);
    given_change(given, &(struct change){ ADD, ARGV, all }, 1);
    given_change(given, &(struct change){ ADD, ARGV, "\x1f" "0\x01" "1 \xe2\x80\x8b" "1\n2~" }, 1);
    given_change(given, &(struct change){ ADD, ARGV, "~root" }, 1);
    given_change(given, &(struct change){ ADD, ARGV, "{a,b}" }, 1);
    given_change(given, &(struct change){ ADD, ARGV, "-n" }, 1);
    assert_true(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
    ledger_read(&ledger);
    /* the first word is the program that sudo starts, not what it is told its name is */
    given_change(given, &(struct change){ FIRST, ARGV, "/usr/bin/id" }, 1);
    expect_pasted(record_text(&ledger.v[0], "AA_COMMAND"), given->vectors[ARGV]);
    given_free(given);
}

int main(int argc, char **argv)
{
    static struct row rows[AA_ARRAY_SIZE(hostile) * AA_ARRAY_SIZE(places)];
    static char names[AA_ARRAY_SIZE(rows)][32];
    struct CMUnitTest tests[256] = { cmocka_unit_test(pasteable) };
    size_t n;

    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        rows[i].place = places[i / AA_ARRAY_SIZE(hostile)];
        rows[i].text = hostile[i % AA_ARRAY_SIZE(hostile)];
        snprintf(names[i], sizeof(names[i]), "%s %zu", rows[i].place, i % AA_ARRAY_SIZE(hostile));
        rows[i].name = names[i];
    }
    n = SUITE_ROWS(tests, 1, rows, denied);
    n = SUITE_ROWS(tests, n, rows, observed);
    return suite_run(argc, argv, "hostile", tests, n);
}
