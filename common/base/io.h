/* SPDX-License-Identifier: ISC */
/* Reading and writing to the end, whatever signals say. */
#ifndef AA_IO_H
#define AA_IO_H

#include "buffer.h"

/* Reads a whole file of at most the buffer's maximum. */
int aa_read_all(int fd, struct aa_buffer *buffer);

/* Reads a small file, trailing newline removed; for /proc and the like. */
int aa_read_line(const char *path, char *ret, size_t size);

/* Writes all of it, or fails. */
int aa_write_all(int fd, const void *data, size_t length);

/* The same at a place in the file; -ENODATA where the file ends before. */
int aa_read_at(int fd, void *data, size_t length, uint64_t offset);
int aa_write_at(int fd, const void *data, size_t length, uint64_t offset);

#endif
