/* SPDX-License-Identifier: ISC */
/* A broken host denies, names the cause, and never locks root out. */
#include "test.h"

#include <string.h>

#include "base/macros.h"
#include "expect.h"
#include "journal.h"
#include "sabotage.h"
#include "suite.h"
#include "talk.h"
#include "world.h"

static void mend(const struct sabotage *sabotage)
{
    if (sabotage->mend != NULL)
        sabotage->mend();
}

/* The same broken host, and three policies that would let the command pass. */
static bool run_broken(const struct sabotage *sabotage, const char *policy,
                       const struct given *given)
{
    bool runs;

    world_fresh(policy);
    sabotage->break_it();
    runs = front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0);
    mend(sabotage);
    expect_loaded();
    return runs;
}

static void expect_fault(const struct sabotage *sabotage)
{
    char cause[64];
    const char *at = strstr(talk_text(), sabotage->cause);

    /* where the cause of the table is only the start of one */
    assert_non_null(at);
    memset(cause, 0, sizeof(cause));
    memcpy(cause, at, AA_MIN(strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-"), sizeof(cause) - 1));
    expect_refusal(&front_end.checked, -1, cause);
    assert_non_null(strstr(talk_text(), "next: "));
}

static void required(void **state)
{
    const struct sabotage *sabotage = *state;
    _cleanup_(records_free) struct records journal = { 0 };
    struct given *given = given_new();

    assert_false(run_broken(sabotage, world_policy, given));
    expect_fault(sabotage);
    if (sabotage->ledger_lives)
        ledger_expect("refused");
    journal_take(&journal); /* hears of it in any case */
    assert_int_equal(journal.n, 1);
    assert_string_equal(record_text(&journal.v[0], "AA_EVENT"), "refused");
    assert_non_null(aa_after(record_text(&journal.v[0], "AA_ERROR"), sabotage->cause));
    given_free(given);
}

static void best_effort(void **state)
{
    const struct sabotage *sabotage = *state;
    struct given *given = given_new();
    bool runs = run_broken(sabotage, world_policy_best_effort, given);

    assert_int_equal(runs, sabotage->best_effort_runs);
    if (!runs)
        expect_fault(sabotage);
    given_free(given);
}

/* Observing blocks nothing that policy decided; what is broken still denies. */
static void observing(void **state)
{
    struct given *given = given_new();

    assert_false(run_broken(*state, world_policy_observe, given));
    expect_fault(*state);
    given_free(given);
}

/* What policy denies stays denied, however little it takes to be let through otherwise. */
static void denied(void **state)
{
    static const char *const nc[] = { "/usr/bin/nc", NULL };
    struct given *given = given_new();

    given_command(given, nc);
    assert_false(run_broken(*state, world_policy_best_effort, given));
    given_free(given);
}

static void root(void **state)
{
    struct given *given = given_new();

    given_requester(given, "root", 0);
    expect_allowed(run_broken(*state, world_policy, given));
    given_free(given);
}

static size_t add(struct CMUnitTest *tests, size_t n, void (*test)(void **state))
{
    return suite_rows(tests, n, sabotages, sabotages_n, sizeof(sabotages[0]), test);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[256];
    size_t n = add(tests, 0, required);

    n = add(tests, n, best_effort);
    n = add(tests, n, observing);
    n = add(tests, n, denied);
    n = add(tests, n, root);
    return suite_run(argc, argv, "faults", tests, n);
}
