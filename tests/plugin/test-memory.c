/* SPDX-License-Identifier: ISC */
/* Out of memory, at each allocation between open and close: no crash, no command that policy
 * denies, and none without a record. */
#include "test.h"

#include <string.h>

#include "base/macros.h"
#include "child.h"
#include "expect.h"
#include "failing-malloc.h"
#include "journal.h"
#include "outcome.h"
#include "suite.h"
#include "world.h"

enum { ALLOCATIONS_MAX = 2000 };

static const struct row {
    const char *name;
    const char *policy;
    const char *command[4];
    unsigned uid;
    bool onwards; /* memory stays scarce */
    bool allowed; /* by policy */
} rows[] = {
    { "allowed, once", world_policy, { "/usr/bin/id", "-u" }, 65534, false, true },
    { "allowed, onwards", world_policy, { "/usr/bin/id", "-u" }, 65534, true, true },
    { "a script, once", world_policy, { "/usr/bin/backup" }, 65534, false, true },
    { "denied, once", world_policy, { "/usr/bin/nc" }, 65534, false, false },
    { "denied, onwards", world_policy, { "/usr/bin/nc" }, 65534, true, false },
    { "denied by default, once", world_policy, { "/usr/bin/other" }, 65534, false, false },
    { "denied by default, onwards", world_policy, { "/usr/bin/other" }, 65534, true, false },
    { "best effort, denied, once", world_policy_best_effort, { "/usr/bin/nc" }, 65534, false,
      false },
    { "best effort, denied, onwards", world_policy_best_effort, { "/usr/bin/nc" }, 65534, true,
      false },
    { "root, once", world_policy, { "/usr/bin/nc" }, 0, false, true },
    { "root, onwards", world_policy, { "/usr/bin/nc" }, 0, true, true },
};

static bool onwards;

static void prepare(long n)
{
    failing_malloc_set(n, onwards);
    front_end.before_call = failing_malloc_arm;
    front_end.after_call = failing_malloc_disarm;
}

static void note_count(struct outcome *outcome)
{
    outcome->note = failing_malloc_count();
}

static size_t count(const struct records *ledger, const char *event)
{
    size_t n = 0;

    for (size_t i = 0; i < ledger->n; i++)
        n += strcmp(record_text(&ledger->v[i], "AA_EVENT"), event) == 0;
    return n;
}

/* One allocation that fails; false where there was none of that number. */
static bool one(const struct row *row, const struct given *given, long n, size_t *ran)
{
    _cleanup_(records_free) struct records ledger = { 0 };
    struct outcome *outcome = outcome_of(given, prepare, note_count, n);
    bool failed = outcome->note >= n;

    ledger_read(&ledger);
    if (outcome->runs)
        ++*ran;
    else
        outcome_expect_denial(outcome);
    if (!row->allowed) { /* neither half leaves it to the other */
        assert_false(outcome->runs);
        assert_int_not_equal(outcome->checked.result, 1);
    }
    if (row->uid == 0)
        assert_true(outcome->runs); /* never locked out */
    else if (count(&ledger, "allowed") < *ran)
        fail_msg("allocation %ld fails: the command runs without a record", n);
    if (!failed)
        assert_int_equal(outcome->runs, row->allowed);
    outcome_free(outcome);
    journal_drain();
    return failed;
}

static void memory(void **state)
{
    const struct row *row = *state;
    const char *user = row->uid == 0 ? "root" : "nobody";
    struct given *given = given_new();
    size_t ran = 0;
    long n = 1;

    world_fresh(row->policy);
    given_command(given, row->command);
    given_requester(given, user, row->uid);
    onwards = row->onwards;
    while (one(row, given, n, &ran)) {
        n++;
        assert_true(n < ALLOCATIONS_MAX);
    }
    assert_true(n > 10); /* else the allocator is not the one that is used */
    ledger_expect_whole();
    given_free(given);
}

/* Decided with memory, then changed: without memory to look again it is not accepted either. */
struct change_play {
    const struct given *before, *after;
    long n, counted;
    bool accepted, has_words;
};

static void play_change(void *argument)
{
    struct change_play *play = argument;

    front_end_start(BOTH_HALVES, play->before);
    if (!front_end_check(play->before))
        _exit(106);
    prepare(play->n);
    play->accepted = front_end_accept(play->after);
    play->counted = failing_malloc_count();
    play->has_words = front_end.accepted.has_errstr && talk_only_to_requester();
}

static void changed(void **state)
{
    struct given *before = given_new(), *after = given_copy(before);
    struct change_play *play = child_shared(sizeof(*play));

    (void)state;
    world_fresh(world_policy);
    front_end_load();
    given_set(after, ENVP, "TERM=dumb");
    play->before = before;
    play->after = after;
    for (onwards = false;; onwards = true) {
        for (play->n = 1, play->counted = 1; play->counted >= play->n; play->n++) {
            play->counted = 0;
            assert_int_equal(child_run(play_change, play), 0);
            assert_false(play->accepted);
            assert_true(play->has_words);
            journal_drain();
        }
        assert_true(play->n > 3);
        if (onwards)
            break;
    }
    child_shared_free(play, sizeof(*play));
    given_free(before);
    given_free(after);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[16] = { cmocka_unit_test(changed) };
    size_t n = SUITE_ROWS(tests, 1, rows, memory);

    return suite_run(argc, argv, "memory", tests, n);
}
