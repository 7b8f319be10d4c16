/* SPDX-License-Identifier: ISC */
/* A record's fields as members of a JSON object. */
#ifndef AA_FIELDS_JSON_H
#define AA_FIELDS_JSON_H

#include "fields.h"

struct aa_fields_json {
    bool short_names;            /* AA_RUNAS as "runas" */
    const char *const *arrays;   /* names that always are arrays; NULL ends them */
    const char *const *left_out; /* the same of names that are not shown */
};

/*
 * Appends "name":value, without the braces; returns how many. Fields of one name are one member;
 * it is an array where there are several, or where the style says so.
 */
size_t aa_fields_json_add(struct aa_buffer *out, struct aa_reader fields,
                       const struct aa_fields_json *style);

#endif
