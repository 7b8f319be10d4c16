/* SPDX-License-Identifier: ISC */
/* No room: a command that would start is refused while what already runs can still be recorded,
 * and a limit on file sizes is an error, not the end of the process. */
#include "unit.h"
#include "ledger-support.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static struct world world;

/* Runs a part of a test in a process of its own, which reports by its exit code. */
static int in_child(int (*run)(void))
{
    int status;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0)
        _exit(run());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    check(WIFEXITED(status), "ended by signal %d", WTERMSIG(status));
    return WEXITSTATUS(status);
}

#define REQUIRE(condition)                                                       \
    do {                                                                         \
        if (!(condition)) {                                                      \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            return 1;                                                            \
        }                                                                        \
    } while (0)

static enum aa_fault_id append_fault(unsigned number, size_t size, enum aa_ledger_use use)
{
    struct aa_ledger_position place = { .seq = 0 };
    struct aa_fault fault = { 0 };
    int r = ledger_append(&world, number, size, use, &place, &fault);

    return r == 0 ? AA_FAULT_NONE : fault.id;
}

/* ---- a limit on file sizes ---- */

static int handled;

static void note_signal(int signal)
{
    handled = signal;
}

static int under_file_limit(void)
{
    struct rlimit limit = { 0, 0 };
    struct sigaction action = { .sa_handler = note_signal }, after;
    sigset_t blocked;

    REQUIRE(append_fault(1, 100, AA_LEDGER_BEFORE) == AA_FAULT_NONE);
    limit.rlim_cur = limit.rlim_max = (rlim_t)ledger_size(&world);
    REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    REQUIRE(append_fault(2, 100, AA_LEDGER_BEFORE) == AA_FAULT_NONE); /* no growth needed */
    REQUIRE(append_fault(3, 900 * 1024, AA_LEDGER_BEFORE) == AA_FAULT_LIMITS);
    limit.rlim_cur = limit.rlim_max = 0;
    REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    REQUIRE(append_fault(4, 100, AA_LEDGER_BEFORE) == AA_FAULT_LIMITS);
    REQUIRE(append_fault(4, 100, AA_LEDGER_AFTER) == AA_FAULT_LIMITS);
    /* what the caller had set up for the signal is as it was, and has heard of nothing */
    REQUIRE(sigaction(SIGXFSZ, &action, NULL) == 0);
    REQUIRE(append_fault(4, 100, AA_LEDGER_BEFORE) == AA_FAULT_LIMITS);
    REQUIRE(handled == 0);
    REQUIRE(sigaction(SIGXFSZ, NULL, &after) == 0 && after.sa_handler == note_signal);
    REQUIRE(sigprocmask(SIG_BLOCK, NULL, &blocked) == 0 && sigismember(&blocked, SIGXFSZ) == 0);
    sigaddset(&blocked, SIGXFSZ);
    REQUIRE(sigprocmask(SIG_SETMASK, &blocked, NULL) == 0);
    REQUIRE(append_fault(4, 100, AA_LEDGER_BEFORE) == AA_FAULT_LIMITS);
    REQUIRE(sigprocmask(SIG_BLOCK, NULL, &blocked) == 0 && sigismember(&blocked, SIGXFSZ) == 1);
    return 0;
}

static void a_limit_on_file_sizes(void **state)
{
    (void)state;
    world_make(&world);
    world_apply(&world, "default deny");
    assert_int_equal(in_child(under_file_limit), 0);
    ledger_add(&world, 5, 100);
    assert_int_equal(ledger_read(&world)->broken, 0);
    assert_false(ledger_read(&world)->garbage);
    assert_int_equal(ledger_read(&world)->n, 3);
    world_remove(&world);
}

/* A limit in the middle of a record tears it; the next writer mends that. */
static int under_limit_inside_a_record(void)
{
    uint64_t end = ledger_header(&world).mark.end;
    struct rlimit limit = { end + 5000, end + 5000 };

    REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    REQUIRE(append_fault(2, 20000, AA_LEDGER_AFTER) == AA_FAULT_LIMITS);
    return 0;
}

static void a_limit_inside_a_record(void **state)
{
    const struct ledger_content *content;

    (void)state;
    world_make(&world);
    world_apply(&world, "default deny");
    ledger_add(&world, 1, 100);
    assert_int_equal(in_child(under_limit_inside_a_record), 0);
    ledger_add(&world, 3, 100);
    content = ledger_read_whole(&world, 2);
    assert_int_equal(content->torn, 1);
    assert_int_equal(content->torn_bytes, 5000);
    world_remove(&world);
}

/* ---- a full disk ---- */

