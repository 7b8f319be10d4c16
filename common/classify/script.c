/* SPDX-License-Identifier: ISC */
#include "script.h"

#include <errno.h>

#include "programs.h"

enum reading {
    READ_FIRST, /* so far, the first operand is the script */
    READ_ALL,   /* an option that is not known here may have taken a word */
    READ_NONE,  /* the code stands in the command line */
};

static enum aa_program_kind kind_of(const struct aa_effective *effective)
{
    enum aa_program_kind kind = AA_PROGRAM_PLAIN;

    for (size_t i = 0; i < effective->names_n && kind == AA_PROGRAM_PLAIN; i++)
        kind = aa_program_kind(effective->names[i].base);
    return kind;
}

/* Options that are known to take no word, by the kind of program; and those that bring the code. */
static enum reading read_option(enum aa_program_kind kind, const char *option)
{
    static const char *const inline_code[] = { "-c", "-e", "-m", "--eval", "--print", "--command" };
    const char *letters = kind == AA_PROGRAM_SHELL ? "abefhiklmnprtuvxBCEHPT" : "BOsuv";

    for (size_t i = 0; i < AA_ARRAY_SIZE(inline_code); i++) {
        if (aa_streq(option, inline_code[i]))
            return READ_NONE;
    }
    if (option[0] != '-' || option[1] == '-' || option[1] == '\0')
        return READ_ALL;
    if (kind == AA_PROGRAM_SHELL && strspn(option + 1, "abcefhiklmnprtuvxBCEHPT") ==
                                        strlen(option + 1) && strchr(option, 'c') != NULL)
        return READ_NONE;
    return strspn(option + 1, letters) == strlen(option + 1) ? READ_FIRST : READ_ALL;
}

int aa_script_operands(const struct aa_effective *effective, size_t ret[AA_SCRIPTS_MAX])
{
    enum aa_program_kind kind = kind_of(effective);
    enum reading reading = READ_FIRST;
    bool options = true;
    int n = 0;

    if (kind == AA_PROGRAM_PLAIN)
        return 0;
    if (kind == AA_PROGRAM_WRAPPER || kind == AA_PROGRAM_SOMETIMES) {
        reading = READ_ALL;
        options = false;
    }
    for (size_t i = 0; i < effective->args_n; i++) {
        const char *argument = effective->args[i];

        if (options && aa_streq(argument, "--")) {
            options = false;
            continue;
        }
        if (options && (argument[0] == '-' || argument[0] == '+')) {
            enum reading now = read_option(kind, argument);

            if (now == READ_NONE && reading == READ_FIRST)
                return 0;
            if (now != READ_FIRST)
                reading = READ_ALL;
            continue;
        }
        if (n == AA_SCRIPTS_MAX)
            return -E2BIG;
        ret[n++] = i;
        if (reading == READ_FIRST)
            return n;
    }
    return n;
}
