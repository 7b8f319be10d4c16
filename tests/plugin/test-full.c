/* SPDX-License-Identifier: ISC */
/*
 * The disk of the ledger is full. Nothing new is allowed, the cause is told, and room is left for
 * the ends of those commands that are running, however many refusals somebody provokes.
 */
#include "test.h"

#include <string.h>
#include <sys/mount.h>

#include "base/macros.h"
#include "expect.h"
#include "journal.h"
#include "outcome.h"
#include "private-root.h"
#include "suite.h"
#include "world.h"

enum { LARGE = 90 * 1024, COMMANDS_MAX = 50 };

static const char *const id[] = { "/usr/bin/id", NULL };
static const char *const nc[] = { "/usr/bin/nc", NULL };

/* A disk for one ledger of the first size, and no growth of it. */
static int small_disk(void **state)
{
    (void)state;
    private_root_folders(WORLD_STATE, 1);
    return mount("tmpfs", WORLD_STATE, "tmpfs", 0, "size=1300k,mode=0700");
}

static int large_disk(void **state)
{
    (void)state;
    front_end_unload();
    return umount2(WORLD_STATE, MNT_DETACH);
}

static struct given *given_large(const char *const command[])
{
    struct given *given = given_new();
    char *text = malloc(LARGE);

    assert_non_null(text);
    memset(text, 'x', LARGE - 1);
    text[LARGE - 1] = '\0';
    given_command(given, command);
    given_change(given, &(struct change){ ADD, ARGV, text }, 1);
    free(text);
    return given;
}

static void as_it_is(long ignored)
{
    (void)ignored;
}

static size_t count(const char *event)
{
    _cleanup_(records_free) struct records ledger = { 0 };
    size_t n = 0;

    ledger_read(&ledger);
    for (size_t i = 0; i < ledger.n; i++)
        n += strcmp(record_text(&ledger.v[i], "AA_EVENT"), event) == 0;
    return n;
}

/* Other sudo processes, one after the other, until one is denied; how many ran. */
static size_t fill(void)
{
    struct given *given = given_large(id);
    bool runs = true;
    size_t ran = 0;

    while (runs) {
        struct outcome *outcome = outcome_of(given, as_it_is, NULL, 0);

        runs = outcome->runs;
        ran += runs;
        if (!runs) {
            outcome_expect_denial(outcome);
            assert_int_equal(outcome->checked.result, -1);
            assert_non_null(strstr(outcome->said, "(E-LEDGER-FULL)"));
        }
        outcome_free(outcome);
        journal_drain();
        assert_true(ran < COMMANDS_MAX);
    }
    given_free(given);
    return ran;
}

static void refuse(size_t times)
{
    struct given *given = given_large(nc);

    for (size_t i = 0; i < times; i++) {
        struct outcome *outcome = outcome_of(given, as_it_is, NULL, 0);

        outcome_expect_denial(outcome);
        assert_non_null(strstr(outcome->said, "(E-DENIED-RULE)"));
        outcome_free(outcome);
        journal_drain();
    }
    given_free(given);
}

static void running_commands_end(void **state)
{
    struct given *given = given_new();
    size_t ran;

    (void)state;
    world_fresh(world_policy);
    front_end_start(BOTH_HALVES, given);
    expect_allowed(front_end_decide(given));
    ran = 1 + fill();
    assert_true(ran > 2);
    refuse(10);
    assert_int_equal(count("finished"), ran - 1);
    front_end_end(SUDO_PLUGIN_WAIT_STATUS, 0);
    assert_int_equal(count("allowed"), ran);
    assert_int_equal(count("finished"), ran);
    ledger_expect_whole();
    given_free(given);
}

/* Also what is refused when all is full is told its own cause, and root goes on. */
static void root_mends_it(void **state)
{
    struct given *given = given_large(nc);

    (void)state;
    world_fresh(world_policy);
    (void)fill();
    refuse(10);
    given_requester(given, "root", 0);
    for (int i = 0; i < 5; i++) {
        expect_allowed(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
        journal_drain();
    }
    ledger_expect_whole();
    given_free(given);
}

/* Best effort lets it through, and the journal has it. */
static void best_effort(void **state)
{
    struct given *given = given_large(id);
    _cleanup_(records_free) struct records journal = { 0 };

    (void)state;
    world_fresh(world_policy);
    (void)fill();
    world_apply(world_policy_best_effort);
    journal_take(&journal);
    records_free(&journal);
    expect_allowed(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
    journal_take(&journal);
    assert_int_equal(journal.n, 2);
    assert_string_equal(record_text(&journal.v[0], "AA_EVENT"), "allowed");
    assert_null(record_value(&journal.v[0], "AA_SEQ"));
    given_free(given);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(running_commands_end),
        cmocka_unit_test(root_mends_it),
        cmocka_unit_test(best_effort),
    };

    return suite_run_in(argc, argv, "full", tests, AA_ARRAY_SIZE(tests), small_disk, large_disk);
}
