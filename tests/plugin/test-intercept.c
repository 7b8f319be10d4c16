/* SPDX-License-Identifier: ISC */
/*
 * Children of a command, in the same sudo process: under intercept each is decided like a command
 * of its own, under log_subcmds sudo only tells the audit half of them. Neither may disturb what
 * is known of the command itself.
 */
#include "test.h"

#include <string.h>

#include "base/macros.h"
#include "expect.h"
#include "journal.h"
#include "suite.h"
#include "talk.h"
#include "world.h"

/* sudo's steps for a child under intercept; like sudo, it does not look at what the audit half
 * says to the last of them. What it handed in is gone afterwards. */
static bool intercept(const struct given *parent, const char *cwd, const char *const command[])
{
    struct given *child = given_child(parent, cwd, command);
    bool runs;

    talk_forget();
    runs = front_end_policy_accepts(child) && front_end_check(child);
    if (runs)
        (void)front_end_accept(child);
    given_free(child);
    journal_drain();
    return runs;
}

static const char *const id[] = { "/usr/bin/id", "-g", NULL };
static const char *const backup[] = { "/usr/bin/backup", NULL };
static const char *const nc[] = { "/usr/bin/nc", NULL };

static struct given *start(void)
{
    struct given *given = given_new();

    world_fresh(world_policy);
    given_set(given, COMMAND_INFO, "intercept=true");
    front_end_start(BOTH_HALVES, given);
    expect_allowed(front_end_decide(given));
    return given;
}

static const struct record *find(const struct records *ledger, const char *event,
                                 const char *command)
{
    for (size_t i = 0; i < ledger->n; i++) {
        if (strcmp(record_text(&ledger->v[i], "AA_EVENT"), event) == 0 &&
            strcmp(record_text(&ledger->v[i], "AA_COMMAND"), command) == 0)
            return &ledger->v[i];
    }
    fail_msg("no record \"%s\" of %s", event, command);
    return NULL;
}

static void children_are_decided(void **state)
{
    struct given *given = start();
    _cleanup_(records_free) struct records ledger = { 0 };

    (void)state;
    for (int i = 0; i < 5; i++) {
        assert_true(intercept(given, "/srv", id));
        assert_string_equal(talk_text(), "");
        assert_int_equal(front_end.accepted.result, 1);
        assert_false(intercept(given, "/srv", nc));
        expect_refusal(&front_end.checked, 0, "E-DENIED-RULE");
        assert_true(intercept(given, "/etc", backup));
    }
    front_end_end(SUDO_PLUGIN_WAIT_STATUS, 7 << 8);
    ledger_read(&ledger);
    assert_int_equal(ledger.n, 1 + 5 * 3 + 1);
    /* the end is the command's own, and of the very request */
    assert_string_equal(record_text(&ledger.v[ledger.n - 1], "AA_EVENT"), "finished");
    assert_string_equal(record_text(&ledger.v[ledger.n - 1], "AA_COMMAND"), "/usr/bin/id -u");
    assert_string_equal(record_text(&ledger.v[ledger.n - 1], "AA_EXIT_STATUS"), "7");
    assert_string_equal(record_text(&ledger.v[ledger.n - 1], "AA_ID"),
                        record_text(&ledger.v[0], "AA_ID"));
    assert_string_equal(record_text(find(&ledger, "allowed", "/usr/bin/id -g"), "AA_CWD"), "/srv");
    assert_string_equal(record_text(find(&ledger, "allowed", "/usr/bin/backup"), "AA_CWD"), "/etc");
    find(&ledger, "refused", "/usr/bin/nc");
    given_free(given);
}

/* A last child that was denied is not the command's end; nor is one that changed after it was
 * confirmed: sudo does not heed what the audit half says of children, so it says nothing. */
static void bad_last_child(void **state)
{
    struct given *given = start(), *child;
    _cleanup_(records_free) struct records ledger = { 0 };

    (void)state;
    assert_false(intercept(given, "/srv", nc));
    front_end_end(SUDO_PLUGIN_WAIT_STATUS, 0);
    ledger_expect("allowed refused finished");
    given_free(given);
    front_end_unload();

    given = start();
    child = given_child(given, "/srv", id);
    assert_true(front_end_check(child));
    given_set(child, ENVP, "TERM=dumb");
    assert_true(front_end_accept(child));
    given_free(child);
    front_end_end(SUDO_PLUGIN_WAIT_STATUS, 0);
    ledger_read(&ledger);
    assert_string_equal(record_text(find(&ledger, "finished", "/usr/bin/id -u"), "AA_ID"),
                        record_text(&ledger.v[0], "AA_ID"));
    given_free(given);
}

