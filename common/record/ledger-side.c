/* SPDX-License-Identifier: ISC */
#include "ledger-side.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/trusted-file.h"

enum { TRIES = 16 }; /* a joiner may remove the empty folder under us */

int aa_ledger_side_open(int state_fd, int *ret_folder_fd)
{
    int fd = openat(state_fd, AA_LEDGER_SIDE_FOLDER,
                    O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0)
        return errno == ENOENT ? 0 : -errno;
    *ret_folder_fd = fd;
    return 1;
}

static int create_file(int state_fd, const char *name)
{
    for (int i = 0; i < TRIES; i++) {
        _cleanup_close_ int folder_fd = -1;
        int fd, r;

        if (mkdirat(state_fd, AA_LEDGER_SIDE_FOLDER, 0700) != 0 && errno != EEXIST)
            return -errno;
        r = aa_ledger_side_open(state_fd, &folder_fd);
        if (r == 0)
            continue;
        if (r < 0)
            return r;
        fd = openat(folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd >= 0 || errno != ENOENT)
            return fd >= 0 ? fd : -errno;
    }
    return -EAGAIN;
}

int aa_ledger_side_write(const struct aa_site *site, int state_fd, const struct aa_buffer *fields,
                         bool sync, struct aa_fault *fault)
{
    _cleanup_buffer_ struct aa_buffer content = AA_BUFFER_INIT(AA_LEDGER_RECORD_MAX);
    struct aa_ledger_record record = {
        .magic = AA_LEDGER_RECORD_MAGIC,
        .flags = AA_LEDGER_FROM_SIDE,
        .payload_length = (uint32_t)fields->length,
    };
    _cleanup_close_ int fd = -1;
    char name[AA_SIDE_NAME_SIZE];
    uint64_t now = site->realtime_usec();
    int r;

    /* the time first, so that names sort by age; the rest at random */
    for (size_t i = 0; i < 8; i++)
        record.side_id[i] = (unsigned char)(now >> (56 - 8 * i));
    if (getrandom(record.side_id + 8, 8, 0) != 8)
        return aa_fault(fault, AA_FAULT_LEDGER_WRITE, -EIO, "the kernel gave no random number");
    aa_hex(record.side_id, sizeof(record.side_id), name);
    record.size = (uint32_t)((sizeof(record) + fields->length + 7) / 8 * 8);
    aa_ledger_record_hash(&record, fields->data, record.hash);
    aa_buffer_add(&content, &record, sizeof(record));
    aa_buffer_add(&content, fields->data, fields->length);
    aa_buffer_pad(&content, 8);
    if (content.error != 0)
        return aa_fault(fault, AA_FAULT_MEMORY, content.error, "a record is too large to keep");
    fd = create_file(state_fd, name);
    r = fd < 0 ? fd : aa_write_all(fd, content.data, content.length);
    if (r == 0 && sync && fsync(fd) != 0)
        r = -errno;
    if (r < 0) {
        /* a part of a record is none; who joins removes an empty file */
        if (fd >= 0 && ftruncate(fd, 0) != 0)
            aa_fault(fault, AA_FAULT_LEDGER_WRITE, r, "a side file is left in parts");
        return aa_fault(fault, r == -ENOSPC || r == -EDQUOT ? AA_FAULT_LEDGER_FULL :
                                                              AA_FAULT_LEDGER_WRITE,
                        r, "the ledger's lock is held, and a side file cannot be written: %s",
                        strerror(-r));
    }
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

int aa_ledger_side_list(int folder_fd, struct aa_side_names *ret)
{
    struct aa_side_names names = { 0 };
    int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;

    if (folder == NULL) {
        if (fd >= 0)
            close(fd);
        return -errno;
    }
    while ((entry = readdir(folder)) != NULL && names.n < AA_LEDGER_JOIN_MAX) {
        if (strlen(entry->d_name) != AA_SIDE_NAME_SIZE - 1)
            continue;
        if (names.names == NULL)
            names.names = calloc(AA_LEDGER_JOIN_MAX, sizeof(*names.names));
        if (names.names == NULL)
            break;
        memcpy(names.names[names.n++], entry->d_name, AA_SIDE_NAME_SIZE);
    }
    closedir(folder);
    if (names.n > 0)
        qsort(names.names, names.n, sizeof(*names.names), by_name);
    *ret = names;
    return 0;
}

void aa_side_names_free(struct aa_side_names *names)
{
    free(names->names);
    *names = (struct aa_side_names){ 0 };
}

int aa_ledger_side_read(const struct aa_site *site, int folder_fd, const char *name,
                        struct aa_buffer *content, const struct aa_ledger_record **ret)
{
    _cleanup_close_ int fd = -1;
    char why[AA_TRUST_WHY_MAX];
    const struct aa_ledger_record *record;
    unsigned char hash[AA_SHA256_SIZE];

    aa_buffer_clear(content);
    if (aa_trusted_file(site, folder_fd, name, O_RDONLY, true, &fd, NULL, why) != AA_TRUST_OK)
        return 0;
    if (aa_read_all(fd, content) < 0 || content->length < sizeof(*record))
        return 0;
    record = (const struct aa_ledger_record *)(const void *)content->data;
    if (!aa_ledger_record_is_plausible(record, content->length) || record->size != content->length)
        return 0;
    aa_ledger_record_hash(record, record + 1, hash);
    if (memcmp(hash, record->hash, sizeof(hash)) != 0)
        return 0;
    *ret = record;
    return 1;
}
