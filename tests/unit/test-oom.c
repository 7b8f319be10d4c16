/* SPDX-License-Identifier: ISC */
/*
 * Memory that runs out at any moment of a decision: every allocation of ours fails once, each in
 * a decision of its own. What was denied stays denied, what is allowed has its record, nothing
 * crashes and nothing leaks. Linked with --wrap, so that only our own allocations fail; those from
 * an arena too, each by itself and not only where the arena needs another block.
 */
#include "unit.h"
#include "world.h"

#include <errno.h>

#include "base/arena.h"
#include "decision/decision.h"
#include "language/lint.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
void *__real_aa_arena_alloc(struct aa_arena *arena, size_t size);
void *__real_aa_arena_array(struct aa_arena *arena, size_t count, size_t size);
char *__real_aa_arena_strndup(struct aa_arena *arena, const char *s, size_t n);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);
void *__wrap_aa_arena_alloc(struct aa_arena *arena, size_t size);
void *__wrap_aa_arena_array(struct aa_arena *arena, size_t count, size_t size);
char *__wrap_aa_arena_strndup(struct aa_arena *arena, const char *s, size_t n);
char *__wrap_aa_arena_strdup(struct aa_arena *arena, const char *s);
char *__wrap_aa_arena_printf(struct aa_arena *arena, const char *format, ...) AA_PRINTF(2, 3);

static bool counting;
static long allocations, failing_one = -1; /* the number of the one that fails */
static bool failing_all_after;             /* and all behind it too */
static long alive;
static bool failed;

static bool fails_now(void)
{
    long number = counting ? allocations++ : -1;

    if (number < 0 || failing_one < 0)
        return false;
    if (number == failing_one || (failing_all_after && number > failing_one)) {
        failed = true;
        errno = ENOMEM;
        return true;
    }
    return false;
}

void *__wrap_malloc(size_t size)
{
    void *memory = fails_now() ? NULL : __real_malloc(size);

    alive += counting && memory != NULL;
    return memory;
}

void *__wrap_calloc(size_t n, size_t size)
{
    void *memory = fails_now() ? NULL : __real_calloc(n, size);

    alive += counting && memory != NULL;
    return memory;
}

void *__wrap_realloc(void *old, size_t size)
{
    void *memory = fails_now() ? NULL : __real_realloc(old, size);

    alive += counting && old == NULL && memory != NULL;
    return memory;
}

void __wrap_free(void *memory)
{
    alive -= counting && memory != NULL;
    __real_free(memory);
}

void *__wrap_aa_arena_alloc(struct aa_arena *arena, size_t size)
{
    return fails_now() ? NULL : __real_aa_arena_alloc(arena, size);
}

void *__wrap_aa_arena_array(struct aa_arena *arena, size_t count, size_t size)
{
    return fails_now() ? NULL : __real_aa_arena_array(arena, count, size);
}

char *__wrap_aa_arena_strndup(struct aa_arena *arena, const char *s, size_t n)
{
    return fails_now() ? NULL : __real_aa_arena_strndup(arena, s, n);
}

char *__wrap_aa_arena_strdup(struct aa_arena *arena, const char *s)
{
    return fails_now() ? NULL : __real_aa_arena_strndup(arena, s, strlen(s));
}

char *__wrap_aa_arena_printf(struct aa_arena *arena, const char *format, ...)
{
    va_list arguments;
    char *text, *copy;
    int n;

    if (fails_now())
        return NULL;
    va_start(arguments, format);
    n = vasprintf(&text, format, arguments);
    va_end(arguments);
    assert_true(n >= 0);
    copy = __real_aa_arena_strndup(arena, text, (size_t)n);
    __real_free(text);
    return copy;
}

static struct world world;

static const char policy[] =
    "person boss { unix boss }\n"
    "group g { person boss; unix-group wheel }\n"
    "agent bot { unix nobody; owner boss }\n"
    "rule groups { when group wheel; when host *.example.com; deny }\n"
    "rule ids { when command /usr/bin/id; allow }\n"
    "rule envs { when command env; deny \"why\" }\n";

