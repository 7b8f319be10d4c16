/* SPDX-License-Identifier: ISC */
#include "process-state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static char *text;
static size_t length;

__attribute__((format(printf, 1, 2))) static void fact(const char *format, ...)
{
    va_list arguments;
    int n;

    va_start(arguments, format);
    n = vsnprintf(text + length, PROCESS_STATE_MAX - length, format, arguments);
    va_end(arguments);
    if (n < 0 || length + (size_t)n >= PROCESS_STATE_MAX)
        abort(); /* what does not fit would not be compared */
    length += (size_t)n;
}

static void add_set(const char *what, const sigset_t *set)
{
    fact("%s:", what);
    for (int i = 1; i < NSIG; i++) {
        if (sigismember(set, i) == 1)
            fact(" %d", i);
    }
    fact("\n");
}

static void signals(void)
{
    sigset_t set;
    stack_t stack;

    for (int i = 1; i < NSIG; i++) {
        struct sigaction action;

        if (sigaction(i, NULL, &action) != 0)
            continue;
        fact("signal %d: %p, flags %#x", i, (void *)(uintptr_t)action.sa_handler,
             (unsigned)action.sa_flags);
        add_set(", mask", &action.sa_mask);
    }
    sigprocmask(SIG_BLOCK, NULL, &set);
    add_set("blocked", &set);
    sigpending(&set);
    add_set("pending", &set);
    if (sigaltstack(NULL, &stack) == 0)
        fact("signal stack: %p %d\n", stack.ss_sp, stack.ss_flags);
}

static void environment(void)
{
    fact("environ: %p\n", (void *)environ);
    for (char **p = environ; *p != NULL; p++)
        fact("%p %s\n", (void *)*p, *p);
}

static void descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    struct dirent *entry;

    if (folder == NULL)
        abort();
    for (int fd = 0; fd < 256; fd++) { /* in order */
        char name[64], target[256] = "";

        snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
        if (fd == dirfd(folder) || readlink(name, target, sizeof(target) - 1) < 0)
            continue;
        fact("descriptor %d: %s, %#x %#x, at %lld\n", fd, target, (unsigned)fcntl(fd, F_GETFD),
             (unsigned)fcntl(fd, F_GETFL), (long long)lseek(fd, 0, SEEK_CUR));
    }
    while ((entry = readdir(folder)) != NULL) {
        if (atoi(entry->d_name) >= 256)
            fact("descriptor %s\n", entry->d_name);
    }
    closedir(folder);
}

static void limits(void)
{
    for (int i = 0; i < (int)RLIM_NLIMITS; i++) {
        struct rlimit limit;

        if (getrlimit((__rlimit_resource_t)i, &limit) == 0)
            fact("limit %d: %llu %llu\n", i, (unsigned long long)limit.rlim_cur,
                 (unsigned long long)limit.rlim_max);
    }
    for (int i = 0; i < 3; i++) {
        struct itimerval timer;

        if (getitimer((__itimer_which_t)i, &timer) == 0)
            fact("timer %d: %s, every %ld s\n", i,
                 timer.it_value.tv_sec == 0 && timer.it_value.tv_usec == 0 ? "off" :
                 timer.it_value.tv_sec > 500 ? "far" : "near",
                 (long)timer.it_interval.tv_sec);
    }
    fact("nice: %d\n", getpriority(PRIO_PROCESS, 0));
}

/* Lines of a file in /proc that start with one of the words, or contain it. */
static void lines_of(const char *path, const char *const words[], int anywhere)
{
    FILE *file = fopen(path, "re");
    char line[1024];

    if (file == NULL)
        abort();
    while (fgets(line, sizeof(line), file) != NULL) {
        for (size_t i = 0; words[i] != NULL; i++) {
            const char *at = strstr(line, words[i]);

            if (at != NULL && (anywhere || at == line))
                fact("%s: %s", path, line);
        }
    }
    fclose(file);
}

static void process(void)
{
    static const char *const status[] = { "Uid:", "Gid:", "Groups:", "Cap", "NoNewPrivs:",
                                          "Seccomp:", "Threads:", "TracerPid:", "Umask:", NULL };
    static const char *const mapped[] = { "/var/", "/etc/", "memfd", "(deleted)", NULL };
    char cwd[1024] = "";

    lines_of("/proc/self/status", status, 0);
    lines_of("/proc/self/maps", mapped, 1);
    if (readlink("/proc/self/cwd", cwd, sizeof(cwd) - 1) < 0)
        abort();
    fact("folder: %s\n", cwd);
    fact("dumpable: %d\n", prctl(PR_GET_DUMPABLE));
    fact("children: %s\n", waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? "none" : "some");
    fact("locale: %s\n", setlocale(LC_ALL, NULL));
    fact("time zone: %s %s %ld %d\n", tzname[0], tzname[1], timezone, daylight);
}

void process_state(char ret[PROCESS_STATE_MAX])
{
    text = ret;
    length = 0;
    signals();
    environment();
    descriptors();
    limits();
    process();
}

static void handler(int number)
{
    (void)number;
}

static void set_signals(void)
{
    struct sigaction handled = { .sa_handler = handler, .sa_flags = SA_RESTART };
    struct sigaction ignored = { .sa_handler = SIG_IGN };
    sigset_t set;

    sigaddset(&handled.sa_mask, SIGHUP);
    sigaction(SIGINT, &handled, NULL);
    sigaction(SIGALRM, &handled, NULL);
    sigaction(SIGCHLD, &handled, NULL);
    sigaction(SIGTERM, &ignored, NULL);
    sigaction(SIGPIPE, &ignored, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGWINCH);
    sigprocmask(SIG_SETMASK, &set, NULL);
    raise(SIGUSR1); /* stays pending */
}

void process_state_unusual(void)
{
    struct itimerval timer = { .it_value = { .tv_sec = 1000 }, .it_interval = { .tv_sec = 7 } };
    struct rlimit limit = { 200, 200 };
    int out = memfd_create("out", 0);

    set_signals();
    setitimer(ITIMER_REAL, &timer, NULL);
    setrlimit(RLIMIT_NOFILE, &limit);
    umask(0);
    if (chdir("/srv") != 0 || out < 0 || dup2(out, STDOUT_FILENO) < 0 ||
        dup2(out, STDERR_FILENO) < 0)
        abort();
    /* as in sudo: the real uid is the user's. A user namespace may not have it */
    if (setresuid(65534, 0, 0) != 0 && errno != EINVAL)
        abort();
    setenv("TZ", "Pacific/Kiritimati", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("HOME", "/home/of/the/caller", 1);
    tzset(); /* as sudo does, too */
}
