/* SPDX-License-Identifier: ISC */
/* break-glass: root makes, lists and revokes the codes that open one command each when nobody can
 * be asked. */
#include <errno.h>
#include <getopt.h>
#include <pwd.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "base/trusted-file.h"
#include "break-glass/codes.h"
#include "cli.h"
#include "record/record.h"

enum {
    COUNT_USUAL = 5,
    EXPIRES_USUAL_SECONDS = 90 * 86400,
    EXPIRES_MAX_SECONDS = 3650u * 86400,
    DATE_SIZE = 64,
};

static const char *const state_names[] = { [AA_CODE_READY] = "ready", [AA_CODE_USED] = "used",
                                           [AA_CODE_EXPIRED] = "expired",
                                           [AA_CODE_REVOKED] = "revoked" };

static int open_state(const struct command *command, int *ret_fd)
{
    char why[AA_TRUST_WHY_MAX];
    struct aa_fault fault = { 0 };
    int r = require_root(command);

    if (r != EXIT_YES)
        return r;
    r = aa_trusted_folder(&aa_site_system, aa_site_system.state_dir, ret_fd, why);
    if (r == AA_TRUST_OK)
        return EXIT_YES;
    aa_fault(&fault, AA_FAULT_FOLDER, r, "the state folder cannot be used: %s", why);
    return report_fault(&fault);
}

static bool parse_number(const char *text, uint32_t *ret)
{
    size_t digits = strspn(text, "0123456789");
    uint32_t number = 0;

    if (digits == 0 || digits > 9 || text[digits] != '\0')
        return false;
    for (size_t i = 0; i < digits; i++)
        number = number * 10 + (uint32_t)(text[i] - '0');
    *ret = number;
    return number > 0;
}

/* In this host's zone, with its name. */
static const char *date(uint64_t usec, char ret[DATE_SIZE])
{
    time_t seconds = (time_t)(usec / 1000000);
    struct tm parts;

    if (usec == 0 || localtime_r(&seconds, &parts) == NULL ||
        strftime(ret, DATE_SIZE, "%Y-%m-%d %H:%M %Z", &parts) == 0)
        snprintf(ret, DATE_SIZE, "-");
    return ret;
}

static const char *plural(unsigned n)
{
    return n == 1 ? "" : "s";
}

/* ---- create ---- */

/* The name by which sudo will know whoever logs in as this account; NULL with words. */
static const char *account_name(const struct command *command, const char *name)
{
    static char first[AA_CODE_USER_MAX];
    const struct passwd *account;
    uid_t uid;

    errno = 0;
    account = getpwnam(name);
    if (account == NULL) {
        (void)usage_error(command, "there is no account %s on this host%s%s", name,
                          errno != 0 && errno != ENOENT ? ": " : "",
                          errno != 0 && errno != ENOENT ? strerror(errno) : "");
        return NULL;
    }
    if (account->pw_uid == 0) {
        (void)usage_error(command, "%s is root, who needs no code: root is never refused", name);
        return NULL;
    }
    uid = account->pw_uid;
    account = getpwuid(uid);
    if (account == NULL || strlen(account->pw_name) >= sizeof(first)) {
        (void)usage_error(command, "the account %s has no name that a code could be for", name);
        return NULL;
    }
    snprintf(first, sizeof(first), "%s", account->pw_name);
    if (!aa_streq(first, name))
        fprintf(stderr, "actionapprove break-glass: %s is another name of %s, and the codes are "
                        "for that one\n", name, first);
    return first;
}

static int show_codes(const char *user, char (*codes)[AA_CODE_TEXT_SIZE], unsigned count,
                      uint64_t expires_usec)
{
    char until[DATE_SIZE];

    printf("%u break-glass code%s for %s, good for one command each, until %s:\n\n", count,
           plural(count), user, date(expires_usec, until));
    for (unsigned i = 0; i < count; i++)
        printf("    %s\n", codes[i]);
    printf("\n"
           "Shown once: only their hashes are kept. Print them, and keep the paper off this host.\n"
           "To use one: run the command with sudo on a terminal. While it waits for an answer,\n"
           "press Enter and type the code. It works without any network, and also when the policy\n"
           "is missing or cannot be used. Each use is on record, loudly.\n"
           "To take them back: actionapprove break-glass revoke --user %s\n", user);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return EXIT_YES;
    fprintf(stderr, "actionapprove break-glass: the codes could not be written out\n"
                    "  next: actionapprove break-glass revoke --user %s, then create them again\n",
            user);
    return EXIT_UNREACHABLE;
}

