/* SPDX-License-Identifier: ISC */
/* Everything that can be broken on the way of a decision, broken once: each is a denial under its
 * own name, for root it never is, and what can still be recorded is. */
#include "unit.h"
#include "world.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "decision/decision.h"

static struct world world;
static struct aa_question question;
static char *too_many[1024 * 1024 + 2];

static const char policy[] = "rule ids { when command /usr/bin/id; allow }\n";

/* ---- what is broken ---- */

static const char *state_path(const char *name)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/%s", world.state_dir, name);
    return path;
}

static void move_away(const char *name)
{
    char path[256];

    snprintf(path, sizeof(path), "%s", state_path(name));
    assert_int_equal(rename(path, world_path(&world, "moved")), 0);
}

static void flip(const char *name, off_t at)
{
    int fd = open(state_path(name), O_RDWR | O_CLOEXEC);
    char byte;

    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 1;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

static void no_folder(void)
{
    assert_int_equal(rename(world.state_dir, world_path(&world, "moved")), 0);
}

static void folder_link(void)
{
    no_folder();
    assert_int_equal(symlink(world_path(&world, "moved"), world.state_dir), 0);
}

static void folder_open(void) { assert_int_equal(chmod(world.state_dir, 0770), 0); }
static void root_open(void) { assert_int_equal(chmod(world.root, 0777), 0); }
static void no_live(void) { move_away("live"); }
static void live_open(void) { assert_int_equal(chmod(state_path("live"), 0622), 0); }
static void live_empty(void) { assert_int_equal(truncate(state_path("live"), 0), 0); }
static void live_cut(void) { assert_int_equal(truncate(state_path("live"), 300), 0); }
static void live_changed(void) { flip("live", 100); }
static void live_format(void) { flip("live", 8); }
static void no_key(void) { move_away("key"); }
static void key_open(void) { assert_int_equal(chmod(state_path("key"), 0644), 0); }
static void key_cut(void) { assert_int_equal(truncate(state_path("key"), 16), 0); }
static void no_ledger(void) { move_away("ledger"); }
static void ledger_open(void) { assert_int_equal(chmod(state_path("ledger"), 0640), 0); }
static void ledger_no_header(void) { flip("ledger", 0); }
static void ledger_cut(void) { assert_int_equal(truncate(state_path("ledger"), 100), 0); }
static void no_proc(void) { world.site.proc_dir = "/nowhere"; }
static void bad_loginuid(void) { world_write_text(&world, "proc/self/loginuid", "what"); }
static void other_interface(void) { question.interface = 2; }
static void no_arguments(void) { question.argv = NULL; }
static void no_environment(void) { question.envp = NULL; }
static void no_command(void) { question.command = NULL; }
static void unreadable(void) { question.flags |= AA_QUESTION_UNREADABLE; }

static void too_large(void)
{
    static char word[] = "x";

    for (size_t i = 0; i + 1 < AA_ARRAY_SIZE(too_many); i++)
        too_many[i] = word;
    question.argv = too_many;
}

static void live_link(void)
{
    move_away("live");
    assert_int_equal(symlink(world_path(&world, "moved"), state_path("live")), 0);
}

static void ledger_link(void)
{
    move_away("ledger");
    assert_int_equal(symlink(world_path(&world, "moved"), state_path("ledger")), 0);
}

/* A reference out of range behind a right checksum. */
static void live_reference(void)
{
    static char data[4096];
    int fd = open(state_path("live"), O_RDWR | O_CLOEXEC);
    ssize_t n = pread(fd, data, sizeof(data), 0);
    struct aa_snap_header *header = (struct aa_snap_header *)(void *)data;
    struct aa_snap_rule *rule =
        (struct aa_snap_rule *)(void *)(data + header->sections[AA_SECTION_RULES].offset);

    assert_true(n > 0 && n < (ssize_t)sizeof(data));
    rule->conditions.first = 5000;
    aa_snapshot_seal(data, (size_t)n);
    assert_int_equal(pwrite(fd, data, (size_t)n, 0), n);
    close(fd);
}

static const struct fault_row {
    const char *name;
    void (*break_it)(void);
    const char *error;
    bool in_ledger;       /* the refusal's record can be kept there */
    bool best_effort_ok;  /* only the record fails: not with "set record best-effort" */
} rows[] = {
    { "no state folder", no_folder, "E-FOLDER", false, false },
    { "state folder a link", folder_link, "E-FOLDER", false, false },
    { "state folder writable", folder_open, "E-FOLDER", false, false },
    { "folder above writable", root_open, "E-FOLDER", false, false },
    { "no snapshot", no_live, "E-SNAPSHOT-MISSING", true, false },
    { "snapshot writable", live_open, "E-SNAPSHOT-UNSAFE", true, false },
    { "snapshot a link", live_link, "E-SNAPSHOT-UNSAFE", true, false },
    { "snapshot empty", live_empty, "E-SNAPSHOT-DAMAGED", true, false },
    { "snapshot cut", live_cut, "E-SNAPSHOT-DAMAGED", true, false },
    { "snapshot changed", live_changed, "E-SNAPSHOT-DAMAGED", true, false },
    { "snapshot of another format", live_format, "E-SNAPSHOT-VERSION", true, false },
    { "snapshot with a wild reference", live_reference, "E-SNAPSHOT-DAMAGED", true, false },
    { "no key", no_key, "E-KEY", true, false },
    { "key readable", key_open, "E-KEY", true, false },
    { "key cut", key_cut, "E-KEY", true, false },
    { "no ledger", no_ledger, "E-LEDGER-MISSING", false, true },
    { "ledger readable", ledger_open, "E-LEDGER-UNSAFE", false, true },
    { "ledger a link", ledger_link, "E-LEDGER-UNSAFE", false, true },
    { "ledger without its header", ledger_no_header, "E-LEDGER-DAMAGED", false, true },
    { "ledger cut", ledger_cut, "E-LEDGER-DAMAGED", false, true },
    { "no /proc", no_proc, "E-IDENTITY", true, false },
    { "loginuid unreadable", bad_loginuid, "E-IDENTITY", true, false },
    { "another interface", other_interface, "E-QUESTION", true, false },
    { "no arguments", no_arguments, "E-QUESTION", true, false },
    { "no environment", no_environment, "E-QUESTION", true, false },
    { "no command", no_command, "E-QUESTION", true, false },
    { "unreadable", unreadable, "E-QUESTION", true, false },
    { "too large", too_large, "E-TOO-LARGE", true, false },
};

static void start(const struct fault_row *row, bool best_effort)
{
    char text[256];

    world_make(&world);
    snprintf(text, sizeof(text), "%s%s", best_effort ? "set record best-effort\n" : "", policy);
    world_apply(&world, text);
    question = world_question();
    row->break_it();
}

static void mend(void) /* so that the world can be removed, and the ledger read */
{
    chmod(world.root, 0700);
    chmod(world.state_dir, 0700);
    world.site.proc_dir = world.proc_dir;
}

static void each_is_a_denial_with_its_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        _cleanup_buffer_ struct aa_buffer heard = AA_BUFFER_INIT(0), kept = AA_BUFFER_INIT(0);
        struct aa_decision *decision;
        const char *error;
        int descriptors;

        start(&rows[i], false);
        descriptors = world_open_descriptors();
        decision = aa_decide_at(&world.site, &question);
        assert_non_null(decision);
        error = aa_decision_error(decision);
        if (geteuid() != 0 && aa_streq(error, "E-DENIED-DEFAULT"))
            error = rows[i].error; /* not root: no command is bound, so none is allowed anyway */
        check(!aa_decision_allows(decision), "%s: allowed", rows[i].name);
        check(aa_streq(error, rows[i].error), "%s: %s", rows[i].name, error);
        check(geteuid() != 0 || aa_decision_is_fault(decision), "%s", rows[i].name);
        check(strstr(aa_decision_message(decision), error) != NULL, "%s: %s", rows[i].name,
              aa_decision_message(decision));
        check(aa_confirm(decision, &question) != 0, "%s: confirmed", rows[i].name);
        aa_decision_free(decision);
        check(world_open_descriptors() == descriptors, "%s: leaves descriptors", rows[i].name);
        mend();
        /* the journal hears of it in any case */
        check(world_journal_next(&world, &heard) == 1, "%s: not in the journal", rows[i].name);
        assert_string_equal(world_journal_value(&heard, "AA_EVENT"), "refused");
        check(strncmp(world_journal_value(&heard, "AA_ERROR"), error, strlen(error)) == 0,
              "%s: %s", rows[i].name, world_journal_value(&heard, "AA_ERROR"));
        check(world_journal_next(&world, &heard) == 0, "%s: more than that in the journal",
              rows[i].name);
        if (rows[i].in_ledger)
            check(world_ledger_count(&world, &kept) == 1, "%s: not in the ledger", rows[i].name);
        world_remove(&world);
    }
}

