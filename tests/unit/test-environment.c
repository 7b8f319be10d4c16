/* SPDX-License-Identifier: ISC */
/* Which variables are harmless, by name and by value, and which of them the caller added. */
#include "unit.h"
#include "world.h"

#include "capture/capture.h"
#include "capture/environment.h"
#include "capture/executable.h"
#include "config.h"

static const struct aa_environment_owner owner = {
    .name = "postgres", .home = "/var/lib/postgresql", .shell = "/bin/bash",
    .requester = "alice", .requester_uid = 1000,
};

/* As capture does it: the walk belongs to the request. */
static int capture(struct aa_request *request, char *const *envp, char *const *submitted_argv,
                   char *const *submitted_envp, const struct aa_environment_owner *whose)
{
    struct aa_walked walked = { .n = 0 };
    const struct aa_walker walker = { &aa_site_system, &request->arena, &walked };
    size_t options = 0;

    /* the test's commands are called "id" */
    while (submitted_argv != NULL && !aa_streq(submitted_argv[options], "id"))
        options++;
    return aa_capture_environment(&walker, request, envp, submitted_argv, options, submitted_envp,
                                  whose);
}

static struct aa_variable look_at(const char *variable, char *const *submitted_argv,
                                  char *const *submitted_envp)
{
    struct aa_request *request = aa_request_new();
    char *envp[] = { (char *)(uintptr_t)variable, NULL };
    static char why[256], name[256];
    struct aa_variable result;

    assert_non_null(request);
    assert_int_equal(capture(request, envp, submitted_argv, submitted_envp, &owner), 0);
    assert_int_equal(request->variables_n, 1);
    result = request->variables[0];
    snprintf(name, sizeof(name), "%s", result.name);
    snprintf(why, sizeof(why), "%s", result.refused_why != NULL ? result.refused_why : "");
    result.name = name;
    result.refused_why = result.refused_why != NULL ? why : NULL;
    aa_request_free(request);
    return result;
}

