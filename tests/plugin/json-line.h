/* SPDX-License-Identifier: ISC */
/* Just enough JSON: one flat object of strings, and of arrays of strings, into a record. */
#ifndef JSON_LINE_H
#define JSON_LINE_H

#include "records.h"

/* Returns what is behind the object; fails the test where it is none. */
const char *json_line_read(const char *line, struct record *record);

#endif
