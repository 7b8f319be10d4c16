/* SPDX-License-Identifier: ISC */
#include "one-request.h"

#include "base/text.h"
#include "code-name.h"
#include "terminal.h"

int one_request_code(const struct command *command, const char *text, char ret[AA_CODE_SIZE])
{
    _cleanup_buffer_ struct aa_buffer shown = AA_BUFFER_INIT(64 * 1024);
    struct terminal terminal = terminal_of(stderr);

    if (code_parse(text, ret))
        return EXIT_YES;
    terminal_add(&terminal, &shown, text, strnlen(text, 200));
    return usage_error(command, "\"%s\" is no code of a request, which are like 7F3K-9QXM",
                       aa_buffer_text(&shown) != NULL ? shown.data : "");
}

static int explain_state(const struct command *command, const struct local_peer *peer)
{
    switch (peer->state) {
    case LOCAL_GREETED:
        if (peer->greeting.standing != AA_LOCAL_STRANGER)
            return EXIT_YES;
        fprintf(stderr, "actionapprove %s: %s is not yours to see or to answer\n", command->name,
                peer->code);
        return EXIT_NOT_PERMITTED;
    case LOCAL_ENDED:
        fprintf(stderr, "actionapprove %s: no request %s waits on this host; it may be over, "
                "see actionapprove pending\n", command->name, peer->code);
        return EXIT_UNKNOWN;
    case LOCAL_VANISHED:
        fprintf(stderr, "actionapprove %s: %s is over: %s\n", command->name, peer->code,
                local_state_words(peer->state));
        return EXIT_NO;
    default:
        fprintf(stderr, "actionapprove %s: %s: %s%s%s\n", command->name, peer->code,
                local_state_words(peer->state), peer->error != 0 ? ": " : "",
                peer->error != 0 ? strerror(peer->error) : "");
        return EXIT_UNREACHABLE;
    }
}

int one_request_open(const struct command *command, const char *code, struct local_peer *ret)
{
    struct local_peer peer;
    int r;

    local_peer_begin(&peer, code);
    local_greet(&aa_site_system, &peer, 1, LOCAL_GREETING_USEC, true);
    r = explain_state(command, &peer);
    if (r != EXIT_YES) {
        local_peer_end(&peer);
        return r;
    }
    *ret = peer;
    return EXIT_YES;
}
