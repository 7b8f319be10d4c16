/* SPDX-License-Identifier: ISC */
#include "test.h"

#include "json-line.h"

#include <stdlib.h>
#include <string.h>

static char *put_utf8(char *out, unsigned long c)
{
    if (c < 0x80) {
        *out++ = (char)c;
    } else if (c < 0x800) {
        *out++ = (char)(0xc0 | c >> 6);
        *out++ = (char)(0x80 | (c & 0x3f));
    } else {
        *out++ = (char)(0xe0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
        *out++ = (char)(0x80 | (c & 0x3f));
    }
    return out;
}

static const char *expect(const char *at, char c)
{
    if (*at != c)
        fail_msg("no JSON: '%c' expected at \"%.40s\"", c, at);
    return at + 1;
}

static const char *read_escape(const char *at, char **out)
{
    char hex[5] = "";
    unsigned long c;
    char *end;

    if (*at == '"' || *at == '\\' || *at == '/') {
        *(*out)++ = *at;
        return at + 1;
    }
    at = expect(at, 'u');
    strncpy(hex, at, 4);
    c = strtoul(hex, &end, 16);
    assert_int_equal(end - hex, 4);
    assert_true(c != 0 && (c < 0xd800 || c > 0xdfff)); /* the tool writes no surrogates */
    *out = put_utf8(*out, c);
    return at + 4;
}

/* Into memory that is as long as what is read, which is never shorter than what is meant. */
static const char *read_string(const char *at, char **ret)
{
    char *out = *ret = malloc(strcspn(at, "\n") + 1);

    assert_non_null(out);
    at = expect(at, '"');
    while (*at != '"') {
        assert_true((unsigned char)*at >= 0x20); /* also the end of the text */
        if (*at == '\\')
            at = read_escape(at + 1, &out);
        else
            *out++ = *at++;
    }
    *out = '\0';
    return at + 1;
}

static const char *read_value(const char *at, const char *name, struct record *record)
{
    char *value;

    at = read_string(at, &value);
    record_add(record, name, strlen(name), value, strlen(value));
    free(value);
    return at;
}

const char *json_line_read(const char *line, struct record *record)
{
    line = expect(line, '{');
    for (;;) {
        char *name;

        line = expect(read_string(line, &name), ':');
        if (*line == '[') {
            do
                line = read_value(line + 1, name, record);
            while (*line == ',');
            line = expect(line, ']');
        } else {
            line = read_value(line, name, record);
        }
        free(name);
        if (*line != ',')
            return expect(line, '}');
        line++;
    }
}
