/* SPDX-License-Identifier: ISC */
/* What was decided is what runs: whatever changes between check and accept is noticed there. */
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"
#include "expect.h"
#include "suite.h"
#include "talk.h"
#include "world.h"

static void nothing(void)
{
}

static void replaced(void)
{
    world_file("/usr/bin/new", "a program\n", 0755);
    assert_int_equal(rename("/usr/bin/new", "/usr/bin/backup"), 0);
}

/* Until its time tells: the clock of a file system may have a coarse tick. */
static void rewritten(void)
{
    _cleanup_close_ int fd = open("/usr/bin/backup", O_WRONLY | O_CLOEXEC);
    struct stat before, after;

    assert_int_equal(fstat(fd, &before), 0);
    do {
        assert_int_equal(pwrite(fd, "#", 1, 0), 1);
        assert_int_equal(fstat(fd, &after), 0);
    } while (memcmp(&before.st_ctim, &after.st_ctim, sizeof(before.st_ctim)) == 0);
}

/* The same content and the same mtime: the change time tells. */
static void rewritten_in_secret(void)
{
    struct stat before;

    assert_int_equal(stat("/usr/bin/backup", &before), 0);
    rewritten();
    assert_int_equal(utimensat(AT_FDCWD, "/usr/bin/backup",
                               (struct timespec[]){ before.st_atim, before.st_mtim }, 0), 0);
}

static void interpreter_replaced(void)
{
    world_file("/usr/bin/new", "a program\n", 0755);
    assert_int_equal(rename("/usr/bin/new", "/usr/bin/runner"), 0);
}

static void removed(void)
{
    assert_int_equal(unlink("/usr/bin/backup"), 0);
}

static void given_away(void)
{
    rewritten();
    assert_int_equal(chmod("/usr/bin/backup", 0777), 0);
}

static void link_turned(void)
{
    assert_int_equal(unlink("/usr/bin/linked"), 0);
    assert_int_equal(symlink("other", "/usr/bin/linked"), 0);
}

static const struct row {
    const char *name;
    const char *command[4];
    struct change changes[CHANGES_MAX];
    void (*meanwhile)(void);
    const char *cause; /* NULL: still the same */
} rows[] = {
    { "nothing changed", { "/usr/bin/backup", "now" }, { { 0 } }, nothing, NULL },
    { "a vector that says nothing of the command changed", { "/usr/bin/backup", "now" },
      { { SET, SETTINGS, "progname=other" }, { SET, COMMAND_INFO, "umask=077" } }, nothing, NULL },
    { "another argument", { "/usr/bin/backup", "now" }, { { LAST, ARGV, "noW" } }, nothing,
      "E-CHANGED" },
    { "one more argument", { "/usr/bin/backup", "now" }, { { ADD, ARGV, "--as-root" } }, nothing,
      "E-CHANGED" },
    { "one more argument, empty", { "/usr/bin/backup", "now" }, { { ADD, ARGV, "" } }, nothing,
      "E-CHANGED" },
    { "another name of the program", { "/usr/bin/backup", "now" }, { { FIRST, ARGV, "restore" } },
      nothing, "E-CHANGED" },
    { "no arguments", { "/usr/bin/backup", "now" }, { { EMPTY, ARGV, NULL } }, nothing,
      "E-QUESTION" },
    { "a variable added", { "/usr/bin/backup" }, { { ADD, ENVP, "LD_PRELOAD=/tmp/x.so" } },
      nothing, "E-CHANGED" },
    { "a variable changed", { "/usr/bin/backup" }, { { SET, ENVP, "LANG=POSIX" } }, nothing,
      "E-CHANGED" },
    { "a variable removed", { "/usr/bin/backup" }, { { DROP, ENVP, "TERM" } }, nothing,
      "E-CHANGED" },
    { "another first variable", { "/usr/bin/backup" }, { { FIRST, ENVP, "TERM=dumb" } }, nothing,
      "E-CHANGED" },
    { "another command", { "/usr/bin/backup" }, { { SET, COMMAND_INFO, "command=/usr/bin/id" } },
      nothing, "E-CHANGED" },
    { "the command by another path", { "/usr/bin/backup" },
      { { SET, COMMAND_INFO, "command=/bin/backup" } }, nothing, "E-CHANGED" },
    { "another folder of the requester", { "/usr/bin/backup" }, { { SET, USER_INFO, "cwd=/etc" } },
      nothing, "E-CHANGED" },
    { "the folder of the requester is unknown", { "/usr/bin/backup" },
      { { DROP, USER_INFO, "cwd" } }, nothing, "E-CHANGED" },
    { "another folder of the command", { "/usr/bin/backup" },
      { { SET, COMMAND_INFO, "cwd=/etc" } }, nothing, "E-CHANGED" },
    { "another root folder", { "/usr/bin/backup" }, { { SET, COMMAND_INFO, "chroot=/srv" } },
      nothing, "E-CHANGED" },
    { "another target user", { "/usr/bin/backup" }, { { SET, COMMAND_INFO, "runas_user=alice" } },
      nothing, "E-CHANGED" },
    { "another target uid", { "/usr/bin/backup" }, { { SET, COMMAND_INFO, "runas_uid=1000" } },
      nothing, "E-CHANGED" },
    { "another target gid", { "/usr/bin/backup" }, { { SET, COMMAND_INFO, "runas_gid=27" } },
      nothing, "E-CHANGED" },
    { "another requester", { "/usr/bin/backup" }, { { SET, USER_INFO, "uid=1000" } }, nothing,
      "E-CHANGED" },
    { "an edit instead", { "/usr/bin/backup", "--", "/etc/motd" },
      { { SET, COMMAND_INFO, "sudoedit=true" } }, nothing, "E-CHANGED" },
    { "the file replaced", { "/usr/bin/backup" }, { { 0 } }, replaced, "E-CHANGED" },
    { "the file rewritten", { "/usr/bin/backup" }, { { 0 } }, rewritten, "E-CHANGED" },
    { "the file rewritten, its time set back", { "/usr/bin/backup" }, { { 0 } },
      rewritten_in_secret, "E-CHANGED" },
    { "the file removed", { "/usr/bin/backup" }, { { 0 } }, removed, "E-CHANGED" },
    { "the file opened to all", { "/usr/bin/backup" }, { { 0 } }, given_away, "E-CHANGED" },
    { "its interpreter replaced", { "/usr/bin/backup" }, { { 0 } }, interpreter_replaced,
      "E-CHANGED" },
    { "a link turned elsewhere", { "/usr/bin/linked" }, { { 0 } }, link_turned, "E-CHANGED" },
};

