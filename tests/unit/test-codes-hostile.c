/* SPDX-License-Identifier: ISC */
/* Break-glass codes among enemies: many at once, killed and stopped processes, no room, limits,
 * calls that fail. No code is accepted twice, and nobody keeps another from using theirs. */
#include "unit.h"
#include "codes-support.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "break-glass/code-file.h"

enum { AT_ONCE = 16, KILLS = 150, BATCH = 20 };

static struct world world;

static int set_up(void **state)
{
    (void)state;
    world_make(&world);
    world_apply(&world, "default deny");
    return 0;
}

/* Where a write takes no time, a kill comes between two of them more often. */
static int set_up_in_memory(void **state)
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

/* ---- calls that fail, and what happens in between ---- */

int __real_fdatasync(int fd);
void *__real_calloc(size_t n, size_t size);
int __wrap_fdatasync(int fd);
void *__wrap_calloc(size_t n, size_t size);

static void (*at_sync)(void); /* called once, when something reached the disk */
static bool sync_fails, calloc_fails;

int __wrap_fdatasync(int fd)
{
    void (*call)(void) = at_sync;
    int r = __real_fdatasync(fd);

    at_sync = NULL;
    if (call != NULL)
        call();
    if (!sync_fails)
        return r;
    errno = EIO;
    return -1;
}

void *__wrap_calloc(size_t n, size_t size)
{
    return calloc_fails ? NULL : __real_calloc(n, size);
}

/* As a revocation writes that read the record before the code was spent. */
static void revoke_the_first(void)
{
    struct aa_codes codes;
    struct aa_code_slot slot;
    struct aa_fault fault = { 0 };
    int state_fd = world_state_fd(&world);

    assert_int_equal(aa_codes_open(&world.site, state_fd, true, &codes, &fault), 1);
    assert_int_equal(aa_codes_read_slot(&codes, 0, &slot), 1);
    slot.made.made.revoked_usec = 1;
    assert_int_equal(aa_codes_write_made(&codes, &slot), 0);
    aa_codes_close(&codes);
    close(state_fd);
}

static void revoked_in_the_middle(void **state)
{
    char codes[2][AA_CODE_TEXT_SIZE];
    uint32_t number;

    (void)state;
    assert_int_equal(codes_create(&world, "alice", 2, codes), 0);
    at_sync = revoke_the_first;
    assert_int_equal(codes_use(&world, "alice", codes[0], &number), AA_CODE_WRONG);
    assert_non_null(strstr(codes_fault.detail, "revoked"));
    assert_int_equal(codes_use(&world, "alice", codes[0], &number), AA_CODE_WRONG);
    at_sync = revoke_the_first; /* that was another one */
    assert_int_equal(codes_use(&world, "alice", codes[1], &number), AA_CODE_ACCEPTED);
    assert_null(at_sync);
}

static void a_disk_that_fails(void **state)
{
    char codes[2][AA_CODE_TEXT_SIZE], more[1][AA_CODE_TEXT_SIZE] = { "untouched" };
    uint32_t number = 77;

    (void)state;
    assert_int_equal(codes_create(&world, "alice", 2, codes), 0);
    sync_fails = true;
    assert_int_equal(codes_use(&world, "alice", codes[0], &number), -EIO);
    assert_int_equal(codes_create(&world, "bob", 1, more), -EIO);
    assert_true(codes_revoke(&world, 2, NULL) < 0);
    sync_fails = false;
    assert_int_equal(number, 77);
    assert_string_equal(more[0], "untouched");
    assert_int_equal(codes_use(&world, "alice", codes[0], &number), AA_CODE_WRONG); /* spent */
    assert_int_equal(codes_fault.id, AA_FAULT_BREAK_GLASS);
}

static void no_memory(void **state)
{
    char codes[1][AA_CODE_TEXT_SIZE], more[1][AA_CODE_TEXT_SIZE];
    struct codes_listed *listed = malloc(sizeof(*listed));
    int created, read, used;
    uint32_t number;

    (void)state;
    assert_non_null(listed);
    assert_int_equal(codes_create(&world, "alice", 1, codes), 0);
    calloc_fails = true;
    created = codes_create(&world, "alice", 1, more);
    calloc_fails = false;
    assert_int_equal(created, -ENOMEM);
    assert_int_equal(codes_fault.id, AA_FAULT_MEMORY);
    calloc_fails = true;
    read = codes_list(&world, listed);
    calloc_fails = false;
    assert_int_equal(read, -ENOMEM);
    calloc_fails = true; /* using one takes no memory */
    used = codes_use(&world, "alice", codes[0], &number);
    calloc_fails = false;
    assert_int_equal(used, AA_CODE_ACCEPTED);
    free(listed);
}

