/* SPDX-License-Identifier: ISC */
/* A command that somebody would like to hide, and texts that are too large. */
#include "shell-rows.h"

#include <errno.h>

static const struct shell_row rows_of_hostile[] = {
    { "a '\nrm x", "a '\nrm x' -- opaque" },
    { "a $(b \"$(c)\" `d`)", "a + ; b ? + ; c ; d" },
    { "a \"$(b \")\")\"", "a ? ; b )" },
    { "a \"$(b ')')\"", "a ? ; b )" },
    { "a $(b \")\" ')' \\))", "a + ; b ) ) )" },
    { "a \"${x:-$(b \"c\")}\"", "a ? ; b c" },
    { "a `b 'c'`", "a + ; b c" },
    { "a `b $(c)`", "a + ; b + ; c" },
    { "a $(b `c`)", "a + ; b + ; c" },
    { "r''m x", "rm x" },
    { "\"r\"m x", "rm x" },
    { "r\"m\" x", "rm x" },
    { "\\r\\m x", "rm x" },
    { "'rm' x", "rm x" },
    { "/bin/../bin/rm x", "/bin/../bin/rm x" },
    { "./rm x", "./rm x" },
    { "a;rm x", "a ; rm x" },
    { "a&&rm x", "a ; rm x" },
    { "a||rm x", "a ; rm x" },
    { "a", "a" },
    { "rm x", "rm x" },
    { "a&rm x", "a ; rm x" },
    { "a\nrm x", "a ; rm x" },
    { "a\\;rm x", "a;rm x" },
    { "a ';' rm x", "a ; rm x" },
    { "a \";rm x\"", "a ';rm x'" },
    { "! rm x", "rm x" },
    { "if :; then rm x; fi", ": * ; rm x" },
    { "if false; then rm x; fi", "false * ; rm x" },
    { "while rm x; do :; done", "rm x ; : *" },
    { "until rm x; do :; done", "rm x ; : *" },
    { "for i in 1; do rm x; done", "{i=?} rm x" },
    { "case 1 in 1) rm x;; esac", "rm x" },
    { "case 1 in 2) rm x;; esac", "rm x" },
    { "f() { rm x; }; f", "rm x ; f" },
    { "(rm x)", "rm x" },
    { "{ rm x; }", "rm x" },
    { "a $(rm x)", "a + ; rm x" },
    { "a `rm x`", "a + ; rm x" },
    { "a \"$(rm x)\"", "a ? ; rm x" },
    { "a <(rm x)", "a ? ; rm x" },
    { "a >(rm x)", "a ? ; rm x" },
    { "a <<E\n$(rm x)\nE", "a ; rm x" },
    { "a <<E\n`rm x`\nE", "a ; rm x" },
    { "a <<<$(rm x)", "a ; rm x" },
    { "x=$(rm x)", "rm x" },
    { "x=`rm x` a", "{x=?} a ; rm x" },
    { "a >$(rm x)", "a >+ ! ; rm x" },
    { "for i in $(rm x); do :; done", "{i=?} rm x ; {i=?} : *" },
    { "case $(rm x) in a) b;; esac", "rm x ; b" },
    { "case a in $(rm x)) b;; esac", "rm x ; b" },
    { "[[ $(rm x) ]]", "rm x" },
    { "[[ a == `rm x` ]]", "rm x" },
    { "((x=$(rm x)))", "rm x -- opaque" },
    { "a $(( $(rm x) ))", "a + ; rm x -- opaque" },
    { "a ${x:-$(rm x)}", "a + ; rm x" },
    { "a ${x:=$(rm x)}", "{x=?} a + ; {x=?} rm x" },
    { "a ${x/$(rm x)/b}", "a + ; rm x" },
    { "a \"${x#$(rm x)}\"", "a ? ; rm x" },
    { "a ${x[$(rm x)]}", "a + ; rm x -- opaque" },
    { "x[$(rm x)]=1", "rm x -- opaque" },
    { "x=([$(rm x)]=1)", "rm x -- opaque" },
    { "for ((i=$(rm x);;)) do a; done", "rm x ; a -- opaque" },
    { "[[ x -eq 'a[$(rm x)]' ]]", " -- opaque" },
    { "test -v 'a[$(rm x)]'", "test -v 'a[$(rm x)]' * -- opaque" },
    { "printf -v 'a[$(rm x)]' b", "printf -v 'a[$(rm x)]' b * -- opaque" },
    { "read 'a[$(rm x)]'", "read 'a[$(rm x)]' * -- opaque" },
    { "unset 'a[$(rm x)]'", "unset 'a[$(rm x)]' * -- opaque" },
    { "eval 'rm x'", "eval 'rm x' * ; rm x -- opaque" },
    { "trap 'rm x' EXIT", "trap 'rm x' EXIT * ; rm x -- opaque" },
    { ". /dev/stdin <<E\nrm x\nE", ". /dev/stdin * -- opaque" },
    { "sh -c 'rm x'", "sh -c 'rm x'" },
    { "bash <<E\nrm x\nE", "bash" },
    { "command rm x", "rm x" },
    { "command -p rm x", "rm x -- opaque" },
    { "builtin command rm x", "rm x" },
    { "exec rm x", "rm x" },
    { "exec -a a rm x", "rm x -- opaque" },
    { "time rm x", "rm x" },
    { "coproc rm x", "rm x -- opaque" },
    { "alias a='rm x'", "alias 'a=rm x' * -- opaque" },
    { "$x rm", " -- opaque" },
    { "${x} rm x", " -- opaque" },
    { "rm$x x", " -- opaque" },
    { "\"$x\"rm x", " -- opaque" },
    { "x=rm; $x y", " -- opaque" },
    { "PATH=. rm", "{PATH=.} rm -- opaque" },
    { "x=1 y=2 rm x", "{x=1} {y=2} rm x" },
    { ">a rm x", "rm x >a !a" },
    { "rm >a x", "rm x >a !a" },
    { "2>a rm x", "rm x >a !a" },
    { "<a rm x", "rm x >a" },
    { "a #; rm x", "a" },
    { "a #\\\nrm x", "a ; rm x" },
    { "a '#' ; rm x", "a # ; rm x" },
    { "a \"#\"; rm x", "a # ; rm x" },
    { "a\\ #; rm x", "'a #' ; rm x" },
    { "a;# b\nrm x", "a ; rm x" },
    { "a$#; rm x", "rm x -- opaque" },
    { "a ${#}; rm x", "a + ; rm x" },
    { "a ${x#y}; rm x", "a + ; rm x" },
    { "a $((2#1)); rm x", "a + ; 2#1 ; rm x -- opaque" },
    { "a <<E\nE\nrm x", "a ; rm x" },
    { "a <<'E F'\nb\nE F\nrm x", "a ; rm x" },
    { "a <<-E\n\t\tE\nrm x", "a ; rm x" },
    { "a <<E\n E\nrm x\nE", "a" },
    { "a <<E;rm x\nb\nE", "a ; rm x" },
    { "a <<\\E\n$(b)\nE\nrm x", "a ; rm x" },
    { "a <<\"$x\"\nb\n$x\nrm x", "a -- opaque" },
    { "a 'b\n<<E' c\nrm x\nE", "a 'b\n<<E' c ; rm x ; E" },
    { "a \"<<E\"\nrm x", "a <<E ; rm x" },
    { "a \\<\\<E\nrm x", "a <<E ; rm x" },
    { "a $(cat <<E\n)\nE\n); rm x", "a + ; cat ; rm x" },
    { "a &\nrm x", "a ; rm x" },
    { "a &#b\nrm x", "a ; rm x" },
    { "}rm x", "}rm x" },
    { "{rm x;}", "{rm x -- opaque" },
    { "{ rm x}; }", "rm x}" },
    { "(rm x", "rm x -- opaque" },
    { "rm x)", "rm x -- opaque" },
    { "a \"b", "a b -- opaque" },
    { "a 'b", "a b -- opaque" },
    { "a `rm x", "a + -- opaque" },
    { "a $(rm x", "a + ; rm x -- opaque" },
    { "a ${x", "a + -- opaque" },
    { "a $((1", "a + ; 1 -- opaque" },
    { "a [ ; rm x", "a [ ; rm x" },
    { "a ] ; rm x", "a ] ; rm x" },
    { "a {; rm x", "a { ; rm x" },
    { "a }; rm x", "a } ; rm x" },
    { "if; rm x", " -- opaque" },
    { "fi; rm x", " -- opaque" },
    { "do rm x", " -- opaque" },
    { "esac; rm x", " -- opaque" },
    { "in rm x", "in rm x" },
    { "then rm x", " -- opaque" },
    { "function rm { a; }; rm x", "a ; rm x" },
    { "rm() { a; }; rm x", "a ; rm x" },
    { "a() rm x", "rm x" },
    { "a() { b; } rm x", "b -- opaque" },
    { "a \\& rm x", "a & rm x" },
    { "a \"&\" rm x", "a & rm x" },
    { "a \\", "a '' -- opaque" },
    { " rm x", "rm x" },
    { "a >& rm x", "a x >rm !rm" },
    { "a 2>&1 rm x", "a rm x" },
    { "a 2>&1& rm x", "a ; rm x" },
    { "a 2>&1", "a" },
    { "a &>b rm x", "a rm x >b !b" },
    { "a >&'$(rm x)'", "a >'$(rm x)' !$(rm x) -- opaque" },
    { "a >&`rm x`", "a >+ ! ; rm x -- opaque" },
    { "a >|b rm x", "a rm x >b !b" },
    { "a <> b; rm x", "a >b !b ; rm x" },
    { "a <&- ; rm x", "a ; rm x" },
    { "[ a ]; rm x", "[ a ] * ; rm x" },
    { "[ a || rm x", "[ a * ; rm x" },
    { "[[ a ]] || rm x", "rm x" },
    { "[[ a || rm ]] ; b", "b" },
    { "a=b;rm x", "{a=b} rm x" },
    { "a= rm x", "{a=} rm x" },
    { "a+=b rm x", "{a=?} rm x" },
    { "a[0]=b rm x", " -- opaque" },
    { "\"a\"=b rm x", "a=b rm x" },
    { "a''=b rm x", "a=b rm x" },
    { ">&-rm x", "x >-rm !-rm -- opaque" },
    { "a >&-rm", "a >-rm !-rm -- opaque" },
    { "<&-rm x", "x -- opaque" },
    { "2>&-rm x", "x >-rm !-rm -- opaque" },
    { ">&- rm x", "rm x" },
    { ">& -rm x", "x >-rm !-rm -- opaque" },
    { "a 2>& \\\n\t--", "a >-- !-- -- opaque" },
    { "<& -rm x", "x -- opaque" },
    { "a >& - x", "a x" },
    { "<<<a rm x", "rm x" },
    { ">&1-rm x", "x >1-rm !1-rm" },
    { "rm>&-x", "rm >-x !-x -- opaque" },
    { ">|rm x", "x >rm !rm" },
    { "&>rm x", "x >rm !rm" },
    { ">&rm x", "x >rm !rm" },
    { "a|rm x", "a ; rm x" },
    { "a|b|rm x", "a ; b ; rm x" },
    { "(rm x|rm x)", "rm x ; rm x" },
    { "a 2>&1|rm x", "a ; rm x" },
    { "! a|rm x", "a ; rm x" },
    { "{ a; }|rm x", "a ; rm x" },
    { "a `b|rm x`", "a + ; b ; rm x" },
    { "a $(b|rm x)", "a + ; b ; rm x" },
    { "case a in b|$(rm x)) c;; esac", "rm x ; c" },
};

