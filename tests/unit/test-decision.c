/* SPDX-License-Identifier: ISC */
/* A decision from the question to the end of the command, over a host of the test's own: what is
 * answered, what the requester reads, what ledger and journal keep. */
#include "unit.h"
#include "world.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include "decision/decision.h"

static const char policy[] =
    "channel c { type local }\n"
    "person boss { unix boss }\n"
    "group g { person boss }\n"
    "agent bot { unix nobody; owner boss }\n"
    "rule ids { when command /usr/bin/id; allow }\n"
    "rule freeze { when command env; deny \"change freeze\" }\n"
    "rule silent { when command cat; deny }\n"
    "rule people { when command /usr/bin/head; ask c; from g; risk critical; timeout 1s }\n";

static struct world world;
static struct aa_buffer kept, heard;

static int set_up(void **state)
{
    (void)state;
    world_make(&world);
    world_apply(&world, policy);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    aa_buffer_free(&kept);
    aa_buffer_free(&heard);
    world_remove(&world);
    return 0;
}

static struct aa_question question_for(const char *command)
{
    static char word[64], *argv[] = { word, NULL };
    struct aa_question question = world_question();

    snprintf(word, sizeof(word), "%s", command);
    question.command = word;
    question.argv = argv;
    return question;
}

static const char *last(const char *name)
{
    const char *value;

    assert_true(world_ledger_count(&world, &kept) > 0);
    value = world_field(&kept, name);
    return value == NULL ? "(absent)" : value;
}

#define REQUIRE_ROOT()                                                       \
    do {                                                                     \
        if (geteuid() != 0)                                                  \
            skip_because("commands are bound only where root owns them, as the state folder"); \
    } while (0)

static void allowed_from_start_to_end(void **state)
{
    struct aa_question question = world_question();
    int descriptors = world_open_descriptors();
    struct aa_decision *decision;
    char code[16];

    (void)state;
    REQUIRE_ROOT();
    decision = aa_decide_at(&world.site, &question);
    assert_true(aa_decision_allows(decision));
    assert_false(aa_decision_is_fault(decision));
    assert_string_equal(aa_decision_error(decision), "");
    assert_string_equal(aa_decision_message(decision), "");
    snprintf(code, sizeof(code), "%s", aa_decision_code(decision));
    assert_int_equal(strlen(code), 9);
    assert_string_equal(last("AA_EVENT"), "allowed");
    assert_string_equal(last("AA_RULE"), "ids");
    assert_string_equal(last("AA_ACTION"), "allow");
    assert_string_equal(last("AA_REQUEST"), code);
    assert_string_equal(last("AA_COMMAND"), "/usr/bin/id -u");
    assert_string_equal(last("AA_EXE"), "/usr/bin/id");
    assert_string_equal(last("AA_USER"), "nobody");
    assert_string_equal(last("AA_AGENT"), "bot");
    assert_string_equal(last("AA_OWNER"), "boss");
    assert_string_equal(last("AA_MODE"), "enforce");
    assert_int_equal(strlen(last("AA_DIGEST")), 64);
    assert_int_equal(strlen(last("AA_POLICY")), 16);
    assert_int_equal(aa_confirm(decision, &question), 0);
    assert_int_equal(world_ledger_count(&world, NULL), 1);
    aa_finish(decision, AA_END_EXITED, 3 << 8);
    assert_string_equal(last("AA_EVENT"), "finished");
    assert_string_equal(last("AA_EXIT_STATUS"), "3");
    assert_string_equal(last("AA_REQUEST"), code);
    assert_string_equal(last("AA_ERROR"), "(absent)");
    aa_finish(decision, AA_END_EXITED, 0); /* ends once */
    assert_int_equal(world_ledger_count(&world, NULL), 2);
    assert_null(aa_decision_free(decision));
    assert_int_equal(world_open_descriptors(), descriptors);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(world_journal_next(&world, &heard), 1);
        assert_string_equal(world_journal_value(&heard, "AA_REQUEST"), code);
        assert_string_equal(world_journal_value(&heard, "AA_SEQ"), i == 0 ? "1" : "2");
    }
    assert_int_equal(world_journal_next(&world, &heard), 0);
}

