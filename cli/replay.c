/* SPDX-License-Identifier: ISC */
/* replay: recorded decisions under a proposed policy: what would change, and how often people
 * would be asked. Nothing runs, nothing is recorded. */
#include "replay.h"

#include <errno.h>
#include <getopt.h>

#include "cli.h"
#include "moment.h"
#include "policy-files.h"
#include "record-json.h"
#include "record/ledger-read.h"

enum { REPORT_MAX = 256 * 1024 * 1024, EXAMPLES = 3, LINE_MAX_BYTES = 16 * 1024 * 1024 };

struct replay_options {
    struct policy_files files;
    struct replay_view view;
    const char *records, *since, *until;
    bool json;
};

static int too_many(void)
{
    fprintf(stderr, "actionapprove replay: more than %d requests; name a shorter time with --since\n",
            (int)REPLAY_REQUESTS_MAX);
    return EXIT_UNREACHABLE;
}

static int add_failed(int error)
{
    struct aa_fault fault = { 0 };

    if (error == -E2BIG)
        return too_many();
    aa_fault(&fault, AA_FAULT_MEMORY, error, "there is not enough memory for the records");
    return report_fault(&fault);
}

static int read_ledger(struct replay *replay)
{
    struct aa_ledger_reader reader;
    struct aa_fault fault = { 0 };
    const char *why = "";
    int r, added = 0;

    if (geteuid() != 0) {
        fprintf(stderr, "actionapprove replay: only root may read the ledger; name records with "
                        "--records FILE\n");
        return EXIT_NOT_PERMITTED;
    }
    if (aa_ledger_reader_open(&aa_site_system, &reader, &fault) < 0)
        return report_fault(&fault);
    while (added == 0 && ((r = aa_ledger_reader_next(&reader, &why)) == AA_LEDGER_RECORD ||
                          r == AA_LEDGER_BROKEN)) {
        if (r == AA_LEDGER_BROKEN)
            fprintf(stderr, "actionapprove replay: record %llu: %s; run actionapprove verify\n",
                    (unsigned long long)reader.record.seq, why);
        added = replay_add(replay, (struct aa_reader){ (const unsigned char *)reader.payload.data,
                                                       reader.payload.length });
    }
    aa_ledger_reader_close(&reader);
    if (added < 0)
        return add_failed(added);
    if (r == AA_LEDGER_GARBAGE)
        fprintf(stderr, "actionapprove replay: the ledger ends in %s; run actionapprove verify\n", why);
    return r < 0 ? EXIT_UNREACHABLE : EXIT_YES;
}

static int read_lines(struct replay *replay, const char *path)
{
    FILE *file = aa_streq(path, "-") ? stdin : fopen(path, "re");
    _cleanup_free_ char *line = NULL;
    size_t size = 0;
    ssize_t length;
    int r = 0;

    if (file == NULL) {
        fprintf(stderr, "actionapprove replay: %s: %s\n", path, strerror(errno));
        return EXIT_UNREACHABLE;
    }
    while (r == 0 && (length = getline(&line, &size, file)) > 0) {
        _cleanup_buffer_ struct aa_buffer fields = AA_BUFFER_INIT(LINE_MAX_BYTES);

        if (length == 1)
            continue;
        if (length > LINE_MAX_BYTES || record_from_json(line, (size_t)length, &fields) < 0)
            replay->unreadable++;
        else
            r = replay_add(replay, (struct aa_reader){ (const unsigned char *)fields.data,
                                                       fields.length });
    }
    if (r == 0 && ferror(file)) {
        fprintf(stderr, "actionapprove replay: %s cannot be read\n", path);
        r = 1;
    }
    if (file != stdin)
        fclose(file);
    return r < 0 ? add_failed(r) : r == 1 ? EXIT_UNREACHABLE : EXIT_YES;
}

static void show_progress(uint64_t done, uint64_t all)
{
    fprintf(stderr, "\r%llu of %llu different requests", (unsigned long long)done,
            (unsigned long long)all);
}

static int bad_time(const char *option, const char *text)
{
    fprintf(stderr, "actionapprove replay: %s \"%s\" is no time; write 7d, \"2 days ago\", 2026-03-27 "
                    "or \"2026-03-27 18:30\"\n", option, text);
    return EXIT_USAGE;
}

