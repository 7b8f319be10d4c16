/* SPDX-License-Identifier: ISC */
/* A line of "log --json" back to the fields of a record, as the ledger stores them. */
#ifndef AA_CLI_RECORD_JSON_H
#define AA_CLI_RECORD_JSON_H

#include "record/fields.h"

/* 0, or -EINVAL: no such object. Members that are no text (or list of texts) are left out. */
int record_from_json(const char *line, size_t length, struct aa_buffer *fields);

#endif
