/* SPDX-License-Identifier: ISC */
/* Right before the start: only the very question that was decided, only once, only just now. */
#include "unit.h"
#include "world.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "decision/decision.h"

static struct world world;

/* The command lies in the world, so the rule that allows it has to be mode observe's: a file of
 * the test's own is never bound. */
static const char policy[] = "set mode observe\ndefault deny\n";

static int set_up(void **state)
{
    (void)state;
    world_make(&world);
    world_apply(&world, policy);
    world_write(&world, "program", "#!/bin/sh\nid\n", 13, 0755);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_remove(&world);
    return 0;
}

static struct aa_question program_question(void)
{
    static char path[256], argument[] = "x", *argv[] = { path, argument, NULL };
    struct aa_question question = world_question();

    snprintf(path, sizeof(path), "%s", world_path(&world, "program"));
    question.command = path;
    question.argv = argv;
    return question;
}

static struct aa_decision *decide(const struct aa_question *question)
{
    struct aa_decision *decision = aa_decide_at(&world.site, question);

    check(aa_decision_allows(decision), "%s", aa_decision_message(decision));
    return decision;
}

/* The decision does not allow any more, says why, and has ended in the records. */
static void check_withdrawn(struct aa_decision *decision, const char *error)
{
    _cleanup_buffer_ struct aa_buffer kept = AA_BUFFER_INIT(0);

    assert_false(aa_decision_allows(decision));
    assert_true(aa_decision_is_fault(decision));
    assert_string_equal(aa_decision_error(decision), error);
    assert_non_null(strstr(aa_decision_message(decision), "not run"));
    assert_non_null(strstr(aa_decision_message(decision), error));
    assert_non_null(strstr(aa_decision_message(decision), aa_decision_code(decision)));
    assert_non_null(strstr(aa_decision_summary(decision), "not run after all"));
    (void)world_ledger_count(&world, &kept);
    assert_string_equal(world_field(&kept, "AA_EVENT"), "failed");
    assert_non_null(strstr(world_field(&kept, "AA_ERROR"), error));
    assert_string_equal(world_field(&kept, "AA_REQUEST"), aa_decision_code(decision));
}

static void unchanged(void **state)
{
    struct aa_question question = program_question();
    struct aa_decision *decision = decide(&question);

    (void)state;
    assert_int_equal(aa_confirm(decision, &question), 0);
    assert_true(aa_decision_allows(decision));
    aa_decision_free(decision);
}

static void the_clock(void **state)
{
    static const struct {
        int64_t offset;
        bool fresh;
    } rows[] = {
        { 0, true },         { 29900000, true }, { 30100000, false },
        { 3600000000, false }, { -1000000, false }, /* a clock that went back is no clock */
    };
    struct aa_question question = program_question();

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_decision *decision = decide(&question);

        world_boottime_offset_usec = rows[i].offset;
        world_realtime_offset_usec = -rows[i].offset; /* has no say */
        check((aa_confirm(decision, &question) == 0) == rows[i].fresh, "after %lld us",
              (long long)rows[i].offset);
        if (!rows[i].fresh)
            check_withdrawn(decision, "E-STALE");
        world_boottime_offset_usec = world_realtime_offset_usec = 0;
        aa_decision_free(decision);
    }
}

static void touch_file(struct aa_question *question)
{
    (void)question;
    world_write(&world, "program", "#!/bin/sh\nrm\n", 13, 0755);
}

static void remove_file(struct aa_question *question)
{
    assert_int_equal(unlink(question->command), 0);
}

static void make_link(struct aa_question *question)
{
    assert_int_equal(unlink(question->command), 0);
    assert_int_equal(symlink("/usr/bin/id", question->command), 0);
}

static void change_mode(struct aa_question *question)
{
    assert_int_equal(chmod(question->command, 0700), 0);
}

static void other_argument(struct aa_question *question)
{
    static char word[] = "x2", *argv[3];

    argv[0] = question->argv[0];
    argv[1] = word;
    question->argv = argv;
}