static int create(const struct command *command, int argc, char **argv)
{
    static const struct option options[] = {
        { "user", required_argument, NULL, 'u' },
        { "count", required_argument, NULL, 'c' },
        { "expires", required_argument, NULL, 'e' },
        { NULL, 0, NULL, 0 },
    };
    static char codes[AA_CODES_CREATE_MAX][AA_CODE_TEXT_SIZE];
    unsigned seconds = EXPIRES_USUAL_SECONDS;
    _cleanup_close_ int state_fd = -1;
    struct aa_fault fault = { 0 };
    uint32_t count = COUNT_USUAL;
    const char *user = NULL;
    uint64_t expires_usec;
    int c, r;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 'u')
            user = optarg;
        else if (c != 'c' && c != 'e')
            return usage_error(command, "unknown option");
        else if (c == 'c' && (!parse_number(optarg, &count) || count > AA_CODES_CREATE_MAX))
            return usage_error(command, "\"%s\" is no number from 1 to %d", optarg,
                               AA_CODES_CREATE_MAX);
        else if (c == 'e' && (!parse_duration(optarg, &seconds) || seconds > EXPIRES_MAX_SECONDS))
            return usage_error(command, "\"%s\" is no duration such as 30d, up to 3650d", optarg);
    }
    if (optind != argc)
        return usage_error(command, "too many arguments");
    if (user == NULL)
        return usage_error(command, "for whom? A code belongs to one account, and works for no "
                                    "other: --user NAME");
    r = require_root(command);
    if (r != EXIT_YES)
        return r;
    user = account_name(command, user);
    if (user == NULL)
        return EXIT_USAGE;
    r = open_state(command, &state_fd);
    if (r != EXIT_YES)
        return r;
    expires_usec = aa_site_system.realtime_usec() + (uint64_t)seconds * 1000000;
    if (aa_codes_create(&aa_site_system, state_fd, user, count, expires_usec, codes, &fault) < 0)
        return report_fault(&fault);
    r = show_codes(user, codes, count, expires_usec);
    explicit_bzero(codes, sizeof(codes));
    return r;
}

/* ---- list ---- */

struct listing {
    bool json;
    size_t n;
};

static void list_json(const struct aa_code_facts *facts, bool first)
{
    _cleanup_buffer_ struct aa_buffer out = AA_BUFFER_INIT(8192);
    char time[AA_TIME_SIZE];

    aa_buffer_printf(&out, "%s{\"number\":%u,\"user\":", first ? "" : ",\n ", facts->number);
    aa_text_add_json(&out, facts->user, strlen(facts->user));
    aa_buffer_printf(&out, ",\"state\":\"%s\"", state_names[facts->state]);
    aa_format_time(facts->created_usec, time);
    aa_buffer_printf(&out, ",\"created\":\"%s\"", time);
    aa_format_time(facts->expires_usec, time);
    aa_buffer_printf(&out, ",\"expires\":\"%s\"", time);
    aa_format_time(facts->ended_usec, time);
    aa_buffer_printf(&out, facts->ended_usec != 0 ? ",\"ended\":\"%s\"" : ",\"ended\":null%.0s",
                     time);
    aa_buffer_add_text(&out, ",\"request\":");
    if (facts->request[0] != '\0')
        aa_text_add_json(&out, facts->request, strlen(facts->request));
    else
        aa_buffer_add_text(&out, "null");
    aa_buffer_add_text(&out, "}");
    if (aa_buffer_text(&out) != NULL)
        fputs(out.data, stdout);
}

static void list_row(const struct aa_code_facts *facts)
{
    _cleanup_buffer_ struct aa_buffer user = AA_BUFFER_INIT(8 * AA_CODE_USER_MAX);
    char created[DATE_SIZE], expires[DATE_SIZE], ended[DATE_SIZE];
    bool more = facts->state == AA_CODE_USED || facts->state == AA_CODE_REVOKED;

    aa_text_add_visible(&user, facts->user, strlen(facts->user));
    printf("%6u  %-12s  %-7s  %-22s  %-*s", facts->number,
           aa_buffer_text(&user) != NULL ? user.data : "?", state_names[facts->state],
           date(facts->created_usec, created), more ? 22 : 0, date(facts->expires_usec, expires));
    if (facts->state == AA_CODE_USED)
        printf("  for %s, %s", facts->request, date(facts->ended_usec, ended));
    else if (facts->state == AA_CODE_REVOKED)
        printf("  %s", date(facts->ended_usec, ended));
    putchar('\n');
}

static void list_one(void *context, const struct aa_code_facts *facts)
{
    struct listing *listing = context;

    if (listing->json) {
        list_json(facts, listing->n++ == 0);
        return;
    }
    if (listing->n++ == 0)
        printf("%6s  %-12s  %-7s  %-22s  %-22s  %s\n", "NUMBER", "USER", "STATE", "CREATED",
               "EXPIRES", "USED OR REVOKED");
    list_row(facts);
}