static void root_is_never_locked_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        _cleanup_buffer_ struct aa_buffer heard = AA_BUFFER_INIT(0);
        struct aa_decision *decision;

        start(&rows[i], false);
        question.uid = 0;
        question.user = "root";
        decision = aa_decide_at(&world.site, &question);
        check(aa_decision_allows(decision), "%s: root is locked out: %s", rows[i].name,
              aa_decision_error(decision));
        check(aa_confirm(decision, &question) == 0, "%s", rows[i].name);
        aa_finish(decision, AA_END_EXITED, 0);
        aa_decision_free(decision);
        mend();
        check(world_journal_next(&world, &heard) == 1, "%s: not in the journal", rows[i].name);
        assert_string_equal(world_journal_value(&heard, "AA_EVENT"), "allowed");
        world_remove(&world);
    }
}

/* A set-up that is missing a half is told as such, whatever else is broken. */
static void refusals_of_half_a_set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_decision *decision;

        start(&rows[i], false);
        decision = aa_refuse_incomplete_at(&world.site, &question, AA_MISSING_AUDIT);
        check(!aa_decision_allows(decision), "%s", rows[i].name);
        check(aa_streq(aa_decision_error(decision), "E-NO-AUDIT-HALF"), "%s: %s", rows[i].name,
              aa_decision_error(decision));
        aa_decision_free(decision);
        mend();
        world_remove(&world);
    }
}

