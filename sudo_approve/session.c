/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"

enum { PROMPT_SECONDS = 120 };

struct session session;

int session_open(sudo_conv_t converse, sudo_printf_t print, char *const settings[],
                 char *const user_info[], int submit_optind, char *const submit_argv[],
                 char *const submit_envp[])
{
    session.converse = converse;
    session.print = print;
    session.vectors = (struct sudo_vectors){
        .settings = settings,
        .user_info = user_info,
        .submitted_argv = submit_argv,
        .submit_optind = submit_optind,
        .submitted_envp = submit_envp,
    };
    return 1;
}

void session_leave_subcommand(void)
{
    aa_finish(session.subcommand, session.subcommand_starts ? AA_END_UNSEEN : AA_END_NOT_RUN, 0);
    session.subcommand = aa_decision_free(session.subcommand);
    session.subcommand_starts = false;
}

static void tell(void *context, enum aa_hearer hearer, const char *text)
{
    int where = SUDO_CONV_ERROR_MSG;

    (void)context;
    if (hearer == AA_HEARER_PERSON)
        where |= SUDO_CONV_PREFER_TTY;
    if (session.print != NULL && text[0] != '\0')
        session.print(where, "%s", text);
}

static int prompt(void *context, const char *text, bool hidden, char *ret, size_t size)
{
    struct sudo_conv_message message = {
        .msg_type = hidden ? SUDO_CONV_PROMPT_ECHO_OFF : SUDO_CONV_PROMPT_ECHO_ON,
        .timeout = PROMPT_SECONDS,
        .msg = text,
    };
    struct sudo_conv_reply reply = { 0 };
    size_t n;

    (void)context;
    if (session.converse == NULL || session.converse(1, &message, &reply, NULL) != 0 ||
        reply.reply == NULL)
        return -ENODATA;
    n = strlen(reply.reply);
    if (n >= size)
        n = size - 1;
    memcpy(ret, reply.reply, n);
    ret[n] = '\0';
    explicit_bzero(reply.reply, strlen(reply.reply));
    free(reply.reply);
    return 0;
}

void session_fill_conversation(struct aa_question *question)
{
    question->conversation = (struct aa_conversation){
        .tell = tell,
        .prompt = session.converse != NULL ? prompt : NULL,
        .columns = sudo_columns(&session.vectors),
    };
}

void session_tell(const struct aa_decision *decision)
{
    tell(NULL, aa_decision_hearer(decision), aa_decision_message(decision));
}
