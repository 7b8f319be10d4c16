/* SPDX-License-Identifier: ISC */
/*
 * Vectors in which something is missing or makes no sense. What every question needs and is not
 * there is a denial with a cause; what sudo may leave out is none. Nothing makes it crash.
 */
#include "test.h"

#include <string.h>

#include "base/macros.h"
#include "expect.h"
#include "suite.h"
#include "talk.h"
#include "world.h"

static const struct row {
    const char *name;
    const char *cause; /* NULL: allowed all the same */
    struct change changes[CHANGES_MAX];
} rows[] = {
    /* who asks */
    { "no uid", "E-QUESTION", { { DROP, USER_INFO, "uid" } } },
    { "uid=", "E-QUESTION", { { SET, USER_INFO, "uid=" } } },
    { "uid=abc", "E-QUESTION", { { SET, USER_INFO, "uid=abc" } } },
    { "uid=0x0", "E-QUESTION", { { SET, USER_INFO, "uid=0x0" } } },
    { "uid=0 and more", "E-QUESTION", { { SET, USER_INFO, "uid=0 " } } },
    { "uid= 0", "E-QUESTION", { { SET, USER_INFO, "uid= 0" } } },
    { "uid=+0", "E-QUESTION", { { SET, USER_INFO, "uid=+0" } } },
    { "uid=-0", "E-QUESTION", { { SET, USER_INFO, "uid=-0" } } },
    { "uid=-1", "E-QUESTION", { { SET, USER_INFO, "uid=-1" } } },
    { "uid=4294967295, which is no uid", "E-QUESTION", { { SET, USER_INFO, "uid=4294967295" } } },
    { "uid=4294967296, which is 0 cut to 32 bits", "E-QUESTION",
      { { SET, USER_INFO, "uid=4294967296" } } },
    { "uid=18446744073709551616", "E-QUESTION",
      { { SET, USER_INFO, "uid=18446744073709551616" } } },
    { "uid=99999999999999999999999999", "E-QUESTION",
      { { SET, USER_INFO, "uid=99999999999999999999999999" } } },
    { "the key in capitals", "E-QUESTION",
      { { DROP, USER_INFO, "uid" }, { ADD, USER_INFO, "UID=0" } } },
    { "the key without a value", "E-QUESTION",
      { { DROP, USER_INFO, "uid" }, { ADD, USER_INFO, "uid" } } },
    { "euid alone", "E-QUESTION", { { DROP, USER_INFO, "uid" }, { SET, USER_INFO, "euid=0" } } },
    { "a user's name that looks like a uid", NULL, { { SET, USER_INFO, "user=nobody" } } },
    { "an empty user_info", "E-QUESTION", { { EMPTY, USER_INFO, NULL } } },
    { "no user_info", "E-QUESTION", { { ABSENT, USER_INFO, NULL } } },
    /* as whom */
    { "no runas_uid", "E-QUESTION", { { DROP, COMMAND_INFO, "runas_uid" } } },
    { "runas_uid=root", "E-QUESTION", { { SET, COMMAND_INFO, "runas_uid=root" } } },
    { "runas_uid=4294967296", "E-QUESTION", { { SET, COMMAND_INFO, "runas_uid=4294967296" } } },
    { "runas_uid=4294967295, which is no uid", "E-QUESTION",
      { { SET, COMMAND_INFO, "runas_uid=4294967295" } } },
    { "no runas_gid", NULL, { { DROP, COMMAND_INFO, "runas_gid" } } },
    /* what */
    { "no command", "E-QUESTION", { { DROP, COMMAND_INFO, "command" } } },
    { "command=", "E-DENIED-DEFAULT", { { SET, COMMAND_INFO, "command=" } } },
    { "command=id, which is not in this folder", "E-DENIED-DEFAULT",
      { { SET, COMMAND_INFO, "command=id" } } },
    { "command=/", "E-DENIED-DEFAULT", { { SET, COMMAND_INFO, "command=/" } } },
    { "command=/usr/bin", "E-DENIED-DEFAULT", { { SET, COMMAND_INFO, "command=/usr/bin" } } },
    { "a command that is not there", "E-DENIED-DEFAULT",
      { { SET, COMMAND_INFO, "command=/usr/bin/nothing" } } },
    { "dots on the way", NULL, { { SET, COMMAND_INFO, "command=/usr/bin/../bin/./id" } } },
    { "an empty command_info", "E-QUESTION", { { EMPTY, COMMAND_INFO, NULL } } },
    { "no command_info", "E-QUESTION", { { ABSENT, COMMAND_INFO, NULL } } },
    { "an empty argv", "E-QUESTION", { { EMPTY, ARGV, NULL } } },
    { "no argv", "E-QUESTION", { { ABSENT, ARGV, NULL } } },
    { "an empty argv[0]", NULL, { { FIRST, ARGV, "" } } },
    { "an edit of nothing", "E-QUESTION", { { SET, COMMAND_INFO, "sudoedit=true" } } },
    { "an edit of more files than there are", "E-QUESTION",
      { { SET, COMMAND_INFO, "sudoedit=true" }, { SET, COMMAND_INFO, "sudoedit_nfiles=2" } } },
    { "an edit of 4294967295 files", "E-QUESTION",
      { { SET, COMMAND_INFO, "sudoedit=true" },
        { SET, COMMAND_INFO, "sudoedit_nfiles=4294967295" } } },
    { "an edit of -1 files", "E-QUESTION",
      { { SET, COMMAND_INFO, "sudoedit=true" }, { SET, COMMAND_INFO, "sudoedit_nfiles=-1" } } },
    /* with what environment */
    { "no envp", "E-QUESTION", { { ABSENT, ENVP, NULL } } },
    { "an empty envp", NULL, { { EMPTY, ENVP, NULL } } },
    { "a variable without a value", "E-DENIED-DEFAULT", { { ADD, ENVP, "TERM" } } },
    { "a variable without a name", "E-DENIED-DEFAULT", { { ADD, ENVP, "=value" } } },
    { "an empty variable", "E-DENIED-DEFAULT", { { ADD, ENVP, "" } } },
    { "a variable that is there twice", "E-DENIED-DEFAULT", { { ADD, ENVP, "PATH=/tmp" } } },
    /* the rest */
    { "no settings", NULL, { { ABSENT, SETTINGS, NULL } } },
    { "empty settings", NULL, { { EMPTY, SETTINGS, NULL } } },
    { "no argv of sudo", NULL, { { ABSENT, SUBMITTED_ARGV, NULL } } },
    { "no environment of sudo", NULL, { { ABSENT, SUBMITTED_ENVP, NULL } } },
    { "no user name", NULL, { { DROP, USER_INFO, "user" }, { DROP, ENVP, "SUDO_USER" } } },
    { "no terminal", NULL, { { DROP, USER_INFO, "tty" } } },
    { "no folder", NULL, { { DROP, USER_INFO, "cwd" } } },
    { "a relative folder", NULL, { { SET, USER_INFO, "cwd=." } } },
    { "an unknown folder", NULL, { { SET, USER_INFO, "cwd=unknown" } } },
    { "no name of the target", NULL, { { DROP, COMMAND_INFO, "runas_user" },
                                       { DROP, ENVP, "USER" }, { DROP, ENVP, "LOGNAME" },
                                       { DROP, ENVP, "MAIL" } } },
    { "keys that nobody knows", NULL, { { ADD, COMMAND_INFO, "new_thing=1" },
                                        { ADD, COMMAND_INFO, "" }, { ADD, COMMAND_INFO, "=" },
                                        { ADD, USER_INFO, "" }, { ADD, SETTINGS, "=" } } },
};

