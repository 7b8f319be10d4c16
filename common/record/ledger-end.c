/* SPDX-License-Identifier: ISC */
#include "ledger-writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "base/io.h"

/* Bytes up to the last one that is not zero, within one record's maximum behind "from". */
static int count_torn(struct aa_ledger_writer *writer, uint64_t from, uint32_t *ret)
{
    uint64_t room = writer->file_size - from;
    size_t left = (size_t)AA_MIN(room, (uint64_t)AA_LEDGER_RECORD_MAX);
    unsigned char chunk[4096];
    uint32_t torn = 0;

    for (size_t at = 0; at < left; at += sizeof(chunk)) {
        size_t n = AA_MIN(sizeof(chunk), left - at);
        int r = aa_read_at(writer->fd, chunk, n, from + at);

        if (r < 0)
            return r;
        for (size_t i = 0; i < n; i++) {
            if (chunk[i] != 0)
                torn = (uint32_t)(at + i + 1);
        }
    }
    *ret = torn;
    return 0;
}

/* A killed writer leaves the beginning of one record and no more. */
static bool is_one_unfinished_record(struct aa_ledger_writer *writer, uint32_t torn)
{
    uint64_t room = writer->file_size - writer->end.end;
    struct aa_ledger_record record;

    if (torn < sizeof(record))
        return true;
    return aa_read_at(writer->fd, &record, sizeof(record), writer->end.end) == 0 &&
           aa_ledger_record_is_plausible(&record, room) && torn <= record.size;
}

