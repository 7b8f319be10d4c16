/* SPDX-License-Identifier: ISC */
#include "capture.h"

#include <errno.h>
#include <limits.h>

#include "classify/programs.h"
#include "environment.h"
#include "executable.h"
#include "host.h"
#include "identity.h"
#include "lookup.h"
#include "operands.h"

struct aa_request *aa_request_new(void)
{
    struct aa_request *request = calloc(1, sizeof(*request));

    if (request != NULL) {
        request->arena.maximum = AA_REQUEST_MEMORY_MAX;
        request->user.name = "";
    }
    return request;
}

struct aa_request *aa_request_free(struct aa_request *request)
{
    if (request != NULL) {
        aa_arena_clear(&request->arena);
        free(request);
    }
    return NULL;
}

static int cannot_capture(struct aa_fault *fault, int error)
{
    if (error == -ENOMEM)
        return aa_fault(fault, AA_FAULT_MEMORY, error, "there is not enough memory to look at the "
                                                       "command");
    return aa_fault(fault, AA_FAULT_QUESTION, error, "the command cannot be looked at: %s",
                    strerror(-error));
}

/* NULL stays NULL. */
static int copy(struct aa_request *request, const char **ret, const char *text)
{
    *ret = text == NULL ? NULL : aa_arena_strdup(&request->arena, text);
    return text != NULL && *ret == NULL ? -ENOMEM : 0;
}

/* The length of a vector and of its strings, both bounded. */
static int measure(char *const *vector, size_t *ret_n, size_t *bytes)
{
    size_t n = 0;

    for (; vector[n] != NULL; n++) {
        *bytes += strlen(vector[n]) + 1;
        if (n >= AA_ARGUMENTS_MAX || *bytes > AA_ARGUMENT_BYTES_MAX)
            return -E2BIG;
    }
    *ret_n = n;
    return 0;
}

static int capture_vectors(const struct aa_question *question, struct aa_request *request,
                           struct aa_fault *fault)
{
    size_t bytes = 0, n = 0, variables;
    const char **argv;

    if (question->argv == NULL || question->envp == NULL || question->command == NULL ||
        question->argv[0] == NULL)
        return aa_fault(fault, AA_FAULT_QUESTION, -EINVAL,
                        "the command, its arguments or its environment are missing");
    if (measure(question->argv, &n, &bytes) < 0 ||
        measure(question->envp, &variables, &bytes) < 0 || strlen(question->command) >= 65536)
        return aa_fault(fault, AA_FAULT_TOO_LARGE, -E2BIG,
                        "the command and its environment are over %d bytes or %d items",
                        (int)AA_ARGUMENT_BYTES_MAX, (int)AA_ARGUMENTS_MAX);
    argv = AA_NEW_ARRAY(&request->arena, const char *, n);
    if (argv == NULL)
        return cannot_capture(fault, -ENOMEM);
    for (size_t i = 0; i < n; i++) {
        argv[i] = aa_arena_strdup(&request->arena, question->argv[i]);
        if (argv[i] == NULL)
            return cannot_capture(fault, -ENOMEM);
    }
    request->argv = (struct aa_strings){ argv, n };
    return 0;
}

static int capture_told(const struct aa_question *question, struct aa_request *request)
{
    int r = 0;

    request->frontend = question->frontend == AA_FROM_PAM ? AA_FRONTEND_PAM : AA_FRONTEND_SUDO;
    request->runas_uid = question->runas_uid;
    request->runas_gid = question->runas_gid;
    request->runas_is_system = aa_uid_is_system(question->runas_uid);
    request->edit = (question->flags & AA_QUESTION_EDIT) != 0;
    request->intercepted = (question->flags & AA_QUESTION_INTERCEPTED) != 0;
    if (question->user != NULL)
        r |= copy(request, &request->user.name, question->user);
    r |= copy(request, &request->service, question->service == NULL ? "" : question->service);
    r |= copy(request, &request->tty, question->tty);
    r |= copy(request, &request->rhost, question->rhost);
    r |= copy(request, &request->runas_group, question->runas_group);
    r |= copy(request, &request->chroot, question->chroot);
    /* sudoedit runs its editor where the requester is, whatever folder sudo names */
    r |= copy(request, &request->cwd, question->run_cwd != NULL && !request->edit ?
                                          question->run_cwd : question->cwd);
    r |= copy(request, &request->command, question->command);
    r |= copy(request, &request->runas_user, question->runas_user);
    if (question->runas_user == NULL)
        request->runas_user = aa_arena_printf(&request->arena, "#%u",
                                              (unsigned)question->runas_uid);
    return r != 0 || request->runas_user == NULL ? -ENOMEM : 0;
}

