/* SPDX-License-Identifier: ISC */
#include "executable.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>

/* The walk: where it stands, and what is still ahead. */
struct walk {
    const struct aa_site *site;
    struct aa_arena *arena;
    struct aa_walked *walked; /* steps that were checked already */
    char *resolved;           /* the path reached, "" for the root */
    const char *ahead;
    bool any_checked;
    const char *unbound_why;
};

/*
 * The walk names each step by its path from the root, one lstat a step. That is as good as
 * holding descriptors: a step could only be exchanged under us by whoever can write its folder,
 * and if that is anybody but root, the folder's own check has already said "unbound".
 */

bool aa_is_foreign_filesystem(const char *path)
{
    static const unsigned long foreign[] = {
        0x65735546, /* FUSE */    0x6969,     /* NFS */   0x517b,     /* SMB */
        0xff534d42, /* CIFS */    0xfe534d42, /* SMB2 */  0x01021997, /* 9P */
        0x5346414f, /* AFS */     0x73757245, /* Coda */  0x00c36400, /* Ceph */
        0x7461636f, /* OCFS2 */   0x01161970, /* GFS2 */  0x0bd00bd0, /* Lustre */
        0x786f4256, /* vboxsf */  0x20030528, /* OrangeFS */
        0x6b414653, /* kAFS */    0x19830326, /* BeeGFS */  0x47504653, /* GPFS */
        0x9fa0,     /* proc: its links lead where their text does not say, and elsewhere in a child */
    };
    struct statfs fs;

    if (statfs(path, &fs) != 0)
        return true;
    for (size_t i = 0; i < AA_ARRAY_SIZE(foreign); i++) {
        if (((unsigned long)fs.f_type & 0xffffffffu) == foreign[i])
            return true;
    }
    return false;
}

static struct aa_step *find_step(struct aa_walked *walked, const char *path)
{
    for (size_t i = 0; i < walked->n; i++) {
        if (aa_streq(walked->steps[i].path, path))
            return &walked->steps[i];
    }
    return NULL;
}

static bool is_foreign(struct aa_walked *walked, const char *path, dev_t device)
{
    for (size_t i = 0; i < walked->n; i++) {
        if (walked->steps[i].st.st_dev == device)
            return walked->steps[i].foreign;
    }
    return aa_is_foreign_filesystem(path);
}

/* What stands at "path", looked at once per request however many paths lead through it. */
static int look(struct walk *walk, const char *path, struct stat *ret_st, bool *ret_foreign)
{
    struct aa_walked *walked = walk->walked;
    struct aa_step *step = find_step(walked, path);
    struct aa_step seen = { .path = path };

    if (step == NULL) {
        if (lstat(path, &seen.st) != 0)
            return -errno;
        seen.foreign = is_foreign(walked, path, seen.st.st_dev);
        step = &seen;
        if (walked->n < AA_ARRAY_SIZE(walked->steps))
            walked->steps[walked->n++] = seen;
    }
    *ret_st = step->st;
    *ret_foreign = step->foreign;
    return 0;
}

