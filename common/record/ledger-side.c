/* SPDX-License-Identifier: ISC */
#include "ledger-side.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/trusted-file.h"

#define PART ".part"

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

/* Under a name that no joiner takes; only a whole file gets its own. */
static int create_file(int state_fd, const char *name, int *ret_folder_fd)
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
        if (fd >= 0)
            *ret_folder_fd = TAKE_FD(folder_fd);
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
    _cleanup_close_ int fd = -1, folder_fd = -1;
    char name[AA_SIDE_NAME_SIZE], part[AA_SIDE_NAME_SIZE + sizeof(PART)];
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
    snprintf(part, sizeof(part), "%s" PART, name);
    fd = create_file(state_fd, part, &folder_fd);
    r = fd < 0 ? fd : aa_write_all(fd, content.data, content.length);
    if (r == 0 && sync && fsync(fd) != 0)
        r = -errno;
    /* should a joiner have taken it for a dead writer's, then this fails, and nothing runs */
    if (r == 0 && renameat(folder_fd, part, folder_fd, name) != 0)
        r = -errno;
    if (r == 0 && sync && fsync(folder_fd) != 0)
        r = -errno;
    if (r < 0) {
        if (fd >= 0)
            (void)unlinkat(folder_fd, part, 0);
        return aa_fault(fault, r == -ENOSPC || r == -EDQUOT ? AA_FAULT_LEDGER_FULL :
                                                              AA_FAULT_LEDGER_WRITE,
                        r, "the ledger's lock is held, and a side file cannot be written: %s",
                        strerror(-r));
    }
    return 0;
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
    while ((entry = readdir(folder)) != NULL) {
        size_t at;

        if (strlen(entry->d_name) != AA_SIDE_NAME_SIZE - 1)
            continue;
        names.found++;
        if (names.names == NULL)
            names.names = calloc(AA_LEDGER_JOIN_MAX + 1, sizeof(*names.names));
        if (names.names == NULL)
            break;
        /* kept in order: past the maximum the youngest one goes */
        for (at = names.n; at > 0 && strcmp(names.names[at - 1], entry->d_name) > 0; at--)
            memcpy(names.names[at], names.names[at - 1], AA_SIDE_NAME_SIZE);
        memcpy(names.names[at], entry->d_name, AA_SIDE_NAME_SIZE);
        if (names.n < AA_LEDGER_JOIN_MAX)
            names.n++;
    }
    closedir(folder);
    *ret = names;
    return 0;
}

void aa_ledger_side_sweep(int folder_fd, uint64_t realtime_usec)
{
    int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;
    struct stat st;

    if (folder == NULL) {
        if (fd >= 0)
            close(fd);
        return;
    }
    while ((entry = readdir(folder)) != NULL) {
        if (strlen(entry->d_name) == AA_SIDE_NAME_SIZE - 1 + strlen(PART) &&
            aa_streq(entry->d_name + AA_SIDE_NAME_SIZE - 1, PART) &&
            fstatat(folder_fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            (uint64_t)st.st_mtim.tv_sec + 60 < realtime_usec / 1000000)
            (void)unlinkat(folder_fd, entry->d_name, 0);
    }
    closedir(folder);
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