/* ---- many at once ---- */

/* Runs it in so many processes at once; how many of them ended with each result. */
static void at_once(int (*run)(int), unsigned ret_results[256])
{
    int gate[2];
    char byte;

    memset(ret_results, 0, 256 * sizeof(*ret_results));
    assert_int_equal(pipe(gate), 0);
    for (int i = 0; i < AT_ONCE; i++) {
        pid_t pid = fork();

        assert_true(pid >= 0);
        if (pid > 0)
            continue;
        close(gate[1]);
        (void)!read(gate[0], &byte, 1);
        close(gate[0]);
        _exit(run(i));
    }
    close(gate[0]);
    close(gate[1]); /* all start now */
    for (int i = 0; i < AT_ONCE; i++) {
        int status;

        assert_true(wait(&status) > 0);
        check(WIFEXITED(status), "ended by signal %d", WTERMSIG(status));
        ret_results[WEXITSTATUS(status)]++;
    }
}

static char shared_codes[AA_CODES_CREATE_MAX][AA_CODE_TEXT_SIZE];

enum { FAILED = 100, BUSY = 101 };

static int exit_code(int r)
{
    return r >= 0 ? r : r == -EBUSY ? BUSY : FAILED;
}

static int use_the_first(int number)
{
    struct aa_fault fault = { 0 };
    uint32_t used;

    (void)number;
    return exit_code(aa_codes_use(&world.site, world_state_fd(&world), "alice", shared_codes[0],
                                  CODES_REQUEST, &used, &fault));
}

static int guess(int number)
{
    struct aa_fault fault = { 0 };
    uint32_t used;

    (void)number;
    return exit_code(aa_codes_use(&world.site, world_state_fd(&world), "alice",
                                  "0000-0000-0000-0000", CODES_REQUEST, &used, &fault));
}

static int use_own(int number)
{
    char user[16];
    struct aa_fault fault = { 0 };
    uint32_t used;

    snprintf(user, sizeof(user), "user%d", number);
    return exit_code(aa_codes_use(&world.site, world_state_fd(&world), user, shared_codes[number],
                                  CODES_REQUEST, &used, &fault));
}

static int create_some(int number)
{
    char codes[3][AA_CODE_TEXT_SIZE], user[16];
    struct aa_fault fault = { 0 };

    snprintf(user, sizeof(user), "user%d", number % 4);
    return exit_code(aa_codes_create(&world.site, world_state_fd(&world), user, 3,
                                     UINT64_MAX, codes, &fault));
}

static void exactly_one_wins(void **state)
{
    unsigned results[256];

    (void)state;
    for (int round = 0; round < 20; round++) {
        world_boottime_offset_usec += AA_CODE_ATTEMPTS_SECONDS * 1000000LL;
        assert_int_equal(codes_create(&world, "alice", 1, shared_codes), 0);
        at_once(use_the_first, results);
        check(results[AA_CODE_ACCEPTED] == 1, "round %d: %u times accepted", round,
              results[AA_CODE_ACCEPTED]);
        assert_int_equal(results[FAILED], 0);
        assert_int_equal(results[AA_CODE_WRONG] + results[AA_CODE_LOCKED] + results[BUSY],
                         AT_ONCE - 1);
    }
}

static void guesses_at_once_are_counted(void **state)
{
    unsigned results[256];

    (void)state;
    assert_int_equal(codes_create(&world, "alice", 1, shared_codes), 0);
    at_once(guess, results);
    assert_int_equal(results[AA_CODE_WRONG], AA_CODE_ATTEMPTS_MAX);
    assert_int_equal(results[AA_CODE_LOCKED] + results[BUSY], AT_ONCE - AA_CODE_ATTEMPTS_MAX);
}

