/* SPDX-License-Identifier: ISC */
/*
 * A request that waits, where descriptors or memory run out at any moment of it: always a denial or
 * a proper wait, never a crash; nothing is left open or in the folder, and what was begun in the
 * ledger ends in it. Linked with --wrap, so that only our own allocations fail.
 */
#include "unit.h"
#include "ask-support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>

#include "ask/queue.h"
#include "decision/decision.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_reallocarray(void *memory, size_t n, size_t size);
char *__real_strdup(const char *text);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_reallocarray(void *memory, size_t n, size_t size);
char *__wrap_strdup(const char *text);
void __wrap_free(void *memory);

static bool counting;
static long allocations, failing = -1, alive;
static bool all_behind_too;

static bool fails_now(void)
{
    long number = counting ? allocations++ : -1;

    if (number < 0 || failing < 0 || (number != failing && (!all_behind_too || number < failing)))
        return false;
    errno = ENOMEM;
    return true;
}

static void *counted(void *memory)
{
    alive += counting && memory != NULL;
    return memory;
}

void *__wrap_malloc(size_t size)
{
    return fails_now() ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails_now() ? NULL : counted(__real_calloc(n, size));
}

void *__wrap_realloc(void *old, size_t size)
{
    void *memory = fails_now() ? NULL : __real_realloc(old, size);

    alive += counting && old == NULL && memory != NULL;
    return memory;
}

void *__wrap_reallocarray(void *old, size_t n, size_t size)
{
    void *memory = fails_now() ? NULL : __real_reallocarray(old, n, size);

    alive += counting && old == NULL && memory != NULL;
    return memory;
}

char *__wrap_strdup(const char *text)
{
    return fails_now() ? NULL : counted(__real_strdup(text));
}

void __wrap_free(void *memory)
{
    alive -= counting && memory != NULL;
    __real_free(memory);
}

static struct world world;
static struct ask_voter voter;
static bool has_voter, somebody_votes;
/* An end whose record finds no memory is lost; every other is kept, by whoever finds the entry. */
static bool all_are_kept;
static int descriptors;

static int set_up(void **state)
{
    (void)state;
    world_make(&world);
    world_apply(&world, "set cool-down 0s\nchannel c { type local }\n"
                        "person boss { unix daemon }\ngroup g { person boss }\n"
                        "rule people { when command /usr/bin/head; ask c; from g; timeout 1s }\n");
    close(ask_folder(&world));
    descriptors = world_open_descriptors();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    counting = false;
    failing = -1;
    check(world_open_descriptors() == descriptors, "a descriptor is left open");
    world_remove(&world);
    return 0;
}

static void act(unsigned told, const char *text)
{
    bool counted_before = counting;
    char code[AA_CODE_SIZE];

    (void)text;
    counting = false;
    if (told == 1 && somebody_votes) {
        ask_only_code(&world, code);
        voter = ask_voter_start(&world, code, 1, AA_LOCAL_APPROVE);
        ask_voter_go(&voter, false);
        has_voter = true;
    } else if (told == 1)
        world_boottime_offset_usec += INT64_C(3600) * 1000000;
    counting = counted_before;
}

static struct aa_question the_question(void)
{
    static char term[] = "TERM=dumb", why[] = "SUDO_APPROVE_REASON=because";
    static char *envp[] = { term, why, NULL };
    struct aa_question question = ask_question(act);

    question.submitted_envp = envp;
    return question;
}

static size_t how_often(const char *text, const char *word)
{
    size_t n = 0, length = strlen(word);

    for (const char *p = text; (p = strstr(p, word)) != NULL; p += length)
        n++;
    return n;
}

/* Whoever comes next ends what could not be ended; then each that was asked has one end. */
static void check_ledger(long number)
{
    static const char *const ends[] = { "finished", "denied", "expired", "cancelled", "failed" };
    int folder = ask_folder(&world), state_fd = world_state_fd(&world);
    size_t n = 0;
    const char *events;

    aa_queue_sweep(&world.site, folder, state_fd);
    close(folder);
    close(state_fd);
    check(ask_folder_count(&world) == 0, "%ld: something is left in the folder", number);
    events = ask_events(&world, NULL);
    for (size_t i = 0; i < AA_ARRAY_SIZE(ends); i++)
        n += how_often(events, ends[i]);
    check(n <= how_often(events, "requested"), "%ld: %s", number, events);
    check(n == how_often(events, "requested") || !all_are_kept, "%ld: %s", number, events);
    assert_true(how_often(events, "requested") <= 1);
}

/* One whole request; false: it was denied for want of something. */
static bool run(void)
{
    struct aa_question question = the_question();
    struct aa_decision *decision;
    bool well;

    world_boottime_offset_usec = 0;
    has_voter = false;
    decision = aa_decide_at(&world.site, &question);
    well = decision != NULL && (aa_streq(aa_decision_error(decision), "") ||
                                aa_streq(aa_decision_error(decision), "E-EXPIRED"));
    if (!aa_decision_allows(decision))
        check(aa_decision_message(decision)[0] != '\0', "no words");
    else if (aa_confirm(decision, &question) == 0)
        aa_finish(decision, AA_END_EXITED, 0);
    aa_decision_free(decision);
    counting = false;
    if (has_voter)
        (void)ask_voter_end(&voter, NULL);
    return well;
}

/* ---- descriptors ---- */

static void set_limit(rlim_t most)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = AA_MIN(most, limit.rlim_max);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void few_descriptors(void **state)
{
    struct rlimit before;
    bool ever = false;

    (void)state;
    ASK_REQUIRE_ROOT();
    somebody_votes = false;
    all_are_kept = true;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    for (rlim_t most = 3; most < 100; most++) {
        bool well;

        set_limit(most);
        well = run();
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        check(world_open_descriptors() == descriptors, "at most %d: one is left open", (int)most);
        check_ledger((long)most);
        check(well || !ever, "with %d it does not work, with fewer it did", (int)most);
        ever |= well;
        world_remove(&world);
        (void)set_up(NULL);
    }
    assert_true(ever);
}

/* ---- memory ---- */

static void sweep_memory(bool votes, bool behind, long step)
{
    long most;

    somebody_votes = votes;
    all_are_kept = true;
    counting = true;
    allocations = alive = 0;
    failing = -1;
    assert_true(run());
    most = allocations;
    assert_true(most > 20);
    for (long i = 0; i < most; i += step) {
        world_remove(&world);
        (void)set_up(NULL);
        counting = true;
        allocations = alive = 0;
        failing = i;
        all_behind_too = behind;
        (void)run();
        failing = -1;
        check(alive == 0, "allocation %ld of %ld: %ld are left", i, most, alive);
        check(world_open_descriptors() == descriptors, "allocation %ld: a descriptor is left", i);
        check_ledger(i);
    }
}

static void one_allocation_fails(void **state)
{
    (void)state;
    ASK_REQUIRE_ROOT();
    sweep_memory(false, false, 1);
}

static void and_all_behind_it(void **state)
{
    (void)state;
    ASK_REQUIRE_ROOT();
    sweep_memory(false, true, 1);
}

/* With an answer in between; each failure may cost the rest of a wait, so not every one is tried. */
static void while_somebody_answers(void **state)
{
    (void)state;
    ASK_REQUIRE_ROOT();
    sweep_memory(true, false, 3);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(few_descriptors),
        TEST(one_allocation_fails),
        TEST(and_all_behind_it),
        TEST(while_somebody_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
