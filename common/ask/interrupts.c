/* SPDX-License-Identifier: ISC */
#include "interrupts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>

/* All that would end sudo, at once or behind our backs when the wait is over. */
static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2 };

/* Blocked signals are kept even where they are ignored, and nohup is to be honoured. */
static bool is_ignored(int number)
{
    struct sigaction action;

    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN &&
           (action.sa_flags & SA_SIGINFO) == 0;
}

static void wanted(sigset_t *set)
{
    sigemptyset(set);
    for (size_t i = 0; i < AA_ARRAY_SIZE(ending); i++) {
        if (!is_ignored(ending[i]))
            sigaddset(set, ending[i]);
    }
    if (!is_ignored(SIGTSTP))
        sigaddset(set, SIGTSTP);
}

/* A limit of the caller's must make our writes fail, not end us. */
static void block_file_size_signal(void)
{
    sigset_t only, ignored;

    sigemptyset(&only);
    sigaddset(&only, SIGXFSZ);
    (void)sigprocmask(SIG_BLOCK, &only, &ignored);
}

static void watch_parent(struct aa_interrupts *interrupts)
{
    pid_t parent = getppid();

    interrupts->parent = parent;
    /* none where it is outside of our pid namespace; and init never vanishes */
    if (parent <= 1)
        return;
    interrupts->parent_fd = (int)syscall(SYS_pidfd_open, parent, 0);
    if (getppid() != parent && interrupts->parent_fd >= 0) {
        /* it went in between, and the number may be somebody else's: let check() see it at once */
        close(interrupts->parent_fd);
        interrupts->parent_fd = -1;
    }
}