static void accounts_do_not_meet(void **state)
{
    unsigned results[256];

    (void)state;
    for (int i = 0; i < AT_ONCE; i++) {
        char user[16];

        snprintf(user, sizeof(user), "user%d", i);
        assert_int_equal(codes_create(&world, user, 1, &shared_codes[i]), 0);
    }
    at_once(use_own, results);
    assert_int_equal(results[AA_CODE_ACCEPTED], AT_ONCE);
}

static void creators_at_once(void **state)
{
    static struct codes_listed listed;
    unsigned results[256];

    (void)state;
    at_once(create_some, results);
    assert_int_equal(results[0], AT_ONCE);
    assert_int_equal(codes_list(&world, &listed), 0);
    assert_int_equal(listed.n, AT_ONCE * 3);
    for (size_t i = 0; i < listed.n; i++)
        assert_int_equal(listed.v[i].number, i + 1);
}

/* ---- killed ---- */

/* What a killed process came to: shared memory outlives it. */
struct told {
    unsigned accepted[BATCH], tried;
};

static void use_them_all(struct told *told)
{
    int state_fd = world_state_fd(&world);

    for (unsigned i = 0; i < BATCH; i++) {
        struct aa_fault fault = { 0 };
        uint32_t number;
        int r = aa_codes_use(&world.site, state_fd, "alice", shared_codes[i], CODES_REQUEST,
                             &number, &fault);

        if (r == AA_CODE_ACCEPTED)
            __atomic_fetch_add(&told->accepted[i], 1, __ATOMIC_SEQ_CST);
        __atomic_fetch_add(&told->tried, 1, __ATOMIC_SEQ_CST);
        if (r < 0 && r != -EBUSY)
            _exit(1);
        world_boottime_offset_usec += AA_CODE_ATTEMPTS_SECONDS * 1000000LL / 4; /* never locked */
    }
    _exit(0);
}

/* Two that meet, both killed; then each code is tried once more. */
static void killed_users(struct told *told, uint64_t *random, unsigned *killed)
{
    pid_t pids[2];

    for (size_t i = 0; i < AA_ARRAY_SIZE(pids); i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] == 0)
            use_them_all(told);
    }
    for (size_t i = 0; i < AA_ARRAY_SIZE(pids); i++) {
        struct timespec pause = { 0, (long)(next_random(random) % 5000) * 1000 };
        int status;

        nanosleep(&pause, NULL);
        kill(pids[i], SIGKILL);
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        check(WIFSIGNALED(status) || WEXITSTATUS(status) == 0, "a user failed: %d", status);
        *killed += WIFSIGNALED(status) != 0;
    }
    /* past the clock of the one that came furthest: what it tried last would count as just now */
    world_boottime_offset_usec += (BATCH / 4 + 1) * AA_CODE_ATTEMPTS_SECONDS * 1000000LL;
    for (unsigned i = 0; i < BATCH; i++) {
        uint32_t number;
        int r;

        world_boottime_offset_usec += 2 * AA_CODE_ATTEMPTS_SECONDS * 1000000LL;
        r = codes_use(&world, "alice", shared_codes[i], &number);
        check(r == AA_CODE_ACCEPTED || r == AA_CODE_WRONG, "code %u: %d %s", i, r,
              codes_fault.detail);
        told->accepted[i] += r == AA_CODE_ACCEPTED;
        check(told->accepted[i] <= 1, "code %u was accepted %u times", i, told->accepted[i]);
    }
}

static void killed_at_any_moment(void **state)
{
    static struct codes_listed listed;
    struct told *told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    unsigned accepted = 0, killed = 0, tried = 0;
    uint64_t random = 5;

    (void)state;
    assert_ptr_not_equal(told, MAP_FAILED);
    for (int round = 0; round < KILLS; round++) {
        memset(told, 0, sizeof(*told));
        if (round % 3 == 0) /* a new file: they come further in their time */
            (void)unlink(world_path(&world, "state/break-glass"));
        assert_int_equal(codes_create(&world, "alice", BATCH, shared_codes), 0);
        killed_users(told, &random, &killed);
        tried += told->tried;
        for (unsigned i = 0; i < BATCH; i++)
            accepted += told->accepted[i];
        assert_int_equal(codes_revoke(&world, 0, NULL), 0); /* all were tried */
        assert_int_equal(codes_list(&world, &listed), 0);   /* and none is damaged */
    }
    print_message("%u killed, %u tries, %u of %u codes accepted\n", killed, tried, accepted,
                  KILLS * BATCH);
    assert_true(killed > KILLS / 2 && tried > KILLS);
    munmap(told, sizeof(*told));
}

