/* SPDX-License-Identifier: ISC */
/* Records as a reader of them has them: names and values. */
#ifndef RECORDS_H
#define RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

enum { RECORD_FIELDS_MAX = 64 };

struct record {
    size_t n;
    struct {
        char *name, *value;
    } fields[RECORD_FIELDS_MAX];
    struct ucred sender; /* only in the journal's */
    bool as_file;
    int seals;
};

struct records {
    struct record *v;
    size_t n;
};

/* The value of a field, NULL where there is none. */
const char *record_value(const struct record *record, const char *name);
/* The same, "" where there is none: for comparisons. */
const char *record_text(const struct record *record, const char *name);

void record_add(struct record *record, const char *name, size_t name_length, const char *value,
                size_t value_length);
struct record *records_new(struct records *records);
void records_free(struct records *records);

/* The ledger, read back by the product's own tool: "actionapprove log --json". */
void ledger_read(struct records *ret);

/* Fails unless the ledger's events are these, from its start, in one string with blanks. */
void ledger_expect(const char *events);

/* Fails unless the chain is whole: "actionapprove verify". */
void ledger_expect_whole(void);

#endif
