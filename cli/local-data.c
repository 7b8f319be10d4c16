/* SPDX-License-Identifier: ISC */
#include "local-data.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>

#include "base/macros.h"

static int unix_group_exists(const struct aa_local_data *data, const char *group)
{
    (void)data;
    errno = 0;
    if (getgrnam(group) != NULL)
        return 1;
    return errno == 0 || errno == ENOENT ? 0 : -errno;
}

static int in_unix_group(const struct aa_local_data *data, const char *group, const char *name)
{
    const struct group *entry;
    const struct passwd *account;
    gid_t gid;

    (void)data;
    errno = 0;
    entry = getgrnam(group);
    if (entry == NULL)
        return errno == 0 || errno == ENOENT ? 0 : -errno;
    gid = entry->gr_gid;
    for (size_t i = 0; entry->gr_mem != NULL && entry->gr_mem[i] != NULL; i++) {
        if (aa_streq(entry->gr_mem[i], name))
            return 1;
    }
    errno = 0;
    account = getpwnam(name);
    if (account == NULL)
        return errno == 0 || errno == ENOENT ? 0 : -errno;
    return account->pw_gid == gid;
}

struct aa_local_data aa_local_data_of_host(void)
{
    return (struct aa_local_data){
        .in_unix_group = in_unix_group,
        .unix_group_exists = unix_group_exists,
    };
}
