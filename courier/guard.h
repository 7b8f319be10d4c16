/* SPDX-License-Identifier: ISC */
/*
 * The courier ends within ten seconds of its parent's end, or of the last outcome, whatever the
 * channel's code does.
 *
 * It is nobody's child (common/channel/courier-child.h), and it has to outlive its parent for the
 * time that closing a message takes, so no signal of a parent's death can do this. What does is a
 * timer of the kernel's that sends SIGKILL: no handler, no mask and no loop that never returns is
 * in its way. The event loop sets it anew each time that it comes round, GUARD_SECONDS ahead. So
 *
 *  - a channel that hangs is killed GUARD_SECONDS after the loop was last there, whether or not
 *    the parent lives; its parent hears the socket close, and the channel has failed;
 *  - a loop that comes round hears of the parent's end, since it looks at the socket each time. From
 *    then on the timer stands at a fixed moment that is not moved again: ten seconds, less a
 *    margin, from the last time that the socket is known to have been open.
 *
 * A courier that was stopped is killed too: a stopped process does not set its timer. Code that
 * took the process over could set it again and again, and would have what it has already: a
 * network, as nobody, with one channel's token. RLIMIT_CPU bounds that.
 */
#ifndef COURIER_GUARD_H
#define COURIER_GUARD_H

#include <stdint.h>

enum {
    GUARD_SECONDS = 8,       /* for one turn of the loop, and for a channel's prepare() */
    GUARD_CLOSE_MSEC = 9500, /* for closing: then it ends by itself */
    GUARD_END_MSEC = 9800,   /* and then it is ended */
};

int guard_start(void); /* 0 or negative errno */
void guard_again(void);
void guard_end(uint64_t since_usec); /* the earliest moment that counts; a later call changes nothing */

#endif
