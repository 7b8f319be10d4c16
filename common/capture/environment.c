/* SPDX-License-Identifier: ISC */
#include "environment.h"

#include <errno.h>
#include <stdio.h>

#include "config.h"
#include "executable.h"

/* What a program without PATH takes instead: "env -i" reads as if it set this. */
#define DEFAULT_PATH "PATH=/bin:/usr/bin"

enum { VALUE_MAX = 4096 }; /* of a harmless value; LS_COLORS is the longest of them */

enum check {
    CHECK_ANY,
    CHECK_NAME,     /* letters, digits and _ . - + @ : no path, no format */
    CHECK_LIST,     /* the same, with ":" between */
    CHECK_TIMEZONE, /* a zone's name or POSIX text, relative and without ".." */
    CHECK_COLORS,
    CHECK_DISPLAY,
    CHECK_FILE,     /* an absolute path without ".." */
    CHECK_NUMBER,
    CHECK_PATH,     /* folders in which only root can put programs */
    CHECK_HOME,
    CHECK_SHELL,
    CHECK_ACCOUNT,
    CHECK_MAIL,
    CHECK_REQUESTER,
    CHECK_REQUESTER_UID,
    CHECK_INTERCEPT_FD, /* only for children under intercept */
    CHECK_INTERCEPT_LIBRARY,
};

/* Variables that sudo itself sets, and those that it keeps by default because programs need
 * them to talk to people. */
static const struct known {
    const char *name; /* a trailing "*" stands for any rest */
    enum check check;
    bool by_sudo;
} known[] = {
    { "PATH", CHECK_PATH, true },
    { "HOME", CHECK_HOME, true },
    { "USER", CHECK_ACCOUNT, true },
    { "LOGNAME", CHECK_ACCOUNT, true },
    { "USERNAME", CHECK_ACCOUNT, true },
    { "SHELL", CHECK_SHELL, true },
    { "MAIL", CHECK_MAIL, true },
    { "SUDO_COMMAND", CHECK_ANY, true }, /* the command line, which the policy matches itself */
    { "SUDO_USER", CHECK_REQUESTER, true },
    { "SUDO_UID", CHECK_REQUESTER_UID, true },
    { "SUDO_GID", CHECK_NUMBER, true },
    { "SUDO_HOME", CHECK_FILE, true },
    { "SUDO_TTY", CHECK_FILE, true },
    /* a shell's own bookkeeping, for its children under intercept */
    { "SUDO_INTERCEPT_FD", CHECK_INTERCEPT_FD, true },
    { "LD_PRELOAD", CHECK_INTERCEPT_LIBRARY, true },
    { "PWD", CHECK_FILE, true },
    { "OLDPWD", CHECK_FILE, true },
    { "SHLVL", CHECK_NUMBER, true },
    { "_", CHECK_FILE, true },
    { "TERM", CHECK_NAME, false },
    { "COLORTERM", CHECK_NAME, false },
    { "LANG", CHECK_NAME, false },
    { "LANGUAGE", CHECK_LIST, false },
    { "LINGUAS", CHECK_LIST, false },
    { "LC_*", CHECK_NAME, false },
    { "TZ", CHECK_TIMEZONE, false },
    { "LS_COLORS", CHECK_COLORS, false },
    { "COLORS", CHECK_FILE, false },
    { "HOSTNAME", CHECK_NAME, false },
    { "HISTSIZE", CHECK_NUMBER, false },
    { "DISPLAY", CHECK_DISPLAY, false },
    { "XAUTHORITY", CHECK_FILE, false },
    { "XDG_CURRENT_DESKTOP", CHECK_LIST, false },
};

static bool only(const char *value, const char *punctuation)
{
    for (const char *p = value; *p != '\0'; p++) {
        if ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9'))
            continue;
        if (strchr(punctuation, *p) == NULL)
            return false;
    }
    return true;
}

static bool is_display(const char *value)
{
    if (aa_after(value, "localhost") != NULL)
        value = aa_after(value, "localhost");
    if (*value++ != ':')
        return false;
    return *value >= '0' && *value <= '9' && strlen(value) <= 8 &&
           strspn(value, "0123456789.") == strlen(value);
}

static bool is_number(const char *value)
{
    return *value != '\0' && strlen(value) <= 20 && strspn(value, "0123456789") == strlen(value);
}