static void ends(void **state)
{
    static const struct {
        enum aa_end end;
        int value;
        const char *event, *field, *wanted;
    } rows[] = {
        { AA_END_EXITED, 0, "finished", "AA_EXIT_STATUS", "0" },
        { AA_END_EXITED, 255 << 8, "finished", "AA_EXIT_STATUS", "255" },
        { AA_END_EXITED, SIGKILL, "finished", "AA_SIGNAL", "9" },
        { AA_END_EXITED, SIGSEGV | 0x80, "finished", "AA_SIGNAL", "11" },
        { AA_END_NOT_EXECUTED, 2, "failed", "AA_ERROR",
          "E-EXEC: it could not be executed: No such file or directory" },
        { AA_END_NOT_RUN, 0, "failed", "AA_ERROR", "E-NOT-RUN: it was allowed, and sudo did not "
                                                   "run it" },
    };
    struct aa_question question = world_question();

    (void)state;
    REQUIRE_ROOT();
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_decision *decision = aa_decide_at(&world.site, &question);

        assert_int_equal(aa_confirm(decision, &question), 0);
        world_boottime_offset_usec += 1500000;
        aa_finish(decision, rows[i].end, rows[i].value);
        assert_string_equal(last("AA_EVENT"), rows[i].event);
        assert_string_equal(last(rows[i].field), rows[i].wanted);
        if (rows[i].end == AA_END_EXITED)
            assert_true(atol(last("AA_RUN_USEC")) >= 1500000);
        aa_decision_free(decision);
    }
}

static void denials(void **state)
{
    static const struct {
        const char *command, *error, *rule, *action;
        const char *message; /* a part of it */
    } rows[] = {
        { "/usr/bin/env", "E-DENIED-RULE", "freeze", "deny", "why:  change freeze" },
        { "/usr/bin/cat", "E-DENIED-RULE", "silent", "deny", "why:  the rule denies it" },
        { "/usr/bin/tail", "E-DENIED-DEFAULT", "default", "deny", "no rule allows it" },
        { "/no/such/command", "E-DENIED-DEFAULT", "default", "deny", "no rule allows it" },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_question question = question_for(rows[i].command);
        struct aa_decision *decision = aa_decide_at(&world.site, &question);
        const char *message = aa_decision_message(decision);
        char code[64];

        assert_false(aa_decision_allows(decision));
        assert_false(aa_decision_is_fault(decision));
        assert_string_equal(aa_decision_error(decision), rows[i].error);
        assert_string_equal(last("AA_EVENT"), "refused");
        assert_string_equal(last("AA_RULE"), rows[i].rule);
        assert_string_equal(last("AA_ACTION"), rows[i].action);
        check(aa_after(last("AA_ERROR"), rows[i].error) != NULL, "%s", last("AA_ERROR"));
        /* what happened, why, under which rule, what to do next, and the code */
        check(strstr(message, rows[i].message) != NULL, "%s", message);
        snprintf(code, sizeof(code), "not run: %s", rows[i].command);
        assert_non_null(strstr(message, code));
        snprintf(code, sizeof(code), "\n  rule: %s\n", rows[i].rule);
        assert_non_null(strstr(message, code));
        assert_non_null(strstr(message, "\n  next: "));
        snprintf(code, sizeof(code), "\n  code: %s (%s)\n", aa_decision_code(decision),
                 rows[i].error);
        assert_non_null(strstr(message, code));
        assert_int_equal(message[strlen(message) - 1], '\n');
        assert_non_null(strstr(aa_decision_summary(decision), "nobody may not run"));
        assert_null(strchr(aa_decision_summary(decision), '\n'));
        assert_int_not_equal(aa_confirm(decision, &question), 0);
        aa_finish(decision, AA_END_NOT_RUN, 0); /* it has ended already */
        assert_int_equal(world_ledger_count(&world, NULL), i + 1);
        aa_decision_free(decision);
    }
    assert_string_equal(last("AA_RISK"), "(absent)");
}

static void nobody_answers(void **state)
{
    struct aa_question question = question_for("/usr/bin/head");
    struct aa_decision *decision = aa_decide_at(&world.site, &question);

    (void)state;
    assert_false(aa_decision_allows(decision));
    assert_false(aa_decision_is_fault(decision));
    assert_string_equal(aa_decision_error(decision), "E-EXPIRED");
    assert_string_equal(last("AA_EVENT"), "expired");
    assert_string_equal(last("AA_RULE"), "people");
    assert_string_equal(last("AA_ACTION"), "ask");
    assert_string_equal(last("AA_RISK"), "critical");
    assert_true(atol(last("AA_WAIT_USEC")) >= 1000000);
    assert_non_null(strstr(aa_decision_message(decision), "nobody answered in time"));
    assert_int_equal(world_ledger_count(&world, NULL), 2); /* requested, expired */
    aa_finish(decision, AA_END_NOT_RUN, 0); /* it has ended already */
    assert_int_equal(world_ledger_count(&world, NULL), 2);
    aa_decision_free(decision);
}

