/* SPDX-License-Identifier: ISC */
/* Defects that reviews and fuzzers found, one test each: none of them may come back. */
#include "unit.h"
#include "facts.h"
#include "ledger-support.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/text.h"
#include "capture/capture.h"
#include "capture/environment.h"
#include "capture/executable.h"
#include "classify/classify.h"
#include "classify/programs.h"
#include "decision/decision.h"
#include "language/compile.h"

WORLD_FOR_EACH_TEST;

static int in_child(int (*run)(void))
{
    int status;
    pid_t pid = fork();

    if (pid == 0)
        _exit(run());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- base ---- */

/* Nothing failed, so the content can be had as a text. */
static void text_of_a_full_buffer(void **state)
{
    _cleanup_buffer_ struct aa_buffer buffer = AA_BUFFER_INIT(8);

    (void)state;
    aa_buffer_add(&buffer, "1234567", 7);
    assert_int_equal(buffer.error, 0);
    assert_non_null(aa_buffer_text(&buffer));
    assert_int_equal(buffer.error, 0);
}

/* The same again in the shell of somebody without UTF-8. */
static void quoting_in_every_locale(void **state)
{
    _cleanup_buffer_ struct aa_buffer quoted = AA_BUFFER_INIT(256);
    char command[512], answer[64] = "";
    FILE *pipe;

    (void)state;
    aa_text_add_quoted(&quoted, "a\xe2\x80\xae" "b");
    snprintf(command, sizeof(command), "LC_ALL=C /bin/bash --norc -c \"printf %%s %s\"",
             aa_buffer_text(&quoted));
    pipe = popen(command, "r");
    (void)!fgets(answer, sizeof(answer), pipe);
    pclose(pipe);
    assert_string_equal(answer, "a\xe2\x80\xae" "b");
}

/* ---- capture ---- */

/* The empty PATH means the current folder to execvp and to every shell. */
static void an_empty_path_is_the_current_folder(void **state)
{
    static char path[] = "PATH=", *envp[] = { path, NULL };
    static const struct aa_environment_owner owner = { .name = "root" };
    struct aa_request *request = aa_request_new();
    struct aa_walked walked = { .n = 0 };
    const struct aa_walker walker = { &aa_site_system, &request->arena, &walked };

    (void)state;
    assert_int_equal(aa_capture_environment(&walker, request, envp, NULL, 0, NULL, &owner), 0);
    check(request->variables[0].refused_why != NULL, "PATH= is harmless");
    aa_request_free(request);
}

static int other_root(void)
{
    struct aa_arena arena = AA_ARENA_INIT(1024 * 1024);
    struct aa_walked walked = { .n = 0 };
    const struct aa_walker walker = { &aa_site_system, &arena, &walked };
    struct aa_resolved resolved;
    char path[128];
    int ready[2], wait[2], result;
    pid_t pid;
    char byte;

    if (pipe(ready) != 0 || pipe(wait) != 0)
        return 2;
    pid = fork();
    if (pid == 0) { /* a container, say: root's, with another file in the place of id */
        if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
            mount("/usr/bin/env", "/usr/bin/id", NULL, MS_BIND, NULL) != 0)
            _exit(EXIT_SKIPPED);
        (void)!write(ready[1], "x", 1);
        (void)!read(wait[0], &byte, 1);
        _exit(0);
    }
    close(ready[1]);
    if (read(ready[0], &byte, 1) != 1)
        return EXIT_SKIPPED;
    snprintf(path, sizeof(path), "/proc/%d/root/usr/bin/id", (int)pid);
    if (aa_resolve(&walker, path, &resolved) != 0)
        return 2;
    printf("%s: resolved to %s, %s\n", path, resolved.facts.path,
           resolved.facts.unbound_why == NULL ? "bound" : resolved.facts.unbound_why);
    fflush(stdout);
    result = resolved.facts.unbound_why == NULL;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    aa_arena_clear(&arena);
    return result;
}

/* The kernel goes through these links of /proc without reading them: what their text says is
 * another file than what would be executed. */
static void links_of_proc_are_not_their_text(void **state)
{
    int result;

    (void)state;
    if (geteuid() != 0)
        skip_because("needs root");
    result = in_child(other_root);
    if (result == EXIT_SKIPPED)
        skip_because("needs a mount namespace");
    assert_int_equal(result, 0);
}

static struct aa_request *request_for(const char *path, const char *base, const char *const *args,
                                      size_t n)
{
    struct aa_request *request = aa_request_new();
    struct aa_effective *effective = AA_NEW(&request->arena, struct aa_effective);
    struct aa_known_name *name = AA_NEW(&request->arena, struct aa_known_name);

    *name = (struct aa_known_name){ path, base };
    *effective = (struct aa_effective){ .names = name, .names_n = 1, .args = { args, NULL, n } };
    request->effective = effective;
    request->effective_n = 1;
    return request;
}