static bool is_mailbox(const char *value, const char *name)
{
    static const char *const folders[] = { "/var/mail/", "/var/spool/mail/" };

    for (size_t i = 0; i < AA_ARRAY_SIZE(folders); i++) {
        const char *rest = aa_after(value, folders[i]);

        if (rest != NULL && name != NULL && aa_streq(rest, name))
            return true;
    }
    return false;
}

/* 1 harmless, 0 with the reason, negative errno. */
static int check_path(const struct aa_walker *walker, const char *value, const char **ret_why)
{
    if (*value == '\0') {
        *ret_why = "its PATH is empty, which stands for the current folder";
        return 0;
    }
    while (*value != '\0') {
        size_t n = strcspn(value, ":");
        const char *why = NULL;
        char *folder;
        int r;

        if (n == 0 || value[0] != '/') {
            *ret_why = "its PATH has a folder that is not absolute";
            return 0;
        }
        folder = aa_arena_strndup(walker->arena, value, n);
        if (folder == NULL)
            return -ENOMEM;
        r = aa_folder_is_bound(walker, folder, &why);
        if (r < 0)
            return r;
        if (why != NULL) {
            *ret_why = aa_arena_printf(walker->arena,
                                       "its PATH has a folder that others can change: %s", why);
            return *ret_why == NULL ? -ENOMEM : 0;
        }
        value += n;
        if (*value == ':' && *++value == '\0') {
            *ret_why = "its PATH ends in the current folder";
            return 0;
        }
    }
    return 1;
}

static bool equals(const char *value, const char *wanted)
{
    return wanted != NULL && aa_streq(value, wanted);
}

static int check_value(const struct aa_walker *walker, enum check check, const char *value,
                       const struct aa_environment_owner *owner, const char **ret_why)
{
    char number[24];

    if (check != CHECK_ANY && strlen(value) > VALUE_MAX)
        return 0;
    switch (check) {
    case CHECK_ANY:
        return 1;
    case CHECK_NAME:
        return only(value, "_.-+@");
    case CHECK_LIST:
        return only(value, "_.-+@:");
    case CHECK_TIMEZONE:
        return value[0] != '/' && strstr(value, "..") == NULL && only(value, "_.-+/,<>");
    case CHECK_COLORS:
        return only(value, "_.-+=;:*,~#?[]\\");
    case CHECK_DISPLAY:
        return is_display(value);
    case CHECK_FILE:
        return value[0] == '/' && strstr(value, "..") == NULL && only(value, "_.-+/@,:");
    case CHECK_NUMBER:
        return is_number(value);
    case CHECK_PATH:
        return check_path(walker, value, ret_why);
    case CHECK_HOME:
        return equals(value, owner->home);
    case CHECK_SHELL:
        return equals(value, owner->shell);
    case CHECK_ACCOUNT:
        return equals(value, owner->name);
    case CHECK_MAIL:
        return is_mailbox(value, owner->name);
    case CHECK_REQUESTER:
        return equals(value, owner->requester);
    case CHECK_INTERCEPT_FD:
        return owner->intercepted && is_number(value);
    case CHECK_INTERCEPT_LIBRARY:
        return owner->intercepted && aa_streq(value, AA_SUDO_PLUGIN_DIR "/sudo_intercept.so");
    case CHECK_REQUESTER_UID:
        snprintf(number, sizeof(number), "%u", (unsigned)owner->requester_uid);
        return aa_streq(value, number);
    }
    return 0;
}

static const struct known *find_known(const char *name)
{
    for (size_t i = 0; i < AA_ARRAY_SIZE(known); i++) {
        size_t n = strlen(known[i].name);

        if (known[i].name[n - 1] == '*' ? strncmp(name, known[i].name, n - 1) == 0 :
                                          aa_streq(name, known[i].name))
            return &known[i];
    }
    return NULL;
}

/* Whether sudo was called as "sudo … NAME=value … command": before the command, that is. */
static bool is_on_command_line(char *const *submitted_argv, size_t submitted_options,
                               const char *name, size_t name_length)
{
    for (size_t i = 1; submitted_argv != NULL && i < submitted_options && submitted_argv[i] != NULL;
         i++) {
        if (strncmp(submitted_argv[i], name, name_length) == 0 &&
            submitted_argv[i][name_length] == '=')
            return true;
    }
    return false;
}

