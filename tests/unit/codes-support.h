/* SPDX-License-Identifier: ISC */
/* The break-glass codes of a test's world, in one call each; the words of the last one are kept. */
#ifndef AA_TEST_CODES_SUPPORT_H
#define AA_TEST_CODES_SUPPORT_H

#include "break-glass/codes.h"
#include "world.h"

#define CODES_REQUEST "7F3K-9QXM"
#define CODES_LIFE_USEC (3600ull * 1000000)

struct codes_listed {
    struct aa_code_facts v[AA_CODES_MAX];
    size_t n;
};

extern struct aa_fault codes_fault;

int codes_create(const struct world *world, const char *user, unsigned count,
                 char (*ret)[AA_CODE_TEXT_SIZE]);
int codes_use(const struct world *world, const char *user, const char *text, uint32_t *ret_number);
int codes_ready(const struct world *world, const char *user);
int codes_revoke(const struct world *world, uint32_t number, const char *user);
int codes_list(const struct world *world, struct codes_listed *ret);

#endif
