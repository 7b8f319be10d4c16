/* SPDX-License-Identifier: ISC */
#include "scripted.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>

enum { SCRIPT_MAX = 4096 };

struct script {
    struct courier *courier;
    char text[SCRIPT_MAX];
    char *at;
    uint64_t wake_usec;
    bool asked, closing, stopped, echo;
    uint32_t votes;
    const struct channel_question *question;
};

static void hang(void)
{
    const struct timespec second = { 1, 0 };

    for (;;)
        nanosleep(&second, NULL);
}

static const char *setting(const struct courier *courier, uint32_t key)
{
    for (uint32_t i = 0; i < courier->config.pairs_n; i++) {
        if (courier->config.pairs[i].key == key)
            return courier->config.pairs[i].value;
    }
    return "";
}

static void say(struct script *script, const char *name)
{
    struct aa_reader fields = script->question->fields;
    struct aa_wire_field field;

    if (aa_streq(name, "token")) {
        courier_trouble(script->courier, "token=%s", setting(script->courier, AA_CHANNEL_KEY_TOKEN));
        return;
    }
    while (aa_wire_field_next(&fields, &field) == 1) {
        if (aa_wire_field_is(&field, name))
            courier_trouble(script->courier, "%s=%.*s", name, (int)field.value_length, field.value);
    }
}

static void vote(struct script *script, uint8_t kind, char *rest)
{
    struct channel_vote vote = { .kind = kind, .account = rest };
    char *because = strstr(rest, " because ");

    if (because != NULL) {
        *because = '\0';
        vote.reason = because + strlen(" because ");
    }
    script->votes++;
    courier_vote(script->courier, &vote);
}

static void try_it(struct script *script, const char *name)
{
    int r = scripted_try(name);

    courier_trouble(script->courier, "try %s: %s", name,
                    r == 0 ? "it worked" : r < 0 ? "unknown" : strerrorname_np(r));
}

/* One command without an argument; false: it is not one. */
static bool run_word(struct script *script, const char *word)
{
    sigset_t all;

    if (aa_streq(word, "post"))
        courier_posted(script->courier, "the scripted room");
    else if (aa_streq(word, "done"))
        courier_done(script->courier);
    else if (aa_streq(word, "echo"))
        script->echo = true;
    else if (aa_streq(word, "exit"))
        _exit(0);
    else if (aa_streq(word, "crash"))
        __builtin_trap();
    else if (aa_streq(word, "hang"))
        hang();
    else if (aa_streq(word, "hang-blocked")) {
        sigfillset(&all);
        sigprocmask(SIG_BLOCK, &all, NULL);
        hang();
    } else if (aa_streq(word, "spin")) {
        for (volatile unsigned i = 0;; i++)
            ;
    } else if (aa_streq(word, "end"))
        script->stopped = true;
    else
        return word[0] == '\0';
    return true;
}

static void run(struct script *script, char *command)
{
    static const char *const kinds[] = { NULL, "approve ", "deny ", "retract ", "cancel " };
    const char *rest;

    if ((rest = aa_after(command, "wait ")) != NULL)
        script->wake_usec = courier_now() + strtoul(rest, NULL, 10) * 1000u;
    else if ((rest = aa_after(command, "trouble ")) != NULL)
        courier_trouble(script->courier, "%s", rest);
    else if ((rest = aa_after(command, "fail ")) != NULL)
        courier_failed(script->courier, "%s", rest);
    else if ((rest = aa_after(command, "say ")) != NULL)
        say(script, rest);
    else if ((rest = aa_after(command, "try ")) != NULL)
        try_it(script, rest);
    else if ((rest = aa_after(command, "raw ")) != NULL) {
        (void)aa_link_send(&script->courier->link); /* what was said before goes before it */
        if (!scripted_raw(script->courier, rest, script->votes))
            courier_failed(script->courier, "no raw frames \"%s\"", rest);
    } else {
        for (uint8_t i = 1; i < AA_ARRAY_SIZE(kinds); i++) {
            if (aa_after(command, kinds[i]) != NULL) {
                vote(script, i, command + strlen(kinds[i]));
                return;
            }
        }
        if (!run_word(script, command))
            courier_failed(script->courier, "no command \"%s\"", command);
    }
}