/* A child's decision does not start the command, nor the command's a child. */
static void decisions_do_not_mix(void **state)
{
    struct given *given = given_new(), *child;

    (void)state;
    world_fresh(world_policy);
    front_end_start(BOTH_HALVES, given);
    child = given_child(given, "/srv", id);
    assert_true(front_end_check(child));
    assert_false(front_end_accept(given));
    expect_refusal(&front_end.accepted, -1, "E-CHANGED");
    front_end_end(SUDO_PLUGIN_NO_STATUS, 0);
    given_free(child);
    given_free(given);
}

/* The folder of a child may be unknown: no excuse to take the parent's. */
static void unknown_folder(void **state)
{
    struct given *given = start();
    _cleanup_(records_free) struct records ledger = { 0 };

    (void)state;
    assert_true(intercept(given, "unknown", id));
    front_end_end(SUDO_PLUGIN_WAIT_STATUS, 0);
    ledger_read(&ledger);
    assert_int_equal(ledger.n, 3);
    assert_string_equal(record_text(&ledger.v[0], "AA_CWD"), "/srv");
    assert_null(record_value(&ledger.v[1], "AA_CWD"));
    given_free(given);
}

/* sudo -s speaks of the command, not of what the shell then runs. */
static void shell_flag_is_not_inherited(void **state)
{
    struct given *given = given_new();

    (void)state;
    world_fresh(world_policy_observe); /* which lets the shell itself through */
    given_set(given, SETTINGS, "run_shell=true");
    front_end_start(BOTH_HALVES, given);
    assert_true(front_end_decide(given));
    world_apply(world_policy);
    assert_true(intercept(given, "/srv", id));
    front_end_end(SUDO_PLUGIN_WAIT_STATUS, 0);
    given_free(given);
}

/* Another approval plugin says no to a child after ours said yes: its record has an end, too. */
static void child_rejected_by_another(void **state)
{
    struct given *given = start(), *child = given_child(given, "/srv", backup);
    const char *errstr = NULL;

    (void)state;
    assert_true(front_end_check(child));
    assert_int_equal(front_end.audit->reject("other", SUDO_APPROVAL_PLUGIN, "no",
                                             child->vectors[COMMAND_INFO], &errstr), 1);
    assert_true(intercept(given, "/srv", id));
    front_end_end(SUDO_PLUGIN_WAIT_STATUS, 0);
    ledger_expect("allowed allowed failed allowed finished");
    given_free(child);
    given_free(given);
}

/* log_subcmds: an accept without a check, which sudo has made already. */
static void told_afterwards(void **state)
{
    struct given *given = given_new(), *child;

    (void)state;
    world_fresh(world_policy);
    given_set(given, COMMAND_INFO, "log_subcmds=true");
    front_end_start(BOTH_HALVES, given);
    expect_allowed(front_end_decide(given));
    for (int i = 0; i < 3; i++) {
        child = given_child(given, "/srv", i == 1 ? nc : id);
        expect_allowed(front_end_accept(child));
        given_free(child);
    }
    front_end_end(SUDO_PLUGIN_WAIT_STATUS, 0);
    ledger_expect("allowed finished");
    given_free(given);
}

/* root's children are root's. */
static void children_of_root(void **state)
{
    struct given *given = given_new();

    (void)state;
    world_fresh(world_policy);
    given_requester(given, "root", 0);
    front_end_start(BOTH_HALVES, given);
    expect_allowed(front_end_decide(given));
    assert_true(intercept(given, "/srv", nc));
    front_end_end(SUDO_PLUGIN_WAIT_STATUS, 0);
    ledger_expect("allowed allowed finished");
    given_free(given);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(children_are_decided),
        cmocka_unit_test(bad_last_child),
        cmocka_unit_test(decisions_do_not_mix),
        cmocka_unit_test(unknown_folder),
        cmocka_unit_test(shell_flag_is_not_inherited),
        cmocka_unit_test(child_rejected_by_another),
        cmocka_unit_test(told_afterwards),
        cmocka_unit_test(children_of_root),
    };

    return suite_run(argc, argv, "intercept", tests, AA_ARRAY_SIZE(tests));
}
