/* SPDX-License-Identifier: ISC */
/* Started by the waiting root side with its socket as descriptor 3 and nothing else of use. */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "courier.h"
#include "guard.h"

enum { EXIT_UNFIT = 2 };

/* Whoever starts it otherwise gets nothing: it is not for the hand, and never root. */
static bool is_fit(void)
{
    return getuid() != 0 && geteuid() != 0 && getgid() != 0 && getegid() != 0;
}

int main(void)
{
    static struct courier courier;
    const struct rlimit none = { 0, 0 };

    /* other couriers are of the same user: none of them is to look into this one */
    if (prctl(PR_SET_DUMPABLE, 0ul, 0ul, 0ul, 0ul) != 0 || !is_fit() || guard_start() < 0)
        return EXIT_UNFIT;
    /* one process: also while a channel prepares, where there is no sandbox yet */
    if (setrlimit(RLIMIT_NPROC, &none) != 0 || setrlimit(RLIMIT_CORE, &none) != 0)
        return EXIT_UNFIT;
    (void)prctl(PR_SET_NAME, "aa-courier", 0ul, 0ul, 0ul); /* started by descriptor, it has none */
    if (aa_link_open(&courier.link, COURIER_SOCKET, AA_WIRE_ROOT) < 0)
        return EXIT_UNFIT;
    return courier_run(&courier);
}
