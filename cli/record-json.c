/* SPDX-License-Identifier: ISC */
#include "record-json.h"

#include <errno.h>

#include "json-read.h"

enum { MEMBERS_MAX = 4096 };

struct reading {
    struct json_reading json;
    struct aa_buffer *fields;
};

static bool take_field(struct reading *r, const char *name)
{
    size_t begun = aa_field_begin(r->fields, name);
    bool good = json_take_text(&r->json, r->fields);

    aa_field_end(r->fields, begun);
    return good;
}

/* A number, true, false, null. */
static bool skip_other(struct json_reading *r)
{
    const char *start = r->at;

    while (r->at < r->end && strchr(",}] \t\r\n{[\"", *r->at) == NULL)
        r->at++;
    return r->at > start;
}

static bool take_value(struct reading *r, const char *name)
{
    struct json_reading *json = &r->json;

    json_skip_blanks(json);
    if (json->at < json->end && *json->at == '"')
        return take_field(r, name);
    if (!json_take(json, '['))
        return skip_other(json);
    if (json_take(json, ']'))
        return true;
    for (int i = 0; i < MEMBERS_MAX; i++) {
        json_skip_blanks(json);
        if (json->at < json->end && *json->at == '"' ? !take_field(r, name) : !skip_other(json))
            return false;
        if (json_take(json, ']'))
            return true;
        if (!json_take(json, ','))
            return false;
    }
    return false;
}

int record_from_json(const char *line, size_t length, struct aa_buffer *fields)
{
    struct reading reading = { { line, line + length }, fields };
    struct json_reading *json = &reading.json;

    if (!json_take(json, '{'))
        return -EINVAL;
    for (int i = 0; i < MEMBERS_MAX; i++) {
        _cleanup_buffer_ struct aa_buffer name = AA_BUFFER_INIT(AA_FIELD_NAME_MAX);

        if (!json_take_text(json, &name) || aa_buffer_text(&name) == NULL || name.length == 0 ||
            strchr(name.data, '=') != NULL || !json_take(json, ':') ||
            !take_value(&reading, name.data))
            return -EINVAL;
        if (json_take(json, '}')) {
            json_skip_blanks(json);
            return json->at == json->end && fields->error == 0 ? 0 : -EINVAL;
        }
        if (!json_take(json, ','))
            return -EINVAL;
    }
    return -EINVAL;
}