static int tell(const struct replay_options *options, struct replay *replay)
{
    _cleanup_buffer_ struct aa_buffer out = AA_BUFFER_INIT(REPORT_MAX);
    bool changes = false;

    (options->json ? replay_json : replay_show)(&out, replay, &options->view);
    if (aa_buffer_text(&out) == NULL) {
        fprintf(stderr, "actionapprove replay: the report is too large: %s; use --limit\n",
                strerror(-out.error));
        return EXIT_UNREACHABLE;
    }
    fputs(out.data, stdout);
    for (const struct replayed *request = replay->first; request != NULL; request = request->next)
        changes |= replayed_changes(request);
    return changes ? EXIT_NO : EXIT_YES;
}

static int replay_all(const struct replay_options *options, struct replay *replay)
{
    uint64_t now = aa_site_system.realtime_usec();
    bool progress = isatty(STDERR_FILENO) == 1;
    struct aa_fault fault = { 0 };
    int r;

    if (options->since != NULL &&
        !moment_parse_past(replay->snapshot, options->since, now, &replay->since_usec))
        return bad_time("--since", options->since);
    if (options->until != NULL &&
        !moment_parse_past(replay->snapshot, options->until, now, &replay->until_usec))
        return bad_time("--until", options->until);
    r = options->records != NULL ? read_lines(replay, options->records) : read_ledger(replay);
    if (r != EXIT_YES)
        return r;
    r = replay_decide(replay, progress ? show_progress : NULL, &fault);
    if (progress && replay->distinct >= 500)
        fputs("\r\033[K", stderr);
    return r < 0 ? report_fault(&fault) : tell(options, replay);
}

static bool parse_limit(const char *text, size_t *ret)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    if (*text < '0' || *text > '9' || *end != '\0' || number > 1000000)
        return false;
    *ret = number;
    return true;
}

static int run(const struct command *command, int argc, char **argv)
{
    static const struct option options[] = {
        { "policy", required_argument, NULL, 'p' },  { "records", required_argument, NULL, 'r' },
        { "since", required_argument, NULL, 's' },   { "until", required_argument, NULL, 'u' },
        { "limit", required_argument, NULL, 'l' },   { "changes-only", no_argument, NULL, 'c' },
        { "json", no_argument, NULL, 'j' },          { NULL, 0, NULL, 0 },
    };
    static struct replay_options chosen = { .view = { .limit = EXAMPLES } };
    struct policy policy;
    struct replay replay = { 0 };
    int c, r;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'p':
            if (!policy_files_add(&chosen.files, optarg))
                return usage_error(command, "too many files");
            break;
        case 'r':
            chosen.records = optarg;
            break;
        case 's':
            chosen.since = optarg;
            break;
        case 'u':
            chosen.until = optarg;
            break;
        case 'l':
            if (!parse_limit(optarg, &chosen.view.limit))
                return usage_error(command, "\"%s\" is no number of examples", optarg);
            break;
        case 'c':
            chosen.view.changes_only = true;
            break;
        case 'j':
            chosen.json = true;
            break;
        default:
            return usage_error(command, "unknown option");
        }
    }
    if (optind != argc)
        return usage_error(command, "too many arguments");
    if (chosen.files.n == 0)
        return usage_error(command, "the proposed policy is missing: --policy FILE or FOLDER");
    r = policy_open(command->name, &chosen.files, &policy);
    if (r == EXIT_YES)
        r = replay_start(&replay, &policy.snapshot) < 0 ? add_failed(-ENOMEM) :
                                                          replay_all(&chosen, &replay);
    replay_free(&replay);
    policy_close(&policy);
    aa_arena_clear(&chosen.files.arena);
    return r;
}

const struct command command_replay = {
    .name = "replay",
    .summary = "say what a proposed policy would have changed, and how often people would be asked",
    .usage = "replay --policy PATH [OPTION…]\n"
             "  --policy PATH    a file, or a folder like /etc/actionapprove; may be repeated\n"
             "  --since TIME     7d, \"2 days ago\", 2026-03-27, \"2026-03-27 18:30\"\n"
             "  --until TIME     the same\n"
             "  --records FILE   lines of \"actionapprove log --json\" instead of the ledger; - reads them\n"
             "                   from standard input\n"
             "  --changes-only   only what would change\n"
             "  --limit NUMBER   of examples for each change (3)\n"
             "  --json           one object on standard output\n"
             "exit code: 0 nothing would change, 1 something would",
    .run = run,
};
