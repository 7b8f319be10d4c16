/* SPDX-License-Identifier: ISC */
#include "classify.h"

#include <errno.h>

#include "programs.h"

static enum aa_program_kind kind_of(const struct aa_effective *effective, const char **ret_name)
{
    for (size_t i = 0; i < effective->names_n; i++) {
        enum aa_program_kind kind = aa_program_kind(effective->names[i].base);

        if (kind != AA_PROGRAM_PLAIN) {
            *ret_name = effective->names[i].base;
            return kind;
        }
    }
    return AA_PROGRAM_PLAIN;
}

/* What stands for the terminal or a pipe where a script is expected. */
static bool is_input(const char *operand)
{
    return aa_streq(operand, "-") || aa_after(operand, "/dev/") != NULL ||
           aa_after(operand, "/proc/") != NULL;
}

/* A shell with neither -c nor a script to run talks to whoever is at the other end. Only what is
 * plainly one of these is not interactive: an option that is not known here may take the word behind
 * it, which is then no script. */
static bool is_interactive(const struct aa_effective *shell)
{
    static const char *const harmless[] = { "--login", "--norc", "--noprofile", "--posix", "--restricted" };
    bool forced = false;

    for (size_t i = 0; i < shell->args.n; i++) {
        const char *argument = shell->args.v[i];
        bool known = false;

        if (argument[0] != '-' && argument[0] != '+')
            return forced || is_input(argument); /* else a script */
        if (aa_streq(argument, "--"))
            return i + 1 == shell->args.n || is_input(shell->args.v[i + 1]);
        for (size_t j = 0; j < AA_ARRAY_SIZE(harmless); j++)
            known |= aa_streq(argument, harmless[j]);
        if (known)
            continue;
        if (argument[0] == '+' || argument[1] == '\0' ||
            strspn(argument + 1, "abcefhiklmnprtuvxBCEHPT") != strlen(argument + 1) ||
            (strlen(argument) > 3 && strpbrk(argument, "rp") != NULL)) /* -norc, -restricted */
            return true;
        if (strchr(argument, 'c') != NULL)
            return false;
        forced |= strchr(argument, 'i') != NULL;
    }
    return true;
}

/* find's actions that run a command; ip's "exec", which it takes abbreviated, and its batches. */
bool aa_runs_another(const struct aa_effective *effective)
{
    for (size_t i = 0; i < effective->args.n; i++) {
        const char *argument = effective->args.v[i];

        if (aa_after(argument, "-exec") != NULL || aa_after(argument, "-ok") != NULL ||
            aa_after(argument, "-b") != NULL || aa_after(argument, "--b") != NULL ||
            (argument[0] == 'e' && aa_after("exec", argument) != NULL))
            return true;
    }
    return false;
}

int aa_classify(struct aa_request *request, unsigned flags)
{
    for (size_t i = 0; i < request->effective_n && request->opaque_why == NULL; i++) {
        const struct aa_effective *effective = &request->effective[i];
        const char *name = "", *what = NULL;

        switch (kind_of(effective, &name)) {
        case AA_PROGRAM_PLAIN:
            break;
        case AA_PROGRAM_SOMETIMES:
            what = aa_runs_another(effective) ? "runs other commands" : NULL;
            break;
        case AA_PROGRAM_WRAPPER:
            what = "runs other commands";
            break;
        case AA_PROGRAM_INTERPRETER:
            what = "runs code";
            break;
        case AA_PROGRAM_SHELL:
            what = "is a shell";
            request->interactive_shell = is_interactive(effective);
            break;
        }
        if (what == NULL)
            continue;
        request->opaque_why = aa_arena_printf(&request->arena, "%s %s", name, what);
        if (request->opaque_why == NULL)
            return -ENOMEM;
    }
    /* sudo -s and -i start the account's shell, whatever that is called */
    if ((flags & AA_SHELL_REQUESTED) != 0 && request->effective_n > 0) {
        request->interactive_shell |= is_interactive(&request->effective[0]);
        if (request->opaque_why == NULL)
            request->opaque_why = "a shell was asked for";
    }
    return 0;
}
