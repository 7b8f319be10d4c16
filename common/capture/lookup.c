/* SPDX-License-Identifier: ISC */
#include "lookup.h"

#include <errno.h>
#include <limits.h>

/* A path as the command would take it. NULL: the folder is not known, or out of memory (*ret_r). */
static const char *below_folder(const struct aa_file_lookup *files, const char *path, int *ret_r)
{
    const char *whole = path;

    *ret_r = 0;
    if (path[0] != '/' && files->cwd == NULL)
        return NULL;
    if (path[0] != '/')
        whole = aa_arena_printf(files->walker->arena, "%s/%s", files->cwd, path);
    if (whole == NULL)
        *ret_r = -ENOMEM;
    return whole;
}

static int keep(struct aa_file_lookup *files, const struct aa_file_facts *facts, const char **ret_why)
{
    for (size_t i = 0; i < files->files_n; i++) {
        const struct aa_file_facts *have = &files->files[i];

        if (have->device == facts->device && have->inode == facts->inode &&
            aa_streq(have->path, facts->path))
            return 0;
    }
    if (files->files_n == AA_FILES_FIRST) {
        struct aa_file_facts *more = AA_NEW_ARRAY(files->walker->arena, struct aa_file_facts,
                                                  AA_FILES_MAX);

        if (more == NULL)
            return -ENOMEM;
        memcpy(more, files->files, files->files_n * sizeof(*more));
        files->files = more;
    }
    if (files->files_n == AA_FILES_MAX)
        *ret_why = "it has more files than are looked at";
    else
        files->files[files->files_n++] = *facts;
    return 0;
}

/* "folders" is the PATH that the script gets: "env" in its first line looks there. */
static int keep_interpreters(struct aa_file_lookup *files, const struct aa_file_facts *script,
                             const char *folders, const char **ret_why)
{
    struct aa_file_facts interpreters[AA_INTERPRETERS_MAX];
    size_t n = 0;
    int r = aa_resolve_interpreters(files->walker, script, folders, interpreters, &n, ret_why);

    for (size_t i = 0; r == 0 && i < n; i++)
        r = keep(files, &interpreters[i], ret_why);
    return r;
}

/* The first of that name on PATH. Where there is none, the folders have to be root's alone: then
 * nobody else could put one there. */
static int search_path(struct aa_file_lookup *files, const char *name, const char *folders,
                       struct aa_resolved *ret, const char **ret_why)
{
    struct aa_arena *arena = files->walker->arena;

    *ret = (struct aa_resolved){ 0 };
    for (const char *at = folders;; at++) {
        size_t n = strcspn(at, ":");
        const char *why = NULL;
        char *folder, *candidate;
        int r;

        if (n == 0 || at[0] != '/' || n + strlen(name) + 2 > PATH_MAX) {
            *ret_why = "it is looked for in the working folder";
            return 0;
        }
        folder = aa_arena_strndup(arena, at, n);
        candidate = aa_arena_printf(arena, "%.*s/%s", (int)n, at, name);
        r = folder == NULL || candidate == NULL ? -ENOMEM : aa_resolve(files->walker, candidate, ret);
        if (r < 0 || ret->facts.regular)
            return r;
        r = aa_folder_is_bound(files->walker, folder, &why);
        if (r < 0)
            return r;
        if (why != NULL && *ret_why == NULL)
            *ret_why = why;
        at += n;
        if (*at == '\0')
            break;
    }
    *ret = (struct aa_resolved){ 0 };
    return 0;
}

static int copy_names(struct aa_arena *arena, const char *name, const struct aa_resolved *resolved,
                      struct aa_effective *effective)
{
    struct aa_known_name *names = AA_NEW_ARRAY(arena, struct aa_known_name, resolved->names_n + 1);

    if (names == NULL)
        return -ENOMEM;
    names[0] = (struct aa_known_name){ name, aa_base_name(name) };
    memcpy(names + 1, resolved->names, resolved->names_n * sizeof(*names));
    effective->names = names;
    effective->names_n = resolved->names_n + 1;
    return 0;
}

