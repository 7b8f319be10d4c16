/* SPDX-License-Identifier: ISC */
/* What the files of the root side share among each other. */
#ifndef AA_COURIER_INTERNAL_H
#define AA_COURIER_INTERNAL_H

#include "base/link.h"
#include "courier-child.h"
#include "courier.h"

struct aa_courier {
    struct aa_link link;
    int pidfd;
    struct aa_courier_cradle *cradle;
    char *channel;
    uint64_t request;              /* what each report has to repeat */
    enum aa_account_kind namespace; /* of every voter that it may name */
    uint32_t votes, troubles;
    struct aa_buffer groups; /* that were asked about: each with its NUL */
    bool over;
    const char *trouble; /* something on this side, that the next call of process tells; NULL: none */
    struct aa_wire_vote vote; /* the last one; its texts lie in link.in */
    char text[2 * AA_WIRE_TEXT_MAX];
};

/* Starts the program: courier->link.fd, pidfd and cradle. 0 or negative errno with a fault. */
int aa_courier_spawn(const struct aa_site *site, struct aa_courier *courier,
                     struct aa_fault *fault);

/* Puts CONFIG, with what the secrets folder holds, into the queue. */
int aa_courier_configure(const struct aa_site *site, const struct aa_snapshot *snapshot,
                         const struct aa_snap_channel *channel, struct aa_courier *courier,
                         struct aa_fault *fault);

#endif