static void values(void **state)
{
    static const struct {
        const char *variable;
        bool harmless;
    } rows[] = {
        /* by name */
        { "LD_PRELOAD=/tmp/evil.so", false },
        { "LD_LIBRARY_PATH=", false },
        { "PYTHONPATH=x", false },
        { "BASH_ENV=/tmp/x", false },
        { "BASH_FUNC_id%%=() { x; }", false },
        { "IFS= ", false },
        { "EDITOR=vi", false },
        { "PATHX=/usr/bin", false },
        { "XPATH=/usr/bin", false },
        { "lang=C", false },
        { "=x", false },
        { "", false },
        { "LANG", false }, /* no value at all */
        { "LC", false },
        { "LCX=C", false },
        /* PATH */
        { "PATH=", false }, /* stands for the current folder */
        { "PATH=/usr/bin", true },
        { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", true },
        { "PATH=/usr/bin/", true },
        { "PATH=/usr/no-such-folder:/usr/bin", true }, /* only root could make it */
        { "PATH=:/usr/bin", false },
        { "PATH=/usr/bin:", false },
        { "PATH=/usr/bin::/bin", false },
        { "PATH=.", false },
        { "PATH=bin:/usr/bin", false },
        { "PATH=/usr/bin:.", false },
        { "PATH=/tmp:/usr/bin", false },
        { "PATH=/usr/bin:/tmp", false },
        { "PATH=/tmp/../usr/bin", false },
        { "PATH=/usr/bin/id", false }, /* no folder */
        { "PATH=/tmp/no-such-folder", false },
        /* accounts */
        { "HOME=/var/lib/postgresql", true },
        { "HOME=/tmp", false },
        { "HOME=", false },
        { "USER=postgres", true },
        { "USER=root", false },
        { "LOGNAME=postgres", true },
        { "LOGNAME=alice", false },
        { "USERNAME=postgres", true },
        { "USERNAME=x", false },
        { "SHELL=/bin/bash", true },
        { "SHELL=/tmp/sh", false },
        { "MAIL=/var/mail/postgres", true },
        { "MAIL=/var/spool/mail/postgres", true },
        { "MAIL=/var/mail/../x", false },
        { "MAIL=/var/mail/root", false },
        { "MAIL=", false },
        /* sudo's own */
        { "SUDO_COMMAND=/usr/bin/id $(anything)\n", true },
        { "SUDO_USER=alice", true },
        { "SUDO_USER=bob", false },
        { "SUDO_UID=1000", true },
        { "SUDO_UID=0", false },
        { "SUDO_UID=01000", false },
        { "SUDO_GID=100", true },
        { "SUDO_GID=", false },
        { "SUDO_GID=1x", false },
        { "SUDO_GID=-1", false },
        { "SUDO_GID=123456789012345678901", false },
        { "SUDO_HOME=/home/alice", true },
        { "SUDO_HOME=home", false },
        { "SUDO_HOME=/home/../etc", false },
        { "SUDO_TTY=/dev/pts/3", true },
        { "SUDO_TTY=/dev/$x", false },
        { "SUDO_EDITOR=vi", false },
        { "SUDO_ASKPASS=/tmp/x", false },
        /* a shell's bookkeeping */
        { "PWD=/home/alice", true },
        { "PWD=home", false },
        { "OLDPWD=/", true },
        { "OLDPWD=/../x", false },
        { "SHLVL=1", true },
        { "SHLVL=x", false },
        { "_=/usr/bin/sudo", true },
        { "_=sudo", false },
        /* talking to people */
        { "TERM=xterm-256color", true },
        { "TERM=../x", false },
        { "TERM=a/b", false },
        { "TERM=%n", false },
        { "TERM=", true },
        { "COLORTERM=truecolor", true },
        { "COLORTERM=a b", false },
        { "LANG=de_DE.UTF-8@euro", true },
        { "LANG=/tmp/locale", false },
        { "LANG=C;x", false },
        { "LANG=C\n", false },
        { "LANGUAGE=de:en", true },
        { "LANGUAGE=de/en", false },
        { "LINGUAS=de", true },
        { "LINGUAS=de en", false },
        { "LC_ALL=C", true },
        { "LC_ALL=%s", false },
        { "LC_ANYTHING=../x", false },
        { "TZ=Europe/Berlin", true },
        { "TZ=<+03>-3", true },
        { "TZ=EST5EDT,M3.2.0,M11.1.0", true },
        { "TZ=/tmp/zone", false },
        { "TZ=:/tmp/zone", false },
        { "TZ=../tmp/zone", false },
        { "TZ=Europe/../../x", false },
        { "LS_COLORS=rs=0:di=01;34:*.tar=01;31", true },
        { "LS_COLORS=$(x)", false },
        { "COLORS=/etc/DIR_COLORS", true },
        { "COLORS=DIR_COLORS", false },
        { "HOSTNAME=db-1.example.com", true },
        { "HOSTNAME=a b", false },
        { "HISTSIZE=1000", true },
        { "HISTSIZE=1k", false },
        { "DISPLAY=:0", true },
        { "DISPLAY=:10.0", true },
        { "DISPLAY=localhost:10.0", true },
        { "DISPLAY=evil.example.com:0", false },
        { "DISPLAY=localhost", false },
        { "DISPLAY=:", false },
        { "DISPLAY=", false },
        { "DISPLAY=:0:1", false },
        { "DISPLAY=:12345678", true },
        { "DISPLAY=:123456789", false },
        { "XAUTHORITY=/home/alice/.Xauthority", true },
        { "XAUTHORITY=.Xauthority", false },
        { "XAUTHORITY=/home/alice/a b", false },
        { "XDG_CURRENT_DESKTOP=ubuntu:GNOME", true },
        { "XDG_CURRENT_DESKTOP=a/b", false },
        { "XDG_RUNTIME_DIR=/run/user/1000", false },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_variable variable = look_at(rows[i].variable, NULL, NULL);

        check((variable.refused_why == NULL) == rows[i].harmless, "%s: %s", rows[i].variable,
              variable.refused_why);
        check(strncmp(variable.name, rows[i].variable, strlen(variable.name)) == 0, "%s",
              rows[i].variable);
        check(rows[i].harmless || variable.added, "%s is refused and not added", rows[i].variable);
    }
}

static void long_values_are_refused(void **state)
{
    static char variable[5000] = "LANG=";

    (void)state;
    memset(variable + 5, 'a', 4096);
    assert_null(look_at(variable, NULL, NULL).refused_why);
    memset(variable + 5, 'a', 4097);
    assert_non_null(look_at(variable, NULL, NULL).refused_why);
    memcpy(variable, "SUDO_COMMAND=", 13); /* sudo itself makes this one, of any length */
    assert_null(look_at(variable, NULL, NULL).refused_why);
}

/* Where the account is not known, its values cannot be harmless. */
static void unknown_account(void **state)
{
    static const struct aa_environment_owner nobody = { .requester_uid = 5 };
    static char home[] = "HOME=/", user[] = "USER=x", mail[] = "MAIL=/var/mail/x", *envp[] =
        { home, user, mail, NULL };
    struct aa_request *request = aa_request_new();

    (void)state;
    assert_int_equal(capture(request, envp, NULL, NULL, &nobody), 0);
    for (size_t i = 0; i < 3; i++)
        assert_non_null(request->variables[i].refused_why);
    aa_request_free(request);
}

static void who_added_it(void **state)
{
    static char sudo[] = "sudo", term[] = "TERM=xterm", other[] = "TERM=vt100", home[] =
        "HOME=/var/lib/postgresql", id[] = "id";
    char *plain[] = { sudo, id, NULL }, *with_term[] = { sudo, term, id, NULL };
    char *with_home[] = { sudo, home, id, NULL };
    char *behind[] = { sudo, id, term, NULL }, *home_behind[] = { sudo, id, home, NULL };
    char *same[] = { term, NULL }, *different[] = { other, NULL };

    (void)state;
    assert_false(look_at("TERM=xterm", plain, NULL).added);
    assert_false(look_at("TERM=xterm", plain, different).added);
    assert_true(look_at("TERM=xterm", plain, same).added);     /* handed through */
    assert_true(look_at("TERM=xterm", with_term, NULL).added); /* sudo TERM=xterm id */
    assert_false(look_at(home, plain, NULL).added);
    assert_false(look_at(home, plain, (char *[]){ home, NULL }).added); /* sudo sets it anyway */
    assert_true(look_at(home, with_home, NULL).added);
    assert_non_null(look_at(home, with_home, NULL).refused_why); /* a right value, but sudo's to set */
    assert_null(look_at("TERM=xterm", with_term, NULL).refused_why);
    assert_false(look_at("TERM=xterm", behind, NULL).added); /* a word of the command's */
    assert_null(look_at(home, home_behind, NULL).refused_why);
    assert_true(look_at("LD_PRELOAD=x", plain, NULL).added);
    assert_false(look_at("TERM=xterm", NULL, NULL).added);
}

/* What sudo gives to the children of a command that it intercepts, and to nobody else. */
static void under_intercept(void **state)
{
    static char library[] = "LD_PRELOAD=" AA_SUDO_PLUGIN_DIR "/sudo_intercept.so";
    static char more[] = "LD_PRELOAD=" AA_SUDO_PLUGIN_DIR "/sudo_intercept.so:/tmp/x.so";
    static char fd[] = "SUDO_INTERCEPT_FD=7", bad_fd[] = "SUDO_INTERCEPT_FD=/x";
    char *all[] = { library, more, fd, bad_fd, NULL };
    static const bool harmless[] = { true, false, true, false };

    (void)state;
    for (int intercepted = 0; intercepted < 2; intercepted++) {
        struct aa_request *request = aa_request_new();
        struct aa_environment_owner whose = owner;

        whose.intercepted = intercepted != 0;
        assert_int_equal(capture(request, all, NULL, NULL, &whose), 0);
        for (size_t i = 0; i < AA_ARRAY_SIZE(harmless); i++)
            check((request->variables[i].refused_why == NULL) == (intercepted && harmless[i]),
                  "%s: %d", all[i], intercepted);
        aa_request_free(request);
    }
}

static void several_at_once(void **state)
{
    static char a[] = "LANG=C", b[] = "LANG=/x", c[] = "TERM=vt100", *envp[] = { a, b, c, NULL };
    static char *nothing[] = { NULL };
    struct aa_request *request = aa_request_new();

    (void)state;
    assert_int_equal(capture(request, envp, NULL, NULL, &owner), 0);
    assert_int_equal(request->variables_n, 3);
    assert_null(request->variables[0].refused_why);
    assert_non_null(request->variables[1].refused_why); /* said twice: each is looked at */
    assert_null(request->variables[2].refused_why);
    assert_int_equal(capture(request, nothing, NULL, NULL, &owner), 0);
    assert_int_equal(request->variables_n, 0);
    aa_request_free(request);
}

static void finding_a_value(void **state)
{
    static char a[] = "AB=1", b[] = "A=2", c[] = "A=3", d[] = "E=", *envp[] = { a, b, c, d, NULL };

    (void)state;
    assert_string_equal(aa_environment_value(envp, "A"), "2");
    assert_string_equal(aa_environment_value(envp, "AB"), "1");
    assert_string_equal(aa_environment_value(envp, "E"), "");
    assert_null(aa_environment_value(envp, "X"));
    assert_null(aa_environment_value(NULL, "A"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),          cmocka_unit_test(long_values_are_refused),
        cmocka_unit_test(unknown_account), cmocka_unit_test(who_added_it),
        cmocka_unit_test(under_intercept), cmocka_unit_test(several_at_once),
        cmocka_unit_test(finding_a_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
