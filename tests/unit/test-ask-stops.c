/* SPDX-License-Identifier: ISC */
/* A requester who no longer wants it, in every way in which a signal can be there: the request ends
 * as cancelled, the signal still reaches the program exactly once, and the process is otherwise as
 * it was. Each in a process of its own. */
#include "unit.h"
#include "ask-support.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "ask/queue.h"
#include "decision/decision.h"

extern char **environ;

static struct world world;

static int set_up(void **state)
{
    (void)state;
    world_make(&world);
    world_apply(&world, "channel c { type local }\nperson boss { unix daemon }\n"
                        "group g { person boss }\n"
                        "rule people { when command /usr/bin/head; ask c; from g; timeout 1m }\n");
    close(ask_folder(&world));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_remove(&world);
    return 0;
}

static const int ending[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2 };

enum way { RAISED, PENDING, IGNORED, BLOCKED_AND_RAISED, SENT_LATER, WAYS };

static struct one_stop {
    int number;
    enum way way;
} stop;

static volatile sig_atomic_t caught, caught_number;

static void catch_it(int number)
{
    caught++;
    caught_number = number;
}

static bool is_pending(int number)
{
    sigset_t pending;

    sigemptyset(&pending);
    return sigpending(&pending) == 0 && sigismember(&pending, number) == 1;
}

static void act(unsigned told, const char *text)
{
    (void)text;
    if (told != 1)
        return;
    if (stop.way == RAISED || stop.way == IGNORED || stop.way == BLOCKED_AND_RAISED) {
        ask_must(raise(stop.number) == 0);
        ask_must(caught == 0); /* not in the middle of it */
        ask_must(is_pending(stop.number) == (stop.way != IGNORED)); /* or it would be seen for ever */
    }
    if (stop.way == SENT_LATER && fork() == 0) {
        usleep(200 * 1000);
        _exit(kill(getppid(), stop.number) != 0);
    }
    if (stop.way == IGNORED)
        world_boottime_offset_usec += INT64_C(3600) * 1000000;
}

/* What of a process a library has to leave alone. */
struct surroundings {
    sigset_t mask;
    struct sigaction actions[65];
    int descriptors;
    mode_t umask;
    char cwd[4096], environment[16384];
};

static void look_around(struct surroundings *ret)
{
    size_t n = 0;

    memset(ret, 0, sizeof(*ret));
    sigemptyset(&ret->mask);
    ask_must(sigprocmask(SIG_BLOCK, NULL, &ret->mask) == 0);
    for (int i = 1; i < 65; i++)
        (void)sigaction(i, NULL, &ret->actions[i]);
    ret->descriptors = world_open_descriptors();
    ret->umask = umask(0);
    umask(ret->umask);
    ask_must(getcwd(ret->cwd, sizeof(ret->cwd)) != NULL);
    for (char **p = environ; *p != NULL && n < sizeof(ret->environment); p++)
        n += (size_t)snprintf(ret->environment + n, sizeof(ret->environment) - n, "%s\n", *p);
}

static void must_be_the_same(const struct surroundings *a, const struct surroundings *b)
{
    for (int i = 1; i < 65; i++) {
        ask_must(sigismember(&a->mask, i) == sigismember(&b->mask, i));
        ask_must(a->actions[i].sa_handler == b->actions[i].sa_handler);
        ask_must(a->actions[i].sa_flags == b->actions[i].sa_flags);
    }
    ask_must(a->descriptors == b->descriptors);
    ask_must(a->umask == b->umask);
    ask_must(aa_streq(a->cwd, b->cwd));
    ask_must(aa_streq(a->environment, b->environment));
}

