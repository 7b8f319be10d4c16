/* SPDX-License-Identifier: ISC */
/* A script is bound only as far as its interpreters are: "#!" lines followed as the kernel does,
 * and the program that env finds. */
#include "unit.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "capture/executable.h"

static struct aa_arena arena = AA_ARENA_INIT(64 * 1024 * 1024);
static struct aa_walked walked;
static const struct aa_walker walker = { &aa_site_system, &arena, &walked };
static char folder[] = "/tmp/aa-unit-XXXXXX";

static const char good_path[] = "/usr/sbin:/usr/bin:/sbin:/bin";

static const char *make_script(const char *name, const char *content, size_t length)
{
    char *path = aa_arena_printf(&arena, "%s/%s", folder, name);
    int fd;

    assert_non_null(path);
    (void)unlink(path);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, length), (ssize_t)length);
    close(fd);
    return path;
}

struct result {
    struct aa_file_facts files[AA_INTERPRETERS_MAX];
    size_t n;
    const char *why;
};

static struct result interpreters(const char *script, const char *path)
{
    struct aa_file_facts facts = { .path = script, .found = true };
    struct result result = { .n = 77 };

    walked.n = 0;
    assert_int_equal(aa_resolve_interpreters(&walker, &facts, path, result.files, &result.n,
                                             &result.why), 0);
    return result;
}

