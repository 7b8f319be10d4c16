/* SPDX-License-Identifier: ISC */
/* Whole decisions that ask people: what the clocks mean while one waits, who answers before whom,
 * and what becomes of it when its parent goes. People are processes of other users
 * that answer over the socket. The clocks jump in between: the requester's eyes are the test. */
#include "unit.h"
#include "ask-support.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "ask/queue.h"
#include "decision/decision.h"
#include "verdict/verdict.h"

#define PEOPLE                                                                \
    "channel c { type local }\nchannel s { type slack; room r; token secret t }\n" \
    "person boss { unix daemon; slack U0BOSS }\nperson other { unix bin; slack U1 }\n" \
    "group g { person boss other }\n"

enum { BOSS = 1, OTHER = 2, HOUR = 3600 };

static struct world world;
static struct ask_voter voter;
static char code[AA_CODE_SIZE];
static int descriptors;

static int set_up(void **state)
{
    (void)state;
    world_make(&world);
    world_apply(&world, PEOPLE "rule people { when command /usr/bin/head; ask c; from g; "
                               "timeout 1m }\n");
    close(ask_folder(&world));
    descriptors = world_open_descriptors();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    check(world_open_descriptors() == descriptors, "a descriptor is left open");
    world_remove(&world);
    return 0;
}

static void jump(int64_t seconds)
{
    world_boottime_offset_usec += seconds * 1000000;
}

static void jump_an_hour(unsigned told, const char *text)
{
    (void)text;
    if (told == 1)
        jump(HOUR);
}

static void start_boss(unsigned told, uint32_t op)
{
    if (told != 1)
        return;
    ask_only_code(&world, code);
    voter = ask_voter_start(&world, code, BOSS, op);
    ask_voter_go(&voter, false);
}

static void boss_approves(unsigned told, const char *text)
{
    (void)text;
    start_boss(told, AA_LOCAL_APPROVE);
}

static void boss_denies(unsigned told, const char *text)
{
    (void)text;
    start_boss(told, AA_LOCAL_DENY);
}

static const char *last(const char *name)
{
    static struct aa_buffer kept;
    const char *value;

    assert_true(world_ledger_count(&world, &kept) > 0);
    value = world_field(&kept, name);
    return value == NULL ? "(absent)" : value;
}

static void check_ended(struct aa_decision *decision, const char *error, const char *events)
{
    check(aa_streq(aa_decision_error(decision), error), "%s", aa_decision_message(decision));
    assert_int_equal(aa_decision_allows(decision), error[0] == '\0');
    assert_string_equal(ask_events(&world, aa_decision_code(decision)), events);
    aa_finish(decision, AA_END_NOT_RUN, 0); /* where it was approved */
    aa_decision_free(decision);
    assert_int_equal(ask_folder_count(&world), 0);
}

/* ---- answers ---- */

static void approved(void **state)
{
    struct aa_question question = ask_question(boss_approves);
    struct aa_decision *decision;
    struct aa_local_reply reply;

    (void)state;
    ASK_REQUIRE_ROOT();
    decision = aa_decide_at(&world.site, &question);
    check(aa_decision_allows(decision), "%s", aa_decision_message(decision));
    assert_int_equal(ask_voter_end(&voter, &reply), AA_LOCAL_COUNTED);
    assert_int_equal(reply.verdict, AA_VERDICT_APPROVED);
    assert_int_equal(reply.approvals, 1);
    assert_string_equal(last("AA_EVENT"), "approved");
    assert_string_equal(last("AA_APPROVER"), "boss");
    assert_string_equal(last("AA_APPROVER_ID"), "unix:daemon");
    assert_string_equal(last("AA_APPROVER_REASON"), "because");
    assert_int_equal(ask_folder_count(&world), 1); /* until the command ended */
    assert_int_equal(aa_confirm(decision, &question), 0);
    aa_finish(decision, AA_END_EXITED, 0);
    check_ended(decision, "", "requested vote approved finished");
}

static void denied(void **state)
{
    struct aa_question question = ask_question(boss_denies);
    struct aa_decision *decision;

    (void)state;
    ASK_REQUIRE_ROOT();
    decision = aa_decide_at(&world.site, &question);
    assert_int_equal(ask_voter_end(&voter, NULL), AA_LOCAL_COUNTED);
    assert_non_null(strstr(aa_decision_message(decision), "denied by boss, who said: because"));
    assert_false(aa_decision_is_fault(decision));
    assert_int_equal(ask_folder_count(&world), 1); /* the mark of the denial */
    assert_string_equal(ask_events(&world, NULL), "requested vote denied");
    aa_decision_free(decision);
    /* the same again right away is not asked; after the cool-down it is */
    jump(58);
    question = ask_question(NULL);
    decision = aa_decide_at(&world.site, &question);
    assert_string_equal(aa_decision_error(decision), "E-COOL-DOWN");
    assert_string_equal(ask_events(&world, aa_decision_code(decision)), "refused");
    assert_int_equal(ask_talk.told, 0);
    aa_decision_free(decision);
    jump(3);
    question = ask_question(jump_an_hour);
    check_ended(aa_decide_at(&world.site, &question), "E-EXPIRED", "requested expired");
}

