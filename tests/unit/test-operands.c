/* SPDX-License-Identifier: ISC */
/* Which files a command line names: each spelling of a word as a row, folders, how far programs go
 * from what they are given. Nothing of it is there; real files are test-operands-files.c's. */
#include "unit.h"
#include "operands-support.h"

#include <errno.h>

static void spellings(void **state)
{
    /* nothing of these is there, in a folder that is not there either */
    static const struct {
        const char *word, *wanted;
    } rows[] = {
        { "", "" },
        { "-", "" },
        { "--", "" },
        { "-l", "" },
        { "--verbose", "" },
        { "file", "/w/d/file" },
        { "./file", "/w/d/file" },
        { "../file", "/w/file" },
        { "../../../../file", "/file" },
        { ".", "/w/d" },
        { "..", "/w" },
        { "a/b", "/w/d/a/b" },
        { "a//b/", "/w/d/a/b" },
        { "a/./b", "/w/d/a/b" },
        { "a/../b", "/w/d/b" },
        { "/x/y", "/x/y" },
        { "//x//y//", "/x/y" },
        { "/x/./y/../z", "/x/z" },
        { "/..", "/" },
        { "/../x", "/x" },
        { "/", "/" },
        { "//", "/" },
        { "...", "/w/d/..." },
        { "..x", "/w/d/..x" },
        { " x", "/w/d/ x" },
        { "-f/x", "/x" },
        { "-ffile", "/w/d/file" },
        { "-f./x", "/w/d/x" },
        { "-f../x", "/w/x" },
        { "-f=/x", "/w/d/=/x /x" },
        { "-f=x", "/w/d/=x /w/d/x" },
        { "-xzf/x", "/w/d/zf/x /x" },
        { "-xzf../x", "/w/d/zf../x /w/x" },
        { "-xzf./x", "/w/d/zf./x /w/d/x" },
        { "-la", "/w/d/a" },
        { "-x+/y", "/w/d/+/y /y" },
        { "-I/usr/x", "/usr/x" },
        { "--file=x", "/w/d/x" },
        { "--file=/x", "/x" },
        { "--file=../x", "/w/x" },
        { "--file=", "" },
        { "--file=a=b", "/w/d/a=b" },
        { "--file=a=/b", "/w/d/a=/b /b" },
        { "--mount=type=bind,src=/x,dst=/y", "/w/d/type=bind,src=/x,dst=/y /x /y" },
        { "of=/x", "/w/d/of=/x /x" },
        { "of=x", "/w/d/of=x /w/d/x" },
        { "if=../x", "/w/d/if=../x /w/x" },
        { "a=b=c", "/w/d/a=b=c /w/d/b=c" },
        { "=x", "/w/d/=x /w/d/x" },
        { "@x", "/w/d/@x /w/d/x" },
        { "@/x", "/w/d/@/x /x" },
        { "-d@/x", "/w/d/@/x /x" },
        { "-d@x", "/w/d/@x /w/d/x" },
        { "--data=@x", "/w/d/@x /w/d/x" },
        { "--data=@/x", "/w/d/@/x /x" },
        { "f=@/x", "/w/d/f=@/x /w/d/@/x /x" },
        { "f=@x;type=text/plain", "/w/d/f=@x;type=text/plain /w/d/@x;type=text/plain "
                                  "/w/d/x;type=text/plain" },
        { "f=@/x;type=a", "/w/d/f=@/x;type=a /w/d/@/x;type=a /x;type=a /x" },
        { "f=</x", "/w/d/f=</x /w/d/</x /x" },
        { "f=<x", "/w/d/f=<x /w/d/<x /w/d/x" },
        { "name@/x", "/w/d/name@/x /x" },
        { "file:///x", "/w/d/file:/x /x" },
        { "file://localhost/x", "/w/d/file:/localhost/x /localhost/x /x" },
        { "FILE:/x", "/w/d/FILE:/x /x" },
        { "file:///%78", "/w/d/file:/%78 /%78 ?" },
        { "file:/%78", "/w/d/file:/%78 /%78 ?" },
        { "fil{e}:///%78", "/w/d/fil{e}:/%78 /%78 ?" },
        { "file:///{x,y}", "/w/d/file:/{x,y} /{x ?" },
        { "http://h/%78", "/w/d/http:/h/%78 /h/%78 /%78" },
        { "https://h/a", "/w/d/https:/h/a /h/a /a" },
        { "host:/x", "/w/d/host:/x /x" },
        { "me@host:/x", "/w/d/me@host:/x /x" },
        { "/x:/y", "/x:/y /x /y" },
        { "/x:/y:ro", "/x:/y:ro /x /y" },
        { "./x:/y", "/w/d/x:/y /w/d/x /y" },
        { "/x,/y", "/x,/y /x /y" },
        { "/x,../y", "/x,../y /x /w/y" },
        { "-v/x:/y", "/x:/y /x /y" },
        { "--files=/x,/y", "/x,/y /x /y" },
        { "cat /x", "/w/d/cat /x /x" },
        { "cat '/x'", "/w/d/cat '/x' /x" },
        { "cat \"/x\"", "/w/d/cat \"/x\" /x" },
        { "cat </x >/y", "/w/d/cat </x >/y /x /y" },
        { "w /x", "/w/d/w /x /x" },
        { "{print > \"/x\"}", "/w/d/{print > \"/x\"} /x" },
        { "open(/x)", "/w/d/open(/x) /x" },
        { "[/x]", "/w/d/[/x] /x" },
        { "a\n/x\n", "/w/d/a\n/x\n /x" },
        { "a;/x", "/w/d/a;/x /x" },
        { "a|/x", "/w/d/a|/x /x" },
        { "a`/x`", "/w/d/a`/x` /x" },
        { "\xff/x", "/w/d/\xff/x" },
    };

    (void)state;
    check(AA_ARRAY_SIZE(rows) >= 80, "%zu rows", AA_ARRAY_SIZE(rows));
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        char quoted[256];

        operands_start("/w/d");
        assert_int_equal(operands_gather_word(rows[i].word), 0);
        snprintf(quoted, sizeof(quoted), "%s", operands_paths());
        /* what begins at a blank and is not there is left out; only the exact list will do */
        check(aa_streq(quoted, rows[i].wanted), "\"%s\":\n     %s\nnot  %s", rows[i].word, quoted,
              rows[i].wanted);
    }
}

