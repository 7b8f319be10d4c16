/* SPDX-License-Identifier: ISC */
/*
 * One poll over the socket of the root side and what the channel watches. It also keeps the time
 * that the courier has left: from the last moment at which the root side is known to have been
 * there and not to have said its last.
 */
#include <errno.h>
#include <poll.h>

#include "courier.h"
#include "guard.h"

enum {
    TURN_USEC = 3 * 1000 * 1000, /* it comes round this often, well within GUARD_SECONDS */
    SLEPT_USEC = 5 * 1000,       /* a poll that took this long was asleep until something came */
};

static int milliseconds_until(uint64_t usec)
{
    uint64_t now = courier_now();

    return usec <= now ? 0 : (int)((usec - now + 999) / 1000);
}

static void begin_to_close(struct courier *courier, uint64_t since_usec)
{
    if (courier->until_usec != 0)
        return;
    courier->until_usec = since_usec + (uint64_t)GUARD_CLOSE_MSEC * 1000u;
    guard_end(since_usec);
    if (courier->channel == NULL || !aa_wire_was_said(courier->link.said, AA_WIRE_ASK))
        courier->over = true; /* nobody was asked, so there is nothing to close */
    else
        courier->channel->close(courier->state, !courier->last, courier->until_usec);
}

/* Hears what the root side has to say, its end included. */
static void hear(struct courier *courier, uint64_t open_usec)
{
    int r = aa_link_receive(&courier->link);

    courier_take_frames(courier);
    if (courier->over)
        return;
    if (courier->link.ended)
        courier->vanished = true;
    if (r < 0)
        courier->over = true;
    else if (courier->last || courier->vanished)
        begin_to_close(courier, open_usec);
}

int courier_run(struct courier *courier)
{
    uint64_t open_usec = courier_now(); /* the root side was there then */

    for (;;) {
        struct pollfd fds[1 + CHANNEL_FDS_MAX] = { { .fd = COURIER_SOCKET } };
        bool more = aa_link_has_more_to_send(&courier->link);
        uint64_t before = courier_now(), wake = before + TURN_USEC;
        size_t n = 0;

        if (courier->over && !more)
            return 0;
        if (courier->until_usec != 0 && before >= courier->until_usec)
            return 1;
        if (courier->until_usec != 0)
            wake = AA_MIN(wake, courier->until_usec);
        /* once it has ended it would be ready all the time */
        fds[0].fd = courier->link.ended ? -1 : COURIER_SOCKET;
        fds[0].events = (short)(POLLIN | (more ? POLLOUT : 0));
        if (courier->channel != NULL && courier->state != NULL && !courier->over)
            n = courier->channel->watch(courier->state, fds + 1, &wake);
        guard_again();
        if (poll(fds, (nfds_t)(1 + n), milliseconds_until(wake)) < 0 && errno != EINTR)
            return 1;
        if (fds[0].revents == 0 || courier_now() - before > SLEPT_USEC)
            open_usec = courier_now();
        guard_again();
        if (aa_link_send(&courier->link) < 0)
            return 1;
        if (fds[0].revents != 0)
            hear(courier, open_usec);
        if (courier->channel != NULL && courier->state != NULL && !courier->over)
            courier->channel->work(courier->state, fds + 1, n);
        if (courier->over && courier->until_usec == 0) { /* the last words have their time, too */
            courier->until_usec = courier_now() + (uint64_t)GUARD_CLOSE_MSEC * 1000u;
            guard_end(courier_now());
        }
    }
}
