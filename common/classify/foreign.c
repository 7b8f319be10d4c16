/* SPDX-License-Identifier: ISC */
#include "foreign.h"

#include <errno.h>

#include "base/link.h"
#include "programs.h"
#include "script.h"
#include "shell-call.h"

static int look(struct aa_arena *arena, const struct aa_words *words, unsigned depth,
                struct aa_foreign *ret);

static int note(struct aa_arena *arena, struct aa_foreign *ret, const char *base, const char *what)
{
    if (ret->code_why == NULL)
        ret->code_why = aa_arena_printf(arena, "%.64s %s", base, what);
    return ret->code_why == NULL ? -ENOMEM : 0;
}

static void add_name(struct aa_foreign *ret, const char *name)
{
    if (ret->n < AA_FOREIGN_NAMES_MAX)
        ret->names[ret->n++] = name;
    else if (ret->code_why == NULL)
        ret->code_why = "there are more commands in it than are looked at";
}

static int look_at_shell(struct aa_arena *arena, const char *known, const char *base,
                         const struct aa_words *args, unsigned depth, struct aa_foreign *ret)
{
    struct aa_shell_call call = { .form = AA_SHELL_UNREADABLE };
    struct aa_shell_reading reading = { 0 };
    enum aa_shell_dialect dialect = AA_SHELL_SH;
    int r;

    if (!aa_shell_dialect_of(known, &dialect))
        return args->n > 0 ? note(arena, ret, base, "is a shell whose language is not read") : 0;
    aa_shell_call_read(dialect, args, &call);
    if (call.form == AA_SHELL_SCRIPT)
        add_name(ret, args->v[call.at]);
    if (call.form == AA_SHELL_UNREADABLE)
        return note(arena, ret, base, "is a shell, and its options are not known here");
    if (call.form != AA_SHELL_TEXT)
        return 0;
    r = aa_shell_read(arena, args->v[call.at], dialect, &reading);
    if (r == 0 && reading.opaque_why != NULL && ret->code_why == NULL)
        ret->code_why = reading.opaque_why;
    for (size_t i = 0; r == 0 && i < reading.n; i++) {
        const struct aa_words *command = &reading.commands[i].words;

        if (command->n == 0)
            continue;
        add_name(ret, command->v[0]);
        r = look(arena, command, depth + 1, ret);
    }
    return r;
}

static int look_at_interpreter(struct aa_arena *arena, const char *known, const char *base,
                               const struct aa_words *args, struct aa_foreign *ret)
{
    struct aa_script_call call;

    if (args->n == 0)
        return 0;
    aa_script_call_read(known, args, &call);
    if (call.has_script)
        add_name(ret, args->v[call.at]);
    return call.has_script && call.why_not == NULL ? 0 : note(arena, ret, base, "runs code");
}

static int look(struct aa_arena *arena, const struct aa_words *words, unsigned depth,
                struct aa_foreign *ret)
{
    int r = 0;

    if (depth >= AA_FOREIGN_DEPTH_MAX) {
        if (ret->code_why == NULL)
            ret->code_why = "commands in it are nested too deep";
        return 0;
    }
    for (size_t i = 0; r == 0 && i < words->n; i++) {
        const struct aa_words args = { words->v + i + 1,
                                       words->doubt == NULL ? NULL : words->doubt + i + 1,
                                       words->n - i - 1 };
        const char *known, *base = aa_base_name(words->v[i]);

        switch (aa_program_known(base, &known)) {
        case AA_PROGRAM_SHELL:
            r = look_at_shell(arena, known, base, &args, depth, ret);
            break;
        case AA_PROGRAM_INTERPRETER:
            r = look_at_interpreter(arena, known, base, &args, ret);
            break;
        default:
            break;
        }
    }
    return r;
}

int aa_classify_foreign(struct aa_arena *arena, const struct aa_words *words, struct aa_foreign *ret)
{
    return look(arena, words, 0, ret);
}
