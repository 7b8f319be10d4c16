/* SPDX-License-Identifier: ISC */
/* Requests made from command lines, for tests of masking: words with " :: " between them. */
#ifndef AA_TEST_MASK_LINES_H
#define AA_TEST_MASK_LINES_H

#include "unit.h"

#include "capture/capture.h"

/* Classified, without files; aa_request_free it. */
struct aa_request *mask_request(const char *line);

#endif
