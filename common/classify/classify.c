/* SPDX-License-Identifier: ISC */
#include "classify-internal.h"

#include <errno.h>

#include "hatch.h"
#include "programs.h"
#include "script.h"
#include "shell-call.h"
#include "wrapper.h"

/* ---- what each kind of program runs ---- */

static int add_shell_text(struct classifying *c, size_t parent, const char *text,
                          enum aa_shell_dialect dialect, const struct found *like)
{
    struct aa_shell_reading reading = { 0 };
    int r = aa_shell_read(&c->request->arena, text, dialect, &reading);

    c->has_text = true;
    /* without PATH, as by "env -i", each shell has folders of its own */
    if (c->about[parent].path != NULL && aa_streq(c->about[parent].path, "/bin:/usr/bin"))
        c->about[parent].path = "";
    for (size_t i = 0; r == 0 && i < reading.n; i++) {
        const struct aa_shell_command *command = &reading.commands[i];
        struct found found = *like;

        found.parent = parent;
        found.words = command->words;
        found.targets = command->targets;
        found.assigned = command->assigned;
        found.writes_to = command->writes_to;
        found.folder = aa_classify_folder_below(c, like->folder, command->folder);
        found.builtin = command->builtin;
        if (command->folder != NULL && found.folder == NULL)
            return -ENOMEM;
        r = aa_classify_add(c, &found);
    }
    if (r == 0 && reading.opaque_why != NULL)
        r = aa_classify_opaque(c, reading.opaque_why);
    return r;
}

static int read_shell(struct classifying *c, size_t i, const char *known, const char *base)
{
    const struct found like = { .other_root = false };
    struct aa_effective *shell = &c->list[i];
    enum aa_shell_dialect dialect = AA_SHELL_SH;
    bool readable = aa_shell_dialect_of(known, &dialect);
    struct aa_shell_call call = { .form = AA_SHELL_UNREADABLE };

    aa_shell_call_read(dialect, &shell->args, &call);
    c->interactive |= call.typed;
    if (!readable && call.form != AA_SHELL_INTERACTIVE) {
        aa_set_code_unbound(shell, "its language is not read here");
        return OPAQUE(c, "%.64s is a shell whose language is not read", base);
    }
    switch (call.form) {
    case AA_SHELL_TEXT:
        return add_shell_text(c, i, shell->args.v[call.at], dialect, &like);
    case AA_SHELL_SCRIPT:
        return aa_classify_add_script(c, i, call.at, base);
    case AA_SHELL_INTERACTIVE:
        return OPAQUE_INPUT(c, "%.64s is a shell that takes commands from a terminal or a pipe", base);
    case AA_SHELL_UNREADABLE:
        break;
    }
    aa_set_code_unbound(shell, "an option of it may name code that is not known here");
    return OPAQUE(c, "%.64s is a shell, and its options are not known here", base);
}

static int read_interpreter(struct classifying *c, size_t i, const char *known, const char *base)
{
    struct aa_effective *effective = &c->list[i];
    struct aa_script_call call;
    int r = 0;

    aa_script_call_read(known, &effective->args, &call);
    aa_set_code_unbound(effective, call.why_not);
    if (call.loads_from_folder && effective->code_unbound_why == NULL && c->lookup != NULL) {
        const char *why = effective->folder != NULL ? "it loads code from a folder that is not known" :
                                                      NULL;

        if (why == NULL)
            r = c->lookup->folder(c->lookup->context, &why);
        aa_set_code_unbound(effective, why);
    }
    if (r == 0 && call.has_script)
        r = aa_classify_add_script(c, i, call.at, base);
    if (r == 0 && effective->args.n == 0)
        r = OPAQUE_INPUT(c, "%.64s runs code", base);
    else if (r == 0 && (!call.has_script || call.why_not != NULL))
        r = OPAQUE(c, "%.64s runs code", base);
    return r;
}

/* flock, script, sudo and others give a string to the shell that SHELL names. */
static bool sets_shell(const struct classifying *c)
{
    for (size_t i = 0; i < c->assigned_n; i++) {
        if (aa_after(c->assigned[i], "SHELL=") != NULL)
            return true;
    }
    return false;
}

