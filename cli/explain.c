/* SPDX-License-Identifier: ISC */
/* explain: which rule would decide, and what kept the earlier ones from it. The same capture and
 * the same policy as a real decision; nothing runs, nothing is recorded. */
#include <getopt.h>
#include <limits.h>
#include <pwd.h>
#include <string.h>

#include "cli.h"
#include "base/text.h"
#include "base/trusted-file.h"
#include "capture/capture.h"
#include "config.h"
#include "language/compile.h"
#include "policy/label.h"
#include "policy/network.h"
#include "policy/policy.h"

enum { VARIABLES_MAX = 64 };

struct explain_options {
    const char *user, *runas, *cwd, *tty;
    char *variables[VARIABLES_MAX + 16];
    size_t variables_n;
    bool edit, json;
    char *files_v[64];
    size_t files_n;
};

struct explaining {
    struct aa_snapshot snapshot;
    const struct aa_request *request;
    bool json;
    size_t printed;
};

static const char *text_or(const struct aa_snapshot *snapshot, struct aa_snap_text text,
                           const char *otherwise)
{
    const char *value = aa_snapshot_text(snapshot, text);

    return value == NULL ? otherwise : value;
}

/* What kept a rule from deciding, in words. */
static void describe_failure(struct aa_buffer *out, const struct aa_snapshot *snapshot,
                             const struct aa_snap_rule *rule, const struct aa_rule_result *result)
{
    const struct aa_snap_condition *condition;
    const struct aa_snap_word *words;
    struct aa_snap_range range = rule->conditions;
    char text[AA_NETWORK_TEXT_SIZE];
    struct aa_address network;

    if (result->limit != NULL) {
        aa_buffer_printf(out, "%s%s", result->limit,
                         result->limit_detail != NULL && *result->limit_detail != '\0' ? ": " : "");
        aa_text_add_visible(out, result->limit_detail != NULL ? result->limit_detail : "",
                            result->limit_detail != NULL ? strlen(result->limit_detail) : 0);
        return;
    }
    range.first += (uint32_t)result->failed_condition;
    range.count = 1;
    condition = aa_snapshot_elements(snapshot, AA_SECTION_CONDITIONS, range);
    words = condition == NULL ? NULL : aa_snapshot_words(snapshot, condition->words);
    if (words == NULL || aa_key_name((enum aa_key)condition->key) == NULL)
        return;
    aa_buffer_printf(out, "when %s%s", condition->negated ? "not " : "",
                     aa_key_name((enum aa_key)condition->key));
    for (uint32_t i = 0; i < condition->words.count; i++) {
        const char *word = text_or(snapshot, words[i].text, "?");

        aa_buffer_add_byte(out, ' ');
        if ((words[i].flags & AA_WORD_NETWORK) != 0 && aa_address_from_hex(word, &network)) {
            aa_network_write(&network, words[i].number, text);
            word = text;
        }
        for (; *word != '\0'; word++) {
            if ((unsigned char)*word == 0xfe)
                aa_buffer_add_text(out, "**");
            else
                aa_buffer_add_byte(out, (unsigned char)*word == 0xff ? '*' : *word);
        }
    }
    aa_buffer_add_text(out, " does not hold");
}

static void trace_rule(void *context, uint32_t index, const struct aa_rule_result *result)
{
    _cleanup_buffer_ struct aa_buffer words = AA_BUFFER_INIT(1024 * 1024);
    struct explaining *explaining = context;
    struct aa_snap_range which = { index, 1 };
    const struct aa_snap_rule *rule = aa_snapshot_elements(&explaining->snapshot,
                                                           AA_SECTION_RULES, which);
    const char *name;

    if (rule == NULL)
        return;
    name = text_or(&explaining->snapshot, rule->name, "?");
    if (!result->holds)
        describe_failure(&words, &explaining->snapshot, rule, result);
    if (aa_buffer_text(&words) == NULL)
        return;
    if (explaining->json) {
        _cleanup_buffer_ struct aa_buffer out = AA_BUFFER_INIT(2 * 1024 * 1024);

        aa_buffer_add_text(&out, explaining->printed++ > 0 ? ",{\"rule\":" : "{\"rule\":");
        aa_text_add_json(&out, name, strlen(name));
        aa_buffer_printf(&out, ",\"line\":%u,\"holds\":%s,\"because\":", rule->line,
                         result->holds ? "true" : "false");
        aa_text_add_json(&out, words.data, words.length);
        aa_buffer_add_byte(&out, '}');
        if (aa_buffer_text(&out) != NULL)
            fputs(out.data, stdout);
        return;
    }
    if (result->holds)
        printf("  %-24s decides (%s line %u)\n", name,
               text_or(&explaining->snapshot, rule->file, "?"), rule->line);
    else
        printf("  %-24s no: %s\n", name, words.data);
}