/* Decides, confirms and ends with the given allocation failing; true where one failed. */
static bool run(const struct aa_question *question, long number, bool wanted_allowed)
{
    size_t records = world_ledger_count(&world, NULL);
    _cleanup_buffer_ struct aa_buffer kept = AA_BUFFER_INIT(0);
    struct aa_decision *decision;
    char error[64], summary[512];
    bool allowed, confirmed = false;

    failing_one = number;
    failed = false;
    allocations = alive = 0;
    counting = true;
    decision = aa_decide_at(&world.site, question);
    allowed = aa_decision_allows(decision);
    snprintf(error, sizeof(error), "%s", aa_decision_error(decision));
    snprintf(summary, sizeof(summary), "%s", aa_decision_summary(decision));
    if (allowed) {
        confirmed = aa_confirm(decision, question) == 0;
        snprintf(error, sizeof(error), "%s", aa_decision_error(decision));
        if (confirmed)
            aa_finish(decision, AA_END_EXITED, 0);
    }
    (void)aa_decision_message(decision);
    aa_decision_free(decision);
    counting = false;
    check(alive == 0, "allocation %ld: %ld pieces leak", number, alive);
    check(!allowed || wanted_allowed, "allocation %ld: allowed what is denied", number);
    check(!failed || allowed || strncmp(error, "E-", 2) == 0, "allocation %ld: no name", number);
    check(allowed || strncmp(error, "E-", 2) == 0, "allocation %ld: denied without a name", number);
    check(!confirmed || error[0] == '\0', "allocation %ld: confirmed with %s", number, error);
    check(summary[0] != '\0', "allocation %ld: says nothing", number);
    /* nothing runs without its record */
    check(!confirmed || world_ledger_count(&world, &kept) > records,
          "allocation %ld: may run, and no record was kept", number);
    world_journal_drop_all(&world);
    return failed;
}

static void every_allocation(const struct aa_question *question, bool wanted_allowed)
{
    for (int all_after = 0; all_after < 2; all_after++) {
        long number = 0;

        failing_all_after = all_after != 0;
        while (run(question, number, wanted_allowed))
            number++;
        check(number >= 10, "only %ld allocations were seen", number);
        print_message("%ld allocations failed, %s\n", number,
                      all_after != 0 ? "with all behind it" : "one at a time");
    }
    failing_one = -1;
}

static int set_up(void **state)
{
    (void)state;
    world_make_in_memory(&world);
    world_apply(&world, policy);
    world_write_text(&world, "proc/self/loginuid", "1");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_remove(&world);
    return 0;
}

static void of_an_allowed_command(void **state)
{
    struct aa_question question = world_question();

    (void)state;
    question.user = NULL; /* looked up */
    every_allocation(&question, geteuid() == 0);
}

static void of_a_denied_command(void **state)
{
    static char env[] = "/usr/bin/env", word[] = "x y", *argv[] = { env, word, NULL };
    struct aa_question question = world_question();

    (void)state;
    question.command = env;
    question.argv = argv;
    every_allocation(&question, false);
}

static void of_an_edit(void **state)
{
    static char vi[] = "vi", dashes[] = "--", file[] = "/etc/no-such/file";
    static char *argv[] = { vi, dashes, file, NULL };
    struct aa_question question = world_question();

    (void)state;
    question.flags = AA_QUESTION_EDIT;
    question.argv = argv;
    every_allocation(&question, false);
}

/* Large enough that buffers grow in many places and the record passes the journal's datagram. */
static void of_a_large_command(void **state)
{
    static char env[] = "/usr/bin/env", large[300000], *argv[] = { env, large, NULL };
    struct aa_question question = world_question();

    (void)state;
    memset(large, 'x', sizeof(large) - 1);
    question.command = env;
    question.argv = argv;
    every_allocation(&question, false);
}

static void of_a_refusal(void **state)
{
    struct aa_question question = world_question();

    (void)state;
    for (long number = 0;; number++) {
        struct aa_decision *decision;

        failing_one = number;
        failed = false;
        allocations = alive = 0;
        counting = true;
        decision = aa_refuse_incomplete_at(&world.site, &question, AA_MISSING_AUDIT);
        check(!aa_decision_allows(decision), "allocation %ld: allowed", number);
        check(aa_confirm(decision, &question) != 0, "allocation %ld: confirmed", number);
        aa_decision_free(decision);
        counting = false;
        check(alive == 0, "allocation %ld: %ld pieces leak", number, alive);
        world_journal_drop_all(&world);
        if (!failed)
            break;
    }
    failing_one = -1;
}

