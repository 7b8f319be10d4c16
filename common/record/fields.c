/* SPDX-License-Identifier: ISC */
#include "fields.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "mask/mask.h"

size_t aa_field_begin(struct aa_buffer *fields, const char *name)
{
    size_t begun = fields->length;

    aa_buffer_add_u32(fields, 0);
    aa_buffer_add_text(fields, name);
    aa_buffer_add_byte(fields, '=');
    return begun;
}

void aa_field_end(struct aa_buffer *fields, size_t begun)
{
    size_t length;

    if (fields->error != 0)
        return;
    length = fields->length - begun - 4;
    for (size_t i = 0; i < 4; i++)
        fields->data[begun + i] = (char)(length >> (8 * i) & 0xff);
}

void aa_field_add(struct aa_buffer *fields, const char *name, const char *value)
{
    size_t begun = aa_field_begin(fields, name);

    aa_buffer_add_text(fields, value);
    aa_field_end(fields, begun);
}

void aa_field_printf(struct aa_buffer *fields, const char *name, const char *format, ...)
{
    char value[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(value, sizeof(value), format, arguments);
    va_end(arguments);
    aa_field_add(fields, name, value);
}

void aa_field_add_masked(struct aa_buffer *fields, const char *name, const char *text)
{
    size_t begun, length;

    if (text == NULL)
        return;
    length = strnlen(text, AA_TEXT_MAX);
    begun = aa_field_begin(fields, name);
    aa_mask_add(fields, text, length);
    if (text[length] != '\0')
        aa_buffer_printf(fields, " [… %zu bytes left out …]", strlen(text + length));
    aa_field_end(fields, begun);
}

void aa_field_add_prose(struct aa_buffer *fields, struct aa_masker *masker, const char *name,
                        const char *text)
{
    size_t begun, length;

    if (text == NULL)
        return;
    length = strnlen(text, AA_TEXT_MAX);
    begun = aa_field_begin(fields, name);
    aa_mask_add_prose(fields, masker, text, length);
    if (text[length] != '\0')
        aa_buffer_printf(fields, " [… %zu bytes left out …]", strlen(text + length));
    aa_field_end(fields, begun);
}

int aa_field_next(struct aa_reader *fields, struct aa_field *ret)
{
    const unsigned char *bytes;
    const char *equal;
    uint32_t length;

    if (fields->left == 0)
        return 0;
    if (!aa_reader_u32(fields, &length) || !aa_reader_bytes(fields, length, &bytes))
        return -EBADMSG;
    equal = memchr(bytes, '=', length);
    if (equal == NULL || equal == (const char *)bytes ||
        equal - (const char *)bytes > AA_FIELD_NAME_MAX)
        return -EBADMSG;
    ret->name = (const char *)bytes;
    ret->name_length = (size_t)(equal - (const char *)bytes);
    ret->value = equal + 1;
    ret->value_length = length - ret->name_length - 1;
    return 1;
}
