/* SPDX-License-Identifier: ISC */
/*
 * Time between the decision and the start: a sudo that was stopped, or a host that was suspended,
 * does not run an old decision. The clock is this program's: its clock_gettime comes before
 * libc's.
 */
#include "test.h"

#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/macros.h"
#include "expect.h"
#include "suite.h"
#include "talk.h"
#include "world.h"

static long boottime_shift, realtime_shift, monotonic_shift; /* seconds */

AA_EXPORT int clock_gettime(clockid_t clock, struct timespec *ret)
{
    long r = syscall(SYS_clock_gettime, clock, ret);

    if (r == 0 && clock == CLOCK_BOOTTIME)
        ret->tv_sec += boottime_shift;
    if (r == 0 && clock == CLOCK_REALTIME)
        ret->tv_sec += realtime_shift;
    if (r == 0 && clock == CLOCK_MONOTONIC)
        ret->tv_sec += monotonic_shift;
    return (int)r;
}

static const struct row {
    const char *name;
    const char *user;
    unsigned uid;
    long boottime, realtime, monotonic;
    bool runs;
} rows[] = {
    { "at once", "nobody", 65534, 0, 0, 0, true },
    { "29 seconds", "nobody", 65534, 29, 29, 29, true },
    { "31 seconds", "nobody", 65534, 31, 31, 31, false },
    { "a day", "nobody", 65534, 86400, 86400, 86400, false },
    { "31 seconds of suspend, which CLOCK_MONOTONIC does not see", "nobody", 65534, 31, 31, 0,
      false },
    { "31 seconds, and the clock set back", "nobody", 65534, 31, 0, 31, false },
    { "the clock set forward", "nobody", 65534, 0, 86400, 0, true },
    { "a time before the decision", "nobody", 65534, -10, 0, 0, false },
    { "root after a day", "root", 0, 86400, 86400, 86400, true },
};

static void stale(void **state)
{
    const struct row *row = *state;
    struct given *given = given_new();
    _cleanup_(records_free) struct records ledger = { 0 };
    bool runs;

    boottime_shift = realtime_shift = monotonic_shift = 0;
    world_fresh(world_policy);
    given_requester(given, row->user, row->uid);
    front_end_start(BOTH_HALVES, given);
    assert_true(front_end_check(given));
    boottime_shift = row->boottime;
    realtime_shift = row->realtime;
    monotonic_shift = row->monotonic;
    runs = front_end_accept(given);
    if (row->runs) {
        expect_allowed(runs);
    } else {
        assert_false(runs);
        expect_refusal(&front_end.accepted, -1, "E-STALE");
    }
    front_end_end(runs ? SUDO_PLUGIN_WAIT_STATUS : SUDO_PLUGIN_NO_STATUS, 0);
    ledger_expect(row->runs ? "allowed finished" : "allowed failed");
    ledger_read(&ledger);
    if (!row->runs)
        expect_cause(&ledger.v[1], "E-STALE");
    given_free(given);
}

/* How long the command ran, by the same clock. */
static void run_time(void **state)
{
    struct given *given = given_new();
    _cleanup_(records_free) struct records ledger = { 0 };
    unsigned long long usec;

    (void)state;
    boottime_shift = realtime_shift = monotonic_shift = 0;
    world_fresh(world_policy);
    front_end_start(BOTH_HALVES, given);
    assert_true(front_end_check(given));
    boottime_shift = 20; /* not counted: it was not running yet */
    assert_true(front_end_accept(given));
    boottime_shift = 20 + 3600;
    front_end_end(SUDO_PLUGIN_WAIT_STATUS, 0);
    ledger_read(&ledger);
    usec = strtoull(record_text(&ledger.v[1], "AA_RUN_USEC"), NULL, 10);
    assert_true(usec >= 3600ull * 1000000 && usec < 3615ull * 1000000);
    given_free(given);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[32] = { cmocka_unit_test(run_time) };
    size_t n = SUITE_ROWS(tests, 1, rows, stale);

    return suite_run(argc, argv, "stale", tests, n);
}
