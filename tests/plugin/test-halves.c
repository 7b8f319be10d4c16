/* SPDX-License-Identifier: ISC */
/*
 * The two halves guard each other: a missing line in sudo.conf must not disarm the other one.
 * Also what open answers, whatever it is given: never 0, which would make sudo go on without us.
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
    unsigned halves;
    const char *user;
    unsigned uid;
    const char *command;
    const char *cause; /* NULL: runs */
} rows[] = {
    { "both, a user", BOTH_HALVES, "alice", 1000, "/usr/bin/id", NULL },
    { "both, root", BOTH_HALVES, "root", 0, "/usr/bin/nc", NULL },
    { "approval alone, a user", APPROVAL_HALF, "alice", 1000, "/usr/bin/id", "E-NO-AUDIT-HALF" },
    { "approval alone, a system user", APPROVAL_HALF, "daemon", 1, "/usr/bin/id",
      "E-NO-AUDIT-HALF" },
    { "approval alone, root", APPROVAL_HALF, "root", 0, "/usr/bin/nc", NULL },
    { "audit alone, a user", AUDIT_HALF, "alice", 1000, "/usr/bin/id", "E-NO-APPROVAL-HALF" },
    { "audit alone, a system user", AUDIT_HALF, "daemon", 1, "/usr/bin/id", "E-NO-APPROVAL-HALF" },
    { "audit alone, nobody", AUDIT_HALF, "nobody", 65534, "/usr/bin/nc", "E-NO-APPROVAL-HALF" },
    { "audit alone, root", AUDIT_HALF, "root", 0, "/usr/bin/nc", NULL },
};

static struct given *given_for(const char *user, unsigned uid, const char *program)
{
    const char *const command[] = { program, NULL };
    struct given *given = given_new();

    given_requester(given, user, uid);
    given_command(given, command);
    return given;
}

static void halves(void **state)
{
    const struct row *row = *state;
    const struct answer *last = (row->halves & APPROVAL_HALF) != 0 ? &front_end.checked :
                                                                     &front_end.accepted;
    struct given *given = given_for(row->user, row->uid, row->command);
    _cleanup_(records_free) struct records ledger = { 0 };
    bool runs;

    world_fresh(world_policy);
    runs = front_end_sudo(row->halves, given, SUDO_PLUGIN_WAIT_STATUS, 0);
    if (row->cause == NULL) {
        expect_allowed(runs);
        ledger_expect((row->halves & AUDIT_HALF) != 0 ? "allowed finished" : "allowed");
    } else {
        assert_false(runs);
        expect_refusal(last, -1, row->cause);
        ledger_expect("refused");
        ledger_read(&ledger);
        expect_cause(&ledger.v[0], row->cause);
        assert_non_null(strstr(talk_text(), "/etc/sudo.conf"));
    }
    /* without the audit half there is no close that could free the decision */
    if ((row->halves & AUDIT_HALF) == 0) {
        front_end_start(BOTH_HALVES, given);
        front_end_end(SUDO_PLUGIN_NO_STATUS, 0);
    }
    given_free(given);
}

