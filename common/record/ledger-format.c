/* SPDX-License-Identifier: ISC */
#include "ledger-format.h"

uint64_t aa_ledger_mark_checksum(const struct aa_ledger_mark *mark)
{
    unsigned char hash[AA_SHA256_SIZE];
    struct aa_sha256 state;
    uint64_t sum = 0;

    aa_sha256_start(&state);
    aa_sha256_add(&state, mark, offsetof(struct aa_ledger_mark, checksum));
    aa_sha256_finish(&state, hash);
    for (size_t i = 0; i < sizeof(sum); i++)
        sum = sum << 8 | hash[i];
    return sum;
}

void aa_ledger_record_hash(const struct aa_ledger_record *record, const void *payload,
                           unsigned char ret[AA_SHA256_SIZE])
{
    struct aa_sha256 state;

    aa_sha256_start(&state);
    aa_sha256_add(&state, record, offsetof(struct aa_ledger_record, hash));
    aa_sha256_add(&state, record->side_id, sizeof(record->side_id));
    aa_sha256_add(&state, payload, record->payload_length);
    aa_sha256_finish(&state, ret);
}

int aa_ledger_record_is_plausible(const struct aa_ledger_record *record, uint64_t room)
{
    return record->magic == AA_LEDGER_RECORD_MAGIC && record->size % 8 == 0 &&
           record->size >= sizeof(*record) && record->size <= AA_LEDGER_RECORD_MAX &&
           record->size <= room && record->payload_length <= record->size - sizeof(*record) &&
           record->size - sizeof(*record) - record->payload_length < 8;
}
