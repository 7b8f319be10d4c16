/* SPDX-License-Identifier: ISC */
#include "test.h"

#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "front-end.h"
#include "world.h"

/* What a failed test left behind must not help or hinder the next. */
static int after_each(void **state)
{
    (void)state;
    front_end_unload();
    front_end.before_call = front_end.after_call = NULL;
    return 0;
}

size_t suite_rows(struct CMUnitTest *ret, size_t n, const void *rows, size_t rows_n,
                  size_t row_size, void (*test)(void **state))
{
    for (size_t i = 0; i < rows_n; i++) {
        const char *row = (const char *)rows + i * row_size;
        const char *name;

        memcpy(&name, row, sizeof(name));
        ret[n++] = (struct CMUnitTest){ .name = name,
                                        .test_func = test,
                                        .initial_state = (void *)(uintptr_t)row };
    }
    return n;
}

int suite_run(int argc, char **argv, const char *name, const struct CMUnitTest *tests, size_t n)
{
    return suite_run_in(argc, argv, name, tests, n, NULL, NULL);
}

int suite_run_in(int argc, char **argv, const char *name, const struct CMUnitTest *tests, size_t n,
                 int (*make)(void **state), int (*undo)(void **state))
{
    struct CMUnitTest with_teardown[256];
    char *folder;

    if (argc < 4 || n > sizeof(with_teardown) / sizeof(with_teardown[0])) {
        fprintf(stderr, "usage: %s PLUGIN TOOL BUILD-FOLDER [PATTERN]\n", argv[0]);
        return 2;
    }
    front_end_plugin = realpath(argv[1], NULL);
    world_tool = realpath(argv[2], NULL);
    folder = realpath(argv[3], NULL);
    if (front_end_plugin == NULL || world_tool == NULL || folder == NULL) {
        perror("a path of the build");
        return 2;
    }
    if (argc > 4)
        cmocka_set_test_filter(argv[4]);
    world_enter(folder);
    free(folder);
    memcpy(with_teardown, tests, n * sizeof(*tests));
    for (size_t i = 0; i < n; i++)
        with_teardown[i].teardown_func = after_each;
    return _cmocka_run_group_tests(name, with_teardown, n, make, undo);
}
