/* SPDX-License-Identifier: ISC */
/*
 * Limits and descriptors are the caller's to set before sudo starts. They may cost the caller a
 * denial that says so; they neither let a denied command through nor kill sudo.
 */
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"
#include "expect.h"
#include "journal.h"
#include "outcome.h"
#include "suite.h"
#include "world.h"

static const char *const id[] = { "/usr/bin/id", NULL };
static const char *const nc[] = { "/usr/bin/nc", NULL };

static struct given *given_for(const char *const command[], unsigned uid)
{
    struct given *given = given_new();

    given_command(given, command);
    given_requester(given, uid == 0 ? "root" : "nobody", uid);
    return given;
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

/* Ran, or denied with a cause that a person can do something about. */
static void expect_either(const struct outcome *outcome, const char *word)
{
    if (outcome->runs)
        return;
    outcome_expect_denial(outcome);
    assert_non_null(strstr(outcome->said, "(E-"));
    if (word != NULL && strstr(outcome->said, word) == NULL)
        fail_msg("\"%s\" is not in: %s", word, outcome->said);
}

/* The ledger is none the worse for it, and knows of every command that ran. */
static void expect_usable(size_t ran)
{
    struct given *given = given_for(id, 65534);

    expect_allowed(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
    ledger_expect_whole();
    assert_int_equal(count("allowed"), ran + 1);
    given_free(given);
}

static void limit_files(long bytes)
{
    struct rlimit limit = { (rlim_t)bytes, RLIM_INFINITY };

    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        _exit(101);
}

static volatile sig_atomic_t delivered;

static void count_signal(int number)
{
    (void)number;
    delivered++;
}

/* The same with a handler, which must not be called either, and not afterwards. */
static void limit_files_and_listen(long bytes)
{
    struct sigaction action = { .sa_handler = count_signal };

    if (sigaction(SIGXFSZ, &action, NULL) != 0)
        _exit(102);
    limit_files(bytes);
}

static void note_signals(struct outcome *outcome)
{
    sigset_t blocked;

    sigprocmask(SIG_BLOCK, NULL, &blocked);
    outcome->note = delivered + (sigismember(&blocked, SIGXFSZ) == 1 ? 1000 : 0);
}

static void no_files(void **state)
{
    static const long sizes[] = { 0, 1, 512, 4096, 4097 };
    struct given *given = given_for(id, 65534);

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(sizes); i++) {
        struct outcome *outcome;

        world_fresh(world_policy);
        outcome = outcome_of(given, limit_files, NULL, sizes[i]);
        outcome_expect_denial(outcome);
        assert_non_null(strstr(outcome->said, "(E-LIMITS)"));
        assert_non_null(strstr(outcome->said, "ulimit"));
        outcome_free(outcome);
        outcome = outcome_of(given, limit_files_and_listen, note_signals, sizes[i]);
        assert_int_equal(outcome->note, 0);
        outcome_expect_denial(outcome);
        outcome_free(outcome);
        expect_usable(0);
    }
    given_free(given);
}

/* The limit in the middle of each record that is written. */
static void torn_records(void **state)
{
    struct given *given = given_for(id, 65534);
    size_t ran = 0, denied = 0;

    (void)state;
    for (long bytes = 4096; bytes < 4096 + 4 * 1024; bytes += 61) {
        struct outcome *outcome;

        world_fresh(world_policy);
        outcome = outcome_of(given, limit_files, NULL, bytes);
        expect_either(outcome, "ulimit");
        expect_usable(outcome->runs);
        if (outcome->runs)
            ran++;
        else
            denied++;
        outcome_free(outcome);
    }
    assert_true(ran > 0 && denied > 0); /* else the sizes above are not the right ones */
    given_free(given);
}

/* A record that is larger than the limit, by way of the journal's file too. */
static void large_records(void **state)
{
    static const long sizes[] = { 0, 1000, 100 * 1000, 350 * 1000, 800 * 1000 };
    struct given *given = given_for(id, 65534);
    _cleanup_free_ char *text = malloc(256 * 1024);

    (void)state;
    assert_non_null(text);
    memset(text, 'x', 256 * 1024 - 1);
    text[256 * 1024 - 1] = '\0';
    given_change(given, &(struct change){ ADD, ARGV, text }, 1);
    for (size_t i = 0; i < AA_ARRAY_SIZE(sizes); i++) {
        struct outcome *outcome;

        world_fresh(world_policy);
        outcome = outcome_of(given, limit_files_and_listen, note_signals, sizes[i]);
        assert_int_equal(outcome->note, 0);
        expect_either(outcome, "ulimit");
        outcome_free(outcome);
        world_fresh(world_policy);
        outcome = outcome_of(given, limit_files, NULL, sizes[i]);
        expect_either(outcome, "ulimit");
        expect_usable(outcome->runs);
        outcome_free(outcome);
    }
    given_free(given);
}

static void root_with_no_files(void **state)
{
    struct given *given = given_for(nc, 0);

    (void)state;
    world_fresh(world_policy);
    for (long bytes = 0; bytes < 10000; bytes += 1000) {
        struct outcome *outcome = outcome_of(given, limit_files, NULL, bytes);

        assert_true(outcome->runs);
        outcome_free(outcome);
    }
    ledger_expect_whole();
    given_free(given);
}

static void close_all_but_three(long ignored)
{
    (void)ignored;
    for (int fd = 3; fd < 256; fd++)
        close(fd);
}

static void limit_descriptors(long n)
{
    struct rlimit limit = { (rlim_t)n, (rlim_t)n };

    close_all_but_three(0);
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        _exit(103);
}

static void descriptors(void **state)
{
    struct given *allowed = given_for(id, 65534), *denied = given_for(nc, 65534);
    struct given *root = given_for(nc, 0);
    bool ran = false;

    (void)state;
    for (long n = 3; n <= 20; n++) {
        struct outcome *outcome;
        size_t runs;

        world_fresh(world_policy);
        outcome = outcome_of(allowed, limit_descriptors, NULL, n);
        expect_either(outcome, n == 3 ? "Too many open files" : NULL);
        assert_true(outcome->runs || !ran); /* more descriptors never make it worse */
        runs = outcome->runs;
        ran |= outcome->runs;
        outcome_free(outcome);
        expect_usable(runs);
        outcome = outcome_of(denied, limit_descriptors, NULL, n);
        outcome_expect_denial(outcome);
        outcome_free(outcome);
        outcome = outcome_of(root, limit_descriptors, NULL, n);
        assert_true(outcome->runs);
        outcome_free(outcome);
        journal_drain();
    }
    assert_true(ran);
    given_free(allowed);
    given_free(denied);
    given_free(root);
}

static void close_some(long which)
{
    close_all_but_three(0);
    for (int fd = 0; fd < 3; fd++) {
        if ((which >> fd & 1) != 0)
            close(fd);
    }
}

/* Which of the first 32 are open. */
static void note_descriptors(struct outcome *outcome)
{
    for (int fd = 0; fd < 32; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            outcome->note |= 1l << fd;
    }
}

/* sudo opens /dev/null in their place; should one not, nothing of ours must stay there. */
static void closed(void **state)
{
    struct given *allowed = given_for(id, 65534), *denied = given_for(nc, 65534);

    (void)state;
    for (long which = 1; which < 8; which++) {
        struct outcome *outcome;

        world_fresh(world_policy);
        outcome = outcome_of(allowed, close_some, note_descriptors, which);
        assert_true(outcome->runs);
        assert_int_equal(outcome->note, 7 & ~which);
        outcome_free(outcome);
        ledger_expect("allowed finished");
        outcome = outcome_of(denied, close_some, note_descriptors, which);
        outcome_expect_denial(outcome);
        assert_int_equal(outcome->note, 7 & ~which);
        outcome_free(outcome);
        ledger_expect("allowed finished refused");
    }
    given_free(allowed);
    given_free(denied);
}

static void limit_everything_else(long ignored)
{
    static const int kinds[] = { RLIMIT_CORE, RLIMIT_MEMLOCK, RLIMIT_NPROC, RLIMIT_MSGQUEUE,
                                 RLIMIT_SIGPENDING, RLIMIT_LOCKS, RLIMIT_RTPRIO, RLIMIT_NICE };
    struct rlimit none = { 0, 0 };

    (void)ignored;
    for (size_t i = 0; i < AA_ARRAY_SIZE(kinds); i++) {
        if (setrlimit((__rlimit_resource_t)kinds[i], &none) != 0)
            _exit(104);
    }
    umask(0777);
    signal(SIGXFSZ, SIG_IGN);
}

/* Limits that are none of our business, and a umask under which nobody could read what we make. */
static void other_limits(void **state)
{
    struct given *allowed = given_for(id, 65534), *denied = given_for(nc, 65534);
    struct outcome *outcome;

    (void)state;
    world_fresh(world_policy);
    outcome = outcome_of(allowed, limit_everything_else, NULL, 0);
    assert_true(outcome->runs);
    outcome_free(outcome);
    outcome = outcome_of(denied, limit_everything_else, NULL, 0);
    outcome_expect_denial(outcome);
    outcome_free(outcome);
    ledger_expect("allowed finished refused");
    given_free(allowed);
    given_free(denied);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_files),      cmocka_unit_test(torn_records),
        cmocka_unit_test(large_records), cmocka_unit_test(root_with_no_files),
        cmocka_unit_test(descriptors),   cmocka_unit_test(closed),
        cmocka_unit_test(other_limits),
    };

    return suite_run(argc, argv, "limits", tests, AA_ARRAY_SIZE(tests));
}
