/* SPDX-License-Identifier: ISC */
/*
 * A fuzzer is one function over some bytes. libFuzzer drives it to find new ones; standalone.c
 * runs it over the files that were found before, with any compiler, as an ordinary test.
 */
#ifndef AA_TEST_FUZZ_H
#define AA_TEST_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What has to be true whatever the bytes are. */
#define require(condition)                                                              \
    do {                                                                                \
        if (!(condition)) {                                                             \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);     \
            abort();                                                                    \
        }                                                                               \
    } while (0)

#endif
