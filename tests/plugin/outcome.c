/* SPDX-License-Identifier: ISC */
#include "test.h"

#include "outcome.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "child.h"
#include "expect.h"

struct play {
    const struct given *given;
    void (*prepare)(long argument);
    void (*inspect)(struct outcome *outcome);
    long argument;
    struct outcome *outcome;
};

static void play(void *argument)
{
    struct play *play = argument;
    struct outcome *outcome = play->outcome;

    play->prepare(play->argument);
    outcome->runs = front_end_sudo(BOTH_HALVES, play->given, SUDO_PLUGIN_WAIT_STATUS, 0);
    outcome->opened = (!front_end.checked.was_asked || front_end.approval_opened == 1) &&
                      front_end.audit_opened == 1 && front_end.told == 1;
    outcome->only_to_requester = talk_only_to_requester();
    outcome->checked = front_end.checked;
    outcome->accepted = front_end.accepted;
    memcpy(outcome->said, talk.bytes, sizeof(outcome->said));
    if (play->inspect != NULL)
        play->inspect(outcome);
}

struct outcome *outcome_of(const struct given *given, void (*prepare)(long argument),
                           void (*inspect)(struct outcome *outcome), long argument)
{
    struct play what = { given, prepare, inspect, argument, child_shared(sizeof(struct outcome)) };
    int status;

    if (front_end.library == NULL)
        front_end_load(); /* sudo has done that before anything is tight */
    status = child_run(play, &what);
    if (status != 0)
        fail_msg("with %ld the process ended with status %d, signal %d", argument,
                 WEXITSTATUS(status), WTERMSIG(status));
    assert_true(what.outcome->opened);
    return what.outcome;
}

void outcome_free(struct outcome *outcome)
{
    child_shared_free(outcome, sizeof(*outcome));
}

void outcome_expect_denial(const struct outcome *outcome)
{
    const struct answer *last = outcome->accepted.was_asked ? &outcome->accepted :
                                                              &outcome->checked;

    assert_false(outcome->runs);
    assert_true(last->was_asked);
    assert_true(last->result == 0 || last->result == -1);
    assert_true(last->has_errstr);
    if (strlen(last->errstr) < 10 || strstr(last->errstr, " may run ") != NULL)
        fail_msg("denied, and the log reads: \"%s\"", last->errstr);
    if (strncmp(outcome->said, "actionapprove: not run: ", 24) != 0)
        fail_msg("denied, and the requester reads: \"%s\"", outcome->said);
    assert_true(outcome->only_to_requester);
    assert_true(is_harmless(outcome->said));
    assert_true(is_harmless(last->errstr));
}
