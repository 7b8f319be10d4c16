/* SPDX-License-Identifier: ISC */
/* Which programs run other programs or code, by any of their names; and which command lines are
 * a shell that somebody types into. */
#include "unit.h"

#include "capture/capture.h"
#include "classify/classify.h"
#include "classify/hatch.h"
#include "classify/programs.h"

static void kinds(void **state)
{
    static const struct {
        const char *base;
        enum aa_program_kind kind;
    } rows[] = {
        { "id", AA_PROGRAM_PLAIN },
        { "systemctl", AA_PROGRAM_PLAIN },
        { "", AA_PROGRAM_PLAIN },
        { "pythonista", AA_PROGRAM_PLAIN },
        { "she", AA_PROGRAM_PLAIN },
        { "push", AA_PROGRAM_PLAIN },
        { "env2fs", AA_PROGRAM_PLAIN },
        { "7", AA_PROGRAM_PLAIN },
        { "env", AA_PROGRAM_WRAPPER },
        { "sudo", AA_PROGRAM_WRAPPER },
        { "xargs", AA_PROGRAM_WRAPPER },
        { "timeout", AA_PROGRAM_WRAPPER },
        { "busybox", AA_PROGRAM_WRAPPER },
        { "su", AA_PROGRAM_WRAPPER },
        { "systemd-run", AA_PROGRAM_WRAPPER },
        { "ld-linux-x86-64.so.2", AA_PROGRAM_WRAPPER },
        { "ld-linux.so.2", AA_PROGRAM_WRAPPER },
        { "ld-musl-x86_64.so.1", AA_PROGRAM_WRAPPER },
        { "ld.so", AA_PROGRAM_WRAPPER },
        { "find", AA_PROGRAM_SOMETIMES },
        { "ip", AA_PROGRAM_SOMETIMES },
        { "sh", AA_PROGRAM_SHELL },
        { "bash", AA_PROGRAM_SHELL },
        { "bash5", AA_PROGRAM_SHELL },
        { "zsh-5.9", AA_PROGRAM_SHELL },
        { "ksh93", AA_PROGRAM_SHELL },
        { "rbash", AA_PROGRAM_SHELL },
        { "python", AA_PROGRAM_INTERPRETER },
        { "python3", AA_PROGRAM_INTERPRETER },
        { "python3.11", AA_PROGRAM_INTERPRETER },
        { "python2.7", AA_PROGRAM_INTERPRETER },
        { "perl5.36.0", AA_PROGRAM_INTERPRETER },
        { "ruby3.1", AA_PROGRAM_INTERPRETER },
        { "php8.2", AA_PROGRAM_INTERPRETER },
        { "lua5.4", AA_PROGRAM_INTERPRETER },
        { "gawk-5.2.1", AA_PROGRAM_INTERPRETER },
        { "tclsh8.6", AA_PROGRAM_INTERPRETER },
        { "node-18", AA_PROGRAM_INTERPRETER },
        { "Rscript", AA_PROGRAM_INTERPRETER },
        { "make", AA_PROGRAM_INTERPRETER },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++)
        check(aa_program_kind(rows[i].base) == rows[i].kind, "%s: %d", rows[i].base,
              aa_program_kind(rows[i].base));
}

static void long_names_are_plain(void **state)
{
    char name[4096];

    (void)state;
    memset(name, '1', sizeof(name) - 1);
    memcpy(name, "sh", 2);
    for (size_t n = 3; n < sizeof(name); n += 61) {
        name[n] = '\0';
        (void)aa_program_kind(name); /* must not pass the end of anything */
        name[n] = '1';
    }
    name[40] = '\0';
    assert_int_equal(aa_program_kind(name), AA_PROGRAM_SHELL);
}

/* A request for one command line; its words are divided by blanks. */
static struct aa_request *request_for(const char *line)
{
    struct aa_request *request = aa_request_new();
    struct aa_effective *effective = AA_NEW(&request->arena, struct aa_effective);
    struct aa_known_name *name = AA_NEW(&request->arena, struct aa_known_name);
    const char **args = AA_NEW_ARRAY(&request->arena, const char *, 16);
    char *copy = aa_arena_strdup(&request->arena, line), *rest = NULL;
    size_t n = 0;

    name->path = strtok_r(copy, " ", &rest);
    name->base = aa_base_name(name->path);
    for (const char *word; (word = strtok_r(NULL, " ", &rest)) != NULL;)
        args[n++] = aa_streq(word, "''") ? "" : word;
    *effective = (struct aa_effective){ .names = name, .names_n = 1, .resolved = name->path,
                                        .args = { args, NULL, n } };
    request->effective = effective;
    request->effective_n = 1;
    return request;
}