static void create_for_ever(void)
{
    char codes[7][AA_CODE_TEXT_SIZE];
    int state_fd = world_state_fd(&world);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        struct aa_fault fault = { 0 };

        if (aa_codes_create(&world.site, state_fd, "alice", 7, UINT64_MAX, codes, &fault) != 0 ||
            aa_codes_revoke(&world.site, state_fd, 0, NULL, &fault) < 0)
            _exit(1);
    }
}

static void killed_creators(void **state)
{
    static struct codes_listed listed;
    char codes[1][AA_CODE_TEXT_SIZE];
    uint64_t random = 9;
    uint32_t number;

    (void)state;
    for (int round = 0; round < KILLS; round++) {
        struct timespec pause = { 0, (long)(next_random(&random) % 20000) * 1000 };
        int status;
        pid_t pid = fork();

        assert_true(pid >= 0);
        if (pid == 0)
            create_for_ever();
        nanosleep(&pause, NULL);
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        check(WIFSIGNALED(status), "it ended by itself: %d", status);
        assert_int_equal(codes_list(&world, &listed), 0);
        for (size_t i = 1; i < listed.n; i++)
            check(listed.v[i].number > listed.v[i - 1].number, "number %u is there twice",
                  listed.v[i].number);
    }
    assert_true(codes_revoke(&world, 0, NULL) >= 0);
    assert_int_equal(codes_create(&world, "bob", 1, codes), 0);
    assert_int_equal(codes_use(&world, "bob", codes[0], &number), AA_CODE_ACCEPTED);
}

/* ---- stopped ---- */

/* A process that was stopped while it holds the account's lock. */
static pid_t stop_one_of(const char *user)
{
    int status;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        union aa_code_block block;
        struct aa_fault fault = { 0 };
        struct aa_codes codes;
        uint32_t place;

        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a failed test leaves none behind */
        if (aa_codes_open(&world.site, world_state_fd(&world), true, &codes, &fault) != 1 ||
            aa_codes_find_account(&codes, user, &place, &block) != 1 ||
            aa_codes_lock_account(&codes, place, 0) != 0)
            _exit(1);
        raise(SIGSTOP);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
    assert_true(WIFSTOPPED(status));
    return pid;
}

static void who_is_stopped_stops_only_themselves(void **state)
{
    static char many[AA_CODES_CREATE_MAX][AA_CODE_TEXT_SIZE];
    char alice[2][AA_CODE_TEXT_SIZE], bob[1][AA_CODE_TEXT_SIZE], more[1][AA_CODE_TEXT_SIZE];
    uint64_t before;
    uint32_t number;
    int status, r;
    pid_t pid;

    (void)state;
    assert_int_equal(codes_create(&world, "alice", 2, alice), 0);
    assert_int_equal(codes_create(&world, "bob", 1, bob), 0);
    assert_int_equal(codes_use(&world, "alice", alice[1], &number), AA_CODE_ACCEPTED);
    pid = stop_one_of("alice");
    before = world.site.boottime_usec();
    assert_int_equal(codes_use(&world, "alice", alice[0], &number), -EBUSY);
    assert_in_range(world.site.boottime_usec() - before, AA_CODES_LOCK_USEC,
                    AA_CODES_LOCK_USEC * 8);
    assert_int_equal(codes_use(&world, "bob", bob[0], &number), AA_CODE_ACCEPTED);
    assert_int_equal(codes_ready(&world, "alice"), 1);
    /* root is held up by nothing; but alice's places do not change hands meanwhile */
    for (unsigned n = 3; n < AA_CODES_MAX - 1; n += AA_CODES_CREATE_MAX) {
        r = codes_create(&world, "bob", AA_MIN(AA_CODES_CREATE_MAX, AA_CODES_MAX - n), many);
        assert_int_equal(r, 0);
    }
    assert_int_equal(codes_revoke(&world, 1, NULL), 1);
    assert_int_equal(codes_create(&world, "bob", 1, more), 0);    /* over the one that bob used */
    assert_int_equal(codes_create(&world, "bob", 1, more), -ENOSPC); /* alice's two are over */
    assert_true(world.site.boottime_usec() - before < 20 * 1000000);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(codes_create(&world, "bob", 2, many), 0);
    assert_int_equal(codes_use(&world, "alice", alice[0], &number), AA_CODE_WRONG);
}

