/* SPDX-License-Identifier: ISC */
/*
 * The wait: one poll over everything that can end it. Its clock is the host's boot time, which
 * counts a suspended host's sleep too. It does nothing while nothing happens.
 */
#include <errno.h>
#include <signal.h>
#include <sys/timerfd.h>

#include "asking.h"

enum {
    USEC_OF_SECOND = 1000000,
    POLL_MAX = 1 + AA_INTERRUPT_FDS + 1 + AA_COURIERS_MAX + AA_LOCAL_POLL_MAX,
};

/* Where each part of it has its descriptors. */
struct polled {
    struct pollfd fds[POLL_MAX];
    size_t n, interrupts, leader, couriers, couriers_n, local, local_n;
    struct pollfd asked[POLL_MAX]; /* those of them that are descriptors */
    size_t asked_of[POLL_MAX];
};

static void fill(struct aa_asking *asking, int timer, struct polled *polled)
{
    polled->n = 0;
    polled->fds[polled->n++] = (struct pollfd){ .fd = timer, .events = POLLIN };
    polled->interrupts = polled->n;
    aa_interrupts_poll(&asking->interrupts, polled->fds + polled->n);
    polled->n += AA_INTERRUPT_FDS;
    polled->leader = polled->n;
    polled->fds[polled->n++] = (struct pollfd){ .fd = asking->leader_fd, .events = POLLIN };
    polled->couriers = polled->n;
    polled->couriers_n = asking->couriers_n;
    for (size_t i = 0; i < asking->couriers_n; i++)
        polled->fds[polled->n++] = (struct pollfd){ .fd = aa_courier_fd(asking->couriers[i]),
                                                    .events = aa_courier_events(asking->couriers[i]) };
    polled->local = polled->n;
    polled->local_n = aa_local_poll(asking->local, polled->fds + polled->n);
    polled->n += polled->local_n;
}

/* poll counts empty places against the caller's limit of descriptors too: it is given none. */
static int poll_those(struct polled *polled)
{
    nfds_t n = 0;
    int r;

    for (size_t i = 0; i < polled->n; i++) {
        polled->fds[i].revents = 0;
        if (polled->fds[i].fd < 0)
            continue;
        polled->asked[n] = polled->fds[i];
        polled->asked_of[n++] = i;
    }
    r = poll(polled->asked, n, -1);
    for (nfds_t i = 0; r > 0 && i < n; i++)
        polled->fds[polled->asked_of[i]].revents = polled->asked[i].revents;
    return r;
}

static bool is_live(const struct aa_asking *asking)
{
    return asking->audience.redraws;
}

/* A second round of channels comes; a follower leaves that to its leader. */
static bool waits_for_then(const struct aa_asking *asking)
{
    return asking->ask != NULL && asking->leader[0] == '\0' && asking->ask->then_seconds > 0 &&
           !asking->then_asked;
}

/* When to look again at the latest. */
static uint64_t wakes_at(const struct aa_asking *asking, uint64_t now)
{
    uint64_t first = AA_MIN(asking->deadline_usec, aa_local_wakes_at(asking->local));

    if (asking->couriers_say_more)
        return now;

    if (waits_for_then(asking))
        first = AA_MIN(first, asking->started_usec +
                                  (uint64_t)asking->ask->then_seconds * USEC_OF_SECOND);
    if (is_live(asking)) /* the countdown's next second */
        first = AA_MIN(first, now + 1 + (asking->deadline_usec - now) % USEC_OF_SECOND);
    /* where the parent cannot be watched it is looked after now and then */
    if (asking->interrupts.parent_fd < 0 && asking->interrupts.parent > 1)
        first = AA_MIN(first, now + 2 * USEC_OF_SECOND);
    return first;
}

static void set_timer(int timer, uint64_t in_usec)
{
    struct itimerspec value = {
        .it_value = { (time_t)(in_usec / USEC_OF_SECOND),
                      (long)(in_usec % USEC_OF_SECOND) * 1000 },
    };

    if (in_usec == 0)
        value.it_value.tv_nsec = 1; /* 0 would switch it off */
    (void)timerfd_settime(timer, 0, &value, NULL);
}

