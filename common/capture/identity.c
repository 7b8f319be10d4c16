/* SPDX-License-Identifier: ISC */
#include "identity.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>

#include "base/audit-number.h"

enum { ACCOUNT_MAX = 1024 * 1024 }; /* bytes of one entry of the account or group database */

/* systemd's: 61184-65519 are given to services for the time that they run, 65534 is nobody */
enum { FIRST_HUMAN_UID = 1000, FIRST_DYNAMIC_UID = 61184, LAST_DYNAMIC_UID = 65535 };

bool aa_uid_is_system(uid_t uid)
{
    return uid < FIRST_HUMAN_UID || (uid >= FIRST_DYNAMIC_UID && uid <= LAST_DYNAMIC_UID);
}

static int copy_account(struct aa_arena *arena, const struct passwd *entry, struct aa_account *ret)
{
    struct aa_account account = { .gid = entry->pw_gid, .found = true };

    account.name = aa_arena_strdup(arena, entry->pw_name);
    account.home = aa_arena_strdup(arena, entry->pw_dir == NULL ? "" : entry->pw_dir);
    account.shell = aa_arena_strdup(arena, entry->pw_shell == NULL || *entry->pw_shell == '\0' ?
                                               "/bin/sh" : entry->pw_shell);
    if (account.name == NULL || account.home == NULL || account.shell == NULL)
        return -ENOMEM;
    *ret = account;
    return 0;
}

/* One look-up: by name, or where that is NULL by uid. */
static int look_up(struct aa_arena *arena, const char *name, uid_t uid, uid_t *ret_uid,
                   struct aa_account *ret)
{
    _cleanup_free_ char *memory = NULL;

    for (size_t size = 4096; size <= ACCOUNT_MAX; size *= 4) {
        struct passwd entry, *found = NULL;
        char *more = realloc(memory, size);
        int error;

        if (more == NULL)
            return -ENOMEM;
        memory = more;
        error = name != NULL ? getpwnam_r(name, &entry, memory, size, &found) :
                               getpwuid_r(uid, &entry, memory, size, &found);
        if (error == ERANGE)
            continue;
        if (found != NULL) {
            if (ret_uid != NULL)
                *ret_uid = found->pw_uid;
            return copy_account(arena, found, ret);
        }
        /* the interface has no single way to say "there is none" */
        if (error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM)
            return -ENOENT;
        return -error;
    }
    return -E2BIG;
}

int aa_account_by_uid(struct aa_arena *arena, uid_t uid, struct aa_account *ret)
{
    int r = look_up(arena, NULL, uid, NULL, ret);

    if (r != -ENOENT)
        return r;
    *ret = (struct aa_account){ .name = aa_arena_printf(arena, "#%u", (unsigned)uid) };
    return ret->name == NULL ? -ENOMEM : 0;
}

int aa_account_by_name(struct aa_arena *arena, const char *name, uid_t *ret_uid,
                       struct aa_account *ret)
{
    return look_up(arena, name, 0, ret_uid, ret);
}

int aa_capture_identity(const struct aa_site *site, struct aa_request *request, uid_t uid,
                        const char *name, struct aa_fault *fault)
{
    struct aa_account account;
    uint32_t number;
    int r;

    request->user = (struct aa_identity){ .known = true, .uid = uid, .name = "" };
    if (name == NULL) {
        r = aa_account_by_uid(&request->arena, uid, &account);
        name = r < 0 ? NULL : account.name;
    } else {
        name = aa_arena_strdup(&request->arena, name);
        r = name == NULL ? -ENOMEM : 0;
    }
    if (r < 0)
        return aa_fault(fault, AA_FAULT_IDENTITY, r, "the account of uid %u cannot be read: %s",
                        (unsigned)uid, strerror(-r));
    request->user.name = name;

    r = aa_audit_number(site, "self", "loginuid", &number);
    if (r < 0)
        return aa_fault(fault, AA_FAULT_IDENTITY, r, "the login identity cannot be read: %s",
                        strerror(-r));
    if (r == 1) {
        request->login = (struct aa_identity){ .known = true, .uid = number };
        if (number == uid) {
            request->login.name = name;
        } else {
            r = aa_account_by_uid(&request->arena, number, &account);
            if (r < 0)
                return aa_fault(fault, AA_FAULT_IDENTITY, r,
                                "the account of login uid %u cannot be read: %s", number,
                                strerror(-r));
            request->login.name = account.name;
        }
    }
    r = aa_audit_number(site, "self", "sessionid", &request->session);
    if (r < 0)
        return aa_fault(fault, AA_FAULT_IDENTITY, r, "the login session cannot be read: %s",
                        strerror(-r));
    request->session_known = r == 1;
    return 0;
}

