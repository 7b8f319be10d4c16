/* SPDX-License-Identifier: ISC */
#include "ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/random.h>
#include <time.h>

#include "base/patience.h"
#include "base/trusted-file.h"
#include "ledger-side.h"
#include "ledger-writer.h"

static int write_failed(struct aa_fault *fault, int error)
{
    if (error == -ENOSPC || error == -EDQUOT)
        return aa_fault(fault, AA_FAULT_LEDGER_FULL, error, "the disk of the ledger is full");
    if (error == -EFBIG)
        return aa_fault(fault, AA_FAULT_LIMITS, error,
                        "the ledger cannot grow: this session's limit on file sizes (ulimit -f) "
                        "stops it");
    return aa_fault(fault, AA_FAULT_LEDGER_WRITE, error, "the ledger cannot be written: %s",
                    strerror(-error));
}

static int grow(struct aa_ledger_writer *writer)
{
    static const char zeros[64 * 1024];
    int r;

    do
        r = fallocate(writer->fd, 0, (off_t)writer->file_size, AA_LEDGER_GROWTH);
    while (r != 0 && errno == EINTR);
    if (r == 0) {
        writer->file_size += AA_LEDGER_GROWTH;
        return 0;
    }
    if (errno != EOPNOTSUPP)
        return -errno;
    for (size_t at = 0; at < AA_LEDGER_GROWTH; at += sizeof(zeros)) {
        r = aa_write_at(writer->fd, zeros, sizeof(zeros), writer->file_size);
        if (r < 0)
            return r;
        writer->file_size += sizeof(zeros);
    }
    return 0;
}

static int append(struct aa_ledger_writer *writer, const void *payload, size_t length,
                  const unsigned char *side_id, enum aa_ledger_use use, struct aa_fault *fault)
{
    _cleanup_buffer_ struct aa_buffer bytes = AA_BUFFER_INIT(AA_LEDGER_RECORD_MAX + 8);
    struct aa_ledger_mark *end = &writer->end;
    struct aa_ledger_record record = {
        .magic = AA_LEDGER_RECORD_MAGIC,
        .size = (uint32_t)((sizeof(record) + length + 7) / 8 * 8),
        .seq = end->next_seq,
        .previous_size = end->last_size,
        .flags = (side_id != NULL ? AA_LEDGER_FROM_SIDE : 0u) |
                 (writer->torn_bytes != 0 ? AA_LEDGER_AFTER_TORN : 0u) |
                 (writer->damaged ? AA_LEDGER_AFTER_DAMAGE : 0u),
        .payload_length = (uint32_t)length,
        .torn_bytes = writer->torn_bytes,
    };
    uint64_t keep = use == AA_LEDGER_BEFORE  ? AA_LEDGER_RESERVE :
                    use == AA_LEDGER_REFUSAL ? AA_LEDGER_RESERVE / 2 :
                                               0;
    int r = 0;

    if (length > AA_LEDGER_RECORD_MAX - sizeof(record) - 8)
        return aa_fault(fault, AA_FAULT_TOO_LARGE, -E2BIG, "a record is too large to keep");
    while (r == 0 && writer->file_size - end->end < record.size + keep)
        r = grow(writer);
    if (r < 0)
        return write_failed(fault, r);
    memcpy(record.prev, end->last_hash, sizeof(record.prev));
    memcpy(writer->prev, end->last_hash, sizeof(writer->prev));
    if (side_id != NULL)
        memcpy(record.side_id, side_id, sizeof(record.side_id));
    aa_ledger_record_hash(&record, payload, record.hash);
    aa_buffer_add(&bytes, &record, sizeof(record));
    aa_buffer_add(&bytes, payload, length);
    aa_buffer_pad(&bytes, 8);
    if (bytes.error != 0)
        return aa_fault(fault, AA_FAULT_MEMORY, bytes.error, "there is not enough memory for a "
                                                             "record");
    r = aa_write_at(writer->fd, bytes.data, bytes.length, end->end);
    if (r < 0)
        return write_failed(fault, r);
    writer->torn_bytes = 0;
    writer->damaged = false;
    end->end += record.size;
    end->next_seq++;
    end->last_size = record.size;
    memcpy(end->last_hash, record.hash, sizeof(record.hash));
    return 0;
}

/* Whether one of the last records was this side file's: its joiner may have died before it could
 * remove the file. */
static bool is_joined(struct aa_ledger_writer *writer, const unsigned char *side_id)
{
    uint64_t end = writer->end.end;
    uint32_t size = writer->end.last_size;

    for (int i = 0; i <= AA_LEDGER_JOIN_MAX && size != 0; i++) {
        struct aa_ledger_record record;

        if (size > end - AA_LEDGER_HEADER_SIZE ||
            aa_read_at(writer->fd, &record, sizeof(record), end - size) < 0 || record.size != size)
            return false;
        if (memcmp(record.side_id, side_id, sizeof(record.side_id)) == 0)
            return true;
        end -= size;
        size = record.previous_size;
    }
    return false;
}

