/* SPDX-License-Identifier: ISC */
/* How commands end, and all that sudo does without a command: what the records say of it. */
#include "test.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "base/macros.h"
#include "expect.h"
#include "suite.h"
#include "talk.h"
#include "world.h"

static const struct row {
    const char *name;
    int type, status;
    const char *event;
    const char *exit_status, *signal; /* of the record; NULL: absent */
    const char *cause, *error;
} rows[] = {
    { "exit 0", SUDO_PLUGIN_WAIT_STATUS, 0, "finished", "0", NULL, NULL, NULL },
    { "exit 3", SUDO_PLUGIN_WAIT_STATUS, 3 << 8, "finished", "3", NULL, NULL, NULL },
    { "exit 255", SUDO_PLUGIN_WAIT_STATUS, 255 << 8, "finished", "255", NULL, NULL, NULL },
    { "signal 9", SUDO_PLUGIN_WAIT_STATUS, SIGKILL, "finished", NULL, "9", NULL, NULL },
    { "signal 11 and a core", SUDO_PLUGIN_WAIT_STATUS, SIGSEGV | 0x80, "finished", NULL, "11",
      NULL, NULL },
    { "not executed", SUDO_PLUGIN_EXEC_ERROR, ENOENT, "failed", NULL, NULL, "E-EXEC",
      "No such file" },
    { "not executed, not allowed", SUDO_PLUGIN_EXEC_ERROR, EACCES, "failed", NULL, NULL, "E-EXEC",
      "Permission denied" },
    { "an error of sudo's", SUDO_PLUGIN_SUDO_ERROR, ENOMEM, "failed", NULL, NULL, "E-NOT-RUN", "" },
    { "no status", SUDO_PLUGIN_NO_STATUS, 0, "failed", NULL, NULL, "E-NOT-RUN", "" },
    { "an unheard-of status", 77, 0, "failed", NULL, NULL, "E-NOT-RUN", "" },
};

static void expect_field(const struct record *record, const char *name, const char *value)
{
    if (value == NULL)
        assert_null(record_value(record, name));
    else
        assert_string_equal(record_text(record, name), value);
}

static void ends(void **state)
{
    const struct row *row = *state;
    struct given *given = given_new();
    _cleanup_(records_free) struct records ledger = { 0 };
    const struct record *end;

    world_fresh(world_policy);
    front_end_start(BOTH_HALVES, given);
    expect_allowed(front_end_decide(given));
    front_end_end(row->type, row->status);
    ledger_read(&ledger);
    assert_int_equal(ledger.n, 2);
    end = &ledger.v[1];
    assert_string_equal(record_text(end, "AA_EVENT"), row->event);
    expect_field(end, "AA_EXIT_STATUS", row->exit_status);
    expect_field(end, "AA_SIGNAL", row->signal);
    if (row->cause == NULL) {
        assert_null(record_value(end, "AA_ERROR"));
        assert_non_null(record_value(end, "AA_RUN_USEC"));
    } else {
        expect_cause(end, row->cause);
        assert_non_null(strstr(record_text(end, "AA_ERROR"), row->error));
        assert_null(record_value(end, "AA_RUN_USEC"));
    }
    assert_string_equal(record_text(end, "AA_ID"), record_text(&ledger.v[0], "AA_ID"));
    assert_string_equal(talk_text(), ""); /* the command's end is between it and its user */
    ledger_expect_whole();
    given_free(given);
}

/* A denied command has no second end, whatever sudo then says of it. */
static void ends_of_denied(void **state)
{
    static const char *const nc[] = { "/usr/bin/nc", NULL };
    const struct row *row = *state;
    struct given *given = given_new();

    world_fresh(world_policy);
    given_command(given, nc);
    front_end_start(BOTH_HALVES, given);
    assert_false(front_end_decide(given));
    front_end_end(row->type, row->status);
    ledger_expect("refused");
    given_free(given);
}

/* sudo -l, -v, -k, -K, -V: the policy plugin accepts or rejects something, no command runs. */
static void no_command(void **state)
{
    static char command[] = "command=list";
    static char *const list[] = { command, NULL };
    struct given *given = given_new();
    const char *errstr = NULL;

    (void)state;
    world_fresh(world_policy);
    front_end_start(BOTH_HALVES, given);
    assert_int_equal(front_end.audit->accept("sudoers_policy", SUDO_POLICY_PLUGIN, list,
                                             given->vectors[SUBMITTED_ARGV],
                                             given->vectors[SUBMITTED_ENVP], &errstr), 1);
    front_end_end(SUDO_PLUGIN_NO_STATUS, 0);
    front_end_start(BOTH_HALVES, given);
    assert_int_equal(front_end.audit->reject("sudoers_policy", SUDO_POLICY_PLUGIN, "no", list,
                                             &errstr), 1);
    front_end_end(SUDO_PLUGIN_NO_STATUS, 0);
    front_end_start(BOTH_HALVES, given); /* sudo -k: nobody says anything */
    front_end_end(SUDO_PLUGIN_NO_STATUS, 0);
    assert_null(errstr);
    assert_string_equal(talk_text(), "");
    ledger_expect("");
    given_free(given);
}

