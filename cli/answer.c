/* SPDX-License-Identifier: ISC */
/*
 * approve, deny, cancel: one answer to one request. It is to what was shown: a request that is not
 * the same any more gets none.
 */
#include <errno.h>
#include <getopt.h>
#include <termios.h>

#include "cli.h"
#include "code-name.h"
#include "one-request.h"
#include "request-block.h"
#include "request-view.h"
#include "verdict/verdict.h"

enum { JOINED_MAX = 4 }; /* requests that wait with others which wait with others */

struct answer {
    const struct command *command;
    enum aa_local_op op;
    const char *reason; /* NULL: none was given */
    bool yes;
    char code[AA_CODE_SIZE];
    char typed[AA_LOCAL_REASON_MAX + 1];
};

static bool same_field(const struct local_peer *a, const struct local_peer *b, const char *name)
{
    struct aa_field one, other;

    return local_field(a, name, &one) && local_field(b, name, &other) &&
           one.value_length == other.value_length &&
           memcmp(one.value, other.value, one.value_length) == 0;
}

/* ---- which request */

/* The same command may wait already: then this one waits with it, and people answer the first. */
static int open_leader(struct answer *answer, struct local_peer *ret)
{
    for (int i = 0; i < JOINED_MAX; i++) {
        struct aa_field joined;
        char text[2 * AA_CODE_SIZE] = "", leader[AA_CODE_SIZE];
        int r = one_request_open(answer->command, answer->code, ret);

        if (r != EXIT_YES || answer->op == AA_LOCAL_CANCEL ||
            !local_field(ret, "AA_JOINED", &joined))
            return r;
        if (joined.value_length < sizeof(text))
            memcpy(text, joined.value, joined.value_length);
        local_peer_end(ret);
        if (!code_parse(text, leader))
            break;
        fprintf(stderr, "actionapprove %s: %s waits with %s, the same request before it; "
                "your answer goes to %s\n", answer->command->name, answer->code, leader, leader);
        memcpy(answer->code, leader, sizeof(leader));
    }
    fprintf(stderr, "actionapprove %s: %s does not say which request it waits with\n",
            answer->command->name, answer->code);
    return EXIT_UNREACHABLE;
}

/* The waiting process would refuse it, too: better before the question than behind it. */
static int check_standing(const struct answer *answer, const struct local_peer *peer)
{
    if (peer->greeting.standing != AA_LOCAL_ROOT || answer->op == AA_LOCAL_CANCEL)
        return EXIT_YES;
    fprintf(stderr, "actionapprove %s: root's answers never count, since root is nobody in "
            "particular: answer from your own account, or stop it by actionapprove cancel %s\n",
            answer->command->name, answer->code);
    return EXIT_NOT_PERMITTED;
}

/* ---- the question */

static void show(FILE *out, const struct answer *answer, const struct local_peer *peer)
{
    _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(VIEW_MAX);
    struct terminal terminal = terminal_of(out);

    if (answer->op == AA_LOCAL_APPROVE) {
        request_block_add(&text, &terminal, peer, &aa_site_system);
    } else {
        aa_buffer_printf(&text, "%s: ", peer->code);
        view_add_who(&text, &terminal, peer);
        aa_buffer_add_text(&text, " as ");
        view_add_field(&text, &terminal, peer, "AA_RUNAS", "?");
        aa_buffer_add_text(&text, ": ");
        view_add_what(&text, &terminal, peer);
        aa_buffer_add_byte(&text, '\n');
    }
    fputs(aa_buffer_text(&text) != NULL ? text.data : "(out of memory)\n", out);
}

/* One line from the terminal, without its newline. False: nothing, or too long. */
static bool ask(FILE *out, const char *question, char *ret, size_t size)
{
    size_t length;

    (void)tcflush(STDIN_FILENO, TCIFLUSH); /* what was typed before the question is no answer */
    fputs(question, out);
    fflush(out);
    if (fgets(ret, (int)size, stdin) == NULL) {
        fputc('\n', out);
        ret[0] = '\0';
        return false;
    }
    length = strcspn(ret, "\n");
    if (ret[length] == '\0' && length == size - 1)
        return false;
    ret[length] = '\0';
    return true;
}