/* "name args; name args", "?" before a word that is not exact; " !" where it is opaque, " $" where
 * somebody types into a shell. */
static void render(const struct aa_request *request, char *text, size_t size)
{
    size_t n = 0;

    text[0] = '\0';
    for (size_t i = 0; i < request->effective_n; i++) {
        const struct aa_effective *effective = &request->effective[i];

        n += (size_t)snprintf(text + n, size - n, "%s%s", i > 0 ? "; " : "",
                              effective->names[0].base);
        for (size_t j = 0; j < effective->args.n; j++)
            n += (size_t)snprintf(text + n, size - n, " %s%s",
                                  aa_doubt_of(&effective->args, j) != AA_EXACT ? "?" : "",
                                  effective->args.v[j]);
        assert_true(effective->wrapped == (i > 0));
        assert_true(n < size);
    }
    snprintf(text + n, size - n, "%s%s", request->opaque_why != NULL ? " !" : "",
             request->interactive_shell ? " $" : "");
}

static const struct line {
    const char *line, *wanted;
    unsigned flags;
} lines[] = {
    { "/usr/bin/id -u", "id -u", 0 },
    { "/usr/bin/ -u", " -u", 0 }, /* a name without a letter is in no list */
    { "/usr/bin/env X=1 id", "env X=1 id; id", 0 },
    { "/usr/bin/env env nice id", "env env nice id; env nice id; nice id; id", 0 },
    { "/usr/bin/timeout 5 sh -c id", "timeout 5 sh -c id; sh -c id; id", 0 },
    { "/usr/bin/find / -name x", "find / -name x", 0 },
    { "/usr/bin/find / -exec id ;", "find / -exec id ;; id", 0 },
    { "/usr/bin/find / -exec sh -c id ;", "find / -exec sh -c id ;; sh -c id; id", 0 },
    { "/usr/bin/find / -exec {} ;", "find / -exec {} ; !", 0 },
    { "/usr/sbin/ip addr", "ip addr", 0 },
    { "/usr/sbin/ip netns exec n id", "ip netns exec n id; id", 0 },
    { "/usr/sbin/ip netns e n id", "ip netns e n id; id", 0 },
    { "/usr/sbin/ip -b file", "ip -b file !", 0 },
    { "/usr/sbin/ip -force -batch file", "ip -force -batch file !", 0 },
    { "/usr/bin/python3 x.py a", "python3 x.py a; x.py a", 0 },
    { "/usr/bin/python3 -c x", "python3 -c x !", 0 },
    { "/usr/bin/python3 -m x", "python3 -m x !", 0 },
    { "/usr/bin/awk x", "awk x !", 0 },
    { "/usr/bin/java -jar x", "java -jar x !", 0 },
    { "/bin/bash", "bash ! $", 0 },
    { "/bin/bash -l", "bash -l ! $", 0 },
    { "/bin/bash --login", "bash --login ! $", 0 },
    { "/bin/bash -s", "bash -s ! $", 0 },
    { "/bin/bash -c id", "bash -c id; id", 0 },
    { "/bin/bash -lc id", "bash -lc id; id", 0 },
    { "/bin/bash -ic id", "bash -ic id; id", 0 },
    { "/bin/bash -ec id x y", "bash -ec id x y; id", 0 },
    { "/bin/bash -c -e id", "bash -c -e id; id", 0 },
    { "/bin/bash -c -- id", "bash -c -- id; id", 0 },
    { "/bin/bash -o pipefail -c id", "bash -o pipefail -c id; id", 0 },
    { "/bin/bash -euo pipefail -c id", "bash -euo pipefail -c id; id", 0 },
    { "/bin/bash +e -c id", "bash +e -c id; id", 0 },
    { "/bin/bash --norc --noprofile -c id", "bash --norc --noprofile -c id; id", 0 },
    { "/bin/bash -norc", "bash -norc ! $", 0 },
    { "/bin/bash -O extglob -c id", "bash -O extglob -c id ! $", 0 },
    { "/bin/bash --rcfile f -ic id", "bash --rcfile f -ic id ! $", 0 },
    { "/bin/bash -c", "bash -c ! $", 0 },
    { "/bin/bash script.sh a", "bash script.sh a; script.sh a", 0 },
    { "/bin/bash '' x", "bash  x !", 0 },
    { "/bin/bash -x script.sh", "bash -x script.sh; script.sh", 0 },
    { "/bin/bash +x", "bash +x ! $", 0 },
    { "/bin/bash -i script.sh", "bash -i script.sh; script.sh $", 0 },
    { "/bin/bash -", "bash - ! $", 0 },
    { "/bin/bash /dev/stdin", "bash /dev/stdin ! $", 0 },
    { "/bin/dash -c id", "dash -c id; id", 0 },
    { "/bin/zsh -fc id", "zsh -fc id; id", 0 },
    { "/bin/zsh -yc id", "zsh -yc id ! $", 0 },
    { "/usr/bin/fish -c id", "fish -c id !", 0 },
    { "/usr/bin/fish", "fish ! $", 0 },
    { "/bin/csh -c id", "csh -c id !", 0 },
    { "/bin/busybox sh -c id", "busybox sh -c id; sh -c id; id", 0 },
    { "/bin/busybox ls", "busybox ls; ls", 0 },
    { "/usr/bin/tar cf x.tar /srv", "tar cf x.tar /srv", 0 },
    { "/usr/bin/tar xf x --to-command=id", "tar xf x --to-command=id; id !", 0 },
    { "/usr/bin/tar xf x --to-comm id", "tar xf x --to-comm id; id !", 0 },
    { "/usr/bin/tar -cIid -f x", "tar -cIid -f x; id !", 0 },
    { "/usr/bin/tar cIf id x", "tar cIf id x; f !", 0 },
    { "/usr/bin/rsync -avze id a b", "rsync -avze id a b; id !", 0 },
    { "/usr/bin/vim /etc/motd", "vim /etc/motd", 0 },
    { "/usr/bin/vim -c x", "vim -c x; x !", 0 },
    { "/usr/bin/vim +x", "vim +x !", 0 },
    { "/usr/bin/less /etc/motd", "less /etc/motd", 0 },
    { "/usr/bin/git status", "git status", 0 },
    { "/usr/bin/git -c core.pager=id log", "git -c core.pager=id log; core.pager=id !", 0 },
    { "/usr/bin/sed s/a/b/ f", "sed s/a/b/ f", 0 },
    { "/usr/bin/sed 1e f", "sed 1e f !", 0 },
    { "/usr/bin/sed s/a/b/e f", "sed s/a/b/e f !", 0 },
    { "/usr/bin/sed -f f", "sed -f f !", 0 },
    { "/usr/bin/sed -ne s/a/b/p -e p f", "sed -ne s/a/b/p -e p f", 0 },
    { "/usr/bin/sed p -e 1e f", "sed p -e 1e f !", 0 },
    { "/usr/bin/xargs tar cf x", "xargs tar cf x; tar cf x ? !", 0 },
    { "/usr/bin/xargs pg_dump", "xargs pg_dump; pg_dump ?", 0 },
    { "/usr/bin/psql", "psql !", 0 },
    { "/usr/bin/psql -d prod -c select", "psql -d prod -c select", 0 },
    { "/usr/bin/psql prod --command=select", "psql prod --command=select", 0 },
    { "/usr/bin/psql -U -c", "psql -U -c !", 0 },
    { "/usr/bin/mysql -u root -e select", "mysql -u root -e select", 0 },
    { "/usr/bin/mysql --prompt -e", "mysql --prompt -e !", 0 },
    { "/usr/bin/sqlite3 db select", "sqlite3 db select", 0 },
    { "/usr/bin/sqlite3 -readonly db select", "sqlite3 -readonly db select", 0 },
    { "/usr/bin/sqlite3 -batch db", "sqlite3 -batch db !", 0 },
    { "/usr/bin/sqlite3 -separator x db", "sqlite3 -separator x db !", 0 },
    { "/usr/bin/sqlite3", "sqlite3 !", 0 },
    { "/usr/bin/psql -c \\!id", "psql -c \\!id !", 0 },
    /* sudo -s and -i: whatever the account's shell is called */
    { "/usr/local/bin/shell", "shell ! $", AA_SHELL_REQUESTED },
    { "/usr/local/bin/shell -c id", "shell -c id !", AA_SHELL_REQUESTED },
    { "/bin/bash --login -c id", "bash --login -c id; id", AA_SHELL_REQUESTED },
    { "/bin/bash", "bash ! $", AA_SHELL_REQUESTED },
};