int aa_interrupts_start(struct aa_interrupts *interrupts, bool terminal, struct aa_fault *fault)
{
    sigset_t set;

    *interrupts = (struct aa_interrupts){ .signal_fd = -1, .parent_fd = -1, .terminal_fd = -1 };
    wanted(&set);
    if (sigprocmask(SIG_BLOCK, &set, &interrupts->before) != 0)
        return aa_fault(fault, AA_FAULT_WAITING, -errno, "signals cannot be blocked: %s",
                        strerror(errno));
    interrupts->started = true;
    block_file_size_signal();
    interrupts->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (interrupts->signal_fd < 0) {
        int error = -errno;

        aa_interrupts_stop(interrupts);
        return aa_fault(fault, AA_FAULT_WAITING, error, "signals cannot be waited for: %s",
                        strerror(-error));
    }
    watch_parent(interrupts);
    if (terminal && !is_ignored(SIGHUP))
        interrupts->terminal_fd = open("/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    return 0;
}

void aa_interrupts_poll(const struct aa_interrupts *interrupts, struct pollfd fds[AA_INTERRUPT_FDS])
{
    fds[0] = (struct pollfd){ .fd = interrupts->signal_fd, .events = POLLIN };
    fds[1] = (struct pollfd){ .fd = interrupts->parent_fd, .events = POLLIN };
    fds[2] = (struct pollfd){ .fd = interrupts->terminal_fd,
                              .events = interrupts->reads_terminal ? POLLIN : 0 };
}

/* As if we were not here: the default action of SIGTSTP, until somebody continues us. */
static void stop_here(void)
{
    struct sigaction by_default = { .sa_handler = SIG_DFL }, theirs;
    const struct timespec at_once = { 0 };
    sigset_t only, masked;

    sigemptyset(&only);
    sigaddset(&only, SIGTSTP);
    (void)sigtimedwait(&only, NULL, &at_once); /* sudo would stop once more, after the wait */
    if (sigaction(SIGTSTP, &by_default, &theirs) != 0)
        return;
    (void)raise(SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &only, &masked); /* stops here */
    sigprocmask(SIG_SETMASK, &masked, NULL);
    (void)sigaction(SIGTSTP, &theirs, NULL);
}

/* The first that would end a program; else SIGTSTP; else 0. Nothing is taken. */
static int pending_signal(void)
{
    sigset_t pending;

    if (sigpending(&pending) != 0)
        return 0;
    for (size_t i = 0; i < AA_ARRAY_SIZE(ending); i++) {
        if (sigismember(&pending, ending[i]) == 1 && !is_ignored(ending[i]))
            return ending[i];
    }
    return sigismember(&pending, SIGTSTP) == 1 && !is_ignored(SIGTSTP) ? SIGTSTP : 0;
}

static bool is_foreground(const struct aa_interrupts *interrupts)
{
    return tcgetpgrp(interrupts->terminal_fd) == getpgrp();
}

enum aa_interrupt aa_interrupts_check(struct aa_interrupts *interrupts,
                                      const struct pollfd fds[AA_INTERRUPT_FDS], int *ret_signal)
{
    int number = pending_signal();

    if (number == SIGTSTP) {
        stop_here();
        number = pending_signal();
        if (number == 0 || number == SIGTSTP)
            return AA_INTERRUPT_STOPPED;
    }
    if (number != 0) {
        *ret_signal = number;
        return AA_INTERRUPT_SIGNAL;
    }
    if ((fds[1].revents & (POLLIN | POLLHUP)) != 0 || getppid() != interrupts->parent)
        return AA_INTERRUPT_PARENT;
    if ((fds[2].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0)
        return AA_INTERRUPT_TERMINAL;
    /* a background job that read would be stopped */
    if ((fds[2].revents & POLLIN) != 0) {
        if (is_foreground(interrupts))
            return AA_INTERRUPT_TYPED;
        interrupts->reads_terminal = false; /* what is typed is for somebody else */
    }
    return AA_INTERRUPT_NONE;
}

void aa_interrupts_read_terminal(struct aa_interrupts *interrupts, bool reads)
{
    interrupts->reads_terminal = reads && interrupts->terminal_fd >= 0 &&
                                 is_foreground(interrupts);
}

int aa_interrupts_read_line(struct aa_interrupts *interrupts, char *ret, size_t size)
{
    ssize_t n = read(interrupts->terminal_fd, ret, size - 1);

    if (n < 0)
        return -errno;
    if (n == 0) {
        interrupts->reads_terminal = false; /* ^D: there is nobody who types */
        return -ENODATA;
    }
    while (n > 0 && (ret[n - 1] == '\n' || ret[n - 1] == '\r'))
        n--;
    ret[n] = '\0';
    return 0;
}

void aa_interrupts_pause(struct aa_interrupts *interrupts)
{
    (void)sigprocmask(SIG_SETMASK, &interrupts->before, NULL);
}

void aa_interrupts_resume(struct aa_interrupts *interrupts)
{
    sigset_t set, ignored;

    (void)interrupts;
    wanted(&set);
    (void)sigprocmask(SIG_BLOCK, &set, &ignored);
    block_file_size_signal();
}

bool aa_interrupts_pending(const struct aa_interrupts *interrupts)
{
    int number = interrupts->started ? pending_signal() : 0;

    return number != 0 && number != SIGTSTP;
}

/* Ours, from a write of ours; it must not end the process when it is unblocked. */
static void forget_file_size_signal(const struct aa_interrupts *interrupts)
{
    const struct timespec at_once = { 0 };
    sigset_t only;

    sigemptyset(&only);
    sigaddset(&only, SIGXFSZ);
    if (sigismember(&interrupts->before, SIGXFSZ) == 0)
        (void)sigtimedwait(&only, NULL, &at_once);
}

void aa_interrupts_stop(struct aa_interrupts *interrupts)
{
    if (!interrupts->started)
        return;
    aa_close_at(&interrupts->signal_fd);
    aa_close_at(&interrupts->parent_fd);
    aa_close_at(&interrupts->terminal_fd);
    interrupts->signal_fd = interrupts->parent_fd = interrupts->terminal_fd = -1;
    interrupts->started = false;
    forget_file_size_signal(interrupts);
    (void)sigprocmask(SIG_SETMASK, &interrupts->before, NULL);
}
