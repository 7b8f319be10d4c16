/* SPDX-License-Identifier: ISC */
#include "record-json.h"

#include <errno.h>

enum { MEMBERS_MAX = 4096 };

struct reading {
    const char *at, *end;
    struct aa_buffer *fields;
};

static void skip_blanks(struct reading *r)
{
    while (r->at < r->end && strchr(" \t\r\n", *r->at) != NULL && *r->at != '\0')
        r->at++;
}

static bool take(struct reading *r, char c)
{
    skip_blanks(r);
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

static bool take_hex(struct reading *r, uint32_t *ret)
{
    uint32_t value = 0;

    if (r->end - r->at < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        char c = *r->at++;

        if (c >= '0' && c <= '9')
            value = value * 16 + (uint32_t)(c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            value = value * 16 + (uint32_t)((c | 0x20) - 'a') + 10;
        else
            return false;
    }
    *ret = value;
    return true;
}

static void add_character(struct aa_buffer *out, uint32_t c)
{
    if (c < 0x80) {
        aa_buffer_add_byte(out, (char)c);
        return;
    }
    if (c < 0x800) {
        aa_buffer_add_byte(out, (char)(0xc0 | c >> 6));
    } else {
        if (c < 0x10000) {
            aa_buffer_add_byte(out, (char)(0xe0 | c >> 12));
        } else {
            aa_buffer_add_byte(out, (char)(0xf0 | c >> 18));
            aa_buffer_add_byte(out, (char)(0x80 | (c >> 12 & 0x3f)));
        }
        aa_buffer_add_byte(out, (char)(0x80 | (c >> 6 & 0x3f)));
    }
    aa_buffer_add_byte(out, (char)(0x80 | (c & 0x3f)));
}

static bool take_escape(struct reading *r, struct aa_buffer *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    uint32_t c, low;
    const char *found;

    if (r->at == r->end)
        return false;
    found = *r->at == '\0' ? NULL : strchr(from, *r->at);
    if (found != NULL) {
        aa_buffer_add_byte(out, to[found - from]);
        r->at++;
        return true;
    }
    if (*r->at++ != 'u' || !take_hex(r, &c))
        return false;
    if (c >= 0xd800 && c < 0xdc00) {
        if (r->end - r->at < 6 || r->at[0] != '\\' || r->at[1] != 'u')
            return false;
        r->at += 2;
        if (!take_hex(r, &low) || low < 0xdc00 || low > 0xdfff)
            return false;
        c = 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00));
    }
    add_character(out, c);
    return true;
}

static bool take_text(struct reading *r, struct aa_buffer *out)
{
    if (!take(r, '"'))
        return false;
    while (r->at < r->end) {
        char c = *r->at++;

        if (c == '"')
            return true;
        if (c != '\\')
            aa_buffer_add_byte(out, c);
        else if (!take_escape(r, out))
            return false;
    }
    return false;
}

static bool take_field(struct reading *r, const char *name)
{
    size_t begun = aa_field_begin(r->fields, name);
    bool good = take_text(r, r->fields);

    aa_field_end(r->fields, begun);
    return good;
}

/* A number, true, false, null. */
static bool skip_other(struct reading *r)
{
    const char *start = r->at;

    while (r->at < r->end && strchr(",}] \t\r\n{[\"", *r->at) == NULL)
        r->at++;
    return r->at > start;
}

static bool take_value(struct reading *r, const char *name)
{
    skip_blanks(r);
    if (r->at < r->end && *r->at == '"')
        return take_field(r, name);
    if (!take(r, '['))
        return skip_other(r);
    if (take(r, ']'))
        return true;
    for (int i = 0; i < MEMBERS_MAX; i++) {
        skip_blanks(r);
        if (r->at < r->end && *r->at == '"' ? !take_field(r, name) : !skip_other(r))
            return false;
        if (take(r, ']'))
            return true;
        if (!take(r, ','))
            return false;
    }
    return false;
}

int record_from_json(const char *line, size_t length, struct aa_buffer *fields)
{
    struct reading reading = { line, line + length, fields };

    if (!take(&reading, '{'))
        return -EINVAL;
    for (int i = 0; i < MEMBERS_MAX; i++) {
        _cleanup_buffer_ struct aa_buffer name = AA_BUFFER_INIT(AA_FIELD_NAME_MAX);

        if (!take_text(&reading, &name) || aa_buffer_text(&name) == NULL || name.length == 0 ||
            strchr(name.data, '=') != NULL || !take(&reading, ':') ||
            !take_value(&reading, name.data))
            return -EINVAL;
        if (take(&reading, '}')) {
            skip_blanks(&reading);
            return reading.at == reading.end && fields->error == 0 ? 0 : -EINVAL;
        }
        if (!take(&reading, ','))
            return -EINVAL;
    }
    return -EINVAL;
}
