/* SPDX-License-Identifier: ISC */
#include "shell-call.h"

bool aa_shell_dialect_of(const char *known, enum aa_shell_dialect *ret)
{
    static const struct {
        const char *name;
        enum aa_shell_dialect dialect;
    } dialects[] = {
        { "sh", AA_SHELL_SH },     { "ash", AA_SHELL_SH },    { "dash", AA_SHELL_DASH },
        { "bash", AA_SHELL_BASH }, { "rbash", AA_SHELL_BASH }, { "ksh", AA_SHELL_KSH },
        { "ksh93", AA_SHELL_KSH }, { "rksh", AA_SHELL_KSH },  { "mksh", AA_SHELL_KSH },
        { "lksh", AA_SHELL_KSH },  { "pdksh", AA_SHELL_KSH }, { "oksh", AA_SHELL_KSH },
        { "zsh", AA_SHELL_ZSH },   { "rzsh", AA_SHELL_ZSH },
    };

    for (size_t i = 0; i < AA_ARRAY_SIZE(dialects); i++) {
        if (aa_streq(known, dialects[i].name)) {
            *ret = dialects[i].dialect;
            return true;
        }
    }
    return false;
}

/* What stands for the terminal or a pipe where a script is expected. */
static bool is_input(const char *operand)
{
    return aa_streq(operand, "-") || aa_after(operand, "/dev/") != NULL ||
           aa_after(operand, "/proc/") != NULL;
}

/* Letters that take no word and load nothing, in all shells of the dialect. */
static const char *letters_of(enum aa_shell_dialect dialect)
{
    switch (dialect) {
    case AA_SHELL_BASH:
        return "abefhiklmnprtuvxBCEHPT";
    case AA_SHELL_DASH:
        return "abefilmnpuvxCE";
    case AA_SHELL_ZSH:
        return "efilnruvx";
    case AA_SHELL_SH:
    case AA_SHELL_KSH:
        break;
    }
    return "abefhilmnpuvxC";
}

static bool is_harmless_word_option(enum aa_shell_dialect dialect, const char *option)
{
    static const char *const known[] = { "--login", "--norc", "--noprofile", "--posix",
                                         "--restricted", "--verbose", "--noediting" };

    if (dialect != AA_SHELL_BASH && dialect != AA_SHELL_SH)
        return false;
    for (size_t i = 0; i < AA_ARRAY_SIZE(known); i++) {
        if (aa_streq(option, known[i]))
            return true;
    }
    return false;
}

/* A group of letters behind "-" or "+". */
struct group {
    bool known, code, stdin_wanted, typed;
    size_t words; /* that it takes from behind it */
};

static struct group read_group(enum aa_shell_dialect dialect, const char *argument)
{
    struct group group = { .known = argument[1] != '\0' };

    for (const char *letter = argument + 1; *letter != '\0'; letter++) {
        if (*letter == 'o')
            group.words++;
        else if (*letter == 'c' && argument[0] == '-')
            group.code = true;
        else if (*letter == 's' && argument[0] == '-')
            group.stdin_wanted = true;
        else if (strchr(letters_of(dialect), *letter) == NULL)
            group.known = false;
        if (*letter == 'i' && argument[0] == '-')
            group.typed = true;
    }
    /* zsh takes the name of an option from the same word, others from the next */
    if (group.words > 1 || (group.words == 1 && dialect == AA_SHELL_ZSH))
        group.known = false;
    /* bash reads "-norc" as "--norc", and takes commands from the terminal */
    if (dialect != AA_SHELL_DASH && strlen(argument) > 3 && strpbrk(argument, "rp") != NULL)
        group.known = group.code = false;
    return group;
}

/* Names behind -o that change nothing of how a text is read. */
static bool is_harmless_setting(const struct aa_words *arguments, size_t i)
{
    static const char *const known[] = { "allexport", "errexit", "errtrace", "functrace", "noclobber",
                                         "noexec", "noglob", "notify", "nounset", "physical",
                                         "pipefail", "posix", "verbose", "xtrace" };

    for (size_t j = 0; i < arguments->n && j < AA_ARRAY_SIZE(known); j++) {
        if (aa_doubt_of(arguments, i) == AA_EXACT && aa_streq(arguments->v[i], known[j]))
            return true;
    }
    return false;
}

/* Somebody may type into it, for all that is known. */
static const struct aa_shell_call unreadable = { .form = AA_SHELL_UNREADABLE, .typed = true };

void aa_shell_call_read(enum aa_shell_dialect dialect, const struct aa_words *arguments,
                        struct aa_shell_call *ret)
{
    bool code = false, typed = false, from_stdin = false;
    size_t i = 0;

    for (; i < arguments->n; i++) {
        const char *argument = arguments->v[i];
        struct group group;

        if (aa_doubt_of(arguments, i) != AA_EXACT) {
            *ret = unreadable;
            return;
        }
        if (argument[0] != '-' && argument[0] != '+')
            break;
        if (aa_streq(argument, "--") || aa_streq(argument, "-")) {
            i++;
            break;
        }
        if (is_harmless_word_option(dialect, argument))
            continue;
        group = argument[1] == '-' ? (struct group){ .known = false } : read_group(dialect, argument);
        code |= group.code;
        typed |= group.typed;
        from_stdin |= group.stdin_wanted;
        if (!group.known || (group.words > 0 && !is_harmless_setting(arguments, i + 1))) {
            *ret = unreadable;
            return;
        }
        i += group.words;
    }
    ret->at = i;
    ret->typed = typed && !code;
    if (i < arguments->n && aa_doubt_of(arguments, i) != AA_EXACT) {
        *ret = unreadable;
    } else if (code) {
        *ret = i < arguments->n && !from_stdin ?
                   (struct aa_shell_call){ .form = AA_SHELL_TEXT, .at = i } : unreadable;
    } else if (from_stdin || i >= arguments->n || is_input(arguments->v[i])) {
        *ret = (struct aa_shell_call){ .form = AA_SHELL_INTERACTIVE, .typed = true };
    } else {
        ret->form = AA_SHELL_SCRIPT;
    }
}
