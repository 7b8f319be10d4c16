/* SPDX-License-Identifier: ISC */
/* A request that joins the same one, which waits already: the other end of its socket. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "local.h"

enum { GREETING_MSEC = 1000 };

/* The greeting's nonce has to be repeated: everything else in it is known here. */
static int read_nonce(int fd, unsigned char ret[AA_LOCAL_NONCE_SIZE])
{
    struct pollfd wait = { .fd = fd, .events = POLLIN };
    struct aa_local_greeting greeting;
    ssize_t n;

    if (poll(&wait, 1, GREETING_MSEC) <= 0)
        return -ETIMEDOUT; /* a stopped process has to hold up nobody else */
    n = recv(fd, &greeting, sizeof(greeting), MSG_DONTWAIT);
    if (n != (ssize_t)sizeof(greeting) || greeting.version != AA_LOCAL_VERSION ||
        greeting.standing != AA_LOCAL_ROOT)
        return -EBADMSG;
    memcpy(ret, greeting.nonce, AA_LOCAL_NONCE_SIZE);
    return 0;
}

int aa_local_join(const struct aa_site *site, const char *code, int *ret_fd)
{
    _cleanup_close_ int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct aa_local_message message = { .version = AA_LOCAL_VERSION, .op = AA_LOCAL_JOIN };
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int n, r;

    if (fd < 0)
        return -errno;
    n = snprintf(address.sun_path, sizeof(address.sun_path), "%s/%s.sock", site->run_dir, code);
    if (n < 0 || (size_t)n >= sizeof(address.sun_path))
        return -ENAMETOOLONG;
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0)
        return -errno;
    r = read_nonce(fd, message.nonce);
    if (r < 0)
        return r;
    if (send(fd, &message, sizeof(message), MSG_DONTWAIT | MSG_NOSIGNAL) !=
        (ssize_t)sizeof(message))
        return errno == EPIPE || errno == ECONNRESET ? -ECONNREFUSED : -EIO;
    *ret_fd = TAKE_FD(fd);
    return 0;
}

int aa_local_joined_read(int fd, struct aa_local_reply *ret)
{
    struct aa_local_reply reply;
    ssize_t n = recv(fd, &reply, sizeof(reply), MSG_DONTWAIT);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (n != (ssize_t)sizeof(reply) || reply.version != AA_LOCAL_VERSION ||
        memchr(reply.text, '\0', sizeof(reply.text)) == NULL)
        return -EBADMSG;
    *ret = reply;
    return 1;
}