static void changed(void **state)
{
    const struct row *row = *state;
    struct given *given = given_new();
    _cleanup_(records_free) struct records ledger = { 0 };

    world_fresh(world_policy);
    given_command(given, row->command);
    front_end_start(BOTH_HALVES, given);
    assert_true(front_end_policy_accepts(given));
    assert_true(front_end_check(given));
    given_change(given, row->changes, CHANGES_MAX);
    row->meanwhile();
    if (row->cause == NULL) {
        expect_allowed(front_end_accept(given));
        front_end_end(SUDO_PLUGIN_WAIT_STATUS, 0);
        ledger_expect("allowed finished");
    } else {
        assert_false(front_end_accept(given));
        expect_refusal(&front_end.accepted, -1, row->cause);
        front_end_end(SUDO_PLUGIN_NO_STATUS, 0);
        ledger_read(&ledger);
        assert_int_equal(ledger.n, 2);
        /* the same request: allowed, and then not */
        assert_string_equal(record_text(&ledger.v[0], "AA_EVENT"), "allowed");
        assert_string_equal(record_text(&ledger.v[1], "AA_EVENT"), "failed");
        assert_string_equal(record_text(&ledger.v[0], "AA_ID"),
                            record_text(&ledger.v[1], "AA_ID"));
        expect_cause(&ledger.v[1], row->cause);
    }
    given_free(given);
}

/* Once refused it stays refused, also when all is as it was again. */
static void changed_and_back(void **state)
{
    struct given *given = given_new(), *other;

    (void)state;
    world_fresh(world_policy);
    front_end_start(BOTH_HALVES, given);
    assert_true(front_end_check(given));
    other = given_copy(given);
    given_set(other, ENVP, "TERM=dumb");
    assert_false(front_end_accept(other));
    talk_forget();
    assert_false(front_end_accept(given));
    expect_refusal(&front_end.accepted, -1, "E-CHANGED");
    front_end_end(SUDO_PLUGIN_NO_STATUS, 0);
    ledger_expect("allowed failed");
    given_free(other);
    given_free(given);
}

/* One decision starts one command. */
static void accepted_twice(void **state)
{
    struct given *given = given_new();

    (void)state;
    world_fresh(world_policy);
    front_end_start(BOTH_HALVES, given);
    assert_true(front_end_check(given));
    assert_true(front_end_accept(given));
    assert_false(front_end_accept(given));
    expect_refusal(&front_end.accepted, -1, "E-CHANGED");
    front_end_end(SUDO_PLUGIN_NO_STATUS, 0);
    given_free(given);
}

/* Neither does root's. */
static void accepted_twice_by_root(void **state)
{
    struct given *given = given_new();

    (void)state;
    world_fresh(world_policy);
    given_requester(given, "root", 0);
    front_end_start(BOTH_HALVES, given);
    assert_true(front_end_check(given));
    assert_true(front_end_accept(given));
    assert_false(front_end_accept(given));
    expect_refusal(&front_end.accepted, -1, "E-CHANGED");
    front_end_end(SUDO_PLUGIN_NO_STATUS, 0);
    given_free(given);
}

/* The decision is the last one's: an earlier one cannot be used any more. */
static void decided_on_another(void **state)
{
    static const char *const backup[] = { "/usr/bin/backup", NULL };
    struct given *first = given_new(), *second = given_new();

    (void)state;
    world_fresh(world_policy);
    given_command(second, backup);
    front_end_start(BOTH_HALVES, first);
    assert_true(front_end_check(first));
    assert_true(front_end_check(second));
    assert_false(front_end_accept(first));
    expect_refusal(&front_end.accepted, -1, "E-CHANGED");
    front_end_end(SUDO_PLUGIN_NO_STATUS, 0);
    given_free(first);
    given_free(second);
}

/* No decision outlives the command that it was made for. */
static void accepted_after_the_end(void **state)
{
    struct given *given = given_new();

    (void)state;
    world_fresh(world_policy);
    front_end_start(BOTH_HALVES, given);
    assert_true(front_end_check(given));
    front_end_end(SUDO_PLUGIN_NO_STATUS, 0);
    front_end_start(BOTH_HALVES, given);
    assert_false(front_end_accept(given));
    expect_refusal(&front_end.accepted, -1, "E-NO-APPROVAL-HALF");
    front_end_end(SUDO_PLUGIN_NO_STATUS, 0);
    ledger_expect("allowed failed refused");
    given_free(given);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[64] = {
        cmocka_unit_test(changed_and_back),
        cmocka_unit_test(accepted_twice),
        cmocka_unit_test(accepted_twice_by_root),
        cmocka_unit_test(decided_on_another),
        cmocka_unit_test(accepted_after_the_end),
    };
    size_t n = SUITE_ROWS(tests, 5, rows, changed);

    return suite_run(argc, argv, "changed", tests, n);
}