/* The audit half of the command before has closed: that is not an open one. */
static void audit_was_open_before(void **state)
{
    struct given *given = given_new();

    (void)state;
    world_fresh(world_policy);
    expect_allowed(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
    assert_false(front_end_sudo(APPROVAL_HALF, given, SUDO_PLUGIN_WAIT_STATUS, 0));
    expect_refusal(&front_end.checked, -1, "E-NO-AUDIT-HALF");
    front_end_start(BOTH_HALVES, given);
    front_end_end(SUDO_PLUGIN_NO_STATUS, 0);
    given_free(given);
}

/* Accepts of others than the front end never stand for a decision, nor use one up. */
static void others_accept(void **state)
{
    struct given *given = given_new();
    const char *errstr = NULL;

    (void)state;
    world_fresh(world_policy);
    front_end_start(AUDIT_HALF, given);
    for (unsigned type = 0; type < 10; type++) {
        if (type != SUDO_FRONT_END)
            assert_int_equal(front_end.audit->accept("any", type, given->vectors[COMMAND_INFO],
                                                     given->vectors[ARGV], given->vectors[ENVP],
                                                     &errstr), 1);
    }
    ledger_expect("");
    assert_false(front_end_accept(given));
    expect_refusal(&front_end.accepted, -1, "E-NO-APPROVAL-HALF");
    front_end_end(SUDO_PLUGIN_NO_STATUS, 0);

    front_end_start(BOTH_HALVES, given);
    assert_true(front_end_check(given));
    for (int i = 0; i < 3; i++)
        assert_true(front_end_policy_accepts(given));
    expect_allowed(front_end_accept(given));
    front_end_end(SUDO_PLUGIN_WAIT_STATUS, 0);
    ledger_expect("refused allowed finished");
    given_free(given);
}

/* A denied command is not accepted, even if a sudo went on after the approval half's no. */
static void accept_after_no(void **state)
{
    struct given *given = given_for("alice", 1000, "/usr/bin/nc");

    (void)state;
    world_fresh(world_policy);
    front_end_start(BOTH_HALVES, given);
    assert_false(front_end_check(given));
    talk_forget();
    assert_false(front_end_accept(given));
    expect_refusal(&front_end.accepted, -1, "E-DENIED-RULE");
    front_end_end(SUDO_PLUGIN_WAIT_STATUS, 0);
    ledger_expect("refused");
    given_free(given);
}

/* open with anything: of another version of sudo, without vectors, without a voice. */
static void opens(void **state)
{
    static const unsigned versions[] = { SUDO_API_MKVERSION(1, 0), SUDO_API_MKVERSION(1, 15),
                                         SUDO_API_VERSION, SUDO_API_MKVERSION(1, 999),
                                         SUDO_API_MKVERSION(2, 0), 0, ~0u };
    struct given *given = given_new();
    const char *errstr = NULL;
    char *none[] = { NULL };

    (void)state;
    world_fresh(world_policy);
    front_end_load();
    for (size_t i = 0; i < AA_ARRAY_SIZE(versions) * 2; i++) {
        struct approval_plugin *approval = front_end.approval;
        struct audit_plugin *audit = front_end.audit;
        unsigned version = versions[i / 2];
        bool bare = i % 2 == 0;
        char **user = bare ? none : given->vectors[USER_INFO];
        char **settings = bare ? none : given->vectors[SETTINGS];

        assert_int_equal(audit->open(version, bare ? NULL : talk_conversation,
                                     bare ? NULL : talk_printf, settings, user, 0,
                                     bare ? NULL : given->vectors[SUBMITTED_ARGV],
                                     bare ? NULL : given->vectors[SUBMITTED_ENVP],
                                     bare ? NULL : none, &errstr), 1);
        assert_int_equal(approval->open(version, bare ? NULL : talk_conversation,
                                        bare ? NULL : talk_printf, settings, user, 0,
                                        bare ? NULL : given->vectors[SUBMITTED_ARGV],
                                        bare ? NULL : given->vectors[SUBMITTED_ENVP],
                                        bare ? NULL : none, &errstr), 1);
        assert_int_equal(approval->check(given->vectors[COMMAND_INFO], given->vectors[ARGV],
                                         given->vectors[ENVP], &errstr), bare ? -1 : 1);
        approval->close();
        audit->close(SUDO_PLUGIN_NO_STATUS, 0);
    }
    given_free(given);
}

/* What sudo reads before it calls anything. */
static void shapes(void **state)
{
    (void)state;
    front_end_load();
    assert_int_equal(front_end.approval->type, SUDO_APPROVAL_PLUGIN);
    assert_int_equal(front_end.audit->type, SUDO_AUDIT_PLUGIN);
    assert_int_equal(SUDO_API_VERSION_GET_MAJOR(front_end.approval->version),
                     SUDO_API_VERSION_MAJOR);
    assert_int_equal(SUDO_API_VERSION_GET_MAJOR(front_end.audit->version), SUDO_API_VERSION_MAJOR);
    assert_true(front_end.approval->version >= SUDO_API_MKVERSION(1, 15)); /* has approvals */
    assert_non_null(front_end.approval->open);
    assert_non_null(front_end.approval->check); /* NULL: sudo skips the plugin */
    assert_non_null(front_end.approval->show_version);
    assert_non_null(front_end.audit->open);
    assert_non_null(front_end.audit->accept);
    assert_non_null(front_end.audit->close);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[32] = {
        cmocka_unit_test(audit_was_open_before),
        cmocka_unit_test(others_accept),
        cmocka_unit_test(accept_after_no),
        cmocka_unit_test(opens),
        cmocka_unit_test(shapes),
    };
    size_t n = SUITE_ROWS(tests, 5, rows, halves);

    return suite_run(argc, argv, "halves", tests, n);
}
