/* SPDX-License-Identifier: ISC */
#include "test.h"

#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

enum { DATAGRAM_MAX = 8 * 1024 * 1024 };

static int socket_fd = -1;
static struct records taken;
static char datagram[DATAGRAM_MAX];

void journal_listen(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = JOURNAL_SOCKET };
    int yes = 1, size = 32 * 1024 * 1024;

    journal_stop();
    socket_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(socket_fd >= 0);
    assert_int_equal(bind(socket_fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(setsockopt(socket_fd, SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes)), 0);
    (void)setsockopt(socket_fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

void journal_stop(void)
{
    records_free(&taken);
    if (socket_fd >= 0)
        close(socket_fd);
    socket_fd = -1;
    (void)unlink(JOURNAL_SOCKET);
}

/* "NAME=value\n", or "NAME\n", a 64-bit little-endian length, the value, "\n". */
static void parse(const char *bytes, size_t length, struct record *record)
{
    const char *end = bytes + length;

    while (bytes < end) {
        const char *name = bytes, *stop = name;
        uint64_t n = 0;

        while (stop < end && *stop != '=' && *stop != '\n')
            stop++;
        assert_true(stop < end && stop > name);
        bytes = stop + 1;
        if (*stop == '=') {
            const char *line = memchr(bytes, '\n', (size_t)(end - bytes));

            assert_non_null(line);
            n = (uint64_t)(line - bytes);
        } else {
            assert_true(end - bytes >= 8);
            for (int i = 7; i >= 0; i--)
                n = n << 8 | (unsigned char)bytes[i];
            bytes += 8;
        }
        assert_true(n < (uint64_t)(end - bytes));
        record_add(record, name, (size_t)(stop - name), bytes, n);
        assert_int_equal(bytes[n], '\n');
        bytes += n + 1;
    }
}

static size_t read_file(int fd, struct record *record)
{
    off_t length = lseek(fd, 0, SEEK_END);

    assert_true(length > 0 && length <= DATAGRAM_MAX);
    assert_int_equal(pread(fd, datagram, (size_t)length, 0), length);
    record->as_file = true;
    record->seals = fcntl(fd, F_GET_SEALS);
    close(fd);
    return (size_t)length;
}

static bool take_one(void)
{
    struct iovec part = { .iov_base = datagram, .iov_len = sizeof(datagram) };
    union {
        char bytes[256];
        struct cmsghdr align;
    } control;
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof(control.bytes),
    };
    ssize_t n = recvmsg(socket_fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    struct record *record;
    size_t length;

    if (n < 0) {
        assert_int_equal(errno, EAGAIN);
        return false;
    }
    assert_int_equal(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC), 0);
    length = (size_t)n;
    record = records_new(&taken);
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c != NULL; c = CMSG_NXTHDR(&message, c)) {
        int fd;

        assert_int_equal(c->cmsg_level, SOL_SOCKET);
        if (c->cmsg_type == SCM_CREDENTIALS) {
            memcpy(&record->sender, CMSG_DATA(c), sizeof(record->sender));
        } else {
            assert_int_equal(c->cmsg_type, SCM_RIGHTS);
            assert_int_equal(n, 0);
            memcpy(&fd, CMSG_DATA(c), sizeof(fd));
            length = read_file(fd, record);
        }
    }
    parse(datagram, length, record);
    return true;
}

void journal_drain(void)
{
    while (socket_fd >= 0 && take_one())
        ;
}

void journal_take(struct records *ret)
{
    journal_drain();
    *ret = taken;
    taken = (struct records){ 0 };
}