static int put_question(FILE *out, struct answer *answer, const struct local_peer *peer)
{
    char typed[16];

    show(out, answer, peer);
    if (answer->op == AA_LOCAL_DENY) {
        static char line[AA_LOCAL_REASON_MAX + 2];

        if (!ask(out, "why? (Enter for none) ", line, sizeof(line))) {
            fprintf(stderr, "actionapprove deny: not sent: %s\n",
                    line[0] == '\0' ? "no answer" : "the reason is too long");
            return line[0] == '\0' ? EXIT_NO : EXIT_USAGE;
        }
        memcpy(answer->typed, line, sizeof(answer->typed));
        answer->reason = answer->typed;
        return EXIT_YES;
    }
    if (ask(out, "approve? [y/N] ", typed, sizeof(typed)) &&
        (strcasecmp(typed, "y") == 0 || strcasecmp(typed, "yes") == 0))
        return EXIT_YES;
    fprintf(stderr, "actionapprove approve: not approved\n");
    return EXIT_NO;
}

/* The connection that showed it may be too old by now; the new one must tell of the same. */
static int open_again(const struct answer *answer, struct local_peer *peer)
{
    struct local_peer shown = *peer;
    int r = one_request_open(answer->command, answer->code, peer);

    if (r == EXIT_UNKNOWN)
        r = EXIT_NO; /* it was there: this is too late, not unknown */
    if (r == EXIT_YES &&
        (!same_field(&shown, peer, "AA_ID") || !same_field(&shown, peer, "AA_DIGEST"))) {
        fprintf(stderr, "actionapprove %s: %s is not what was shown any more; nothing was sent, "
                "look at it again\n", answer->command->name, answer->code);
        local_peer_end(peer);
        r = EXIT_NO;
    }
    local_peer_end(&shown);
    return r;
}

/* ---- what came of it */

static const char *done_words(enum aa_local_op op)
{
    switch (op) {
    case AA_LOCAL_APPROVE:
        return "approved";
    case AA_LOCAL_DENY:
        return "denied";
    case AA_LOCAL_RETRACT:
        return "taken back";
    default:
        return "cancelled";
    }
}

static int print_reply(const struct answer *answer, const struct aa_local_reply *reply)
{
    _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(64 * 1024);
    bool done = reply->result == AA_LOCAL_COUNTED;
    FILE *out = done ? stdout : stderr;
    struct terminal terminal = terminal_of(out);

    if (!done)
        aa_buffer_printf(&text, "actionapprove %s: ", answer->command->name);
    if (reply->text[0] != '\0')
        terminal_add(&terminal, &text, reply->text, strlen(reply->text));
    else if (done && reply->quorum > 0)
        aa_buffer_printf(&text, "%s: %s (%u of %u)", done_words(answer->op), answer->code,
                         reply->approvals, reply->quorum);
    else if (done)
        aa_buffer_printf(&text, "%s: %s", done_words(answer->op), answer->code);
    else
        aa_buffer_printf(&text, "%s: it does not count%s", answer->code,
                         reply->result == AA_LOCAL_OVER ? ": it is over" : "");
    fprintf(out, "%s\n", aa_buffer_text(&text) != NULL ? text.data : "");
    if (done)
        return EXIT_YES;
    return reply->result == AA_LOCAL_MALFORMED ? EXIT_UNREACHABLE : EXIT_NO;
}

