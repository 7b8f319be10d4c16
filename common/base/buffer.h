/* SPDX-License-Identifier: ISC */
/*
 * The one growing byte buffer: a hard maximum, and an error that sticks, so
 * that a sequence of appends is checked once at its end.
 */
#ifndef AA_BUFFER_H
#define AA_BUFFER_H

#include <stdbool.h>

#include "macros.h"

struct aa_buffer {
    char *data;
    size_t length;
    size_t capacity;
    size_t maximum;
    int error; /* 0, -ENOMEM or -E2BIG; once set, appends do nothing */
};

#define AA_BUFFER_INIT(max) { .maximum = (max) }

void aa_buffer_add(struct aa_buffer *buffer, const void *data, size_t length);
void aa_buffer_add_text(struct aa_buffer *buffer, const char *text);
void aa_buffer_add_byte(struct aa_buffer *buffer, char byte);
void aa_buffer_add_u32(struct aa_buffer *buffer, uint32_t value); /* little endian */
void aa_buffer_add_u64(struct aa_buffer *buffer, uint64_t value);
void aa_buffer_printf(struct aa_buffer *buffer, const char *format, ...) AA_PRINTF(2, 3);
void aa_buffer_pad(struct aa_buffer *buffer, size_t alignment);
void aa_buffer_clear(struct aa_buffer *buffer);  /* empty, memory kept */
void aa_buffer_free(struct aa_buffer *buffer);

/* The content as a string; NULL when an append failed. */
const char *aa_buffer_text(struct aa_buffer *buffer);

#define _cleanup_buffer_ _cleanup_(aa_buffer_free)

/* A bounded reader: every get fails (false) rather than pass the end. */
struct aa_reader {
    const unsigned char *data;
    size_t left;
};

bool aa_reader_u32(struct aa_reader *reader, uint32_t *ret);
bool aa_reader_u64(struct aa_reader *reader, uint64_t *ret);
bool aa_reader_bytes(struct aa_reader *reader, size_t length, const unsigned char **ret);

#endif
