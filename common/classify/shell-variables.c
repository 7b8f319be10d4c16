/* SPDX-License-Identifier: ISC */
/* Variables that a text sets: those that say what a name means, or that a shell takes for code. */
#include "shell-internal.h"

#include <errno.h>

/* Where programs and functions are looked for, how a text is divided, what a shell runs by itself. */
static const char *const decisive[] = {
    "ALIASES", "ARGV0", "CDPATH", "COMMANDS", "DIRSTACK", "ENV", "ERRNO", "EXECIGNORE", "FIGNORE",
    "FPATH", "FUNCNEST", "FUNCTIONS", "GLOBIGNORE", "IFS", "INPUTRC", "MAILCHECK", "MAILPATH",
    "MODULE_PATH", "NULLCMD", "OLDPWD", "OPTIONS", "PATH", "POSIXLY_CORRECT", "PROMPT", "PROMPT2",
    "PROMPT3", "PROMPT4", "PROMPT_COMMAND", "PS0", "PS1", "PS2", "PS3", "PS4", "PWD",
    "READNULLCMD", "RPROMPT", "SHELLOPTS", "TEXTDOMAIN", "TEXTDOMAINDIR", "TIMEFMT", "ZDOTDIR",
};

/* Numbers: some shells calculate what they are set to, and run what stands in brackets there. */
static const char *const numbers[] = {
    "COLUMNS", "EGID", "EPOCHREALTIME", "EPOCHSECONDS", "EUID",    "GID",     "HISTCMD", "HISTFILESIZE",
    "HISTSIZE", "KEYTIMEOUT", "LINENO", "LINES",        "LISTMAX", "LOGCHECK", "OPTIND", "PPID",
    "RANDOM",  "SAVEHIST", "SECONDS",   "SHLVL",        "SRANDOM", "STATUS",  "TTYIDLE", "UID",
};

/* zsh ties names in lower case to those in upper case. */
static bool is_one_of(const char *name, size_t n, const char *const *list, size_t list_n)
{
    for (size_t i = 0; i < list_n; i++) {
        size_t same = 0;

        while (same < n && list[i][same] != '\0' &&
               (name[same] == list[i][same] ||
                (name[same] >= 'a' && name[same] <= 'z' && name[same] - 'a' + 'A' == list[i][same])))
            same++;
        if (same == n && list[i][same] == '\0')
            return true;
    }
    return false;
}

/* "text" is NAME=value as far as it is known; it comes into the list. */
void aa_sh_sets(struct sh_reader *r, struct sh_list *list, const char *text, enum aa_doubt doubt)
{
    size_t n = strcspn(text, "=");
    const char *value = text + n + (text[n] == '=');

    if (is_one_of(text, n, decisive, AA_ARRAY_SIZE(decisive)) ||
        aa_after(text, "BASH") != NULL)
        aa_sh_opaque_word(r, "a variable is set that changes what the shell runs",
                          aa_arena_strndup(r->arena, text, n));
    if (is_one_of(text, n, numbers, AA_ARRAY_SIZE(numbers)) &&
        (doubt != AA_EXACT || !aa_sh_is_digits(value)))
        aa_sh_opaque_word(r, "a shell may run commands in the value of a variable",
                          aa_arena_strndup(r->arena, text, n));
    if (list->n >= AA_SHELL_VARIABLES_MAX) {
        aa_sh_stop(r, "the text for the shell sets too many variables");
        return;
    }
    aa_sh_add(r, list, text, doubt);
}

/* A name that gets a value that is not known: read, for, ${NAME:=…}. */
void aa_sh_sets_name(struct sh_reader *r, const char *name, size_t n)
{
    char *text = aa_arena_alloc(r->arena, n + 2);

    if (text == NULL) {
        r->error = -ENOMEM;
        aa_sh_stop(r, "there is not enough memory");
        return;
    }
    memcpy(text, name, n);
    text[n] = '=';
    aa_sh_sets(r, &r->variables, text, AA_UNKNOWN);
}