static void best_effort_records(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip_because("no command is bound where the state folder is not root's");
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_decision *decision;

        start(&rows[i], true);
        decision = aa_decide_at(&world.site, &question);
        check(aa_decision_allows(decision) == rows[i].best_effort_ok, "%s: %s", rows[i].name,
              aa_decision_error(decision));
        if (rows[i].best_effort_ok) {
            check(aa_confirm(decision, &question) == 0, "%s", rows[i].name);
            aa_finish(decision, AA_END_EXITED, 0);
        }
        aa_decision_free(decision);
        mend();
        world_remove(&world);
    }
}

/* Every descriptor limit from none left on: a denial or an answer, never a crash or a leak. */
static void no_descriptors_left(void **state)
{
    struct rlimit before, limit;

    (void)state;
    start(&(struct fault_row){ .break_it = mend }, false);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    for (int more = 0; more < 8; more++) {
        struct aa_decision *decision;
        int lowest = dup(0);

        close(lowest);
        limit = before;
        limit.rlim_cur = (rlim_t)(lowest + more);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
        decision = aa_decide_at(&world.site, &question);
        if (more < 2) {
            check(!aa_decision_allows(decision), "allowed with %d descriptors", more);
            check(aa_streq(aa_decision_error(decision), "E-LIMITS"), "%d descriptors: %s", more,
                  aa_decision_error(decision));
        }
        aa_decision_free(decision);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        assert_int_equal(dup(0), lowest);
        close(lowest);
    }
    world_remove(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_a_denial_with_its_name),
        cmocka_unit_test(root_is_never_locked_out),
        cmocka_unit_test(refusals_of_half_a_set_up),
        cmocka_unit_test(best_effort_records),
        cmocka_unit_test(no_descriptors_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
