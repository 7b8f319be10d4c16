/* SPDX-License-Identifier: ISC */
/* A test program: where the built parts are, the private world, then its tests. */
#ifndef SUITE_H
#define SUITE_H

#include <stddef.h>

/* Arguments: the plugin, the tool, the build folder, and maybe a pattern of tests' names. */
struct CMUnitTest;
int suite_run(int argc, char **argv, const char *name, const struct CMUnitTest *tests, size_t n);
/* The same with something made before all of them, and undone behind them. */
int suite_run_in(int argc, char **argv, const char *name, const struct CMUnitTest *tests, size_t n,
                 int (*make)(void **state), int (*undo)(void **state));

/*
 * A table of rows, each of which starts with its name, as tests of their own: every row is the
 * state of one call of "test". Fills "ret", returns how many there are now.
 */
size_t suite_rows(struct CMUnitTest *ret, size_t n, const void *rows, size_t rows_n,
                  size_t row_size, void (*test)(void **state));

#define SUITE_ROWS(ret, n, rows, test) \
    suite_rows(ret, n, rows, sizeof(rows) / sizeof((rows)[0]), sizeof((rows)[0]), test)

#endif
