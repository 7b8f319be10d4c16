/* SPDX-License-Identifier: ISC */
/*
 * Started in the courier's place, it hands the courier's end of the socket to the test, which then
 * says whatever it likes. The test listens under the name of this program's file.
 */
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = { .bytes = { 0 } };
    char byte = 'x';
    struct iovec part = { &byte, 1 };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes,
                              .msg_controllen = sizeof(control.bytes) };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), passed = 3;
    ssize_t n = readlink("/proc/self/exe", address.sun_path + 1, sizeof(address.sun_path) - 2);

    if (fd < 0 || n <= 0 ||
        connect(fd, (struct sockaddr *)&address,
                (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n)) != 0)
        return 1;
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &passed, sizeof(passed));
    if (sendmsg(fd, &message, 0) != 1)
        return 1;
    close(3); /* from now on the test's copy is the only one */
    return read(fd, &byte, 1) != 0; /* until the test lets go */
}
