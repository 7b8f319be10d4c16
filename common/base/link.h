/* SPDX-License-Identifier: ISC */
/*
 * Frames over a socket that is never waited for: what cannot be sent now stays in a queue with a
 * hard maximum, what came only in part stays until the rest is there. All memory is taken at the
 * start and is never moved, and what was sent or taken is wiped, since tokens go through here.
 */
#ifndef AA_LINK_H
#define AA_LINK_H

#include "wire.h"

struct aa_link {
    int fd;
    enum aa_wire_side from; /* whose frames come in */
    aa_wire_said said;
    struct aa_buffer in, out;
    size_t taken;   /* bytes of "in" that were given out as frames */
    bool ended;     /* nothing more will come */
    bool deaf;      /* nothing more can be sent; what comes is still worth reading */
    const char *bad; /* after aa_link_next() failed: what of the frame */
};

/* "fd" stays the caller's. 0 or -ENOMEM. */
int aa_link_open(struct aa_link *link, int fd, enum aa_wire_side from);
void aa_link_close(struct aa_link *link); /* wipes and frees; not the descriptor */

/* Frames are written into this one. */
struct aa_buffer *aa_link_out(struct aa_link *link);
bool aa_link_has_more_to_send(const struct aa_link *link);

/* Sends what can be sent now. 0 or negative errno. */
int aa_link_send(struct aa_link *link);

/* Reads once, at most what there is room for. Frames that were given out are gone. Returns the
 * bytes that came, which may be none, or negative errno. */
int aa_link_receive(struct aa_link *link);

/* The next whole frame, which may be said now: 1, 0 where there is none, or -EBADMSG with its type
 * (0 where that is not known) and link->bad. */
int aa_link_next(struct aa_link *link, struct aa_wire_frame *ret);

bool aa_link_is_torn(const struct aa_link *link); /* it ended in the middle of a frame */

#endif