static int stopped_process(void *context)
{
    struct sigaction action = { .sa_handler = stop.way == IGNORED ? SIG_IGN : catch_it };
    static struct surroundings before, after;
    struct aa_question question = ask_question(act);
    struct aa_decision *decision;
    bool blocked = stop.way == PENDING || stop.way == BLOCKED_AND_RAISED;
    sigset_t set;

    (void)context;
    sigemptyset(&set);
    sigaddset(&set, stop.number);
    ask_must(sigaction(stop.number, &action, NULL) == 0);
    ask_must(sigprocmask(blocked ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL) == 0);
    umask(0123);
    ask_must(setenv("A_VARIABLE", "of the program's own", 1) == 0);
    look_around(&before);
    if (stop.way == PENDING)
        ask_must(raise(stop.number) == 0);
    decision = aa_decide_at(&world.site, &question);
    ask_must(decision != NULL && !aa_decision_allows(decision));
    ask_must(!aa_decision_is_fault(decision));
    ask_must(aa_streq(aa_decision_error(decision),
                      stop.way == IGNORED ? "E-EXPIRED" : "E-CANCELLED"));
    ask_must((caught == 1) == (stop.way == RAISED || stop.way == SENT_LATER));
    ask_must(is_pending(stop.number) == blocked);
    aa_decision_free(decision);
    look_around(&after);
    must_be_the_same(&before, &after);
    ask_must(sigprocmask(SIG_UNBLOCK, &set, NULL) == 0);
    ask_must(caught == (stop.way != IGNORED)); /* exactly once */
    ask_must(stop.way == IGNORED || caught_number == stop.number);
    return 0;
}

static void stopped_in_every_way(void **state)
{
    (void)state;
    ASK_REQUIRE_ROOT();
    for (size_t i = 0; i < AA_ARRAY_SIZE(ending); i++) {
        for (enum way way = RAISED; way < WAYS; way++) {
            char error[256];

            stop = (struct one_stop){ ending[i], way };
            check(ask_join(ask_fork(0, stopped_process, NULL)) == 0, "signal %d, way %d", ending[i],
                  (int)way);
            assert_int_equal(ask_folder_count(&world), 0);
            snprintf(error, sizeof(error), "%s", ask_events(&world, NULL));
            check(aa_streq(error, way == IGNORED ? "requested expired" : "requested cancelled"),
                  "signal %d, way %d: %s", ending[i], (int)way, error);
            world_remove(&world);
            (void)set_up(NULL);
        }
    }
}

/* No handler at all: it dies of the signal as it would without us, and everything is recorded. */
static int by_default(void *context)
{
    struct aa_question question = ask_question(act);

    (void)context;
    (void)signal(stop.number, SIG_DFL);
    (void)aa_decide_at(&world.site, &question);
    return 1;
}

static void the_default_action(void **state)
{
    int folder, state_fd;
    char wanted[512];
    size_t n = 0;

    (void)state;
    ASK_REQUIRE_ROOT();
    for (size_t i = 0; i < AA_ARRAY_SIZE(ending); i++) {
        int status;

        stop = (struct one_stop){ ending[i], RAISED };
        status = ask_join(ask_fork(0, by_default, NULL));
        check(status == 1000 + ending[i], "signal %d: %d", ending[i], status);
    }
    /* whoever finds what is left adds no second end */
    folder = ask_folder(&world);
    state_fd = world_state_fd(&world);
    aa_queue_sweep(&world.site, folder, state_fd);
    close(folder);
    close(state_fd);
    assert_int_equal(ask_folder_count(&world), 0);
    for (size_t i = 0; i < AA_ARRAY_SIZE(ending); i++)
        n += (size_t)snprintf(wanted + n, sizeof(wanted) - n, "%srequested cancelled",
                              i > 0 ? " " : "");
    assert_string_equal(ask_events(&world, NULL), wanted);
}

/* Killed: it cannot say so, and the next one says it. */
static int killed(void *context)
{
    struct aa_question question = ask_question(act);

    (void)context;
    (void)aa_decide_at(&world.site, &question);
    return 1;
}

static void killed_while_it_waits(void **state)
{
    struct aa_question question = ask_question(act);

    (void)state;
    ASK_REQUIRE_ROOT();
    stop = (struct one_stop){ SIGKILL, RAISED };
    assert_int_equal(ask_join(ask_fork(0, killed, NULL)), 1000 + SIGKILL);
    assert_string_equal(ask_events(&world, NULL), "requested");
    assert_int_equal(ask_folder_count(&world), 2); /* with its socket */
    stop = (struct one_stop){ 0, IGNORED };
    aa_decision_free(aa_decide_at(&world.site, &question));
    assert_string_equal(ask_events(&world, NULL), "requested failed requested expired");
    assert_int_equal(ask_folder_count(&world), 0);
}

