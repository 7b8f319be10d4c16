/* SPDX-License-Identifier: ISC */
/* Everything behind the clone runs between fork and exec of a process that may hold any lock: only
 * system calls, nothing that allocates, and no return. */
#include "courier-child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/macros.h"

enum { SOCKET = 3, PROGRAM = 4, FREE = 5 }; /* descriptors; above: nothing */
enum { MEGABYTE = 1024 * 1024, TIMER_SLACK_NSEC = 50000 };

static void failed(const struct aa_courier_birth *birth, enum aa_courier_step step)
{
    birth->cradle->error = errno;
    birth->cradle->step = (int)step;
    _exit(127);
}

/* Signals that the caller ignores would stay ignored over exec, the C library's own two included. */
static void default_signals(void)
{
    static const unsigned long zeros[16]; /* larger than any kernel's struct sigaction */

    for (int i = 1; i < _NSIG; i++)
        (void)syscall(SYS_rt_sigaction, i, zeros, NULL, _NSIG / 8);
}

static bool arrange_descriptors(const struct aa_courier_birth *birth)
{
    int from[] = { birth->null, birth->null, birth->null, birth->socket, birth->program };

    /* first out of the way of the numbers that they are to have */
    for (size_t i = 0; i < AA_ARRAY_SIZE(from); i++) {
        from[i] = fcntl(from[i], F_DUPFD, FREE);
        if (from[i] < 0)
            return false;
    }
    for (int i = 0; i < FREE; i++) {
        if (dup3(from[i], i, i == PROGRAM ? O_CLOEXEC : 0) < 0)
            return false;
    }
    closefrom(FREE); /* by close_range, else by /proc; where neither is, it ends the process */
    return true;
}

static bool limit(int resource, rlim_t most)
{
    struct rlimit now, wanted = { most, most };

    if (getrlimit(resource, &now) != 0)
        return false;
    /* in a container even root may be unable to raise what the caller lowered */
    if (now.rlim_max < most && setrlimit(resource, &wanted) != 0)
        wanted.rlim_cur = wanted.rlim_max = now.rlim_max;
    return setrlimit(resource, &wanted) == 0;
}

/* Processes and pending signals (the guard's timer is one) are counted against the user that it
 * becomes: those numbers are made large enough here. The courier itself then forbids processes. */
static bool set_limits(void)
{
    return limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NOFILE, 64) &&
           limit(RLIMIT_CPU, 600) && limit(RLIMIT_AS, (rlim_t)512 * MEGABYTE) &&
           limit(RLIMIT_DATA, (rlim_t)512 * MEGABYTE) &&
           limit(RLIMIT_STACK, (rlim_t)8 * MEGABYTE) && limit(RLIMIT_MSGQUEUE, 0) &&
           limit(RLIMIT_RTPRIO, 0) && limit(RLIMIT_NICE, 0) &&
           limit(RLIMIT_NPROC, 4096) && limit(RLIMIT_SIGPENDING, 4096);
}

/* How the caller had itself scheduled is not to slow down who asks on its behalf. */
static void plain_scheduling(void)
{
    const struct sched_param none = { 0 };

    (void)sched_setscheduler(0, SCHED_OTHER, &none);
    (void)setpriority(PRIO_PROCESS, 0, 0);
    (void)prctl(PR_SET_TIMERSLACK, (unsigned long)TIMER_SLACK_NSEC, 0ul, 0ul, 0ul);
}

static bool become_user(uid_t uid, gid_t gid)
{
    uid_t uids[3];
    gid_t gids[3];

    if (setgroups(0, NULL) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0)
        return false;
    errno = EPERM;
    return getgroups(0, NULL) == 0 && getresgid(&gids[0], &gids[1], &gids[2]) == 0 &&
           getresuid(&uids[0], &uids[1], &uids[2]) == 0 && gids[0] == gid && gids[1] == gid &&
           gids[2] == gid && uids[0] == uid && uids[1] == uid && uids[2] == uid;
}

static bool give_up_privileges(void)
{
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    static const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];

    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0ul, 0ul, 0ul);
    if (syscall(SYS_capset, &header, none) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1ul, 0ul, 0ul, 0ul) != 0)
        return false;
    errno = EPERM;
    return setresuid(0, 0, 0) != 0; /* there is no way back */
}

static void become_courier(const struct aa_courier_birth *birth)
{
    static char name[] = "actionapprove-courier";
    char *const argv[] = { name, NULL }, *const envp[] = { NULL };
    sigset_t none;

    default_signals();
    if (setsid() < 0) /* away from the caller's terminal and its signals */
        failed(birth, AA_COURIER_STEP_SESSION);
    if (!arrange_descriptors(birth))
        failed(birth, AA_COURIER_STEP_DESCRIPTORS);
    if (chdir("/") != 0)
        failed(birth, AA_COURIER_STEP_FOLDER);
    umask(077);
    plain_scheduling();
    if (!set_limits())
        failed(birth, AA_COURIER_STEP_LIMITS);
    if (!become_user(birth->uid, birth->gid))
        failed(birth, AA_COURIER_STEP_USER);
    if (!give_up_privileges())
        failed(birth, AA_COURIER_STEP_PRIVILEGES);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* the very file that was checked, whatever its name leads to by now */
    (void)syscall(SYS_execveat, PROGRAM, "", argv, envp, AT_EMPTY_PATH);
    failed(birth, AA_COURIER_STEP_EXEC);
}

static pid_t plain_clone(unsigned long flags, volatile int *pidfd)
{
#if defined(__s390__) || defined(__s390x__)
    return (pid_t)syscall(SYS_clone, NULL, flags, pidfd, NULL, 0ul);
#else
    return (pid_t)syscall(SYS_clone, flags, NULL, pidfd, NULL, 0ul);
#endif
}

int aa_courier_bear(const struct aa_courier_birth *birth)
{
    sigset_t all, before;
    int status, error;
    pid_t first;

    /* no handler of the caller's may run in a child: it could write into what both share */
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    first = plain_clone(CLONE_FILES, NULL);
    error = errno;
    if (first == 0) {
        pid_t courier = plain_clone(CLONE_PIDFD, &birth->cradle->pidfd);

        if (courier == 0)
            become_courier(birth);
        if (courier < 0)
            failed(birth, AA_COURIER_STEP_CLONE);
        _exit(0);
    }
    /* it lives for one system call; __WALL, since it has no exit signal */
    while (first > 0 && waitpid(first, &status, __WALL) < 0 && errno == EINTR)
        ;
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (first < 0)
        return -error;
    if (birth->cradle->pidfd >= 0)
        return 0;
    return birth->cradle->error != 0 ? -birth->cradle->error : -ENOSYS;
}
