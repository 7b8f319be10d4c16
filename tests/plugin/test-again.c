/* SPDX-License-Identifier: ISC */
/* The plugin more than once: several commands in one process, unloaded and loaded again. */
#include "test.h"

#include <dlfcn.h>
#include <string.h>

#include "base/macros.h"
#include "expect.h"
#include "journal.h"
#include "suite.h"
#include "talk.h"
#include "world.h"

static const char *const nc[] = { "/usr/bin/nc", NULL };
static const char *const id[] = { "/usr/bin/id", NULL };

static void several_commands(void **state)
{
    struct given *allowed = given_new(), *denied = given_new();

    (void)state;
    world_fresh(world_policy);
    given_command(denied, nc);
    for (int i = 0; i < 3; i++) {
        expect_allowed(front_end_sudo(BOTH_HALVES, allowed, SUDO_PLUGIN_WAIT_STATUS, 0));
        assert_false(front_end_sudo(BOTH_HALVES, denied, SUDO_PLUGIN_WAIT_STATUS, 0));
        expect_refusal(&front_end.checked, 0, "E-DENIED-RULE");
        journal_drain();
    }
    ledger_expect("allowed finished refused allowed finished refused allowed finished refused");
    ledger_expect_whole();
    given_free(allowed);
    given_free(denied);
}

/* Nothing of the one command is in the other's records. */
static void requests_are_distinct(void **state)
{
    struct given *given = given_new();
    _cleanup_(records_free) struct records ledger = { 0 };

    (void)state;
    world_fresh(world_policy);
    assert_true(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
    given_requester(given, "alice", 1000);
    given_command(given, id);
    given_set(given, USER_INFO, "tty=/dev/pts/8");
    assert_true(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
    ledger_read(&ledger);
    assert_int_equal(ledger.n, 4);
    assert_string_equal(record_text(&ledger.v[1], "AA_USER"), "nobody");
    for (size_t i = 2; i < 4; i++) {
        assert_string_equal(record_text(&ledger.v[i], "AA_USER"), "alice");
        assert_string_equal(record_text(&ledger.v[i], "AA_TTY"), "/dev/pts/8");
        assert_string_equal(record_text(&ledger.v[i], "AA_COMMAND"), "/usr/bin/id");
        assert_string_not_equal(record_text(&ledger.v[i], "AA_ID"),
                                record_text(&ledger.v[0], "AA_ID"));
        assert_string_not_equal(record_text(&ledger.v[i], "AA_REQUEST"),
                                record_text(&ledger.v[0], "AA_REQUEST"));
        assert_string_not_equal(record_text(&ledger.v[i], "AA_DIGEST"),
                                record_text(&ledger.v[0], "AA_DIGEST"));
    }
    given_free(given);
}

/* The policy is the one in force when the command comes. */
static void policy_changes_between(void **state)
{
    struct given *given = given_new();

    (void)state;
    world_fresh(world_policy);
    expect_allowed(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
    world_apply("rule none { when command id; deny \"closed\" }\n");
    assert_false(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
    expect_refusal(&front_end.checked, 0, "E-DENIED-RULE");
    assert_non_null(strstr(talk_text(), "closed"));
    given_free(given);
}

static void loaded_again(void **state)
{
    struct given *given = given_new();

    (void)state;
    world_fresh(world_policy);
    for (int i = 0; i < 4; i++) {
        expect_allowed(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
        front_end_unload();
        assert_null(dlopen(front_end_plugin, RTLD_LAZY | RTLD_NOLOAD)); /* is really gone */
        journal_drain();
    }
    /* unloaded in the middle, as when sudo ends: nothing is left that would accept */
    front_end_start(BOTH_HALVES, given);
    assert_true(front_end_check(given));
    front_end_end(SUDO_PLUGIN_NO_STATUS, 0);
    front_end_unload();
    front_end_start(BOTH_HALVES, given);
    assert_false(front_end_accept(given));
    front_end_end(SUDO_PLUGIN_NO_STATUS, 0);
    given_free(given);
}

/* The journal is not there, or does not listen: nobody is stopped, and the ledger has it all. */
static void no_journal(void **state)
{
    struct given *given = given_new();

    (void)state;
    world_fresh(world_policy);
    journal_stop();
    expect_allowed(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
    world_file(JOURNAL_SOCKET, "no socket", 0644);
    expect_allowed(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
    journal_listen();
    for (int i = 0; i < 20; i++) /* its queue holds fewer */
        expect_allowed(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
    ledger_expect_whole();
    given_free(given);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_commands),       cmocka_unit_test(requests_are_distinct),
        cmocka_unit_test(policy_changes_between), cmocka_unit_test(loaded_again),
        cmocka_unit_test(no_journal),
    };

    return suite_run(argc, argv, "again", tests, AA_ARRAY_SIZE(tests));
}
