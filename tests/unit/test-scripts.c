/* SPDX-License-Identifier: ISC */
/* How interpreters are given their code, as a table: "!" where that cannot be told; and which words
 * of an unreadable command may lead anywhere. */
#include "unit.h"

#include "classify/programs.h"
#include "classify/script.h"

static const struct row {
    const char *line, *wanted;
} rows[] = {
    { "python3.11 x.py", "x.py" },
    { "python3 -u x.py", "x.py" },
    { "python3 -c code", "folder" },
    { "python3 -Ic code", "folder" },
    { "python3 -m evil", "!" },
    { "python3 -W ignore x.py", "!" },
    { "python3 -- x.py -c", "x.py" },
    { "python3", "!" },
    { "perl x.pl", "x.pl" },
    { "perl -ne code data", "folder" },
    { "perl -e 1 -I/home/u -Mx", "!" },
    { "perl -c x.pl", "!" },
    { "perl -I/home/u x.pl", "!" },
    { "ruby -e 1 -r/home/u/x", "!" },
    { "node x.js", "x.js" },
    { "node --require=/tmp/x.js y.js", "!" },
    { "php -r 1 -d extension=/home/u/x.so", "!" },
    { "lua x.lua", "x.lua folder" },
    { "lua -e x y.lua", "!" },
    { "Rscript x.R", "x.R folder" },
    { "awk code data", "" },
    { "mawk -v x=1 code data", "" },
    { "mawk -v x=1 -f x.awk", "!" },
    { "mawk -fx.awk", "!" },
    { "make", "!" },
    { "ed file", "!" },
    { "java -jar x.jar", "!" },
};

static void which_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        char line[256], *words[32], *rest = line, got[512] = "";
        struct aa_script_call call;
        struct aa_words args;
        const char *known;
        size_t n = 0;

        snprintf(line, sizeof(line), "%s", rows[i].line);
        while (n < AA_ARRAY_SIZE(words) && (words[n] = strsep(&rest, " ")) != NULL)
            n++;
        args = (struct aa_words){ (const char *const *)words + 1, NULL, n - 1 };
        assert_int_equal(aa_program_known(words[0], &known), AA_PROGRAM_INTERPRETER);
        aa_script_call_read(known, &args, &call);
        if (call.why_not == NULL && call.has_script)
            snprintf(got, sizeof(got), "%s", args.v[call.at]);
        if (call.why_not == NULL && call.loads_from_folder)
            snprintf(got + strlen(got), sizeof(got) - strlen(got), "%sfolder",
                     got[0] != '\0' ? " " : "");
        if (call.why_not != NULL)
            snprintf(got, sizeof(got), "!");
        check(aa_streq(got, rows[i].wanted), "%s: \"%s\", wanted \"%s\"", rows[i].line, got,
              rows[i].wanted);
    }
}

static void doubt_is_no_script(void **state)
{
    static const char *const words[] = { "x.py" };
    static const unsigned char doubts[] = { AA_UNKNOWN };
    const struct aa_words args = { words, doubts, 1 };
    struct aa_script_call call;

    (void)state;
    aa_script_call_read("python", &args, &call);
    assert_non_null(call.why_not);
    assert_false(call.has_script);
}

static void words_that_lead_anywhere(void **state)
{
    static const char *const anywhere[] = { "a b", "sh", "/bin/python3", "PATH=.", "LD_LIBRARY_PATH=/a:/b",
                                            "X=", "./x", "a/b", "-C/srv", "--chdir=x", "/a:/b", "$x",
                                            "-Scode", "x;y" },
                             *const somewhere[] = { "id", "5", "/srv/x", "X=1", "-n", "--quiet", "" };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(anywhere); i++)
        check(aa_word_leads_anywhere(anywhere[i]), "%s", anywhere[i]);
    for (size_t i = 0; i < AA_ARRAY_SIZE(somewhere); i++)
        check(!aa_word_leads_anywhere(somewhere[i]), "%s", somewhere[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(which_files),
        cmocka_unit_test(doubt_is_no_script),
        cmocka_unit_test(words_that_lead_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