static char *next_command(struct script *script)
{
    char *command, *end;

    while (script->at != NULL && *script->at == ' ')
        script->at++;
    if (script->at == NULL)
        return NULL;
    command = script->at;
    end = strchr(command, ';');
    script->at = end == NULL ? NULL : end + 1;
    if (end == NULL)
        end = command + strlen(command);
    *end = '\0';
    while (end > command && end[-1] == ' ')
        *--end = '\0';
    return command;
}

/* ---- the channel ---- */

static int prepare(struct courier *courier, const struct aa_wire_config *config, void **ret_state)
{
    static struct script script;
    const char *room = setting(courier, AA_CHANNEL_KEY_ROOM);
    const char *url = aa_after(setting(courier, AA_CHANNEL_KEY_URL), "https://");

    (void)config;
    script.courier = courier;
    snprintf(script.text, sizeof(script.text), "%s", room[0] != '\0' || url == NULL ? room : url);
    script.at = script.text;
    if (aa_after(script.text, "prepare-hang") != NULL)
        hang();
    if (aa_after(script.text, "prepare-fail") != NULL) {
        courier_failed(courier, "the script says so");
        return -1;
    }
    *ret_state = &script;
    return 0;
}

static void ask(void *state, const struct channel_question *question)
{
    struct script *script = state;

    script->asked = true;
    script->question = question;
}

static void answer(void *state, const struct aa_wire_answer *answer)
{
    struct script *script = state;

    if (script->echo)
        courier_trouble(script->courier, "answer %u status %u (%s) %u of %u", answer->vote_number,
                        answer->status, answer->words, answer->approvals, answer->quorum);
}

static void outcome(void *state, const struct aa_wire_outcome *outcome)
{
    struct script *script = state;
    struct aa_reader fields = outcome->fields;
    struct aa_wire_field field;

    while (script->echo && aa_wire_field_next(&fields, &field) == 1) {
        if (aa_wire_field_is(&field, "AA_EVENT"))
            courier_trouble(script->courier, "outcome %.*s%s", (int)field.value_length,
                            field.value, outcome->last ? ", the last" : "");
    }
}

static void close_message(void *state, bool vanished, uint64_t until_usec)
{
    struct script *script = state;
    const char *command = "";

    (void)vanished;
    (void)until_usec;
    script->closing = true;
    while (!script->stopped && (command = next_command(script)) != NULL)
        script->stopped = aa_streq(command, "end");
    script->stopped = false;
    script->wake_usec = 0;
    if (script->at == NULL)
        courier_done(script->courier);
}

static size_t watch(void *state, struct pollfd fds[CHANNEL_FDS_MAX], uint64_t *wake_usec)
{
    struct script *script = state;

    (void)fds;
    if (script->asked && !script->stopped && (script->at != NULL || script->closing))
        *wake_usec = AA_MIN(*wake_usec, script->wake_usec);
    return 0;
}

static void work(void *state, const struct pollfd *fds, size_t n)
{
    struct script *script = state;
    char *command;

    (void)fds;
    (void)n;
    if (!script->asked || script->stopped || script->courier->over ||
        courier_now() < script->wake_usec)
        return;
    command = next_command(script);
    if (command != NULL)
        run(script, command);
    else if (script->closing)
        courier_done(script->courier);
}

/* In the place of channels.c: whatever type is asked for. */
const struct channel *channel_of(uint32_t type)
{
    static struct channel scripted = { 0,       prepare, ask,   answer,
                                       outcome, close_message, watch, work };

    scripted.type = (enum aa_channel_type)type;
    return &scripted;
}