static void handle_interrupt(struct aa_asking *asking, const struct polled *polled)
{
    int number = 0;

    switch (aa_interrupts_check(&asking->interrupts, polled->fds + polled->interrupts, &number)) {
    case AA_INTERRUPT_NONE:
        break;
    case AA_INTERRUPT_SIGNAL:
        aa_asking_end(asking, AA_EVENT_CANCELLED, AA_DENIED_CANCELLED,
                      number == SIGINT ? "stopped by the requester (Ctrl-C)" :
                                         "stopped by a signal: %s", sigabbrev_np(number));
        break;
    case AA_INTERRUPT_TERMINAL:
        aa_asking_end(asking, AA_EVENT_CANCELLED, AA_DENIED_CANCELLED, "the terminal was closed");
        break;
    case AA_INTERRUPT_PARENT:
        aa_asking_end(asking, AA_EVENT_CANCELLED, AA_DENIED_CANCELLED,
                      "the process that started sudo is gone");
        break;
    case AA_INTERRUPT_STOPPED:
        aa_tell_note(asking, "still waiting");
        break;
    case AA_INTERRUPT_TYPED:
        aa_try_code(asking);
        break;
    }
}

/* The request that this one waits with ended, or its process vanished. */
static void hear_leader(struct aa_asking *asking)
{
    struct aa_local_reply reply = { 0 };
    int r = aa_local_joined_read(asking->leader_fd, &reply);

    if (r == 0)
        return;
    aa_close_at(&asking->leader_fd);
    asking->leader_fd = -1;
    if (r == 1 && reply.verdict == AA_VERDICT_APPROVED) {
        aa_asking_end(asking, AA_EVENT_CANCELLED, AA_DENIED_JOINED,
                      "the same command was approved as %s, and one approval runs one command",
                      asking->leader);
    } else if (r == 1 && reply.verdict == AA_VERDICT_DENIED) {
        aa_asking_end(asking, AA_EVENT_DENIED, AA_DENIED_BY_PERSON, "%s (as %s)", reply.text,
                      asking->leader);
    } else {
        aa_queue_successor(&asking->entry, asking->input->state_fd, asking->leader);
        aa_follow_or_lead(asking);
    }
}

static void handle(struct aa_asking *asking, const struct polled *polled)
{
    uint64_t now = asking->site->boottime_usec();
    bool more;

    handle_interrupt(asking, polled);
    if (asking->end == 0 && now >= asking->deadline_usec)
        aa_asking_expire(asking);
    if (asking->end == 0 && asking->leader_fd >= 0 && polled->fds[polled->leader].revents != 0)
        hear_leader(asking);
    /* from the last: one that fails is taken out of the list */
    more = asking->couriers_say_more;
    asking->couriers_say_more = false;
    for (size_t i = polled->couriers_n; i-- > 0 && asking->end == 0;) {
        if ((more || polled->fds[polled->couriers + i].revents != 0) && i < asking->couriers_n)
            aa_hear_courier(asking, i);
    }
    if (asking->end == 0)
        aa_local_process(asking->local, polled->fds + polled->local, polled->local_n);
    if (asking->end == 0 && waits_for_then(asking) &&
        now >= asking->started_usec + (uint64_t)asking->ask->then_seconds * USEC_OF_SECOND &&
        aa_start_channels(asking, true) < 0)
        asking->end = AA_EVENT_FAILED;
    if (asking->end == 0 && polled->fds[0].revents != 0) {
        if (asking->break_glass)
            aa_interrupts_read_terminal(&asking->interrupts, true);
        aa_tell_progress(asking);
    }
}

void aa_wait(struct aa_asking *asking)
{
    _cleanup_close_ int timer = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    _cleanup_free_ struct polled *polled = calloc(1, sizeof(*polled));

    if (timer < 0 || polled == NULL) {
        aa_asking_end(asking, AA_EVENT_FAILED, polled == NULL ? AA_FAULT_MEMORY : AA_FAULT_WAITING,
                      "the wait cannot begin: %s", polled == NULL ? "out of memory" :
                                                                    strerror(errno));
        return;
    }
    if (asking->break_glass)
        aa_interrupts_read_terminal(&asking->interrupts, true);
    while (asking->end == 0) {
        uint64_t now = asking->site->boottime_usec();
        uint64_t wake = now >= asking->deadline_usec ? now : wakes_at(asking, now);

        set_timer(timer, wake > now ? wake - now : 0);
        fill(asking, timer, polled);
        if (poll_those(polled) < 0 && errno != EINTR) {
            aa_asking_end(asking, AA_EVENT_FAILED, AA_FAULT_WAITING, "the wait failed: %s",
                          strerror(errno));
            break;
        }
        handle(asking, polled);
    }
}
