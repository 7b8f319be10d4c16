/* SPDX-License-Identifier: ISC */
#include "peer.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/io.h"

/* 1 set, 0 unset or a kernel without audit, or negative errno. */
static int read_login_uid(const struct aa_site *site, pid_t pid, uid_t *ret)
{
    char path[128], text[32], *end;
    unsigned long number;
    int r;

    snprintf(path, sizeof(path), "%s/%ld/loginuid", site->proc_dir, (long)pid);
    r = aa_read_line(path, text, sizeof(text));
    if (r == -ENOENT) {
        /* no audit in this kernel; or no such process, which is no answer */
        snprintf(path, sizeof(path), "%s/%ld/stat", site->proc_dir, (long)pid);
        return access(path, F_OK) == 0 ? 0 : r;
    }
    if (r < 0)
        return r;
    errno = 0;
    number = strtoul(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || number > UINT32_MAX)
        return -EBADMSG;
    *ret = (uid_t)number;
    return number != UINT32_MAX;
}

bool aa_peer_is_alive(const struct aa_peer *peer)
{
    struct pollfd fd = { .fd = peer->pid_fd, .events = POLLIN };

    return peer->pid_fd >= 0 && poll(&fd, 1, 0) == 0;
}

int aa_peer_identify(const struct aa_site *site, int connection, struct aa_peer *ret)
{
    struct aa_peer peer = { .pid_fd = -1 };
    struct ucred credentials;
    socklen_t size = sizeof(credentials);
    int r;

    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
        return -errno;
    if (credentials.pid <= 0) /* of another pid namespace */
        return -ESRCH;
    peer.pid = credentials.pid;
    peer.uid = credentials.uid;
    peer.pid_fd = (int)syscall(SYS_pidfd_open, credentials.pid, 0);
    if (peer.pid_fd < 0)
        return -errno;
    r = read_login_uid(site, peer.pid, &peer.login_uid);
    if (r >= 0 && !aa_peer_is_alive(&peer))
        r = -ESRCH;
    if (r < 0) {
        aa_peer_forget(&peer);
        return r;
    }
    peer.login_known = r == 1;
    *ret = peer;
    return 0;
}

void aa_peer_forget(struct aa_peer *peer)
{
    aa_close_at(&peer->pid_fd);
    peer->pid_fd = -1;
}