/* Other signals are none of its business: their handlers run, and it goes on. */
static void other_signals(unsigned told, const char *text)
{
    static const int numbers[] = { SIGCHLD, SIGWINCH, SIGCONT, SIGURG, SIGIO };

    (void)text;
    for (size_t i = 0; told == 1 && i < AA_ARRAY_SIZE(numbers); i++) {
        caught = 0;
        ask_must(raise(numbers[i]) == 0);
        ask_must(caught == 1 && caught_number == numbers[i]);
    }
    if (told == 1 && fork() == 0) { /* they interrupt the wait, too */
        for (int i = 0; i < 20; i++) {
            usleep(5000);
            (void)kill(getppid(), SIGWINCH);
        }
        _exit(0);
    }
}

static int bothered(void *context)
{
    struct sigaction action = { .sa_handler = catch_it };
    struct aa_question question = ask_question(other_signals);
    struct aa_decision *decision;

    (void)context;
    for (int i = 1; i < 32; i++) {
        if (i != SIGKILL && i != SIGSTOP && i != SIGSEGV && i != SIGABRT)
            ask_must(sigaction(i, &action, NULL) == 0);
    }
    decision = aa_decide_at(&world.site, &question);
    ask_must(aa_streq(aa_decision_error(decision), "E-EXPIRED"));
    return 0;
}

static void signals_that_end_nothing(void **state)
{
    (void)state;
    ASK_REQUIRE_ROOT();
    world_apply(&world, "channel c { type local }\nperson boss { unix daemon }\n"
                        "group g { person boss }\n"
                        "rule people { when command /usr/bin/head; ask c; from g; timeout 1s }\n");
    assert_int_equal(ask_join(ask_fork(0, bothered, NULL)), 0);
    assert_string_equal(ask_events(&world, NULL), "requested expired");
}

/* ---- ^Z ---- */

static void until_it_is_back(unsigned told, const char *text)
{
    if (told == 1)
        ask_must(raise(SIGTSTP) == 0); /* blocked: it stops a little later, as it would anyway */
    if (strstr(text, "still waiting") != NULL)
        world_boottime_offset_usec += INT64_C(3600) * 1000000;
}

static int suspended(void *context)
{
    struct sigaction action = { .sa_handler = *(bool *)context ? SIG_IGN : catch_it }, after;
    struct aa_question question = ask_question(until_it_is_back);
    struct aa_decision *decision;

    ask_must(setpgid(0, 0) == 0);
    ask_must(sigaction(SIGTSTP, &action, NULL) == 0);
    if (*(bool *)context)
        ask_talk.step = act;
    decision = aa_decide_at(&world.site, &question);
    ask_must(aa_streq(aa_decision_error(decision), "E-EXPIRED"));
    ask_must(caught == 0 && !is_pending(SIGTSTP)); /* once is enough */
    ask_must(sigaction(SIGTSTP, NULL, &after) == 0 && after.sa_handler == action.sa_handler);
    ask_must((strstr(ask_talk.text, "still waiting") != NULL) == !*(bool *)context);
    return 0;
}

static void stopped_and_continued(void **state)
{
    (void)state;
    ASK_REQUIRE_ROOT();
    for (int is_ignored = 0; is_ignored < 2; is_ignored++) {
        bool ignored = is_ignored == 1;
        int pid, status;

        stop = (struct one_stop){ SIGTSTP, IGNORED };
        pid = ask_fork(0, suspended, &ignored);
        if (!ignored) {
            assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
            check(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTSTP, "%x", (unsigned)status);
            assert_int_equal(kill(pid, SIGCONT), 0);
        }
        assert_int_equal(ask_join(pid), 0);
    }
    assert_string_equal(ask_events(&world, NULL), "requested expired requested expired");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(stopped_in_every_way),
        TEST(the_default_action),
        TEST(killed_while_it_waits),
        TEST(signals_that_end_nothing),
        TEST(stopped_and_continued),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
