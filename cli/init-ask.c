/* SPDX-License-Identifier: ISC */
/* The three questions of init, and what may be an answer to them. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "init.h"

enum { ANSWER_MAX = 1024, MEMBERS_LOOKED_AT_MAX = 100000 };

bool init_is_complete(const struct init_choice *choice)
{
    if (choice->kind == INIT_AGENT)
        return choice->person != NULL && choice->agent != NULL;
    return choice->kind == INIT_TEAM &&
           (choice->approvers_n > 0 || choice->approvers_group != NULL);
}

/* ---- who could be meant ---- */

/* Who runs this by sudo, or logged in as somebody before they became root; NULL: not known. Only a
 * proposal, so that a false one does no harm. */
static const char *invoking_user(void)
{
    static char name[256];
    const struct passwd *account = NULL;
    const char *by_sudo = getenv("SUDO_USER");
    char login[32];

    if (by_sudo != NULL)
        account = getpwnam(by_sudo);
    else if (aa_read_line("/proc/self/loginuid", login, sizeof(login)) == 0)
        account = getpwuid((uid_t)strtoul(login, NULL, 10));
    if (account == NULL || account->pw_uid == 0)
        return NULL;
    snprintf(name, sizeof(name), "%s", account->pw_name);
    return name;
}

static const char *likely_agent(void)
{
    static const char *const names[] = { "claude", "codex", "agent" };

    for (size_t i = 0; i < AA_ARRAY_SIZE(names); i++) {
        if (getpwnam(names[i]) != NULL)
            return names[i];
    }
    return NULL;
}

/* ---- questions ---- */

static char *keep(const char *text)
{
    char *copy = strdup(text); /* lives as long as the tool */

    if (copy == NULL)
        fputs("actionapprove init: there is not enough memory\n", stderr);
    return copy;
}

/* The answer without blanks around it, or the proposal; NULL where there is none to come. */
static const char *ask(const char *question, const char *proposal)
{
    static char line[ANSWER_MAX];
    char *start = line;
    size_t n;

    for (;;) {
        if (proposal != NULL)
            fprintf(stderr, "%s [%s]: ", question, proposal);
        else
            fprintf(stderr, "%s: ", question);
        if (fgets(line, sizeof(line), stdin) == NULL) {
            fputs("\nactionapprove init: no answer; nothing was written\n", stderr);
            return NULL;
        }
        start = line + strspn(line, " \t\r\n");
        for (n = strlen(start); n > 0 && strchr(" \t\r\n", start[n - 1]) != NULL; n--)
            start[n - 1] = '\0';
        if (*start != '\0')
            return start;
        if (proposal != NULL)
            return proposal;
    }
}

static bool is_person(const char *name)
{
    const struct passwd *account = getpwnam(name);

    if (account != NULL && account->pw_uid != 0)
        return true;
    fprintf(stderr, account == NULL ? "  there is no account %s on this host\n" :
                                      "  %s is root, who is nobody in particular\n", name);
    return false;
}

static const char *ask_account(const char *question, const char *proposal)
{
    const char *answer;

    do
        answer = ask(question, proposal);
    while (answer != NULL && !is_person(answer));
    return answer == NULL ? NULL : keep(answer);
}

static int ask_kind(struct init_choice *choice)
{
    fputs("Who uses sudo on this machine?\n"
          "  agent   one person, with an AI agent that has an account of its own\n"
          "  team    a few people, who approve each other's commands\n", stderr);
    while (choice->kind == INIT_UNKNOWN) {
        const char *answer = ask("agent or team", likely_agent() != NULL ? "agent" : NULL);

        if (answer == NULL)
            return EXIT_NO;
        if (aa_streq(answer, "agent"))
            choice->kind = INIT_AGENT;
        else if (aa_streq(answer, "team"))
            choice->kind = INIT_TEAM;
    }
    return EXIT_YES;
}

static int ask_agent(struct init_choice *choice)
{
    if (choice->person == NULL)
        choice->person = ask_account("The person's account", invoking_user());
    while (choice->person != NULL && choice->agent == NULL) {
        choice->agent = ask_account("The agent's account", likely_agent());
        if (choice->agent == NULL)
            return EXIT_NO;
        if (!aa_streq(choice->agent, choice->person))
            break;
        fputs("  the agent needs an account of its own\n", stderr);
        choice->agent = NULL;
    }
    return choice->person == NULL ? EXIT_NO : EXIT_YES;
}

static bool are_approvers(struct init_choice *choice, const char *answer)
{
    char *rest = NULL, *words = keep(answer);

    if (words == NULL)
        return false;
    if (words[0] == '%') {
        choice->approvers_group = words + 1;
        if (getgrnam(choice->approvers_group) != NULL)
            return true;
        fprintf(stderr, "  there is no group %s on this host\n", choice->approvers_group);
        choice->approvers_group = NULL;
        return false;
    }
    choice->approvers_n = 0;
    for (char *word; (word = strtok_r(words, " \t,", &rest)) != NULL; words = NULL) {
        if (!is_person(word) || choice->approvers_n == INIT_APPROVERS_MAX)
            return false;
        choice->approvers[choice->approvers_n++] = word;
    }
    return choice->approvers_n > 0;
}