static int join_side(struct aa_ledger_writer *writer, int folder_fd, const char *name,
                     struct aa_buffer *content, struct aa_fault *fault)
{
    const struct aa_ledger_record *record;

    if (aa_ledger_side_read(writer->site, folder_fd, name, content, &record) != 1 ||
        is_joined(writer, record->side_id))
        return 0; /* a damaged one stays: verify names it */
    return append(writer, record + 1, record->payload_length, record->side_id, AA_LEDGER_AFTER,
                  fault);
}

static void remove_joined(struct aa_ledger_writer *writer, int folder_fd, const char *name,
                          struct aa_buffer *content)
{
    const struct aa_ledger_record *record;

    if (aa_ledger_side_read(writer->site, folder_fd, name, content, &record) == 1)
        (void)unlinkat(folder_fd, name, 0);
}

/* What others had to write beside the chain joins it before our own record. */
static int join_sides(struct aa_ledger_writer *writer, struct aa_fault *fault)
{
    _cleanup_buffer_ struct aa_buffer content = AA_BUFFER_INIT(AA_LEDGER_RECORD_MAX + 8);
    struct aa_side_names sides = { 0 };
    _cleanup_close_ int folder_fd = -1;
    int r = aa_ledger_side_open(writer->state_fd, &folder_fd);

    if (r == 0)
        return 0;
    if (r > 0)
        r = aa_ledger_side_list(folder_fd, &sides);
    if (r < 0)
        return write_failed(fault, r);
    for (size_t i = 0; i < sides.n && r == 0; i++)
        r = join_side(writer, folder_fd, sides.names[i], &content, fault);
    if (r == 0 && sides.n > 0 && fdatasync(writer->fd) != 0)
        r = write_failed(fault, -errno);
    aa_ledger_side_sweep(folder_fd, writer->site->realtime_usec());
    for (size_t i = 0; i < sides.n && r == 0; i++)
        remove_joined(writer, folder_fd, sides.names[i], &content);
    aa_side_names_free(&sides);
    if (r == 0)
        (void)unlinkat(writer->state_fd, AA_LEDGER_SIDE_FOLDER, AT_REMOVEDIR); /* if it is empty */
    return r;
}

static int open_ledger(const struct aa_site *site, int state_fd, struct aa_ledger_writer *writer,
                       struct aa_fault *fault)
{
    char why[AA_TRUST_WHY_MAX];
    struct stat st;
    int r = aa_trusted_file(site, state_fd, AA_LEDGER_FILE, O_RDWR, true, &writer->fd, &st, why);

    if (r == AA_TRUST_MISSING)
        return aa_fault(fault, AA_FAULT_LEDGER_MISSING, -ENOENT, "there is no ledger: %s/%s",
                        site->state_dir, AA_LEDGER_FILE);
    if (r == AA_TRUST_UNSAFE)
        return aa_fault(fault, AA_FAULT_LEDGER_UNSAFE, -EPERM, "the ledger cannot be trusted: %s/%s",
                        site->state_dir, why);
    if (r < 0)
        return write_failed(fault, r);
    writer->file_size = (uint64_t)st.st_size;
    return 0;
}

static int read_header(struct aa_ledger_writer *writer, struct aa_fault *fault)
{
    struct aa_ledger_header *header = &writer->header;
    struct stat st;

    /* the size may have changed while we waited for the lock */
    if (fstat(writer->fd, &st) != 0)
        return write_failed(fault, -errno);
    writer->file_size = (uint64_t)st.st_size;
    if (writer->file_size < AA_LEDGER_HEADER_SIZE ||
        aa_read_at(writer->fd, header, sizeof(*header), 0) < 0 ||
        memcmp(header->magic, AA_LEDGER_MAGIC, sizeof(header->magic)) != 0 ||
        header->format != AA_LEDGER_FORMAT || header->header_size != AA_LEDGER_HEADER_SIZE)
        return aa_fault(fault, AA_FAULT_LEDGER_DAMAGED, -EBADMSG,
                        "the ledger is damaged: its first block is not a ledger's");
    return 0;
}

static int append_locked(struct aa_ledger_writer *writer, const struct aa_buffer *fields,
                         enum aa_ledger_use use, bool sync, struct aa_fault *fault)
{
    int r = read_header(writer, fault);

    if (r == 0)
        r = aa_ledger_find_end(writer, fault);
    if (r == 0)
        r = join_sides(writer, fault);
    if (r == 0)
        r = append(writer, fields->data, fields->length, NULL, use, fault);
    if (r < 0)
        return r;
    if (sync && fdatasync(writer->fd) != 0)
        return write_failed(fault, -errno);
    /* only a hint: should it not be written, the next writer reads on from the last one */
    writer->end.reserved = 0;
    writer->end.checksum = aa_ledger_mark_checksum(&writer->end);
    (void)aa_write_at(writer->fd, &writer->end, sizeof(writer->end),
                     offsetof(struct aa_ledger_header, mark));
    return 0;
}

