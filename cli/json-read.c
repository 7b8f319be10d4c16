/* SPDX-License-Identifier: ISC */
#include "json-read.h"

#include <string.h>

void json_skip_blanks(struct json_reading *r)
{
    while (r->at < r->end && strchr(" \t\r\n", *r->at) != NULL && *r->at != '\0')
        r->at++;
}

bool json_take(struct json_reading *r, char c)
{
    json_skip_blanks(r);
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

static bool take_hex(struct json_reading *r, uint32_t *ret)
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

static bool take_escape(struct json_reading *r, struct aa_buffer *out)
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

bool json_take_text(struct json_reading *r, struct aa_buffer *out)
{
    if (!json_take(r, '"'))
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