static int ask_team(struct init_choice *choice)
{
    const char *answer;

    if (choice->approvers_n > 0 || choice->approvers_group != NULL)
        return EXIT_YES;
    do
        answer = ask("Who may approve? Accounts, at least two of them, or %GROUP for a Unix group",
                     NULL);
    while (answer != NULL && !are_approvers(choice, answer));
    return answer == NULL ? EXIT_NO : EXIT_YES;
}

static int ask_mode(struct init_choice *choice)
{
    while (choice->mode == INIT_USUAL) {
        const char *answer = ask("enforce, or only observe and record for a start?",
                                 choice->kind == INIT_TEAM ? "observe" : "enforce");

        if (answer == NULL)
            return EXIT_NO;
        if (aa_streq(answer, "enforce"))
            choice->mode = INIT_ENFORCE;
        else if (aa_streq(answer, "observe"))
            choice->mode = INIT_OBSERVE;
    }
    return EXIT_YES;
}

int init_ask(struct init_choice *choice)
{
    int r = ask_kind(choice);

    if (r == EXIT_YES)
        r = choice->kind == INIT_AGENT ? ask_agent(choice) : ask_team(choice);
    return r == EXIT_YES ? ask_mode(choice) : r;
}

/* ---- accounts ---- */

static int check_account(const struct command *command, const char *name, const char *what,
                         bool strict)
{
    const struct passwd *account;

    errno = 0;
    account = getpwnam(name);
    if (account != NULL && account->pw_uid == 0)
        return usage_error(command, "%s: %s is root, who is nobody in particular", what, name);
    if (account != NULL)
        return EXIT_YES;
    if (strict)
        return usage_error(command, "%s: there is no account %s on this host", what, name);
    fprintf(stderr, "actionapprove init: note: there is no account %s on this host\n", name);
    return EXIT_YES;
}

static int add_member(struct init_choice *choice, const char *name)
{
    for (size_t i = 0; i < choice->approvers_n; i++) {
        if (aa_streq(choice->approvers[i], name))
            return EXIT_YES;
    }
    if (choice->approvers_n == INIT_APPROVERS_MAX) {
        fprintf(stderr, "actionapprove init: %s has over %d members; write their \"person\" lines "
                        "by hand\n", choice->approvers_group, INIT_APPROVERS_MAX);
        return EXIT_NO;
    }
    choice->approvers[choice->approvers_n] = keep(name);
    return choice->approvers[choice->approvers_n++] == NULL ? EXIT_UNREACHABLE : EXIT_YES;
}

/* Not a daemon: those are in groups of their own, and answer to nobody. */
static bool is_human(uid_t uid)
{
    bool dynamic = uid >= 61184 && uid <= 65519; /* systemd's DynamicUser= */

    return uid >= 1000 && !dynamic && uid != 65534;
}

/* A member counts only as a person: each gets a line. */
static int find_members(const struct command *command, struct init_choice *choice)
{
    const struct group *entry = getgrnam(choice->approvers_group);
    const struct passwd *account;
    int r = EXIT_YES;
    gid_t gid;

    if (entry == NULL)
        return usage_error(command, "--approvers-group: there is no group %s on this host",
                           choice->approvers_group);
    gid = entry->gr_gid;
    for (char **name = entry->gr_mem; r == EXIT_YES && *name != NULL; name++) {
        account = getpwnam(*name);
        if (account != NULL && account->pw_uid != 0)
            r = add_member(choice, *name);
    }
    setpwent();
    for (int i = 0; r == EXIT_YES && i < MEMBERS_LOOKED_AT_MAX && (account = getpwent()) != NULL;
         i++) {
        if (account->pw_gid == gid && is_human(account->pw_uid))
            r = add_member(choice, account->pw_name);
    }
    endpwent();
    if (r == EXIT_YES && choice->approvers_n == 0)
        return usage_error(command, "--approvers-group: nobody is in the group %s",
                           choice->approvers_group);
    return r;
}

int init_check_accounts(const struct command *command, struct init_choice *choice, bool strict)
{
    int r = EXIT_YES;

    if (choice->kind == INIT_AGENT) {
        if (aa_streq(choice->person, choice->agent))
            return usage_error(command, "the agent needs an account of its own");
        r = check_account(command, choice->person, "--person", strict);
        return r == EXIT_YES ? check_account(command, choice->agent, "--agent", strict) : r;
    }
    if (choice->approvers_group != NULL)
        r = find_members(command, choice);
    for (size_t i = 0; r == EXIT_YES && i < choice->approvers_n; i++)
        r = check_account(command, choice->approvers[i], "--approver", strict);
    if (r == EXIT_YES && choice->approvers_n == 1)
        fprintf(stderr, "actionapprove init: note: %s is the only one who may answer, and nobody "
                        "may approve their own request:\n  what %s runs would wait in vain. Name "
                        "a second person.\n", choice->approvers[0], choice->approvers[0]);
    return r;
}
