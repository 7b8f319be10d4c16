/* SPDX-License-Identifier: ISC */
/* What the started process is, read from /proc, when it is started by a process of which nothing is
 * as it should be; and that its parent hears nothing of its end. */
#include "stage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/io.h"

static const char *scripted;
static struct stage stage;
static pid_t pid;
static volatile sig_atomic_t children_heard;

static void heard(int signal_number)
{
    (void)signal_number;
    children_heard++;
}

/* As sudo may be: a user's mask, ignored signals, descriptors, folder, limits, environment. */
static int set_up(void **state)
{
    struct rlimit limit = { 7, 100 };
    static const gid_t groups[] = { 0, 4, 27 };
    sigset_t some;

    (void)state;
    assert_int_equal(setenv("LD_PRELOAD_OF_SOMEBODY", "evil", 1), 0);
    signal(SIGCHLD, heard);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGUSR1, SIG_IGN);
    sigemptyset(&some);
    sigaddset(&some, SIGTERM);
    sigaddset(&some, SIGUSR2);
    sigprocmask(SIG_BLOCK, &some, NULL);
    umask(0);
    assert_int_equal(setgroups(AA_ARRAY_SIZE(groups), groups), 0);
    assert_int_equal(chdir("/tmp"), 0);
    assert_int_equal(setpriority(PRIO_PROCESS, 0, 5), 0);
    assert_int_equal(setrlimit(RLIMIT_SIGPENDING, &limit), 0);
    assert_int_equal(prctl(PR_SET_TIMERSLACK, 1000000000ul, 0ul, 0ul, 0ul), 0);
    for (int i = 0; i < 20; i++)
        assert_true(open("/dev/zero", O_RDWR) >= 0); /* for the courier to find */
    assert_true(dup2(0, 900) == 900 || errno == EBADF);
    stage_play(&stage, scripted, "post; wait 500; approve U0BOB; wait 600000");
    stage_expect(&stage, AA_COURIER_POSTED, "");
    pid = stage_pid(&stage);
    assert_true(pid > 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    stage_remove(&stage);
    return 0;
}

static const char *proc(const char *name)
{
    static char path[300];

    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
    return path;
}

static const char *status(const char *name)
{
    static char text[16384];
    char wanted[64];
    _cleanup_close_ int fd = open(proc("status"), O_RDONLY | O_CLOEXEC);
    ssize_t n = read(fd, text, sizeof(text) - 1);
    char *found;

    assert_true(n > 0);
    text[n] = '\0';
    snprintf(wanted, sizeof(wanted), "\n%s:\t", name);
    found = strstr(text, wanted);
    check(found != NULL, "no %s", name);
    found += strlen(wanted);
    found[strcspn(found, "\n")] = '\0';
    return found;
}

static const char *link_of(const char *name)
{
    static char target[512];
    ssize_t n = readlink(proc(name), target, sizeof(target) - 1);

    assert_true(n >= 0);
    target[n] = '\0';
    return target;
}

static void ids(void **state)
{
    (void)state;
    assert_string_equal(status("Uid"), "65534\t65534\t65534\t65534");
    assert_string_equal(status("Gid"), "65534\t65534\t65534\t65534");
    assert_true(strspn(status("Groups"), " ") == strlen(status("Groups")));
    assert_string_equal(status("NoNewPrivs"), "1");
    assert_string_equal(status("Seccomp"), "2");
    assert_string_equal(status("CapInh"), "0000000000000000");
    assert_string_equal(status("CapPrm"), "0000000000000000");
    assert_string_equal(status("CapEff"), "0000000000000000");
    assert_string_equal(status("CapAmb"), "0000000000000000");
    assert_string_equal(status("Threads"), "1");
    assert_string_equal(status("Umask"), "0077");
}

static void signals(void **state)
{
    (void)state;
    assert_string_equal(status("SigBlk"), "0000000000000000");
    assert_string_equal(status("SigIgn"), "0000000000000000");
    assert_string_equal(status("SigCgt"), "0000000000000000");
}

