/* SPDX-License-Identifier: ISC */
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

int aa_read_all(int fd, struct aa_buffer *buffer)
{
    char chunk[16 * 1024];

    for (;;) {
        ssize_t n = read(fd, chunk, sizeof(chunk));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            return buffer->error;
        aa_buffer_add(buffer, chunk, (size_t)n);
        if (buffer->error != 0)
            return buffer->error;
    }
}

int aa_read_line(const char *path, char *ret, size_t size)
{
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    ssize_t n;

    if (fd < 0)
        return -errno;
    do
        n = read(fd, ret, size - 1);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return -errno;
    ret[n] = '\0';
    ret[strcspn(ret, "\n")] = '\0';
    return 0;
}

int aa_write_all(int fd, const void *data, size_t length)
{
    const char *bytes = data;

    while (length > 0) {
        ssize_t n = write(fd, bytes, length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        bytes += n;
        length -= (size_t)n;
    }
    return 0;
}

int aa_read_at(int fd, void *data, size_t length, uint64_t offset)
{
    char *bytes = data;

    while (length > 0) {
        ssize_t n = pread(fd, bytes, length, (off_t)offset);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -ENODATA;
        bytes += n;
        offset += (uint64_t)n;
        length -= (size_t)n;
    }
    return 0;
}

int aa_write_at(int fd, const void *data, size_t length, uint64_t offset)
{
    const char *bytes = data;

    while (length > 0) {
        ssize_t n = pwrite(fd, bytes, length, (off_t)offset);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        bytes += n;
        offset += (uint64_t)n;
        length -= (size_t)n;
    }
    return 0;
}