static void what_lines_run(void **state)
{
    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(lines); i++) {
        struct aa_request *request = request_for(lines[i].line);
        char got[1024];

        assert_int_equal(aa_classify(request, NULL, lines[i].flags), 0);
        render(request, got, sizeof(got));
        check(aa_streq(got, lines[i].wanted), "%s: \"%s\", wanted \"%s\" (%s)", lines[i].line, got,
              lines[i].wanted, request->opaque_why != NULL ? request->opaque_why : "");
        aa_request_free(request);
    }
}

static void too_deep(void **state)
{
    static const char line[] = "/usr/bin/nice nice nice nice nice nice nice nice nice nice nice nice nice id";
    struct aa_request *request = request_for(line);

    (void)state;
    assert_int_equal(aa_classify(request, NULL, 0), 0);
    assert_string_equal(request->opaque_why, "commands in it are nested too deep");
    aa_request_free(request);
}

static void too_many(void **state)
{
    struct aa_request *request = request_for("/bin/sh -c x");
    struct aa_effective effective = *request->effective;
    char text[4 * AA_EFFECTIVE_MAX + 1] = "";
    const char *const args[] = { "-c", text };

    (void)state;
    for (size_t i = 0; i < AA_EFFECTIVE_MAX; i++)
        memcpy(text + 4 * i, "id; ", 5);
    effective.args = (struct aa_words){ args, NULL, 2 };
    request->effective = &effective;
    assert_int_equal(aa_classify(request, NULL, 0), 0);
    assert_int_equal(request->effective_n, AA_EFFECTIVE_MAX);
    assert_non_null(request->opaque_why);
    aa_request_free(request);
}

