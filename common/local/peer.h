/* SPDX-License-Identifier: ISC */
/*
 * Who is at the other end of a connection, as the kernel tells it: the uid that connected, and the
 * login identity of that very process, which a pidfd holds on to from before it was read until its
 * answer has come.
 */
#ifndef AA_PEER_H
#define AA_PEER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/site.h"

struct aa_peer {
    int pid_fd;
    pid_t pid;
    uid_t uid;
    uid_t login_uid;
    bool login_known;
};

/* 0, or negative errno where it cannot be known for certain: then it is nobody. */
int aa_peer_identify(const struct aa_site *site, int connection, struct aa_peer *ret);
/* Whether that process is still there, so that a number read by its pid was really its own. */
bool aa_peer_is_alive(const struct aa_peer *peer);
void aa_peer_forget(struct aa_peer *peer);

#endif
