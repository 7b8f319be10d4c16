/* SPDX-License-Identifier: ISC */
/* A few requests made by hand, to decide on with whatever policy a fuzzer made. */
#ifndef AA_TEST_FUZZ_REQUESTS_H
#define AA_TEST_FUZZ_REQUESTS_H

#include "policy/policy.h"

size_t fuzz_requests_n(void);
const struct aa_request *fuzz_request(size_t index);

#endif