/* ---- clocks ---- */

/* The host slept, and time went on: over at once. */
static void a_sleep_of_an_hour(void **state)
{
    uint64_t before = world.site.boottime_usec();
    struct aa_question question = ask_question(jump_an_hour);
    struct aa_decision *decision;

    (void)state;
    ASK_REQUIRE_ROOT();
    decision = aa_decide_at(&world.site, &question);
    assert_in_range(world.site.boottime_usec() - before, HOUR * UINT64_C(1000000),
                    HOUR * UINT64_C(1000000) + 10000000);
    assert_non_null(strstr(aa_decision_message(decision), "nobody answered in time"));
    assert_true(strtoull(last("AA_WAIT_USEC"), NULL, 10) >= HOUR * UINT64_C(1000000));
    check_ended(decision, "E-EXPIRED", "requested expired");
}

static void wall_clock_jumps(unsigned told, const char *text)
{
    (void)text;
    if (told == 1)
        world_realtime_offset_usec += INT64_C(10) * 365 * 86400 * 1000000;
    if (told == 2)
        world_realtime_offset_usec -= INT64_C(20) * 365 * 86400 * 1000000;
    start_boss(told == 3, AA_LOCAL_APPROVE);
}

static void the_wall_clock_has_no_say(void **state)
{
    static char term[] = "TERM=xterm", *envp[] = { term, NULL };
    struct aa_question question = ask_question(wall_clock_jumps);
    struct aa_decision *decision;

    (void)state;
    ASK_REQUIRE_ROOT();
    question.tty = "/dev/pts/7";
    question.submitted_envp = envp;
    decision = aa_decide_at(&world.site, &question);
    assert_int_equal(ask_voter_end(&voter, NULL), AA_LOCAL_COUNTED);
    assert_true(strtoull(last("AA_WAIT_USEC"), NULL, 10) < 30000000);
    check_ended(decision, "", "requested vote approved");
}

static bool sent_in_time;
static int stop_with, stop_step, stop_at;
static uint64_t (*real_clock)(void);

/* The clock is asked at every step on the way of an answer: there a signal can come in between. */
static uint64_t clock_with_a_stop(void)
{
    if (stop_at > 0 && --stop_at == 0)
        raise(stop_with);
    return real_clock();
}

/* The boss looks at it for a second, then answers; and in that moment something else happens. */
static void boss_answers_late(unsigned told, const char *text)
{
    (void)text;
    if (told == 1) {
        ask_only_code(&world, code);
        voter = ask_voter_start(&world, code, BOSS, AA_LOCAL_APPROVE);
    }
    if (told != 3)
        return;
    ask_voter_go(&voter, true);
    if (stop_with != 0 && stop_step == 0)
        raise(stop_with);
    else if (stop_with != 0)
        stop_at = stop_step;
    else
        jump(sent_in_time ? 55 : 61);
}

static struct aa_decision *answer_late(bool in_time, int signal_number)
{
    static char term[] = "TERM=xterm", *envp[] = { term, NULL };
    struct aa_question question = ask_question(boss_answers_late);

    question.tty = "/dev/pts/7";
    question.submitted_envp = envp;
    sent_in_time = in_time;
    stop_with = signal_number;
    return aa_decide_at(&world.site, &question);
}

static void an_answer_behind_the_deadline(void **state)
{
    struct aa_local_reply reply = { 0 };
    struct aa_decision *decision;

    (void)state;
    ASK_REQUIRE_ROOT();
    decision = answer_late(true, 0);
    assert_int_equal(ask_voter_end(&voter, &reply), AA_LOCAL_COUNTED);
    check_ended(decision, "", "requested vote approved");
    decision = answer_late(false, 0);
    assert_int_equal(ask_voter_end(&voter, &reply), AA_LOCAL_OVER);
    assert_int_equal(reply.verdict, AA_LOCAL_EXPIRED);
    assert_int_equal(reply.approvals, 0);
    check_ended(decision, "E-EXPIRED", "requested expired");
}

static volatile sig_atomic_t caught;

static void catch_it(int number)
{
    caught += number;
}

