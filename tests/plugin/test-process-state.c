/* SPDX-License-Identifier: ISC */
/* The plugin is a guest: whatever the answer, the process is as it was before. */
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/macros.h"
#include "child.h"
#include "expect.h"
#include "journal.h"
#include "process-state.h"
#include "sabotage.h"
#include "suite.h"
#include "talk.h"
#include "world.h"

/* What a child finds. */
struct found {
    bool runs;
    char before[PROCESS_STATE_MAX], after[PROCESS_STATE_MAX];
};

struct scenario {
    const struct given *given;
    struct found *found;
};

static void play(void *argument)
{
    struct scenario *scenario = argument;

    process_state_unusual();
    front_end_start(BOTH_HALVES, scenario->given); /* loads it, which is sudo's doing */
    front_end_end(SUDO_PLUGIN_NO_STATUS, 0);
    process_state(scenario->found->before);
    scenario->found->runs = front_end_sudo(BOTH_HALVES, scenario->given, SUDO_PLUGIN_WAIT_STATUS,
                                           0);
    process_state(scenario->found->after);
}

/* The first line that differs says enough. */
static void expect_equal(const char *before, const char *after)
{
    while (*before != '\0' || *after != '\0') {
        size_t b = strcspn(before, "\n"), a = strcspn(after, "\n");

        if (a != b || memcmp(before, after, a) != 0)
            fail_msg("before: %.*s\nafter: %.*s", (int)b, before, (int)a, after);
        before += b + (before[b] == '\n');
        after += a + (after[a] == '\n');
    }
}

static void expect_unchanged(const struct given *given, bool runs)
{
    struct found *found = child_shared(sizeof(*found));
    struct scenario scenario = { .given = given, .found = found };
    int status = child_run(play, &scenario);

    assert_int_equal(status, 0);
    assert_int_equal(found->runs, runs);
    assert_true(strlen(found->before) > 2000);
    expect_equal(found->before, found->after);
    child_shared_free(found, sizeof(*found));
}

static const struct row {
    const char *name;
    const char *command[3];
    unsigned uid;
    bool runs;
} rows[] = {
    { "allowed", { "/usr/bin/id" }, 65534, true },
    { "a script", { "/usr/bin/backup" }, 65534, true },
    { "denied by a rule", { "/usr/bin/nc" }, 65534, false },
    { "denied by default", { "/usr/bin/other" }, 65534, false },
    { "to be asked", { "/usr/bin/pg_dump" }, 65534, false },
    { "a relative path", { "other" }, 65534, false },
    { "root", { "/usr/bin/nc" }, 0, true },
};

static void answers(void **state)
{
    const struct row *row = *state;
    struct given *given = given_new();

    world_fresh(world_policy);
    given_command(given, row->command);
    given_requester(given, row->uid == 0 ? "root" : "nobody", row->uid);
    expect_unchanged(given, row->runs);
    given_free(given);
}

static void faults(void **state)
{
    const struct sabotage *sabotage = *state;
    struct given *given;

    if (strcmp(sabotage->name, "no /proc") == 0)
        skip(); /* this test reads it itself */
    given = given_new();
    world_fresh(world_policy);
    sabotage->break_it();
    expect_unchanged(given, false);
    if (sabotage->mend != NULL)
        sabotage->mend();
    given_free(given);
}

static void large(void **state)
{
    struct given *given = given_new();
    _cleanup_free_ char *text = malloc(300 * 1024);

    (void)state;
    assert_non_null(text);
    memset(text, 'x', 300 * 1024 - 1);
    text[300 * 1024 - 1] = '\0';
    world_fresh(world_policy);
    given_change(given, &(struct change){ ADD, ARGV, text }, 1);
    expect_unchanged(given, true);
    given_free(given);
}

static void no_journal(void **state)
{
    struct given *given = given_new();

    (void)state;
    world_fresh(world_policy);
    journal_stop();
    expect_unchanged(given, true);
    given_free(given);
}

static void lock_is_held(void **state)
{
    struct given *given = given_new();
    _cleanup_close_ int fd = -1;

    (void)state;
    world_fresh(world_policy);
    fd = open(WORLD_STATE "/ledger", O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    expect_unchanged(given, true);
    given_free(given);
}

/* The comparison itself: it sees a descriptor, a variable, a handler. */
static void play_a_bad_guest(void *argument)
{
    struct found *found = argument;

    process_state_unusual();
    process_state(found->before);
    (void)!open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    process_state(found->after);
    if (strcmp(found->before, found->after) == 0)
        _exit(1);
    process_state(found->before);
    umask(077);
    process_state(found->after);
    if (strcmp(found->before, found->after) == 0)
        _exit(2);
    process_state(found->before);
    setenv("TZ", "UTC", 1);
    process_state(found->after);
    if (strcmp(found->before, found->after) == 0)
        _exit(3);
    process_state(found->before);
    signal(SIGINT, SIG_DFL);
    process_state(found->after);
    if (strcmp(found->before, found->after) == 0)
        _exit(4);
    process_state(found->before);
    (void)!write(STDOUT_FILENO, "x", 1);
    process_state(found->after);
    if (strcmp(found->before, found->after) == 0)
        _exit(5);
}

static void sees_changes(void **state)
{
    struct found *found = child_shared(sizeof(*found));

    (void)state;
    world_fresh(world_policy);
    assert_int_equal(child_run(play_a_bad_guest, found), 0);
    child_shared_free(found, sizeof(*found));
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[128] = {
        cmocka_unit_test(sees_changes),
        cmocka_unit_test(large),
        cmocka_unit_test(no_journal),
        cmocka_unit_test(lock_is_held),
    };
    size_t n = SUITE_ROWS(tests, 4, rows, answers);

    n = suite_rows(tests, n, sabotages, sabotages_n, sizeof(sabotages[0]), faults);
    return suite_run(argc, argv, "process-state", tests, n);
}
