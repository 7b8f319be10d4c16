/* SPDX-License-Identifier: ISC */
#include "classify.h"

#include <errno.h>

#include "hatch.h"
#include "programs.h"
#include "script.h"
#include "shell-call.h"
#include "wrapper.h"

/* The work in progress. Commands are looked at in the order in which they were found. */
struct classifying {
    struct aa_request *request;
    const struct aa_lookup *lookup;
    struct aa_effective *list;
    struct about {
        size_t depth;
        enum { PROGRAM, BUILTIN, SCRIPT } what; /* only a program's arguments are read */
        bool other_root;
        const char *path; /* PATH as the command line sets it; "": not known; NULL: not set */
    } about[AA_EFFECTIVE_MAX];
    size_t n;
    const char *opaque_why;
    bool interactive;
    const char **assigned;
    unsigned char *assigned_doubt;
    size_t assigned_n, assigned_max;
};

enum { ASSIGNED_MAX = 256 };

static int make_opaque(struct classifying *c, const char *why)
{
    if (why == NULL)
        return -ENOMEM;
    if (c->opaque_why == NULL)
        c->opaque_why = why;
    return 0;
}

#define OPAQUE(c, ...) make_opaque((c), aa_arena_printf(&(c)->request->arena, __VA_ARGS__))

/* ---- a command more ---- */

/* A command that was found in the one at "parent". */
struct found {
    size_t parent;
    struct aa_words words, targets, assigned;
    const char *writes_to, *folder;
    bool builtin, other_root, applet;
};

static int know_by_name(struct classifying *c, const char *name, struct aa_effective *effective)
{
    struct aa_known_name *known = AA_NEW(&c->request->arena, struct aa_known_name);

    if (known == NULL)
        return -ENOMEM;
    *known = (struct aa_known_name){ name, aa_base_name(name) };
    effective->names = known;
    effective->names_n = 1;
    return 0;
}

static struct aa_words words_behind(const struct aa_words *words, size_t first)
{
    first = AA_MIN(first, words->n);
    return (struct aa_words){ words->v + first,
                              words->doubt == NULL ? NULL : words->doubt + first, words->n - first };
}

/* PATH as it is set there, the last time; NULL: it is not. */
static const char *path_of(const struct aa_words *assigned)
{
    const char *path = NULL;

    for (size_t i = 0; i < assigned->n; i++) {
        const char *value = aa_after(assigned->v[i], "PATH=");

        if (value != NULL)
            path = aa_doubt_of(assigned, i) == AA_EXACT ? value : "";
    }
    return path;
}

static int keep_assigned(struct classifying *c, const struct aa_words *assigned)
{
    struct aa_arena *arena = &c->request->arena;

    for (size_t i = 0; i < assigned->n; i++) {
        if (c->assigned == NULL) {
            c->assigned = AA_NEW_ARRAY(arena, const char *, ASSIGNED_MAX);
            c->assigned_doubt = AA_NEW_ARRAY(arena, unsigned char, ASSIGNED_MAX);
            if (c->assigned == NULL || c->assigned_doubt == NULL)
                return -ENOMEM;
        }
        if (c->assigned_n == ASSIGNED_MAX)
            return make_opaque(c, "it sets more variables than are looked at");
        c->assigned[c->assigned_n] = assigned->v[i];
        c->assigned_doubt[c->assigned_n++] = (unsigned char)aa_doubt_of(assigned, i);
    }
    return 0;
}

/* A folder that was told inside of a command that may run elsewhere already. */
static const char *folder_below(struct classifying *c, const char *outer, const char *inner)
{
    if (inner == NULL || inner[0] == '\0' || inner[0] == '/')
        return inner == NULL ? outer : inner;
    if (outer == NULL)
        return inner;
    return outer[0] == '\0' ? outer : aa_arena_printf(&c->request->arena, "%s/%s", outer, inner);
}

static bool is_relative_path(const char *name)
{
    return name[0] != '/' && strchr(name, '/') != NULL;
}

/* Which file it is; where that cannot be told, its name is all that is known. */
static int find_program(struct classifying *c, const struct found *found, const struct about *about,
                        struct aa_effective *effective)
{
    const char *name = found->words.v[0];
    const char *why = NULL;
    int r;

