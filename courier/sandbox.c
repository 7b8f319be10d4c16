/* SPDX-License-Identifier: ISC */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/macros.h"

/* Whatever their arguments are. Numbers that an architecture does not have are left out. */
static const int calls[] = {
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close),
    SCMP_SYS(recv), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(recvmmsg),
    SCMP_SYS(recvmmsg_time64), SCMP_SYS(send), SCMP_SYS(sendto), SCMP_SYS(sendmsg),
    SCMP_SYS(sendmmsg), SCMP_SYS(shutdown), SCMP_SYS(getsockname),
    SCMP_SYS(getpeername), SCMP_SYS(getsockopt), SCMP_SYS(fstat), SCMP_SYS(fstat64),
    SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(ppoll_time64), SCMP_SYS(select),
    SCMP_SYS(_newselect), SCMP_SYS(pselect6), SCMP_SYS(pselect6_time64),
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
    SCMP_SYS(futex), SCMP_SYS(futex_time64), SCMP_SYS(getrandom), SCMP_SYS(sched_yield),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_gettime64), SCMP_SYS(clock_getres),
    SCMP_SYS(clock_getres_time64), SCMP_SYS(clock_nanosleep), SCMP_SYS(clock_nanosleep_time64),
    SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(time),
    SCMP_SYS(timer_settime), SCMP_SYS(timer_settime64), /* the guard's */
    SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid),
    SCMP_SYS(getegid), SCMP_SYS(getuid32), SCMP_SYS(geteuid32), SCMP_SYS(getgid32),
    SCMP_SYS(getegid32), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigreturn), SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group),
};

/* Option by option: one of SOL_SOCKET would attach a program to a socket. */
static const int socket_options[][2] = {
    { SOL_SOCKET, SO_KEEPALIVE }, { SOL_SOCKET, SO_RCVBUF },  { SOL_SOCKET, SO_SNDBUF },
    { SOL_SOCKET, SO_RCVTIMEO },  { SOL_SOCKET, SO_SNDTIMEO }, { SOL_SOCKET, SO_LINGER },
    { IPPROTO_TCP, TCP_NODELAY }, { IPPROTO_TCP, TCP_KEEPIDLE }, { IPPROTO_TCP, TCP_KEEPINTVL },
    { IPPROTO_TCP, TCP_KEEPCNT }, { IPPROTO_TCP, TCP_USER_TIMEOUT },
    { IPPROTO_IP, IP_RECVERR },   { IPPROTO_IPV6, IPV6_RECVERR }, { IPPROTO_IPV6, IPV6_V6ONLY },
};

static int allow(scmp_filter_ctx filter, int call, const struct scmp_arg_cmp *arguments, unsigned n)
{
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, n, arguments);
}

/*
 * Any socket but the root side's. That one is local and stays connected, but the kernel looks a
 * name up before it says so, and the answer tells which names there are. The kernel takes 32 bits
 * of a descriptor and a filter's "is not 3" compares 64, so what is allowed is said in full: 4 to
 * 63, as many as RLIMIT_NOFILE lets there be.
 */
static int allow_connect(scmp_filter_ctx filter)
{
    int r = 0;

    for (uint64_t from = 4; from < 64 && r == 0; from *= 2) {
        const struct scmp_arg_cmp descriptor[] = { SCMP_A0(SCMP_CMP_MASKED_EQ, ~(from - 1), from) };

        r = allow(filter, SCMP_SYS(connect), descriptor, 1);
    }
    return r;
}