static void hostile(void **state)
{
    (void)state;
    CHECK_SHELL_ROWS(rows_of_hostile, AA_SHELL_BASH);
}

/* "piece" so many times, then the end; whether that is opaque, and how many commands there are. */
static void check_many(const char *piece, size_t times, const char *end, bool opaque, size_t commands)
{
    struct aa_arena arena = AA_ARENA_INIT(SHELL_MEMORY_MAX);
    struct aa_shell_reading reading;
    struct aa_buffer text = AA_BUFFER_INIT(SHELL_LINE_MAX);

    for (size_t i = 0; i < times; i++)
        aa_buffer_add_text(&text, piece);
    aa_buffer_add_text(&text, end);
    assert_non_null(aa_buffer_text(&text));
    assert_int_equal(aa_shell_read(&arena, aa_buffer_text(&text), AA_SHELL_BASH, &reading), 0);
    check((reading.opaque_why != NULL) == opaque && reading.n == commands, "%zu times %s: %zu commands, %s",
          times, piece, reading.n, reading.opaque_why != NULL ? reading.opaque_why : "not opaque");
    aa_buffer_free(&text);
    aa_arena_clear(&arena);
}

static void limits(void **state)
{
    (void)state;
    check_many("a;", AA_EFFECTIVE_MAX, "", false, AA_EFFECTIVE_MAX);
    check_many("a;", AA_EFFECTIVE_MAX, "rm x", true, AA_EFFECTIVE_MAX);
    check_many("a ", AA_SHELL_WORDS_MAX - 1, "b", false, 1);
    check_many("a ", AA_SHELL_WORDS_MAX, "; rm x", true, 1);
    check_many("x=1 ", 200, "a", false, 1);
    check_many("x=1 ", 300, "rm x", true, 0);
    check_many("aaaaaaa ", AA_SHELL_TEXT_MAX / 8 - 1, "aaaaaaa", false, 1);
    check_many("aaaaaaa ", AA_SHELL_TEXT_MAX / 8, "a", true, 0);
}