/* "folders" is the PATH of a program, or NULL for a script. */
static int find(struct aa_file_lookup *files, const char *name, const char *folders,
                struct aa_effective *effective)
{
    struct aa_arena *arena = files->walker->arena;
    struct aa_resolved *resolved = AA_NEW(arena, struct aa_resolved);
    const char *why = NULL, *path;
    int r;

    if (resolved == NULL)
        return -ENOMEM;
    if (strlen(name) >= PATH_MAX) {
        why = "its path is too long to look at";
    } else if (folders != NULL && strchr(name, '/') == NULL) {
        r = search_path(files, name, folders, resolved, &why);
        if (r < 0)
            return r;
    } else {
        path = below_folder(files, name, &r);
        if (r < 0)
            return r;
        if (path == NULL)
            why = "a relative path, and the working folder is not known";
        else if (strlen(path) >= PATH_MAX) /* below a folder, the kernel would take it all the same */
            why = "its path is too long to look at";
        else
            r = aa_resolve(files->walker, path, resolved);
        if (r < 0)
            return r;
        if (why == NULL)
            why = resolved->facts.unbound_why;
    }
    if (resolved->facts.regular) {
        if (why == NULL)
            why = resolved->facts.unbound_why;
        r = keep(files, &resolved->facts, &why);
        if (r == 0 && folders != NULL && why == NULL)
            r = keep_interpreters(files, &resolved->facts, folders, &why);
        if (r < 0)
            return r;
        effective->resolved = resolved->facts.path;
    }
    effective->unbound_why = why;
    return copy_names(arena, name, resolved, effective);
}

static int lookup_program(void *context, const char *name, const char *path,
                          struct aa_effective *effective)
{
    const struct aa_file_lookup *files = context;

    if (path == NULL)
        path = files->path != NULL ? files->path : "/usr/bin:/bin";
    return find(context, name, path, effective);
}

static int lookup_script(void *context, const char *path, struct aa_effective *effective)
{
    return find(context, path, NULL, effective);
}

static int lookup_code(void *context, const char *word, const char *folder, bool surely,
                       const char **ret_why)
{
    struct aa_file_lookup *files = context;
    struct aa_resolved *resolved = AA_NEW(files->walker->arena, struct aa_resolved);
    const char *path, *slash, *why = NULL;
    char *above;
    int r;

    if (resolved == NULL)
        return -ENOMEM;
    if (folder != NULL && word[0] != '/') {
        *ret_why = "it runs in another folder";
        return 0;
    }
    path = below_folder(files, word, &r);
    if (r < 0)
        return r;
    if (path == NULL || strlen(path) >= PATH_MAX) {
        *ret_why = path == NULL ? "the working folder is not known" : "a path in it is too long to look at";
        return 0;
    }
    r = aa_resolve(files->walker, path, resolved);
    if (r == 0 && resolved->facts.regular) {
        why = resolved->facts.unbound_why;
        r = keep(files, &resolved->facts, &why);
    } else if (r == 0 && surely) {
        why = resolved->facts.found ? "it is no regular file" : "it is not there";
    } else if (r == 0 && resolved->facts.found) {
        r = aa_folder_is_bound(files->walker, path, &why);
    } else if (r == 0 && (slash = strrchr(word, '/')) != NULL) {
        above = aa_arena_strndup(files->walker->arena, path, strlen(path) - strlen(slash) + 1);
        r = above == NULL ? -ENOMEM : aa_folder_is_bound(files->walker, above, &why);
    } /* else a word, or a program that is looked for on PATH */
    if (r == 0 && why != NULL) {
        why = aa_arena_printf(files->walker->arena, "%s: %s", word, why);
        if (why == NULL)
            return -ENOMEM;
        *ret_why = why;
    }
    return r;
}

static int lookup_folder(void *context, const char **ret_why)
{
    struct aa_file_lookup *files = context;

    return files->cwd == NULL ? 0 : aa_folder_is_bound(files->walker, files->cwd, ret_why);
}

struct aa_lookup aa_lookup_of(struct aa_file_lookup *files)
{
    return (struct aa_lookup){ .context = files, .program = lookup_program, .script = lookup_script,
                               .code = lookup_code, .folder = lookup_folder };
}
