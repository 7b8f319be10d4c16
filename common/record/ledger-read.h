/* SPDX-License-Identifier: ISC */
/* Reading the ledger in order, believing nothing in it. */
#ifndef AA_LEDGER_READ_H
#define AA_LEDGER_READ_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/site.h"
#include "ledger-format.h"

struct aa_ledger_reader {
    const struct aa_site *site;
    int state_fd, fd;
    uint64_t offset, next_seq;
    uint32_t last_size;
    unsigned char last_hash[AA_SHA256_SIZE];
    struct aa_ledger_header header;
    struct aa_buffer payload;
    struct aa_ledger_record record; /* of the last item */
};

/* What the next thing in the ledger is. */
enum aa_ledger_item {
    AA_LEDGER_END = 0,
    AA_LEDGER_RECORD = 1,      /* whole, and in its place in the chain */
    AA_LEDGER_BROKEN = 2,      /* a whole record that does not follow the one before */
    AA_LEDGER_GARBAGE = 3,     /* no record: nothing behind it can be read */
};

int aa_ledger_reader_open(const struct aa_site *site, struct aa_ledger_reader *ret,
                          struct aa_fault *fault);
void aa_ledger_reader_close(struct aa_ledger_reader *reader);

/* enum aa_ledger_item, or negative errno. "why" (never NULL) explains BROKEN and GARBAGE. */
int aa_ledger_reader_next(struct aa_ledger_reader *reader, const char **why);

#endif