/* A folder that sudo was told to run in: what it really is, else it counts as absent. */
static int resolve_run_folder(const struct aa_walker *walker, struct aa_request *request)
{
    struct aa_resolved *resolved = AA_NEW(walker->arena, struct aa_resolved);
    int r = resolved == NULL ? -ENOMEM : aa_resolve(walker, request->cwd, resolved);

    if (r < 0)
        return r;
    request->cwd = resolved->facts.found && request->cwd[0] == '/' ? resolved->facts.path : NULL;
    return 0;
}

/* A multi-call program is what it is called by: not the one file behind all of its names. */
static const char *name_of_multicall(const struct aa_resolved *resolved)
{
    const char *base = resolved->names[resolved->names_n - 1].base;

    if (resolved->names_n < 2 || !aa_is_multi_call(base))
        return resolved->facts.path;
    /* the last link on the way, by the folders that it really is in */
    return resolved->names_n > 2 ? resolved->names[resolved->names_n - 2].path : resolved->facts.path;
}

/* What sudo runs, and then all that this would run. */
static int capture_command(const struct aa_walker *walker, const struct aa_question *question,
                           struct aa_request *request)
{
    const unsigned shell = AA_QUESTION_SHELL | AA_QUESTION_LOGIN_SHELL;
    struct aa_arena *arena = &request->arena;
    struct aa_resolved *resolved = AA_NEW(arena, struct aa_resolved);
    struct aa_effective *effective = AA_NEW(arena, struct aa_effective);
    struct aa_file_lookup files = {
        .walker = walker,
        .path = aa_environment_value(question->envp, "PATH"),
        .cwd = request->cwd,
        .files = AA_NEW_ARRAY(arena, struct aa_file_facts, AA_FILES_FIRST),
    };
    struct aa_lookup lookup = aa_lookup_of(&files);
    size_t interpreters = 0;
    int r;

    if (resolved == NULL || effective == NULL || files.files == NULL)
        return -ENOMEM;
    r = aa_resolve(walker, request->command, resolved);
    if (r < 0)
        return r;
    *effective = (struct aa_effective){
        .names = resolved->names,
        .names_n = resolved->names_n,
        .resolved = resolved->facts.found ? name_of_multicall(resolved) : resolved->facts.path,
        .unbound_why = resolved->facts.unbound_why,
        .args = { request->argv.v + 1,
                  request->argv_doubt != NULL ? request->argv_doubt + 1 : NULL, request->argv.n - 1 },
    };
    /* sudo would look for a relative path in the folder of the command, not in this one */
    if (request->command[0] != '/' && question->run_cwd != NULL && effective->unbound_why == NULL)
        effective->unbound_why = "a relative path, and the command runs in another folder";
    files.files[0] = resolved->facts;
    if (effective->unbound_why == NULL) {
        r = aa_resolve_interpreters(walker, &files.files[0], files.path, files.files + 1,
                                    &interpreters, &effective->unbound_why);
        if (r < 0)
            return r;
    }
    files.files_n = 1 + interpreters;
    request->effective = effective;
    request->effective_n = 1;
    r = aa_classify(request, &lookup, (question->flags & shell) != 0 ? AA_SHELL_REQUESTED : 0);
    request->files = files.files;
    request->files_n = files.files_n;
    return r;
}