static void malformed(void **state)
{
    const struct row *row = *state;
    struct given *given = given_new();
    bool runs;

    world_fresh(world_policy);
    given_change(given, row->changes, CHANGES_MAX);
    runs = front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0);
    expect_loaded();
    if (row->cause == NULL) {
        expect_allowed(runs);
    } else {
        assert_false(runs);
        expect_refusal(&front_end.checked, strcmp(row->cause, "E-QUESTION") == 0 ? -1 : 0,
                       row->cause);
    }
    given_free(given);
}

/* Whatever it was, the denial is on record. */
static void recorded(void **state)
{
    const struct row *row = *state;
    struct given *given = given_new();

    world_fresh(world_policy);
    given_change(given, row->changes, CHANGES_MAX);
    (void)front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0);
    ledger_expect(row->cause == NULL ? "allowed finished" : "refused");
    given_free(given);
}

/* The same to the audit half alone, which must not accept what it cannot understand. */
static void to_the_audit_half(void **state)
{
    const struct row *row = *state;
    struct given *given = given_new();

    world_fresh(world_policy);
    given_change(given, row->changes, CHANGES_MAX);
    assert_false(front_end_sudo(AUDIT_HALF, given, SUDO_PLUGIN_WAIT_STATUS, 0));
    assert_true(front_end.accepted.result != 1);
    assert_true(front_end.accepted.has_errstr);
    given_free(given);
}

