/* SPDX-License-Identifier: ISC */
/*
 * What goes over a request's local socket, RUN_DIR/CODE.sock (SOCK_SEQPACKET), in this order:
 *
 *   1. the waiting process, as root, greets: struct aa_local_greeting, behind it the request's
 *      fields (record/fields.h) for who may see them;
 *   2. the peer answers with one struct aa_local_message of fixed size, or closes (it only looked).
 *      It carries the greeting's nonce, and the kernel adds the sender's credentials: so the process
 *      whose login identity was read before the greeting is the one that sent it;
 *   3. the waiting process says what came of it: struct aa_local_reply, and closes. A root process
 *      that sent AA_LOCAL_JOIN is kept instead, and gets its reply when the request ends.
 *
 * Both ends are of one build on one host: the structs go over as they are.
 */
#ifndef AA_LOCAL_MESSAGE_H
#define AA_LOCAL_MESSAGE_H

#include <stdint.h>

#include "base/request-id.h"
#include "base/sha256.h"

enum {
    AA_LOCAL_VERSION = 1,
    AA_LOCAL_NONCE_SIZE = 16,
    AA_LOCAL_REASON_MAX = 1000,
    AA_LOCAL_GREETING_MAX = 128 * 1024, /* struct and fields */
    AA_LOCAL_TEXT_MAX = 512,
};

enum aa_local_standing { /* what the peer is to this request */
    AA_LOCAL_STRANGER = 1, /* sees nothing */
    AA_LOCAL_REQUESTER,    /* may cancel */
    AA_LOCAL_OWNER,        /* may cancel; and answer where the rule says so */
    AA_LOCAL_APPROVER,     /* may answer */
    AA_LOCAL_ROOT,         /* sees everything, may cancel, never counts */
};

struct aa_local_greeting {
    uint32_t version;
    uint32_t standing; /* enum aa_local_standing */
    unsigned char nonce[AA_LOCAL_NONCE_SIZE];
    uint32_t fields_length; /* bytes behind this struct */
    uint32_t reserved;
};

enum aa_local_op {
    AA_LOCAL_APPROVE = 1,
    AA_LOCAL_DENY,
    AA_LOCAL_RETRACT,
    AA_LOCAL_CANCEL,
    AA_LOCAL_JOIN, /* root only: tell me how this ends */
};

struct aa_local_message {
    uint32_t version;
    uint32_t op; /* enum aa_local_op */
    unsigned char nonce[AA_LOCAL_NONCE_SIZE];
    char digest[AA_SHA256_HEX]; /* AA_DIGEST of what was shown: the answer is to this and no other */
    uint32_t reason_length;
    char reason[AA_LOCAL_REASON_MAX]; /* zeros behind it */
};

enum aa_local_result {
    AA_LOCAL_COUNTED = 1, /* it counts; more may be needed, or it was the last that was */
    AA_LOCAL_REFUSED,     /* it does not count; the text says why */
    AA_LOCAL_OVER,        /* too late: the request has ended */
    AA_LOCAL_MALFORMED,
};

struct aa_local_reply {
    uint32_t version;
    uint32_t result;  /* enum aa_local_result */
    uint32_t verdict; /* enum aa_verdict, or AA_LOCAL_EXPIRED: as it stands now */
    uint32_t approvals, quorum;
    char text[AA_LOCAL_TEXT_MAX]; /* a sentence for people; NUL-terminated, harmless to a terminal */
};

_Static_assert(sizeof(struct aa_local_greeting) == 32, "nothing between the fields");
_Static_assert(sizeof(struct aa_local_message) == 1096, "the size is part of the protocol");
_Static_assert(sizeof(struct aa_local_reply) == 532, "the size is part of the protocol");

enum { AA_LOCAL_EXPIRED = 100, AA_LOCAL_FAILED = 101 };

#endif
