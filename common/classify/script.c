/* SPDX-License-Identifier: ISC */
#include "script.h"

#include "classify.h"
#include "programs.h"

/* How a program takes its code. Options that are not named here make it uncertain. */
struct habits {
    const char *program;
    const char *flags;     /* letters that take no word and load nothing */
    const char *code;      /* the letter behind which the code stands, in a group with flags; or "" */
    bool runs_first_word;  /* a first operand is the script */
    bool first_word_is_code; /* … or the code itself */
};

static const struct habits of_shells = { "sh", "abefhiklmnptuvxBCEHP", "c", true, false };

/* Shells that read options alike. */
static const char *const like_sh[] = { "sh", "ash", "dash", "bash", "rbash", "ksh", "ksh93" };

/* Wrappers that only start what stands behind their options. */
static const char *const plain_wrappers[] = { "chrt", "env", "ionice", "nice", "nohup", "setsid",
                                              "stdbuf", "taskset", "time", "timeout" };

static bool is_one_of(const char *word, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (aa_streq(word, list[i]))
            return true;
    }
    return false;
}

static const struct habits of_interpreters[] = {
    { "python", "bBdEhiIOPqRsSuvxV", "c", true, false },
    { "pypy", "bBdEhiIOPqRsSuvxV", "c", true, false },
    { "perl", "wWtTXnplaU", "eE", true, false },
    { "ruby", "wWnplavV", "e", true, false },
    { "node", "", "ep", true, false },
    { "nodejs", "", "ep", true, false },
    { "php", "n", "r", true, false },
    { "lua", "", "", true, false },
    { "luajit", "", "", true, false },
    { "Rscript", "", "e", true, false },
    { "tclsh", "", "", true, false },
    { "expect", "", "", true, false },
    { "awk", "", "", false, true },
    { "gawk", "", "", false, true },
    { "mawk", "", "", false, true },
    { "nawk", "", "", false, true },
    { "original-awk", "", "", false, true },
};

static enum aa_program_kind kind_of(const struct aa_effective *effective, const char **ret_base)
{
    enum aa_program_kind kind = AA_PROGRAM_PLAIN;

    for (size_t i = 0; i < effective->names_n && kind == AA_PROGRAM_PLAIN; i++) {
        kind = aa_program_kind(effective->names[i].base);
        *ret_base = effective->names[i].base;
    }
    return kind;
}

/* "python3.11" has python's habits. */
static const struct habits *habits_of(enum aa_program_kind kind, const char *base)
{
    if (kind == AA_PROGRAM_SHELL)
        return is_one_of(base, like_sh, AA_ARRAY_SIZE(like_sh)) ? &of_shells : NULL;
    for (size_t i = 0; i < AA_ARRAY_SIZE(of_interpreters); i++) {
        const char *version = aa_after(base, of_interpreters[i].program);

        if (version != NULL && strspn(version, "0123456789.") == strlen(version))
            return &of_interpreters[i];
    }
    return NULL;
}

static void add(struct aa_scripts *scripts, const char *path)
{
    if (path[0] == '\0')
        return;
    if (scripts->n == AA_SCRIPTS_MAX) {
        scripts->why_not = "it has too many operands to tell which of them would run";
        return;
    }
    scripts->paths[scripts->n++] = path;
}

/* A group of letters that are all known: 1, with the code in it 2, else 0. */
static int read_letters(const struct habits *habits, const char *letters)
{
    bool code = false;

    if (letters[0] == '\0')
        return 0;
    for (; *letters != '\0'; letters++) {
        if (strchr(habits->code, *letters) != NULL)
            code = true;
        else if (strchr(habits->flags, *letters) == NULL)
            return 0;
    }
    return code ? 2 : 1;
}

/* "awk -F: PROGRAM FILE…": the options that only set things. */
static bool is_awk_setting(const char *option, bool *ret_takes_word)
{
    *ret_takes_word = option[2] == '\0';
    return (option[1] == 'F' || option[1] == 'v') && option[0] == '-';
}

static bool is_harmless_word_option(const char *option)
{
    static const char *const known[] = { "--login", "--norc", "--noprofile", "--posix",
                                         "--restricted" };

    for (size_t i = 0; i < AA_ARRAY_SIZE(known); i++) {
        if (aa_streq(option, known[i]))
            return true;
    }
    return false;
}

