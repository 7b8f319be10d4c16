/* SPDX-License-Identifier: ISC */
/*
 * The local channel of one waiting request: a socket in the folder of waiting requests, its
 * connections, and the messages of local-message.h. It knows who may see what (by a function of its
 * owner's) and hands over what they say; whether that counts is decided elsewhere.
 */
#ifndef AA_LOCAL_H
#define AA_LOCAL_H

#include <poll.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "local-message.h"
#include "peer.h"

enum {
    AA_LOCAL_CONNECTIONS_MAX = 64,
    AA_LOCAL_CONNECTIONS_OF_UID_MAX = 8,
    AA_LOCAL_JOINED_MAX = 1024,   /* followers; a host has a limit of its own on waiting ones */
    AA_LOCAL_ACCEPTS_AT_ONCE = 32, /* so that a flood does not keep others from being heard */
    AA_LOCAL_SECONDS = 5,         /* for an answer */
    AA_LOCAL_POLL_MAX = 1 + AA_LOCAL_CONNECTIONS_MAX,
};

struct aa_local;

/* What a peer said. */
struct aa_local_said {
    enum aa_local_op op;
    struct aa_peer *peer;
    const char *reason; /* NULL: none */
};

struct aa_local_owner {
    /* What this peer is to the request. */
    enum aa_local_standing (*standing)(void *context, const struct aa_peer *peer);
    /* What may be shown to it: fields of record/fields.h. */
    int (*describe)(void *context, struct aa_buffer *fields);
    /* Takes what was said; fills the reply. */
    void (*said)(void *context, const struct aa_local_said *said, struct aa_local_reply *reply);
    void *context;
};

/* Listens at RUN_DIR/CODE.sock. */
int aa_local_open(const struct aa_site *site, int folder_fd, const char *code,
                  const char *digest_hex, const struct aa_local_owner *owner,
                  struct aa_local **ret, struct aa_fault *fault);

/* For poll: at most AA_LOCAL_POLL_MAX; how many. And when it wants to be called at the latest
 * (boot time; UINT64_MAX: no need). */
size_t aa_local_poll(const struct aa_local *local, struct pollfd *fds);
uint64_t aa_local_wakes_at(const struct aa_local *local);
/* Accepts, reads, answers. Never blocks. */
void aa_local_process(struct aa_local *local, const struct pollfd *fds, size_t n);

/* Everybody who is connected hears how it ended; the socket goes away. Returns NULL. */
struct aa_local *aa_local_close(struct aa_local *local, const struct aa_local_reply *last);

/*
 * The other end, for a request that joins another one: a descriptor that becomes readable when that
 * one ends. Never blocks; 0, or negative errno where there is nobody to join.
 */
int aa_local_join(const struct aa_site *site, const char *code, int *ret_fd);
/* How it ended, from that descriptor: 1 with the reply, 0 not yet, negative: it vanished. */
int aa_local_joined_read(int fd, struct aa_local_reply *ret);

#endif
