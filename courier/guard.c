/* SPDX-License-Identifier: ISC */
#include "guard.h"

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "channel.h"

static timer_t timer;
static uint64_t end_usec; /* 0: not yet */

/* Time in which the host sleeps does not count: the loop could not have come round. */
uint64_t courier_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

static void set(uint64_t usec)
{
    const struct itimerspec at = {
        .it_value = { (time_t)(usec / 1000000u), (long)(usec % 1000000u) * 1000 },
    };

    if (timer_settime(timer, TIMER_ABSTIME, &at, NULL) != 0)
        _exit(1); /* not without a guard */
}

int guard_start(void)
{
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL };

    if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0)
        return -errno;
    guard_again();
    return 0;
}

void guard_again(void)
{
    uint64_t at = courier_now() + (uint64_t)GUARD_SECONDS * 1000000u;

    set(end_usec != 0 && end_usec < at ? end_usec : at);
}

void guard_end(uint64_t since_usec)
{
    if (end_usec == 0)
        end_usec = since_usec + (uint64_t)GUARD_END_MSEC * 1000u;
    guard_again();
}
