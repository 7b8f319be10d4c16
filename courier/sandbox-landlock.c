/* SPDX-License-Identifier: ISC */
/* No file and no listening, said to the kernel a second time, in other words. By raw calls, since
 * neither the C library nor the headers of every host know them. */
#include "sandbox.h"

#include <errno.h>
#include <stdint.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset /* the same on every architecture */
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif

struct ruleset {
    uint64_t files, network, scoped;
};

enum { ASK_VERSION = 1u << 0, BIND_TCP = 1u << 0, SCOPE_SOCKETS_AND_SIGNALS = 3u };

static uint64_t file_rights(long version)
{
    /* how many rights each version of the interface knows, from the first bit on */
    static const unsigned char counts[] = { 0, 13, 14, 15, 15, 16 };
    size_t at = version < (long)sizeof(counts) ? (size_t)version : sizeof(counts) - 1;

    return ((uint64_t)1 << counts[at]) - 1;
}

int sandbox_landlock(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, ASK_VERSION);
    struct ruleset rules = { 0 };
    int fd, r = 0;

    /* not built in, not switched on, or forbidden by a container: the filter holds alone */
    if (version < 1)
        return 0;
    rules.files = file_rights(version);
    rules.network = version >= 4 ? BIND_TCP : 0;
    rules.scoped = version >= 6 ? SCOPE_SOCKETS_AND_SIGNALS : 0;
    fd = (int)syscall(SYS_landlock_create_ruleset, &rules,
                      version >= 6 ? sizeof(rules) : version >= 4 ? offsetof(struct ruleset, scoped)
                                                                  : sizeof(rules.files),
                      0u);
    if (fd < 0)
        return errno == ENOSYS || errno == EOPNOTSUPP || errno == EPERM ? 0 : -errno;
    if (syscall(SYS_landlock_restrict_self, fd, 0u) != 0 && errno != EPERM &&
        errno != EOPNOTSUPP && errno != ENOSYS)
        r = -errno;
    close(fd);
    return r;
}
