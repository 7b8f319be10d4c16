/* SPDX-License-Identifier: ISC */
#include "content.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

enum { CHUNK = 64 * 1024 };

/* The very file that was looked at: it is opened for reading only when that is sure, since opening
 * a device or a pipe of a stranger's can do things. */
static int open_file(const struct aa_site *site, const struct aa_file_facts *file)
{
    _cleanup_close_ int place = open(file->path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    char path[128];
    struct stat st;
    int fd;

    if (place < 0 || fstat(place, &st) != 0)
        return -errno;
    if (!S_ISREG(st.st_mode) || st.st_dev != file->device || st.st_ino != file->inode)
        return -ESTALE;
    if ((uint64_t)st.st_size > AA_CONTENT_MAX)
        return -EFBIG;
    snprintf(path, sizeof(path), "%s/self/fd/%d", site->proc_dir, place);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

static int hash_file(const struct aa_site *site, struct aa_file_facts *file)
{
    _cleanup_close_ int fd = open_file(site, file);
    _cleanup_free_ unsigned char *chunk = malloc(CHUNK);
    struct aa_sha256 hash;
    uint64_t total = 0;
    ssize_t n;

    if (fd < 0)
        return fd;
    if (chunk == NULL)
        return -ENOMEM;
    aa_sha256_start(&hash);
    while ((n = read(fd, chunk, CHUNK)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        total += (uint64_t)n;
        if (total > AA_CONTENT_MAX) /* it grows while it is read */
            return -EFBIG;
        aa_sha256_add(&hash, chunk, (size_t)n);
    }
    aa_sha256_finish(&hash, file->content);
    file->hashed = true;
    return 0;
}

int aa_hash_unbound(const struct aa_site *site, struct aa_request *request,
                    struct aa_fault *fault)
{
    for (size_t i = 0; i < request->files_n; i++) {
        struct aa_file_facts *file = &request->files[i];
        int r;

        if (file->unbound_why == NULL || !file->found)
            continue;
        r = hash_file(site, file);
        if (r < 0)
            return aa_fault(fault, r == -ENOMEM ? AA_FAULT_MEMORY : AA_DENIED_UNBOUND, r,
                            "%s could change after an approval, and its content cannot be noted: %s",
                            file->path, strerror(-r));
    }
    return 0;
}