/* TCP and UDP over IPv4 and IPv6. */
static int allow_sockets(scmp_filter_ctx filter)
{
    static const int families[] = { AF_INET, AF_INET6 };
    static const int kinds[][2] = { { SOCK_STREAM, 0 }, { SOCK_STREAM, IPPROTO_TCP },
                                    { SOCK_DGRAM, 0 }, { SOCK_DGRAM, IPPROTO_UDP } };
    const uint64_t flags = SOCK_CLOEXEC | SOCK_NONBLOCK;
    int r = 0;

    for (size_t i = 0; i < AA_ARRAY_SIZE(families) && r == 0; i++) {
        for (size_t j = 0; j < AA_ARRAY_SIZE(kinds) && r == 0; j++) {
            const struct scmp_arg_cmp arguments[] = {
                SCMP_A0(SCMP_CMP_EQ, (uint64_t)families[i]),
                SCMP_A1(SCMP_CMP_MASKED_EQ, ~flags, (uint64_t)kinds[j][0]),
                SCMP_A2(SCMP_CMP_EQ, (uint64_t)kinds[j][1]),
            };

            r = allow(filter, SCMP_SYS(socket), arguments, AA_ARRAY_SIZE(arguments));
        }
    }
    for (size_t i = 0; i < AA_ARRAY_SIZE(socket_options) && r == 0; i++) {
        const struct scmp_arg_cmp arguments[] = {
            SCMP_A1(SCMP_CMP_EQ, (uint64_t)socket_options[i][0]),
            SCMP_A2(SCMP_CMP_EQ, (uint64_t)socket_options[i][1]),
        };

        r = allow(filter, SCMP_SYS(setsockopt), arguments, AA_ARRAY_SIZE(arguments));
    }
    return r;
}

/* Memory that can be executed is the program's own, and no more of it. */
static int allow_memory(scmp_filter_ctx filter)
{
    static const int mappers[] = { SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect) };
    const struct scmp_arg_cmp not_executable[] = {
        SCMP_A2(SCMP_CMP_MASKED_EQ, (uint64_t)PROT_EXEC, 0),
    };
    int r = 0;

    for (size_t i = 0; i < AA_ARRAY_SIZE(mappers) && r == 0; i++)
        r = allow(filter, mappers[i], not_executable, 1);
    return r;
}

static int allow_descriptor_flags(scmp_filter_ctx filter)
{
    static const int commands[] = { F_GETFL, F_SETFL, F_GETFD, F_SETFD };
    static const int requests[] = { FIONBIO, FIONREAD };
    int r = 0;

    for (size_t i = 0; i < AA_ARRAY_SIZE(commands) && r == 0; i++) {
        const struct scmp_arg_cmp command[] = { SCMP_A1(SCMP_CMP_EQ, (uint64_t)commands[i]) };

        r = allow(filter, SCMP_SYS(fcntl), command, 1);
        if (r == 0)
            r = allow(filter, SCMP_SYS(fcntl64), command, 1);
    }
    for (size_t i = 0; i < AA_ARRAY_SIZE(requests) && r == 0; i++) {
        const struct scmp_arg_cmp request[] = { SCMP_A1(SCMP_CMP_EQ, (uint64_t)requests[i]) };

        r = allow(filter, SCMP_SYS(ioctl), request, 1);
    }
    return r;
}

static void release(scmp_filter_ctx *filter)
{
    if (*filter != NULL)
        seccomp_release(*filter);
}

static int load_filter(void)
{
    _cleanup_(release) scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int r = 0;

    if (filter == NULL)
        return -ENOMEM;
    /* calls by another architecture's numbers are nobody's mistake */
    r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    for (size_t i = 0; i < AA_ARRAY_SIZE(calls) && r == 0; i++)
        r = allow(filter, calls[i], NULL, 0);
    if (r == 0)
        r = allow_sockets(filter);
    if (r == 0)
        r = allow_connect(filter);
    if (r == 0)
        r = allow_memory(filter);
    if (r == 0)
        r = allow_descriptor_flags(filter);
    return r == 0 ? seccomp_load(filter) : r;
}

/* A filter that lets through what it is there for is worse than none: it is believed. */
static int try_it(void)
{
    int fd = open("/", O_RDONLY | O_CLOEXEC);

    if (fd < 0 && errno == EPERM)
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 && errno == EPERM)
        return 0;
    if (fd >= 0)
        close(fd);
    return -ENOTRECOVERABLE;
}

int sandbox_enter(void)
{
    int r;

    if (prctl(PR_SET_DUMPABLE, 0ul, 0ul, 0ul, 0ul) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1ul, 0ul, 0ul, 0ul) != 0)
        return -errno;
    r = sandbox_landlock();
    if (r == 0)
        r = load_filter();
    return r == 0 ? try_it() : r;
}