/* What is not simply unfinished is kept beside the ledger for whoever looks into it. */
static int set_aside(struct aa_ledger_writer *writer, uint32_t torn)
{
    char name[64], chunk[4096];
    _cleanup_close_ int fd = -1;
    int r = 0;

    snprintf(name, sizeof(name), AA_LEDGER_FILE ".removed-%llu",
             (unsigned long long)writer->end.next_seq);
    fd = openat(writer->state_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return -errno;
    for (uint32_t at = 0; r == 0 && at < torn; at += sizeof(chunk)) {
        size_t n = AA_MIN(sizeof(chunk), (size_t)(torn - at));

        r = aa_read_at(writer->fd, chunk, n, writer->end.end + at);
        if (r == 0)
            r = aa_write_all(fd, chunk, n);
    }
    return r;
}

/* Removes what stands behind the last whole record. */
static int remove_torn(struct aa_ledger_writer *writer)
{
    static const char zeros[4096];
    uint32_t torn;
    int r = count_torn(writer, writer->end.end, &torn);

    if (r == 0 && !is_one_unfinished_record(writer, torn)) {
        writer->damaged = true;
        r = set_aside(writer, torn);
    }
    for (uint32_t at = 0; r == 0 && at < torn; at += sizeof(zeros))
        r = aa_write_at(writer->fd, zeros, AA_MIN(sizeof(zeros), (size_t)(torn - at)),
                       writer->end.end + at);
    if (r == 0)
        writer->torn_bytes = torn;
    return r;
}

static bool mark_is_true(struct aa_ledger_writer *writer, const struct aa_ledger_mark *mark)
{
    struct aa_ledger_record last;

    if (mark->checksum != aa_ledger_mark_checksum(mark) || mark->end % 8 != 0 ||
        mark->end < AA_LEDGER_HEADER_SIZE || mark->end > writer->file_size)
        return false;
    if (mark->last_size == 0)
        return mark->end == AA_LEDGER_HEADER_SIZE && mark->next_seq == 1;
    return mark->last_size <= mark->end - AA_LEDGER_HEADER_SIZE &&
           aa_read_at(writer->fd, &last, sizeof(last), mark->end - mark->last_size) == 0 &&
           aa_ledger_record_is_plausible(&last, mark->last_size) &&
           last.size == mark->last_size && last.seq == mark->next_seq - 1 &&
           memcmp(last.hash, mark->last_hash, sizeof(last.hash)) == 0;
}

/* Whether a whole record that builds on this one stands behind it: then it was no torn end. */
static bool is_followed(struct aa_ledger_writer *writer, const struct aa_ledger_record *record)
{
    uint64_t at = writer->end.end + record->size;
    _cleanup_free_ char *payload = NULL;
    struct aa_ledger_record next;
    unsigned char hash[AA_SHA256_SIZE];

    if (at + sizeof(next) > writer->file_size ||
        aa_read_at(writer->fd, &next, sizeof(next), at) < 0 ||
        !aa_ledger_record_is_plausible(&next, writer->file_size - at) ||
        memcmp(next.prev, record->hash, sizeof(next.prev)) != 0)
        return false;
    payload = malloc((size_t)next.payload_length + 1);
    if (payload == NULL ||
        aa_read_at(writer->fd, payload, next.payload_length, at + sizeof(next)) < 0)
        return false;
    aa_ledger_record_hash(&next, payload, hash);
    return memcmp(hash, next.hash, sizeof(hash)) == 0;
}

/* 1 the record at the end of the chain belongs to it (and the end has moved on), 0 it is no
 * whole record. */
static int read_on(struct aa_ledger_writer *writer)
{
    _cleanup_free_ char *payload = NULL;
    struct aa_ledger_mark *end = &writer->end;
    uint64_t room = writer->file_size - end->end;
    struct aa_ledger_record record;
    unsigned char hash[AA_SHA256_SIZE];
    int r;

    writer->end_is_clean = room < sizeof(record);
    if (writer->end_is_clean)
        return 0;
    r = aa_read_at(writer->fd, &record, sizeof(record), end->end);
    if (r < 0)
        return r;
    writer->end_is_clean = record.magic == 0;
    if (!aa_ledger_record_is_plausible(&record, room) || record.seq < end->next_seq ||
        record.previous_size != end->last_size ||
        memcmp(record.prev, end->last_hash, sizeof(record.prev)) != 0)
        return 0;
    payload = malloc((size_t)record.payload_length + 1);
    if (payload == NULL)
        return -ENOMEM;
    r = aa_read_at(writer->fd, payload, record.payload_length, end->end + sizeof(record));
    if (r < 0)
        return r;
    aa_ledger_record_hash(&record, payload, hash);
    /* one that was changed later stays where it is, for verify to name */
    if (memcmp(hash, record.hash, sizeof(hash)) != 0 && !is_followed(writer, &record))
        return 0;
    end->end += record.size;
    end->next_seq = record.seq + 1;
    end->last_size = record.size;
    memcpy(end->last_hash, record.hash, sizeof(record.hash));
    return 1;
}

/* Whether the mark speaks of records that are not there, and of no more than had room. */
static bool mark_knew_more(const struct aa_ledger_writer *writer, const struct aa_ledger_mark *mark)
{
    return mark->checksum == aa_ledger_mark_checksum(mark) && mark->end <= writer->file_size &&
           mark->end > writer->end.end && mark->next_seq > writer->end.next_seq &&
           mark->next_seq - writer->end.next_seq <=
               (mark->end - writer->end.end) / sizeof(struct aa_ledger_record);
}

/* Where the chain ends: from the mark if it is true, else by reading from the start. */
int aa_ledger_find_end(struct aa_ledger_writer *writer, struct aa_fault *fault)
{
    int r;

    if (mark_is_true(writer, &writer->header.mark)) {
        writer->end = writer->header.mark;
    } else {
        writer->end = (struct aa_ledger_mark){ .end = AA_LEDGER_HEADER_SIZE, .next_seq = 1 };
        memcpy(writer->end.last_hash, writer->header.genesis, AA_SHA256_SIZE);
    }
    do
        r = read_on(writer);
    while (r == 1);
    /* records that the mark knew are gone (power was lost): their numbers are never given again,
     * so that the gap stays to be seen */
    if (mark_knew_more(writer, &writer->header.mark))
        writer->end.next_seq = writer->header.mark.next_seq;
    if (r == 0 && !writer->end_is_clean)
        r = remove_torn(writer);
    if (r < 0)
        return aa_fault(fault, r == -ENOMEM ? AA_FAULT_MEMORY : AA_FAULT_LEDGER_DAMAGED, r,
                        "the end of the ledger cannot be found: %s", strerror(-r));
    return 0;
}
