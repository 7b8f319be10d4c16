/* SPDX-License-Identifier: ISC */
/* The glob matcher, which never goes back further than one star of each kind, against a matcher
 * that tries everything. */
#include "unit.h"

#include <errno.h>

#include "policy/glob.h"

/* "*" and "**" to the compiled form. */
static const char *compile(const char *pattern)
{
    static char compiled[256];
    size_t n = 0;

    for (; *pattern != '\0'; pattern++) {
        if (pattern[0] == '*' && pattern[1] == '*') {
            compiled[n++] = (char)AA_GLOB_STARSTAR;
            pattern++;
        } else {
            compiled[n++] = *pattern == '*' ? (char)AA_GLOB_STAR : *pattern;
        }
    }
    compiled[n] = '\0';
    return compiled;
}

static bool matches_by_force(const char *p, const char *s)
{
    unsigned char c = (unsigned char)*p;

    if (c == '\0')
        return *s == '\0';
    if (c == AA_GLOB_STAR || c == AA_GLOB_STARSTAR) {
        do {
            if (matches_by_force(p + 1, s))
                return true;
        } while (*s != '\0' && (c == AA_GLOB_STARSTAR || *s != '/') && *s++ != '\0');
        return false;
    }
    return *p == *s && matches_by_force(p + 1, s + 1);
}

static void table(void **state)
{
    static const struct {
        const char *pattern, *subject;
        int wanted;
    } rows[] = {
        { "", "", 1 },
        { "", "a", 0 },
        { "a", "", 0 },
        { "*", "", 1 },
        { "*", "abc", 1 },
        { "*", "a/b", 0 },
        { "**", "", 1 },
        { "**", "/a/b/c", 1 },
        { "/usr/bin/*", "/usr/bin/id", 1 },
        { "/usr/bin/*", "/usr/bin/", 1 },
        { "/usr/bin/*", "/usr/bin/a/b", 0 },
        { "/usr/**", "/usr/bin/a/b", 1 },
        { "/usr/**", "/usrx", 0 },
        { "**/id", "/usr/bin/id", 1 },
        { "**/id", "id", 0 },
        { "*.sql*", "dump.sql.gz", 1 },
        { "*.sql*", "a/dump.sql", 0 },
        { "**.sql*", "a/dump.sql", 1 },
        { "a*b*c", "aXbYc", 1 },
        { "a*b*c", "aXbY/c", 0 },
        { "a**b*c", "a/x/bYc", 1 },
        { "a**b*c", "abxx/bYc", 1 },
        { "*a", "aaa", 1 },
        { "prod-*", "prod-", 1 },
        { "[a]", "a", 0 }, /* nothing but stars is special */
        { "[a]", "[a]", 1 },
        { "?", "a", 0 },
        { "a\\b", "a\\b", 1 },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++)
        check(aa_glob_match(compile(rows[i].pattern), rows[i].subject) == rows[i].wanted,
              "%s against %s", rows[i].pattern, rows[i].subject);
}

static void literal_stars_match_only_stars(void **state)
{
    (void)state;
    assert_int_equal(aa_glob_match("a*", "a*"), 1); /* as it stands in a compiled pattern */
    assert_int_equal(aa_glob_match("a*", "ab"), 0);
}

/* Bytes of a subject that look like compiled stars are bytes like others. */
static void subject_bytes_are_never_stars(void **state)
{
    (void)state;
    assert_int_equal(aa_glob_match("abc", "a\xff" "c"), 0);
    assert_int_equal(aa_glob_match("abc", "\xfe"), 0);
    assert_int_equal(aa_glob_match(compile("a*c"), "a\xff\xfe" "c"), 1);
}

static void same_as_brute_force(void **state)
{
    static const char *const pieces[] = { "a", "b", "/", "*", "**", "a", "*" };
    uint64_t random = 17;
    int matched = 0;

    (void)state;
    for (int i = 0; i < 400000; i++) {
        char pattern[32] = "", subject[16] = "";
        size_t n = next_random(&random) % 8, m = next_random(&random) % 11;
        int wanted;

        for (size_t j = 0; j < n; j++)
            strcat(pattern, pieces[next_random(&random) % AA_ARRAY_SIZE(pieces)]);
        for (size_t j = 0; j < m; j++)
            subject[j] = "aab/"[next_random(&random) % 4];
        wanted = matches_by_force(compile(pattern), subject);
        matched += wanted;
        check(aa_glob_match(compile(pattern), subject) == wanted, "%s against %s: wanted %d",
              pattern, subject, wanted);
    }
    assert_true(matched > 40000); /* or the table of pieces says nothing */
}

static void hostile_subjects_end(void **state)
{
    static char subject[60000];

    (void)state;
    memset(subject, 'a', sizeof(subject) - 1);
    assert_int_equal(aa_glob_match(compile("**a*b"), subject), -E2BIG);
    assert_int_equal(aa_glob_match(compile("**b"), subject), 0); /* linear, so it can be told */
    subject[1000] = '\0';
    assert_int_equal(aa_glob_match(compile("**a*b"), subject), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),
        cmocka_unit_test(literal_stars_match_only_stars),
        cmocka_unit_test(subject_bytes_are_never_stars),
        cmocka_unit_test(same_as_brute_force),
        cmocka_unit_test(hostile_subjects_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
