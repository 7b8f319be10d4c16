/* SPDX-License-Identifier: ISC */
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/utsname.h>

#include "base/trusted-file.h"

enum { HOSTS_FILE_MAX = 1024 * 1024 };

static char *lower(struct aa_arena *arena, const char *name)
{
    char *copy = aa_arena_strdup(arena, name);

    for (char *p = copy; p != NULL && *p != '\0'; p++) {
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    }
    return copy;
}

/* The first name with a dot on a line of the hosts file that also names "host". */
static int full_name_from_line(struct aa_arena *arena, char *line, const char *host,
                               const char **ret)
{
    char *rest = NULL, *full = NULL;
    bool named = false;

    line[strcspn(line, "#")] = '\0';
    if (strtok_r(line, " \t", &rest) == NULL) /* the address */
        return 0;
    for (char *word; (word = strtok_r(NULL, " \t", &rest)) != NULL;) {
        char *name = lower(arena, word);

        if (name == NULL)
            return -ENOMEM;
        named |= aa_streq(name, host);
        if (full == NULL && strchr(name, '.') != NULL && aa_after(name, host) != NULL &&
            name[strlen(host)] == '.')
            full = name;
    }
    if (named && full != NULL)
        *ret = full;
    return 0;
}

static int full_name_from_hosts(const struct aa_site *site, struct aa_arena *arena,
                                const char *host, const char **ret)
{
    _cleanup_buffer_ struct aa_buffer content = AA_BUFFER_INIT(HOSTS_FILE_MAX);
    _cleanup_close_ int fd = open(site->hosts, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    char *rest = NULL;
    int r;

    if (fd < 0)
        return errno == ENOENT ? 0 : -errno;
    r = aa_read_all(fd, &content);
    if (r < 0 || aa_buffer_text(&content) == NULL)
        return r < 0 ? r : content.error;
    for (char *line = strtok_r(content.data, "\n", &rest); line != NULL && *ret == NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        r = full_name_from_line(arena, line, host, ret);
        if (r < 0)
            return r;
    }
    return 0;
}

int aa_capture_host(const struct aa_site *site, struct aa_request *request, bool full)
{
    struct utsname names;
    char machine[64];
    char *name, *dot;

    if (uname(&names) != 0)
        return -errno;
    name = lower(&request->arena, names.nodename);
    if (name == NULL)
        return -ENOMEM;
    dot = strchr(name, '.');
    if (dot != NULL) {
        request->host_full = aa_arena_strdup(&request->arena, name);
        if (request->host_full == NULL)
            return -ENOMEM;
        *dot = '\0';
    }
    request->host = name;
    if (aa_read_line(site->machine_id, machine, sizeof(machine)) < 0)
        machine[0] = '\0'; /* a host without one still decides */
    request->machine = aa_arena_strdup(&request->arena, machine);
    if (request->machine == NULL)
        return -ENOMEM;
    if (full && request->host_full == NULL)
        return full_name_from_hosts(site, &request->arena, request->host, &request->host_full);
    return 0;
}
