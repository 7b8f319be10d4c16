/* SPDX-License-Identifier: ISC */
#include "fields-json.h"

#include "base/text.h"

static bool same_name(const struct aa_field *a, const struct aa_field *b)
{
    return a->name_length == b->name_length && memcmp(a->name, b->name, a->name_length) == 0;
}

static bool is_listed(const char *const *names, const struct aa_field *field)
{
    for (; names != NULL && *names != NULL; names++) {
        if (strlen(*names) == field->name_length &&
            memcmp(*names, field->name, field->name_length) == 0)
            return true;
    }
    return false;
}

static bool is_first_of_its_name(struct aa_reader fields, const struct aa_field *field)
{
    struct aa_field other;

    while (aa_field_next(&fields, &other) == 1 && other.name != field->name) {
        if (same_name(&other, field))
            return false;
    }
    return true;
}

static void add_name(struct aa_buffer *out, const struct aa_field *field, bool short_name)
{
    char name[AA_FIELD_NAME_MAX];
    size_t cut = short_name && field->name_length > 3 && memcmp(field->name, "AA_", 3) == 0 ? 3 : 0;
    size_t length = field->name_length - cut;

    memcpy(name, field->name + cut, length);
    for (size_t i = 0; short_name && i < length; i++) {
        if (name[i] >= 'A' && name[i] <= 'Z')
            name[i] = (char)(name[i] - 'A' + 'a');
    }
    aa_text_add_json(out, name, length);
    aa_buffer_add_byte(out, ':');
}

/* "rest" are the fields behind this one. */
static void add_values(struct aa_buffer *out, const struct aa_field *field, struct aa_reader rest,
                       bool array)
{
    struct aa_reader ahead = rest;
    struct aa_field other;

    while (!array && aa_field_next(&ahead, &other) == 1)
        array = same_name(&other, field);
    if (array)
        aa_buffer_add_byte(out, '[');
    aa_text_add_json(out, field->value, field->value_length);
    while (array && aa_field_next(&rest, &other) == 1) {
        if (!same_name(&other, field))
            continue;
        aa_buffer_add_byte(out, ',');
        aa_text_add_json(out, other.value, other.value_length);
    }
    if (array)
        aa_buffer_add_byte(out, ']');
}

static bool holds_name(struct aa_reader fields, const char *name)
{
    struct aa_field field;

    while (aa_field_next(&fields, &field) == 1) {
        if (strlen(name) == field.name_length && memcmp(name, field.name, field.name_length) == 0)
            return true;
    }
    return false;
}

size_t aa_fields_json_add(struct aa_buffer *out, struct aa_reader fields,
                       const struct aa_fields_json *style)
{
    const struct aa_reader all = fields;
    struct aa_field field;
    size_t n = 0;

    while (aa_field_next(&fields, &field) == 1) {
        if (is_listed(style->left_out, &field) || !is_first_of_its_name(all, &field))
            continue;
        if (n++ > 0)
            aa_buffer_add_byte(out, ',');
        add_name(out, &field, style->short_names);
        add_values(out, &field, fields, is_listed(style->arrays, &field));
    }
    /* a program need not ask whether a list is there */
    for (const char *const *name = style->arrays; name != NULL && *name != NULL; name++) {
        if (holds_name(all, *name))
            continue;
        if (n++ > 0)
            aa_buffer_add_byte(out, ',');
        field = (struct aa_field){ .name = *name, .name_length = strlen(*name) };
        add_name(out, &field, style->short_names);
        aa_buffer_add_text(out, "[]");
    }
    return n;
}
