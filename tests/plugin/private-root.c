/* SPDX-License-Identifier: ISC */
#include "private-root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/macros.h"

enum { EXIT_SKIPPED = 77 };

static const char *const carried[] = {
    "lib",     "lib32",     "lib64",     "libx32",     /* links into /usr on a merged host */
    "usr/lib", "usr/lib32", "usr/lib64", "usr/libx32",
    "proc",    "dev",
};

static void skip(const char *what)
{
    printf("skipped: %s: %s\n", what, strerror(errno));
    fflush(stdout);
    _exit(EXIT_SKIPPED);
}

static void write_map(const char *path, const char *text)
{
    _cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        skip(path);
}

static void unshare_mounts(void)
{
    unsigned uid = geteuid(), gid = getegid();
    char map[64];

    if (uid == 0) {
        if (unshare(CLONE_NEWNS) != 0)
            skip("root may not make a mount namespace here");
        return;
    }
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
        skip("not root, and no user namespace is to be had");
    write_map("/proc/self/setgroups", "deny");
    snprintf(map, sizeof(map), "0 %u 1", uid);
    write_map("/proc/self/uid_map", map);
    snprintf(map, sizeof(map), "0 %u 1", gid);
    write_map("/proc/self/gid_map", map);
}

void private_root_folders(const char *path, int whole)
{
    char folder[PATH_MAX];

    for (size_t n = 1; n < sizeof(folder); n++) {
        if (path[n] != '/' && (path[n] != '\0' || !whole)) {
            if (path[n] == '\0')
                return;
            continue;
        }
        memcpy(folder, path, n);
        folder[n] = '\0';
        if (mkdir(folder, 0755) != 0 && errno != EEXIST)
            skip(folder);
        if (path[n] == '\0')
            return;
    }
}

static void bind_folder(const char *from, const char *root, const char *to)
{
    char target[PATH_MAX];

    snprintf(target, sizeof(target), "%s%s", root, to);
    private_root_folders(target, 1);
    if (mount(from, target, NULL, MS_BIND | MS_REC, NULL) != 0)
        skip(from);
}

static void carry(const char *root, const char *name)
{
    char path[PATH_MAX], target[PATH_MAX], link[PATH_MAX];
    struct stat st;
    ssize_t n;

    snprintf(path, sizeof(path), "/%s", name);
    if (lstat(path, &st) != 0)
        return;
    if (!S_ISLNK(st.st_mode)) {
        bind_folder(path, root, path);
        return;
    }
    n = readlink(path, link, sizeof(link) - 1);
    if (n < 0)
        skip(path);
    link[n] = '\0';
    snprintf(target, sizeof(target), "%s%s", root, path);
    private_root_folders(target, 0);
    if (symlink(link, target) != 0)
        skip(target);
}

/* Some folder that is there and hides nothing that we still need. */
static const char *mount_point(const char *build_folder)
{
    static const char *const candidates[] = { "/mnt", "/media", "/opt", "/srv", "/tmp" };

    for (size_t i = 0; i < AA_ARRAY_SIZE(candidates); i++) {
        const char *rest = aa_after(build_folder, candidates[i]);

        if (access(candidates[i], F_OK) == 0 && (rest == NULL || *rest != '/'))
            return candidates[i];
    }
    errno = ENOENT;
    skip("a folder to mount on");
    return NULL;
}

void private_root_enter(const char *build_folder)
{
    const char *root = mount_point(build_folder);

    umask(022);
    unshare_mounts();
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        skip("the mounts cannot be made private");
    if (mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") != 0)
        skip("a tmpfs cannot be mounted");
    for (size_t i = 0; i < AA_ARRAY_SIZE(carried); i++)
        carry(root, carried[i]);
    bind_folder("/usr/bin", root, HOST_PROGRAMS);
    bind_folder(build_folder, root, build_folder);
    if (chdir(root) != 0 || syscall(SYS_pivot_root, ".", ".") != 0)
        skip("the root folder cannot be changed");
    if (umount2(".", MNT_DETACH) != 0 || chdir("/") != 0)
        skip("the old root folder cannot be left");
}
