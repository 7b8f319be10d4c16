/* SPDX-License-Identifier: ISC */
/* A command more: which file it is, where it runs, what it is given. */
#include "classify-internal.h"

#include <errno.h>

#include "programs.h"

enum { ASSIGNED_MAX = 256 };

int aa_classify_opaque(struct classifying *c, const char *why)
{
    if (why == NULL)
        return -ENOMEM;
    if (c->opaque_why == NULL)
        c->opaque_why = why;
    if (c->code_why == NULL)
        c->code_why = why;
    return 0;
}

int aa_classify_opaque_input(struct classifying *c, const char *why)
{
    if (why == NULL)
        return -ENOMEM;
    if (c->opaque_why == NULL)
        c->opaque_why = why;
    if (c->input_why == NULL)
        c->input_why = why;
    return 0;
}

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

const char *aa_path_assigned(const struct aa_words *assigned)
{
    const char *path = NULL;

    for (size_t i = 0; i < assigned->n; i++) {
        const char *value = aa_after(assigned->v[i], "PATH=");

        if (value != NULL)
            path = aa_doubt_of(assigned, i) == AA_EXACT ? value : "";
    }
    return path;
}

int aa_classify_keep_assigned(struct classifying *c, const struct aa_words *assigned)
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
            return aa_classify_opaque(c, "it sets more variables than are looked at");
        c->assigned[c->assigned_n] = assigned->v[i];
        c->assigned_doubt[c->assigned_n++] = (unsigned char)aa_doubt_of(assigned, i);
    }
    return 0;
}

/* A folder that was told inside of a command that may run elsewhere already. */
const char *aa_classify_folder_below(struct classifying *c, const char *outer, const char *inner)
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

int aa_classify_add(struct classifying *c, const struct found *found)
{
    const struct about *outer = &c->about[found->parent];
    struct about about = { .depth = outer->depth + 1, .what = found->builtin ? BUILTIN : PROGRAM,
                           .other_root = outer->other_root || found->other_root,
                           .path = aa_path_assigned(&found->assigned) };
    struct aa_effective effective = {
        .args = words_behind(&found->words, 1),
        .targets = found->targets,
        .writes_to = found->writes_to,
        .folder = aa_classify_folder_below(c, c->list[found->parent].folder, found->folder),
        .wrapped = true,
        .builtin = found->builtin,
    };
    int r;

    if (found->folder != NULL && effective.folder == NULL)
        return -ENOMEM;
    if (about.path == NULL)
        about.path = found->path != NULL ? found->path : outer->path;
    r = aa_classify_keep_assigned(c, &found->assigned);
    if (r < 0)
        return r;
    if (c->n == AA_EFFECTIVE_MAX)
        return aa_classify_opaque(c, "there are more commands in it than are looked at");
    if (found->words.n == 0 || found->words.v[0][0] == '\0')
        return aa_classify_opaque(c, "a command in it has no name");
    r = find_program(c, found, &about, &effective);
    if (r < 0)
        return r;
    c->list[c->n] = effective;
    c->about[c->n++] = about;
    return 0;
}

void aa_set_code_unbound(struct aa_effective *effective, const char *why)
{
    if (effective->code_unbound_why == NULL)
        effective->code_unbound_why = why;
}

/* A file from which the command at "parent" reads its code: a command of its own, if nobody but root
 * can change it. */
int aa_classify_add_script(struct classifying *c, size_t parent, size_t at, const char *base)
{
    struct aa_effective *outer = &c->list[parent];
    const char *path = outer->args.v[at];
    struct aa_effective script = { .args = words_behind(&outer->args, at + 1),
                                   .folder = outer->folder, .wrapped = true };
    const char *why = NULL;
    int r;

    if (path[0] == '\0') {
        aa_set_code_unbound(outer, "its script has no name");
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
        aa_set_code_unbound(outer, script.unbound_why);
        r = OPAQUE(c, "%.64s runs code from a file that others could change: %.200s", base, path);
        if (r < 0)
            return r;
        script.unbound_why = NULL; /* it is said of the program that reads it */
        script.resolved = NULL;
    }
    if (c->n == AA_EFFECTIVE_MAX)
        return aa_classify_opaque(c, "there are more commands in it than are looked at");
    c->about[c->n] = c->about[parent];
    c->about[c->n].depth++;
    c->about[c->n].what = SCRIPT;
    c->list[c->n++] = script;
    return 0;
}
