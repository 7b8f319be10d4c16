/* SPDX-License-Identifier: ISC */
#include "vectors.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *value_of(char *const vector[], const char *key)
{
    size_t n = strlen(key);

    for (size_t i = 0; vector != NULL && vector[i] != NULL; i++) {
        if (strncmp(vector[i], key, n) == 0 && vector[i][n] == '=')
            return vector[i] + n + 1;
    }
    return NULL;
}

static bool is_true(char *const vector[], const char *key)
{
    const char *value = value_of(vector, key);

    return value != NULL && strcmp(value, "true") == 0;
}

static bool number_of(char *const vector[], const char *key, uint32_t *ret)
{
    const char *value = value_of(vector, key);
    unsigned long number;
    char *end;

    if (value == NULL || *value < '0' || *value > '9')
        return false;
    errno = 0;
    number = strtoul(value, &end, 10);
    if (errno != 0 || *end != '\0' || number >= UINT32_MAX /* no uid */)
        return false;
    *ret = (uint32_t)number;
    return true;
}

bool sudo_is_subcommand(char *const command_info[])
{
    return value_of(command_info, "runcwd") != NULL;
}

void sudo_question(const struct sudo_vectors *vectors, char *const command_info[],
                   char *const run_argv[], char *const run_envp[], struct aa_question *ret)
{
    struct aa_question question = {
        .interface = AA_INTERFACE,
        .frontend = AA_FROM_SUDO,
        .service = "sudo",
        .user = value_of(vectors->user_info, "user"),
        .tty = value_of(vectors->user_info, "tty"),
        .cwd = value_of(vectors->user_info, "cwd"),
        .runas_user = value_of(command_info, "runas_user"),
        .runas_group = value_of(command_info, "runas_group"),
        .command = value_of(command_info, "command"),
        .argv = run_argv,
        .envp = run_envp,
        .run_cwd = value_of(command_info, "cwd"),
        .chroot = value_of(command_info, "chroot"),
        .uid = (uid_t)-1,
        .runas_uid = (uid_t)-1,
        .submitted_argv = vectors->submitted_argv,
        .submitted_options = vectors->submit_optind > 0 ? (uint32_t)vectors->submit_optind : 0,
        .submitted_envp = vectors->submitted_envp,
    };

    if (!number_of(vectors->user_info, "uid", &question.uid))
        question.flags |= AA_QUESTION_UNREADABLE;
    if (!number_of(command_info, "runas_euid", &question.runas_uid) && /* stay_setuid */
        !number_of(command_info, "runas_uid", &question.runas_uid))
        question.flags |= AA_QUESTION_UNREADABLE;
    if (!number_of(command_info, "runas_egid", &question.runas_gid) &&
        !number_of(command_info, "runas_gid", &question.runas_gid))
        question.runas_gid = (gid_t)-1;
    /* under intercept sudo has already moved to the folder of the child */
    if (sudo_is_subcommand(command_info)) {
        question.flags |= AA_QUESTION_INTERCEPTED;
        question.cwd = value_of(command_info, "runcwd");
        question.run_cwd = NULL;
        if (question.cwd != NULL && question.cwd[0] != '/')
            question.cwd = NULL; /* "unknown" */
    }
    if (is_true(command_info, "sudoedit")) {
        question.flags |= AA_QUESTION_EDIT;
        (void)number_of(command_info, "sudoedit_nfiles", &question.edit_files);
    }
    /* sudo's flags speak of the command line, not of the children of a shell */
    if ((question.flags & AA_QUESTION_INTERCEPTED) == 0) {
        if (is_true(vectors->settings, "run_shell") || is_true(vectors->settings, "implied_shell"))
            question.flags |= AA_QUESTION_SHELL;
        if (is_true(vectors->settings, "login_shell"))
            question.flags |= AA_QUESTION_LOGIN_SHELL;
    }
    if (is_true(vectors->settings, "noninteractive"))
        question.flags |= AA_QUESTION_NONINTERACTIVE;
    *ret = question;
}

unsigned sudo_columns(const struct sudo_vectors *vectors)
{
    uint32_t columns = 0;

    return number_of(vectors->user_info, "cols", &columns) && columns < 100000 ? columns : 0;
}