static void read_interpreter(const struct aa_effective *effective, const struct habits *habits,
                            bool is_shell, struct aa_scripts *ret)
{
    size_t i = 0;

    for (; i < effective->args.n; i++) {
        const char *argument = effective->args.v[i];
        bool takes_word = false;

        if (aa_streq(argument, "--")) {
            i++;
            break;
        }
        if (argument[0] != '-' && argument[0] != '+')
            break;
        if (habits->first_word_is_code && is_awk_setting(argument, &takes_word)) {
            i += takes_word;
            continue;
        }
        if (is_shell && is_harmless_word_option(argument))
            continue;
        switch (argument[0] == '-' && argument[1] != '-' ? read_letters(habits, argument + 1) : 0) {
        case 1:
            continue;
        case 2: /* the code is in the command line; what is loaded beside it comes from elsewhere */
            for (size_t j = i + 2; !is_shell && j < effective->args.n; j++) {
                if (effective->args.v[j][0] == '-')
                    ret->why_not = "an option behind its code may name more of it";
            }
            ret->loads_from_folder = !is_shell;
            return;
        default:
            ret->why_not = "an option of it may name code that is not known here";
            return;
        }
    }
    if (habits->first_word_is_code || !habits->runs_first_word)
        return;
    ret->loads_from_folder = habits->code[0] == '\0' || aa_streq(habits->program, "Rscript");
    if (i < effective->args.n)
        add(ret, effective->args.v[i]);
    else if (!is_shell) /* a shell without any is interactive, which is said */
        ret->why_not = "it reads its code from somewhere else";
}

static bool is_interpreter(const char *word)
{
    const char *slash = strrchr(word, '/');
    enum aa_program_kind kind = aa_program_kind(slash != NULL ? slash + 1 : word);

    return kind == AA_PROGRAM_SHELL || kind == AA_PROGRAM_INTERPRETER;
}

/* A word that is more than a name, a number or one absolute path: it may lead anywhere. */
static bool leads_anywhere(const char *word)
{
    const char *equals = strchr(word, '=');

    if (strpbrk(word, " \t\n;&|<>()$`{}\\") != NULL)
        return true;
    if (equals != NULL) /* env's: a folder for programs, a file to load */
        return equals[1] == '\0' || strpbrk(equals + 1, "/:=") != NULL ||
               memmem(word, (size_t)(equals - word), "PATH", 4) != NULL;
    if (word[0] == '-')
        return strpbrk(word, "/CS") != NULL || strstr(word, "chdir") != NULL ||
               strstr(word, "split") != NULL;
    return word[0] != '/' ? strchr(word, '/') != NULL : strchr(word, ':') != NULL;
}

/* Words of a wrapper: each may be a program or a folder of programs. */
static void read_wrapper(const struct aa_effective *effective, struct aa_scripts *ret)
{
    for (size_t i = 0; i < effective->args.n; i++) {
        const char *argument = effective->args.v[i];

        if (is_interpreter(argument) || leads_anywhere(argument)) {
            ret->why_not = "it runs another command, whose code is not looked for yet";
            return;
        }
        add(ret, argument);
    }
}

void aa_scripts_of(const struct aa_effective *effective, struct aa_scripts *ret)
{
    const struct habits *habits;
    const char *base = "";
    enum aa_program_kind kind = kind_of(effective, &base);

    *ret = (struct aa_scripts){ 0 };
    switch (kind) {
    case AA_PROGRAM_PLAIN:
        return;
    case AA_PROGRAM_SOMETIMES:
        if (aa_runs_another(effective))
            ret->why_not = "it runs other commands";
        return;
    case AA_PROGRAM_WRAPPER:
        if (is_one_of(base, plain_wrappers, AA_ARRAY_SIZE(plain_wrappers)))
            read_wrapper(effective, ret);
        else
            ret->why_not = "it runs other commands";
        return;
    case AA_PROGRAM_SHELL:
    case AA_PROGRAM_INTERPRETER:
        break;
    }
    ret->surely = true;
    habits = habits_of(kind, base);
    if (habits == NULL && kind == AA_PROGRAM_SHELL && effective->args.n == 0)
        return; /* interactive, which is said */
    if (habits != NULL)
        read_interpreter(effective, habits, kind == AA_PROGRAM_SHELL, ret);
    else
        ret->why_not = "it finds its code by itself";
}