/* Decided, and then the vectors go bad: the audit half says no in words. */
static void bad_at_the_end(void **state)
{
    static const struct change changes[] = { { DROP, COMMAND_INFO, "runas_uid" },
                                             { ABSENT, ENVP, NULL },
                                             { ABSENT, COMMAND_INFO, NULL } };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(changes); i++) {
        struct given *given = given_new();

        world_fresh(world_policy);
        front_end_start(BOTH_HALVES, given);
        assert_true(front_end_check(given));
        given_change(given, &changes[i], 1);
        assert_false(front_end_accept(given));
        expect_refusal(&front_end.accepted, -1, "E-QUESTION");
        front_end_end(SUDO_PLUGIN_NO_STATUS, 0);
        ledger_expect("allowed failed");
        given_free(given);
    }
}

/* What is absent is absent in the records too. */
static void absent_fields(void **state)
{
    static const struct change changes[] = { { DROP, USER_INFO, "tty" }, { DROP, USER_INFO, "cwd" },
                                             { DROP, USER_INFO, "user" } };
    struct given *given = given_new();
    _cleanup_(records_free) struct records ledger = { 0 };

    (void)state;
    world_fresh(world_policy);
    given_change(given, changes, AA_ARRAY_SIZE(changes));
    expect_allowed(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
    ledger_read(&ledger);
    assert_null(record_value(&ledger.v[0], "AA_TTY"));
    assert_null(record_value(&ledger.v[0], "AA_CWD"));
    assert_string_equal(record_text(&ledger.v[0], "AA_USER"), "nobody"); /* looked up */
    given_free(given);
}

/* root is not locked out by an answer of sudo's that we do not understand, as long as it says
 * that it is root. */
static void root_is_root(void **state)
{
    static const struct change changes[] = { { DROP, COMMAND_INFO, "command" },
                                             { DROP, COMMAND_INFO, "runas_uid" },
                                             { ABSENT, COMMAND_INFO, NULL },
                                             { EMPTY, ARGV, NULL },
                                             { ABSENT, ARGV, NULL },
                                             { ABSENT, ENVP, NULL },
                                             { ABSENT, SETTINGS, NULL },
                                             { DROP, USER_INFO, "cwd" } };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(changes); i++) {
        struct given *given = given_new();

        world_fresh(world_policy);
        given_requester(given, "root", 0);
        given_change(given, &changes[i], 1);
        expect_allowed(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
        given_free(given);
    }
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[256] = {
        cmocka_unit_test(bad_at_the_end),
        cmocka_unit_test(absent_fields),
        cmocka_unit_test(root_is_root),
    };
    size_t n = SUITE_ROWS(tests, 3, rows, malformed);

    n = SUITE_ROWS(tests, n, rows, recorded);
    n = SUITE_ROWS(tests, n, rows, to_the_audit_half);
    return suite_run(argc, argv, "malformed", tests, n);
}
