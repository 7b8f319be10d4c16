/* SPDX-License-Identifier: ISC */
/* Much of everything: what the kernel lets through is decided, and what is over the library's own
 * limits is denied with a cause and a record. */
#include "test.h"

#include <string.h>

#include "base/macros.h"
#include "expect.h"
#include "journal.h"
#include "suite.h"
#include "talk.h"
#include "world.h"

#define EITHER "either"

enum { KIB = 1024, MIB = 1024 * 1024 };

static const struct row {
    const char *name;
    enum part part;
    const char *key;   /* with "=", in front of each text; "" for arguments */
    size_t count, size; /* that many texts of that many bytes */
    char fill;
    bool replaces;     /* the key's value, rather than being added */
    const char *cause; /* NULL: allowed; EITHER: denied or allowed, but on record */
} rows[] = {
    { "100,000 arguments", ARGV, "", 100 * 1000, 3, 'a', false, NULL },
    { "100,000 empty arguments", ARGV, "", 100 * 1000, 0, 'a', false, NULL },
    { "2 MiB of arguments", ARGV, "", 16, 128 * KIB - 1, 'a', false, NULL },
    { "2 MiB of arguments that have to be escaped", ARGV, "", 16, 128 * KIB - 1, '\1', false,
      NULL },
    { "2 MiB of arguments that are no text", ARGV, "", 16, 128 * KIB - 1, '\xff', false, NULL },
    { "2 MiB of arguments that have to be quoted", ARGV, "", 16, 128 * KIB - 1, '\'', false,
      NULL },
    { "a record larger than a datagram", ARGV, "", 3, 100 * KIB, 'b', false, NULL },
    { "a million arguments and more", ARGV, "", MIB + 1, 0, 'a', false, "E-TOO-LARGE" },
    { "over 16 MiB of arguments", ARGV, "", 17, MIB, 'a', false, "E-TOO-LARGE" },
    { "100,000 variables", ENVP, "V=", 100 * 1000, 3, 'a', false, "E-DENIED-DEFAULT" },
    { "a variable of 128 KiB", ENVP, "LS_COLORS=", 1, 128 * KIB, 'a', false, "E-DENIED-DEFAULT" },
    { "a PATH of 128 KiB", ENVP, "PATH=", 1, 128 * KIB, '/', true, "E-DENIED-DEFAULT" },
    { "over 16 MiB of variables", ENVP, "V=", 17, MIB, 'a', false, "E-TOO-LARGE" },
    { "a path of a command of 60,000 bytes", COMMAND_INFO, "command=/", 1, 60 * 1000, 'a', true,
      "E-DENIED-DEFAULT" },
    { "a path of a command of 100,000 bytes", COMMAND_INFO, "command=/", 1, 100 * 1000, 'a', true,
      "E-TOO-LARGE" },
    { "a folder of 4,095 bytes", USER_INFO, "cwd=/", 1, 4094, 'a', true, NULL },
    { "a folder of 2 MiB", USER_INFO, "cwd=/", 1, 2 * MIB, 'a', true, EITHER },
    { "a terminal of 2 MiB", USER_INFO, "tty=/", 1, 2 * MIB, 'a', true, EITHER },
    { "a user's name of 2 MiB", USER_INFO, "user=", 1, 2 * MIB, 'a', true, EITHER },
    { "a target's name of 2 MiB", COMMAND_INFO, "runas_user=", 1, 2 * MIB, 'a', true, EITHER },
    { "100,000 keys", COMMAND_INFO, "key=", 100 * 1000, 3, 'a', false, NULL },
    { "100,000 variables of the requester", SUBMITTED_ENVP, "V=", 100 * 1000, 3, 'a', false,
      NULL },
};

