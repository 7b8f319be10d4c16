/* SPDX-License-Identifier: ISC */
/* A scripted courier, started as the real one is: the whole way of a question, and every way in
 * which the process may leave it. What goes wrong is a failure, and never a vote. */
#include "stage.h"

#include <signal.h>
#include <sys/wait.h>

static const char *scripted;
static struct stage stage;

static int tear_down(void **state)
{
    (void)state;
    stage_remove(&stage);
    return 0;
}

static void whole(void **state)
{
    (void)state;
    stage_play(&stage, scripted,
               "echo; say token; say AA_COMMAND; post; approve U0BOB because looks fine; wait 300; deny U1; "
               "retract U0BOB; cancel U2; end; trouble closing; wait 50");
    stage_expect(&stage, AA_COURIER_TROUBLE, "token=xoxb-secret");
    assert_null(strchr(stage.event.text, '\n'));
    stage_expect(&stage, AA_COURIER_TROUBLE, "AA_COMMAND=/usr/bin/id -u");
    stage_expect(&stage, AA_COURIER_POSTED, "the scripted room");
    stage_expect(&stage, AA_COURIER_VOTE, "");
    assert_int_equal(stage.event.vote, AA_VOTE_APPROVE);
    assert_int_equal(stage.event.vote_number, 1);
    assert_int_equal(stage.event.voter.kind, AA_ACCOUNT_SLACK);
    assert_string_equal(stage.event.voter.account, "U0BOB");
    assert_null(stage.event.voter.email);
    assert_int_equal(stage.event.voter.chat_groups.n, 0);
    assert_string_equal(stage.event.reason, "looks fine");
    aa_courier_answer(stage.courier, 1, AA_VOTE_SELF, 0, 2);
    stage_expect(&stage, AA_COURIER_TROUBLE,
                 "answer 1 status 6 (you asked for this yourself) 0 of 2");
    stage_expect(&stage, AA_COURIER_VOTE, "");
    assert_int_equal(stage.event.vote, AA_VOTE_DENY);
    assert_int_equal(stage.event.vote_number, 2);
    assert_string_equal(stage.event.reason, "");
    stage_expect(&stage, AA_COURIER_VOTE, "");
    assert_int_equal(stage.event.vote, AA_VOTE_RETRACT);
    stage_expect(&stage, AA_COURIER_VOTE, "");
    assert_int_equal(stage.event.vote, AA_VOTE_CANCEL);
    assert_int_equal(stage.event.vote_number, 4);
    stage_outcome(&stage, "approved", false);
    stage_expect(&stage, AA_COURIER_TROUBLE, "outcome approved");
    assert_null(strstr(stage.event.text, "last"));
    stage_outcome(&stage, "finished", true);
    stage_expect(&stage, AA_COURIER_TROUBLE, "outcome finished, the last");
    stage_expect(&stage, AA_COURIER_TROUBLE, "closing");
    stage_expect_nothing(&stage, 500); /* its end is no failure any more */
    assert_int_equal(aa_courier_fd(stage.courier), -1);
    assert_int_equal(stage_pid(&stage), 0);
    assert_string_equal(aa_courier_channel(stage.courier), "ops");
}

/* Where it all comes to an end that is not the request's. */
static void ends_early(void **state)
{
    static const struct {
        const char *script, *says;
    } rows[] = {
        { "exit", "ended before the request did" },
        { "post; exit", "ended before the request did" },
        { "crash", "ended before the request did" },
        { "fail no such room", "the courier gave up: no such room" },
        { "post; fail token was revoked", "the courier gave up: token was revoked" },
        { "post; done", "ended before the request did" },
        { "prepare-fail", "the courier gave up: the script says so" },
        { "nonsense", "the courier gave up: no command \"nonsense\"" },
        { "raw noise", "its message is of another version" },
        { "post; raw noise", "its message is of another version" },
        { "post; raw wrong-version", "its message is of another version" },
        { "post; raw unknown-type", "its message is of an unknown type" },
        { "post; raw oversize", "its message is too large" },
        { "post; raw truncated", "ended in the middle of a message" },
        { "post; raw leftover", "its VOTE has a malformed end: there are leftover bytes" },
        { "post; raw signature", "its VOTE has a malformed signature" },
        { "post; raw lie-namespace", "its VOTE is of an account that is not this channel's" },
        { "post; raw other-request", "its VOTE is of another request" },
        { "post; raw nobody", "its VOTE is of nobody" },
        { "post; raw duplicate", "its VOTE is out of order" },
        { "post; raw out-of-order", "its VOTE is out of order" },
        { "raw vote", "its VOTE may not be said now" },
        { "post; raw post", "its POSTED may not be said now" },
        { "post; raw done", "its DONE may not be said now" },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        stage_play(&stage, scripted, rows[i].script);
        if (aa_after(rows[i].script, "post; ") != NULL)
            stage_expect(&stage, AA_COURIER_POSTED, "");
        print_message("%s\n", rows[i].script);
        stage_expect(&stage, AA_COURIER_FAILED, rows[i].says);
        stage_remove(&stage);
    }
    stage_play(&stage, scripted, "post");
}

