/* SPDX-License-Identifier: ISC */
/* From a front end's question to a request: what it was told, what it found itself, what it
 * refuses to look at; and the digest, which changes with all that makes the command what it is. */
#include "unit.h"
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "capture/capture.h"
#include "capture/digest.h"

static struct world world;
static struct aa_request *request;
static struct aa_fault fault;

static int set_up(void **state)
{
    (void)state;
    world_make(&world);
    world.site.owner = 0;
    request = aa_request_new();
    fault = (struct aa_fault){ 0 };
    return request == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    request = aa_request_free(request);
    world_remove(&world);
    return 0;
}

static void an_ordinary_command(void **state)
{
    struct aa_question question = world_question();

    (void)state;
    question.runas_group = "adm";
    question.rhost = "10.0.0.1";
    assert_int_equal(aa_capture_what(&world.site, &question, request, &fault), 0);
    assert_int_equal(aa_capture_around(&world.site, &question, request, &fault), 0);
    assert_int_equal(request->frontend, AA_FRONTEND_SUDO);
    assert_string_equal(request->service, "sudo");
    assert_string_equal(request->user.name, "nobody");
    assert_int_equal(request->user.uid, 65534);
    assert_string_equal(request->runas_user, "root");
    assert_string_equal(request->runas_group, "adm");
    assert_string_equal(request->rhost, "10.0.0.1");
    assert_string_equal(request->tty, "/dev/pts/7");
    assert_string_equal(request->cwd, question.cwd);
    assert_string_equal(request->command, "/usr/bin/id");
    assert_int_equal(request->argv.n, 2);
    assert_int_equal(request->effective_n, 1);
    assert_string_equal(request->effective[0].resolved, "/usr/bin/id");
    assert_int_equal(request->effective[0].args.n, 1);
    assert_string_equal(request->effective[0].args.v[0], "-u");
    assert_null(request->effective[0].unbound_why);
    assert_int_equal(request->files_n, 1);
    assert_null(request->opaque_why);
    assert_int_equal(request->variables_n, 4);
    for (size_t i = 0; i < request->variables_n; i++)
        check(request->variables[i].refused_why == NULL, "%s: %s", request->variables[i].name,
              request->variables[i].refused_why);
    assert_false(request->edit || request->intercepted || request->interactive_shell);
    assert_true(request->runas_is_system);
}

/* Nothing in the request points into the question: front ends free it. */
static void nothing_is_borrowed(void **state)
{
    char command[] = "/usr/bin/id", argument[] = "-u", user[] = "nobody", cwd[] = "/", tty[] = "t";
    char variable[] = "TERM=xterm";
    char *argv[] = { command, argument, NULL }, *envp[] = { variable, NULL };
    struct aa_question question = world_question();

    (void)state;
    question.command = command;
    question.argv = argv;
    question.envp = envp;
    question.user = user;
    question.cwd = cwd;
    question.tty = tty;
    assert_int_equal(aa_capture_what(&world.site, &question, request, &fault), 0);
    assert_int_equal(aa_capture_around(&world.site, &question, request, &fault), 0);
    memset(command, 'X', sizeof(command) - 1);
    memset(argument, 'X', sizeof(argument) - 1);
    memset(user, 'X', sizeof(user) - 1);
    memset(cwd, 'X', sizeof(cwd) - 1);
    memset(tty, 'X', sizeof(tty) - 1);
    memset(variable, 'X', sizeof(variable) - 1);
    argv[0] = argv[1] = envp[0] = NULL;
    assert_string_equal(request->command, "/usr/bin/id");
    assert_string_equal(request->argv.v[1], "-u");
    assert_string_equal(request->effective[0].args.v[0], "-u");
    assert_string_equal(request->effective[0].names[0].path, "/usr/bin/id");
    assert_string_equal(request->user.name, "nobody");
    assert_string_equal(request->cwd, "/");
    assert_string_equal(request->tty, "t");
    assert_string_equal(request->variables[0].name, "TERM");
}