static void depth(void **state)
{
    (void)state;
    check_many("$(a ", 16000, "", true, AA_SHELL_DEPTH_MAX - 1);
    check_many("(", 60000, "a", true, 0);
    check_many("{ ", 30000, "a", true, 0);
    check_many("if ", 20000, "a", true, 0);
    check_many("a ${x:-", 9000, "", true, 1);
    check_many("f() ", 9000, "a", true, 0);
    check_many("a \"`", 9000, "", true, 2);
    check_many("! ", 30000, "a", false, 1);
    check_many("a <(", 10000, "", true, AA_SHELL_DEPTH_MAX);
    check_many("case a in b) ", 4000, "", true, 0);
    check_many("a `b` ", 10000, "", true, 64); /* no more memory than the text is long, and depth */
    check_many("a <<E ", 10000, "", true, 1);
    check_many("{ ", AA_SHELL_DEPTH_MAX - 1, "rm x;}", true, 1);
}

/* What people are told. */
static void reasons(void **state)
{
    static const struct {
        const char *text, *wanted;
    } rows[] = {
        { "$x a", "the name of a command is expanded: $x" },
        { "eval a", "a text is run that is made at run time: eval" },
        { "trap a EXIT", "a text is run that is kept for later: trap" },
        { "PATH=a", "a variable is set that changes what the shell runs: PATH" },
        { ". a", "a builtin runs what is not known here: ." },
        { "a 'b", "a quote in the text for the shell is not closed" },
        { "a )", "the text for the shell is not understood to its end" },
        { "a \xff", "the text for the shell is not UTF-8" },
        { "a \001", "the text for the shell has control characters" },
        { "a\r\n", "the text for the shell has control characters" },
        { "a \xc3\xa9\\ b", "the text for the shell has letters that not every shell reads alike" },
        { "cd() { a; }", "a function takes the place of a builtin: cd" },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_arena arena = AA_ARENA_INIT(SHELL_MEMORY_MAX);
        struct aa_shell_reading reading;

        assert_int_equal(aa_shell_read(&arena, rows[i].text, AA_SHELL_BASH, &reading), 0);
        assert_non_null(reading.opaque_why);
        assert_string_equal(reading.opaque_why, rows[i].wanted);
        aa_arena_clear(&arena);
    }
}

/* With every smaller amount of memory: an error, never a reading that lacks something. */
static void memory(void **state)
{
    static const char text[] = "x=1 a $(b `c`) >d; f() { e; }; cat <<E | eval 'g h'\n$(i)\nE\n${x} k";
    int failed = 0, read = 0;

    (void)state;
    for (size_t size = 0; size < 32 * 1024; size += 16) {
        struct aa_arena arena = AA_ARENA_INIT(size);
        struct aa_shell_reading reading;
        int result = aa_shell_read(&arena, text, AA_SHELL_BASH, &reading);

        if (result == 0) {
            read++;
            assert_int_equal(reading.n, 8);
            assert_non_null(reading.opaque_why);
        } else {
            failed++;
            assert_int_equal(result, -ENOMEM);
        }
        aa_arena_clear(&arena);
    }
    assert_true(failed > 100 && read > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile),
        cmocka_unit_test(limits),
        cmocka_unit_test(depth),
        cmocka_unit_test(reasons),
        cmocka_unit_test(memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