static void other_environment(struct aa_question *question)
{
    static char variable[] = "LD_PRELOAD=x", *envp[] = { variable, NULL };

    question->envp = envp;
}

static void other_command(struct aa_question *question) { question->command = "/usr/bin/id"; }
static void other_folder(struct aa_question *question) { question->cwd = "/etc"; }
static void no_folder(struct aa_question *question) { question->cwd = NULL; }
static void other_root(struct aa_question *question) { question->chroot = "/"; }
static void other_runas(struct aa_question *question) { question->runas_uid = 1; }
static void other_user(struct aa_question *question) { question->uid = 1; }

static void changes(void **state)
{
    static const struct {
        const char *name;
        void (*change)(struct aa_question *);
    } rows[] = {
        { "the file's content", touch_file },     { "the file is gone", remove_file },
        { "a link instead of it", make_link },    { "its mode", change_mode },
        { "an argument", other_argument },        { "the environment", other_environment },
        { "the command", other_command },         { "the folder", other_folder },
        { "no folder", no_folder },               { "another root", other_root },
        { "the target", other_runas },            { "the requester", other_user },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_question question = program_question();
        struct aa_decision *decision = decide(&question);

        rows[i].change(&question);
        check(aa_confirm(decision, &question) != 0, "%s changed", rows[i].name);
        check_withdrawn(decision, "E-CHANGED");
        check(aa_confirm(decision, &question) != 0, "%s: asked again", rows[i].name);
        aa_finish(decision, AA_END_NOT_RUN, 0); /* it has ended already */
        assert_non_null(strstr(aa_decision_error(decision), "E-CHANGED"));
        aa_decision_free(decision);
        (void)unlink(program_question().command);
        world_write(&world, "program", "#!/bin/sh\nid\n", 13, 0755);
    }
}

/* What is not a part of the command may change. */
static void harmless_changes(void **state)
{
    struct aa_question question = program_question();
    struct aa_decision *decision = decide(&question);

    (void)state;
    question.tty = "/dev/pts/9";
    question.rhost = "x";
    question.submitted_argv = question.submitted_envp = NULL;
    assert_int_equal(aa_confirm(decision, &question), 0);
    aa_decision_free(decision);
}

static void used_twice(void **state)
{
    struct aa_question question = program_question();
    struct aa_decision *decision = decide(&question);

    (void)state;
    assert_int_equal(aa_confirm(decision, &question), 0);
    assert_int_not_equal(aa_confirm(decision, &question), 0);
    check_withdrawn(decision, "E-CHANGED");
    assert_non_null(strstr(aa_decision_message(decision), "already used"));
    assert_int_not_equal(aa_confirm(decision, &question), 0);
    aa_decision_free(decision);
}

static void an_impossible_question(void **state)
{
    struct aa_question question = program_question();
    struct aa_decision *decision = decide(&question);

    (void)state;
    question.argv = NULL;
    assert_int_not_equal(aa_confirm(decision, &question), 0);
    check_withdrawn(decision, "E-QUESTION");
    aa_decision_free(decision);
}

/* A ledger that is gone meanwhile: what was decided on still may start, and what may not start
 * does not, recorded or not. */
static void a_ledger_that_vanished(void **state)
{
    struct aa_question question = program_question();
    struct aa_decision *decision = decide(&question), *changed = decide(&question);

    (void)state;
    assert_int_equal(unlink(world_path(&world, "state/ledger")), 0);
    assert_int_equal(aa_confirm(decision, &question), 0);
    aa_finish(decision, AA_END_EXITED, 0);
    aa_decision_free(decision);
    question.cwd = "/etc";
    assert_int_not_equal(aa_confirm(changed, &question), 0);
    assert_false(aa_decision_allows(changed));
    aa_decision_free(changed);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(unchanged),      TEST(the_clock),  TEST(changes),
        TEST(harmless_changes), TEST(used_twice), TEST(an_impossible_question),
        TEST(a_ledger_that_vanished),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
