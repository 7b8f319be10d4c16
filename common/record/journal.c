/* SPDX-License-Identifier: ISC */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/trusted-file.h"

enum { DATAGRAM_MAX = 4 * AA_FIELDS_MAX };

/* "NAME=value\n", or for values with a newline "NAME\n", a 64-bit length, the value, "\n". */
static int encode(const struct aa_buffer *fields, struct aa_buffer *datagram)
{
    struct aa_reader reader = { (const unsigned char *)fields->data, fields->length };
    struct aa_field field;
    int r;

    while ((r = aa_field_next(&reader, &field)) > 0) {
        aa_buffer_add(datagram, field.name, field.name_length);
        if (memchr(field.value, '\n', field.value_length) == NULL) {
            aa_buffer_add_byte(datagram, '=');
        } else {
            aa_buffer_add_byte(datagram, '\n');
            aa_buffer_add_u64(datagram, field.value_length);
        }
        aa_buffer_add(datagram, field.value, field.value_length);
        aa_buffer_add_byte(datagram, '\n');
    }
    return r < 0 ? r : datagram->error;
}

/* Sends with our credentials as root; the kernel lets us name a uid that we have, and the
 * effective uid is one. "payload_fd" >= 0 goes along instead of data. */
static int send_with_credentials(int socket_fd, const struct sockaddr_un *address, const void *data,
                                 size_t length, int payload_fd)
{
    struct iovec part = { .iov_base = (void *)(uintptr_t)data, .iov_len = length };
    union {
        char bytes[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = { { 0 } };
    struct msghdr message = {
        .msg_name = (void *)(uintptr_t)address,
        .msg_namelen = sizeof(*address),
        .msg_iov = payload_fd >= 0 ? NULL : &part,
        .msg_iovlen = payload_fd >= 0 ? 0 : 1,
        .msg_control = control.bytes,
        .msg_controllen = CMSG_SPACE(sizeof(struct ucred)) +
                          (payload_fd >= 0 ? CMSG_SPACE(sizeof(int)) : 0),
    };
    struct ucred me = { .pid = getpid(), .uid = geteuid(), .gid = getegid() };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_CREDENTIALS;
    header->cmsg_len = CMSG_LEN(sizeof(me));
    memcpy(CMSG_DATA(header), &me, sizeof(me));
    if (payload_fd >= 0) {
        header = CMSG_NXTHDR(&message, header);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(payload_fd));
        memcpy(CMSG_DATA(header), &payload_fd, sizeof(payload_fd));
    }
    while (sendmsg(socket_fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        if (errno != EINTR)
            return -errno;
    }
    return 0;
}

static int create_sealable(void)
{
    const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING, noexec = 0x0008; /* MFD_NOEXEC_SEAL */
    int fd = memfd_create("actionapprove", flags);

    /* only where the kernel insists: journald of before wants exactly the seals below */
    return fd >= 0 || errno != EACCES ? fd : memfd_create("actionapprove", flags | noexec);
}

/* What is too large for a datagram goes as a sealed file in memory. */
static int send_as_file(int socket_fd, const struct sockaddr_un *address,
                        const struct aa_buffer *datagram)
{
    _cleanup_close_ int fd = create_sealable();
    struct rlimit limit;
    int r;

    if (fd < 0)
        return -errno;
    /* the caller's limit on file sizes holds for this too, and would end sudo by a signal */
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur < datagram->length)
        return -EFBIG;
    r = aa_write_all(fd, datagram->data, datagram->length);
    if (r < 0)
        return r;
    if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
        return -errno;
    return send_with_credentials(socket_fd, address, NULL, 0, fd);
}

int aa_journal_send(const struct aa_site *site, const struct aa_buffer *fields)
{
    _cleanup_buffer_ struct aa_buffer datagram = AA_BUFFER_INIT(DATAGRAM_MAX);
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    _cleanup_close_ int fd = -1;
    int r = encode(fields, &datagram);

    if (r < 0)
        return r;
    if ((size_t)snprintf(address.sun_path, sizeof(address.sun_path), "%s", site->journal_socket) >=
        sizeof(address.sun_path))
        return -ENAMETOOLONG;
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    r = send_with_credentials(fd, &address, datagram.data, datagram.length, -1);
    if (r == -EMSGSIZE || r == -ENOBUFS)
        r = send_as_file(fd, &address, &datagram);
    return r;
}
