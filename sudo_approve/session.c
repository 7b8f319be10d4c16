/* SPDX-License-Identifier: ISC */
#include <stddef.h>

#include "session.h"

struct session session;

int session_open(sudo_printf_t print, char *const settings[], char *const user_info[],
                 int submit_optind, char *const submit_argv[], char *const submit_envp[])
{
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
    if (!session.subcommand_starts)
        aa_finish(session.subcommand, AA_END_NOT_RUN, 0);
    session.subcommand = aa_decision_free(session.subcommand);
    session.subcommand_starts = false;
}

void session_tell(const char *message)
{
    if (session.print != NULL && message[0] != '\0')
        session.print(SUDO_CONV_ERROR_MSG | SUDO_CONV_PREFER_TTY, "%s", message);
}
