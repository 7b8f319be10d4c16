/* SPDX-License-Identifier: ISC */
/* Which files would give a command its code, as a table: "!" where that cannot be told. */
#include "unit.h"

#include "classify/script.h"

static const struct row {
    const char *line, *wanted;
} rows[] = {
    { "id -u", "" },
    { "bash x.sh a", "x.sh" },
    { "bash -e x.sh", "x.sh" },
    { "bash -m x.sh", "x.sh" },
    { "bash -euxv -- x.sh", "x.sh" },
    { "bash -c ./x", "" },
    { "bash -ec ./x", "" },
    { "bash --norc x.sh", "x.sh" },
    { "bash --rcfile f x.sh", "!" },
    { "bash -o posix x.sh", "!" },
    { "bash -s", "!" },
    { "bash", "" },
    { "zsh", "" },
    { "zsh -b -c", "!" },
    { "fish -C x y", "!" },
    { "mksh -T n x", "!" },
    { "python3.11 x.py", "x.py" },
    { "python3 -u x.py", "x.py" },
    { "python3 -c code", "folder" },
    { "python3 -m evil", "!" },
    { "python3 -W ignore x.py", "!" },
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
    { "nice id", "id" },
    { "timeout 5 pg_dump prod", "5 pg_dump prod" },
    { "nice -n 5 /srv/x", "-n 5 /srv/x" },
    { "nice sh x", "!" },
    { "env X=1 id", "X=1 id" },
    { "env PATH=. id", "!" },
    { "env LD_LIBRARY_PATH=/a:/b id", "!" },
    { "env X= id", "!" },
    { "env -C /srv ./x", "!" },
    { "env -S code", "!" },
    { "nice ./x", "!" },
    { "xargs nice", "!" },
    { "run-parts d", "!" },
    { "find /x -name y", "" },
    { "find /x -exec {} ;", "!" },
    { "su -c code", "!" },
};

static void which_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        char line[256], *words[32], *rest = line, got[512] = "";
        struct aa_known_name name;
        struct aa_effective effective = { .names = &name, .names_n = 1 };
        struct aa_scripts scripts;
        size_t n = 0;

        snprintf(line, sizeof(line), "%s", rows[i].line);
        while (n < AA_ARRAY_SIZE(words) && (words[n] = strsep(&rest, " ")) != NULL)
            n++;
        name = (struct aa_known_name){ words[0], words[0] };
        effective.args = (struct aa_words){ (const char *const *)words + 1, NULL, n - 1 };
        aa_scripts_of(&effective, &scripts);
        for (size_t j = 0; j < scripts.n && scripts.why_not == NULL; j++)
            snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s", j > 0 ? " " : "",
                     scripts.paths[j]);
        if (scripts.loads_from_folder && scripts.why_not == NULL)
            snprintf(got + strlen(got), sizeof(got) - strlen(got), "%sfolder",
                     got[0] != '\0' ? " " : "");
        if (scripts.why_not != NULL)
            snprintf(got, sizeof(got), "!");
        check(aa_streq(got, rows[i].wanted), "%s: \"%s\", wanted \"%s\"", rows[i].line, got,
              rows[i].wanted);
    }
}

static void too_many(void **state)
{
    const char *args[AA_SCRIPTS_MAX + 1];
    struct aa_known_name name = { "nice", "nice" };
    struct aa_effective effective = { .names = &name, .names_n = 1, .args = { args, NULL, AA_ARRAY_SIZE(args) } };
    struct aa_scripts scripts;

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(args); i++)
        args[i] = "word";
    aa_scripts_of(&effective, &scripts);
    assert_non_null(scripts.why_not);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(which_files),
        cmocka_unit_test(too_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
