/* SPDX-License-Identifier: ISC */
/*
 * Where a path leads, for the labels' sake: its links followed as far as it exists, and what stands
 * there. Only looked at by name: nothing is opened, so no FIFO, device or server can keep us.
 *
 * A link that neither root nor the requester nor the target owns is not followed, nor is one on a
 * network file system or in /proc; and on FUSE nothing is asked at all, since its server may be the
 * requester's own and say now this and then that. Where such a path leads is not known.
 */
#ifndef AA_PLACE_H
#define AA_PLACE_H

#include <limits.h>
#include <sys/stat.h>

#include "request.h"

enum {
    AA_LOOKS_MAX = 64 * 1024, /* steps of all paths of one request */
    AA_DEVICES_MAX = 16,       /* whose file system is remembered */
};

struct aa_looking {
    uid_t owner; /* root */
    uid_t requester, target;
    size_t looks;
    struct {
        dev_t device;
        int kind;
    } devices[AA_DEVICES_MAX];
    size_t devices_n;
};

struct aa_place {
    char path[PATH_MAX]; /* links followed; "" where it could not be found out */
    bool doubtful;       /* that, or what says so is another host's or the kernel's own view */
    bool movable;        /* a folder on the way is not root's alone: it may lead elsewhere soon */
    bool found;
    struct stat st;      /* where it was found */
};

/* "path" is absolute. 0, or -E2BIG (more steps than AA_LOOKS_MAX). */
int aa_look_at(struct aa_looking *looking, const char *path, struct aa_place *ret);

/* Takes "." and ".." out of an absolute path, by its text alone. "ret" has room for its length
 * and two bytes. */
void aa_normalize_path(const char *path, char *ret);

#endif
