/* SPDX-License-Identifier: ISC */
/* The same command twice: the second waits with the first, ends as that one ends, takes its place
 * when its process is killed, and does nothing meanwhile. */
#include "unit.h"
#include "ask-support.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

#include "ask/queue.h"
#include "decision/decision.h"

#define PEOPLE                                                                \
    "channel c { type local }\nchannel s { type slack; room r; token secret t }\n" \
    "person boss { unix daemon; slack U0BOSS }\nperson other { unix bin; slack U1 }\n" \
    "group g { person boss other }\n"

enum { BOSS = 1 };

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
    ask_set_login(&world, getpid(), "4294967295"); /* to be let in as a follower */
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

static int shared_pipe[2], go_pipe[2];

static void tell_the_other(unsigned told, const char *text)
{
    char byte;

    (void)text;
    if (told != 1)
        return;
    ask_must(write(shared_pipe[1], "t", 1) == 1);
    ask_must(read(go_pipe[0], &byte, 1) == 1);
    if (byte == 'l') /* it has more time left than who follows */
        world_boottime_offset_usec -= 60 * 1000000;
}

static int lead(void *context)
{
    struct aa_question question = ask_question(tell_the_other);
    struct aa_decision *decision;

    (void)context;
    ask_set_login(&world, getpid(), "4294967295");
    decision = aa_decide_at(&world.site, &question);
    ask_must(decision != NULL);
    return aa_decision_allows(decision) ? 10 : aa_streq(aa_decision_error(decision), "E-DENIED") ? 11 : 12;
}

static int leader_pid;
static uint32_t leader_answer;
static int kill_leader;

/* The second one has joined; now the first is answered, or goes. */
static void the_first_is_answered(unsigned told, const char *text)
{
    if (told == 1) {
        check(strstr(text, " waits already as ") != NULL, "%s", text);
        check(strstr(text, code) != NULL, "%s", text);
        if (kill_leader == 0) {
            voter = ask_voter_start(&world, code, BOSS, leader_answer);
            ask_voter_go(&voter, false);
        } else {
            assert_int_equal(kill(leader_pid, SIGKILL), 0);
        }
    } else if (kill_leader != 0 && strstr(text, " waits for ") != NULL) {
        char mine[AA_CODE_SIZE];

        /* the first is ended, at the latest by who looks when its lock is gone … */
        for (int i = 0; i < 1000 && ask_folder_count(&world) > 2; i++) {
            int folder = ask_folder(&world), state_fd = world_state_fd(&world);

            usleep(1000);
            aa_queue_sweep(&world.site, folder, state_fd);
            close(folder);
            close(state_fd);
        }
        ask_only_code(&world, mine);
        assert_string_not_equal(mine, code);
        assert_string_equal(ask_events(&world, code), "requested failed");
        voter = ask_voter_start(&world, mine, BOSS, AA_LOCAL_APPROVE);
        ask_voter_go(&voter, false); /* … and this one asks for itself */
    }
}

static void two_of_the_same(void **state)
{
    static const struct {
        uint32_t answer;
        int leader;
        const char *error, *events;
    } rows[] = {
        { AA_LOCAL_APPROVE, 10, "E-JOINED", "requested cancelled" },
        { AA_LOCAL_DENY, 11, "E-DENIED", "requested denied" },
        { 0, 1000 + SIGKILL, "", "requested vote approved" },
    };

    (void)state;
    ASK_REQUIRE_ROOT();
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_question question;
        struct aa_decision *decision;
        char byte;

        assert_int_equal(pipe2(shared_pipe, O_CLOEXEC), 0);
        assert_int_equal(pipe2(go_pipe, O_CLOEXEC), 0);
        leader_pid = ask_fork(geteuid(), lead, NULL);
        assert_int_equal(read(shared_pipe[0], &byte, 1), 1);
        ask_only_code(&world, code);
        assert_int_equal(write(go_pipe[1], "g", 1), 1);
        leader_answer = rows[i].answer;
        kill_leader = rows[i].answer == 0;
        question = ask_question(the_first_is_answered);
        decision = aa_decide_at(&world.site, &question);
        check(aa_streq(aa_decision_error(decision), rows[i].error), "row %zu: %s", i,
              aa_decision_message(decision));
        assert_string_equal(ask_events(&world, aa_decision_code(decision)), rows[i].events);
        assert_int_equal(ask_voter_end(&voter, NULL), AA_LOCAL_COUNTED);
        assert_int_equal(ask_join(leader_pid), rows[i].leader);
        aa_decision_free(decision);
        world_boottime_offset_usec += 120 * 1000000; /* the cool-down */
        for (int j = 0; j < 2; j++) {
            close(shared_pipe[j]);
            close(go_pipe[j]);
        }
    }
}

/* A follower does nothing while nothing happens, also where its rule has channels for later. */
static void a_follower_sleeps(void **state)
{
    struct rusage before, after;
    struct aa_question question;
    struct aa_decision *decision;
    int64_t used;
    char byte;

    (void)state;
    ASK_REQUIRE_ROOT();
    world_apply(&world, PEOPLE "rule people { when command /usr/bin/head; ask c then 1s s; from g; "
                               "timeout 3s }\n");
    assert_int_equal(pipe2(shared_pipe, O_CLOEXEC), 0);
    assert_int_equal(pipe2(go_pipe, O_CLOEXEC), 0);
    leader_pid = ask_fork(geteuid(), lead, NULL);
    assert_int_equal(read(shared_pipe[0], &byte, 1), 1);
    assert_int_equal(write(go_pipe[1], "l", 1), 1);
    question = ask_question(NULL);
    assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
    decision = aa_decide_at(&world.site, &question);
    assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
    used = (int64_t)(after.ru_utime.tv_sec - before.ru_utime.tv_sec + after.ru_stime.tv_sec -
                     before.ru_stime.tv_sec) * 1000000 + after.ru_utime.tv_usec -
           before.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_stime.tv_usec;
    assert_string_equal(aa_decision_error(decision), "E-EXPIRED");
    assert_non_null(strstr(ask_talk.text, " waits already as "));
    assert_null(strstr(ask_talk.text, "channel s")); /* its leader's to ask */
    check(used < 500000, "%lld us of processor time for a wait", (long long)used);
    aa_decision_free(decision);
    assert_int_equal(kill(leader_pid, SIGKILL), 0);
    assert_int_equal(ask_join(leader_pid), 1000 + SIGKILL);
    for (int j = 0; j < 2; j++) {
        close(shared_pipe[j]);
        close(go_pipe[j]);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(two_of_the_same),
        TEST(a_follower_sleeps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
