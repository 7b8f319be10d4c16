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
    int fd;              /* O_PATH of the folder reached */
    char *resolved;      /* its path, "" for the root */
    const char *ahead;
    dev_t checked_device; /* its file system was looked at */
    bool any_checked;
    const char *unbound_why;
};

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

static bool is_foreign_filesystem(int fd)
{
    static const unsigned long foreign[] = {
        0x65735546, /* FUSE */    0x6969,     /* NFS */   0x517b,     /* SMB */
        0xff534d42, /* CIFS */    0xfe534d42, /* SMB2 */  0x01021997, /* 9P */
        0x5346414f, /* AFS */     0x73757245, /* Coda */  0x00c36400, /* Ceph */
        0x7461636f, /* OCFS2 */   0x01161970, /* GFS2 */  0x0bd00bd0, /* Lustre */
        0x786f4256, /* vboxsf */  0x20030528, /* OrangeFS */
    };
    struct statfs fs;

    if (fstatfs(fd, &fs) != 0)
        return true;
    for (size_t i = 0; i < AA_ARRAY_SIZE(foreign); i++) {
        if (((unsigned long)fs.f_type & 0xffffffffu) == foreign[i])
            return true;
    }
    return false;
}

/* Notes the first reason for which this step is not bound. */
static int check_step(struct walk *walk, int fd, const struct stat *st, const char *what)
{
    const char *reason = NULL;

    if (walk->unbound_why != NULL)
        return 0;
    if (st->st_uid != walk->site->owner)
        reason = "is not root's own";
    else if (!S_ISLNK(st->st_mode) && (st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
        reason = "is writable by group or others";
    else if (!walk->any_checked || st->st_dev != walk->checked_device) {
        walk->any_checked = true;
        walk->checked_device = st->st_dev;
        if (is_foreign_filesystem(fd))
            reason = "is on FUSE or a network file system";
    }
    if (reason == NULL)
        return 0;
    walk->unbound_why = aa_arena_printf(walk->arena, "%s %s", what[0] == '\0' ? "/" : what, reason);
    return walk->unbound_why == NULL ? -ENOMEM : 0;
}

static int walk_to_root(struct walk *walk)
{
    int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return -errno;
    if (walk->fd >= 0)
        close(walk->fd);
    walk->fd = fd;
    walk->resolved = aa_arena_strdup(walk->arena, "");
    return walk->resolved == NULL ? -ENOMEM : 0;
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
    return walk_to_root(walk);
}

static int step_up(struct walk *walk)
{
    char *slash = strrchr(walk->resolved, '/');
    int fd = openat(walk->fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return -errno;
    close(walk->fd);
    walk->fd = fd;
    if (slash != NULL)
        *slash = '\0';
    return 0;
}

static int follow_link(struct walk *walk, int link_fd)
{
    char target[PATH_MAX];
    ssize_t n = readlinkat(link_fd, "", target, sizeof(target) - 1);

    if (n < 0)
        return -errno;
    if (n == 0 || n >= (ssize_t)sizeof(target) - 1)
        return -ENAMETOOLONG;
    target[n] = '\0';
    walk->ahead = aa_arena_printf(walk->arena, "%s/%s", target, walk->ahead);
    if (walk->ahead == NULL)
        return -ENOMEM;
    return target[0] == '/' ? walk_to_root(walk) : 0;
}

static int64_t nsec(struct timespec t)
{
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int add_name(struct aa_resolved *resolved, const char *path)
{
    if (resolved->names_n == AA_ARRAY_SIZE(resolved->names))
        return -ELOOP;
    resolved->names[resolved->names_n++] = (struct aa_known_name){ path, base_of(path) };
    return 0;
}

/* Walks to the end of the path; *ret_st describes what stands there. */
static int walk_path(struct walk *walk, struct aa_resolved *resolved, struct stat *ret_st)
{
    struct stat st;
    int links = 0, r;

    if (fstat(walk->fd, &st) != 0)
        return -errno;
    r = check_step(walk, walk->fd, &st, "/");
    for (; r == 0;) {
        _cleanup_close_ int fd = -1;
        char name[NAME_MAX + 1], *path;
        size_t n;

        walk->ahead += strspn(walk->ahead, "/");
        n = strcspn(walk->ahead, "/");
        if (n == 0)
            break;
        if (!S_ISDIR(st.st_mode))
            return -ENOTDIR;
        if (n > NAME_MAX)
            return -ENAMETOOLONG;
        memcpy(name, walk->ahead, n);
        name[n] = '\0';
        walk->ahead += n;
        if (aa_streq(name, "."))
            continue;
        if (aa_streq(name, "..")) {
            r = step_up(walk);
            if (r == 0 && fstat(walk->fd, &st) != 0)
                r = -errno;
            continue;
        }
        fd = openat(walk->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0 || fstat(fd, &st) != 0)
            return -errno;
        path = aa_arena_printf(walk->arena, "%s/%s", walk->resolved, name);
        if (path == NULL)
            return -ENOMEM;
        r = check_step(walk, fd, &st, path);
        if (r != 0)
            break;
        if (S_ISLNK(st.st_mode)) {
            /* a link in last place is one more name of the executable */
            if (strspn(walk->ahead, "/") == strlen(walk->ahead) && resolved != NULL)
                r = add_name(resolved, path);
            if (r == 0)
                r = ++links > AA_LINKS_MAX ? -ELOOP : follow_link(walk, fd);
            if (r == 0 && fstat(walk->fd, &st) != 0)
                r = -errno;
            continue;
        }
        walk->resolved = path;
        close(walk->fd);
        walk->fd = TAKE_FD(fd);
    }
    *ret_st = st;
    return r;
}

/* Errors that say something about the path, not about this process. */
static bool is_about_the_path(int error)
{
    return error == -ENOENT || error == -ENOTDIR || error == -ELOOP || error == -ENAMETOOLONG ||
           error == -EACCES;
}

/* *ret_missing: nothing stands there, and nobody but root could put something there. */
static int resolve(const struct aa_site *site, struct aa_arena *arena, const char *path,
                   struct aa_resolved *ret, struct stat *ret_st, bool *ret_missing)
{
    struct walk walk = { .site = site, .arena = arena, .fd = -1 };
    int r;

    *ret = (struct aa_resolved){ 0 };
    r = add_name(ret, path);
    if (r == 0)
        r = start(&walk, path);
    if (r == 0)
        r = walk_path(&walk, ret, ret_st);
    if (walk.fd >= 0)
        close(walk.fd);
    *ret_missing = r == -ENOENT && walk.any_checked && walk.unbound_why == NULL;
    if (is_about_the_path(r)) {
        ret->facts.unbound_why = aa_arena_printf(arena, "%s: %s", path, strerror(-r));
        return ret->facts.unbound_why == NULL ? -ENOMEM : 0;
    }
    if (r < 0)
        return r;
    ret->facts = (struct aa_file_facts){
        .path = walk.resolved[0] == '\0' ? "/" : walk.resolved,
        .device = ret_st->st_dev,
        .inode = ret_st->st_ino,
        .size = (uint64_t)ret_st->st_size,
        .mtime_nsec = nsec(ret_st->st_mtim),
        .ctime_nsec = nsec(ret_st->st_ctim),
        .found = true,
        .unbound_why = walk.unbound_why,
    };
    return aa_streq(ret->facts.path, path) ? 0 : add_name(ret, ret->facts.path);
}

int aa_resolve(const struct aa_site *site, struct aa_arena *arena, const char *path,
               struct aa_resolved *ret)
{
    struct stat st;
    bool missing;
    int r = resolve(site, arena, path, ret, &st, &missing);

    if (r == 0 && ret->facts.found && !S_ISREG(st.st_mode)) {
        ret->facts.unbound_why = aa_arena_printf(arena, "%s is not a regular file", path);
        r = ret->facts.unbound_why == NULL ? -ENOMEM : 0;
    }
    return r;
}

int aa_folder_is_bound(const struct aa_site *site, struct aa_arena *arena, const char *path,
                       const char **ret_why)
{
    struct aa_resolved resolved;
    struct stat st;
    bool missing;
    int r = resolve(site, arena, path, &resolved, &st, &missing);

    if (r < 0)
        return r;
    *ret_why = missing ? NULL : resolved.facts.unbound_why;
    if (resolved.facts.found && *ret_why == NULL && !S_ISDIR(st.st_mode))
        *ret_why = "it is no folder";
    return 0;
}

/* The program that "#!/usr/bin/env NAME" starts: the first of that name on the path. */
static int find_on_path(const struct aa_site *site, struct aa_arena *arena, const char *path,
                        const char *name, struct aa_resolved *ret)
{
    while (path != NULL && *path != '\0') {
        size_t n = strcspn(path, ":");

        if (n > 0 && path[0] == '/') {
            char *candidate = aa_arena_printf(arena, "%.*s/%s", (int)AA_MIN(n, (size_t)PATH_MAX),
                                              path, name);
            int r = candidate == NULL ? -ENOMEM : aa_resolve(site, arena, candidate, ret);

            if (r < 0 || ret->facts.found)
                return r;
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

int aa_resolve_interpreters(const struct aa_site *site, struct aa_arena *arena,
                            const struct aa_file_facts *script, const char *path,
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
        r = aa_resolve(site, arena, line, &resolved);
        if (r < 0)
            return r;
        files[n++] = resolved.facts;
        *ret_n = n;
        if (resolved.facts.unbound_why != NULL) {
            *ret_why = resolved.facts.unbound_why;
            return 0;
        }
        if (aa_streq(base_of(resolved.facts.path), "env")) {
            if (*argument == '\0' || *argument == '-' || strpbrk(argument, "/= \t") != NULL) {
                *ret_why = "its interpreter line gives options to env";
                return 0;
            }
            if (n == AA_INTERPRETERS_MAX) {
                *ret_why = "its interpreters are nested too deep";
                return 0;
            }
            r = find_on_path(site, arena, path, argument, &resolved);
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
