/* SPDX-License-Identifier: ISC */
/* The two names of a request: 128 random bits, unique over a fleet, and a short code that people
 * can read aloud, made of the first 40 of them. */
#ifndef AA_REQUEST_ID_H
#define AA_REQUEST_ID_H

#include "macros.h"

enum { AA_ID_SIZE = 16, AA_ID_HEX = 33, AA_CODE_SIZE = 10 };

struct aa_request_id {
    unsigned char bytes[AA_ID_SIZE];
    char hex[AA_ID_HEX];
    char code[AA_CODE_SIZE]; /* 7F3K-9QXM */
};

int aa_request_id_new(struct aa_request_id *ret);

#endif
