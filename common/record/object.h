/* SPDX-License-Identifier: ISC */
/* Fields as a JSON object for programs: "AA_RUNAS=root" is "runas":"root". */
#ifndef AA_OBJECT_H
#define AA_OBJECT_H

#include "fields.h"

/* Appends "{…}". Fields that can repeat are arrays, always; the others strings. Broken fields make
 * the buffer's error -EBADMSG. */
void aa_object_add(struct aa_buffer *buffer, const void *fields, size_t length);

/* The same without the closing brace, for who has more to add. */
void aa_object_open(struct aa_buffer *buffer, const void *fields, size_t length);

#endif