static int set_up_group(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int tear_down_group(void **state)
{
    char command[64];

    (void)state;
    snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    (void)!system(command);
    aa_arena_clear(&arena);
    return 0;
}

#define TEXT(s) s, sizeof(s) - 1

static void lines(void **state)
{
    static const struct {
        const char *name, *content;
        size_t length;
        size_t n;             /* interpreters found */
        const char *last;     /* the last one's path */
        const char *why;      /* NULL: all bound */
    } rows[] = {
        { "empty", TEXT(""), 0, NULL, NULL },
        { "one byte", TEXT("#"), 0, NULL, NULL },
        { "binary", TEXT("\177ELF\1\2"), 0, NULL, NULL },
        { "comment", TEXT("# !/bin/sh\n"), 0, NULL, NULL },
        { "nothing behind", TEXT("#!\n"), 0, NULL, NULL },
        { "blanks behind", TEXT("#!  \t \n"), 0, NULL, NULL },
        { "plain", TEXT("#!/usr/bin/id\n"), 1, "/usr/bin/id", NULL },
        { "no newline", TEXT("#!/usr/bin/id"), 1, "/usr/bin/id", NULL },
        { "blanks", TEXT("#! \t/usr/bin/id   -u\n"), 1, "/usr/bin/id", NULL },
        { "argument", TEXT("#!/usr/bin/id -u\nmore"), 1, "/usr/bin/id", NULL },
        { "NUL ends it", TEXT("#!/usr/bin/id\0xyz\n"), 1, "/usr/bin/id", NULL },
        { "carriage return", TEXT("#!/usr/bin/id\r\n"), 1, NULL, "No such file" },
        { "relative", TEXT("#!id\n"), 0, NULL, "relative path" },
        { "missing", TEXT("#!/usr/bin/no-such-thing\n"), 1, NULL, "No such file" },
        { "unbound", TEXT("#!/tmp/../usr/bin/id\n"), 1, "/usr/bin/id", "/tmp is writable" },
        { "env", TEXT("#!/usr/bin/env id\n"), 2, "/usr/bin/id", NULL },
        { "env alone", TEXT("#!/usr/bin/env\n"), 1, "/usr/bin/env", "options to env" },
        { "env -S", TEXT("#!/usr/bin/env -S id -u\n"), 1, "/usr/bin/env", "options to env" },
        { "env with variable", TEXT("#!/usr/bin/env A=b id\n"), 1, "/usr/bin/env",
          "options to env" },
        { "env with path", TEXT("#!/usr/bin/env ./id\n"), 1, "/usr/bin/env", "options to env" },
        { "env with two words", TEXT("#!/usr/bin/env id -u\n"), 1, "/usr/bin/env",
          "options to env" },
        { "env without it", TEXT("#!/usr/bin/env no-such-thing\n"), 1, "/usr/bin/env",
          "not on PATH" },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        const char *script = make_script("script", rows[i].content, rows[i].length);
        struct result result = interpreters(script, good_path);

        check(result.n == rows[i].n, "%s: %zu found", rows[i].name, result.n);
        check((result.why == NULL) == (rows[i].why == NULL), "%s: %s", rows[i].name, result.why);
        check(rows[i].why == NULL || strstr(result.why, rows[i].why) != NULL, "%s: %s",
              rows[i].name, result.why);
        check(rows[i].last == NULL || aa_streq(result.files[result.n - 1].path, rows[i].last),
              "%s: %s", rows[i].name, result.files[result.n - 1].path);
    }
}

/* The first one on PATH is the one that runs, also where it can be changed by others. */
static void env_takes_the_first_on_path(void **state)
{
    const char *script;
    struct result result;
    char path[128];

    (void)state;
    make_script("id", TEXT("\177ELF"));
    script = make_script("script", TEXT("#!/usr/bin/env id\n"));
    snprintf(path, sizeof(path), "%s:/usr/bin", folder);
    result = interpreters(script, path);
    assert_non_null(result.why);
    assert_non_null(strstr(result.why, "/tmp is writable"));
    snprintf(path, sizeof(path), "/usr/bin:%s", folder);
    assert_null(interpreters(script, path).why);
    snprintf(path, sizeof(path), "/nowhere:/usr/bin");
    assert_null(interpreters(script, path).why);
    /* where it is not there yet, somebody else could put it */
    snprintf(path, sizeof(path), "%s/none:/usr/bin", folder);
    assert_non_null(interpreters(script, path).why);
    for (size_t i = 0; i < 3; i++) {
        static const char *const own[] = { "relative:/usr/bin", ":/usr/bin", "/nowhere::/usr/bin" };

        result = interpreters(script, own[i]);
        assert_non_null(result.why);
        assert_non_null(strstr(result.why, "working folder"));
    }
    assert_non_null(interpreters(script, NULL).why);
    assert_non_null(interpreters(script, "").why);
}

static void nesting_ends(void **state)
{
    struct result result;
    char line[128], name[8];

    (void)state;
    make_script("0", TEXT("\177ELF"));
    for (int i = 1; i <= 7; i++) {
        snprintf(line, sizeof(line), "#!%s/%d\n", folder, i - 1);
        snprintf(name, sizeof(name), "%d", i);
        result = interpreters(make_script(name, line, strlen(line)), good_path);
        assert_true(result.n <= AA_INTERPRETERS_MAX);
        assert_non_null(result.why); /* all of it lies in /tmp */
    }
}

static void what_cannot_be_read_is_no_script(void **state)
{
    struct aa_file_facts missing = { .path = "/nowhere/at/all", .found = true };
    struct aa_file_facts not_found = { .path = NULL, .found = false };
    struct aa_file_facts files[AA_INTERPRETERS_MAX];
    const char *why = "x";
    size_t n = 77;

    (void)state;
    assert_int_equal(aa_resolve_interpreters(&walker, &missing, good_path, files, &n, &why), 0);
    assert_int_equal(n, 0);
    assert_null(why);
    assert_int_equal(aa_resolve_interpreters(&walker, &not_found, good_path, files, &n, &why),
                     0);
    assert_int_equal(n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),
        cmocka_unit_test(env_takes_the_first_on_path),
        cmocka_unit_test(nesting_ends),
        cmocka_unit_test(what_cannot_be_read_is_no_script),
    };

    return cmocka_run_group_tests(tests, set_up_group, tear_down_group);
}
