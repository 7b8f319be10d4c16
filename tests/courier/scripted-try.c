/* SPDX-License-Identifier: ISC */
/* What a courier that was taken over might try. By raw system calls, so that nothing but the
 * kernel's answer is heard. */
#include "scripted.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>

static char shell[] = "/bin/sh";
static char *const arguments[] = { shell, NULL }, *const nothing[] = { NULL };

static long try_open(void)
{
#ifdef SYS_open
    return syscall(SYS_open, "/etc/passwd", O_RDONLY);
#else
    return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
#endif
}

static long try_openat(void)
{
    return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
}

static long try_openat2(void)
{
    uint64_t how[3] = { O_RDONLY, 0, 0 };

    return syscall(437 /* openat2 */, AT_FDCWD, "/etc/passwd", how, sizeof(how));
}

static long try_create(void)
{
    return syscall(SYS_openat, AT_FDCWD, "/tmp/aa-courier-was-here", O_WRONLY | O_CREAT, 0600);
}

static long try_exec(void)
{
    return syscall(SYS_execve, shell, arguments, nothing);
}

static long try_execveat(void)
{
    return syscall(SYS_execveat, AT_FDCWD, shell, arguments, nothing, 0);
}

static long try_unix(void)
{
    return syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
}

static long try_unix_datagram(void)
{
    return syscall(SYS_socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static long try_unix_pair(void)
{
    int pair[2];

    return syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair);
}

/* The one local socket that there is leads nowhere else. */
static long try_unix_connect(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/run/systemd/journal/stdout" };

    return syscall(SYS_connect, COURIER_SOCKET, &address, sizeof(address));
}

static long try_unix_connect_high(void) /* the kernel looks at the lower half only */
{
    struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/run/systemd/journal/stdout" };

    return syscall(SYS_connect, (1l << 32) + COURIER_SOCKET, &address, sizeof(address));
}

static long try_netlink(void)
{
    return syscall(SYS_socket, AF_NETLINK, SOCK_RAW, 0);
}

static long try_raw_socket(void)
{
    return syscall(SYS_socket, AF_INET, SOCK_RAW, IPPROTO_ICMP);
}

static long try_ping_socket(void)
{
    return syscall(SYS_socket, AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
}

static long try_inet(void)
{
    return syscall(SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static long try_inet6(void)
{
    return syscall(SYS_socket, AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP);
}

static long try_connect(void) /* of a datagram socket: nothing is sent */
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = 9,
                                   .sin_addr = { htonl(INADDR_LOOPBACK) } };
    long fd = syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0);

    return syscall(SYS_connect, fd, &address, sizeof(address));
}

static long try_bind(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    long fd = try_inet();

    return fd < 0 ? 0 : syscall(SYS_bind, fd, &address, sizeof(address));
}

static long try_listen(void)
{
    long fd = try_inet();

    return fd < 0 ? 0 : syscall(SYS_listen, fd, 1);
}

static long try_socket_filter(void)
{
    struct { unsigned short n; void *p; } program = { 0, NULL };
    long fd = try_inet();

    return fd < 0 ? 0 : syscall(SYS_setsockopt, fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
                                sizeof(program));
}

static long try_keepalive(void)
{
    int yes = 1;
    long fd = try_inet();

    return syscall(SYS_setsockopt, fd, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof(yes));
}

static long try_ptrace(void)
{
    return syscall(SYS_ptrace, PTRACE_TRACEME, 0, NULL, NULL);
}

static long try_process_vm(void)
{
    char byte;
    struct iovec local = { &byte, 1 }, remote = { &byte, 1 };

    return syscall(SYS_process_vm_readv, getpid(), &local, 1, &remote, 1, 0);
}

static long try_kill(void)
{
    return syscall(SYS_kill, getpid(), 0);
}

static long try_tgkill(void)
{
    return syscall(SYS_tgkill, getpid(), getpid(), 0);
}

static long try_fork(void)
{
    long r = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0);

    if (r == 0)
        _exit(0);
    return r;
}

static long try_clone3(void)
{
    uint64_t how[8] = { 0, 0, 0, 0, SIGCHLD };
    long r = syscall(435 /* clone3 */, how, sizeof(how));

    if (r == 0)
        _exit(0);
    return r;
}

static long try_mmap_exec(void)
{
    return syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static long try_mprotect_exec(void)
{
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return memory == MAP_FAILED ? 0 : syscall(SYS_mprotect, memory, 4096, PROT_READ | PROT_EXEC);
}

static long try_mmap(void)
{
    return syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static long try_memfd(void)
{
    return syscall(SYS_memfd_create, "x", 0);
}

static long try_dumpable(void)
{
    return syscall(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static long try_ptracer(void)
{
    return syscall(SYS_prctl, PR_SET_PTRACER, -1, 0, 0, 0);
}

static long try_setuid(void)
{
    return syscall(SYS_setuid, getuid());
}

static long try_limits(void)
{
    struct rlimit most = { 1, 1 };

    return syscall(SYS_prlimit64, 0, RLIMIT_NPROC, &most, NULL);
}

static long try_unshare(void)
{
    return syscall(SYS_unshare, CLONE_NEWUSER);
}

static long try_io_uring(void)
{
    char parameters[120] = { 0 };

    return syscall(425 /* io_uring_setup */, 1, parameters);
}

static long try_unlink(void)
{
    return syscall(SYS_unlinkat, AT_FDCWD, "/tmp/aa-courier-no-such-file", 0);
}

static long try_timer_delete(void)
{
    return syscall(SYS_timer_delete, 0);
}

static const struct {
    const char *name;
    long (*attempt)(void);
} attempts[] = {
    { "open", try_open }, { "openat", try_openat }, { "openat2", try_openat2 },
    { "create", try_create }, { "exec", try_exec }, { "execveat", try_execveat },
    { "unix", try_unix }, { "unix-datagram", try_unix_datagram }, { "unix-pair", try_unix_pair },
    { "unix-connect", try_unix_connect }, { "unix-connect-high", try_unix_connect_high },
    { "connect", try_connect }, { "netlink", try_netlink },
    { "raw-socket", try_raw_socket }, { "ping-socket", try_ping_socket },
    { "inet", try_inet }, { "inet6", try_inet6 }, { "bind", try_bind }, { "listen", try_listen },
    { "socket-filter", try_socket_filter }, { "keepalive", try_keepalive },
    { "ptrace", try_ptrace }, { "process-vm", try_process_vm }, { "kill", try_kill },
    { "tgkill", try_tgkill }, { "fork", try_fork }, { "clone3", try_clone3 },
    { "mmap-exec", try_mmap_exec }, { "mprotect-exec", try_mprotect_exec }, { "mmap", try_mmap },
    { "memfd", try_memfd }, { "dumpable", try_dumpable }, { "ptracer", try_ptracer },
    { "setuid", try_setuid }, { "limits", try_limits }, { "unshare", try_unshare },
    { "io-uring", try_io_uring }, { "unlink", try_unlink }, { "timer-delete", try_timer_delete },
};

int scripted_try(const char *name)
{
    for (size_t i = 0; i < AA_ARRAY_SIZE(attempts); i++) {
        if (!aa_streq(attempts[i].name, name))
            continue;
        errno = 0;
        return attempts[i].attempt() >= 0 ? 0 : errno;
    }
    return -1;
}