static int send_answer(const struct answer *answer, struct local_peer *peer)
{
    struct aa_local_reply reply;
    struct aa_field digest;
    int r;

    if (answer->op != AA_LOCAL_CANCEL &&
        (!local_field(peer, "AA_DIGEST", &digest) || digest.value_length != AA_SHA256_HEX - 1)) {
        fprintf(stderr, "actionapprove %s: %s does not say what it would run; nothing was sent\n",
                answer->command->name, answer->code);
        return EXIT_UNREACHABLE;
    }
    r = local_send(&aa_site_system, peer, answer->op, answer->reason == NULL ? "" : answer->reason,
                   &reply);
    if (r == 0)
        return print_reply(answer, &reply);
    if (r == -ENODATA) {
        fprintf(stderr, "actionapprove %s: too late: %s closed before it had the answer\n",
                answer->command->name, answer->code);
        return EXIT_NO;
    }
    fprintf(stderr, "actionapprove %s: %s has your answer and %s; whether it counted is not "
            "known, see actionapprove show %s\n", answer->command->name, answer->code,
            r == -ETIMEDOUT ? "does not say what came of it" :
            r == -EBADMSG   ? "replies in another version's way" :
                              "closed without a reply",
            answer->code);
    return EXIT_UNREACHABLE;
}

static int give_answer(struct answer *answer)
{
    struct local_peer peer;
    FILE *people = NULL;
    int r = open_leader(answer, &peer);

    if (r != EXIT_YES)
        return r;
    if ((answer->op == AA_LOCAL_APPROVE && !answer->yes) ||
        (answer->op == AA_LOCAL_DENY && answer->reason == NULL))
        people = terminal_for_questions();
    r = check_standing(answer, &peer);
    if (r == EXIT_YES && people != NULL) {
        aa_close_at(&peer.fd); /* it would not be waited for */
        peer.fd = -1;
        r = put_question(people, answer, &peer);
        if (r == EXIT_YES) {
            r = open_again(answer, &peer);
            if (r != EXIT_YES)
                return r;
            r = check_standing(answer, &peer);
        }
    }
    if (r == EXIT_YES)
        r = send_answer(answer, &peer);
    local_peer_end(&peer);
    return r;
}

static int run(const struct command *command, int argc, char **argv)
{
    static const struct option of_approve[] = {
        { "reason", required_argument, NULL, 'r' },
        { "yes", no_argument, NULL, 'y' },
        { "take-back", no_argument, NULL, 't' },
        { NULL, 0, NULL, 0 },
    };
    static const struct option of_deny[] = {
        { "reason", required_argument, NULL, 'r' },
        { NULL, 0, NULL, 0 },
    };
    static const struct option of_cancel[] = { { NULL, 0, NULL, 0 } };
    struct answer answer = { .command = command, .op = AA_LOCAL_APPROVE };
    const struct option *options = of_approve;
    int c, r;

    if (command == &command_deny) {
        options = of_deny;
        answer.op = AA_LOCAL_DENY;
    } else if (command == &command_cancel) {
        options = of_cancel;
        answer.op = AA_LOCAL_CANCEL;
    }
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 'r')
            answer.reason = optarg;
        else if (c == 'y')
            answer.yes = true;
        else if (c == 't')
            answer.op = AA_LOCAL_RETRACT;
        else
            return usage_error(command, "unknown option");
    }
    if (optind + 1 != argc)
        return usage_error(command, optind == argc ? "the code is missing" : "too many arguments");
    if (answer.reason != NULL && strlen(answer.reason) > AA_LOCAL_REASON_MAX)
        return usage_error(command, "the reason is longer than %d bytes", AA_LOCAL_REASON_MAX);
    r = one_request_code(command, argv[optind], answer.code);
    return r == EXIT_YES ? give_answer(&answer) : r;
}

const struct command command_approve = {
    .name = "approve",
    .summary = "answer yes to a waiting request",
    .usage = "approve CODE [--reason TEXT] [--yes] [--take-back]\n"
             "  --yes         do not show it and ask first\n"
             "  --take-back   my answer, before it is decided: as if never given",
    .run = run,
};

const struct command command_deny = {
    .name = "deny",
    .summary = "answer no to a waiting request, which ends it",
    .usage = "deny CODE [--reason TEXT]",
    .run = run,
};

const struct command command_cancel = {
    .name = "cancel",
    .summary = "stop a waiting request: your own, your agent's, or as root",
    .usage = "cancel CODE",
    .run = run,
};
