/* SPDX-License-Identifier: ISC */
#include "script.h"

#include "programs.h"

/* How a program takes its code. Options that are not named here make it uncertain. */
struct habits {
    const char *program;
    const char *flags; /* letters that take no word and load nothing */
    const char *code;  /* the letters behind which the code stands, in a group with flags; or "" */
    bool first_word_is_code; /* else it is the script */
};

static const struct habits habits[] = {
    { "python", "bBdEhiIOPqRsSuvxV", "c", false },
    { "pypy", "bBdEhiIOPqRsSuvxV", "c", false },
    { "perl", "wWtTXnplaU", "eE", false },
    { "ruby", "wWnplavV", "e", false },
    { "node", "", "ep", false },
    { "nodejs", "", "ep", false },
    { "php", "n", "r", false },
    { "lua", "", "", false },
    { "luajit", "", "", false },
    { "Rscript", "", "e", false },
    { "tclsh", "", "", false },
    { "expect", "", "", false },
    { "awk", "", "", true },
    { "gawk", "", "", true },
    { "mawk", "", "", true },
    { "nawk", "", "", true },
    { "original-awk", "", "", true },
};

static const struct habits *habits_of(const char *known)
{
    for (size_t i = 0; i < AA_ARRAY_SIZE(habits); i++) {
        if (aa_streq(known, habits[i].program))
            return &habits[i];
    }
    return NULL;
}

/* A group of letters that are all known: 1, with the code in it 2, else 0. */
static int read_letters(const struct habits *of, const char *letters)
{
    bool code = false;

    if (letters[0] == '\0')
        return 0;
    for (; *letters != '\0'; letters++) {
        if (strchr(of->code, *letters) != NULL)
            code = true;
        else if (strchr(of->flags, *letters) == NULL)
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

/* The code is in the command line; what is loaded beside it comes from elsewhere. */
static void read_inline(const struct aa_words *arguments, size_t behind, struct aa_script_call *ret)
{
    for (size_t i = behind; i < arguments->n; i++) {
        if (aa_doubt_of(arguments, i) != AA_EXACT || arguments->v[i][0] == '-')
            ret->why_not = "an option behind its code may name more of it";
    }
    ret->loads_from_folder = true;
}

void aa_script_call_read(const char *known, const struct aa_words *arguments,
                         struct aa_script_call *ret)
{
    const struct habits *of = habits_of(known);
    size_t i = 0;

    *ret = (struct aa_script_call){ 0 };
    if (of == NULL) {
        ret->why_not = "it finds its code by itself";
        return;
    }
    for (; i < arguments->n; i++) {
        const char *argument = arguments->v[i];
        bool takes_word = false;

        if (aa_doubt_of(arguments, i) != AA_EXACT) {
            ret->why_not = "its code is named by a word that is made at run time";
            return;
        }
        if (aa_streq(argument, "--")) {
            i++;
            break;
        }
        if (argument[0] != '-' && argument[0] != '+')
            break;
        if (of->first_word_is_code && is_awk_setting(argument, &takes_word)) {
            i += takes_word;
            continue;
        }
        switch (argument[0] == '-' && argument[1] != '-' ? read_letters(of, argument + 1) : 0) {
        case 1:
            continue;
        case 2:
            read_inline(arguments, i + 2, ret);
            return;
        default:
            ret->why_not = "an option of it may name code that is not known here";
            return;
        }
    }
    if (of->first_word_is_code)
        return;
    ret->loads_from_folder = of->code[0] == '\0' || aa_streq(of->program, "Rscript");
    ret->has_script = i < arguments->n && aa_doubt_of(arguments, i) == AA_EXACT &&
                      arguments->v[i][0] != '\0';
    ret->at = i;
    if (!ret->has_script)
        ret->why_not = "it reads its code from somewhere else";
}

static bool is_interpreter(const char *word)
{
    enum aa_program_kind kind = aa_program_kind(aa_base_name(word));

    return kind == AA_PROGRAM_SHELL || kind == AA_PROGRAM_INTERPRETER;
}

/* More than a name, a number or one absolute path. */
bool aa_word_leads_anywhere(const char *word)
{
    const char *equals = strchr(word, '=');

    if (strpbrk(word, " \t\n;&|<>()$`{}\\") != NULL || is_interpreter(word))
        return true;
    if (word[0] == '-' && (strpbrk(word, "/CS") != NULL || strstr(word, "chdir") != NULL ||
                           strstr(word, "split") != NULL))
        return true;
    if (equals != NULL) /* a folder for programs, a file to load */
        return equals[1] == '\0' || strpbrk(equals + 1, "/:=") != NULL ||
               memmem(word, (size_t)(equals - word), "PATH", 4) != NULL;
    return word[0] != '/' ? strchr(word, '/') != NULL : strchr(word, ':') != NULL;
}