/* Straight into the vector: one piece at a time would be quadratic. */
static void fill(struct given *given, const struct row *row)
{
    char **vector = given->vectors[row->part], **longer;
    size_t n = 0, key = strlen(row->key);

    while (vector[n] != NULL)
        n++;
    longer = realloc(vector, (n + row->count + 1) * sizeof(*longer));
    assert_non_null(longer);
    for (size_t i = 0; i < row->count; i++) {
        char *text = malloc(key + row->size + 1);

        assert_non_null(text);
        memcpy(text, row->key, key);
        memset(text + key, row->fill, row->size);
        text[key + row->size] = '\0';
        longer[n++] = text;
    }
    longer[n] = NULL;
    given->vectors[row->part] = longer;
}

static void replace(struct given *given, const struct row *row)
{
    size_t key = strlen(row->key);
    char *text = malloc(key + row->size + 1);

    assert_non_null(text);
    memcpy(text, row->key, key);
    memset(text + key, row->fill, row->size);
    text[key + row->size] = '\0';
    given_set(given, row->part, text);
    free(text);
}

static void sizes(void **state)
{
    const struct row *row = *state;
    struct given *given = given_new();
    _cleanup_(records_free) struct records journal = { 0 };
    bool runs;

    world_fresh(world_policy);
    if (row->replaces)
        replace(given, row);
    else
        fill(given, row);
    runs = front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0);
    journal_take(&journal);
    if (row->cause == NULL || (runs && strcmp(row->cause, EITHER) == 0)) {
        expect_allowed(runs);
        ledger_expect("allowed finished");
        assert_int_equal(journal.n, 2);
    } else {
        assert_false(runs);
        if (strcmp(row->cause, EITHER) != 0)
            expect_refusal(&front_end.checked,
                           strcmp(row->cause, "E-DENIED-DEFAULT") == 0 ? 0 : -1, row->cause);
        assert_true(strlen(talk_text()) < 16 * KIB);
        ledger_expect("refused");
        assert_int_equal(journal.n, 1);
    }
    given_free(given);
}

/* root is let through, however large: what does not fit the record does not stop it. */
static void sizes_for_root(void **state)
{
    const struct row *row = *state;
    struct given *given = given_new();

    world_fresh(world_policy);
    if (row->replaces)
        replace(given, row);
    else
        fill(given, row);
    given_requester(given, "root", 0);
    expect_allowed(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
    given_free(given);
}

/* A command that does not fit the record is shown by its head and tail, and says so. */
static void shown_in_part(void **state)
{
    static const struct row much = { "", ARGV, "", 16, 128 * KIB - 1, 'm', false, NULL };
    struct given *given = given_new();
    _cleanup_(records_free) struct records ledger = { 0 };
    const char *command;

    (void)state;
    world_fresh(world_policy);
    fill(given, &much);
    given_change(given, &(struct change){ ADD, ARGV, "--the-end" }, 1);
    assert_true(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
    ledger_read(&ledger);
    command = record_text(&ledger.v[0], "AA_COMMAND");
    assert_true(strlen(command) > 200 * KIB && strlen(command) < 300 * KIB);
    assert_non_null(aa_after(command, "/usr/bin/id -u mmmm"));
    assert_non_null(strstr(command, "bytes left out"));
    assert_string_equal(command + strlen(command) - 10, " --the-end");
    given_free(given);
}

/* Two large commands that are shown alike are still two commands. */
static void changed_in_the_middle(void **state)
{
    static const struct row much = { "", ARGV, "", 16, 128 * KIB - 1, 'm', false, NULL };
    struct given *given = given_new();

    (void)state;
    world_fresh(world_policy);
    fill(given, &much);
    front_end_start(BOTH_HALVES, given);
    assert_true(front_end_check(given));
    given->vectors[ARGV][9][1000] = 'M';
    assert_false(front_end_accept(given));
    expect_refusal(&front_end.accepted, -1, "E-CHANGED");
    front_end_end(SUDO_PLUGIN_NO_STATUS, 0);
    given_free(given);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[64] = {
        cmocka_unit_test(shown_in_part),
        cmocka_unit_test(changed_in_the_middle),
    };
    size_t n = SUITE_ROWS(tests, 2, rows, sizes);

    n = SUITE_ROWS(tests, n, rows, sizes_for_root);
    return suite_run(argc, argv, "sizes", tests, n);
}