static void behind_dashes(void **state)
{
    (void)state;
    operands_start("/w");
    operands_made.words[0] = "-a";
    operands_made.words[1] = "--";
    operands_made.words[2] = "-b";
    operands_made.effective[0].args.n = 3;
    assert_int_equal(operands_gather(), 0);
    assert_string_equal(operands_paths(), "/w/-b");
}

static void uncertain_words(void **state)
{
    (void)state;
    operands_start("/w");
    operands_made.words[0] = "/srv/public/";
    operands_made.words[1] = "b";
    operands_made.words[2] = "";
    operands_made.effective[0].args.n = 3;
    operands_made.effective[0].args.doubt = operands_made.doubts;
    operands_made.doubts[0] = AA_UNKNOWN;
    operands_made.doubts[2] = AA_SPREADS;
    assert_int_equal(operands_gather(), 0);
    assert_string_equal(operands_paths(), "? /w/b ?");
    assert_string_equal(operands_made.request.operands[0].path, "");
    assert_string_equal(operands_made.request.operands[0].text, "/srv/public/");
    assert_true(operands_made.request.operands[0].is_file);
}

static void folders(void **state)
{
    static const struct {
        const char *cwd, *folder, *word, *wanted;
    } rows[] = {
        { "/w", NULL, "x", "/w/x" },
        { "/w", "", "x", "?" },
        { "/w", "", "/x", "/x" },
        { "/w", "", "--file=x", "?" },
        { "/w", "", "-l", "" },
        { "/w", "", "-fx", "?" },
        { "/w", "", "a=b", "?" },
        { "/w", "", "a=/b", "? /b" },
        { "/w", "/v", "x", "/w/x /v/x" },
        { "/w", "v", "x", "/w/x /w/v/x" },
        { "/w", "../v", "x", "/w/x /v/x" },
        { "/w", "/v", "/x", "/x" },
        { NULL, NULL, "x", "?" },
        { NULL, NULL, "/x", "/x" },
        { NULL, "/v", "x", "?" },
        { "w", NULL, "x", "?" },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        operands_start(rows[i].cwd);
        operands_made.effective[0].folder = rows[i].folder;
        assert_int_equal(operands_gather_word(rows[i].word), 0);
        check(aa_streq(operands_paths(), rows[i].wanted), "row %zu: %s", i, operands_paths());
    }
    operands_start("/w");
    operands_made.request.chroot = "/jail";
    assert_int_equal(operands_gather_word("/x"), 0);
    assert_string_equal(operands_paths(), "?");
}