/* ip takes its options with two dashes too, and "netns exec" in the lines of a batch. */
static void ip_batch_with_two_dashes(void **state)
{
    static const char *const args[] = { "--batch", "/tmp/x" };
    struct aa_request *request = request_for("/usr/sbin/ip", "ip", args, 2);

    (void)state;
    assert_int_equal(aa_classify(request, NULL, 0), 0);
    check(request->opaque_why != NULL, "ip --batch is not opaque");
    aa_request_free(request);
}

/* An option's own word is not a script. */
static void interactive_shells_with_options(void **state)
{
    static const struct {
        const char *args[3];
        size_t n;
    } rows[] = {
        { { "--rcfile", "/tmp/x" }, 2 }, { { "--init-file", "/tmp/x" }, 2 }, { { "-o", "vi" }, 2 },
        { { "-O", "extglob" }, 2 },      { { "-s", "word" }, 2 },           { { "/dev/stdin" }, 1 },
        { { "--", "-" }, 1 },            { { "-" }, 1 },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_request *request = request_for("/bin/bash", "bash", rows[i].args, rows[i].n);

        assert_int_equal(aa_classify(request, NULL, 0), 0);
        check(request->interactive_shell, "bash %s %s: not interactive", rows[i].args[0],
              rows[i].args[1] != NULL ? rows[i].args[1] : "");
        aa_request_free(request);
    }
}

/* Names under which distributions ship shells, interpreters and wrappers. */
static void programs_by_longer_names(void **state)
{
    static const char *const names[] = {
        "perl5.36-x86_64-linux-gnu", "x86_64-linux-gnu-python3.11", "bash-static", "static-sh",
        "python3.11-dbg", "R", "ssh-agent", "systemd-cat", "choom", "aa-exec", "cgexec", "uclampset",
        "chronic", "ts", "emacs", "vim", "vi", "cmake", "awk-static", "gawkbug",
    };
    size_t missing = 0;

    (void)state;
    for (size_t i = 0; i < 13; i++) { /* the later ones are a matter of taste */
        if (aa_program_kind(names[i]) == AA_PROGRAM_PLAIN) {
            print_message("%s is plain\n", names[i]);
            missing++;
        }
    }
    assert_int_equal(missing, 0);
}

/* ---- policy ---- */

/* A name that is not known cannot be outside the words for certain. */
static void allow_not_host_with_an_unknown_name(void **state)
{
    static const struct facts_row rows[] = { { "full=-", "deny default" } };

    (void)state;
    FACTS_CHECK("rule r { when command /usr/bin/id; when not host *.prod.example.com; allow }",
                rows);
}

/* ---- language ---- */

static size_t errors_of(const char *text, size_t length, char *ret_words, size_t size)
{
    _cleanup_buffer_ struct aa_buffer words = AA_BUFFER_INIT(1024 * 1024);
    struct aa_compilation compilation;
    size_t errors;

    assert_int_equal(aa_compile_text(text, length, 0, &compilation), 0);
    aa_compilation_write(&words, &compilation);
    snprintf(ret_words, size, "%s", words.length > 0 ? aa_buffer_text(&words) : "");
    errors = compilation.complaints.errors;
    aa_compilation_free(&compilation);
    return errors;
}

/* A word too long to be told of was dropped without a word. */
static void a_word_as_long_as_a_file(void **state)
{
    static char text[AA_SOURCE_MAX];
    char words[1024];

    (void)state;
    memset(text, 'a', sizeof(text));
    check(errors_of(text, sizeof(text), words, sizeof(words)) > 0, "1 MiB of \"a\" is valid");
}

/* One account is one agent, or "when agent" sees only the first. */
static void an_account_of_two_agents(void **state)
{
    static const char text[] = "person p { unix p }\n"
                               "agent a { unix bot; owner p }\nagent b { unix bot; owner p }\n";
    char words[1024];

    (void)state;
    check(errors_of(text, sizeof(text) - 1, words, sizeof(words)) > 0, "valid");
}

/* A range that starts at the end of the day is empty. */
static void a_time_from_midnights_end(void **state)
{
    static const char text[] = "rule r { when time 24:00-06:00; deny }\n";
    char words[1024];

    (void)state;
    (void)errors_of(text, sizeof(text) - 1, words, sizeof(words));
    check(strstr(words, "is no time") != NULL, "%s", words);
}