/* Root, who has to be able to mend a host without memory, gets an answer or none at all. */
static void of_roots_command(void **state)
{
    struct aa_question question = world_question();

    (void)state;
    question.uid = 0;
    for (long number = 0;; number++) {
        struct aa_decision *decision;

        failing_one = number;
        failed = false;
        allocations = alive = 0;
        counting = true;
        decision = aa_decide_at(&world.site, &question);
        check(decision == NULL || aa_decision_allows(decision), "allocation %ld: %s", number,
              aa_decision_summary(decision));
        if (decision != NULL)
            check(aa_confirm(decision, &question) == 0, "allocation %ld: not confirmed", number);
        aa_finish(decision, AA_END_EXITED, 0);
        aa_decision_free(decision);
        counting = false;
        check(alive == 0, "allocation %ld: %ld pieces leak", number, alive);
        world_journal_drop_all(&world);
        if (!failed)
            break;
    }
    failing_one = -1;
}

/* A policy from which memory's end left out a rule would be worse than none. */
static void of_a_compilation(void **state)
{
    static char text[60000];
    struct aa_compilation whole, compilation;
    size_t at = (size_t)snprintf(text, sizeof(text), "%s", policy);

    (void)state;
    for (int i = 0; i < 40; i++)
        at += (size_t)snprintf(text + at, sizeof(text) - at,
                               "rule r%d { when user u%d x%d; when not command c%d; deny \"%d\" }\n",
                               i, i, i, i, i);
    at += (size_t)snprintf(text + at, sizeof(text) - at,
                           "mask { pattern own { match \"own-[0-9]+\"; near own- NEAR; "
                           "finds \"echo own-5\" \"own-5\"; spares \"echo\" }\n"
                           "option cli { value -p; behind set 1; operand last }\n"
                           "name pin; harmless path; off own }\n");
    assert_int_equal(aa_compile_text(text, at, 0, &whole), 0);
    assert_int_equal(whole.complaints.errors, 0);
    for (long number = 0;; number++) {
        int r;

        failing_one = number;
        failed = false;
        allocations = alive = 0;
        counting = true;
        r = aa_compile_text(text, at, 0, &compilation);
        check(r < 0 || compilation.complaints.errors > 0 ||
                  (compilation.snapshot.length == whole.snapshot.length &&
                   memcmp(compilation.snapshot.data, whole.snapshot.data,
                          whole.snapshot.length) == 0),
              "allocation %ld: another policy came of it", number);
        aa_compilation_free(&compilation);
        counting = false;
        check(alive == 0, "allocation %ld: %ld pieces leak", number, alive);
        if (!failed)
            break;
    }
    failing_one = -1;
    aa_compilation_free(&whole);
}

/* The same of files and packs, whose names are made while reading. */
static void of_a_configuration(void **state)
{
    static char text[60000];
    size_t at = 0;

    (void)state;
    for (int i = 0; i < 40; i++)
        at += (size_t)snprintf(text + at, sizeof(text) - at,
                               "rule a-rule-with-a-rather-long-name-%d { when user u%d; deny }\n"
                               "label l%d { path /srv/%d }\n", i, i, i, i);
    world_write_text(&world, "packs/many.policy", text);
    world_write_text(&world, "etc/actionapprove.conf", "include pack many\ndefault deny\n"
                     "rule a { when command /usr/bin/less; allow; env-ok PATH }\n");
    world_write_text(&world, "packs/escapes.list", "less shell with -x unless -y \"how\"\n");
    world_write_text(&world, "packs/variables.list", "PATH \"why\"\n");
    for (long number = 0;; number++) {
        struct aa_lint_options lint = { .data_dir = world.site.pack_dir };
        struct aa_emit_options options = { .applied_usec = 1 };
        struct aa_compilation compilation;
        int r;

        failing_one = number;
        failed = false;
        allocations = alive = 0;
        counting = true;
        r = aa_compile(&world.site, NULL, 0, AA_COMPILE_TRUSTED, NULL, &options, &compilation);
        check(r < 0 || compilation.complaints.errors > 0 || compilation.rules_n == 41,
              "allocation %ld: %zu rules", number, compilation.rules_n);
        /* warnings are lost to memory's end with a word, never a part of them without */
        if (r == 0 && compilation.complaints.errors == 0 && aa_lint(&compilation, &lint) == 0 &&
            failed)
            check(compilation.complaints.warnings == 2, "allocation %ld: %zu warnings", number,
                  compilation.complaints.warnings);
        aa_compilation_free(&compilation);
        counting = false;
        check(alive == 0, "allocation %ld: %ld pieces leak", number, alive);
        if (!failed)
            break;
    }
    failing_one = -1;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(of_an_allowed_command), TEST(of_a_denied_command), TEST(of_an_edit),
        TEST(of_a_large_command),    TEST(of_a_refusal),        TEST(of_roots_command),
        cmocka_unit_test(of_a_compilation),
        TEST(of_a_configuration),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