static void a_rule_that_was_near_is_told(void **state)
{
    static char preload[] = "LD_PRELOAD=/tmp/x.so", *envp[] = { preload, NULL };
    struct aa_question question = world_question();
    struct aa_decision *decision;

    (void)state;
    question.envp = envp;
    decision = aa_decide_at(&world.site, &question);
    assert_false(aa_decision_allows(decision));
    assert_non_null(strstr(aa_decision_message(decision), "rule ids would allow it, but its "
                                                          "environment"));
    aa_decision_free(decision);
}

static void observing_blocks_no_decision(void **state)
{
    struct aa_question question;
    struct aa_decision *decision;
    char text[2048];

    (void)state;
    snprintf(text, sizeof(text), "set mode observe\n%s", policy);
    world_apply(&world, text);
    question = question_for("/usr/bin/env");
    decision = aa_decide_at(&world.site, &question);
    assert_true(aa_decision_allows(decision));
    assert_string_equal(last("AA_EVENT"), "allowed");
    assert_string_equal(last("AA_MODE"), "observe");
    assert_string_equal(last("AA_ACTION"), "deny"); /* what it would have been */
    assert_string_equal(last("AA_RULE"), "freeze");
    assert_int_equal(aa_confirm(decision, &question), 0);
    aa_finish(decision, AA_END_EXITED, 0);
    assert_string_equal(last("AA_MODE"), "observe");
    aa_decision_free(decision);
    question = question_for("/usr/bin/head");
    decision = aa_decide_at(&world.site, &question);
    assert_true(aa_decision_allows(decision));
    assert_string_equal(last("AA_ACTION"), "ask");
    assert_string_equal(last("AA_RISK"), "critical");
    aa_decision_free(decision);
    assert_int_equal(unlink(world_path(&world, "state/key")), 0); /* faults deny all the same */
    decision = aa_decide_at(&world.site, &question);
    assert_false(aa_decision_allows(decision));
    assert_string_equal(aa_decision_error(decision), "E-KEY");
    aa_decision_free(decision);
}

/* Decided again on every command: nothing is remembered between them. */
static void the_live_policy_counts(void **state)
{
    struct aa_question question = question_for("/usr/bin/env");
    struct aa_decision *decision = aa_decide_at(&world.site, &question);

    (void)state;
    assert_string_equal(aa_decision_error(decision), "E-DENIED-RULE");
    aa_decision_free(decision);
    world_apply(&world, "default deny");
    decision = aa_decide_at(&world.site, &question);
    assert_string_equal(aa_decision_error(decision), "E-DENIED-DEFAULT");
    aa_decision_free(decision);
}

static void root_is_exempt_and_recorded(void **state)
{
    struct aa_question question = question_for("/usr/bin/env");
    struct aa_decision *decision;

    (void)state;
    question.uid = 0;
    question.user = "root";
    assert_true(aa_question_is_exempt(&question));
    decision = aa_decide_at(&world.site, &question);
    assert_true(aa_decision_allows(decision));
    assert_string_equal(last("AA_EVENT"), "allowed");
    assert_string_equal(last("AA_RULE"), "root");
    assert_int_equal(aa_confirm(decision, &question), 0);
    aa_finish(decision, AA_END_EXITED, 0);
    assert_string_equal(last("AA_EVENT"), "finished");
    aa_decision_free(decision);
    question.frontend = AA_FROM_PAM; /* there uid 0 is most often the server */
    assert_false(aa_question_is_exempt(&question));
    decision = aa_decide_at(&world.site, &question);
    assert_false(aa_decision_allows(decision));
    aa_decision_free(decision);
}