static const char *visible_detail(const struct aa_outcome *outcome)
{
    static struct aa_buffer text = AA_BUFFER_INIT(4096);

    aa_buffer_clear(&text);
    aa_text_add_visible(&text, outcome->near_detail, strnlen(outcome->near_detail, 512));
    return aa_buffer_text(&text) != NULL ? text.data : "";
}

static void print_outcome(const struct explaining *explaining, const struct aa_outcome *outcome)
{
    const struct aa_request *request = explaining->request;
    const char *action = aa_action_name(outcome->action);
    const char *exe = request->files_n > 0 && request->files[0].path != NULL ?
                          request->files[0].path : "";

    if (explaining->json) {
        _cleanup_buffer_ struct aa_buffer out = AA_BUFFER_INIT(1024 * 1024);

        aa_buffer_printf(&out, "],\"decision\":\"%s\",\"rule\":", action);
        aa_text_add_json(&out, outcome->name, strlen(outcome->name));
        aa_buffer_add_text(&out, ",\"why\":");
        aa_text_add_json(&out, outcome->why, strlen(outcome->why));
        aa_buffer_add_text(&out, ",\"exe\":");
        aa_text_add_json(&out, exe, strlen(exe));
        aa_buffer_printf(&out, ",\"opaque\":%s}\n", request->opaque_why != NULL ? "true" : "false");
        if (aa_buffer_text(&out) != NULL)
            fputs(out.data, stdout);
        return;
    }
    printf("%s (rule %s)%s\n", action, outcome->name,
           explaining->snapshot.header->settings.mode == AA_MODE_OBSERVE ?
               "; only observed: nothing that policy decides is blocked" : "");
    if (outcome->why != NULL && *outcome->why != '\0')
        printf("  why: %s\n", outcome->why);
    if (outcome->near_rule != NULL && outcome->action != AA_ACTION_ALLOW)
        printf("  rule %s would allow it, but %s%s%s\n", outcome->near_rule, outcome->near_limit,
               *outcome->near_detail != '\0' ? ": " : "", visible_detail(outcome));
    if (request->opaque_why != NULL)
        printf("  opaque: %s\n", request->opaque_why);
}

/* The policy in force, or the one that the named files would make. */
static int open_policy(const struct explain_options *options, struct aa_compilation *compilation,
                       struct aa_snapshot *ret)
{
    const struct aa_site *site = &aa_site_system;
    struct aa_emit_options emit = { .resolve_paths = true };
    _cleanup_buffer_ struct aa_buffer words = AA_BUFFER_INIT(AA_SOURCE_MAX);
    _cleanup_close_ int state_fd = -1;
    char why[AA_TRUST_WHY_MAX];
    struct aa_fault fault = { 0 };
    int r;

    if (options->files_n == 0) {
        if (geteuid() != 0) {
            fprintf(stderr, "actionapprove explain: only root may read the policy in force; name "
                            "its files with --policy FILE\n");
            return EXIT_NOT_PERMITTED;
        }
        r = aa_trusted_folder(site, site->state_dir, &state_fd, why);
        if (r != AA_TRUST_OK)
            aa_fault(&fault, AA_FAULT_FOLDER, r, "the state folder cannot be used: %s", why);
        else if (aa_snapshot_open(site, state_fd, ret, &fault) == 0)
            return EXIT_YES;
        return report_fault(&fault);
    }
    r = aa_compile(site, options->files_v, options->files_n, 0, NULL, &emit, compilation);
    aa_compilation_write(&words, compilation);
    if (aa_buffer_text(&words) != NULL)
        fputs(words.data, stderr);
    if (r < 0 || compilation->complaints.errors > 0)
        return r < 0 ? EXIT_UNREACHABLE : EXIT_NO;
    if (aa_snapshot_from_memory(compilation->snapshot.data, compilation->snapshot.length, ret,
                                &fault) < 0)
        return report_fault(&fault);
    return EXIT_YES;
}