static void where_it_runs(void **state)
{
    struct aa_question question = world_question();

    (void)state;
    question.cwd = "/here";
    question.run_cwd = "/usr/../etc";
    question.chroot = "/jail";
    question.runas_user = NULL;
    question.runas_uid = 4000000;
    question.service = NULL;
    question.tty = NULL;
    assert_int_equal(aa_capture_what(&world.site, &question, request, &fault), 0);
    assert_string_equal(request->cwd, "/etc"); /* what it really is */
    assert_string_equal(request->chroot, "/jail");
    assert_string_equal(request->runas_user, "#4000000");
    assert_false(request->runas_is_system);
    assert_string_equal(request->service, "");
    assert_null(request->tty);
}

/* sudo would look for a relative path in the folder in which the command will run. */
static void a_relative_path_in_another_folder(void **state)
{
    struct aa_question question = world_question();
    int here = open(".", O_PATH | O_CLOEXEC);

    (void)state;
    question.command = "./id";
    assert_int_equal(chdir("/usr/bin"), 0);
    assert_int_equal(aa_capture_what(&world.site, &question, request, &fault), 0);
    assert_null(request->effective[0].unbound_why);
    assert_string_equal(request->effective[0].resolved, "/usr/bin/id");
    aa_request_free(request);
    request = aa_request_new();
    question.run_cwd = "/tmp";
    assert_int_equal(aa_capture_what(&world.site, &question, request, &fault), 0);
    assert_non_null(request->effective[0].unbound_why);
    assert_int_equal(fchdir(here), 0);
    close(here);
}

static void questions_that_are_none(void **state)
{
    static char *nothing[] = { NULL };
    struct aa_question question;

    (void)state;
    for (int i = 0; i < 6; i++) {
        question = world_question();
        switch (i) {
        case 0: question.interface = AA_INTERFACE + 1; break;
        case 1: question.argv = NULL; break;
        case 2: question.envp = NULL; break;
        case 3: question.command = NULL; break;
        case 4: question.argv = nothing; break;
        default: question.interface = 0; break;
        }
        fault = (struct aa_fault){ 0 };
        check(aa_capture_what(&world.site, &question, request, &fault) < 0, "kind %d", i);
        assert_int_equal(fault.id, AA_FAULT_QUESTION);
    }
}

static void questions_that_are_too_large(void **state)
{
    static char *many[AA_ARGUMENTS_MAX + 2], word[] = "x", large[AA_ARGUMENT_BYTES_MAX / 2];
    static char *two[] = { large, large, word, NULL };
    char *long_command = malloc(70000);
    struct aa_question question;

    (void)state;
    memset(large, 'x', sizeof(large) - 1);
    memset(long_command, 'x', 69999);
    long_command[69999] = '\0';
    for (size_t i = 0; i <= AA_ARGUMENTS_MAX; i++)
        many[i] = word;
    for (int i = 0; i < 4; i++) {
        question = world_question();
        switch (i) {
        case 0: question.argv = many; break;
        case 1: question.envp = many; break;
        case 2: question.argv = two; break;
        default: question.command = long_command; break;
        }
        fault = (struct aa_fault){ 0 };
        check(aa_capture_what(&world.site, &question, request, &fault) < 0, "kind %d", i);
        check(fault.id == AA_FAULT_TOO_LARGE, "kind %d: %s", i, fault.detail);
        aa_request_free(request);
        request = aa_request_new();
    }
    free(long_command);
}

/* ---- sudoedit ---- */