/* Looks at a step and notes the first reason for which the path is not bound. */
static int check_step(struct walk *walk, const char *path, struct stat *ret_st)
{
    const char *reason = NULL;
    bool foreign = true;
    int r = look(walk, path, ret_st, &foreign);

    if (r < 0)
        return r;
    walk->any_checked = true;
    if (walk->unbound_why != NULL)
        return 0;
    if (ret_st->st_uid != walk->site->owner)
        reason = "is not root's own";
    else if (!S_ISLNK(ret_st->st_mode) && (ret_st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
        reason = "is writable by group or others";
    else if (foreign)
        reason = "is on FUSE, a network file system or /proc";
    if (reason == NULL)
        return 0;
    walk->unbound_why = aa_arena_printf(walk->arena, "%s %s", path, reason);
    return walk->unbound_why == NULL ? -ENOMEM : 0;
}

/* A relative path starts in the current folder, whose own path is checked like any other. */
static int start(struct walk *walk, const char *path)
{
    char cwd[PATH_MAX];

    walk->ahead = path;
    if (path[0] != '/') {
        if (getcwd(cwd, sizeof(cwd)) == NULL || cwd[0] != '/')
            return -ENOENT;
        walk->ahead = aa_arena_printf(walk->arena, "%s/%s", cwd, path);
        if (walk->ahead == NULL)
            return -ENOMEM;
    }
    walk->resolved = aa_arena_strdup(walk->arena, "");
    return walk->resolved == NULL ? -ENOMEM : 0;
}

static int step_up(struct walk *walk)
{
    const char *slash = strrchr(walk->resolved, '/');

    if (slash == NULL)
        return 0; /* the root is its own parent */
    walk->resolved = aa_arena_strndup(walk->arena, walk->resolved,
                                      (size_t)(slash - walk->resolved));
    return walk->resolved == NULL ? -ENOMEM : 0;
}

static int follow_link(struct walk *walk, const char *path)
{
    char target[PATH_MAX];
    ssize_t n = readlink(path, target, sizeof(target) - 1);

    if (n < 0)
        return -errno;
    if (n == 0 || n >= (ssize_t)sizeof(target) - 1)
        return -ENAMETOOLONG;
    target[n] = '\0';
    walk->ahead = aa_arena_printf(walk->arena, "%s/%s", target, walk->ahead);
    if (walk->ahead == NULL)
        return -ENOMEM;
    if (target[0] != '/')
        return 0;
    walk->resolved = aa_arena_strdup(walk->arena, "");
    return walk->resolved == NULL ? -ENOMEM : 0;
}

static int64_t nsec(struct timespec t)
{
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int add_name(struct aa_resolved *resolved, const char *path)
{
    if (resolved->names_n == AA_ARRAY_SIZE(resolved->names))
        return -ELOOP;
    resolved->names[resolved->names_n++] = (struct aa_known_name){ path, aa_base_name(path) };
    return 0;
}

static const char *or_root(const char *resolved)
{
    return resolved[0] == '\0' ? "/" : resolved;
}

/* The next name ahead: its length, 0 at the end. */
static size_t next_name(struct walk *walk)
{
    walk->ahead += strspn(walk->ahead, "/");
    return strcspn(walk->ahead, "/");
}

/* Walks to the end of the path; *ret_st describes what stands there. */
static int walk_path(struct walk *walk, struct aa_resolved *resolved, struct stat *ret_st)
{
    int links = 0, r = check_step(walk, "/", ret_st);

    for (size_t n; r == 0 && (n = next_name(walk)) > 0;) {
        const char *name = walk->ahead;
        char *path;

        if (!S_ISDIR(ret_st->st_mode))
            return -ENOTDIR;
        if (n > NAME_MAX)
            return -ENAMETOOLONG;
        walk->ahead += n;
        if (n == 1 && name[0] == '.')
            continue;
        if (n == 2 && name[0] == '.' && name[1] == '.') {
            r = step_up(walk);
            if (r == 0)
                r = check_step(walk, or_root(walk->resolved), ret_st);
            continue;
        }
        path = aa_arena_printf(walk->arena, "%s/%.*s", walk->resolved, (int)n, name);
        if (path == NULL)
            return -ENOMEM;
        if (strlen(path) >= PATH_MAX)
            return -ENAMETOOLONG;
        r = check_step(walk, path, ret_st);
        if (r != 0)
            break;
        if (!S_ISLNK(ret_st->st_mode)) {
            walk->resolved = path;
            continue;
        }
        /* a link in last place is one more name of the executable */
        if (strspn(walk->ahead, "/") == strlen(walk->ahead) && resolved != NULL)
            r = add_name(resolved, path);
        if (r == 0)
            r = ++links > AA_LINKS_MAX ? -ELOOP : follow_link(walk, path);
        if (r == 0)
            r = check_step(walk, or_root(walk->resolved), ret_st);
    }
    return r;
}

/* Errors that say something about the path, not about this process. */
static bool is_about_the_path(int error)
{
    return error == -ENOENT || error == -ENOTDIR || error == -ELOOP || error == -ENAMETOOLONG ||
           error == -EACCES;
}

/* *ret_missing: nothing stands there, and nobody but root could put something there. */
static int resolve(const struct aa_walker *walker, const char *path, struct aa_resolved *ret,
                   struct stat *ret_st, bool *ret_missing)
{
    struct aa_arena *arena = walker->arena;
    struct walk walk = { .site = walker->site, .arena = arena, .walked = walker->walked };
    int r;

    *ret = (struct aa_resolved){ 0 };
    r = add_name(ret, path);
    if (r == 0)
        r = start(&walk, path);
    if (r == 0)
        r = walk_path(&walk, ret, ret_st);
    *ret_missing = r == -ENOENT && walk.any_checked && walk.unbound_why == NULL;
    if (is_about_the_path(r)) {
        ret->facts.unbound_why = aa_arena_printf(arena, "%s: %s", path, strerror(-r));
        return ret->facts.unbound_why == NULL ? -ENOMEM : 0;
    }
    if (r < 0)
        return r;
    ret->facts = (struct aa_file_facts){
        .path = or_root(walk.resolved),
        .device = ret_st->st_dev,
        .inode = ret_st->st_ino,
        .size = (uint64_t)ret_st->st_size,
        .mtime_nsec = nsec(ret_st->st_mtim),
        .ctime_nsec = nsec(ret_st->st_ctim),
        .found = true,
        .regular = S_ISREG(ret_st->st_mode),
        .unbound_why = walk.unbound_why,
    };
    return aa_streq(ret->facts.path, path) ? 0 : add_name(ret, ret->facts.path);
}

/* The kernel has to come to the same file: whatever a walk by names cannot see shows here. */
static bool kernel_agrees(const char *path, const struct stat *walked)
{
    struct stat st;

    return stat(path, &st) == 0 && st.st_dev == walked->st_dev && st.st_ino == walked->st_ino;
}

int aa_resolve(const struct aa_walker *walker, const char *path, struct aa_resolved *ret)
{
    struct stat st;
    bool missing;
    int r = resolve(walker, path, ret, &st, &missing);

    if (r == 0 && ret->facts.found && ret->facts.unbound_why == NULL && !kernel_agrees(path, &st)) {
        ret->facts.unbound_why = aa_arena_printf(walker->arena, "%s leads elsewhere than it says", path);
        return ret->facts.unbound_why == NULL ? -ENOMEM : 0;
    }
    if (r == 0 && ret->facts.found && !ret->facts.regular) {
        ret->facts.unbound_why = aa_arena_printf(walker->arena, "%s is not a regular file", path);
        r = ret->facts.unbound_why == NULL ? -ENOMEM : 0;
    }
    return r;
}

int aa_folder_is_bound(const struct aa_walker *walker, const char *path, const char **ret_why)
{
    struct aa_resolved resolved;
    struct stat st;
    bool missing;
    int r = resolve(walker, path, &resolved, &st, &missing);

    if (r < 0)
        return r;
    *ret_why = missing ? NULL : resolved.facts.unbound_why;
    if (resolved.facts.found && *ret_why == NULL && !S_ISDIR(st.st_mode))
        *ret_why = "it is no folder";
    return 0;
}

/* The program that "#!/usr/bin/env NAME" starts: the first of that name on the path. In the folders
 * before it nobody but root may be able to put another one. */
static int find_on_path(const struct aa_walker *walker, const char *path, const char *name,
                        struct aa_resolved *ret)
{
    while (path != NULL && *path != '\0') {
        size_t n = strcspn(path, ":");
        char *folder, *candidate;
        const char *why = NULL;
        int r;

        if (n == 0 || n >= PATH_MAX || path[0] != '/') {
            *ret = (struct aa_resolved){ 0 };
            ret->facts.unbound_why = "its interpreter is looked for in the working folder";
            return 0;
        }
        folder = aa_arena_strndup(walker->arena, path, n);
        candidate = aa_arena_printf(walker->arena, "%.*s/%s", (int)n, path, name);
        r = folder == NULL || candidate == NULL ? -ENOMEM : aa_resolve(walker, candidate, ret);
        if (r < 0 || ret->facts.found)
            return r;
        r = aa_folder_is_bound(walker, folder, &why);
        if (r < 0)
            return r;
        if (why != NULL) {
            *ret = (struct aa_resolved){ 0 };
            ret->facts.unbound_why = why;
            return 0;
        }
        path += n + (path[n] == ':');
    }
    *ret = (struct aa_resolved){ 0 };
    return 0;
}

/* The words of a "#!" line: interpreter and at most one argument; 0 where it is no script. */
static int read_interpreter(const char *path, char line[256], char **ret_argument)
{
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    ssize_t n;
    char *end;

    if (fd < 0)
        return errno == EACCES || errno == ENOENT ? 0 : -errno;
    do
        n = pread(fd, line, 255, 0);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return -errno;
    line[n] = '\0';
    if (n < 2 || line[0] != '#' || line[1] != '!')
        return 0;
    line[strcspn(line, "\n")] = '\0';
    memmove(line, line + 2, strlen(line + 2) + 1);
    memmove(line, line + strspn(line, " \t"), strlen(line + strspn(line, " \t")) + 1);
    end = line + strcspn(line, " \t");
    *ret_argument = end + strspn(end, " \t");
    *end = '\0';
    return line[0] != '\0';
}

int aa_resolve_interpreters(const struct aa_walker *walker, const struct aa_file_facts *script,
                            const char *path,
                            struct aa_file_facts files[AA_INTERPRETERS_MAX], size_t *ret_n,
                            const char **ret_why)
{
    size_t n = 0;

    *ret_why = NULL;
    *ret_n = 0;
    while (script->found) {
        struct aa_resolved resolved;
        char line[256], *argument = NULL;
        int r = read_interpreter(script->path, line, &argument);

        if (r <= 0)
            return r;
        if (n == AA_INTERPRETERS_MAX) {
            *ret_why = "its interpreters are nested too deep";
            return 0;
        }
        if (line[0] != '/') {
            *ret_why = "its interpreter is named by a relative path";
            return 0;
        }
        r = aa_resolve(walker, line, &resolved);
        if (r < 0)
            return r;
        files[n++] = resolved.facts;
        *ret_n = n;
        if (resolved.facts.unbound_why != NULL) {
            *ret_why = resolved.facts.unbound_why;
            return 0;
        }
        if (aa_streq(aa_base_name(resolved.facts.path), "env")) {
            if (*argument == '\0' || *argument == '-' || strpbrk(argument, "/= \t") != NULL) {
                *ret_why = "its interpreter line gives options to env";
                return 0;
            }
            if (n == AA_INTERPRETERS_MAX) {
                *ret_why = "its interpreters are nested too deep";
                return 0;
            }
            r = find_on_path(walker, path, argument, &resolved);
            if (r < 0)
                return r;
            if (!resolved.facts.found || resolved.facts.unbound_why != NULL) {
                *ret_why = resolved.facts.unbound_why != NULL ? resolved.facts.unbound_why :
                                                                "its interpreter is not on PATH";
                return 0;
            }
            files[n++] = resolved.facts;
            *ret_n = n;
        }
        script = &files[n - 1];
    }
    return 0;
}
