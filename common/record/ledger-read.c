/* SPDX-License-Identifier: ISC */
#include "ledger-read.h"

#include <errno.h>
#include <fcntl.h>

#include "base/trusted-file.h"

int aa_ledger_reader_open(const struct aa_site *site, struct aa_ledger_reader *ret,
                          struct aa_fault *fault)
{
    struct aa_ledger_reader reader = { .site = site, .state_fd = -1, .fd = -1, .next_seq = 1 };
    char why[AA_TRUST_WHY_MAX];
    int r = aa_trusted_folder(site, site->state_dir, &reader.state_fd, why);

    reader.payload = (struct aa_buffer)AA_BUFFER_INIT(AA_LEDGER_RECORD_MAX + 1);
    if (r == AA_TRUST_OK)
        r = aa_trusted_file(site, reader.state_fd, AA_LEDGER_FILE, O_RDONLY, true, &reader.fd, NULL,
                            why);
    if (r != AA_TRUST_OK) {
        aa_ledger_reader_close(&reader);
        return aa_fault(fault, r == AA_TRUST_MISSING ? AA_FAULT_LEDGER_MISSING :
                                                       AA_FAULT_LEDGER_UNSAFE,
                        r < 0 ? r : -EPERM, "the ledger cannot be read: %s", why);
    }
    if (aa_read_at(reader.fd, &reader.header, sizeof(reader.header), 0) < 0 ||
        memcmp(reader.header.magic, AA_LEDGER_MAGIC, sizeof(reader.header.magic)) != 0 ||
        reader.header.format != AA_LEDGER_FORMAT) {
        aa_ledger_reader_close(&reader);
        return aa_fault(fault, AA_FAULT_LEDGER_DAMAGED, -EBADMSG,
                        "the ledger is damaged: its first block is not a ledger's");
    }
    reader.offset = AA_LEDGER_HEADER_SIZE;
    memcpy(reader.last_hash, reader.header.genesis, sizeof(reader.last_hash));
    *ret = reader;
    return 0;
}

void aa_ledger_reader_close(struct aa_ledger_reader *reader)
{
    if (reader->fd >= 0)
        close(reader->fd);
    if (reader->state_fd >= 0)
        close(reader->state_fd);
    aa_buffer_free(&reader->payload);
    reader->fd = reader->state_fd = -1;
}

static int read_payload(struct aa_ledger_reader *reader)
{
    char chunk[16 * 1024];
    size_t left = reader->record.payload_length;
    uint64_t at = reader->offset + sizeof(reader->record);

    aa_buffer_clear(&reader->payload);
    while (left > 0) {
        size_t n = AA_MIN(sizeof(chunk), left);
        int r = aa_read_at(reader->fd, chunk, n, at);

        if (r < 0)
            return r;
        aa_buffer_add(&reader->payload, chunk, n);
        at += n;
        left -= n;
    }
    return reader->payload.error;
}

int aa_ledger_reader_next(struct aa_ledger_reader *reader, const char **why)
{
    struct aa_ledger_record *record = &reader->record;
    unsigned char hash[AA_SHA256_SIZE];
    struct stat st;
    int item = AA_LEDGER_RECORD, r;

    *why = "";
    if (fstat(reader->fd, &st) != 0)
        return -errno;
    if (reader->offset + sizeof(*record) > (uint64_t)st.st_size)
        return AA_LEDGER_END;
    r = aa_read_at(reader->fd, record, sizeof(*record), reader->offset);
    if (r < 0)
        return r;
    if (record->magic == 0)
        return AA_LEDGER_END;
    if (!aa_ledger_record_is_plausible(record, (uint64_t)st.st_size - reader->offset)) {
        *why = "bytes that are no record";
        return AA_LEDGER_GARBAGE;
    }
    r = read_payload(reader);
    if (r < 0)
        return r;
    aa_ledger_record_hash(record, reader->payload.data, hash);
    if (memcmp(hash, record->hash, sizeof(hash)) != 0) {
        *why = "its content was changed, or only a part of it was written";
        item = AA_LEDGER_BROKEN;
    } else if (record->seq != reader->next_seq) {
        *why = "its number does not follow the one before";
        item = AA_LEDGER_BROKEN;
    } else if (memcmp(record->prev, reader->last_hash, sizeof(hash)) != 0 ||
               record->previous_size != reader->last_size) {
        *why = "it does not follow the record before it";
        item = AA_LEDGER_BROKEN;
    }
    reader->offset += record->size;
    reader->next_seq = record->seq + 1;
    reader->last_size = record->size;
    memcpy(reader->last_hash, record->hash, sizeof(reader->last_hash));
    return item;
}
