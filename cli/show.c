/* SPDX-License-Identifier: ISC */
/* show: everything of one waiting request. */
#include <getopt.h>

#include "cli.h"
#include "one-request.h"
#include "request-block.h"
#include "request-view.h"

static int run(const struct command *command, int argc, char **argv)
{
    static const struct option options[] = {
        { "json", no_argument, NULL, 'j' },
        { NULL, 0, NULL, 0 },
    };
    _cleanup_buffer_ struct aa_buffer out = AA_BUFFER_INIT(VIEW_MAX);
    struct terminal terminal = terminal_of(stdout);
    struct local_peer peer;
    char code[AA_CODE_SIZE];
    bool json = false;
    int c, r;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c != 'j')
            return usage_error(command, "unknown option");
        json = true;
    }
    if (optind + 1 != argc)
        return usage_error(command, optind == argc ? "the code is missing" : "too many arguments");
    r = one_request_code(command, argv[optind], code);
    if (r == EXIT_YES)
        r = one_request_open(command, code, &peer);
    if (r != EXIT_YES)
        return r;
    if (json) {
        aa_buffer_add_byte(&out, '{');
        view_add_json(&out, &peer);
        aa_buffer_add_text(&out, "}\n");
    } else {
        request_block_add(&out, &terminal, &peer, &aa_site_system);
    }
    local_peer_end(&peer);
    if (aa_buffer_text(&out) == NULL)
        return EXIT_UNREACHABLE;
    fputs(out.data, stdout);
    return EXIT_YES;
}

const struct command command_show = {
    .name = "show",
    .summary = "show everything of one waiting request",
    .usage = "show CODE [--json]",
    .run = run,
};
