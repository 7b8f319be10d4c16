/* SPDX-License-Identifier: ISC */
/*
 * The approval half: sudo calls open, check, close for each command that its policy accepted
 * (under intercept, for each child). open never returns 0, which would make sudo drop the plugin
 * and run the command.
 */
#include <stddef.h>

#include "session.h"

static int approval_open(unsigned int version, sudo_conv_t conversation,
                         sudo_printf_t sudo_plugin_printf, char *const settings[],
                         char *const user_info[], int submit_optind, char *const submit_argv[],
                         char *const submit_envp[], char *const plugin_options[],
                         const char **errstr)
{
    (void)version;
    (void)plugin_options;
    (void)errstr;
    return session_open(conversation, sudo_plugin_printf, settings, user_info, submit_optind,
                        submit_argv, submit_envp);
}

static int approval_check(char *const command_info[], char *const run_argv[],
                          char *const run_envp[], const char **errstr)
{
    bool subcommand = session.main_starts && sudo_is_subcommand(command_info);
    struct aa_decision **slot = subcommand ? &session.subcommand : &session.main;
    struct aa_question question;
    bool runs;

    session_leave_subcommand();
    *slot = aa_decision_free(*slot);
    sudo_question(&session.vectors, command_info, run_argv, run_envp, &question);
    session_fill_conversation(&question);
    *slot = session.audit_is_open ? aa_decide(&question) :
                                    aa_refuse_incomplete(&question, AA_MISSING_AUDIT);
    runs = aa_decision_allows(*slot) || (*slot == NULL && aa_question_is_exempt(&question));
    /* sudo asks the audit half about children too, and then ignores its answer */
    if (runs && subcommand && *slot != NULL)
        runs = aa_confirm(*slot, &question) == 0;
    if (runs)
        return 1;
    session_tell(*slot);
    *errstr = aa_decision_summary(*slot);
    return aa_decision_is_fault(*slot) ? -1 : 0;
}

/* The decision stays: the audit half needs it after this. */
static void approval_close(void)
{
}

static int approval_show_version(int verbose)
{
    (void)verbose;
    if (session.print != NULL)
        session.print(SUDO_CONV_INFO_MSG, "ActionApprove approval plugin version %s\n",
                      aa_version());
    return 1;
}

__attribute__((visibility("default"))) struct approval_plugin sudo_approve = {
    .type = SUDO_APPROVAL_PLUGIN,
    .version = SUDO_API_VERSION,
    .open = approval_open,
    .close = approval_close,
    .check = approval_check,
    .show_version = approval_show_version,
};