static void targets_and_later_commands(void **state)
{
    static const char *const targets[] = { "-out", "a=b", "" }, *const more[] = { "/y" };

    (void)state;
    operands_start("/w");
    operands_made.effective[0].targets = (struct aa_words){ targets, NULL, 3 };
    operands_made.effective[1] = operands_made.effective[0];
    operands_made.effective[1].targets.n = 0;
    operands_made.effective[1].args = (struct aa_words){ more, NULL, 1 };
    operands_made.request.effective_n = 2;
    assert_int_equal(operands_gather(), 0);
    assert_string_equal(operands_paths(), "/w/-out /w/a=b /y");
    assert_true(operands_made.request.operands[0].is_file && !operands_made.request.operands[0].below);
    assert_int_equal(operands_made.request.operands[0].effective, 0);
    assert_int_equal(operands_made.request.operands[2].effective, 1);
}

static void too_many(void **state)
{
    (void)state;
    operands_start("/w");
    for (size_t i = 0; i < AA_OPERANDS_MAX; i++)
        operands_made.words[i] = "x";
    operands_made.effective[0].args.n = AA_OPERANDS_MAX;
    assert_int_equal(operands_gather(), 0);
    assert_int_equal(operands_made.request.operands_n, AA_OPERANDS_MAX);
    operands_start("/w");
    operands_made.words[AA_OPERANDS_MAX] = "x";
    operands_made.effective[0].args.n = AA_OPERANDS_MAX + 1;
    assert_int_equal(operands_gather(), -E2BIG);
    assert_int_equal(operands_made.request.operands_n, 0);
}

/* A long text is no path, and costs no more than the pieces in it. */
static void long_words(void **state)
{
    static char text[120001];

    (void)state;
    memset(text, 'a', sizeof(text) - 1);
    operands_start("/w");
    assert_int_equal(operands_gather_word(text), 0);
    assert_string_equal(operands_paths(), "");
    for (size_t i = 0; i + 1 < sizeof(text); i += 4)
        text[i] = ' ';
    memcpy(text + 119990, " /x ", 4);
    operands_start("/w");
    assert_int_equal(operands_gather_word(text), 0);
    assert_string_equal(operands_paths(), "/x");
}

