/* SPDX-License-Identifier: ISC */
/* Each field of the records, in the ledger and in the journal. */
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/macros.h"
#include "expect.h"
#include "journal.h"
#include "outcome.h"
#include "suite.h"
#include "talk.h"
#include "world.h"

/* Constants of the product, by its documentation: never reused, never changed. */
static const struct {
    const char *event, *message_id, *priority;
} events[] = {
    { "allowed", "60cdd8220d21411e8276007c9313ac5c", "6" },
    { "refused", "e3b6f9e4f4254724ba8abed3d47acdba", "4" },
    { "failed", "6c1ca61a3f96451a9de88cad329fd877", "3" },
    { "finished", "d5ee0e183fd443178a6e7081cb9fd46f", "6" },
};

static void expect_hex(const struct record *record, const char *name, size_t length)
{
    const char *value = record_text(record, name);

    if (strlen(value) != length || strspn(value, "0123456789abcdef") != length)
        fail_msg("%s=%s", name, value);
}

static void expect_code(const struct record *record)
{
    const char *code = record_text(record, "AA_REQUEST");

    assert_int_equal(strlen(code), 9);
    for (size_t i = 0; i < 9; i++) {
        if (i == 4)
            assert_int_equal(code[i], '-');
        else
            assert_non_null(strchr("0123456789ABCDEFGHJKMNPQRSTVWXYZ", code[i]));
    }
}

/* RFC 3339 in UTC, and about now. */
static void expect_time(const struct record *record)
{
    const char *text = record_text(record, "AA_TIME");
    struct tm utc = { 0 };
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S.", &utc);
    double age;

    assert_non_null(rest);
    assert_int_equal(strspn(rest, "0123456789"), 6);
    assert_string_equal(rest + 6, "Z");
    age = difftime(time(NULL), timegm(&utc));
    assert_true(age >= -1 && age < 60);
}

static void expect_text(const struct record *record, const char *name, const char *value)
{
    const char *found = record_value(record, name);

    if (value == NULL && found != NULL)
        fail_msg("%s=%s", name, found);
    if (value != NULL && (found == NULL || strcmp(found, value) != 0))
        fail_msg("%s=%s instead of %s", name, found == NULL ? "(none)" : found, value);
}

static void expect_shape(const struct record *record)
{
    static const char *const one_line[] = { "AA_VERSION", "AA_HOST", "AA_SERVICE" };

    expect_code(record);
    expect_hex(record, "AA_ID", 32);
    expect_hex(record, "AA_PREV", 64);
    expect_hex(record, "AA_HASH", 64);
    expect_hex(record, "AA_DIGEST", 64);
    expect_hex(record, "AA_POLICY", 16);
    expect_time(record);
    for (size_t i = 0; i < AA_ARRAY_SIZE(one_line); i++)
        assert_true(strlen(record_text(record, one_line[i])) > 0);
    expect_text(record, "AA_MACHINE", "0123456789abcdef0123456789abcdef");
    expect_text(record, "AA_FRONTEND", "sudo");
    expect_text(record, "AA_SERVICE", "sudo");
}

/* The code that is read aloud is the start of the whole one. */
static void expect_code_of_id(const struct record *record)
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    unsigned long long bits;
    char hex[11] = "", code[10] = "";

    memcpy(hex, record_text(record, "AA_ID"), 10);
    bits = strtoull(hex, NULL, 16);
    for (size_t i = 0; i < 8; i++)
        code[i < 4 ? i : i + 1] = digits[bits >> (35 - 5 * i) & 31];
    code[4] = '-';
    expect_text(record, "AA_REQUEST", code);
}