static void killed(void **state)
{
    (void)state;
    stage_play(&stage, scripted, "post");
    stage_expect(&stage, AA_COURIER_POSTED, "");
    assert_int_equal(kill(stage_pid(&stage), SIGKILL), 0);
    stage_expect(&stage, AA_COURIER_FAILED, "ended before the request did");
}

/* A stopped courier is not waited for, and its guard ends it. */
static void stopped(void **state)
{
    (void)state;
    stage_play(&stage, scripted, "post; approve U0BOB");
    stage_expect(&stage, AA_COURIER_POSTED, "");
    stage_expect(&stage, AA_COURIER_VOTE, "");
    assert_int_equal(kill(stage_pid(&stage), SIGSTOP), 0);
    aa_courier_answer(stage.courier, 1, AA_VOTE_COUNTS, 1, 2);
    stage_expect_nothing(&stage, 200);
    assert_true(stage_next(&stage, 10000));
    assert_int_equal(stage.event.kind, AA_COURIER_FAILED);
}

/* One that never stops to talk does not hold the caller up, and is ended. */
static void babbling(void **state)
{
    size_t events = 0;
    uint64_t begun;

    (void)state;
    stage_play(&stage, scripted, "raw babble");
    begun = stage_now();
    do {
        assert_true(stage_next(&stage, 5000));
        events++;
    } while (stage.event.kind == AA_COURIER_TROUBLE);
    assert_int_equal(stage.event.kind, AA_COURIER_FAILED);
    assert_non_null(strstr(stage.event.text, "its TROUBLE is one too many"));
    assert_true(events == 257 && stage_now() - begun < 5000);
    assert_true(stage_wait_gone(&stage, 2000) < 2000);
}

/* One that does not listen: what it is told piles up to a limit, and nobody waits. */
static void not_listening(void **state)
{
    uint64_t begun = stage_now();

    (void)state;
    stage_play(&stage, scripted, "post; approve U0BOB; hang");
    stage_expect(&stage, AA_COURIER_POSTED, "");
    stage_expect(&stage, AA_COURIER_VOTE, "");
    for (size_t i = 0; i < 100 * 1000; i++)
        aa_courier_answer(stage.courier, 1, AA_VOTE_UNLINKED, 0, 2);
    stage_expect(&stage, AA_COURIER_FAILED, "does not take what it is told");
    assert_true(stage_now() - begun < 5000);
}

/* The process that started it is killed, as any user can do to their own sudo. */
static void parent_killed(void **state)
{
    int ends[2], status;
    char byte = 'x';
    pid_t parent;

    (void)state;
    stage_make(&stage, scripted, "post; end; wait 700");
    assert_int_equal(pipe(ends), 0);
    parent = fork();
    assert_true(parent >= 0);
    if (parent == 0) {
        stage_start(&stage);
        stage_ask(&stage);
        if (stage_next(&stage, 5000) && stage.event.kind == AA_COURIER_POSTED &&
            write(ends[1], &byte, 1) == 1)
            pause();
        _exit(1);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 1);
    close(ends[0]);
    assert_int_equal(kill(parent, SIGKILL), 0);
    assert_int_equal(waitpid(parent, &status, 0), parent);
    assert_true(stage_pid(&stage) != 0); /* it has its message to close */
    assert_true(stage_wait_gone(&stage, 5000) >= 300);
}

static void cancelled_at_once(void **state)
{
    (void)state;
    stage_play(&stage, scripted, "post; end; hang");
    stage_expect(&stage, AA_COURIER_POSTED, "");
    stage_outcome(&stage, "cancelled", true);
    stage.courier = aa_courier_free(stage.courier, true);
    assert_true(stage_wait_gone(&stage, 1000) < 1000);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(whole, tear_down),
        cmocka_unit_test_teardown(ends_early, tear_down),
        cmocka_unit_test_teardown(killed, tear_down),
        cmocka_unit_test_teardown(stopped, tear_down),
        cmocka_unit_test_teardown(babbling, tear_down),
        cmocka_unit_test_teardown(not_listening, tear_down),
        cmocka_unit_test_teardown(parent_killed, tear_down),
        cmocka_unit_test_teardown(cancelled_at_once, tear_down),
    };

    assert_true(argc > 1);
    scripted = argv[1];
    stage_needs_root();
    return cmocka_run_group_tests_name("course", tests, NULL, NULL);
}