static int read_wrapper(struct classifying *c, size_t i, const char *base)
{
    struct aa_wrapped wrapped = { .n = 0 };
    const struct aa_words args = c->list[i].args;
    int r = aa_wrapper_read(&c->request->arena, base, &args, &wrapped);

    for (size_t j = 0; r == 0 && j < wrapped.n; j++) {
        const struct aa_inner *inner = &wrapped.inner[j];
        struct found found = { .parent = i, .words = inner->words, .assigned = inner->assigned,
                               .folder = inner->folder, .other_root = inner->other_root,
                               .applet = inner->applet };

        if (inner->shell_text && inner->words.n > 0 && aa_doubt_of(&inner->words, 0) == AA_EXACT) {
            found.path = aa_path_assigned(&inner->assigned);
            r = aa_classify_keep_assigned(c, &inner->assigned);
            if (r == 0)
                r = add_shell_text(c, i, inner->words.v[0], inner->dialect, &found);
            if (r == 0 && sets_shell(c))
                r = OPAQUE(c, "which shell %.64s starts is up to a variable that the command sets", base);
        } else if (inner->shell_text) {
            r = OPAQUE(c, "%.64s runs text that is made at run time", base);
        } else {
            r = aa_classify_add(c, &found);
        }
    }
    if (r < 0 || wrapped.opaque_why == NULL)
        return r;
    c->interactive |= wrapped.starts_shell;
    r = aa_classify_opaque(c, wrapped.opaque_why);
    return r < 0 || (wrapped.starts_shell && wrapped.n == 0) ? r : aa_look_at_loose_words(c, i);
}

/* Most commands have no other in them: room for those is made when the first may come. */
static int make_room(struct classifying *c)
{
    struct aa_effective *list;

    if (c->has_room)
        return 0;
    list = AA_NEW_ARRAY(&c->request->arena, struct aa_effective, AA_EFFECTIVE_MAX);
    if (list == NULL)
        return -ENOMEM;
    memcpy(list, c->list, c->n * sizeof(*list));
    c->list = list;
    c->has_room = true;
    return 0;
}

static int read_hatches(struct classifying *c, size_t i, const char *base)
{
    const struct found like = { .other_root = false };
    const struct aa_words args = c->list[i].args;
    struct aa_hatches hatches;
    int r = aa_hatches_find(&c->request->arena, base, &args, &hatches);

    if (r < 0 || hatches.why == NULL)
        return r;
    if (make_room(c) < 0)
        return -ENOMEM;
    r = hatches.from_input ? aa_classify_opaque_input(c, hatches.why) :
                             aa_classify_opaque(c, hatches.why);
    for (size_t j = 0; r == 0 && j < hatches.n; j++) {
        size_t first = c->n;

        r = add_shell_text(c, i, hatches.texts[j], AA_SHELL_SH, &like);
        /* a guess is enough to ask for, and not enough to refuse for */
        for (; r == 0 && first < c->n; first++)
            c->list[first].unbound_why = c->list[first].resolved == NULL ? NULL :
                                                                           c->list[first].unbound_why;
    }
    return r;
}

/* ---- each command in its turn ---- */

static bool is_called_otherwise(const struct aa_effective *effective, size_t name)
{
    return name > 0 && aa_is_multi_call(effective->names[name].base) &&
           !aa_is_multi_call(effective->names[0].base);
}

/* A link of somebody's own, by the name of one program to another: which of the two reads the
 * arguments is up to the file, and the name is what would be believed. */
static bool is_in_disguise(const struct aa_effective *effective)
{
    const char *first = NULL, *known;

    for (size_t j = 0; effective->unbound_why != NULL && j < effective->names_n; j++) {
        if (is_called_otherwise(effective, j) ||
            aa_program_known(effective->names[j].base, &known) == AA_PROGRAM_PLAIN)
            continue;
        if (first != NULL && !aa_streq(first, known))
            return true;
        first = known;
    }
    return false;
}

