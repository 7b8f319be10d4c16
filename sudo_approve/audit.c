/* SPDX-License-Identifier: ISC */
/*
 * The audit half: sudo's front end asks it last, right before the command starts, and it accepts
 * only a command on which the approval half decided, unchanged and just now. It also hears how
 * the command ended.
 */
#include <signal.h>
#include <stddef.h>

#include "session.h"

static int audit_open(unsigned int version, sudo_conv_t conversation,
                      sudo_printf_t sudo_plugin_printf, char *const settings[],
                      char *const user_info[], int submit_optind, char *const submit_argv[],
                      char *const submit_envp[], char *const plugin_options[],
                      const char **errstr)
{
    (void)version;
    (void)plugin_options;
    (void)errstr;
    session.audit_is_open = true;
    return session_open(conversation, sudo_plugin_printf, settings, user_info, submit_optind,
                        submit_argv, submit_envp);
}

static int refuse_undecided(const struct aa_question *question, const char **errstr)
{
    session.main = aa_refuse_incomplete(question, AA_MISSING_APPROVAL);
    if (aa_confirm(session.main, question) == 0 ||
        (session.main == NULL && aa_question_is_exempt(question))) {
        session.main_starts = true;
        return 1; /* root: has to be able to mend it */
    }
    session_tell(session.main);
    *errstr = aa_decision_summary(session.main);
    return -1;
}

static int audit_accept(const char *plugin_name, unsigned int plugin_type,
                        char *const command_info[], char *const run_argv[],
                        char *const run_envp[], const char **errstr)
{
    struct aa_question question;

    (void)plugin_name;
    if (plugin_type != SUDO_FRONT_END)
        return 1; /* a plugin's own accept; the front end's comes last */
    if (session.main_starts && sudo_is_subcommand(command_info)) {
        /* sudo does not heed an answer here: the approval half confirmed it already, and under
         * log_subcmds nobody was asked */
        session.subcommand_starts = true;
        return 1;
    }
    sudo_question(&session.vectors, command_info, run_argv, run_envp, &question);
    if (session.main == NULL)
        return refuse_undecided(&question, errstr);
    if (aa_confirm(session.main, &question) == 0) {
        session.main_starts = true;
        return 1;
    }
    session_tell(session.main);
    *errstr = aa_decision_summary(session.main);
    return -1;
}

static int audit_reject(const char *plugin_name, unsigned int plugin_type, const char *audit_msg,
                        char *const command_info[], const char **errstr)
{
    (void)plugin_name;
    (void)plugin_type;
    (void)audit_msg;
    (void)command_info;
    (void)errstr;
    return 1; /* close() records that an allowed command was not run after all */
}

/* A signal that came before the start is told as its number + 128 (sudo's sudo_terminated), which
 * reads as a core dump by a signal that dumps none. */
static bool came_before_the_start(int status)
{
    static const int without_core[] = { SIGHUP, SIGINT, SIGTERM, SIGALRM, SIGPIPE, SIGUSR1, SIGUSR2 };

    for (size_t i = 0; i < sizeof(without_core) / sizeof(without_core[0]); i++) {
        if (status == without_core[i] + 128)
            return true;
    }
    return false;
}

static void audit_close(int status_type, int status)
{
    switch (status_type) {
    case SUDO_PLUGIN_WAIT_STATUS:
        aa_finish(session.main, came_before_the_start(status) ? AA_END_NOT_RUN : AA_END_EXITED,
                  status);
        break;
    case SUDO_PLUGIN_EXEC_ERROR:
        aa_finish(session.main, AA_END_NOT_EXECUTED, status);
        break;
    default:
        aa_finish(session.main, AA_END_NOT_RUN, 0);
        break;
    }
    session.main = aa_decision_free(session.main);
    session_leave_subcommand();
    session.audit_is_open = false;
    session.main_starts = false;
}

static int audit_show_version(int verbose)
{
    (void)verbose;
    if (session.print != NULL)
        session.print(SUDO_CONV_INFO_MSG, "ActionApprove audit plugin version %s\n", aa_version());
    return 1;
}

__attribute__((visibility("default"))) struct audit_plugin sudo_approve_audit = {
    .type = SUDO_AUDIT_PLUGIN,
    .version = SUDO_API_VERSION,
    .open = audit_open,
    .close = audit_close,
    .accept = audit_accept,
    .reject = audit_reject,
    .error = audit_reject,
    .show_version = audit_show_version,
};