/* Where an edited file is, or would be: its folder resolved if it does not exist yet. */
static int resolve_edited(const struct aa_walker *walker, const char *path,
                          struct aa_file_facts *ret)
{
    struct aa_arena *arena = walker->arena;
    struct aa_resolved *resolved = AA_NEW(arena, struct aa_resolved);
    const char *slash = strrchr(path, '/'), *why = NULL;
    char *folder;
    int r;

    if (resolved == NULL)
        return -ENOMEM;
    r = aa_resolve(walker, path, resolved);
    if (r < 0 || resolved->facts.found) {
        *ret = resolved->facts;
        return r;
    }
    folder = slash == NULL ? aa_arena_strdup(arena, ".") :
                             aa_arena_strndup(arena, path, (size_t)(slash - path) + 1);
    if (folder == NULL)
        return -ENOMEM;
    r = aa_resolve(walker, folder, resolved);
    if (r == 0)
        r = aa_folder_is_bound(walker, folder, &why);
    if (r < 0)
        return r;
    if (!resolved->facts.found) {
        *ret = resolved->facts;
        return 0;
    }
    ret->unbound_why = why;
    ret->path = aa_arena_printf(arena, "%s/%s",
                                aa_streq(resolved->facts.path, "/") ? "" : resolved->facts.path,
                                slash == NULL ? path : slash + 1);
    return ret->path == NULL ? -ENOMEM : 0;
}

/* sudoedit is the command "sudoedit" whose arguments are the resolved files. */
static int capture_edit(const struct aa_walker *walker, const struct aa_question *question,
                        struct aa_request *request)
{
    static const struct aa_known_name name = { "sudoedit", "sudoedit" };
    struct aa_arena *arena = &request->arena;
    size_t n = question->edit_files, first;
    struct aa_effective *effective = AA_NEW(arena, struct aa_effective);
    struct aa_file_facts *files;
    const char **args;

    if (n == 0) { /* sudo does not say how many: they stand behind "--" */
        for (first = 0; first < request->argv.n && !aa_streq(request->argv.v[first], "--");)
            first++;
        n = request->argv.n > first ? request->argv.n - first - 1 : 0;
    }
    if (n == 0 || n >= request->argv.n)
        return -EINVAL;
    first = request->argv.n - n;
    files = AA_NEW_ARRAY(arena, struct aa_file_facts, n);
    args = AA_NEW_ARRAY(arena, const char *, n);
    if (effective == NULL || files == NULL || args == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        int r = resolve_edited(walker, request->argv.v[first + i], &files[i]);

        if (r < 0)
            return r;
        args[i] = files[i].path != NULL ? files[i].path : request->argv.v[first + i];
        if (effective->unbound_why == NULL)
            effective->unbound_why = files[i].unbound_why;
    }
    effective->names = &name;
    effective->names_n = 1;
    effective->args = (struct aa_words){ args, NULL, n };
    request->effective = effective;
    request->effective_n = 1;
    request->files = files;
    request->files_n = n;
    return 0;
}

static int capture_environment(const struct aa_walker *walker, const struct aa_question *question,
                               struct aa_request *request)
{
    struct aa_account account;
    int r = aa_account_by_uid(&request->arena, request->runas_uid, &account);
    struct aa_environment_owner owner;

    if (r < 0)
        return r;
    /* two accounts may share a uid: a rule about either is meant */
    if (account.found && !aa_streq(account.name, request->runas_user))
        request->runas_alias = account.name;
    owner = (struct aa_environment_owner){
        .name = request->runas_user,
        .home = account.home,
        .shell = account.shell,
        .requester = request->user.name,
        .requester_uid = request->user.uid,
        .intercepted = request->intercepted,
    };
    return aa_capture_environment(walker, request, question->envp, question->submitted_argv,
                                  question->submitted_options, question->submitted_envp, &owner);
}