static void edited_files(void **state)
{
    static char editor[] = "/usr/bin/vi", dashes[] = "--", option[] = "-x", passwd[] = "/etc/passwd";
    static char relative[] = "../etc/./passwd", missing[] = "/etc/no-such-file";
    static char in_tmp[] = "/tmp/no-such-file", no_folder[] = "/no/such/file";
    char *argv[] = { editor, option, dashes, passwd, relative, missing, in_tmp, no_folder, NULL };
    struct aa_question question = world_question();
    int here = open(".", O_PATH | O_CLOEXEC);

    (void)state;
    question.flags = AA_QUESTION_EDIT;
    question.command = editor;
    question.argv = argv;
    question.edit_files = 5;
    assert_int_equal(chdir("/usr"), 0);
    for (int i = 0; i < 2; i++) { /* an older sudo does not say how many */
        assert_int_equal(aa_capture_what(&world.site, &question, request, &fault), 0);
        assert_true(request->edit);
        assert_int_equal(request->effective_n, 1);
        assert_null(request->effective[0].resolved);
        assert_string_equal(request->effective[0].names[0].base, "sudoedit");
        assert_int_equal(request->effective[0].args.n, 5);
        assert_string_equal(request->effective[0].args.v[0], "/etc/passwd");
        assert_string_equal(request->effective[0].args.v[1], "/etc/passwd");
        assert_string_equal(request->effective[0].args.v[2], "/etc/no-such-file");
        assert_string_equal(request->effective[0].args.v[3], "/tmp/no-such-file");
        assert_string_equal(request->effective[0].args.v[4], "/no/such/file");
        assert_non_null(request->effective[0].unbound_why); /* for the one in /tmp */
        assert_null(request->files[0].unbound_why);
        assert_null(request->files[2].unbound_why); /* only root could make it */
        assert_non_null(request->files[3].unbound_why);
        assert_false(request->files[2].found);
        question.edit_files = 0;
        aa_request_free(request);
        request = aa_request_new();
    }
    assert_int_equal(fchdir(here), 0);
    close(here);
}

static void edits_of_nothing(void **state)
{
    static char editor[] = "/usr/bin/vi", dashes[] = "--", file[] = "/etc/passwd";
    char *without[] = { editor, file, NULL }, *behind[] = { editor, dashes, NULL };
    struct aa_question question = world_question();

    (void)state;
    question.flags = AA_QUESTION_EDIT;
    question.argv = without;
    assert_true(aa_capture_what(&world.site, &question, request, &fault) < 0);
    assert_int_equal(fault.id, AA_FAULT_QUESTION);
    question.argv = behind;
    assert_true(aa_capture_what(&world.site, &question, request, &fault) < 0);
    question.argv = without;
    question.edit_files = 2; /* the editor itself is no file of them */
    assert_true(aa_capture_what(&world.site, &question, request, &fault) < 0);
    question.edit_files = UINT32_MAX;
    assert_true(aa_capture_what(&world.site, &question, request, &fault) < 0);
}

/* ---- the digest ---- */

static void digest_of(const struct aa_question *question, unsigned char key_byte,
                      struct aa_digest *ret)
{
    struct aa_request *one = aa_request_new();
    unsigned char key[AA_KEY_SIZE];

    memset(key, key_byte, sizeof(key));
    assert_int_equal(aa_capture_what(&world.site, question, one, &fault), 0);
    aa_request_digest(one, question->envp, key, ret);
    aa_request_free(one);
}

