/* SPDX-License-Identifier: ISC */
/* pending: the requests that wait, of those that the caller may see. */
#include <getopt.h>
#include <string.h>

#include "ask/queue.h"
#include "base/trusted-file.h"
#include "cli.h"
#include "request-table.h"
#include "request-view.h"
#include "watch.h"

static int print_json(const struct local_peers *peers)
{
    size_t n = 0;
    _cleanup_free_ const struct local_peer **order = request_order(peers, &aa_site_system, &n);

    if (order == NULL)
        return EXIT_UNREACHABLE;
    putchar('[');
    for (size_t i = 0; i < n; i++) {
        _cleanup_buffer_ struct aa_buffer out = AA_BUFFER_INIT(VIEW_MAX);

        view_add_json(&out, order[i]);
        if (aa_buffer_text(&out) != NULL)
            printf("%s{%s}", i > 0 ? ",\n" : "", out.data);
    }
    puts("]");
    return EXIT_YES;
}

/* root ends, on the way, the requests whose process vanished. */
static void sweep(const struct aa_site *site)
{
    _cleanup_close_ int folder_fd = -1, state_fd = -1;
    char why[AA_TRUST_WHY_MAX];

    if (geteuid() == 0 && aa_trusted_folder(site, site->run_dir, &folder_fd, why) == AA_TRUST_OK &&
        aa_trusted_folder(site, site->state_dir, &state_fd, why) == AA_TRUST_OK)
        aa_queue_sweep(site, folder_fd, state_fd);
}

static int list(bool json)
{
    struct local_peers peers = { 0 };
    int r;

    sweep(&aa_site_system);
    r = local_list(&aa_site_system, &peers);

    if (r < 0) {
        fprintf(stderr, "actionapprove pending: %s: %s\n", aa_site_system.run_dir, strerror(-r));
        return EXIT_UNREACHABLE;
    }
    local_greet(&aa_site_system, peers.v, peers.n, LOCAL_GREETING_USEC, false);
    r = EXIT_YES;
    if (json) {
        r = print_json(&peers);
    } else {
        struct terminal terminal = terminal_of(stdout);

        (void)request_table_print(stdout, &terminal, &peers, &aa_site_system, "", 0);
    }
    local_peers_free(&peers);
    return r;
}

static int run(const struct command *command, int argc, char **argv)
{
    static const struct option options[] = {
        { "json", no_argument, NULL, 'j' },
        { "watch", no_argument, NULL, 'w' },
        { NULL, 0, NULL, 0 },
    };
    bool json = false, watching = false;
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 'j')
            json = true;
        else if (c == 'w')
            watching = true;
        else
            return usage_error(command, "unknown option");
    }
    if (optind != argc)
        return usage_error(command, "too many arguments");
    return watching ? watch(&aa_site_system, json) : list(json);
}

const struct command command_pending = {
    .name = "pending",
    .summary = "list the requests that wait for an answer",
    .usage = "pending [--watch] [--json]\n"
             "  --watch   go on until ^C; not on a terminal: a line when one appears or ends\n"
             "  --json    one array of objects; with --watch one object a line for each change",
    .run = run,
};
