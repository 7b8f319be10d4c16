/* SPDX-License-Identifier: ISC */
/* Headers, fields, and the table of what may be said when. */
#include "wire.h"

#include <errno.h>

#include "text.h"

#define BIT(type) (1u << (type))

/*
 * "after": all of these were said before. "not_after": none of these was. A side is barred only by
 * what it said itself, so that two frames that pass each other on the way break no rule: a vote
 * that was sent before the last outcome arrived is a late one, not a wrong one.
 */
static const struct rule {
    const char *name;
    enum aa_wire_side from;
    uint32_t payload_max;
    aa_wire_said after, not_after;
} rules[32] = {
    [AA_WIRE_HELLO] = { "HELLO", AA_WIRE_ROOT, 4 + AA_WIRE_NAME_MAX + 1, 0, BIT(AA_WIRE_HELLO) },
    [AA_WIRE_CONFIG] = { "CONFIG", AA_WIRE_ROOT, AA_WIRE_FRAME_MAX, BIT(AA_WIRE_HELLO),
                         BIT(AA_WIRE_CONFIG) },
    [AA_WIRE_ASK] = { "ASK", AA_WIRE_ROOT, AA_WIRE_FRAME_MAX, BIT(AA_WIRE_CONFIG),
                      BIT(AA_WIRE_ASK) },
    [AA_WIRE_ANSWER] = { "ANSWER", AA_WIRE_ROOT, AA_WIRE_REPORT_MAX,
                         BIT(AA_WIRE_ASK) | BIT(AA_WIRE_VOTE), BIT(AA_WIRE_LAST) },
    [AA_WIRE_OUTCOME] = { "OUTCOME", AA_WIRE_ROOT, AA_WIRE_FRAME_MAX, BIT(AA_WIRE_ASK),
                          BIT(AA_WIRE_LAST) },
    [AA_WIRE_HELLO_BACK] = { "HELLO", AA_WIRE_COURIER, 4 + AA_WIRE_NAME_MAX + 1,
                             BIT(AA_WIRE_HELLO), BIT(AA_WIRE_HELLO_BACK) },
    [AA_WIRE_POSTED] = { "POSTED", AA_WIRE_COURIER, AA_WIRE_REPORT_MAX,
                         BIT(AA_WIRE_HELLO_BACK) | BIT(AA_WIRE_ASK),
                         BIT(AA_WIRE_POSTED) | BIT(AA_WIRE_FAILED) | BIT(AA_WIRE_DONE) },
    [AA_WIRE_TROUBLE] = { "TROUBLE", AA_WIRE_COURIER, AA_WIRE_REPORT_MAX, BIT(AA_WIRE_HELLO_BACK),
                          BIT(AA_WIRE_FAILED) | BIT(AA_WIRE_DONE) },
    [AA_WIRE_VOTE] = { "VOTE", AA_WIRE_COURIER, AA_WIRE_REPORT_MAX, BIT(AA_WIRE_POSTED),
                       BIT(AA_WIRE_FAILED) | BIT(AA_WIRE_DONE) },
    [AA_WIRE_FAILED] = { "FAILED", AA_WIRE_COURIER, AA_WIRE_REPORT_MAX, BIT(AA_WIRE_HELLO_BACK),
                         BIT(AA_WIRE_FAILED) | BIT(AA_WIRE_DONE) },
    [AA_WIRE_DONE] = { "DONE", AA_WIRE_COURIER, AA_WIRE_REPORT_MAX,
                       BIT(AA_WIRE_HELLO_BACK) | BIT(AA_WIRE_LAST),
                       BIT(AA_WIRE_FAILED) | BIT(AA_WIRE_DONE) },
};

static const struct rule *rule_of(unsigned type)
{
    return type < AA_ARRAY_SIZE(rules) && rules[type].name != NULL ? &rules[type] : NULL;
}

bool aa_wire_permits(aa_wire_said said, enum aa_wire_type type)
{
    const struct rule *rule = rule_of(type);

    return rule != NULL && (said & rule->after) == rule->after && (said & rule->not_after) == 0;
}

void aa_wire_note(aa_wire_said *said, enum aa_wire_type type)
{
    *said |= BIT(type);
}

bool aa_wire_was_said(aa_wire_said said, enum aa_wire_type type)
{
    return (said & BIT(type)) != 0;
}

const char *aa_wire_name(enum aa_wire_type type)
{
    const struct rule *rule = rule_of(type);

    return rule == NULL ? "unknown" : rule->name;
}

int aa_wire_read_header(const unsigned char header[AA_WIRE_HEADER_SIZE], enum aa_wire_side from,
                        enum aa_wire_type *ret_type, size_t *ret_length, const char **ret_bad)
{
    const struct rule *rule = rule_of(header[1]);
    struct aa_reader reader = { header + 4, 4 };
    uint32_t length = 0;

    if (header[0] != AA_WIRE_VERSION)
        *ret_bad = "is of another version";
    else if (rule == NULL || rule->from != from)
        *ret_bad = "is of an unknown type";
    else if (header[2] != 0 || header[3] != 0)
        *ret_bad = "has a malformed header";
    else if (!aa_reader_u32(&reader, &length) || length > rule->payload_max)
        *ret_bad = "is too large";
    else {
        *ret_type = (enum aa_wire_type)header[1];
        *ret_length = length;
        return 0;
    }
    return -EBADMSG;
}

/* ---- fields ---- */

int aa_wire_field_next(struct aa_reader *fields, struct aa_wire_field *ret)
{
    const unsigned char *bytes;
    uint32_t length;
    size_t n = 0;

    if (fields->left == 0)
        return 0;
    if (!aa_reader_u32(fields, &length) || length > AA_WIRE_FIELD_MAX ||
        !aa_reader_bytes(fields, length, &bytes))
        return -EBADMSG;
    while (n < length && ((bytes[n] >= 'A' && bytes[n] <= 'Z') || bytes[n] == '_' ||
                          (bytes[n] >= '0' && bytes[n] <= '9')))
        n++;
    if (n == 0 || n > AA_WIRE_FIELD_NAME_MAX || n == length || bytes[n] != '=' ||
        memchr(bytes, '\0', length) != NULL || !aa_utf8_valid((const char *)bytes, length))
        return -EBADMSG;
    *ret = (struct aa_wire_field){
        .name = (const char *)bytes,
        .name_length = n,
        .value = (const char *)bytes + n + 1,
        .value_length = length - n - 1,
    };
    return 1;
}

bool aa_wire_field_is(const struct aa_wire_field *field, const char *name)
{
    return field->name_length == strlen(name) && memcmp(field->name, name, field->name_length) == 0;
}
