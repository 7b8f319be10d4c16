/* SPDX-License-Identifier: ISC */
#include "trusted-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

static int unsafe(char why[AA_TRUST_WHY_MAX], const char *what, const char *reason)
{
    snprintf(why, AA_TRUST_WHY_MAX, "%s %s", what, reason);
    return AA_TRUST_UNSAFE;
}

static int check_owner(const struct aa_site *site, const struct stat *st, const char *what,
                       char why[AA_TRUST_WHY_MAX])
{
    if (st->st_uid != site->owner)
        return unsafe(why, what, "is not owned by root");
    if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return unsafe(why, what, "is writable by group or others");
    return AA_TRUST_OK;
}

static int open_failed(const char *what, char why[AA_TRUST_WHY_MAX])
{
    int error = errno;

    if (error == ELOOP || error == ENOTDIR)
        return unsafe(why, what, "is a symbolic link or no folder");
    snprintf(why, AA_TRUST_WHY_MAX, "%s: %s", what, strerror(error));
    return error == ENOENT ? AA_TRUST_MISSING : -error;
}

/*
 * Each folder is looked at by its path from the trusted root, and only the last one is opened.
 * That is as good as holding each: only who can write a folder could exchange what is in it, and
 * every folder above the last one was just found to be root's alone.
 */
int aa_trusted_folder(const struct aa_site *site, const char *path, int *ret_fd,
                      char why[AA_TRUST_WHY_MAX])
{
    const char *rest = aa_after(path, site->trusted_root);
    _cleanup_close_ int fd = -1;
    char prefix[AA_TRUST_WHY_MAX / 2];
    struct stat st;
    int r;

    if (rest == NULL || strlen(path) >= sizeof(prefix))
        return unsafe(why, path, "is outside the trusted root");
    for (size_t n = strlen(site->trusted_root);;) {
        memcpy(prefix, path, n);
        prefix[n] = '\0';
        if (lstat(prefix, &st) != 0)
            return open_failed(prefix, why);
        if (!S_ISDIR(st.st_mode))
            return unsafe(why, prefix, "is a symbolic link or no folder");
        r = check_owner(site, &st, prefix, why);
        if (r != AA_TRUST_OK)
            return r;
        n += strspn(path + n, "/");
        if (path[n] == '\0')
            break;
        n += strcspn(path + n, "/");
    }
    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return open_failed(path, why);
    if (fstat(fd, &st) != 0)
        return -errno;
    r = check_owner(site, &st, path, why);
    if (r == AA_TRUST_OK)
        *ret_fd = TAKE_FD(fd);
    return r;
}

int aa_trusted_file(const struct aa_site *site, int folder_fd, const char *name, int flags,
                    bool private, int *ret_fd, struct stat *ret_stat, char why[AA_TRUST_WHY_MAX])
{
    _cleanup_close_ int fd = -1;
    struct stat st;
    int r;

    /* O_NONBLOCK, so that a fifo put in the file's place cannot make us wait */
    fd = openat(folder_fd, name, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return open_failed(name, why);
    if (fstat(fd, &st) != 0)
        return -errno;
    if (!S_ISREG(st.st_mode))
        return unsafe(why, name, "is not a regular file");
    r = check_owner(site, &st, name, why);
    if (r != AA_TRUST_OK)
        return r;
    if (private && (st.st_mode & (S_IRGRP | S_IROTH)) != 0)
        return unsafe(why, name, "is readable by group or others");
    *ret_fd = TAKE_FD(fd);
    if (ret_stat != NULL)
        *ret_stat = st;
    return AA_TRUST_OK;
}
