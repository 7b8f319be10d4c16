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

/* A shell with neither -c nor a script to run talks to whoever is at the other end. */
static bool is_interactive(const struct aa_effective *shell)
{
    bool operand = false, forced = false;

    for (size_t i = 0; i < shell->args_n; i++) {
        const char *argument = shell->args[i];

        if ((argument[0] != '-' && argument[0] != '+') || argument[1] == '\0') {
            operand = true;
            break;
        }
        if (argument[0] == '-' && argument[1] != '-' && strchr(argument, 'c') != NULL)
            return false;
        forced |= argument[0] == '-' && argument[1] != '-' && strchr(argument, 'i') != NULL;
    }
    return !operand || forced;
}

/* find's actions that run a command; ip's "exec", which it takes abbreviated, and its batches. */
static bool has_running_argument(const struct aa_effective *effective)
{
    for (size_t i = 0; i < effective->args_n; i++) {
        const char *argument = effective->args[i];

        if (aa_after(argument, "-exec") != NULL || aa_after(argument, "-ok") != NULL ||
            aa_after(argument, "-b") != NULL ||
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
            what = has_running_argument(effective) ? "runs other commands" : NULL;
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