static void seds(void **state)
{
    static const struct {
        const char *script;
        bool plain;
    } rows[] = {
        { "", true }, { "p", true }, { "1,5p", true }, { "$d", true }, { "/x/d", true },
        { "/x/,/y/d", true }, { "s/a/b/", true }, { "s/a/b/g;s|c|d|", true }, { "s/a\\/b/c/", true },
        { "s/[a-z]*/x/g", true }, { "s/[[:space:]]*$//", true }, { "s/a/[/", true }, { "1!d", true },
        { "0~3d", true }, { "1,+3p", true }, { "/x/Id", true }, { "s,a,b,2", true }, { "q\np", true },
        { "1e", false }, { "e id", false }, { "s/a/b/e", false }, { "s/a/b/w f", false },
        { "s/a/b/ge", false }, { "w f", false }, { "r f", false }, { "s/[/]/x/e", false },
        { "s/[^/]/x/", false }, { "s/a", false }, { "s/a/b", false }, { "p e", false }, { "pe", false },
        { "{p}", false }, { "a x", false }, { "y/a/b/", false }, { ":l", false }, { "s\na\nb\n", false },
        { "/x/e", false }, { "\\,x,e", false }, { "s/a/b/\ne", false }, { "s/a/\\\ne/", false },
        { "/[/]e/p", false }, { "s/a/b/m", false }, { "p;e", false }, { "p#", false },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++)
        check(aa_sed_is_plain(rows[i].script) == rows[i].plain, "sed '%s'", rows[i].script);
}

/* A harmless name does not hide another one that is not. */
static void any_name_counts(void **state)
{
    static const struct aa_known_name names[] = {
        { "/home/alice/editor", "editor" }, { "/etc/alternatives/x", "x" }, { "/bin/bash", "bash" },
    };
    struct aa_request *request = request_for("/home/alice/editor");
    struct aa_effective effective = *request->effective;

    (void)state;
    effective.names = names;
    effective.names_n = AA_ARRAY_SIZE(names);
    request->effective = &effective;
    assert_int_equal(aa_classify(request, NULL, 0), 0);
    assert_string_equal(request->opaque_why,
                        "bash is a shell that takes commands from a terminal or a pipe");
    assert_true(request->interactive_shell);
    aa_request_free(request);
}

static void nothing_is_nothing(void **state)
{
    struct aa_request *request = aa_request_new();

    (void)state;
    assert_int_equal(aa_classify(request, NULL, AA_SHELL_REQUESTED), 0);
    assert_null(request->opaque_why);
    assert_false(request->interactive_shell);
    aa_request_free(request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds),           cmocka_unit_test(long_names_are_plain),
        cmocka_unit_test(what_lines_run),  cmocka_unit_test(any_name_counts),
        cmocka_unit_test(too_deep),        cmocka_unit_test(too_many),
        cmocka_unit_test(seds),
        cmocka_unit_test(nothing_is_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