/* ---- limits and room ---- */

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

#define REQUIRE(condition)                                                          \
    do {                                                                            \
        if (!(condition)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            return 1;                                                               \
        }                                                                           \
    } while (0)

static int under_file_limit(void)
{
    static const rlim_t limits[] = { AA_CODES_SIZE - 1, AA_CODES_SIZE / 2, 700, 0 };
    uint32_t number;

    for (size_t i = 0; i < AA_ARRAY_SIZE(limits); i++) {
        struct rlimit limit = { limits[i], limits[i] };

        REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
        REQUIRE(codes_use(&world, "alice", shared_codes[0], &number) == -EFBIG);
        REQUIRE(codes_fault.id == AA_FAULT_LIMITS);
        REQUIRE(codes_create(&world, "alice", 1, shared_codes + 1) == -EFBIG);
        REQUIRE(codes_ready(&world, "alice") == 1);
    }
    return 0;
}

static void a_limit_on_file_sizes(void **state)
{
    uint32_t number;

    (void)state;
    assert_int_equal(codes_create(&world, "alice", 1, shared_codes), 0);
    assert_int_equal(in_child(under_file_limit), 0);
    assert_int_equal(codes_use(&world, "alice", shared_codes[0], &number), AA_CODE_ACCEPTED);
}

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

static int on_a_full_disk(void)
{
    uint32_t number;

    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", world.state_dir, "tmpfs", 0, "size=4m,mode=0700") != 0)
        return EXIT_SKIPPED;
    world_apply(&world, "default deny");
    REQUIRE(fill_disk() == 0);
    REQUIRE(codes_create(&world, "alice", 1, shared_codes) == -ENOSPC);
    REQUIRE(access(world_path(&world, "state/break-glass"), F_OK) != 0);
    REQUIRE(access(world_path(&world, "state/break-glass.new"), F_OK) != 0);
    REQUIRE(codes_ready(&world, "alice") == 0);
    REQUIRE(unlink(world_path(&world, "state/filler")) == 0);
    REQUIRE(codes_create(&world, "alice", 2, shared_codes) == 0);
    REQUIRE(fill_disk() == 0);
    /* all room was taken when the file was made */
    REQUIRE(codes_use(&world, "alice", shared_codes[0], &number) == AA_CODE_ACCEPTED);
    REQUIRE(codes_use(&world, "alice", shared_codes[0], &number) == AA_CODE_WRONG);
    REQUIRE(codes_create(&world, "bob", 20, shared_codes + 2) == 0);
    REQUIRE(codes_revoke(&world, 0, NULL) == 21);
    REQUIRE(mount("tmpfs", world.state_dir, "tmpfs", MS_REMOUNT | MS_RDONLY, NULL) == 0);
    REQUIRE(codes_use(&world, "alice", shared_codes[1], &number) == -EROFS);
    return 0;
}

static void a_full_disk(void **state)
{
    int result;

    (void)state;
    if (geteuid() != 0)
        skip_because("a small file system needs root");
    result = in_child(on_a_full_disk);
    if (result == EXIT_SKIPPED)
        skip_because("this host does not let mount a small file system");
    assert_int_equal(result, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(revoked_in_the_middle),
        TEST(a_disk_that_fails),
        TEST(no_memory),
        TEST(exactly_one_wins),
        TEST(guesses_at_once_are_counted),
        TEST(accounts_do_not_meet),
        TEST(creators_at_once),
        cmocka_unit_test_setup_teardown(killed_at_any_moment, set_up_in_memory, tear_down),
        cmocka_unit_test_setup_teardown(killed_creators, set_up_in_memory, tear_down),
        TEST(who_is_stopped_stops_only_themselves),
        TEST(a_limit_on_file_sizes),
        TEST(a_full_disk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
