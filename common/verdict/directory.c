/* SPDX-License-Identifier: ISC */
/*
 * The account and group databases of this host, through the C library: whatever
 * /etc/nsswitch.conf names. Nothing is kept between two questions, since what counts is now.
 */
#include "voter.h"

#include <errno.h>
#include <grp.h>

#include "capture/identity.h"

enum {
    ENTRY_MAX = 1024 * 1024, /* bytes of one entry of the group database */
    MEMORY_MAX = 4 * ENTRY_MAX,
    FIRST_GROUPS = 64,
};

/* One look-up by name: 1, 0 there is none. The entry lives as long as the arena. */
static int account_of(struct aa_arena *arena, const char *name, uid_t *ret_uid,
                      struct aa_account *ret)
{
    int r = aa_account_by_name(arena, name, ret_uid, ret);

    return r == -ENOENT ? 0 : r < 0 ? r : 1;
}

static int uid_of(void *context AA_UNUSED, const char *account, uid_t *ret)
{
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(MEMORY_MAX);
    struct aa_account entry;

    return account_of(&arena, account, ret, &entry);
}

static int name_of(void *context AA_UNUSED, struct aa_arena *arena, uid_t uid, const char **ret)
{
    struct aa_account entry;
    int r = aa_account_by_uid(arena, uid, &entry);

    if (r < 0 || !entry.found)
        return r;
    *ret = entry.name;
    return 1;
}

static int gid_of(const char *group, gid_t *ret)
{
    _cleanup_free_ char *memory = NULL;

    for (size_t size = 4096; size <= ENTRY_MAX; size *= 4) {
        struct group entry, *found = NULL;
        char *more = realloc(memory, size);
        int error;

        if (more == NULL)
            return -ENOMEM;
        memory = more;
        error = getgrnam_r(group, &entry, memory, size, &found);
        if (error == ERANGE)
            continue;
        if (found != NULL) {
            *ret = found->gr_gid;
            return 1;
        }
        /* the interface has no single way to say "there is none" */
        if (error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM)
            return 0;
        return -error;
    }
    return -E2BIG;
}

/* All groups of an account, the primary one included. */
static int groups_of(struct aa_arena *arena, const struct aa_account *account, gid_t **ret,
                     int *ret_n)
{
    int n = FIRST_GROUPS;
    gid_t *gids = AA_NEW_ARRAY(arena, gid_t, (size_t)n);

    if (gids == NULL)
        return -ENOMEM;
    if (getgrouplist(account->name, account->gid, gids, &n) < 0) {
        if (n <= 0 || n > AA_GROUPS_MAX)
            return -E2BIG;
        gids = AA_NEW_ARRAY(arena, gid_t, (size_t)n);
        if (gids == NULL)
            return -ENOMEM;
        if (getgrouplist(account->name, account->gid, gids, &n) < 0)
            return -EAGAIN; /* the database changed under us */
    }
    *ret = gids;
    *ret_n = n;
    return 0;
}

static int in_group(void *context AA_UNUSED, const char *account, const char *group)
{
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(MEMORY_MAX);
    struct aa_account entry;
    gid_t gid = 0, *gids;
    uid_t uid;
    int n, r = gid_of(group, &gid);

    if (r == 1)
        r = account_of(&arena, account, &uid, &entry);
    if (r != 1)
        return r;
    r = groups_of(&arena, &entry, &gids, &n);
    if (r < 0)
        return r;
    for (int i = 0; i < n; i++) {
        if (gids[i] == gid)
            return 1;
    }
    return 0;
}

const struct aa_directory aa_directory_of_host = {
    .uid_of = uid_of,
    .in_group = in_group,
    .name_of = name_of,
};
