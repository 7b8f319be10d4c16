/* SPDX-License-Identifier: ISC */
#include "peer.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/audit-number.h"

bool aa_peer_is_alive(const struct aa_peer *peer)
{
    struct pollfd fd = { .fd = peer->pid_fd, .events = POLLIN };

    return peer->pid_fd >= 0 && poll(&fd, 1, 0) == 0;
}

int aa_peer_identify(const struct aa_site *site, int connection, struct aa_peer *ret)
{
    struct aa_peer peer = { .pid_fd = -1 };
    struct ucred credentials;
    char process[24];
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
    snprintf(process, sizeof(process), "%ld", (long)peer.pid);
    r = aa_audit_number(site, process, "loginuid", &peer.login_uid);
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