static void digest_changes_with_everything(void **state)
{
    static char id[] = "/usr/bin/id", u[] = "-u", g[] = "-g", empty[] = "", ug[] = "-u-g";
    static char term[] = "TERM=vt100", path[] = "PATH=/usr/bin";
    char *longer[] = { id, u, empty, NULL }, *other[] = { id, g, NULL }, *joined[] = { id, ug, NULL };
    char *split[] = { id, u, g, NULL }, *env[] = { path, term, NULL }, *turned[] = { term, path, NULL };
    struct aa_digest all[32], again;
    size_t n = 0;

    (void)state;
    for (int i = 0; i <= 16; i++) {
        struct aa_question question = world_question();

        switch (i) {
        case 1: question.argv = longer; break;
        case 2: question.argv = other; break;
        case 3: question.argv = joined; break;
        case 4: question.argv = split; break;
        case 5: question.envp = env; break;
        case 6: question.envp = turned; break;
        case 7: question.cwd = NULL; break;
        case 8: question.cwd = ""; break;
        case 9: question.chroot = "/"; break;
        case 10: question.runas_user = "daemon"; break;
        case 11: question.runas_uid = 1; break;
        case 12: question.runas_gid = 1; break;
        case 13: question.uid = 65533; break;
        case 14: question.service = "su"; break;
        case 15: question.command = "/usr/bin/env"; break;
        case 16: question.run_cwd = "/tmp"; break;
        default: break;
        }
        digest_of(&question, 1, &all[n++]);
        digest_of(&question, 1, &again);
        assert_memory_equal(&all[n - 1], &again, sizeof(again));
        if (i == 0)
            digest_of(&question, 2, &all[n++]); /* the host's key */
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++)
            check(memcmp(&all[i], &all[j], sizeof(all[i])) != 0, "%zu is like %zu", i, j);
    }
}

static void digest_changes_with_the_file(void **state)
{
    struct aa_question question = world_question();
    struct aa_digest before, after;
    struct timespec old[2] = { { 1000, 0 }, { 1000, 0 } };
    char path[256];

    (void)state;
    snprintf(path, sizeof(path), "%s", world_path(&world, "program"));
    world_write(&world, "program", "1", 1, 0755);
    question.command = path;
    digest_of(&question, 1, &before);
    digest_of(&question, 1, &after);
    assert_memory_equal(&before, &after, sizeof(after));
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
    digest_of(&question, 1, &after);
    assert_memory_not_equal(&before, &after, sizeof(after));
    digest_of(&question, 1, &before);
    assert_int_equal(chmod(path, 0700), 0); /* shows in the change time alone */
    digest_of(&question, 1, &after);
    assert_memory_not_equal(&before, &after, sizeof(after));
    digest_of(&question, 1, &before);
    world_write(&world, "program", "1", 1, 0755);
    digest_of(&question, 1, &after);
    assert_memory_not_equal(&before, &after, sizeof(after));
    assert_int_equal(unlink(path), 0);
    digest_of(&question, 1, &before);
    assert_memory_not_equal(&before, &after, sizeof(after));
}

static void keys(void **state)
{
    static const struct {
        size_t length;
        mode_t mode;
        bool good;
    } rows[] = {
        { 32, 0600, true }, { 32, 0400, true }, { 33, 0600, true }, { 31, 0600, false },
        { 0, 0600, false }, { 32, 0640, false }, { 32, 0604, false }, { 32, 0620, false },
    };
    unsigned char key[AA_KEY_SIZE];
    char content[64] = "0123456789abcdef0123456789abcdefXXXX";
    int state_fd = world_state_fd(&world);

    (void)state;
    world.site.owner = geteuid();
    assert_true(aa_read_key(&world.site, state_fd, key, &fault) < 0);
    assert_int_equal(fault.id, AA_FAULT_KEY);
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        world_write(&world, "state/key", content, rows[i].length, rows[i].mode);
        fault = (struct aa_fault){ 0 };
        check((aa_read_key(&world.site, state_fd, key, &fault) == 0) == rows[i].good, "row %zu", i);
        assert_int_equal(fault.id, rows[i].good ? AA_FAULT_NONE : AA_FAULT_KEY);
        assert_true(!rows[i].good || memcmp(key, content, sizeof(key)) == 0);
    }
    close(state_fd);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(an_ordinary_command),
        TEST(nothing_is_borrowed),
        TEST(where_it_runs),
        TEST(a_relative_path_in_another_folder),
        TEST(questions_that_are_none),
        TEST(questions_that_are_too_large),
        TEST(edited_files),
        TEST(edits_of_nothing),
        TEST(digest_changes_with_everything),
        TEST(digest_changes_with_the_file),
        TEST(keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
