/* SPDX-License-Identifier: ISC */
#include "patience.h"

#include <errno.h>
#include <sys/file.h>
#include <time.h>

int aa_try_flock(int fd, uint32_t unused)
{
    (void)unused;
    return flock(fd, LOCK_EX | LOCK_NB);
}

int aa_lock_patiently(const struct aa_site *site, uint64_t usec, int (*try)(int fd, uint32_t place),
                      int fd, uint32_t place)
{
    uint64_t deadline = site->boottime_usec() + usec;
    long pause_nsec = 50 * 1000;

    while (try(fd, place) != 0) {
        struct timespec pause = { 0, pause_nsec };

        if (errno != EWOULDBLOCK && errno != EACCES && errno != EINTR)
            return -errno;
        if (site->boottime_usec() >= deadline)
            return 1;
        nanosleep(&pause, NULL); /* ends early on a signal: the next try tells */
        if (pause_nsec < 2 * 1000 * 1000)
            pause_nsec += pause_nsec / 2;
    }
    return 0;
}