static const struct row {
    const char *name;
    const char *command[6];
    struct change changes[CHANGES_MAX];
    int status; /* of the command, if it runs */
    const char *first, *last; /* events; the same: there is one */
    struct {
        const char *name, *value;
    } fields[16];
} rows[] = {
    { "allowed", { "/usr/bin/id", "-u" }, { { 0 } }, 3 << 8, "allowed", "finished",
      { { "AA_MODE", "enforce" }, { "AA_RULE", "ids" }, { "AA_ACTION", "allow" },
        { "AA_USER", "nobody" }, { "AA_UID", "65534" }, { "AA_RUNAS", "root" },
        { "AA_TTY", "/dev/pts/7" }, { "AA_CWD", "/srv" }, { "AA_COMMAND", "/usr/bin/id -u" },
        { "AA_EXE", "/usr/bin/id" }, { "AA_ERROR", NULL }, { "AA_RISK", NULL },
        { "AA_RHOST", NULL }, { "AA_REASON", NULL }, { "AA_APPROVER", NULL } } },
    { "a link and a script", { "/bin/backup", "a b", "c'd" }, { { 0 } }, 0, "allowed", "finished",
      { { "AA_RULE", "backups" }, { "AA_COMMAND", "/bin/backup 'a b' 'c'\\''d'" },
        { "AA_EXE", "/usr/bin/backup" } } },
    { "by another user in another folder", { "/usr/bin/id" },
      { { SET, USER_INFO, "cwd=/home/alice" }, { SET, USER_INFO, "tty=/dev/tty1" },
        { DROP, ENVP, "LANG" } }, 9, "allowed", "finished",
      { { "AA_CWD", "/home/alice" }, { "AA_TTY", "/dev/tty1" } } },
    { "in the command's own folder", { "/usr/bin/id" },
      { { SET, COMMAND_INFO, "cwd=/etc" } }, 0, "allowed", "finished", { { "AA_CWD", "/etc" } } },
    { "denied by a rule", { "/usr/bin/nc", "-l" }, { { 0 } }, 0, "refused", "refused",
      { { "AA_RULE", "no-nc" }, { "AA_ACTION", "deny" }, { "AA_COMMAND", "/usr/bin/nc -l" },
        { "AA_ERROR", "E-DENIED-RULE: no network tools" }, { "AA_EXIT_STATUS", NULL },
        { "AA_SIGNAL", NULL }, { "AA_RUN_USEC", NULL } } },
    { "denied by default", { "/usr/bin/other" }, { { 0 } }, 0, "refused", "refused",
      { { "AA_RULE", "default" }, { "AA_ACTION", "deny" },
        { "AA_ERROR", "E-DENIED-DEFAULT: no rule allows it" } } },
    { "to be asked", { "/usr/bin/pg_dump", "prod" }, { { 0 } }, 0, "requested", "expired",
      { { "AA_RULE", "export" }, { "AA_ACTION", "ask" }, { "AA_RISK", "high" } } },
    { "root", { "/usr/bin/nc" }, { { SET, USER_INFO, "uid=0" }, { SET, USER_INFO, "user=root" } },
      0, "allowed", "finished",
      { { "AA_RULE", "root" }, { "AA_ACTION", "allow" }, { "AA_USER", "root" },
        { "AA_UID", "0" } } },
    { "an edit", { "/usr/bin/vi", "--", "/etc/motd" },
      { { SET, COMMAND_INFO, "sudoedit=true" }, { SET, COMMAND_INFO, "sudoedit_nfiles=1" } }, 0,
      "allowed", "finished",
      { { "AA_RULE", "motd" }, { "AA_COMMAND", "sudoedit /etc/motd" }, { "AA_EXE", NULL } } },
    { "not text", { "/usr/bin/nc", "\xff\n", "\xe2\x80\xae" }, { { 0 } }, 0, "refused", "refused",
      { { "AA_COMMAND", "/usr/bin/nc $'\\377\\n' $'\\342\\200\\256'" } } },
};

/* What both have, both have alike; the journal has what journald and readers of it want. */
static void expect_same(const struct record *ledger, const struct record *journal)
{
    size_t own = 0;

    for (size_t i = 0; i < ledger->n; i++)
        expect_text(journal, ledger->fields[i].name, ledger->fields[i].value);
    for (size_t i = 0; i < journal->n; i++) {
        if (strncmp(journal->fields[i].name, "AA_", 3) == 0)
            expect_text(ledger, journal->fields[i].name, journal->fields[i].value);
        else
            own++;
    }
    assert_int_equal(own, 4);
    expect_text(journal, "SYSLOG_IDENTIFIER", "actionapprove");
    for (size_t i = 0; i < AA_ARRAY_SIZE(events); i++) {
        if (strcmp(events[i].event, record_text(ledger, "AA_EVENT")) != 0)
            continue;
        expect_text(journal, "MESSAGE_ID", events[i].message_id);
        expect_text(journal, "PRIORITY", events[i].priority);
    }
    assert_non_null(strstr(record_text(journal, "MESSAGE"), record_text(ledger, "AA_REQUEST")));
    /* so that journald takes it for root's, whoever the user is */
    assert_int_equal(journal->sender.uid, 0);
    assert_int_equal(journal->sender.gid, 0);
    assert_int_equal(journal->sender.pid, getpid());
}

static void expect_end(const struct record *end, int status)
{
    char number[16];

    snprintf(number, sizeof(number), "%d", (status & 0x7f) != 0 ? status & 0x7f : status >> 8);
    expect_text(end, "AA_EXIT_STATUS", (status & 0x7f) != 0 ? NULL : number);
    expect_text(end, "AA_SIGNAL", (status & 0x7f) != 0 ? number : NULL);
    assert_true(strtoull(record_text(end, "AA_RUN_USEC"), NULL, 10) < 60 * 1000000);
    assert_non_null(record_value(end, "AA_RUN_USEC"));
}

