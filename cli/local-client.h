/* SPDX-License-Identifier: ISC */
/*
 * The tool's end of the waiting requests' sockets (local/local-message.h). Any number of them are
 * asked at once, each with a deadline of its own, so that a requester that was stopped holds up
 * nobody. Only root is believed at the other end.
 */
#ifndef AA_CLI_LOCAL_CLIENT_H
#define AA_CLI_LOCAL_CLIENT_H

#include "base/buffer.h"
#include "base/site.h"
#include "local/local-message.h"
#include "record/fields.h"

enum local_state {
    LOCAL_UNASKED,
    LOCAL_GREETED,
    LOCAL_SILENT,   /* nothing came in time */
    LOCAL_CLOSING,  /* it hangs up whenever it is called */
    LOCAL_VANISHED, /* nobody listens any more */
    LOCAL_ENDED,    /* there is no such socket */
    LOCAL_NOT_ROOT, /* somebody else listens there */
    LOCAL_GARBLED,  /* what came is no greeting of this version */
    LOCAL_FAILED,   /* "error" says why */
};

struct local_peer {
    char code[AA_CODE_SIZE];
    enum local_state state;
    int error;
    int fd; /* open while it is asked, and behind it where it is kept; else -1 */
    struct aa_local_greeting greeting;
    char *fields; /* those behind the greeting: checked, each can be taken with aa_field_next */
    uint64_t greeted_usec; /* boot time */
    /* while it is asked */
    uint64_t started_usec, again_usec;
    bool hung_up;
};

struct local_peers {
    struct local_peer *v; /* in the order of their codes */
    size_t n;
};

enum {
    LOCAL_GREETING_USEC = 2 * 1000 * 1000,
    LOCAL_REPLY_USEC = 10 * 1000 * 1000, /* it looks people up and waits for the disk */
};

void local_peer_begin(struct local_peer *peer, const char *code);
void local_peer_end(struct local_peer *peer);
void local_peers_free(struct local_peers *peers);

/* Every request that has a socket, none of them asked. 0 (also where there is no folder yet), or
 * -errno. */
int local_list(const struct aa_site *site, struct local_peers *ret);

/* Asks all that are LOCAL_UNASKED. "keep" leaves the connections open. */
void local_greet(const struct aa_site *site, struct local_peer *peers, size_t n,
                 uint64_t deadline_usec, bool keep);

/* The fields, from the first. */
struct aa_reader local_fields(const struct local_peer *peer);
/* The first of this name. */
bool local_field(const struct local_peer *peer, const char *name, struct aa_field *ret);

/*
 * Sends an answer over the connection that was kept; it is to what the greeting told. 0: the reply
 * came. -ENODATA: the peer closed before it had the answer. -ETIMEDOUT, -EBADMSG, -ECONNRESET: it
 * has the answer, and what it made of it is not known.
 */
int local_send(const struct aa_site *site, struct local_peer *peer, enum aa_local_op op,
               const char *reason, struct aa_local_reply *ret);

const char *local_standing_name(uint32_t standing); /* "approver"; NULL: none of them */
const char *local_state_words(enum local_state state); /* "does not answer (stopped?)" */

#endif
