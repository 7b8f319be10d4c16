/* SPDX-License-Identifier: ISC */
#include "object.h"

#include <ctype.h>
#include <errno.h>

#include "base/text.h"

enum { OBJECT_FIELDS_MAX = 512 };

static bool is_named(const struct aa_field *field, const char *name)
{
    return field->name_length == strlen(name) && memcmp(field->name, name, field->name_length) == 0;
}

/* Programs should not have to look whether there was one or more. */
static bool can_repeat(const struct aa_field *field)
{
    static const char *const names[] = {
        "AA_APPROVER", "AA_APPROVER_ID", "AA_APPROVER_REASON", "AA_FROM", "AA_APPROVED_BY",
        "AA_WARNING", "AA_ENV", "AA_CHANNEL",
    };

    for (size_t i = 0; i < AA_ARRAY_SIZE(names); i++) {
        if (is_named(field, names[i]))
            return true;
    }
    return false;
}

static bool is_same(const struct aa_field *a, const struct aa_field *b)
{
    return a->name_length == b->name_length && memcmp(a->name, b->name, a->name_length) == 0;
}

static void add_name(struct aa_buffer *buffer, const struct aa_field *field)
{
    const char *name = field->name;
    size_t n = field->name_length;

    if (n > 3 && memcmp(name, "AA_", 3) == 0) {
        name += 3;
        n -= 3;
    }
    aa_buffer_add_byte(buffer, '"');
    for (size_t i = 0; i < n; i++)
        aa_buffer_add_byte(buffer, (char)tolower((unsigned char)name[i]));
    aa_buffer_add_text(buffer, "\":");
}

void aa_object_open(struct aa_buffer *buffer, const void *data, size_t length)
{
    _cleanup_free_ struct aa_field *all = calloc(OBJECT_FIELDS_MAX, sizeof(*all));
    struct aa_reader reader = { data, length };
    size_t n = 0, written = 0;
    int r = 0;

    if (all == NULL) {
        buffer->error = -ENOMEM;
        return;
    }
    while (n < OBJECT_FIELDS_MAX && (r = aa_field_next(&reader, &all[n])) == 1)
        n++;
    if (r != 0) {
        buffer->error = r < 0 ? r : -E2BIG;
        return;
    }
    aa_buffer_add_byte(buffer, '{');
    for (size_t i = 0; i < n; i++) {
        bool repeats = can_repeat(&all[i]), before = false;

        for (size_t j = 0; j < i; j++)
            before |= is_same(&all[i], &all[j]);
        if (before)
            continue;
        if (written++ > 0)
            aa_buffer_add_byte(buffer, ',');
        add_name(buffer, &all[i]);
        if (repeats)
            aa_buffer_add_byte(buffer, '[');
        aa_text_add_json(buffer, all[i].value, all[i].value_length);
        for (size_t j = i + 1; repeats && j < n; j++) {
            if (!is_same(&all[i], &all[j]))
                continue;
            aa_buffer_add_byte(buffer, ',');
            aa_text_add_json(buffer, all[j].value, all[j].value_length);
        }
        if (repeats)
            aa_buffer_add_byte(buffer, ']');
    }
}

void aa_object_add(struct aa_buffer *buffer, const void *data, size_t length)
{
    aa_object_open(buffer, data, length);
    aa_buffer_add_byte(buffer, '}');
}