static int append_or_step_aside(const struct aa_site *site, int state_fd,
                                const struct aa_buffer *fields, enum aa_ledger_use use, bool sync,
                                struct aa_ledger_position *ret, struct aa_fault *fault)
{
    struct aa_ledger_writer *writer;
    int r;

    if (fields->error != 0)
        return aa_fault(fault, fields->error == -ENOMEM ? AA_FAULT_MEMORY : AA_FAULT_TOO_LARGE,
                        fields->error, "a record could not be made: %s", strerror(-fields->error));
    writer = calloc(1, sizeof(*writer));
    if (writer == NULL)
        return aa_fault(fault, AA_FAULT_MEMORY, -ENOMEM, "there is not enough memory for a record");
    writer->site = site;
    writer->state_fd = state_fd;
    writer->fd = -1;
    r = open_ledger(site, state_fd, writer, fault);
    if (r == 0)
        r = aa_lock_patiently(site, AA_LEDGER_LOCK_USEC, aa_try_flock, writer->fd, 0);
    if (r == 1) {
        r = aa_ledger_side_write(site, state_fd, fields, sync, fault);
        if (r == 0)
            *ret = (struct aa_ledger_position){ 0 };
    } else if (r == 0) {
        r = append_locked(writer, fields, use, sync, fault);
        if (r == 0) {
            ret->in_chain = true;
            ret->seq = writer->end.next_seq - 1;
            memcpy(ret->hash, writer->end.last_hash, sizeof(ret->hash));
            memcpy(ret->prev, writer->prev, sizeof(ret->prev));
        }
    } else {
        aa_fault(fault, AA_FAULT_LEDGER_WRITE, r, "the ledger cannot be locked: %s", strerror(-r));
    }
    if (writer->fd >= 0)
        close(writer->fd); /* and with it the lock */
    free(writer);
    return r;
}

/* A limit on file sizes, set by the caller, would otherwise end sudo by a signal in the middle of
 * our write: for the time of the write the signal is held, and the write fails instead. */
int aa_ledger_append(const struct aa_site *site, int state_fd, const struct aa_buffer *fields,
                     enum aa_ledger_use use, bool sync, struct aa_ledger_position *ret,
                     struct aa_fault *fault)
{
    struct timespec none = { 0, 0 };
    sigset_t too_large, before;
    bool was_blocked;
    int r;

    sigemptyset(&too_large);
    sigaddset(&too_large, SIGXFSZ);
    if (sigprocmask(SIG_BLOCK, &too_large, &before) != 0)
        return write_failed(fault, -errno);
    was_blocked = sigismember(&before, SIGXFSZ) == 1;
    r = append_or_step_aside(site, state_fd, fields, use, sync, ret, fault);
    if (!was_blocked) {
        while (sigtimedwait(&too_large, NULL, &none) == SIGXFSZ)
            ;
        sigprocmask(SIG_SETMASK, &before, NULL);
    }
    return r;
}

int aa_ledger_create(const struct aa_site *site, int state_fd, struct aa_fault *fault)
{
    static const char name[] = AA_LEDGER_FILE ".new";
    struct aa_ledger_header header = {
        .magic = AA_LEDGER_MAGIC,
        .format = AA_LEDGER_FORMAT,
        .header_size = AA_LEDGER_HEADER_SIZE,
        .created_usec = site->realtime_usec(),
    };
    struct aa_sha256 genesis;
    _cleanup_close_ int fd = -1;
    struct stat st;
    int r;

    if (fstatat(state_fd, AA_LEDGER_FILE, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return 0;
    if (errno != ENOENT)
        return write_failed(fault, -errno);
    if (getrandom(header.id, sizeof(header.id), 0) != (ssize_t)sizeof(header.id))
        return write_failed(fault, -EIO);
    aa_sha256_start(&genesis);
    aa_sha256_add(&genesis, header.id, sizeof(header.id));
    aa_sha256_finish(&genesis, header.genesis);
    header.mark = (struct aa_ledger_mark){ .end = AA_LEDGER_HEADER_SIZE, .next_seq = 1 };
    memcpy(header.mark.last_hash, header.genesis, sizeof(header.genesis));
    header.mark.checksum = aa_ledger_mark_checksum(&header.mark);
    (void)unlinkat(state_fd, name, 0);
    fd = openat(state_fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return write_failed(fault, -errno);
    r = aa_write_at(fd, &header, sizeof(header), 0);
    if (r == 0 && posix_fallocate(fd, 0, AA_LEDGER_GROWTH) != 0)
        r = -ENOSPC;
    if (r == 0 && fsync(fd) != 0)
        r = -errno;
    if (r == 0 && renameat(state_fd, name, state_fd, AA_LEDGER_FILE) != 0)
        r = -errno;
    if (r == 0 && fsync(state_fd) != 0)
        r = -errno;
    if (r < 0) {
        unlinkat(state_fd, name, 0);
        return write_failed(fault, r);
    }
    return 1;
}