static void fields(void **state)
{
    const struct row *row = *state;
    _cleanup_(records_free) struct records ledger = { 0 }, journal = { 0 };
    struct given *given = given_new();
    size_t n = row->first == row->last ? 1 : 2;

    world_fresh(world_policy);
    given_command(given, row->command);
    given_change(given, row->changes, CHANGES_MAX);
    (void)front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, row->status);
    ledger_read(&ledger);
    journal_take(&journal);
    assert_int_equal(ledger.n, n);
    assert_int_equal(journal.n, n);
    expect_text(&ledger.v[0], "AA_EVENT", row->first);
    expect_text(&ledger.v[n - 1], "AA_EVENT", row->last);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(record_text(&ledger.v[i], "AA_USER"), "root") != 0)
            expect_shape(&ledger.v[i]);
        expect_code_of_id(&ledger.v[i]);
        expect_same(&ledger.v[i], &journal.v[i]);
        for (size_t j = 0; row->fields[j].name != NULL; j++)
            expect_text(&ledger.v[i], row->fields[j].name, row->fields[j].value);
    }
    if (strcmp(row->last, "finished") == 0)
        expect_end(&ledger.v[1], row->status);
    given_free(given);
}

/* Numbered from 1 without a gap, each with the hash of the one before. */
static void chain(void **state)
{
    static const char *const commands[] = { "/usr/bin/id", "/usr/bin/nc", "/usr/bin/other",
                                            "/usr/bin/backup" };
    struct given *given = given_new();
    _cleanup_(records_free) struct records ledger = { 0 };
    char number[24];

    (void)state;
    world_fresh(world_policy);
    for (size_t i = 0; i < 20; i++) {
        const char *const command[] = { commands[i % AA_ARRAY_SIZE(commands)], NULL };

        given_command(given, command);
        (void)front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0);
        journal_drain();
    }
    ledger_read(&ledger);
    assert_int_equal(ledger.n, 30);
    for (size_t i = 0; i < ledger.n; i++) {
        snprintf(number, sizeof(number), "%zu", i + 1);
        expect_text(&ledger.v[i], "AA_SEQ", number);
        if (i > 0)
            expect_text(&ledger.v[i], "AA_PREV", record_text(&ledger.v[i - 1], "AA_HASH"));
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(record_text(&ledger.v[i], "AA_HASH"),
                                    record_text(&ledger.v[j], "AA_HASH"));
    }
    ledger_expect_whole();
    given_free(given);
}

/* What does not fit a datagram comes as a file that nobody can change any more. */
static void large_record(void **state)
{
    struct given *given = given_new();
    _cleanup_(records_free) struct records ledger = { 0 }, journal = { 0 };
    _cleanup_free_ char *text = malloc(256 * 1024);
    const int sealed = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;

    (void)state;
    assert_non_null(text);
    memset(text, 'x', 256 * 1024 - 1);
    text[256 * 1024 - 1] = '\0';
    world_fresh(world_policy);
    given_change(given, &(struct change){ ADD, ARGV, text }, 1);
    expect_allowed(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
    ledger_read(&ledger);
    journal_take(&journal);
    assert_int_equal(journal.n, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(journal.v[i].as_file);
        assert_int_equal(journal.v[i].seals & sealed, sealed);
        expect_same(&ledger.v[i], &journal.v[i]);
    }
    given_free(given);
}

/* In sudo the real uid is the user's, and journald shows that one unless it is told another: a
 * record that says so could be any user's. */
static void be_the_user(long uid)
{
    if (setresuid((uid_t)uid, 0, 0) != 0)
        _exit(105);
}

static void real_uid(void **state)
{
    struct given *given;
    _cleanup_(records_free) struct records ledger = { 0 }, journal = { 0 };
    struct outcome *outcome;

    (void)state;
    if (setresuid(65534, 0, 0) != 0)
        skip(); /* a user namespace without that uid */
    assert_int_equal(setresuid(0, 0, 0), 0);
    given = given_new();
    world_fresh(world_policy);
    outcome = outcome_of(given, be_the_user, NULL, 65534);
    assert_true(outcome->runs);
    outcome_free(outcome);
    ledger_read(&ledger);
    journal_take(&journal);
    assert_int_equal(journal.n, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(journal.v[i].sender.uid, 0);
        assert_int_equal(journal.v[i].sender.gid, 0);
        expect_text(&ledger.v[i], "AA_UID", "65534");
    }
    given_free(given);
}

/* Somebody holds the ledger's lock: the record waits beside the chain, and joins it later. */
static void lock_is_held(void **state)
{
    struct given *given = given_new();
    _cleanup_close_ int fd = -1;

    (void)state;
    world_fresh(world_policy);
    fd = open(WORLD_STATE "/ledger", O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    expect_allowed(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
    assert_int_equal(flock(fd, LOCK_UN), 0);
    ledger_expect("");
    expect_allowed(front_end_sudo(BOTH_HALVES, given, SUDO_PLUGIN_WAIT_STATUS, 0));
    ledger_expect("allowed finished allowed finished");
    ledger_expect_whole();
    given_free(given);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[64] = {
        cmocka_unit_test(chain),
        cmocka_unit_test(large_record),
        cmocka_unit_test(real_uid),
        cmocka_unit_test(lock_is_held),
    };
    size_t n = SUITE_ROWS(tests, 4, rows, fields);

    return suite_run(argc, argv, "records", tests, n);
}