static int name_of_group(struct aa_arena *arena, gid_t gid, const char **ret)
{
    _cleanup_free_ char *memory = NULL;

    for (size_t size = 4096; size <= ACCOUNT_MAX; size *= 4) {
        struct group entry, *found = NULL;
        char *more = realloc(memory, size);
        int error;

        if (more == NULL)
            return -ENOMEM;
        memory = more;
        error = getgrgid_r(gid, &entry, memory, size, &found);
        if (error == ERANGE)
            continue;
        if (found != NULL)
            *ret = aa_arena_strdup(arena, found->gr_name);
        else if (error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM)
            *ret = aa_arena_printf(arena, "#%u", (unsigned)gid);
        else
            return -error;
        return *ret == NULL ? -ENOMEM : 0;
    }
    return -E2BIG;
}

static int name_groups(struct aa_arena *arena, const gid_t *gids, int n, struct aa_strings *ret)
{
    const char **names = AA_NEW_ARRAY(arena, const char *, (size_t)n);

    if (names == NULL)
        return -ENOMEM;
    for (int i = 0; i < n; i++) {
        int r = name_of_group(arena, gids[i], &names[i]);

        if (r < 0)
            return r;
    }
    *ret = (struct aa_strings){ names, (size_t)n };
    return 0;
}

static int groups_by_database(struct aa_arena *arena, struct aa_identity *identity)
{
    struct aa_account account;
    gid_t *gids;
    int n = 64, r = aa_account_by_uid(arena, identity->uid, &account);

    if (r < 0 || !account.found)
        return r;
    gids = AA_NEW_ARRAY(arena, gid_t, (size_t)n);
    if (gids == NULL)
        return -ENOMEM;
    if (getgrouplist(identity->name, account.gid, gids, &n) < 0) {
        if (n <= 0 || n > AA_GROUPS_MAX)
            return -E2BIG;
        gids = AA_NEW_ARRAY(arena, gid_t, (size_t)n);
        if (gids == NULL)
            return -ENOMEM;
        if (getgrouplist(identity->name, account.gid, gids, &n) < 0)
            return -EAGAIN; /* the database changed under us */
    }
    return name_groups(arena, gids, n, &identity->groups);
}

static int groups_held(struct aa_arena *arena, struct aa_identity *identity)
{
    int n = getgroups(0, NULL);
    gid_t *gids = n < 0 ? NULL : AA_NEW_ARRAY(arena, gid_t, (size_t)n + 1);

    if (gids == NULL)
        return n < 0 ? -errno : -ENOMEM;
    n = getgroups(n, gids);
    if (n < 0)
        return -errno;
    gids[n++] = getgid();
    return name_groups(arena, gids, n, &identity->held_groups);
}

int aa_capture_groups(struct aa_request *request, struct aa_fault *fault)
{
    int r = groups_by_database(&request->arena, &request->user);

    if (r == 0)
        r = groups_held(&request->arena, &request->user);
    if (r == 0 && request->login.known) {
        if (request->login.uid == request->user.uid)
            request->login = request->user;
        else
            r = groups_by_database(&request->arena, &request->login);
    }
    return r == 0 ? 0 : aa_fault(fault, AA_FAULT_IDENTITY, r, "the groups of %s cannot be read: %s",
                                 request->user.name, strerror(-r));
}
