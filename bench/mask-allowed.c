/* SPDX-License-Identifier: ISC */
/*
 * What masking adds to a command that is allowed at once: its command line and its folder go into the
 * record. A masker lives as long as a decision, so each time begins with a new one. "First": in a process that
 * has not touched the rules yet, as sudo is; "warm": again and again in one.
 *
 *     mask-allowed [--times N]
 */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "mask/subject.h"

enum { TIMES = 400, TIMES_MAX = 100000 };

static const char *const words[] = {
    "/usr/bin/systemctl", "status",      "--no-pager", "--lines", "20", "nginx.service",
    "php8.2-fpm.service", "/etc/nginx/", "-o",         "short-iso", NULL,
};

static double now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double mask_once(void)
{
    static const char folder[] = "/home/bob/projects/website";
    struct aa_request request = { .command = words[0],
                                  .argv = { words, AA_ARRAY_SIZE(words) - 1 } };
    double start = now_us();
    _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };
    _cleanup_buffer_ struct aa_buffer buffer = AA_BUFFER_INIT(65536);

    aa_masker_start(&masker, NULL, "01234567890123456789012345678901");
    aa_mask_add_request(&buffer, &masker, &request, 4096);
    aa_mask_add_prose(&buffer, &masker, folder, sizeof(folder) - 1);
    if (buffer.error != 0 || masker.overrun != NULL || memmem(buffer.data, buffer.length, "‹", 3) != NULL)
        abort();
    return now_us() - start;
}

/* In a child, whose pages of the library are not mapped yet. */
static double mask_first(void)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = ((uintptr_t)aa_mask_shipped + page - 1) / page * page;
    uintptr_t to = ((uintptr_t)aa_mask_shipped + aa_mask_shipped_size) / page * page;
    int ends[2];
    double us = -1;
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) < 0 || (child = fork()) < 0)
        abort();
    if (child == 0) {
        if (to > from) /* it is read-only, so nothing is lost */
            (void)madvise((char *)(uintptr_t)from, to - from, MADV_DONTNEED);
        us = mask_once();
        _exit(write(ends[1], &us, sizeof(us)) == sizeof(us) ? 0 : 1);
    }
    close(ends[1]);
    if (read(ends[0], &us, sizeof(us)) != sizeof(us))
        us = -1;
    close(ends[0]);
    waitpid(child, NULL, 0);
    return us;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static void tell(const char *name, double (*run)(void), size_t times)
{
    double *all = calloc(times, sizeof(*all));

    if (all == NULL)
        abort();
    for (size_t i = 0; i < times; i++)
        all[i] = run();
    qsort(all, times, sizeof(*all), compare);
    printf("allowed, %-6s %8.1f us  (90%%: %.1f us)\n", name, all[times / 2], all[times * 9 / 10]);
    free(all);
}

int main(int argc, char **argv)
{
    static const struct option options[] = { { "times", required_argument, NULL, 't' }, { NULL, 0, NULL, 0 } };
    long times = TIMES;
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c != 't')
            return 2;
        times = atol(optarg);
    }
    if (times < 1 || times > TIMES_MAX)
        return 2;
    tell("first", mask_first, (size_t)times); /* before this process has them */
    tell("warm", mask_once, (size_t)times);
    return 0;
}
