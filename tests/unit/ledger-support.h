/* SPDX-License-Identifier: ISC */
/* Records with a number each, written to the ledger of a test's world and read back, so that a
 * test can say which are there and how often. */
#ifndef AA_TEST_LEDGER_SUPPORT_H
#define AA_TEST_LEDGER_SUPPORT_H

#include "record/ledger-read.h"
#include "record/ledger.h"
#include "world.h"

enum { LEDGER_RECORDS_MAX = 8192 };

/* What the ledger holds, in its order. */
struct ledger_content {
    size_t n, broken, torn, from_side;
    bool garbage;
    uint32_t torn_bytes; /* of the last torn end that was removed */
    unsigned numbers[LEDGER_RECORDS_MAX];
};

/* Appends record "number", with a payload of about "size" bytes that follow from the number. */
int ledger_append(const struct world *world, unsigned number, size_t size, enum aa_ledger_use use,
                  struct aa_ledger_position *ret, struct aa_fault *fault);
/* The same, and the test fails where it cannot. */
struct aa_ledger_position ledger_add(const struct world *world, unsigned number, size_t size);

/* Reads it all; a payload that is not its number's fails the test. */
const struct ledger_content *ledger_read(const struct world *world);
/* The test fails unless the chain is whole and holds exactly "n" records. */
const struct ledger_content *ledger_read_whole(const struct world *world, size_t n);

/* Bytes of the ledger's file, for tests that damage it. */
void ledger_peek(const struct world *world, uint64_t offset, void *data, size_t length);
void ledger_poke(const struct world *world, uint64_t offset, const void *data, size_t length);
struct aa_ledger_header ledger_header(const struct world *world);
/* Puts a mark into the header, its checksum made right where "sealed". */
void ledger_set_mark(const struct world *world, struct aa_ledger_mark mark, bool sealed);
uint64_t ledger_size(const struct world *world);

/* The payload of a record, for tests that write one by other ways than append. */
void ledger_payload(struct aa_buffer *fields, unsigned number, size_t size);

/* How many side files there are. */
size_t ledger_sides(const struct world *world);

/* Holds the lock in another process until it is let go. */
struct ledger_holder {
    int pid, pipe_fd;
};
struct ledger_holder ledger_hold(const struct world *world);
void ledger_let_go(struct ledger_holder *holder);

#endif
