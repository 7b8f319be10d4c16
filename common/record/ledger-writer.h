/* SPDX-License-Identifier: ISC */
/*
 * The ledger in the hands of one writer, who holds its lock: where the chain ends, and what has to
 * be cleared away behind it. Private to the files that write.
 */
#ifndef AA_LEDGER_WRITER_H
#define AA_LEDGER_WRITER_H

#include "ledger.h"

struct aa_ledger_writer {
    const struct aa_site *site;
    int state_fd;
    int fd;
    uint64_t file_size;
    struct aa_ledger_header header;
    struct aa_ledger_mark end;
    bool end_is_clean;   /* zeros follow */
    uint32_t torn_bytes; /* removed by us at the end of the chain */
    bool damaged;        /* these were more than an unfinished record */
    unsigned char prev[AA_SHA256_SIZE]; /* of the record that was written last */
};

/* Finds the end of the chain: from the mark if it is true, else by reading from the start; and
 * removes what stands behind it. The header was read before. */
int aa_ledger_find_end(struct aa_ledger_writer *writer, struct aa_fault *fault);

#endif