    if (found->applet) {
        r = know_by_name(c, name, effective);
        effective->resolved = c->list[found->parent].resolved;
        effective->unbound_why = c->list[found->parent].unbound_why;
        return r;
    }
    if (about->what == BUILTIN)
        return know_by_name(c, name, effective);
    if (about->other_root)
        why = "it runs under another root folder, where its name may mean another file";
    else if (about->path != NULL && about->path[0] == '\0' && strchr(name, '/') == NULL)
        why = "it is looked for in folders that are not known";
    else if (effective->folder != NULL && is_relative_path(name))
        why = "a relative path, and it runs in another folder";
    if (why != NULL || c->lookup == NULL) {
        r = know_by_name(c, name, effective);
        effective->resolved = why == NULL && name[0] == '/' ? name : NULL;
        effective->unbound_why = why;
        return r;
    }
    return c->lookup->program(c->lookup->context, name, about->path, effective);
}

static int add_command(struct classifying *c, const struct found *found)
{
    const struct about *outer = &c->about[found->parent];
    struct about about = { .depth = outer->depth + 1, .what = found->builtin ? BUILTIN : PROGRAM,
                           .other_root = outer->other_root || found->other_root,
                           .path = path_of(&found->assigned) };
    struct aa_effective effective = {
        .args = words_behind(&found->words, 1),
        .targets = found->targets,
        .writes_to = found->writes_to,
        .folder = folder_below(c, c->list[found->parent].folder, found->folder),
        .wrapped = true,
        .builtin = found->builtin,
    };
    int r;

    if (found->folder != NULL && effective.folder == NULL)
        return -ENOMEM;
    if (about.path == NULL)
        about.path = outer->path;
    r = keep_assigned(c, &found->assigned);
    if (r < 0)
        return r;
    if (c->n == AA_EFFECTIVE_MAX)
        return make_opaque(c, "there are more commands in it than are looked at");
    if (found->words.n == 0 || found->words.v[0][0] == '\0')
        return make_opaque(c, "a command in it has no name");
    r = find_program(c, found, &about, &effective);
    if (r < 0)
        return r;
    c->list[c->n] = effective;
    c->about[c->n++] = about;
    return 0;
}

/* ---- what each kind of program runs ---- */

static void set_code_unbound(struct aa_effective *effective, const char *why)
{
    if (effective->code_unbound_why == NULL)
        effective->code_unbound_why = why;
}

/* "-x rc": a file of the folder, perhaps, and it need not be there yet. */
static bool may_be_value(const struct aa_words *args, size_t j)
{
    const char *word = args->v[j], *before = j > 0 ? args->v[j - 1] : "";

    return before[0] == '-' && !aa_streq(before, "--") && word[0] != '-' && word[0] != '/' &&
           word[strspn(word, "0123456789")] != '\0';
}

/* Words of a command that cannot be read: each might be a program, or a file that has code. */
static int look_at_loose_words(struct classifying *c, size_t i)
{
    struct aa_effective *effective = &c->list[i];
    const char *why = NULL;

    for (size_t j = 0; j < effective->args.n && why == NULL; j++) {
        const char *word = effective->args.v[j];

        if (j >= AA_LOOSE_WORDS_MAX)
            why = "it has too many words to tell which of them would run";
        else if (aa_doubt_of(&effective->args, j) != AA_EXACT || aa_word_leads_anywhere(word))
            why = "it runs another command, whose code is not known";
        else if (c->lookup != NULL && word[0] != '\0') {
            int r = c->lookup->code(c->lookup->context, word, effective->folder, false, &why);

            if (r == 0 && why == NULL && word[0] == '-' && word[1] != '\0' && word[2] != '\0')
                r = c->lookup->code(c->lookup->context, word + 2, effective->folder, false, &why);
            if (r == 0 && why == NULL && may_be_value(&effective->args, j))
                r = c->lookup->folder(c->lookup->context, &why);
            if (r < 0)
                return r;
        }
    }
    set_code_unbound(effective, why);
    return 0;
}

static int add_shell_text(struct classifying *c, size_t parent, const char *text,
                          enum aa_shell_dialect dialect, const struct found *like)
{
    struct aa_shell_reading reading = { 0 };
    int r = aa_shell_read(&c->request->arena, text, dialect, &reading);

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
        found.folder = folder_below(c, like->folder, command->folder);
        found.builtin = command->builtin;
        if (command->folder != NULL && found.folder == NULL)
            return -ENOMEM;
        r = add_command(c, &found);
    }
    if (r == 0 && reading.opaque_why != NULL)
        r = make_opaque(c, reading.opaque_why);
    return r;
}

/* A file from which the command at "parent" reads its code: a command of its own, if nobody but root
 * can change it. */
