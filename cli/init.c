/* SPDX-License-Identifier: ISC */
/* init: writes a first configuration that works, from three answers or from flags. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/trusted-file.h"
#include "config.h"
#include "init.h"
#include "language/compile.h"

#define CONFIGURATION "actionapprove.conf"
#define NEW_CONFIGURATION CONFIGURATION ".new"

struct init_options {
    struct init_choice choice;
    bool force, apply, print;
};

static int failed(const char *what, int error)
{
    fprintf(stderr, "actionapprove init: %s/%s: %s\n  nothing was changed\n", AA_CONFIG_DIR, what,
            strerror(-error));
    return EXIT_UNREACHABLE;
}

/* ---- the file ---- */

static int open_folder(int *ret_fd)
{
    char why[AA_TRUST_WHY_MAX];
    int r;

    if (mkdir(AA_CONFIG_DIR, 0755) != 0 && errno != EEXIST)
        return failed("", -errno);
    r = aa_trusted_folder(&aa_site_system, AA_CONFIG_DIR, ret_fd, why);
    if (r == AA_TRUST_OK)
        return EXIT_YES;
    fprintf(stderr, "actionapprove init: the folder cannot be used: %s\n  nothing was changed\n",
            why);
    return EXIT_UNREACHABLE;
}

static bool is_there(void)
{
    struct stat st;

    return lstat(AA_CONFIG_DIR "/" CONFIGURATION, &st) == 0;
}

static int refuse_to_overwrite(void)
{
    fprintf(stderr, "actionapprove init: there is a configuration: " AA_CONFIG_DIR "/" CONFIGURATION
                    "\n  next: change that one; or --force, which keeps it under another name\n");
    return EXIT_NO;
}

/* The one that is there, under a second name: so there is no moment without one. */
static int keep_old(int folder_fd, char *ret_name, size_t size)
{
    time_t now = time(NULL);
    struct tm parts;
    char date[32];

    if (gmtime_r(&now, &parts) == NULL ||
        strftime(date, sizeof(date), "%Y-%m-%dT%H%M%SZ", &parts) == 0)
        return -EOVERFLOW;
    snprintf(ret_name, size, CONFIGURATION ".before-%s", date);
    for (int i = 2; linkat(folder_fd, CONFIGURATION, folder_fd, ret_name, 0) != 0; i++) {
        if (errno != EEXIST || i == 100)
            return -errno;
        snprintf(ret_name, size, CONFIGURATION ".before-%s-%d", date, i); /* the same second */
    }
    return 0;
}

static int write_new(int folder_fd, const struct aa_buffer *text)
{
    _cleanup_close_ int fd = -1;
    int r;

    (void)unlinkat(folder_fd, NEW_CONFIGURATION, 0);
    fd = openat(folder_fd, NEW_CONFIGURATION, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                0600);
    if (fd < 0)
        return -errno;
    r = aa_write_all(fd, text->data, text->length);
    if (r == 0 && (fchmod(fd, 0644) != 0 || fsync(fd) != 0))
        r = -errno;
    return r;
}

static int install(const struct init_options *options, const struct aa_buffer *text)
{
    _cleanup_close_ int folder_fd = -1;
    char old[96] = "";
    int r = open_folder(&folder_fd);

    if (r != EXIT_YES)
        return r;
    r = write_new(folder_fd, text);
    if (r == 0 && options->force) {
        r = keep_old(folder_fd, old, sizeof(old));
        if (r == -ENOENT) {
            old[0] = '\0';
            r = 0;
        }
    }
    if (r == 0) {
        if (old[0] != '\0')
            r = renameat(folder_fd, NEW_CONFIGURATION, folder_fd, CONFIGURATION) != 0 ? -errno : 0;
        else /* unlike a rename it never replaces one that came meanwhile */
            r = linkat(folder_fd, NEW_CONFIGURATION, folder_fd, CONFIGURATION, 0) != 0 ? -errno : 0;
    }
    (void)unlinkat(folder_fd, NEW_CONFIGURATION, 0);
    if (r < 0)
        return failed(CONFIGURATION, r);
    (void)fsync(folder_fd);
    printf("written: " AA_CONFIG_DIR "/" CONFIGURATION "\n");
    if (old[0] != '\0')
        printf("the one before it: " AA_CONFIG_DIR "/%s\n", old);
    return EXIT_YES;
}

/* ---- what is made of the answers ---- */