/* sudoers says no: the approval half is not asked, and nothing is ours to record. */
static void rejected_by_policy(void **state)
{
    struct given *given = given_new();
    const char *errstr = NULL;

    (void)state;
    world_fresh(world_policy);
    front_end_start(BOTH_HALVES, given);
    assert_int_equal(front_end.audit->reject("sudoers_policy", SUDO_POLICY_PLUGIN, "not allowed",
                                             given->vectors[COMMAND_INFO], &errstr), 1);
    assert_int_equal(front_end.audit->error("sudoers_policy", SUDO_POLICY_PLUGIN, "broken", NULL,
                                            &errstr), 1);
    front_end_end(SUDO_PLUGIN_NO_STATUS, 0);
    ledger_expect("");
    given_free(given);
}

/* Somebody behind us says no: another approval plugin, an I/O plugin, another audit plugin. */
static void rejected_later(void **state)
{
    struct given *given = given_new();
    const char *errstr = NULL;
    _cleanup_(records_free) struct records ledger = { 0 };

    (void)state;
    world_fresh(world_policy);
    front_end_start(BOTH_HALVES, given);
    assert_true(front_end_policy_accepts(given));
    assert_true(front_end_check(given));
    assert_int_equal(front_end.audit->reject("other", SUDO_APPROVAL_PLUGIN, "no",
                                             given->vectors[COMMAND_INFO], &errstr), 1);
    front_end_end(SUDO_PLUGIN_NO_STATUS, 0);

    front_end_start(BOTH_HALVES, given);
    assert_true(front_end_check(given));
    assert_int_equal(front_end.audit->error("sudoers_io", SUDO_IO_PLUGIN, "disk full",
                                            given->vectors[COMMAND_INFO], &errstr), 1);
    front_end_end(SUDO_PLUGIN_NO_STATUS, 0);

    front_end_start(BOTH_HALVES, given);
    assert_true(front_end_decide(given));
    assert_int_equal(front_end.audit->error("other_audit", SUDO_AUDIT_PLUGIN, "no",
                                            given->vectors[COMMAND_INFO], &errstr), 1);
    front_end_end(SUDO_PLUGIN_NO_STATUS, 0);
    ledger_expect("allowed failed allowed failed allowed failed");
    ledger_read(&ledger);
    expect_cause(&ledger.v[1], "E-NOT-RUN");
    given_free(given);
}

/* sudo -V: on stdout, and nowhere else. */
static void show_version(void **state)
{
    struct given *given = given_new();

    (void)state;
    world_fresh(world_policy);
    for (int verbose = 0; verbose < 2; verbose++) {
        char *options[] = { NULL };
        const char *errstr = NULL;

        front_end_start(AUDIT_HALF, given);
        assert_int_equal(front_end.approval->open(
                             SUDO_API_VERSION, talk_conversation, talk_printf,
                             given->vectors[SETTINGS], given->vectors[USER_INFO], 1,
                             given->vectors[SUBMITTED_ARGV], given->vectors[SUBMITTED_ENVP],
                             options, &errstr), 1);
        front_end.approval->show_version(verbose);
        front_end.approval->close();
        front_end.audit->show_version(verbose);
        front_end.audit->close(SUDO_PLUGIN_NO_STATUS, 0);
        assert_int_equal(talk.said_n, 2);
        for (size_t i = 0; i < talk.said_n; i++)
            assert_int_equal(talk.said[i].type, SUDO_CONV_INFO_MSG);
        assert_non_null(strstr(talk_text(), "approval plugin version "));
        assert_non_null(strstr(talk_text(), "audit plugin version "));
    }
    ledger_expect("");
    given_free(given);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[64] = {
        cmocka_unit_test(no_command),
        cmocka_unit_test(rejected_by_policy),
        cmocka_unit_test(rejected_later),
        cmocka_unit_test(show_version),
    };
    size_t n = SUITE_ROWS(tests, 4, rows, ends);

    n = SUITE_ROWS(tests, n, rows, ends_of_denied);
    return suite_run(argc, argv, "ends", tests, n);
}