/* The line is shown as it was written, with the caret below the word. */
static void a_complaint_in_a_line_with_umlauts(void **state)
{
    static const char text[] = "rule r { when user \"m\xc3\xbcller\" carol; denny }\n";
    char words[1024];

    (void)state;
    assert_true(errors_of(text, sizeof(text) - 1, words, sizeof(words)) > 0);
    check(strstr(words, "m\xc3\xbcller") != NULL, "%s", words);
}

/* A mistake in a line is one complaint, and hides none in other lines. */
static void what_follows_a_mistake_is_still_read(void **state)
{
    static const char text[] = "rule a { when user \"x\"y; deny }\n"
                               "rule b { when usr x; deny }\n";
    char words[1024];

    (void)state;
    (void)errors_of(text, sizeof(text) - 1, words, sizeof(words));
    check(strstr(words, "unknown word \"usr\"") != NULL && strstr(words, "not closed") == NULL,
          "%s", words);
}

/* A secret that was written where its name belongs is not printed for all to see. */
static void a_secret_by_mistake_is_not_shown(void **state)
{
    static const char text[] = "channel c {\n    type slack\n    token \"xoxb-1234\"\n}\n";
    char words[1024];

    (void)state;
    (void)errors_of(text, sizeof(text) - 1, words, sizeof(words));
    check(strstr(words, "a secret is never written here") != NULL &&
              strstr(words, "xoxb") == NULL, "%s", words);
}

static int compile_client_key(void)
{
    static const char text[] = "channel c { type api; client-key }\n";
    struct aa_compilation compilation;

    return aa_compile_text(text, sizeof(text) - 1, 0, &compilation) != 0;
}

/* A statement of one word is looked at behind its end. */
static void a_key_without_its_value(void **state)
{
    int result;

    (void)state;
    result = in_child(compile_client_key);
    check(result == 0, "ended with %d", result);
}

static void the_default_takes_what_it_says(void **state)
{
    char words[1024];

    (void)state;
    (void)errors_of("default allow now\n", 18, words, sizeof(words));
    check(strstr(words, "expected: default allow") != NULL, "%s", words);
    (void)errors_of("default quorom 2\n", 17, words, sizeof(words));
    check(strstr(words, "ask, ask") == NULL, "%s", words);
}

/* The one that comes later in the reading order is the one too many. */
static void duplicates_in_two_files_by_reading_order(void **state)
{
    struct aa_emit_options options = { .applied_usec = 1 };
    struct aa_compilation compilation;

    (void)state;
    world_write_text(&world, "etc/actionapprove.conf", "\n\n\nrule r { when user x; deny }\n");
    assert_int_equal(mkdir(world_path(&world, "etc/policy.d"), 0755), 0);
    world_write_text(&world, "etc/policy.d/a.policy", "rule r { when user x; deny }\n");
    assert_int_equal(aa_compile(&world.site, NULL, 0, 0, NULL, &options, &compilation), 0);
    assert_int_equal(compilation.complaints.errors, 1);
    check(strstr(compilation.complaints.items[0].place.source->path, "a.policy") != NULL,
          "complains of %s", compilation.complaints.items[0].place.source->path);
    aa_compilation_free(&compilation);
}

static void a_pack_that_names_its_own_label(void **state)
{
    struct aa_emit_options options = { .applied_usec = 1 };
    struct aa_compilation compilation;

    (void)state;
    world_write_text(&world, "packs/p.policy", "label pii { path /srv/** }\n"
                                               "rule r { when label pii; deny }\n");
    world_write_text(&world, "etc/actionapprove.conf", "include pack p\n");
    assert_int_equal(aa_compile(&world.site, NULL, 0, 0, NULL, &options,
                                &compilation), 0);
    check(compilation.complaints.errors == 0, "%s", compilation.complaints.items[0].message);
    aa_compilation_free(&compilation);
}

/* A megabyte is read in the time that a megabyte takes. */
static void one_long_line(void **state)
{
    static char text[256 * 1024];
    char words[64];
    uint64_t start = aa_site_system.boottime_usec();

    (void)state;
    memset(text, ';', sizeof(text));
    (void)errors_of(text, sizeof(text), words, sizeof(words));
    start = aa_site_system.boottime_usec() - start;
    check(start < 1000000, "a quarter of a megabyte took %llu ms",
          (unsigned long long)start / 1000);
}

static void a_label_with_many_paths(void **state)
{
    static char text[AA_SOURCE_MAX];
    size_t n = (size_t)snprintf(text, sizeof(text), "label l {\n");
    struct aa_compilation compilation;
    int r;

    (void)state;
    for (int i = 0; i < 20000; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "path /srv/%d\n", i);
    n += (size_t)snprintf(text + n, sizeof(text) - n, "}\n");
    r = aa_compile_text(text, n, 0, &compilation);
    aa_compilation_free(&compilation);
    assert_int_equal(r, 0);
}

