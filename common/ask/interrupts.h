/* SPDX-License-Identifier: ISC */
/*
 * Everything that means "the requester no longer wants this": a signal, a terminal that closed, a
 * parent that vanished. Signals are blocked for the time of the wait and looked at, never taken:
 * when the wait is over they reach whom they were sent to. ^Z stops this process, as it would
 * without us.
 */
#ifndef AA_INTERRUPTS_H
#define AA_INTERRUPTS_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/fault.h"

enum { AA_INTERRUPT_FDS = 3 };

struct aa_interrupts {
    sigset_t before; /* the mask to go back to */
    int signal_fd;
    int parent_fd;   /* pidfd, or -1: nobody to watch */
    pid_t parent;
    int terminal_fd; /* the controlling terminal, or -1 */
    bool started;
    bool reads_terminal; /* also wake up when a line was typed */
};

enum aa_interrupt {
    AA_INTERRUPT_NONE,
    AA_INTERRUPT_SIGNAL,
    AA_INTERRUPT_TERMINAL,
    AA_INTERRUPT_PARENT,
    AA_INTERRUPT_STOPPED, /* was stopped by ^Z, and is back */
    AA_INTERRUPT_TYPED,   /* a line was typed */
};

int aa_interrupts_start(struct aa_interrupts *interrupts, bool terminal, struct aa_fault *fault);
void aa_interrupts_poll(const struct aa_interrupts *interrupts,
                        struct pollfd fds[AA_INTERRUPT_FDS]);
/* What happened, after poll filled the fds; and which signal it was, where it was one. */
enum aa_interrupt aa_interrupts_check(struct aa_interrupts *interrupts,
                                      const struct pollfd fds[AA_INTERRUPT_FDS], int *ret_signal);
/* Whether lines that are typed are of interest; they are left alone while others have the terminal. */
void aa_interrupts_read_terminal(struct aa_interrupts *interrupts, bool reads);
/* The line that was typed, without its newline; 0 or negative errno. */
int aa_interrupts_read_line(struct aa_interrupts *interrupts, char *ret, size_t size);
/* For the time of a prompt, in which others look after signals. */
void aa_interrupts_pause(struct aa_interrupts *interrupts);
void aa_interrupts_resume(struct aa_interrupts *interrupts);
/* Whether a signal that ends programs waits to be delivered, without waiting for one. */
bool aa_interrupts_pending(const struct aa_interrupts *interrupts);
void aa_interrupts_stop(struct aa_interrupts *interrupts);

#endif