static int add_script(struct classifying *c, size_t parent, size_t at, const char *base)
{
    struct aa_effective *outer = &c->list[parent];
    const char *path = outer->args.v[at];
    struct aa_effective script = { .args = words_behind(&outer->args, at + 1),
                                   .folder = outer->folder, .wrapped = true };
    const char *why = NULL;
    int r;

    if (path[0] == '\0') {
        set_code_unbound(outer, "its script has no name");
        return OPAQUE(c, "%.64s is given a script without a name", base);
    }
    if (c->about[parent].other_root)
        why = "its script is under another root folder";
    else if (outer->folder != NULL && path[0] != '/')
        why = "its script has a relative path, and it runs in another folder";
    if (c->lookup == NULL || why != NULL) {
        r = know_by_name(c, path, &script);
        script.unbound_why = why;
    } else {
        r = c->lookup->script(c->lookup->context, path, &script);
    }
    if (r < 0)
        return r;
    if (script.unbound_why != NULL) {
        /* "sh //dev/stdin", a link to a terminal */
        c->interactive |= script.resolved == NULL && c->lookup != NULL && why == NULL &&
                          (c->about[parent].what == BUILTIN || aa_program_kind(base) == AA_PROGRAM_SHELL);
        set_code_unbound(outer, script.unbound_why);
        r = OPAQUE(c, "%.64s runs code from a file that others could change: %.200s", base, path);
        if (r < 0)
            return r;
        script.unbound_why = NULL; /* it is said of the program that reads it */
        script.resolved = NULL;
    }
    if (c->n == AA_EFFECTIVE_MAX)
        return make_opaque(c, "there are more commands in it than are looked at");
    c->about[c->n] = c->about[parent];
    c->about[c->n].depth++;
    c->about[c->n].what = SCRIPT;
    c->list[c->n++] = script;
    return 0;
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
        set_code_unbound(shell, "its language is not read here");
        return OPAQUE(c, "%.64s is a shell whose language is not read", base);
    }
    switch (call.form) {
    case AA_SHELL_TEXT:
        return add_shell_text(c, i, shell->args.v[call.at], dialect, &like);
    case AA_SHELL_SCRIPT:
        return add_script(c, i, call.at, base);
    case AA_SHELL_INTERACTIVE:
        return OPAQUE(c, "%.64s is a shell that takes commands from a terminal or a pipe", base);
    case AA_SHELL_UNREADABLE:
        break;
    }
    set_code_unbound(shell, "an option of it may name code that is not known here");
    return OPAQUE(c, "%.64s is a shell, and its options are not known here", base);
}

static int read_interpreter(struct classifying *c, size_t i, const char *known, const char *base)
{
    struct aa_effective *effective = &c->list[i];
    struct aa_script_call call;
    int r = 0;

    aa_script_call_read(known, &effective->args, &call);
    set_code_unbound(effective, call.why_not);
    if (call.loads_from_folder && effective->code_unbound_why == NULL && c->lookup != NULL) {
        const char *why = effective->folder != NULL ? "it loads code from a folder that is not known" :
                                                      NULL;

        if (why == NULL)
            r = c->lookup->folder(c->lookup->context, &why);
        set_code_unbound(effective, why);
    }
    if (r == 0 && call.has_script)
        r = add_script(c, i, call.at, base);
    if (r == 0 && (!call.has_script || call.why_not != NULL))
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
            r = keep_assigned(c, &inner->assigned);
            if (r == 0)
                r = add_shell_text(c, i, inner->words.v[0], inner->dialect, &found);
            if (r == 0 && sets_shell(c))
                r = OPAQUE(c, "which shell %.64s starts is up to a variable that the command sets", base);
        } else if (inner->shell_text) {
            r = OPAQUE(c, "%.64s runs text that is made at run time", base);
        } else {
            r = add_command(c, &found);
        }
    }
    if (r < 0 || wrapped.opaque_why == NULL)
        return r;
    c->interactive |= wrapped.starts_shell;
    r = make_opaque(c, wrapped.opaque_why);
    return r < 0 || (wrapped.starts_shell && wrapped.n == 0) ? r : look_at_loose_words(c, i);
}