/* Where the shell would find a program: the folders that sudo's secure_path usually has. */
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

/* What sudo would hand over, as far as it can be known without running it. */
static int make_question(const struct explain_options *options, struct aa_arena *arena, char **argv,
                         size_t argc, struct aa_question *ret)
{
    static char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    const struct passwd *account = getpwnam(options->runas);
    char **envp = AA_NEW_ARRAY(arena, char *, VARIABLES_MAX + 8);
    char **words = AA_NEW_ARRAY(arena, char *, argc + 3);
    char **typed = AA_NEW_ARRAY(arena, char *, VARIABLES_MAX + 2); /* sudo's own command line */
    char cwd[PATH_MAX];
    size_t n = 0;

    if (account == NULL || envp == NULL || words == NULL || typed == NULL) {
        fprintf(stderr, "actionapprove explain: there is no user %s\n", options->runas);
        return EXIT_USAGE;
    }
    envp[n++] = path;
    envp[n++] = aa_arena_printf(arena, "HOME=%s", account->pw_dir);
    envp[n++] = aa_arena_printf(arena, "USER=%s", account->pw_name);
    envp[n++] = aa_arena_printf(arena, "LOGNAME=%s", account->pw_name);
    typed[0] = (char *)(uintptr_t)"sudo";
    for (size_t i = 0; i < options->variables_n; i++)
        envp[n++] = typed[i + 1] = options->variables[i];
    *ret = (struct aa_question){
        .interface = AA_INTERFACE,
        .frontend = AA_FROM_SUDO,
        .service = "sudo",
        .runas_user = aa_arena_strdup(arena, account->pw_name),
        .runas_uid = account->pw_uid,
        .runas_gid = account->pw_gid,
        .tty = options->tty != NULL && aa_streq(options->tty, "none") ? NULL : options->tty,
        .argv = words,
        .envp = envp,
        .submitted_argv = typed,
        .submitted_options = (uint32_t)options->variables_n + 1,
        .submitted_envp = NULL,
    };
    ret->cwd = options->cwd != NULL ? options->cwd :
               getcwd(cwd, sizeof(cwd)) != NULL ? aa_arena_strdup(arena, cwd) : NULL;
    account = options->user != NULL ? getpwnam(options->user) : getpwuid(getuid());
    if (account == NULL) {
        fprintf(stderr, "actionapprove explain: there is no user %s\n",
                options->user != NULL ? options->user : "with this uid");
        return EXIT_USAGE;
    }
    ret->uid = account->pw_uid;
    ret->user = aa_arena_strdup(arena, account->pw_name);
    if (options->edit) {
        words[0] = (char *)(uintptr_t)"editor";
        words[1] = (char *)(uintptr_t)"--";
        memcpy(words + 2, argv, argc * sizeof(*argv));
        ret->flags = AA_QUESTION_EDIT;
        ret->edit_files = (uint32_t)argc;
        ret->command = "editor";
    } else {
        memcpy(words, argv, argc * sizeof(*argv));
        words[0] = find_command(arena, argv[0]);
        ret->command = words[0];
    }
    return EXIT_YES;
}

/* The identity to explain is the named user's alone: not the groups and the login of this
 * process. */
static int capture(const struct aa_snapshot *snapshot, const struct aa_question *question,
                   struct aa_request *request, struct aa_fault *fault)
{
    const struct aa_snap_header *header = snapshot->header;
    struct aa_label_attributes labels;
    int r = aa_capture_what(&aa_site_system, question, request, fault);