static void how_far_programs_go(void **state)
{
    static const struct {
        const char *program, *first, *second;
        bool below;
    } rows[] = {
        { "ls", "-la", "/usr", false },       { "ls", "-R", "/usr", true },
        { "ls", "-lR", "/usr", true },        { "ls", "--recursive", "/usr", true },
        { "ls", "--rec", "/usr", true },      { "ls", "--re", "/usr", true },
        { "stat", "-c%n", "/usr", false },    { "cat", "-A", "/usr", false },
        { "cp", "-p", "/usr", false },        { "cp", "-a", "/usr", true },
        { "cp", "--archive", "/usr", true },  { "cp", "-pr", "/usr", true },
        { "chmod", "755", "/usr", false },    { "chmod", "-R", "/usr", true },
        { "chown", "-hR", "/usr", true },     { "mkdir", "-p", "/usr", false },
        { "rm", "-rf", "/usr", true },        { "rm", "-f", "/usr", false },
        { "tar", "-c", "/usr", true },        { "du", "-s", "/usr", true },
        { "mv", "-f", "/usr", true },         { "mount", "--bind", "/usr", true },
        { "rsync", "-n", "/usr", true },      { "program", "-x", "/usr", true },
        { "tar", "-c", "/etc/passwd", false }, { "tar", "-c", "/usr/no-such", true },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        const struct aa_operand *operand;

        operands_start("/w/no/such");
        operands_made.name = (struct aa_known_name){ rows[i].program, rows[i].program };
        operands_made.words[0] = rows[i].first;
        operands_made.words[1] = rows[i].second;
        operands_made.effective[0].args.n = 2;
        assert_int_equal(operands_gather(), 0);
        operand = operands_at(rows[i].second);
        assert_non_null(operand);
        check(operand->below == rows[i].below, "%s %s %s", rows[i].program, rows[i].first,
              rows[i].second);
    }
    operands_start("/w"); /* a name that somebody else chose says nothing */
    operands_made.name = (struct aa_known_name){ "/home/a/ls", "ls" };
    operands_made.effective[0].unbound_why = "unbound";
    assert_int_equal(operands_gather_word("/usr"), 0);
    assert_true(operands_made.request.operands[0].below);
}

static void folder_that_no_word_names(void **state)
{
    static const struct {
        const char *program, *first, *second;
        bool meant;
    } rows[] = {
        { "find", "-name", "x", true },      { "find", "-L", "-name", true },
        { "find", "/usr", "-ls", false },    { "find", "-L", "/usr", false },
        { "ls", "-l", "-a", true },          { "ls", "-l", "/usr", false },
        { "du", "-d", "1", true },           { "du", "--exclude=/usr", "-s", true },
        { "grep", "-r", "x", true },         { "grep", "-e", "x", false },
        { "grep", "--dereference-recursive", "x", true },
        { "grep", "--directories=recurse", "x", true },
        { "rgrep", "x", "-l", true },        { "git", "log", "-p", true },
        { "id", "-u", "-n", false },         { "cat", "-A", "-n", false },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        operands_start("/w/here");
        operands_made.name = (struct aa_known_name){ rows[i].program, rows[i].program };
        operands_made.words[0] = rows[i].first;
        operands_made.words[1] = rows[i].second;
        operands_made.effective[0].args.n = 2;
        assert_int_equal(operands_gather(), 0);
        check((operands_at("/w/here") != NULL) == rows[i].meant, "%s %s %s", rows[i].program,
              rows[i].first, rows[i].second);
    }
}

/* With little memory there is an error, never a shorter list. */
static void little_memory(void **state)
{
    size_t n = 0;

    (void)state;
    for (size_t maximum = 0;; maximum += 64) {
        int r;

        operands_start("/w");
        operands_made.request.arena.maximum = maximum;
        operands_made.effective[0].folder = "v";
        operands_made.words[0] = "--file=x,/y";
        operands_made.words[1] = "../f=@/usr/bin";
        operands_made.effective[0].args.n = 2;
        r = operands_gather();
        if (r == 0)
            break;
        assert_int_equal(r, -ENOMEM);
        assert_int_equal(operands_made.request.operands_n, 0);
        n++;
    }
    assert_true(n > 10);
    check(operands_at("/y") != NULL && operands_at("/usr/bin") != NULL &&
          operands_at("/w/v/x,/y") != NULL, "%s", operands_paths());
}

static int set_up_group(void **state)
{
    (void)state;
    operands_made.site = aa_site_system;
    return 0;
}

static int tear_down_group(void **state)
{
    (void)state;
    aa_arena_clear(&operands_made.request.arena);
    return 0;
}

#define TEST(f) cmocka_unit_test(f)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(spellings),
        TEST(behind_dashes),
        TEST(uncertain_words),
        TEST(folders),
        TEST(targets_and_later_commands),
        TEST(too_many),
        TEST(long_words),
        TEST(little_memory),
        TEST(how_far_programs_go),
        TEST(folder_that_no_word_names),
    };

    return cmocka_run_group_tests(tests, set_up_group, tear_down_group);
}