/* ---- records and decisions ---- */

/* A whole record behind a damaged one is evidence, not the torn end of a killed writer. */
static void a_damaged_record_in_the_middle(void **state)
{
    static const struct aa_ledger_mark nothing;
    struct aa_ledger_position place;
    struct aa_ledger_record second;
    struct aa_fault fault = { 0 };
    uint64_t at = AA_LEDGER_HEADER_SIZE;
    char before[64], after[64];
    int r;

    (void)state;
    world_apply(&world, "default deny");
    for (unsigned i = 1; i <= 4; i++)
        ledger_add(&world, i, 300);
    ledger_peek(&world, at, &second, sizeof(second));
    at += second.size; /* the second record: one bit of its payload turns over */
    ledger_peek(&world, at, &second, sizeof(second));
    ledger_peek(&world, at + sizeof(second) + 40, after, 1);
    after[0] ^= 1;
    ledger_poke(&world, at + sizeof(second) + 40, after, 1);
    ledger_set_mark(&world, nothing, false); /* and the mark is lost */
    ledger_peek(&world, at + second.size, before, sizeof(before));
    r = ledger_append(&world, 5, 300, AA_LEDGER_BEFORE, &place, &fault);
    ledger_peek(&world, at + second.size, after, sizeof(after));
    check(memcmp(before, after, sizeof(after)) == 0,
          "the whole record behind the damaged one was overwritten (append: %d)", r);
}

static void a_withdrawn_command_is_named(void **state)
{
    struct aa_question question = world_question();
    struct aa_decision *decision;

    (void)state;
    world_apply(&world, "set mode observe\n");
    decision = aa_decide_at(&world.site, &question);
    question.cwd = "/etc";
    assert_int_not_equal(aa_confirm(decision, &question), 0);
    check(strstr(aa_decision_message(decision), "/usr/bin/id") != NULL, "%s",
          aa_decision_message(decision));
    aa_decision_free(decision);
}

/* What a rule's author wrote is told whole, or it is said that it is not. */
static void a_long_why_is_not_cut_silently(void **state)
{
    static char text[4096] = "default deny \"";
    struct aa_question question = world_question();
    struct aa_decision *decision;
    size_t n = strlen(text);

    (void)state;
    memset(text + n, 'x', 700);
    strcpy(text + n + 700, " the-end\"\n");
    world_apply(&world, text);
    decision = aa_decide_at(&world.site, &question);
    check(strstr(aa_decision_message(decision), "the-end") != NULL ||
              strstr(aa_decision_message(decision), "\xe2\x80\xa6") != NULL,
          "the words end in nothing");
    aa_decision_free(decision);
}

/* A policy that would decide otherwise by now takes the decision back. */
static void a_policy_that_changed_meanwhile(void **state)
{
    struct aa_question question = world_question();
    struct aa_decision *decision;

    (void)state;
    if (geteuid() != 0)
        skip_because("needs root");
    world_apply(&world, "rule r { when command /usr/bin/id; allow }\n");
    decision = aa_decide_at(&world.site, &question);
    assert_true(aa_decision_allows(decision));
    world_apply(&world, "default deny\n");
    check(aa_confirm(decision, &question) != 0, "confirmed under another policy");
    aa_decision_free(decision);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(text_of_a_full_buffer),
        TEST(quoting_in_every_locale),
        TEST(an_empty_path_is_the_current_folder),
        TEST(links_of_proc_are_not_their_text),
        TEST(ip_batch_with_two_dashes),
        TEST(interactive_shells_with_options),
        TEST(programs_by_longer_names),
        TEST(allow_not_host_with_an_unknown_name),
        TEST(a_word_as_long_as_a_file),
        TEST(an_account_of_two_agents),
        TEST(a_time_from_midnights_end),
        TEST(a_complaint_in_a_line_with_umlauts),
        TEST(what_follows_a_mistake_is_still_read),
        TEST(a_secret_by_mistake_is_not_shown),
        TEST(a_key_without_its_value),
        TEST(the_default_takes_what_it_says),
        TEST(duplicates_in_two_files_by_reading_order),
        TEST(a_pack_that_names_its_own_label),
        TEST(one_long_line),
        TEST(a_label_with_many_paths),
        TEST(a_damaged_record_in_the_middle),
        TEST(a_withdrawn_command_is_named),
        TEST(a_long_why_is_not_cut_silently),
        TEST(a_policy_that_changed_meanwhile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