/* The text by itself has to be valid, whatever names it was given. */
static int make_text(const struct init_choice *choice, struct aa_buffer *ret)
{
    _cleanup_buffer_ struct aa_buffer words = AA_BUFFER_INIT(AA_SOURCE_MAX);
    struct aa_compilation compilation;
    int r;

    init_add_configuration(ret, choice);
    if (aa_buffer_text(ret) == NULL)
        return failed(CONFIGURATION, ret->error);
    r = aa_compile_text(ret->data, ret->length, 0, &compilation);
    if (r == 0 && compilation.complaints.errors == 0) {
        aa_compilation_free(&compilation);
        return EXIT_YES;
    }
    aa_compilation_write(&words, &compilation);
    fprintf(stderr, "%sactionapprove init: these answers make no valid configuration; nothing was "
                    "written\n", aa_buffer_text(&words) != NULL ? words.data : "");
    aa_compilation_free(&compilation);
    return EXIT_NO;
}

static int run_other(const struct command *command)
{
    char name[16], *argv[] = { name, NULL };

    snprintf(name, sizeof(name), "%s", command->name);
    optind = 0;
    return command->run(command, 1, argv);
}

static int print_next(const struct init_choice *choice, bool applied)
{
    _cleanup_buffer_ struct aa_buffer out = AA_BUFFER_INIT(INIT_TEXT_MAX);

    init_add_next_steps(&out, choice, applied);
    if (aa_buffer_text(&out) == NULL)
        return EXIT_UNREACHABLE;
    fputs(out.data, stdout);
    return EXIT_YES;
}

static int init(const struct command *command, struct init_options *options)
{
    _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(INIT_TEXT_MAX);
    struct init_choice *choice = &options->choice;
    int r = options->print ? EXIT_YES : require_root(command);

    if (r != EXIT_YES)
        return r;
    if (!options->print && !options->force && is_there())
        return refuse_to_overwrite();
    if (!init_is_complete(choice)) {
        if (!isatty(STDIN_FILENO))
            return usage_error(command, "there is no terminal to ask on: say --kind agent --person "
                                        "NAME --agent NAME, or --kind team --approver NAME …");
        r = init_ask(choice);
    }
    if (r == EXIT_YES && choice->mode == INIT_USUAL)
        choice->mode = choice->kind == INIT_TEAM ? INIT_OBSERVE : INIT_ENFORCE;
    if (r == EXIT_YES)
        r = init_check_accounts(command, choice, !options->print);
    if (r == EXIT_YES)
        r = make_text(choice, &text);
    if (r != EXIT_YES)
        return r;
    if (options->print) {
        fputs(text.data, stdout);
        return EXIT_YES;
    }
    umask(022);
    r = install(options, &text);
    if (r == EXIT_YES)
        r = run_other(&command_check); /* with what is in policy.d */
    if (r == EXIT_YES && options->apply)
        r = run_other(&command_apply);
    return r == EXIT_YES ? print_next(choice, options->apply) : r;
}

/* ---- flags ---- */

enum {
    FLAG_KIND = 1000, FLAG_PERSON, FLAG_AGENT, FLAG_APPROVER, FLAG_GROUP, FLAG_TIMEOUT,
    FLAG_OBSERVE, FLAG_ENFORCE, FLAG_FORCE, FLAG_APPLY, FLAG_PRINT,
};

static int take_flag(const struct command *command, struct init_options *options, int flag,
                     const char *value)
{
    struct init_choice *choice = &options->choice;
    unsigned seconds;

    switch (flag) {
    case FLAG_KIND:
        choice->kind = aa_streq(value, "agent") ? INIT_AGENT :
                       aa_streq(value, "team")  ? INIT_TEAM :
                                                  INIT_UNKNOWN;
        return choice->kind != INIT_UNKNOWN ? EXIT_YES :
               usage_error(command, "\"%s\" is no kind; there are agent and team", value);
    case FLAG_PERSON:
        choice->person = value;
        return EXIT_YES;
    case FLAG_AGENT:
        choice->agent = value;
        return EXIT_YES;
    case FLAG_APPROVER:
        for (size_t i = 0; i < choice->approvers_n; i++) {
            if (aa_streq(choice->approvers[i], value))
                return EXIT_YES;
        }
        if (choice->approvers_n == INIT_APPROVERS_MAX)
            return usage_error(command, "more than %d approvers; name a Unix group",
                               INIT_APPROVERS_MAX);
        choice->approvers[choice->approvers_n++] = value;
        return EXIT_YES;
    case FLAG_GROUP:
        choice->approvers_group = value;
        return EXIT_YES;
    case FLAG_TIMEOUT:
        choice->timeout = value;
        return parse_duration(value, &seconds) && strchr(value, 'd') == NULL ? EXIT_YES :
               usage_error(command, "\"%s\" is no duration such as 90s, 5m or 2h", value);
    case FLAG_OBSERVE:
    case FLAG_ENFORCE:
        choice->mode = flag == FLAG_OBSERVE ? INIT_OBSERVE : INIT_ENFORCE;
        return EXIT_YES;
    case FLAG_FORCE:
        options->force = true;
        return EXIT_YES;
    case FLAG_APPLY:
        options->apply = true;
        return EXIT_YES;
    case FLAG_PRINT:
        options->print = true;
        return EXIT_YES;
    default:
        return usage_error(command, "unknown option");
    }
}

