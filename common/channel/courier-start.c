/* SPDX-License-Identifier: ISC */
/* What has to be there before a courier can be born: its program, which nobody but root can have
 * put there, its user, and a socket. */
#include "courier-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "base/trusted-file.h"

enum { PASSWD_MAX = 64 * 1024 };

static int open_program(const struct aa_site *site, int *ret_fd, struct aa_fault *fault)
{
    const char *slash = strrchr(site->courier, '/');
    _cleanup_free_ char *folder = NULL;
    _cleanup_close_ int folder_fd = -1;
    char why[AA_TRUST_WHY_MAX] = "";
    struct stat st;
    int fd = -1, r;

    if (slash == NULL || slash == site->courier)
        return aa_fault(fault, AA_FAULT_CHANNEL, -EINVAL, "the courier %s: no full path",
                        site->courier);
    folder = strndup(site->courier, (size_t)(slash - site->courier));
    if (folder == NULL)
        return aa_fault(fault, AA_FAULT_MEMORY, -ENOMEM, "no memory for a courier");
    r = aa_trusted_folder(site, folder, &folder_fd, why);
    if (r == AA_TRUST_OK)
        r = aa_trusted_file(site, folder_fd, slash + 1, O_RDONLY, false, &fd, &st, why);
    if (r != AA_TRUST_OK)
        return aa_fault(fault, AA_FAULT_CHANNEL, r < 0 ? r : -EACCES, "the courier %s: %s",
                        site->courier, why);
    *ret_fd = fd;
    return 0;
}

static int look_user_up(const struct aa_site *site, struct aa_courier_birth *birth,
                        struct aa_fault *fault)
{
    _cleanup_free_ char *memory = malloc(PASSWD_MAX);
    struct passwd entry, *found = NULL;
    int r;

    if (memory == NULL)
        return aa_fault(fault, AA_FAULT_MEMORY, -ENOMEM, "no memory for a courier");
    r = getpwnam_r(site->courier_user, &entry, memory, PASSWD_MAX, &found);
    if (found == NULL)
        return aa_fault(fault, AA_FAULT_CHANNEL, r > 0 ? -r : -ENOENT,
                        "the courier's user %s: %s", site->courier_user,
                        r > 0 ? strerror(r) : "there is no such account");
    if (found->pw_uid == 0 || found->pw_gid == 0)
        return aa_fault(fault, AA_FAULT_CHANNEL, -EPERM, "the courier's user %s is root, or in its group",
                        site->courier_user);
    birth->uid = found->pw_uid;
    birth->gid = found->pw_gid;
    return 0;
}

static void close_pair(int (*pair)[2])
{
    aa_close_at(&(*pair)[0]);
    aa_close_at(&(*pair)[1]);
}

int aa_courier_spawn(const struct aa_site *site, struct aa_courier *courier,
                     struct aa_fault *fault)
{
    _cleanup_(close_pair) int pair[2] = { -1, -1 };
    _cleanup_close_ int program = -1, null = -1;
    struct aa_courier_birth birth = { 0 };
    int r = open_program(site, &program, fault);

    if (r == 0)
        r = look_user_up(site, &birth, fault);
    if (r < 0)
        return r;
    courier->cradle = mmap(NULL, sizeof(*courier->cradle), PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (courier->cradle == MAP_FAILED) {
        courier->cradle = NULL;
        return aa_fault(fault, AA_FAULT_MEMORY, -ENOMEM, "no memory for a courier");
    }
    courier->cradle->pidfd = -1;
    null = open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (null < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0)
        return aa_fault(fault, AA_FAULT_CHANNEL, -errno, "no socket for a courier: %s",
                        strerror(errno));
    birth.socket = pair[1];
    birth.null = null;
    birth.program = program;
    birth.cradle = courier->cradle;
    r = aa_courier_bear(&birth);
    if (r < 0)
        return aa_fault(fault, AA_FAULT_CHANNEL, r, "a courier cannot be started: %s",
                        strerror(-r));
    courier->pidfd = courier->cradle->pidfd;
    courier->link.fd = TAKE_FD(pair[0]);
    return 0;
}