static void incomplete_set_ups_are_refused(void **state)
{
    static const char *const errors[] = { "E-NO-AUDIT-HALF", "E-NO-APPROVAL-HALF" };
    struct aa_question question = world_question();

    (void)state;
    for (int half = AA_MISSING_AUDIT; half <= AA_MISSING_APPROVAL; half++) {
        struct aa_decision *decision =
            aa_refuse_incomplete_at(&world.site, &question, (enum aa_missing_half)half);

        assert_false(aa_decision_allows(decision));
        assert_true(aa_decision_is_fault(decision));
        assert_string_equal(aa_decision_error(decision), errors[half - 1]);
        assert_string_equal(last("AA_EVENT"), "refused");
        assert_string_equal(last("AA_USER"), "nobody");
        assert_int_not_equal(aa_confirm(decision, &question), 0);
        assert_non_null(strstr(aa_decision_message(decision), "sudo.conf"));
        aa_decision_free(decision);
        question.uid = 0;
        decision = aa_refuse_incomplete_at(&world.site, &question, (enum aa_missing_half)half);
        assert_true(aa_decision_allows(decision)); /* who has to mend it */
        assert_int_equal(aa_confirm(decision, &question), 0);
        aa_decision_free(decision);
        question.uid = 65534;
    }
}

static void hostile_words_are_made_visible(void **state)
{
    static char evil[] = "/usr/bin/tail", argument[] = "a\nAA_EVENT=allowed\033[2J\xe2\x80\xae" "b";
    static char *argv[] = { evil, argument, NULL };
    struct aa_question question = world_question();
    struct aa_decision *decision;

    (void)state;
    question.command = evil;
    question.argv = argv;
    question.cwd = "/tmp/\033]0;x\007\n";
    question.tty = "pts/\n1";
    decision = aa_decide_at(&world.site, &question);
    for (const char *p = aa_decision_message(decision); *p != '\0'; p++)
        assert_true(*p == '\n' || (unsigned char)*p >= 0x20);
    for (const char *p = aa_decision_summary(decision); *p != '\0'; p++)
        assert_true((unsigned char)*p >= 0x20);
    assert_string_equal(last("AA_EVENT"), "refused");
    assert_string_equal(last("AA_CWD"), "/tmp/\\x1b]0;x\\x07\\n");
    assert_string_equal(last("AA_TTY"), "pts/\\n1");
    assert_null(strchr(last("AA_COMMAND"), '\n'));
    assert_int_equal(world_journal_next(&world, &heard), 1);
    assert_string_equal(world_journal_value(&heard, "AA_EVENT"), "refused");
    aa_decision_free(decision);
}

/* What belongs to the process that sudo is stays as it was. */
static void the_process_is_left_alone(void **state)
{
    struct aa_question question = world_question();
    sigset_t before, after;
    char cwd[4096], cwd_after[4096];
    mode_t mask = umask(0027);

    (void)state;
    sigemptyset(&before); /* the kernel fills a part of it only */
    sigemptyset(&after);
    sigprocmask(SIG_BLOCK, NULL, &before);
    assert_non_null(getcwd(cwd, sizeof(cwd)));
    for (int i = 0; i < 3; i++) {
        struct aa_decision *decision = aa_decide_at(&world.site, &question);

        (void)aa_confirm(decision, &question);
        aa_finish(decision, AA_END_EXITED, 0);
        aa_decision_free(decision);
    }
    sigprocmask(SIG_BLOCK, NULL, &after);
    for (int i = 1; i <= SIGRTMAX; i++) /* the rest of a set is whatever was on the stack */
        assert_int_equal(sigismember(&before, i), sigismember(&after, i));
    assert_non_null(getcwd(cwd_after, sizeof(cwd_after)));
    assert_string_equal(cwd, cwd_after);
    assert_int_equal(umask(mask), 0027);
}

static void null_allows_nothing(void **state)
{
    struct aa_question question = world_question();

    (void)state;
    assert_false(aa_decision_allows(NULL));
    assert_true(aa_decision_is_fault(NULL));
    assert_string_equal(aa_decision_error(NULL), "E-MEMORY");
    assert_string_equal(aa_decision_code(NULL), "");
    assert_true(aa_decision_message(NULL)[0] != '\0' && aa_decision_summary(NULL)[0] != '\0');
    assert_int_not_equal(aa_confirm(NULL, &question), 0);
    aa_finish(NULL, AA_END_EXITED, 0);
    assert_null(aa_decision_free(NULL));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(allowed_from_start_to_end),
        TEST(ends),
        TEST(denials),
        TEST(nobody_answers),
        TEST(a_rule_that_was_near_is_told),
        TEST(observing_blocks_no_decision),
        TEST(the_live_policy_counts),
        TEST(root_is_exempt_and_recorded),
        TEST(incomplete_set_ups_are_refused),
        TEST(hostile_words_are_made_visible),
        TEST(the_process_is_left_alone),
        TEST(null_allows_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