/* A stop and an answer in the same moment: the stop wins. */
static void a_stop_wins(void **state)
{
    struct sigaction action = { .sa_handler = catch_it }, before;
    struct aa_local_reply reply = { 0 };
    struct aa_decision *decision;

    (void)state;
    ASK_REQUIRE_ROOT();
    assert_int_equal(sigaction(SIGINT, &action, &before), 0);
    real_clock = world.site.boottime_usec;
    world.site.boottime_usec = clock_with_a_stop;
    for (stop_step = 0; stop_step <= 6; stop_step++) {
        const char *events;
        char error[32];

        caught = 0;
        decision = answer_late(true, SIGINT);
        assert_int_equal(caught, SIGINT);
        assert_int_equal(ask_voter_end(&voter, &reply), AA_LOCAL_OVER);
        assert_int_equal(reply.verdict, AA_VERDICT_CANCELLED);
        snprintf(error, sizeof(error), "%s", aa_decision_error(decision));
        events = ask_events(&world, aa_decision_code(decision));
        aa_decision_free(decision);
        check(aa_streq(error, "E-CANCELLED"), "step %d: %s", stop_step, error);
        /* up to where it is counted it is as if there were no answer */
        check(aa_streq(events, stop_step <= 4 ? "requested cancelled" : "requested vote cancelled"),
              "step %d: %s", stop_step, events);
        assert_int_equal(ask_folder_count(&world), 0);
    }
    assert_int_equal(sigaction(SIGINT, &before, NULL), 0);
}

/* ---- channels that come later ---- */

static unsigned round_of_then;

static void until_then(unsigned told, const char *text)
{
    (void)told;
    if (strstr(text, "waits for") != NULL) { /* before the jump nobody is asked on this host */
        ask_only_code(&world, code);
        voter = ask_voter_start(&world, code, BOSS, AA_LOCAL_APPROVE);
        ask_voter_go(&voter, false);
        round_of_then = 1;
    } else if (strstr(text, " left ") != NULL && round_of_then == 1) {
        round_of_then++;
    } else if (strstr(text, " left ") != NULL && round_of_then == 2) {
        assert_int_equal(ask_voter_end(&voter, NULL), 200 + AA_LOCAL_STRANGER);
        jump(21);
        round_of_then++;
    } else if (strstr(text, " left ") != NULL && round_of_then++ == 3) {
        voter = ask_voter_start(&world, code, BOSS, AA_LOCAL_APPROVE);
        ask_voter_go(&voter, false);
    }
}

static void channels_that_are_asked_then(void **state)
{
    static char term[] = "TERM=xterm", *envp[] = { term, NULL };
    struct aa_question question;
    struct aa_decision *decision;

    (void)state;
    ASK_REQUIRE_ROOT();
    world_apply(&world, PEOPLE "rule people { when command /usr/bin/head; ask s then 20s c; from g; "
                               "timeout 1m }\n");
    question = ask_question(until_then);
    question.tty = "/dev/pts/7";
    question.submitted_envp = envp;
    decision = aa_decide_at(&world.site, &question);
    assert_int_equal(ask_voter_end(&voter, NULL), AA_LOCAL_COUNTED);
    check_ended(decision, "", "requested vote approved");
    question = ask_question(jump_an_hour); /* beyond "then" and the deadline: it is over */
    check_ended(aa_decide_at(&world.site, &question), "E-EXPIRED", "requested expired");
    world_apply(&world, PEOPLE "rule people { when command /usr/bin/head; ask s; from g }\n");
    question = ask_question(NULL); /* with nobody to ask waiting is of no use */
    check_ended(aa_decide_at(&world.site, &question), "E-CHANNEL", "requested failed");
}

/* ---- the process that started it ---- */

static int middle_pid;

static void parent_goes(unsigned told, const char *text)
{
    (void)text;
    if (told != 1)
        return;
    ask_must(kill(middle_pid, SIGKILL) == 0);
    while (getppid() == middle_pid)
        usleep(1000);
}

static int grandchild(void *context)
{
    struct aa_question question = ask_question(parent_goes);
    struct aa_decision *decision = aa_decide_at(&world.site, &question);

    (void)context;
    return aa_decision_allows(decision) ? 3 : aa_streq(aa_decision_error(decision), "E-CANCELLED") ?
                                                  4 : 5;
}

static int middle(void *context)
{
    (void)context;
    middle_pid = getpid();
    (void)ask_fork(geteuid(), grandchild, NULL);
    pause();
    return 0;
}

static void its_parent_dies(void **state)
{
    int pid, status = 0;

    (void)state;
    ASK_REQUIRE_ROOT();
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    pid = ask_fork(geteuid(), middle, NULL);
    assert_int_equal(ask_join(pid), 1000 + SIGKILL);
    assert_true(wait(&status) > 0); /* now a child of ours */
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 4);
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
    assert_string_equal(ask_events(&world, NULL), "requested cancelled");
    assert_non_null(strstr(last("AA_ERROR"), "the process that started sudo is gone"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(approved),
        TEST(denied),
        TEST(a_sleep_of_an_hour),
        TEST(the_wall_clock_has_no_say),
        TEST(an_answer_behind_the_deadline),
        TEST(a_stop_wins),
        TEST(channels_that_are_asked_then),
        TEST(its_parent_dies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
