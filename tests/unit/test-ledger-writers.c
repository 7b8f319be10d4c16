/* SPDX-License-Identifier: ISC */
/* Many writers at once, and writers that are killed at any moment: no record is lost, doubled or
 * half, and the chain is whole behind all of them. */
#include "unit.h"
#include "ledger-support.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

enum { WRITERS = 64, RECORDS_EACH = 16, KILLS = 250 };

static struct world world;

static int set_up(void **state)
{
    (void)state;
    world_make_in_memory(&world);
    world_apply(&world, "default deny");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_remove(&world);
    return 0;
}

static void write_many(unsigned writer)
{
    for (unsigned i = 0; i < RECORDS_EACH; i++) {
        struct aa_ledger_position place;
        struct aa_fault fault = { 0 };

        if (ledger_append(&world, writer * RECORDS_EACH + i, 200 + i * 50, AA_LEDGER_BEFORE, &place,
                          &fault) != 0)
            _exit(1);
    }
    _exit(0);
}

static void writers_at_once(void **state)
{
    static bool seen[WRITERS * RECORDS_EACH + 1];
    static unsigned last[WRITERS + 1];
    const struct ledger_content *content;
    pid_t pids[WRITERS];

    (void)state;
    for (unsigned i = 0; i < WRITERS; i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] == 0)
            write_many(i);
    }
    for (unsigned i = 0; i < WRITERS; i++) {
        int status;

        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        check(status == 0, "writer %u: %d", i, status);
    }
    while (ledger_sides(&world) > 0) /* who waited too long stepped aside; the next one joins */
        ledger_add(&world, WRITERS * RECORDS_EACH, 0);
    content = ledger_read(&world);
    assert_int_equal(content->broken, 0);
    assert_int_equal(content->torn, 0);
    assert_false(content->garbage);
    for (size_t i = 0; i < content->n; i++) {
        unsigned number = content->numbers[i];

        if (number == WRITERS * RECORDS_EACH)
            continue;
        check(!seen[number], "record %u is there twice", number);
        seen[number] = true;
        if (content->from_side == 0) { /* each writer's own records are in its order */
            assert_true(last[number / RECORDS_EACH] <= number);
            last[number / RECORDS_EACH] = number;
        }
    }
    for (unsigned i = 0; i < WRITERS * RECORDS_EACH; i++)
        check(seen[i], "record %u is lost", i);
}

static void write_until_killed(int told_fd, unsigned first)
{
    for (unsigned i = first;; i++) {
        struct aa_ledger_position place;
        struct aa_fault fault = { 0 };

        /* large ones too: only they take long enough to be torn */
        if (ledger_append(&world, i, i % 3 == 0 ? 900000 : 100, AA_LEDGER_BEFORE, &place,
                          &fault) != 0)
            _exit(1);
        if (write(told_fd, &i, sizeof(i)) != sizeof(i))
            _exit(1);
    }
}

/* What a killed writer was told is kept has to be there; the one it was at may be. */
static void writers_that_are_killed(void **state)
{
    static bool told[LEDGER_RECORDS_MAX], seen[LEDGER_RECORDS_MAX];
    const struct ledger_content *content;
    uint64_t random = 23;
    unsigned next = 0;
    size_t lost = 0, n = 0;

    (void)state;
    for (int round = 0; round < KILLS; round++) {
        struct timespec pause = { 0, (long)(next_random(&random) % 8000) * 1000 };
        int pipe_fds[2], status;
        unsigned number;
        pid_t pid;

        assert_int_equal(pipe(pipe_fds), 0);
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            close(pipe_fds[0]);
            write_until_killed(pipe_fds[1], next);
        }
        close(pipe_fds[1]);
        nanosleep(&pause, NULL);
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        check(WIFSIGNALED(status), "the writer ended by itself: %d", status);
        while (read(pipe_fds[0], &number, sizeof(number)) == sizeof(number)) {
            told[number] = true;
            next = number + 1;
        }
        close(pipe_fds[0]);
        next++; /* the number it was at is not used again */
        assert_true(next < LEDGER_RECORDS_MAX - 100);
        if (round % 10 == 9) {
            ledger_add(&world, next, 50);
            told[next++] = true;
        }
    }
    ledger_add(&world, next, 50); /* removes what the last one left */
    told[next++] = true;
    content = ledger_read(&world);
    assert_int_equal(content->broken, 0);
    assert_false(content->garbage);
    for (size_t i = 0; i < content->n; i++) {
        check(!seen[content->numbers[i]], "record %u is there twice", content->numbers[i]);
        seen[content->numbers[i]] = true;
    }
    for (unsigned i = 0; i < next; i++) {
        n += told[i];
        lost += told[i] && !seen[i];
    }
    print_message("%zu records told as kept, %zu in the chain, %zu torn ends removed\n", n,
                  content->n, content->torn);
    assert_int_equal(lost, 0);
    assert_true(n > KILLS); /* or the loop did not write at all */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(writers_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(writers_that_are_killed, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