static int fill_disk(void)
{
    static const char zeros[4096];
    int fd = open(world_path(&world, "state/filler"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
                  0600);

    REQUIRE(fd >= 0);
    while (write(fd, zeros, sizeof(zeros)) > 0)
        ;
    close(fd);
    return errno == ENOSPC ? 0 : 1;
}

/* Appends until it is refused; how many were taken. */
static unsigned append_until_full(unsigned *number, enum aa_ledger_use use,
                                  enum aa_fault_id *ret_fault)
{
    unsigned n = 0;

    while ((*ret_fault = append_fault(*number, 4000, use)) == AA_FAULT_NONE) {
        ++*number;
        n++;
    }
    return n;
}

static int on_a_full_disk(void)
{
    unsigned number = 0, before, refusals, after;
    enum aa_fault_id fault;
    uint64_t left;

    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", world.state_dir, "tmpfs", 0, "size=1536k,mode=0700") != 0)
        return EXIT_SKIPPED;
    world_apply(&world, "default deny");
    REQUIRE(fill_disk() == 0);
    before = append_until_full(&number, AA_LEDGER_BEFORE, &fault);
    REQUIRE(fault == AA_FAULT_LEDGER_FULL && before > 100);
    left = ledger_size(&world) - ledger_header(&world).mark.end;
    REQUIRE(left >= AA_LEDGER_RESERVE && left < AA_LEDGER_RESERVE + 8192);
    refusals = append_until_full(&number, AA_LEDGER_REFUSAL, &fault);
    REQUIRE(fault == AA_FAULT_LEDGER_FULL && refusals >= 28);
    left = ledger_size(&world) - ledger_header(&world).mark.end;
    REQUIRE(left >= AA_LEDGER_RESERVE / 2 && left < AA_LEDGER_RESERVE / 2 + 8192);
    after = append_until_full(&number, AA_LEDGER_AFTER, &fault);
    REQUIRE(fault == AA_FAULT_LEDGER_FULL && after >= 28);
    REQUIRE(ledger_read(&world)->n == number && ledger_read(&world)->broken == 0);
    REQUIRE(unlink(world_path(&world, "state/filler")) == 0);
    REQUIRE(append_fault(number, 100, AA_LEDGER_BEFORE) == AA_FAULT_LEDGER_FULL); /* 1 MiB more */
    REQUIRE(mount("tmpfs", world.state_dir, "tmpfs", MS_REMOUNT, "size=8m,mode=0700") == 0);
    REQUIRE(append_fault(number, 100, AA_LEDGER_BEFORE) == AA_FAULT_NONE);
    REQUIRE(ledger_read(&world)->n == number + 1 && ledger_read(&world)->broken == 0);
    return 0;
}

/* A side file that does not fit is no record: the writer is told, and nothing half is left. */
static int sides_on_a_full_disk(void)
{
    struct ledger_holder holder;
    enum aa_fault_id fault;

    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", world.state_dir, "tmpfs", 0, "size=1536k,mode=0700") != 0)
        return EXIT_SKIPPED;
    world_apply(&world, "default deny");
    holder = ledger_hold(&world);
    REQUIRE(append_fault(1, 10, AA_LEDGER_BEFORE) == AA_FAULT_NONE);
    REQUIRE(fill_disk() == 0);
    fault = append_fault(2, 20000, AA_LEDGER_BEFORE);
    REQUIRE(fault == AA_FAULT_LEDGER_FULL);
    ledger_let_go(&holder);
    REQUIRE(append_fault(3, 10, AA_LEDGER_BEFORE) == AA_FAULT_NONE);
    REQUIRE(ledger_read(&world)->n == 2 && ledger_read(&world)->broken == 0);
    return 0;
}

static void run_on_full_disk(int (*run)(void))
{
    int result;

    if (geteuid() != 0)
        skip_because("a small file system needs root");
    world_make(&world);
    result = in_child(run);
    world_remove(&world);
    if (result == EXIT_SKIPPED)
        skip_because("this host does not let mount a small file system");
    assert_int_equal(result, 0);
}

static void a_full_disk(void **state)
{
    (void)state;
    run_on_full_disk(on_a_full_disk);
}

static void a_full_disk_beside_the_chain(void **state)
{
    (void)state;
    run_on_full_disk(sides_on_a_full_disk);
}

/* Made where there is no room, a ledger is not left half. */
static int creating_on_a_full_disk(void)
{
    struct aa_fault fault = { 0 };
    struct stat st;
    int state_fd;

    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", world.state_dir, "tmpfs", 0, "size=512k,mode=0700") != 0)
        return EXIT_SKIPPED;
    state_fd = open(world.state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    REQUIRE(state_fd >= 0);
    REQUIRE(aa_ledger_create(&world.site, state_fd, &fault) < 0);
    REQUIRE(fault.id == AA_FAULT_LEDGER_FULL);
    REQUIRE(fstatat(state_fd, "ledger", &st, 0) != 0 && fstatat(state_fd, "ledger.new", &st, 0) != 0);
    return 0;
}

static void creating_without_room(void **state)
{
    (void)state;
    run_on_full_disk(creating_on_a_full_disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limit_on_file_sizes),
        cmocka_unit_test(a_limit_inside_a_record),
        cmocka_unit_test(a_full_disk),
        cmocka_unit_test(a_full_disk_beside_the_chain),
        cmocka_unit_test(creating_without_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