    if (r == 0)
        r = aa_capture_around(&aa_site_system, question, request, fault);
    request->login = (struct aa_identity){ 0 };
    if (r == 0)
        r = aa_label_attributes(snapshot, &labels, fault);
    if (r == 0)
        r = aa_capture_needed(&aa_site_system, request, header->needs, header->full_host_name != 0,
                              &(struct aa_attribute_names){ labels.names, labels.n }, fault);
    request->user.held_groups = (struct aa_strings){ 0 };
    return r;
}

static int explain(const struct explain_options *options, char **argv, size_t argc)
{
    struct aa_compilation compilation = { .arena = AA_ARENA_INIT(0) };
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(4 * 1024 * 1024);
    struct explaining explaining = { .json = options->json };
    struct aa_request *request = aa_request_new();
    struct aa_question question;
    struct aa_outcome outcome;
    struct aa_fault fault = { 0 };
    int r = request == NULL ? EXIT_UNREACHABLE : open_policy(options, &compilation,
                                                             &explaining.snapshot);

    if (r == EXIT_YES)
        r = make_question(options, &arena, argv, argc, &question);
    if (r == EXIT_YES && capture(&explaining.snapshot, &question, request, &fault) < 0)
        r = report_fault(&fault);
    if (r == EXIT_YES) {
        explaining.request = request;
        if (options->json)
            fputs("{\"rules\":[", stdout);
        if (aa_decide_policy(&explaining.snapshot, request, &outcome, trace_rule, &explaining,
                             &fault) < 0) {
            r = report_fault(&fault);
        } else {
            print_outcome(&explaining, &outcome);
            r = outcome.action == AA_ACTION_DENY ? EXIT_NO : EXIT_YES;
        }
    }
    aa_snapshot_close(&explaining.snapshot);
    aa_compilation_free(&compilation);
    aa_request_free(request);
    return r;
}

static int run(const struct command *command, int argc, char **argv)
{
    static const struct option options[] = {
        { "user", required_argument, NULL, 'u' },   { "runas", required_argument, NULL, 'r' },
        { "cwd", required_argument, NULL, 'd' },    { "tty", required_argument, NULL, 't' },
        { "env", required_argument, NULL, 'e' },    { "policy", required_argument, NULL, 'p' },
        { "edit", no_argument, NULL, 'E' },         { "json", no_argument, NULL, 'j' },
        { NULL, 0, NULL, 0 },
    };
    struct explain_options chosen = { .runas = "root" };
    int c;

    while ((c = getopt_long(argc, argv, "+", options, NULL)) != -1) {
        switch (c) {
        case 'u':
            chosen.user = optarg;
            break;
        case 'r':
            chosen.runas = optarg;
            break;
        case 'd':
            chosen.cwd = optarg;
            break;
        case 't':
            chosen.tty = optarg;
            break;
        case 'e':
            if (chosen.variables_n == VARIABLES_MAX || strchr(optarg, '=') == NULL)
                return usage_error(command, "\"%s\" is no NAME=VALUE, or one too many", optarg);
            chosen.variables[chosen.variables_n++] = optarg;
            break;
        case 'p':
            if (chosen.files_n == AA_ARRAY_SIZE(chosen.files_v))
                return usage_error(command, "too many files");
            chosen.files_v[chosen.files_n++] = optarg;
            break;
        case 'E':
            chosen.edit = true;
            break;
        case 'j':
            chosen.json = true;
            break;
        default:
            return usage_error(command, "unknown option");
        }
    }
    if (optind >= argc)
        return usage_error(command, "the command is missing");
    return explain(&chosen, argv + optind, (size_t)(argc - optind));
}

const struct command command_explain = {
    .name = "explain",
    .summary = "say which rule would decide about a command, and why not an earlier one",
    .usage = "explain [OPTION…] -- COMMAND [ARG…]\n"
             "  --user NAME     who asks (you)\n"
             "  --runas NAME    as whom it would run (root)\n"
             "  --cwd FOLDER    where (here)\n"
             "  --tty NAME      on which terminal, or none\n"
             "  --env NAME=VAL  a variable that the caller adds\n"
             "  --edit          the words are files for sudoedit\n"
             "  --policy FILE   these files instead of the policy in force; may be repeated\n"
             "  --json          one object on standard output\n"
             "exit code: 0 it would be allowed or asked about, 1 denied",
    .run = run,
};