/* Of a shell's own commands only "." reads a file: by its path, else on PATH or in the folder. */
static int read_builtin(struct classifying *c, size_t i)
{
    struct aa_effective *effective = &c->list[i];
    const char *base = effective->names[0].base;

    if (!aa_streq(base, ".") && !aa_streq(base, "source"))
        return 0;
    if (effective->args.n > 0 && aa_doubt_of(&effective->args, 0) == AA_EXACT &&
        strchr(effective->args.v[0], '/') != NULL)
        return aa_classify_add_script(c, i, 0, base);
    aa_set_code_unbound(effective, "the file of its code is looked for in several folders");
    return OPAQUE(c, "\"%s\" runs a file that is not named for certain", base);
}

static int read_one(struct classifying *c, size_t i)
{
    const struct aa_effective *effective = &c->list[i];
    enum aa_program_kind kind;
    const char *known, *base;

    if (c->about[i].what == BUILTIN)
        return read_builtin(c, i);
    if (c->about[i].what == SCRIPT)
        return 0;
    if (is_in_disguise(effective)) {
        int r = aa_classify_opaque(c, "it is called by a name that says another program than its file");

        if (r < 0)
            return r;
    }
    for (size_t j = 0; j < effective->names_n; j++) {
        base = effective->names[j].base;
        if (is_called_otherwise(effective, j))
            continue;
        kind = aa_program_known(base, &known);
        if (kind != AA_PROGRAM_PLAIN && make_room(c) < 0)
            return -ENOMEM;
        switch (kind) {
        case AA_PROGRAM_SHELL:
            return read_shell(c, i, known, base);
        case AA_PROGRAM_INTERPRETER:
            return read_interpreter(c, i, known, base);
        case AA_PROGRAM_WRAPPER:
        case AA_PROGRAM_SOMETIMES:
            return read_wrapper(c, i, base);
        case AA_PROGRAM_PLAIN:
            break;
        }
    }
    for (size_t j = 0; j < effective->names_n; j++) {
        int r = is_called_otherwise(effective, j) ? 0 :
                                                    read_hatches(c, i, effective->names[j].base);

        if (r == 0 && aa_streq(effective->names[j].base, "git"))
            r = aa_read_git(c, i);
        if (r < 0 || c->opaque_why != NULL)
            return r;
    }
    return 0;
}

static int read_all(struct classifying *c, unsigned flags)
{
    const char *known;
    bool is_shell = false;

    for (size_t j = 0; (flags & AA_SHELL_REQUESTED) != 0 && j < c->list[0].names_n; j++)
        is_shell |= aa_program_known(c->list[0].names[j].base, &known) == AA_PROGRAM_SHELL;
    for (size_t i = 0; i < c->n; i++) {
        int r = c->about[i].depth < AA_CLASSIFY_DEPTH_MAX ?
                    read_one(c, i) :
                    aa_classify_opaque(c, "commands in it are nested too deep");

        if (r < 0)
            return r;
    }
    /* sudo -s and -i start the account's shell, whatever that is called */
    if ((flags & AA_SHELL_REQUESTED) != 0 && !is_shell) {
        struct aa_shell_call call = { .form = AA_SHELL_UNREADABLE };

        aa_shell_call_read(AA_SHELL_SH, &c->list[0].args, &call);
        c->interactive |= call.form != AA_SHELL_TEXT && call.form != AA_SHELL_SCRIPT;
        return aa_classify_opaque(c, "a shell was asked for, and it is none that is known");
    }
    return 0;
}

int aa_classify(struct aa_request *request, const struct aa_lookup *lookup, unsigned flags)
{
    struct classifying *c;
    int r;

    if (request->effective_n == 0)
        return 0;
    c = AA_NEW(&request->arena, struct classifying);
    if (c == NULL)
        return -ENOMEM;
    c->request = request;
    c->lookup = lookup;
    c->list = AA_NEW(&request->arena, struct aa_effective); /* the only one, for now */
    if (c->list == NULL)
        return -ENOMEM;
    c->list[0] = request->effective[0];
    c->n = 1;
    r = read_all(c, flags);
    request->effective = c->list;
    request->effective_n = c->n;
    request->interactive_shell = c->interactive;
    request->opaque_why = c->opaque_why;
    request->code_why = c->code_why != NULL ? c->code_why : c->has_text ? c->input_why : NULL;
    request->assigned = (struct aa_words){ c->assigned, c->assigned_doubt, c->assigned_n };
    return r;
}
