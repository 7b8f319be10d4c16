/* SPDX-License-Identifier: ISC */
#include "place.h"

#include <errno.h>
#include <sys/vfs.h>

#include "executable.h"

enum kind { KIND_LOCAL, KIND_REMOTE, KIND_FUSE };

struct walk {
    struct aa_looking *looking;
    char *reached; /* "" for the root */
    size_t n;
    char ahead[2 * PATH_MAX];
    enum kind kind; /* of the file system that was reached */
    bool movable;
};

static enum kind kind_of_file_system(const char *path)
{
    struct statfs fs;

    if (statfs(path, &fs) != 0 || ((unsigned long)fs.f_type & 0xffffffffu) == 0x65735546)
        return KIND_FUSE;
    return aa_is_foreign_filesystem(path) ? KIND_REMOTE : KIND_LOCAL;
}

static enum kind kind_of(struct aa_looking *looking, const char *path, dev_t device)
{
    enum kind kind;

    for (size_t i = 0; i < looking->devices_n; i++) {
        if (looking->devices[i].device == device)
            return (enum kind)looking->devices[i].kind;
    }
    kind = kind_of_file_system(path);
    if (looking->devices_n < AA_DEVICES_MAX) {
        looking->devices[looking->devices_n].device = device;
        looking->devices[looking->devices_n++].kind = (int)kind;
    }
    return kind;
}

/* One step: what stands at the path that was reached. 0 or negative errno. */
static int look(struct walk *walk, struct stat *ret)
{
    const char *path = walk->n == 0 ? "/" : walk->reached;

    if (++walk->looking->looks > AA_LOOKS_MAX)
        return -E2BIG;
    if (lstat(path, ret) != 0)
        return -errno;
    if (S_ISDIR(ret->st_mode) && (ret->st_uid != walk->looking->owner ||
                                  (ret->st_mode & (S_IWGRP | S_IWOTH)) != 0))
        walk->movable = true;
    if (!S_ISLNK(ret->st_mode)) /* a link is where its folder is; to ask would be to follow it */
        walk->kind = kind_of(walk->looking, path, ret->st_dev);
    return 0;
}

static void go_to(struct walk *walk, size_t n)
{
    walk->n = n;
    walk->reached[n] = '\0';
}

static void step_up(struct walk *walk)
{
    const char *slash = strrchr(walk->reached, '/');

    go_to(walk, slash == NULL ? 0 : (size_t)(slash - walk->reached));
}

static bool is_ours(const struct aa_looking *looking, uid_t uid)
{
    return uid == looking->owner || uid == looking->requester || uid == looking->target;
}

/* Puts the link's text in front of what is ahead. */
static int follow_link(struct walk *walk, const char *rest)
{
    char ahead[2 * PATH_MAX];
    ssize_t n = readlink(walk->reached, ahead, PATH_MAX);
    size_t length = strlen(rest);

    if (n <= 0 || n >= PATH_MAX || (size_t)n + 1 + length >= sizeof(ahead))
        return -ELOOP;
    ahead[n] = '/';
    memcpy(ahead + n + 1, rest, length + 1);
    memcpy(walk->ahead, ahead, (size_t)n + 1 + length + 1);
    if (ahead[0] == '/')
        go_to(walk, 0);
    else
        step_up(walk);
    return 0;
}

static bool says_not_there(int error)
{
    return error == -ENOENT || error == -ENOTDIR || error == -ENAMETOOLONG;
}

/* What is not there yet would come to be below what is: text decides on the rest. */
static int take_the_rest(struct walk *walk, const char *rest)
{
    char whole[3 * PATH_MAX + 2], normal[3 * PATH_MAX + 4];
    size_t n = strlen(rest);

    memcpy(whole, walk->reached, walk->n);
    whole[walk->n] = '/';
    memcpy(whole + walk->n + 1, rest, n + 1);
    aa_normalize_path(whole, normal);
    n = strlen(normal);
    if (n >= PATH_MAX)
        return -ENAMETOOLONG;
    memcpy(walk->reached, normal, n + 1);
    return 0;
}

/* One name ahead, at "name", with "rest" behind it. 0; 1: the path ends here; negative: it is not
 * known where it leads, or -E2BIG. */
static int step(struct walk *walk, const char *name, size_t length, const char *rest,
                struct aa_place *place, unsigned *links)
{
    int r;

    if (length == 1 && name[0] == '.')
        return 0;
    if (length == 2 && name[0] == '.' && name[1] == '.') {
        step_up(walk);
        return look(walk, &place->st);
    }
    if (walk->n + 1 + length >= PATH_MAX)
        return -ENAMETOOLONG;
    walk->reached[walk->n] = '/';
    memcpy(walk->reached + walk->n + 1, name, length);
    go_to(walk, walk->n + 1 + length);
    r = look(walk, &place->st);
    if (says_not_there(r)) {
        place->found = false;
        r = take_the_rest(walk, rest);
        return r < 0 ? r : 1;
    }
    if (r < 0)
        return r;
    if (!S_ISLNK(place->st.st_mode))
        return 0;
    if (walk->kind != KIND_LOCAL || !is_ours(walk->looking, place->st.st_uid) ||
        ++*links > AA_LINKS_MAX)
        return -ELOOP;
    r = follow_link(walk, rest);
    return r < 0 ? r : look(walk, &place->st);
}

int aa_look_at(struct aa_looking *looking, const char *path, struct aa_place *ret)
{
    struct walk walk = { .looking = looking, .reached = ret->path };
    unsigned links = 0, followed;
    int r;

    ret->path[0] = '\0';
    ret->doubtful = false;
    ret->found = true;
    r = strlen(path) >= PATH_MAX ? -ENAMETOOLONG : look(&walk, &ret->st);
    if (r == 0)
        memcpy(walk.ahead, path, strlen(path) + 1);
    for (size_t at = 0; r == 0;) {
        size_t length;
        char name[PATH_MAX];

        if (walk.kind == KIND_FUSE) {
            r = -ELOOP;
            break;
        }
        ret->doubtful |= walk.kind == KIND_REMOTE;
        at += strspn(walk.ahead + at, "/");
        length = strcspn(walk.ahead + at, "/");
        if (length == 0)
            break;
        if (length >= sizeof(name)) {
            r = -ENAMETOOLONG;
            break;
        }
        memcpy(name, walk.ahead + at, length);
        at += length;
        followed = links;
        r = step(&walk, name, length, walk.ahead + at, ret, &links);
        if (links != followed)
            at = 0; /* what is ahead is new */
    }
    if (r == -E2BIG)
        return r;
    ret->movable = walk.movable;
    if (r < 0) {
        ret->path[0] = '\0';
        ret->doubtful = true;
        ret->found = false;
    } else if (ret->path[0] == '\0') {
        memcpy(ret->path, "/", 2);
    }
    return 0;
}

void aa_normalize_path(const char *path, char *ret)
{
    size_t n = 0;

    while (*path != '\0') {
        size_t length;

        path += strspn(path, "/");
        length = strcspn(path, "/");
        if (length == 2 && path[0] == '.' && path[1] == '.') {
            while (n > 0 && ret[--n] != '/')
                continue;
        } else if (length > 0 && !(length == 1 && path[0] == '.')) {
            ret[n++] = '/';
            memcpy(ret + n, path, length);
            n += length;
        }
        path += length;
    }
    if (n == 0)
        ret[n++] = '/';
    ret[n] = '\0';
}