static int list(const struct command *command, int argc, char **argv)
{
    static const struct option options[] = { { "json", no_argument, NULL, 'j' },
                                             { NULL, 0, NULL, 0 } };
    struct listing listing = { 0 };
    _cleanup_close_ int state_fd = -1;
    struct aa_fault fault = { 0 };
    int c, r;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c != 'j')
            return usage_error(command, "unknown option");
        listing.json = true;
    }
    if (optind != argc)
        return usage_error(command, "too many arguments");
    r = open_state(command, &state_fd);
    if (r != EXIT_YES)
        return r;
    if (listing.json)
        putchar('[');
    r = aa_codes_list(&aa_site_system, state_fd, list_one, &listing, &fault);
    if (listing.json)
        puts("]");
    else if (listing.n == 0 && r == 0)
        puts("there are no break-glass codes");
    return r < 0 ? report_fault(&fault) : EXIT_YES;
}

/* ---- revoke ---- */

struct wanted {
    uint32_t number;
    enum aa_code_state state; /* 0: there is none */
};

static void find_number(void *context, const struct aa_code_facts *facts)
{
    struct wanted *wanted = context;

    if (facts->number == wanted->number)
        wanted->state = facts->state;
}

/* It was not there, or it is over already: which of the two? */
static int not_revoked(int state_fd, uint32_t number)
{
    struct wanted wanted = { .number = number };
    struct aa_fault fault = { 0 };

    if (aa_codes_list(&aa_site_system, state_fd, find_number, &wanted, &fault) < 0)
        return report_fault(&fault);
    if (wanted.state == 0) {
        fprintf(stderr, "actionapprove break-glass: there is no code number %u; see actionapprove "
                        "break-glass list\n", number);
        return EXIT_UNKNOWN;
    }
    printf("code %u is %s: it cannot be used any more\n", number, state_names[wanted.state]);
    return wanted.state == AA_CODE_USED ? EXIT_NO : EXIT_YES;
}

static int revoke_codes(const struct command *command, int argc, char **argv)
{
    static const struct option options[] = {
        { "user", required_argument, NULL, 'u' },
        { "all", no_argument, NULL, 'a' },
        { NULL, 0, NULL, 0 },
    };
    _cleanup_close_ int state_fd = -1;
    struct aa_fault fault = { 0 };
    const char *user = NULL;
    uint32_t number = 0;
    bool all = false;
    int c, r;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 'u')
            user = optarg;
        else if (c == 'a')
            all = true;
        else
            return usage_error(command, "unknown option");
    }
    if ((user != NULL) + all + (argc - optind) != 1)
        return usage_error(command, "which? One of NUMBER, --user NAME, --all");
    if (optind < argc && !parse_number(argv[optind], &number))
        return usage_error(command, "\"%s\" is no number; actionapprove break-glass list shows "
                                    "them", argv[optind]);
    r = open_state(command, &state_fd);
    if (r != EXIT_YES)
        return r;
    r = aa_codes_revoke(&aa_site_system, state_fd, number, user, &fault);
    if (r < 0)
        return report_fault(&fault);
    if (r == 0 && number != 0)
        return not_revoked(state_fd, number);
    printf("%d code%s revoked\n", r, plural((unsigned)r));
    return EXIT_YES;
}

static int run(const struct command *command, int argc, char **argv)
{
    if (argc < 2)
        return usage_error(command, "create, list or revoke?");
    if (aa_streq(argv[1], "create"))
        return create(command, argc - 1, argv + 1);
    if (aa_streq(argv[1], "list"))
        return list(command, argc - 1, argv + 1);
    if (aa_streq(argv[1], "revoke"))
        return revoke_codes(command, argc - 1, argv + 1);
    return usage_error(command, "there is no \"%s\"; there are create, list and revoke", argv[1]);
}

const struct command command_break_glass = {
    .name = "break-glass",
    .summary = "single-use codes for when nobody can be asked",
    .usage = "break-glass create --user NAME [--count N] [--expires DURATION]\n"
             "       actionapprove break-glass list [--json]\n"
             "       actionapprove break-glass revoke NUMBER | --user NAME | --all\n"
             "  --user NAME  the account whose codes they are: no other can use them\n"
             "  --count N    how many (5)\n"
             "  --expires    when they are over: 30d, 12h (90d)\n"
             "  --json       an array of objects on standard output\n"
             "Codes are accepted where the rule says: break-glass yes.",
    .run = run,
};
