/* SPDX-License-Identifier: ISC */
/* Each answer that policy can give, as sudo, the requester and the records see it. */
#include "test.h"

#include <string.h>

#include "base/macros.h"
#include "expect.h"
#include "suite.h"
#include "talk.h"
#include "world.h"

static const struct row {
    const char *name;
    const char *policy;
    const char *command[6];
    struct change changes[CHANGES_MAX];
    const char *cause; /* NULL: allowed */
    const char *rule, *action, *mode;
} rows[] = {
    { "an allow rule", world_policy, { "/usr/bin/id", "-u" }, { { 0 } }, NULL,
      "ids", "allow", "enforce" },
    { "an allow rule, by a link to the program", world_policy, { "/usr/bin/linked" }, { { 0 } },
      NULL, "backups", "allow", "enforce" },
    { "an allow rule for a script", world_policy, { "/usr/bin/backup", "now" }, { { 0 } }, NULL,
      "backups", "allow", "enforce" },
    { "a deny rule", world_policy, { "/usr/bin/nc", "-l" }, { { 0 } }, "E-DENIED-RULE",
      "no-nc", "deny", "enforce" },
    { "no rule", world_policy, { "/usr/bin/other" }, { { 0 } }, "E-DENIED-DEFAULT",
      "default", "deny", "enforce" },
    { "an ask rule", world_policy, { "/usr/bin/pg_dump", "prod" }, { { 0 } }, "E-EXPIRED",
      "export", "ask", "enforce" },
    { "the same name elsewhere", world_policy, { "/srv/tools/id", "-u" }, { { 0 } },
      "E-DENIED-DEFAULT", "default", "deny", "enforce" },
    { "a variable of the caller's", world_policy, { "/usr/bin/id" },
      { { ADD, ENVP, "LD_PRELOAD=/tmp/evil.so" } }, "E-DENIED-DEFAULT",
      "default", "deny", "enforce" },
    { "another root folder", world_policy, { "/usr/bin/id" },
      { { SET, COMMAND_INFO, "chroot=/srv" } }, "E-DENIED-DEFAULT", "default", "deny", "enforce" },
    { "sudoedit of a file that is allowed", world_policy, { "/usr/bin/vi", "--", "/etc/motd" },
      { { SET, COMMAND_INFO, "sudoedit=true" }, { SET, COMMAND_INFO, "sudoedit_nfiles=1" } },
      NULL, "motd", "allow", "enforce" },
    { "sudoedit of another file", world_policy, { "/usr/bin/vi", "--", "/etc/passwd" },
      { { SET, COMMAND_INFO, "sudoedit=true" }, { SET, COMMAND_INFO, "sudoedit_nfiles=1" } },
      "E-DENIED-DEFAULT", "default", "deny", "enforce" },
    { "sudoedit by a program that is allowed", world_policy, { "/usr/bin/id", "--", "/etc/passwd" },
      { { SET, COMMAND_INFO, "sudoedit=true" }, { SET, COMMAND_INFO, "sudoedit_nfiles=1" } },
      "E-DENIED-DEFAULT", "default", "deny", "enforce" },
    { "observing an allow rule", world_policy_observe, { "/usr/bin/id" }, { { 0 } }, NULL,
      "ids", "allow", "observe" },
    { "observing a deny rule", world_policy_observe, { "/usr/bin/nc" }, { { 0 } }, NULL,
      "no-nc", "deny", "observe" },
    { "observing no rule", world_policy_observe, { "/usr/bin/other" }, { { 0 } }, NULL,
      "default", "deny", "observe" },
    { "observing an ask rule", world_policy_observe, { "/usr/bin/pg_dump" }, { { 0 } }, NULL,
      "export", "ask", "observe" },
    { "root, an allow rule", world_policy, { "/usr/bin/id" }, { { SET, USER_INFO, "uid=0" } },
      NULL, "root", "allow", "enforce" },
    { "root, a deny rule", world_policy, { "/usr/bin/nc" }, { { SET, USER_INFO, "uid=0" } },
      NULL, "root", "allow", "enforce" },
    { "root, an ask rule", world_policy, { "/usr/bin/pg_dump" }, { { SET, USER_INFO, "uid=0" } },
      NULL, "root", "allow", "enforce" },
    { "as another account than root", world_policy, { "/usr/bin/id" },
      { { SET, COMMAND_INFO, "runas_user=deploy" }, { SET, COMMAND_INFO, "runas_uid=1001" },
        { SET, COMMAND_INFO, "runas_gid=1001" } },
      "E-DENIED-DEFAULT", "default", "deny", "enforce" }, /* USER, HOME … are still root's */
    { "not to be prompted", world_policy, { "/usr/bin/pg_dump" },
      { { SET, SETTINGS, "noninteractive=true" } }, "E-EXPIRED", "export", "ask", "enforce" },
    { "in the background", world_policy, { "/usr/bin/id" },
      { { SET, SETTINGS, "background=true" } }, NULL, "ids", "allow", "enforce" },
};

static void answers(void **state)
{
    const struct row *row = *state;
    _cleanup_(records_free) struct records ledger = { 0 };
    struct given *given = given_new();
    const struct record *record;
    bool runs;

    world_fresh(row->policy);
    given_command(given, row->command);
    given_change(given, row->changes, CHANGES_MAX);
    runs = front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0);
    expect_loaded();
    if (row->cause == NULL) {
        expect_allowed(runs);
        ledger_expect("allowed finished");
    } else {
        assert_false(runs);
        assert_false(front_end.accepted.was_asked);
        expect_refusal(&front_end.checked, 0, row->cause);
        ledger_expect(strcmp(row->action, "ask") == 0 ? "requested expired" : "refused");
    }
    ledger_read(&ledger);
    record = &ledger.v[row->cause == NULL ? 0 : ledger.n - 1];
    assert_string_equal(record_text(record, "AA_RULE"), row->rule);
    assert_string_equal(record_text(record, "AA_ACTION"), row->action);
    assert_string_equal(record_text(record, "AA_MODE"), row->mode);
    if (row->cause != NULL) {
        expect_cause(record, row->cause);
        assert_non_null(strstr(talk_text(), record_text(record, "AA_REQUEST")));
        assert_non_null(strstr(front_end.checked.errstr, record_text(record, "AA_REQUEST")));
        assert_non_null(strstr(talk_text(), row->rule));
    } else {
        assert_null(record_value(record, "AA_ERROR"));
    }
    given_free(given);
}

/* The why of a deny rule, and of an allow rule that was near, reach the requester. */
static void says_why(void **state)
{
    static const char *const nc[] = { "/usr/bin/nc", "-l", NULL };
    static const struct change preload = { ADD, ENVP, "LD_PRELOAD=/tmp/evil.so" };
    struct given *given = given_new();

    (void)state;
    world_fresh(world_policy);
    given_change(given, &preload, 1);
    assert_false(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
    assert_non_null(strstr(talk_text(), "rule ids would allow it"));
    assert_non_null(strstr(talk_text(), "LD_PRELOAD"));
    given_command(given, nc);
    assert_false(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
    assert_non_null(strstr(talk_text(), "no network tools"));
    assert_non_null(strstr(talk_text(), "nc -l"));
    given_free(given);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[64] = { cmocka_unit_test(says_why) };
    size_t n = SUITE_ROWS(tests, 1, rows, answers);

    return suite_run(argc, argv, "answers", tests, n);
}