static void surroundings(void **state)
{
    _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(4096);
    struct stat st;
    int fd;

    (void)state;
    fd = open(proc("environ"), O_RDONLY | O_CLOEXEC);
    assert_int_equal(aa_read_all(fd, &text), 0);
    close(fd);
    assert_int_equal(text.length, 0);
    fd = open(proc("cmdline"), O_RDONLY | O_CLOEXEC);
    assert_int_equal(aa_read_all(fd, &text), 0);
    close(fd);
    assert_int_equal(text.length, strlen("actionapprove-courier") + 1);
    assert_string_equal(aa_buffer_text(&text), "actionapprove-courier");
    assert_string_equal(link_of("cwd"), "/");
    assert_string_equal(link_of("root"), "/");
    /* one that can be dumped, and so be looked into by its own user, would belong to that user */
    assert_int_equal(stat(proc("mem"), &st), 0);
    assert_int_equal(st.st_uid, 0);
    assert_int_equal(getpriority(PRIO_PROCESS, (id_t)pid), 0);
    assert_int_equal(getsid(pid), pid);
}

static void descriptors(void **state)
{
    DIR *folder = opendir(proc("fd"));
    struct dirent *entry;
    size_t n = 0;

    (void)state;
    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL) {
        char name[300];

        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof(name), "fd/%s", entry->d_name);
        if (aa_streq(entry->d_name, "3"))
            assert_non_null(aa_after(link_of(name), "socket:["));
        else {
            check(strchr("012", entry->d_name[0]) != NULL && entry->d_name[1] == '\0',
                  "descriptor %s: %s", entry->d_name, link_of(name));
            assert_string_equal(link_of(name), "/dev/null");
        }
        n++;
    }
    closedir(folder);
    assert_int_equal(n, 4);
}

static void limits(void **state)
{
    /* as /proc/PID/limits has it: soft and hard are the same */
    static const char *const rows[] = {
        "Max core file size 0 0", "Max file size 0 0", "Max processes 0 0",
        "Max open files 64 64", "Max cpu time 600 600", "Max address space 536870912 536870912",
        "Max msgqueue size 0 0", "Max realtime priority 0 0", "Max stack size 8388608 8388608",
    };
    _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(16384), plain = AA_BUFFER_INIT(16384);
    int fd = open(proc("limits"), O_RDONLY | O_CLOEXEC);

    (void)state;
    assert_int_equal(aa_read_all(fd, &text), 0);
    close(fd);
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] != ' ' || (i > 0 && text.data[i - 1] != ' '))
            aa_buffer_add_byte(&plain, text.data[i]);
    }
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++)
        check(strstr(aa_buffer_text(&plain), rows[i]) != NULL, "not so: %s\n%s", rows[i],
              aa_buffer_text(&plain));
}

/* Nothing of the caller's is changed, and it is left with two more descriptors. */
static void caller(void **state)
{
    struct sigaction action;
    sigset_t now;
    struct stage another = { 0 };
    char cwd[64];
    int before;

    (void)state;
    stage_make(&another, scripted, "post");
    before = world_open_descriptors();
    stage_start(&another);
    assert_int_equal(world_open_descriptors(), before + 2);
    another.courier = aa_courier_free(another.courier, true);
    assert_int_equal(world_open_descriptors(), before);
    stage_remove(&another);
    sigprocmask(SIG_SETMASK, NULL, &now);
    assert_true(sigismember(&now, SIGTERM) == 1 && sigismember(&now, SIGINT) == 0);
    assert_int_equal(sigaction(SIGPIPE, NULL, &action), 0);
    assert_true(action.sa_handler == SIG_IGN);
    assert_string_equal(getcwd(cwd, sizeof(cwd)), "/tmp");
    assert_int_equal(umask(0), 0);
    assert_int_equal(geteuid(), 0);
}

/* sudo waits for any child of its: this one must not be among them, alive or dead. */
static void nobodys_child(void **state)
{
    int wait_status;

    (void)state;
    assert_true(atoi(status("PPid")) != getpid());
    assert_int_equal(waitpid(-1, &wait_status, __WALL | WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    assert_int_equal(kill(pid, SIGKILL), 0);
    stage_wait_gone(&stage, 2000);
    while (stage_next(&stage, 200) && stage.event.kind != AA_COURIER_FAILED)
        ;
    assert_int_equal(children_heard, 0);
    assert_int_equal(waitpid(-1, &wait_status, __WALL | WNOHANG), -1);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids), cmocka_unit_test(signals), cmocka_unit_test(surroundings),
        cmocka_unit_test(descriptors), cmocka_unit_test(limits), cmocka_unit_test(caller),
        cmocka_unit_test(nobodys_child),
    };
    _cleanup_free_ char *path = NULL;

    assert_true(argc > 1);
    path = realpath(argv[1], NULL); /* the tests leave this folder */
    assert_non_null(path);
    scripted = path;
    stage_needs_root();
    return cmocka_run_group_tests_name("process", tests, set_up, tear_down);
}
