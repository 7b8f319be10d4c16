/* SPDX-License-Identifier: ISC */
/*
 * A record's fields, in the form in which the ledger stores them and the journal's writer reads
 * them: each field is a 32-bit length and "NAME=value". Names are ours; values are any bytes.
 */
#ifndef AA_FIELDS_H
#define AA_FIELDS_H

#include <stdbool.h>

#include "base/buffer.h"

enum {
    AA_FIELDS_MAX = 1024 * 1024, /* bytes of one record's fields */
    AA_COMMAND_MAX = 256 * 1024, /* bytes of AA_COMMAND before its middle is left out */
    AA_REFUSED_COMMAND_MAX = 16 * 1024, /* the same where nothing ran: cheap to send, so to keep */
    AA_FIELD_NAME_MAX = 64,
    AA_TEXT_MAX = 8 * 1024,      /* bytes of any other text of a stranger's */
};

#define AA_FIELDS_INIT AA_BUFFER_INIT(AA_FIELDS_MAX)

/* A value that is ours: a number, a name, an identifier. */
void aa_field_add(struct aa_buffer *fields, const char *name, const char *value);
void aa_field_printf(struct aa_buffer *fields, const char *name, const char *format, ...)
    AA_PRINTF(3, 4);
/* Text of a stranger's: through the mask. NULL adds nothing. */
struct aa_masker;
void aa_field_add_masked(struct aa_buffer *fields, const char *name, const char *text);
/* The same with secrets and personal data covered: for all that is no name. */
void aa_field_add_prose(struct aa_buffer *fields, struct aa_masker *masker, const char *name,
                        const char *text);

/* For values that are built in place: begin, append to "fields", end. */
size_t aa_field_begin(struct aa_buffer *fields, const char *name);
void aa_field_end(struct aa_buffer *fields, size_t begun);

struct aa_field {
    const char *name, *value;
    size_t name_length, value_length;
};

/* 1 the next field, 0 no more, -EBADMSG. */
int aa_field_next(struct aa_reader *fields, struct aa_field *ret);

#endif
