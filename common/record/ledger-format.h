/* SPDX-License-Identifier: ISC */
/*
 * The ledger on disk: a header block, then records, each a multiple of eight bytes and chained
 * to the one before by its hash; then zeros (preallocated, so that a full disk is noticed before
 * a command is let through). All numbers are little endian and naturally aligned.
 *
 * The mark in the header tells writers where the chain ends, so that they need not read it all.
 * It is only a hint: what it says is held against the records themselves.
 */
#ifndef AA_LEDGER_FORMAT_H
#define AA_LEDGER_FORMAT_H

#include <stdint.h>

#include "base/sha256.h"

#define AA_LEDGER_FILE "ledger"
#define AA_LEDGER_SIDE_FOLDER "ledger.side" /* exists only while there are side files */
#define AA_LEDGER_MAGIC "AALEDGR\n"

enum {
    AA_LEDGER_FORMAT = 1,
    AA_LEDGER_HEADER_SIZE = 4096,
    AA_LEDGER_GROWTH = 1024 * 1024,    /* preallocated at a time */
    AA_LEDGER_RESERVE = 256 * 1024,    /* kept for the ends of commands that were let through */
    AA_LEDGER_RECORD_MAX = 2 * 1024 * 1024,
    AA_LEDGER_RECORD_MAGIC = 0x31524141, /* "AAR1" */
    AA_LEDGER_SIDE_ID_SIZE = 16,
};

struct aa_ledger_mark {
    uint64_t end;       /* offset behind the last record */
    uint64_t next_seq;
    uint32_t last_size; /* of the last record, 0 where there is none */
    uint32_t reserved;
    unsigned char last_hash[AA_SHA256_SIZE];
    uint64_t checksum;
};

struct aa_ledger_header {
    char magic[8];
    uint32_t format;
    uint32_t header_size;
    uint64_t created_usec;
    unsigned char id[16];
    unsigned char genesis[AA_SHA256_SIZE]; /* "prev" of the first record */
    unsigned char reserved[440];
    struct aa_ledger_mark mark; /* at 512 */
};

enum aa_ledger_flag {
    AA_LEDGER_FROM_SIDE = 1u << 0,  /* was written beside the chain while its lock was held */
    AA_LEDGER_AFTER_TORN = 1u << 1, /* bytes behind the chain's end, torn_bytes, were removed */
    AA_LEDGER_AFTER_DAMAGE = 1u << 2, /* they were more than one unfinished record: see the file
                                         ledger.removed-SEQ */
};

struct aa_ledger_record {
    uint32_t magic;
    uint32_t size; /* with header and padding */
    uint64_t seq;  /* from 1 */
    uint32_t previous_size;
    uint32_t flags;
    uint32_t payload_length; /* fields.h */
    uint32_t torn_bytes;
    unsigned char prev[AA_SHA256_SIZE];
    unsigned char hash[AA_SHA256_SIZE]; /* of all of this but hash, seal and padding */
    unsigned char seal[AA_SHA256_SIZE]; /* zero until the ledger is sealed */
    unsigned char side_id[AA_LEDGER_SIDE_ID_SIZE];
};

_Static_assert(sizeof(struct aa_ledger_header) == 512 + sizeof(struct aa_ledger_mark), "layout");
_Static_assert(sizeof(struct aa_ledger_record) == 144, "layout");

uint64_t aa_ledger_mark_checksum(const struct aa_ledger_mark *mark);
void aa_ledger_record_hash(const struct aa_ledger_record *record, const void *payload,
                           unsigned char ret[AA_SHA256_SIZE]);

/* Whether a record's header is possible at all, with "room" bytes from its start to the end. */
int aa_ledger_record_is_plausible(const struct aa_ledger_record *record, uint64_t room);

#endif
