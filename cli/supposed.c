/* SPDX-License-Identifier: ISC */
#include "supposed.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>

#include "ask/ask.h"
#include "capture/capture.h"
#include "capture/identity.h"
#include "mask/subject.h"
#include "policy/label.h"

enum { SUDOS_VARIABLES = 5 };

struct making {
    const struct supposed *supposed;
    struct supposition *out;
    struct aa_fault *fault;
    bool in_cwd; /* the process is where the command would run */
};

static int impossible(struct making *m, const char *what, const char *name)
{
    (void)aa_fault(m->fault, AA_FAULT_QUESTION, 0, "there is no %s %s", what, name);
    return SUPPOSED_IMPOSSIBLE;
}

static int find_account(struct making *m, const char *name, uid_t *ret_uid, struct aa_account *ret)
{
    int r = aa_account_by_name(&m->out->arena, name, ret_uid, ret);

    if (r == -ENOENT)
        return impossible(m, "user", name);
    return r < 0 ? aa_fault(m->fault, AA_FAULT_IDENTITY, r, "the account %s cannot be read: %s",
                            name, strerror(-r)) : 0;
}

/* Where sudo would find a program: the folders that its secure_path usually has. */
static char *find_command(struct aa_arena *arena, const char *name)
{
    static const char *const folders[] = { "/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                           "/usr/bin",        "/sbin",          "/bin" };

    if (strchr(name, '/') != NULL)
        return aa_arena_strdup(arena, name);
    for (size_t i = 0; i < AA_ARRAY_SIZE(folders); i++) {
        char *path = aa_arena_printf(arena, "%s/%s", folders[i], name);

        if (path != NULL && access(path, X_OK) == 0)
            return path;
    }
    return aa_arena_strdup(arena, name);
}

static int set_identities(struct making *m)
{
    const struct supposed *supposed = m->supposed;
    struct aa_question *question = &m->out->question;
    struct aa_account account;
    const char *runas = supposed->runas;
    int r;

    question->uid = getuid();
    r = supposed->user != NULL ? find_account(m, supposed->user, &question->uid, &account) :
                                 aa_account_by_uid(&m->out->arena, question->uid, &account);
    if (r != 0)
        return r;
    question->user = account.name;
    if (runas == NULL) /* a login is as oneself, but for su */
        runas = supposed->frontend == AA_FRONTEND_PAM && supposed->service != NULL &&
                        strncmp(supposed->service, "su", 2) != 0 ? account.name : "root";
    r = find_account(m, runas, &question->runas_uid, &account);
    if (r != 0)
        return r;
    question->runas_user = account.name;
    question->runas_gid = account.gid;
    if (supposed->runas_group != NULL) {
        const struct group *group = getgrnam(supposed->runas_group);

        if (group == NULL)
            return impossible(m, "group", supposed->runas_group);
        question->runas_gid = group->gr_gid;
        question->runas_group = supposed->runas_group;
    }
    return 0;
}

/* The environment that sudo would make, and the caller's variables as sudo's command line has them. */
static int set_environment(struct making *m)
{
    static const char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    const struct supposed *supposed = m->supposed;
    struct aa_arena *arena = &m->out->arena;
    struct aa_question *question = &m->out->question;
    char **envp = AA_NEW_ARRAY(arena, char *, supposed->variables_n + SUDOS_VARIABLES);
    char **typed = AA_NEW_ARRAY(arena, char *, supposed->variables_n + 2);
    struct aa_account account;
    int r = aa_account_by_uid(arena, question->runas_uid, &account);

    if (r < 0 || envp == NULL || typed == NULL)
        return r < 0 ? r : -ENOMEM;
    envp[0] = aa_arena_strdup(arena, path);
    envp[1] = aa_arena_printf(arena, "HOME=%s", account.home != NULL ? account.home : "/");
    envp[2] = aa_arena_printf(arena, "USER=%s", question->runas_user);
    envp[3] = aa_arena_printf(arena, "LOGNAME=%s", question->runas_user);
    typed[0] = aa_arena_strdup(arena, "sudo");
    for (size_t i = 0; i < SUDOS_VARIABLES - 1; i++)
        r |= envp[i] == NULL ? -ENOMEM : 0;
    for (size_t i = 0; i < supposed->variables_n; i++)
        envp[SUDOS_VARIABLES - 1 + i] = typed[i + 1] = supposed->variables[i];
    question->envp = envp;
    question->submitted_argv = typed;
    question->submitted_options = (uint32_t)supposed->variables_n + 1;
    return r != 0 || typed[0] == NULL ? -ENOMEM : 0;
}

/* One string for a shell, as sudo -s makes it of a command: what is no letter or number is escaped. */
static char *shell_string(struct aa_arena *arena, const struct supposed *supposed)
{
    size_t length = 0, n = 0;
    char *text;

    for (size_t i = 0; i < supposed->words_n; i++)
        length += 2 * strlen(supposed->words[i]) + 1;
    text = AA_NEW_ARRAY(arena, char, length + 1);
    for (size_t i = 0; text != NULL && i < supposed->words_n; i++) {
        if (i > 0)
            text[n++] = ' ';
        for (const char *p = supposed->words[i]; *p != '\0'; p++) {
            bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                         (*p >= '0' && *p <= '9') || *p == '_' || *p == '-' || *p == '$';

            if (!plain)
                text[n++] = '\\';
            text[n++] = *p;
        }
    }
    return text;
}

static int set_command(struct making *m)
{
    const struct supposed *supposed = m->supposed;
    struct aa_arena *arena = &m->out->arena;
    struct aa_question *question = &m->out->question;
    char **words = AA_NEW_ARRAY(arena, char *, supposed->words_n + 4);
    struct aa_account account;
    size_t first = 0;
    int r;

    if (words == NULL)
        return -ENOMEM;
    question->argv = words;
    if (supposed->edit) {
        question->flags |= AA_QUESTION_EDIT;
        question->edit_files = (uint32_t)supposed->words_n;
        words[0] = aa_arena_strdup(arena, "editor");
        words[1] = aa_arena_strdup(arena, "--");
        first = 2;
    } else if (supposed->shell) {
        r = aa_account_by_uid(arena, question->uid, &account);
        if (r < 0)
            return r;
        question->flags |= AA_QUESTION_SHELL;
        words[0] = aa_arena_strdup(arena, account.shell != NULL ? account.shell : "/bin/sh");
        if (supposed->words_n > 0) {
            words[1] = aa_arena_strdup(arena, "-c");
            words[2] = shell_string(arena, supposed);
            question->command = words[0];
            return words[0] == NULL || words[1] == NULL || words[2] == NULL ? -ENOMEM : 0;
        }
    }
    for (size_t i = 0; i < supposed->words_n; i++)
        words[first + i] = supposed->words[i];
    if (!supposed->edit && !supposed->shell)
        words[0] = find_command(arena, supposed->words[0]);
    question->command = words[0];
    return words[0] == NULL || (supposed->edit && words[1] == NULL) ? -ENOMEM : 0;
}

/* A terminal's path, whichever way it was written. */
static int set_surroundings(struct making *m)
{
    const struct supposed *supposed = m->supposed;
    struct aa_question *question = &m->out->question;
    struct aa_arena *arena = &m->out->arena;
    const char *tty = supposed->tty;
    char folder[PATH_MAX];

    question->service = supposed->service != NULL ? supposed->service : "sudo";
    question->rhost = supposed->rhost;
    if (tty != NULL && !aa_streq(tty, "none")) {
        question->tty = tty[0] == '/' ? tty : aa_arena_printf(arena, "/dev/%s", tty);
        if (question->tty == NULL)
            return -ENOMEM;
    }
    if (supposed->frontend == AA_FRONTEND_PAM)
        return 0;
    if (supposed->cwd != NULL && !m->in_cwd)
        question->cwd = supposed->cwd;
    else if (!supposed->no_cwd && getcwd(folder, sizeof(folder)) != NULL)
        question->cwd = aa_arena_strdup(arena, folder);
    return 0;
}

static int set_login(struct making *m)
{
    struct aa_request *request = m->out->request;
    struct aa_account account;
    uid_t uid = 0;
    int r;

    /* this process's own would be another's */
    request->login = (struct aa_identity){ 0 };
    request->session_known = false;
    if (m->supposed->login == NULL) {
        request->login = request->user;
        return 0;
    }
    if (aa_streq(m->supposed->login, "none"))
        return 0;
    r = find_account(m, m->supposed->login, &uid, &account);
    if (r != 0)
        return r;
    request->login = (struct aa_identity){ .known = true, .uid = uid };
    request->login.name = aa_arena_strdup(&request->arena, account.name);
    return request->login.name == NULL ? -ENOMEM : 0;
}

static int set_host(struct making *m)
{
    struct aa_request *request = m->out->request;
    const char *name = m->supposed->host;
    char *full, *dot;

    if (name == NULL)
        return 0;
    full = aa_arena_strdup(&request->arena, name);
    if (full == NULL)
        return -ENOMEM;
    for (char *p = full; *p != '\0'; p++)
        *p = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
    dot = strchr(full, '.');
    if (dot == NULL) {
        if (!aa_streq(full, request->host))
            request->host_full = NULL;
        request->host = full;
        return 0;
    }
    request->host_full = full;
    request->host = aa_arena_strndup(&request->arena, full, (size_t)(dot - full));
    return request->host == NULL ? -ENOMEM : 0;
}

static int capture(struct making *m, const struct aa_snapshot *snapshot)
{
    const struct aa_snap_header *header = snapshot->header;
    struct aa_request *request = m->out->request;
    const struct aa_question *question = &m->out->question;
    struct aa_fault no_command = { 0 };
    struct aa_label_attributes labels;
    bool login = m->supposed->frontend == AA_FRONTEND_PAM;
    int r;

    request->argv_doubt = m->supposed->doubt;
    /* a login has no command: what the question says else is captured before that is missed */
    r = aa_capture_what(&aa_site_system, question, request, login ? &no_command : m->fault);
    if (r < 0 && !(login && r == -EINVAL))
        return r;
    r = aa_capture_around(&aa_site_system, question, request, m->fault);
    if (r == 0)
        r = set_login(m);
    if (r == 0)
        r = aa_label_attributes(snapshot, &labels, m->fault);
    if (r == 0)
        r = aa_capture_needed(&aa_site_system, request, header->needs, header->full_host_name != 0,
                              &(struct aa_attribute_names){ labels.names, labels.n }, m->fault);
    request->user.held_groups = (struct aa_strings){ 0 };
    if (request->login.known && request->login.uid == request->user.uid)
        request->login.held_groups = (struct aa_strings){ 0 };
    if (r == 0)
        r = set_host(m);
    if (m->supposed->realtime_usec != 0)
        request->realtime_usec = m->supposed->realtime_usec;
    return r;
}

static int make(struct making *m, const struct aa_snapshot *snapshot)
{
    int r = set_identities(m);

    if (r == 0)
        r = set_surroundings(m);
    if (r == 0 && m->supposed->frontend != AA_FRONTEND_PAM)
        r = set_environment(m);
    if (r == 0 && m->supposed->frontend != AA_FRONTEND_PAM)
        r = set_command(m);
    return r == 0 ? capture(m, snapshot) : r;
}

/* Where it would run; else, if nothing of the command is looked for there, nowhere in particular. */
static int enter_folder(struct making *m)
{
    const struct supposed *supposed = m->supposed;
    int error;

    if (!supposed->no_cwd && chdir(supposed->cwd) == 0)
        return 0;
    error = errno;
    m->in_cwd = false;
    if ((supposed->no_cwd || (supposed->cwd_may_be_gone && supposed->words_n > 0 &&
                              supposed->words[0][0] == '/')) && chdir("/") == 0)
        return 0;
    (void)aa_fault(m->fault, AA_FAULT_QUESTION, 0, "the folder %s cannot be entered: %s",
                   supposed->cwd != NULL ? supposed->cwd : "/", strerror(error));
    return SUPPOSED_IMPOSSIBLE;
}

int suppose(const struct supposed *supposed, const struct aa_snapshot *snapshot,
            struct supposition *ret, struct aa_fault *fault)
{
    struct making making = { supposed, ret, fault, true };
    _cleanup_close_ int here = -1;
    int r;

    *ret = (struct supposition){ .arena = AA_ARENA_INIT(SUPPOSED_MEMORY_MAX) };
    ret->question.interface = AA_INTERFACE;
    ret->question.frontend = supposed->frontend == AA_FRONTEND_PAM ? AA_FROM_PAM : AA_FROM_SUDO;
    ret->question.flags = supposed->intercepted ? AA_QUESTION_INTERCEPTED : 0;
    ret->request = aa_request_new();
    if (ret->request == NULL)
        return aa_fault(fault, AA_FAULT_MEMORY, -ENOMEM, "there is not enough memory");
    /* paths are resolved from the folder of the process, as they are inside sudo */
    if (supposed->cwd != NULL || supposed->no_cwd) {
        here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
        r = enter_folder(&making);
        if (r != 0)
            return r;
    }
    r = make(&making, snapshot);
    if (here >= 0 && fchdir(here) != 0 && r == 0)
        r = aa_fault(fault, AA_FAULT_QUESTION, -errno, "the folder of this process is gone");
    if (r < 0)
        aa_fault(fault, r == -ENOMEM ? AA_FAULT_MEMORY : AA_FAULT_QUESTION, r,
                 "the command cannot be looked at: %s", strerror(-r));
    return r;
}

void supposition_free(struct supposition *supposition)
{
    supposition->request = aa_request_free(supposition->request);
    aa_arena_clear(&supposition->arena);
}

int supposition_refusal(const struct supposition *supposition, const struct aa_snapshot *snapshot,
                        const struct aa_outcome *outcome, const struct aa_snap_ask *ask,
                        struct aa_fault *ret)
{
    _cleanup_buffer_ struct aa_buffer common = AA_FIELDS_INIT;
    _cleanup_buffer_ struct aa_buffer command = AA_FIELDS_INIT;
    _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };
    const struct aa_record_context context = { .rule = outcome->name, .action = outcome->action,
                                               .masker = &masker, .command = &command };
    struct aa_ask_input input = { .site = &aa_site_system, .question = &supposition->question,
                                  .request = supposition->request, .common = &common,
                                  .masker = &masker };

    if (supposition->request->frontend == AA_FRONTEND_PAM)
        return 0;
    aa_masker_start(&masker, snapshot, NULL);
    aa_mask_add_request(&command, &masker, supposition->request, AA_COMMAND_MAX);
    aa_record_common(&common, supposition->request, &context);
    if (common.error != 0)
        return common.error;
    return aa_ask_is_possible(&input, ask, ret) < 0;
}

bool supposition_has_command(const struct supposition *supposition)
{
    const struct aa_request *request = supposition->request;

    return request->frontend == AA_FRONTEND_PAM || request->edit ||
           (request->files_n > 0 && request->files[0].found);
}