static bool is_in(char *const *envp, const char *variable)
{
    for (size_t i = 0; envp != NULL && envp[i] != NULL; i++) {
        if (aa_streq(envp[i], variable))
            return true;
    }
    return false;
}

const char *aa_environment_value(char *const *envp, const char *name)
{
    size_t n = strlen(name);

    for (size_t i = 0; envp != NULL && envp[i] != NULL; i++) {
        if (strncmp(envp[i], name, n) == 0 && envp[i][n] == '=')
            return envp[i] + n + 1;
    }
    return NULL;
}

/* Whether its name is on the list and its value harmless: 0, with the reason where it is not. */
static int judge(const struct aa_walker *walker, const char *text,
                 const struct aa_environment_owner *owner, struct aa_variable *ret,
                 const struct known **ret_entry)
{
    const char *equal = strchr(text, '=');
    const struct known *entry;
    int r = 0;

    ret->name = aa_arena_strndup(walker->arena, text,
                                 equal == NULL ? strlen(text) : (size_t)(equal - text));
    if (ret->name == NULL)
        return -ENOMEM;
    *ret_entry = entry = find_known(ret->name);
    if (entry == NULL)
        ret->refused_why = "its environment has a variable that no rule allows";
    else if (equal != NULL)
        r = check_value(walker, entry->check, equal + 1, owner, &ret->refused_why);
    if (r < 0)
        return r;
    if (r == 0 && ret->refused_why == NULL)
        ret->refused_why = "its environment has a variable with an unexpected value";
    return 0;
}

static int capture_handed_over(const struct aa_walker *walker, char *const *envp, size_t n,
                               char *const *submitted_argv, size_t submitted_options,
                               char *const *submitted_envp,
                               const struct aa_environment_owner *owner, struct aa_variable *ret)
{
    for (size_t i = 0; i < n; i++) {
        struct aa_variable *variable = &ret[i];
        const struct known *entry;
        bool on_command_line;
        int r = judge(walker, envp[i], owner, variable, &entry);

        if (r < 0)
            return r;
        on_command_line = is_on_command_line(submitted_argv, submitted_options, envp[i],
                                             strlen(variable->name));
        if (variable->refused_why == NULL && entry->by_sudo && on_command_line)
            variable->refused_why = "the caller sets a variable of its environment that is sudo's to set";
        variable->added = variable->refused_why != NULL || on_command_line ||
                          (!entry->by_sudo && is_in(submitted_envp, envp[i]));
    }
    return 0;
}

/* What "env NAME=value …" and the like set: the caller's as much as if sudo had been given it. */
static int capture_assigned(const struct aa_walker *walker, const struct aa_words *assigned,
                            const struct aa_environment_owner *owner, struct aa_variable *ret)
{
    for (size_t i = 0; i < assigned->n; i++) {
        const struct known *entry;
        int r = judge(walker, assigned->v[i], owner, &ret[i], &entry);

        if (r < 0)
            return r;
        if (ret[i].refused_why == NULL && aa_doubt_of(assigned, i) != AA_EXACT)
            ret[i].refused_why = "the command sets a variable to a value that is made at run time";
        if (ret[i].refused_why == NULL && entry->by_sudo && !aa_streq(assigned->v[i], DEFAULT_PATH))
            ret[i].refused_why = "the command sets a variable that is sudo's to set";
        ret[i].added = true;
    }
    return 0;
}

int aa_capture_environment(const struct aa_walker *walker, struct aa_request *request,
                           char *const *envp, char *const *submitted_argv,
                           size_t submitted_options, char *const *submitted_envp,
                           const struct aa_environment_owner *owner)
{
    struct aa_variable *variables;
    size_t n = 0;
    int r;

    while (envp[n] != NULL)
        n++;
    variables = AA_NEW_ARRAY(&request->arena, struct aa_variable, n + request->assigned.n);
    if (variables == NULL)
        return -ENOMEM;
    r = capture_handed_over(walker, envp, n, submitted_argv, submitted_options, submitted_envp, owner,
                            variables);
    if (r == 0)
        r = capture_assigned(walker, &request->assigned, owner, variables + n);
    if (r < 0)
        return r;
    request->variables = variables;
    request->variables_n = n + request->assigned.n;
    request->handed_over_n = n;
    return 0;
}
