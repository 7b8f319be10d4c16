/* SPDX-License-Identifier: ISC */
/*
 * Where the parts live on this host, and its clocks. Production code uses aa_site_system, whose
 * paths are fixed when the library is built; tests hand in another. Nothing here is read from
 * the environment.
 */
#ifndef AA_SITE_H
#define AA_SITE_H

#include <sys/types.h>

#include "macros.h"

struct aa_site {
    const char *state_dir;      /* live, ledger, key */
    const char *config_dir;     /* actionapprove.conf, policy.d */
    const char *pack_dir;       /* shipped rule packs */
    const char *journal_socket;
    const char *proc_dir;
    const char *machine_id;
    const char *hosts;          /* for the full name of this host */
    const char *run_dir;        /* waiting requests and their sockets */
    const char *secrets_dir;    /* channels' tokens */
    const char *courier;        /* the program that speaks to networks, and the user that it runs as */
    const char *courier_user;
    const char *trusted_root;   /* the folder from which ownership is checked downwards */
    uid_t owner;                /* who must own trusted files: root */
    uint64_t (*realtime_usec)(void);
    uint64_t (*boottime_usec)(void);
};

extern const struct aa_site aa_site_system;

#endif