/* Flags of one kind say which kind it is; those of both are a mistake. */
static int settle_kind(const struct command *command, struct init_choice *choice)
{
    bool of_agent = choice->person != NULL || choice->agent != NULL;
    bool of_team = choice->approvers_n > 0 || choice->approvers_group != NULL;

    if ((of_agent && (of_team || choice->kind == INIT_TEAM)) ||
        (of_team && choice->kind == INIT_AGENT))
        return usage_error(command, "--person and --agent are for --kind agent, --approver and "
                                    "--approvers-group for --kind team");
    if (choice->approvers_n > 0 && choice->approvers_group != NULL)
        return usage_error(command, "--approver or --approvers-group, not both");
    if (of_agent || of_team)
        choice->kind = of_agent ? INIT_AGENT : INIT_TEAM;
    return EXIT_YES;
}

static int run(const struct command *command, int argc, char **argv)
{
    static const struct option flags[] = {
        { "kind", required_argument, NULL, FLAG_KIND },
        { "person", required_argument, NULL, FLAG_PERSON },
        { "agent", required_argument, NULL, FLAG_AGENT },
        { "approver", required_argument, NULL, FLAG_APPROVER },
        { "approvers-group", required_argument, NULL, FLAG_GROUP },
        { "timeout", required_argument, NULL, FLAG_TIMEOUT },
        { "observe", no_argument, NULL, FLAG_OBSERVE },
        { "enforce", no_argument, NULL, FLAG_ENFORCE },
        { "force", no_argument, NULL, FLAG_FORCE },
        { "apply", no_argument, NULL, FLAG_APPLY },
        { "print", no_argument, NULL, FLAG_PRINT },
        { NULL, 0, NULL, 0 },
    };
    struct init_options options = { .choice = { .timeout = "5m" } };
    bool approvers = false;
    int c, r = EXIT_YES;

    /* "-": words between options come in their order, so that --approver takes several */
    while (r == EXIT_YES && (c = getopt_long(argc, argv, "-", flags, NULL)) != -1) {
        if (c == 1 && !approvers)
            return usage_error(command, "what is \"%s\"?", optarg);
        approvers = c == 1 || c == FLAG_APPROVER;
        r = take_flag(command, &options, c == 1 ? FLAG_APPROVER : c, optarg);
    }
    if (r == EXIT_YES && optind != argc)
        r = usage_error(command, "too many arguments");
    if (r == EXIT_YES)
        r = settle_kind(command, &options.choice);
    return r == EXIT_YES ? init(command, &options) : r;
}

const struct command command_init = {
    .name = "init",
    .summary = "write a first configuration, from three answers",
    .usage = "init [OPTION…]\n"
             "  Without options it asks. What it writes is " AA_CONFIG_DIR "/" CONFIGURATION ".\n"
             "  --kind agent      one person, with an AI agent that has an account of its own:\n"
             "    --person NAME     the person's account\n"
             "    --agent NAME      the agent's\n"
             "  --kind team       a few people, who approve each other's commands:\n"
             "    --approver NAME…  their accounts; two at least, since nobody approves their own\n"
             "    --approvers-group GROUP  or the Unix group that they are in\n"
             "  --observe         hold nothing up, record what would have been (usual for a team)\n"
             "  --enforce         begin in earnest (usual for an agent)\n"
             "  --timeout 5m      how long a command waits for an answer\n"
             "  --apply           put it in force, too\n"
             "  --force           also if there is one, which is kept under another name\n"
             "  --print           only show it",
    .run = run,
};