static int read_hatches(struct classifying *c, size_t i, const char *base)
{
    const struct found like = { .other_root = false };
    const struct aa_words args = c->list[i].args;
    struct aa_hatches hatches;
    int r = aa_hatches_find(&c->request->arena, base, &args, &hatches);

    if (r < 0 || hatches.why == NULL)
        return r;
    r = make_opaque(c, hatches.why);
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

/* git runs hooks and programs that the repository names, and takes one of the caller's for its own. */
static int read_git(struct classifying *c, size_t i)
{
    struct aa_effective *effective = &c->list[i];
    const char *why = effective->folder != NULL ? "it runs in another folder" : NULL;
    int r = 0;

    if (c->lookup == NULL)
        return 0;
    if (why == NULL)
        r = c->lookup->folder(c->lookup->context, &why);
    if (r == 0 && why == NULL)
        r = c->lookup->code(c->lookup->context, ".git", NULL, false, &why);
    for (size_t j = 0; r == 0 && why == NULL && j < effective->args.n; j++) {
        const char *word = effective->args.v[j], *value = word[0] == '-' ? strchr(word, '=') : word - 1;

        if (aa_doubt_of(&effective->args, j) != AA_EXACT)
            why = "which repository it works on is not known";
        else if (value != NULL && value[1] != '\0' && j < AA_LOOSE_WORDS_MAX)
            r = c->lookup->code(c->lookup->context, value + 1, effective->folder, false, &why);
    }
    if (r < 0 || why == NULL)
        return r;
    set_code_unbound(effective, why);
    return OPAQUE(c, "git runs what its repository says, and others could change that: %.200s", why);
}

/* ---- each command in its turn ---- */

/* Multi-call programs are what they are called by; only by their own name do they take an applet. */
static bool is_multicall(const char *base)
{
    return aa_after(base, "busybox") != NULL || aa_after(base, "toybox") != NULL ||
           aa_streq(base, "coreutils") || aa_streq(base, "uutils");
}

static bool is_called_otherwise(const struct aa_effective *effective, size_t name)
{
    return name > 0 && is_multicall(effective->names[name].base) &&
           !is_multicall(effective->names[0].base);
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
        return add_script(c, i, 0, base);
    set_code_unbound(effective, "the file of its code is looked for in several folders");
    return OPAQUE(c, "\"%s\" runs a file that is not named for certain", base);
}

static int read_one(struct classifying *c, size_t i)
{
    const struct aa_effective *effective = &c->list[i];
    const char *known, *base;

    if (c->about[i].what == BUILTIN)
        return read_builtin(c, i);
    if (c->about[i].what == SCRIPT)
        return 0;
    if (is_in_disguise(effective)) {
        int r = make_opaque(c, "it is called by a name that says another program than its file");

        if (r < 0)
            return r;
    }
    for (size_t j = 0; j < effective->names_n; j++) {
        base = effective->names[j].base;
        if (is_called_otherwise(effective, j))
            continue;
        switch (aa_program_known(base, &known)) {
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
            r = read_git(c, i);
        if (r < 0 || c->opaque_why != NULL)
            return r;
    }
    return 0;
}

static int read_all(struct classifying *c, unsigned flags)
{
    const char *known;
    bool is_shell = false;

    for (size_t j = 0; j < c->list[0].names_n; j++)
        is_shell |= aa_program_known(c->list[0].names[j].base, &known) == AA_PROGRAM_SHELL;
    for (size_t i = 0; i < c->n; i++) {
        int r = c->about[i].depth < AA_CLASSIFY_DEPTH_MAX ?
                    read_one(c, i) :
                    make_opaque(c, "commands in it are nested too deep");

        if (r < 0)
            return r;
    }
    /* sudo -s and -i start the account's shell, whatever that is called */
    if ((flags & AA_SHELL_REQUESTED) != 0 && !is_shell) {
        struct aa_shell_call call = { .form = AA_SHELL_UNREADABLE };

        aa_shell_call_read(AA_SHELL_SH, &c->list[0].args, &call);
        c->interactive |= call.form != AA_SHELL_TEXT && call.form != AA_SHELL_SCRIPT;
        return make_opaque(c, "a shell was asked for, and it is none that is known");
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
    c->list = AA_NEW_ARRAY(&request->arena, struct aa_effective, AA_EFFECTIVE_MAX);
    if (c->list == NULL)
        return -ENOMEM;
    c->list[0] = request->effective[0];
    c->n = 1;
    r = read_all(c, flags);
    request->effective = c->list;
    request->effective_n = c->n;
    request->interactive_shell = c->interactive;
    request->opaque_why = c->opaque_why;
    request->assigned = (struct aa_words){ c->assigned, c->assigned_doubt, c->assigned_n };
    return r;
}
