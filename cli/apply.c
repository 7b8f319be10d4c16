/* SPDX-License-Identifier: ISC */
/* apply: compiles the configuration and puts the snapshot in force, atomically. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/digest.h"
#include "cli.h"
#include "config.h"
#include "language/lint.h"
#include "local-data.h"
#include "policy/snapshot.h"
#include "record/ledger.h"
#include "base/trusted-file.h"

#define NEW_SNAPSHOT AA_SNAPSHOT_LIVE ".new"

static int state_failed(const char *what, int error)
{
    fprintf(stderr, "actionapprove apply: %s/%s: %s\n  nothing was changed\n", AA_STATE_DIR, what,
            strerror(-error));
    return EXIT_UNREACHABLE;
}

/* Makes the state folder when there is none, and opens it; one apply at a time. */
static int open_state(const struct aa_site *site, int *ret_fd)
{
    char why[AA_TRUST_WHY_MAX];
    int r;

    if (mkdir(site->state_dir, 0700) != 0 && errno != EEXIST) {
        fprintf(stderr, "actionapprove apply: %s: %s\n", site->state_dir, strerror(errno));
        return EXIT_UNREACHABLE;
    }
    r = aa_trusted_folder(site, site->state_dir, ret_fd, why);
    if (r != AA_TRUST_OK) {
        fprintf(stderr, "actionapprove apply: the state folder cannot be used: %s\n  nothing was "
                        "changed\n", why);
        return EXIT_UNREACHABLE;
    }
    if (flock(*ret_fd, LOCK_EX | LOCK_NB) != 0) {
        fprintf(stderr, "actionapprove apply: another apply is at work\n");
        return EXIT_UNREACHABLE;
    }
    return EXIT_YES;
}