/* The steps that were looked at are the request's: what runs and its PATH share most of them. */
static int start_walking(const struct aa_site *site, struct aa_request *request,
                         struct aa_walker *ret)
{
    if (request->walked == NULL)
        request->walked = AA_NEW(&request->arena, struct aa_walked);
    *ret = (struct aa_walker){ site, &request->arena, request->walked };
    return request->walked == NULL ? -ENOMEM : 0;
}

int aa_capture_what(const struct aa_site *site, const struct aa_question *question,
                    struct aa_request *request, struct aa_fault *fault)
{
    struct aa_walker walker;
    int r;

    request->realtime_usec = site->realtime_usec();
    request->boottime_usec = site->boottime_usec();
    request->user = (struct aa_identity){ .known = true, .uid = question->uid, .name = "" };
    if (question->interface != AA_INTERFACE)
        return aa_fault(fault, AA_FAULT_QUESTION, -EPROTONOSUPPORT,
                        "the front end speaks another interface (%u; this is %d)",
                        question->interface, AA_INTERFACE);
    r = aa_request_id_new(&request->id);
    if (r == 0)
        r = capture_told(question, request);
    if (r < 0)
        return cannot_capture(fault, r);
    if ((question->flags & AA_QUESTION_UNREADABLE) != 0)
        return aa_fault(fault, AA_FAULT_QUESTION, -EINVAL,
                        "the front end did not say who asks, or as whom the command would run");
    r = capture_vectors(question, request, fault);
    if (r < 0)
        return r;
    r = start_walking(site, request, &walker);
    if (r == 0 && question->run_cwd != NULL && !request->edit)
        r = resolve_run_folder(&walker, request);
    if (r == 0)
        r = request->edit ? capture_edit(&walker, question, request) :
                            capture_command(&walker, question, request);
    if (r < 0)
        return cannot_capture(fault, r);
    request->complete = true;
    return 0;
}

int aa_capture_around(const struct aa_site *site, const struct aa_question *question,
                      struct aa_request *request, struct aa_fault *fault)
{
    struct aa_walker walker;
    int r = aa_capture_identity(site, request, question->uid, question->user, fault);

    if (r < 0)
        return r;
    r = aa_capture_host(site, request, false);
    if (r < 0)
        return cannot_capture(fault, r);
    if (!request->complete)
        return 0; /* there is nothing to be said of its command and environment */
    r = start_walking(site, request, &walker);
    if (r == 0)
        r = capture_environment(&walker, question, request);
    return r < 0 ? cannot_capture(fault, r) : 0;
}

bool aa_folder_moved(const struct aa_question *question)
{
    struct stat here, there;

    return question->run_cwd == NULL && question->cwd != NULL && question->cwd[0] == '/' &&
           stat(".", &here) == 0 && stat(question->cwd, &there) == 0 &&
           (here.st_dev != there.st_dev || here.st_ino != there.st_ino);
}

static int capture_operands(const struct aa_site *site, struct aa_request *request,
                            const struct aa_attribute_names *attributes, struct aa_fault *fault)
{
    struct aa_walker walker;
    int r = start_walking(site, request, &walker);

    if (r == 0)
        r = aa_capture_operands(&walker, request, attributes);
    if (r == -E2BIG)
        return aa_fault(fault, AA_FAULT_TOO_LARGE, r,
                        "the command names more files than can be looked at (%d)",
                        (int)AA_OPERANDS_MAX);
    return r < 0 ? cannot_capture(fault, r) : 0;
}

int aa_capture_needed(const struct aa_site *site, struct aa_request *request, uint64_t needs,
                      bool full_host_name, const struct aa_attribute_names *attributes,
                      struct aa_fault *fault)
{
    int r = 0;

    if ((needs & (UINT64_C(1) << AA_KEY_GROUP)) != 0)
        r = aa_capture_groups(request, fault);
    if (r == 0 && full_host_name) {
        r = aa_capture_host(site, request, true);
        if (r < 0)
            return cannot_capture(fault, r);
    }
    if (r == 0 && (needs & (UINT64_C(1) << AA_KEY_LABEL)) != 0)
        r = capture_operands(site, request, attributes, fault);
    return r;
}
