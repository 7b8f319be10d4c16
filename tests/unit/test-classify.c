/* SPDX-License-Identifier: ISC */
/* Which programs run other programs or code, by any of their names; and which command lines are
 * a shell that somebody types into. */
#include "unit.h"

#include "capture/capture.h"
#include "classify/classify.h"
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
    const char *slash;
    size_t n = 0;

    name->path = strtok_r(copy, " ", &rest);
    slash = strrchr(name->path, '/');
    name->base = slash == NULL ? name->path : slash + 1;
    for (const char *word; (word = strtok_r(NULL, " ", &rest)) != NULL;)
        args[n++] = aa_streq(word, "''") ? "" : word;
    *effective = (struct aa_effective){ .names = name, .names_n = 1, .resolved = name->path,
                                        .args = { args, NULL, n } };
    request->effective = effective;
    request->effective_n = 1;
    return request;
}

static void lines(void **state)
{
    static const struct {
        const char *line;
        unsigned flags;
        bool opaque, shell;
    } rows[] = {
        { "/usr/bin/id -u", 0, false, false },
        { "/usr/bin/env X=1 id", 0, true, false },
        { "/usr/bin/find / -name x", 0, false, false },
        { "/usr/bin/find / -exec id ;", 0, true, false },
        { "/usr/bin/find / -execdir id ;", 0, true, false },
        { "/usr/bin/find / -ok id ;", 0, true, false },
        { "/usr/bin/find / -okdir id ;", 0, true, false },
        { "/usr/sbin/ip addr", 0, false, false },
        { "/usr/sbin/ip netns exec n id", 0, true, false },
        { "/usr/sbin/ip netns e n id", 0, true, false },
        { "/usr/sbin/ip -b file", 0, true, false },
        { "/usr/sbin/ip -batch file", 0, true, false },
        { "/usr/sbin/ip -force -batch file", 0, true, false },
        { "/usr/bin/python3 x.py", 0, true, false },
        { "/bin/bash", 0, true, true },
        { "/bin/bash -l", 0, true, true },
        { "/bin/bash --login", 0, true, true },
        { "/bin/bash -c id", 0, true, false },
        { "/bin/bash -lc id", 0, true, false },
        { "/bin/bash -ic id", 0, true, false },
        { "/bin/bash script.sh", 0, true, false },
        { "/bin/bash -x script.sh", 0, true, false },
        { "/bin/bash +x", 0, true, true },
        { "/bin/bash -i script.sh", 0, true, true },
        { "/bin/bash -", 0, true, true },
        { "/bin/sh ''", 0, true, false },
        /* sudo -s and -i: whatever the account's shell is called */
        { "/usr/local/bin/shell", AA_SHELL_REQUESTED, true, true },
        { "/usr/local/bin/shell -c id", AA_SHELL_REQUESTED, true, false },
        { "/bin/bash --login -c id", AA_SHELL_REQUESTED, true, false },
        { "/bin/bash", AA_SHELL_REQUESTED, true, true },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_request *request = request_for(rows[i].line);

        assert_int_equal(aa_classify(request, rows[i].flags), 0);
        check((request->opaque_why != NULL) == rows[i].opaque, "%s: %s", rows[i].line,
              request->opaque_why);
        check(request->interactive_shell == rows[i].shell, "%s: interactive %d", rows[i].line,
              request->interactive_shell);
        aa_request_free(request);
    }
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
    assert_int_equal(aa_classify(request, 0), 0);
    assert_string_equal(request->opaque_why, "bash is a shell");
    assert_true(request->interactive_shell);
    aa_request_free(request);
}

static void nothing_is_nothing(void **state)
{
    struct aa_request *request = aa_request_new();

    (void)state;
    assert_int_equal(aa_classify(request, AA_SHELL_REQUESTED), 0);
    assert_null(request->opaque_why);
    assert_false(request->interactive_shell);
    aa_request_free(request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds),           cmocka_unit_test(long_names_are_plain),
        cmocka_unit_test(lines),           cmocka_unit_test(any_name_counts),
        cmocka_unit_test(nothing_is_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