/* Writes a file beside its place, durably, and moves it there. */
static int install(int state_fd, const char *temporary, const char *name, const void *data,
                   size_t length)
{
    _cleanup_close_ int fd = -1;
    int r;

    (void)unlinkat(state_fd, temporary, 0);
    fd = openat(state_fd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return -errno;
    r = aa_write_all(fd, data, length);
    if (r == 0 && fsync(fd) != 0)
        r = -errno;
    if (r == 0 && renameat(state_fd, temporary, state_fd, name) != 0)
        r = -errno;
    if (r < 0)
        (void)unlinkat(state_fd, temporary, 0);
    else if (fsync(state_fd) != 0)
        r = -errno;
    return r;
}

/* The host's key: made once, kept by every later apply. */
static int ensure_key(const struct aa_site *site, int state_fd)
{
    unsigned char key[AA_KEY_SIZE];
    struct aa_fault fault = { 0 };
    struct stat st;
    int r;

    if (fstatat(state_fd, AA_KEY_FILE, &st, AT_SYMLINK_NOFOLLOW) == 0) {
        r = aa_read_key(site, state_fd, key, &fault);
        explicit_bzero(key, sizeof(key));
        return r < 0 ? report_fault(&fault) : EXIT_YES;
    }
    if (getrandom(key, sizeof(key), 0) != (ssize_t)sizeof(key))
        return state_failed(AA_KEY_FILE, -EIO);
    r = install(state_fd, AA_KEY_FILE ".new", AA_KEY_FILE, key, sizeof(key));
    explicit_bzero(key, sizeof(key));
    return r < 0 ? state_failed(AA_KEY_FILE, r) : EXIT_YES;
}

static int ensure_ledger(const struct aa_site *site, int state_fd)
{
    struct aa_fault fault = { 0 };
    int r = aa_ledger_create(site, state_fd, &fault);

    if (r < 0)
        return report_fault(&fault);
    if (r == 1)
        printf("started a new ledger: %s/" AA_LEDGER_FILE "\n", site->state_dir);
    return EXIT_YES;
}

/* A try whose time is over has lost: the one before it is in force, and becomes the live one. */
static int settle_try(const struct aa_site *site, int state_fd)
{
    struct aa_fault fault = { 0 };
    struct aa_snapshot live;
    int r = EXIT_YES;

    if (aa_snapshot_open_named(site, state_fd, AA_SNAPSHOT_LIVE, &live, &fault) < 0)
        return EXIT_YES; /* whatever it is, it will be replaced */
    if (aa_snapshot_try_is_over(site, &live)) {
        if (renameat(state_fd, AA_SNAPSHOT_PREVIOUS, state_fd, AA_SNAPSHOT_LIVE) != 0) {
            if (errno != ENOENT)
                r = state_failed(AA_SNAPSHOT_PREVIOUS, -errno);
        } else
            printf("the policy that was only tried is gone; the one before it is live\n");
    }
    aa_snapshot_close(&live);
    return r;
}

/* Keeps the live policy beside the new one, for when the try is over. */
static int keep_previous(const struct aa_site *site, int state_fd)
{
    struct aa_fault fault = { 0 };
    struct aa_snapshot live;
    int r = aa_snapshot_open_named(site, state_fd, AA_SNAPSHOT_LIVE, &live, &fault);

    if (r < 0) {
        fprintf(stderr, "actionapprove apply: --try needs a live policy to go back to: %s\n"
                        "  next: run actionapprove apply without --try\n", fault.detail);
        return EXIT_NO;
    }
    /* a second try: what it goes back to is still the policy before the first */
    if (live.header->try_until_boottime_usec == 0) {
        r = install(state_fd, AA_SNAPSHOT_PREVIOUS ".new", AA_SNAPSHOT_PREVIOUS, live.header,
                    live.size);
        if (r < 0) {
            aa_snapshot_close(&live);
            return state_failed(AA_SNAPSHOT_PREVIOUS, r);
        }
    }
    aa_snapshot_close(&live);
    return EXIT_YES;
}

static int compile_and_install(const struct aa_site *site, int state_fd, unsigned try_seconds)
{
    struct aa_local_data local = aa_local_data_of_host();
    struct aa_emit_options options = { .applied_usec = site->realtime_usec(),
                                       .resolve_paths = true };
    struct aa_lint_options lint = { .data_dir = site->pack_dir };
    _cleanup_buffer_ struct aa_buffer words = AA_BUFFER_INIT(AA_SOURCE_MAX);
    struct aa_compilation compilation;
    char boot_id[64];
    int r;

    if (try_seconds > 0) {
        r = aa_read_line("/proc/sys/kernel/random/boot_id", boot_id, sizeof(boot_id));
        if (r < 0)
            return state_failed("boot_id", r);
        options.try_boot_id = boot_id;
        options.try_until_boottime_usec = site->boottime_usec() + (uint64_t)try_seconds * 1000000;
    }
    r = aa_compile(site, NULL, 0, AA_COMPILE_TRUSTED, &local, &options, &compilation);
    if (r == 0)
        (void)aa_lint(&compilation, &lint); /* without memory for warnings the policy is no worse */
    aa_compilation_write(&words, &compilation);
    if (aa_buffer_text(&words) != NULL)
        fputs(words.data, stderr);
    if (r < 0 || compilation.complaints.errors > 0) {
        fprintf(stderr, "not applied: %s\n",
                r < 0 ? strerror(-r) : "the policy in force is the one from before");
        aa_compilation_free(&compilation);
        return r < 0 ? EXIT_UNREACHABLE : EXIT_NO;
    }
    r = try_seconds > 0 ? keep_previous(site, state_fd) : EXIT_YES;
    if (r == EXIT_YES) {
        r = install(state_fd, NEW_SNAPSHOT, AA_SNAPSHOT_LIVE, compilation.snapshot.data,
                    compilation.snapshot.length);
        r = r < 0 ? state_failed(AA_SNAPSHOT_LIVE, r) : EXIT_YES;
    }
    if (r == EXIT_YES) {
        char id[AA_POLICY_ID_SIZE];

        aa_hex(compilation.digest, (AA_POLICY_ID_SIZE - 1) / 2, id);
        printf("applied: %zu rules in %zu files, policy %s%s\n", compilation.rules_n,
               compilation.sources_n, id,
               compilation.config->mode == AA_MODE_OBSERVE ?
                   "; mode observe: nothing is held up" : "");
        if (try_seconds > 0)
            printf("the policy before it is back in %u seconds, unless you run: "
                   "actionapprove apply --confirm\n", try_seconds);
        else
            (void)unlinkat(state_fd, AA_SNAPSHOT_PREVIOUS, 0);
    }
    aa_compilation_free(&compilation);
    return r;
}

/* Makes the policy that is being tried the final one. */
static int confirm(const struct aa_site *site, int state_fd)
{
    struct aa_fault fault = { 0 };
    struct aa_snapshot live;
    struct aa_snap_header *header;
    _cleanup_free_ char *copy = NULL;
    int r = aa_snapshot_open_named(site, state_fd, AA_SNAPSHOT_LIVE, &live, &fault);

    if (r < 0)
        return report_fault(&fault);
    if (live.header->try_until_boottime_usec == 0) {
        printf("nothing to confirm: no policy is being tried\n");
        aa_snapshot_close(&live);
        return EXIT_NO;
    }
    if (aa_snapshot_try_is_over(site, &live)) {
        aa_snapshot_close(&live);
        r = settle_try(site, state_fd);
        fprintf(stderr, "actionapprove apply: too late to confirm; run actionapprove apply again\n");
        return r == EXIT_YES ? EXIT_NO : r;
    }
    copy = malloc(live.size);
    if (copy == NULL) {
        aa_snapshot_close(&live);
        return state_failed(AA_SNAPSHOT_LIVE, -ENOMEM);
    }
    memcpy(copy, live.header, live.size);
    header = (struct aa_snap_header *)(void *)copy;
    header->try_until_boottime_usec = 0;
    memset(header->try_boot_id, 0, sizeof(header->try_boot_id));
    aa_snapshot_seal(copy, live.size);
    r = install(state_fd, NEW_SNAPSHOT, AA_SNAPSHOT_LIVE, copy, live.size);
    aa_snapshot_close(&live);
    if (r < 0)
        return state_failed(AA_SNAPSHOT_LIVE, r);
    (void)unlinkat(state_fd, AA_SNAPSHOT_PREVIOUS, 0);
    printf("confirmed\n");
    return EXIT_YES;
}

static int run(const struct command *command, int argc, char **argv)
{
    static const struct option options[] = {
        { "try", required_argument, NULL, 't' },
        { "confirm", no_argument, NULL, 'c' },
        { NULL, 0, NULL, 0 },
    };
    const struct aa_site *site = &aa_site_system;
    _cleanup_close_ int state_fd = -1;
    bool confirming = false;
    unsigned try_seconds = 0;
    int c, r;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 'c')
            confirming = true;
        else if (c != 't')
            return usage_error(command, "unknown option");
        else if (!parse_duration(optarg, &try_seconds))
            return usage_error(command, "\"%s\" is no duration such as 5m", optarg);
    }
    if (optind != argc || (confirming && try_seconds > 0))
        return usage_error(command, "too many arguments");
    r = require_root(command);
    if (r != EXIT_YES)
        return r;
    umask(077);
    r = open_state(site, &state_fd);
    if (r == EXIT_YES && confirming)
        return confirm(site, state_fd);
    if (r == EXIT_YES)
        r = ensure_key(site, state_fd);
    if (r == EXIT_YES)
        r = ensure_ledger(site, state_fd);
    if (r == EXIT_YES)
        r = settle_try(site, state_fd);
    return r == EXIT_YES ? compile_and_install(site, state_fd, try_seconds) : r;
}

const struct command command_apply = {
    .name = "apply",
    .summary = "compile the configuration and put it in force",
    .usage = "apply [--try DURATION | --confirm]\n"
             "  --try 5m   the policy before it comes back by itself, unless …\n"
             "  --confirm  … this follows in time",
    .run = run,
};
