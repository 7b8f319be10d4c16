/* SPDX-License-Identifier: ISC */
/* What every unit test needs: cmocka with the headers that it wants before its own, and checks
 * that name the row of the table that failed. */
#ifndef AA_TEST_UNIT_H
#define AA_TEST_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"

enum { EXIT_SKIPPED = 77 }; /* what meson takes for "could not run here" */

#define check(condition, ...)       \
    do {                            \
        if (!(condition))           \
            fail_msg(__VA_ARGS__);  \
    } while (0)

/* A skipped test has to say why: cmocka itself prints only the name. */
#define skip_because(...)           \
    do {                            \
        print_message(__VA_ARGS__); \
        print_message("\n");        \
        skip();                     \
    } while (0)

/* Numbers that look random and are the same in every run, so that a failure can be repeated. */
static inline uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

#endif
