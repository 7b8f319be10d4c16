/* SPDX-License-Identifier: ISC */
#include "buffer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

static bool reserve(struct aa_buffer *buffer, size_t more)
{
    size_t wanted, capacity;
    char *data;

    if (buffer->error != 0)
        return false;
    if (__builtin_add_overflow(buffer->length, more, &wanted) || wanted >= buffer->maximum) {
        buffer->error = -E2BIG;
        return false;
    }
    if (wanted < buffer->capacity)
        return true;
    capacity = buffer->capacity == 0 ? 256 : buffer->capacity;
    while (capacity <= wanted)
        capacity *= 2;
    data = realloc(buffer->data, capacity);
    if (data == NULL) {
        buffer->error = -ENOMEM;
        return false;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

void aa_buffer_add(struct aa_buffer *buffer, const void *data, size_t length)
{
    if (length == 0 || !reserve(buffer, length))
        return;
    memcpy(buffer->data + buffer->length, data, length);
    buffer->length += length;
}

void aa_buffer_add_text(struct aa_buffer *buffer, const char *text)
{
    aa_buffer_add(buffer, text, strlen(text));
}

void aa_buffer_add_byte(struct aa_buffer *buffer, char byte)
{
    aa_buffer_add(buffer, &byte, 1);
}

void aa_buffer_add_u32(struct aa_buffer *buffer, uint32_t value)
{
    unsigned char bytes[4];

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)(value >> (8 * i));
    aa_buffer_add(buffer, bytes, sizeof(bytes));
}

void aa_buffer_add_u64(struct aa_buffer *buffer, uint64_t value)
{
    aa_buffer_add_u32(buffer, (uint32_t)value);
    aa_buffer_add_u32(buffer, (uint32_t)(value >> 32));
}

void aa_buffer_printf(struct aa_buffer *buffer, const char *format, ...)
{
    va_list arguments;
    int n;

    va_start(arguments, format);
    n = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (n < 0 || !reserve(buffer, (size_t)n + 1))
        return;
    va_start(arguments, format);
    vsnprintf(buffer->data + buffer->length, (size_t)n + 1, format, arguments);
    va_end(arguments);
    buffer->length += (size_t)n;
}

void aa_buffer_pad(struct aa_buffer *buffer, size_t alignment)
{
    while (buffer->error == 0 && buffer->length % alignment != 0)
        aa_buffer_add_byte(buffer, '\0');
}

void aa_buffer_clear(struct aa_buffer *buffer)
{
    buffer->length = 0;
    buffer->error = 0;
}

void aa_buffer_free(struct aa_buffer *buffer)
{
    free(buffer->data);
    buffer->data = NULL;
    buffer->length = buffer->capacity = 0;
}

const char *aa_buffer_text(struct aa_buffer *buffer)
{
    /* what was appended always left room for this byte */
    if (buffer->error != 0 || (buffer->data == NULL && !reserve(buffer, 0)))
        return NULL;
    buffer->data[buffer->length] = '\0';
    return buffer->data;
}

bool aa_reader_bytes(struct aa_reader *reader, size_t length, const unsigned char **ret)
{
    if (length > reader->left)
        return false;
    *ret = reader->data;
    reader->data += length;
    reader->left -= length;
    return true;
}

bool aa_reader_u32(struct aa_reader *reader, uint32_t *ret)
{
    const unsigned char *bytes;

    if (!aa_reader_bytes(reader, 4, &bytes))
        return false;
    *ret = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
    return true;
}

bool aa_reader_u64(struct aa_reader *reader, uint64_t *ret)
{
    uint32_t low, high;

    if (!aa_reader_u32(reader, &low) || !aa_reader_u32(reader, &high))
        return false;
    *ret = (uint64_t)high << 32 | low;
    return true;
}
