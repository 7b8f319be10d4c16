/* SPDX-License-Identifier: ISC */
#include "local-data.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>

#include "base/macros.h"
#include "capture/capture.h"
#include "capture/host.h"

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
    struct aa_request *request = aa_request_new();
    bool known = request != NULL && aa_capture_host(&aa_site_system, request, true) == 0 &&
                 request->host_full != NULL;

    aa_request_free(request);
    return (struct aa_local_data){
        .full_host_name_known = known,
        .in_unix_group = in_unix_group,
        .unix_group_exists = unix_group_exists,
    };
}
