/* SPDX-License-Identifier: ISC */
/*
 * What goes between the waiting root side and a courier, as both sides read and write it.
 *
 * A frame is a header (version, type, two zero bytes, payload length) and a payload of numbers,
 * little endian, and texts: a length, UTF-8 without a NUL in it, and one NUL behind it, so that
 * what was checked can be used where it lies. Every number, text and list has a maximum; a byte
 * that nothing asked for makes the frame malformed.
 *
 * The socket is a stream: a question may be larger than a socket's buffer, which in a container
 * root itself cannot raise, and a packet has to fit into one. Nor can a packet arrive in part, so
 * a courier that stops in the middle of one could not be told from one that says nothing.
 */
#ifndef AA_WIRE_H
#define AA_WIRE_H

#include "buffer.h"

enum {
    AA_WIRE_VERSION = 1,
    AA_WIRE_HEADER_SIZE = 8,
    AA_WIRE_FRAME_MAX = 256 * 1024, /* payload of the root side's */
    AA_WIRE_REPORT_MAX = 16 * 1024, /* payload of a courier's */
    AA_WIRE_FIELD_MAX = 64 * 1024,  /* bytes of one field, its name included */
    AA_WIRE_FIELD_NAME_MAX = 64,
    AA_WIRE_FIELDS_MAX = 256, /* in number */
    AA_WIRE_NAME_MAX = 256,   /* of a channel, of a version */
    AA_WIRE_PAIRS_MAX = 16,
    AA_WIRE_VALUE_MAX = 16 * 1024, /* of a pair: a secret may be a key of some size */
    AA_WIRE_ACCOUNT_MAX = 255,
    AA_WIRE_EMAIL_MAX = 320,
    AA_WIRE_GROUP_MAX = 128,
    AA_WIRE_GROUPS_MAX = 64,
    AA_WIRE_REASON_MAX = 1000,
    AA_WIRE_TEXT_MAX = 1000,
    AA_WIRE_VOTES_MAX = 512,    /* of one courier */
    AA_WIRE_TROUBLES_MAX = 256, /* of one courier: it tells changes, not every failed attempt */
};

enum aa_wire_side { AA_WIRE_ROOT = 1, AA_WIRE_COURIER };

enum aa_wire_type {
    AA_WIRE_HELLO = 1,
    AA_WIRE_CONFIG,
    AA_WIRE_ASK,
    AA_WIRE_ANSWER,
    AA_WIRE_OUTCOME,
    AA_WIRE_HELLO_BACK = 16,
    AA_WIRE_POSTED,
    AA_WIRE_TROUBLE,
    AA_WIRE_VOTE,
    AA_WIRE_FAILED,
    AA_WIRE_DONE,
    AA_WIRE_LAST = 31, /* no frame: an outcome that was the last */
};

/* What was said so far by both sides, a bit a type: the state of a link. */
typedef uint32_t aa_wire_said;

/* Whether "type" may be said now; the same table judges what is sent and what is received. */
bool aa_wire_permits(aa_wire_said said, enum aa_wire_type type);
void aa_wire_note(aa_wire_said *said, enum aa_wire_type type);
bool aa_wire_was_said(aa_wire_said said, enum aa_wire_type type);
const char *aa_wire_name(enum aa_wire_type type); /* "VOTE"; "unknown" */

struct aa_wire_frame {
    enum aa_wire_type type;
    struct aa_reader payload;
    const char *bad; /* after a read failed: what of it */
};

/* The header of a frame that "from" sends: 0, or -EBADMSG with what is wrong with it. */
int aa_wire_read_header(const unsigned char header[AA_WIRE_HEADER_SIZE], enum aa_wire_side from,
                        enum aa_wire_type *ret_type, size_t *ret_length, const char **ret_bad);

/*
 * Fields as in record/fields.h: 32-bit length, "NAME=value". Here names are of A-Z 0-9 _ and
 * values are text. Those of a question are the record's, and beside them:
 */
#define AA_WIRE_DEADLINE "AA_DEADLINE"     /* when it expires: microseconds since 1970 */
#define AA_WIRE_FROM "AA_FROM"             /* each group whose members may answer */
#define AA_WIRE_CHAT_GROUP "AA_CHAT_GROUP" /* each group of the chat to look voters up in */
#define AA_WIRE_QUORUM "AA_QUORUM"

struct aa_wire_field {
    const char *name, *value; /* no NUL behind them */
    size_t name_length, value_length;
};

/* 1 the next field, 0 no more, -EBADMSG. */
int aa_wire_field_next(struct aa_reader *fields, struct aa_wire_field *ret);
bool aa_wire_field_is(const struct aa_wire_field *field, const char *name);

/* ---- the messages: what one side writes, the other reads ----
 *
 * Writing appends a frame: 0, or -EMSGSIZE (beyond a maximum, or no text), -E2BIG (beyond the
 * buffer's) or -ENOMEM, with nothing appended. Reading gives 0 or -EBADMSG, with frame->bad; texts
 * and fields stay where they are, in the frame.
 */

struct aa_wire_hello {
    const char *version; /* of the product, for people: the frames have their own */
};

struct aa_wire_pair {
    uint32_t key; /* enum aa_channel_key */
    bool secret;
    const char *value;
};

struct aa_wire_config {
    const char *channel;
    uint32_t type;      /* enum aa_channel_type */
    uint8_t namespace;  /* enum aa_account_kind: of every voter that it may name */
    uint64_t request;   /* what each report repeats */
    uint32_t pairs_n;
    struct aa_wire_pair pairs[AA_WIRE_PAIRS_MAX];
};

struct aa_wire_ask {
    struct aa_reader fields;
};

struct aa_wire_answer {
    uint32_t vote_number;
    uint32_t status; /* enum aa_vote_status; 0: it counts */
    const char *words;
    uint32_t approvals, quorum;
};

struct aa_wire_outcome {
    bool last;
    struct aa_reader fields;
};

struct aa_wire_posted {
    uint64_t request;
    const char *where; /* for people: a link or a number; may be empty */
};

struct aa_wire_trouble {
    const char *text;
};

struct aa_wire_vote {
    uint64_t request;
    uint32_t number;   /* 1, 2, 3 … */
    uint8_t kind;      /* enum aa_vote_kind */
    uint8_t namespace; /* enum aa_account_kind */
    const char *account;
    const char *email; /* confirmed by the vendor; empty: none */
    uint32_t groups_n; /* of those asked about */
    const char *groups[AA_WIRE_GROUPS_MAX];
    uint32_t power;
    const char *reason;
    const char *signature; /* for signed decisions, later: has to be empty */
};

struct aa_wire_failed {
    const char *text;
};

struct aa_wire_done {
    uint64_t request;
};

int aa_wire_write_hello(struct aa_buffer *out, enum aa_wire_side from,
                        const struct aa_wire_hello *hello);
int aa_wire_read_hello(struct aa_wire_frame *frame, struct aa_wire_hello *ret);
int aa_wire_write_config(struct aa_buffer *out, const struct aa_wire_config *config);
int aa_wire_read_config(struct aa_wire_frame *frame, struct aa_wire_config *ret);
int aa_wire_write_ask(struct aa_buffer *out, const struct aa_wire_ask *ask);
int aa_wire_read_ask(struct aa_wire_frame *frame, struct aa_wire_ask *ret);
int aa_wire_write_answer(struct aa_buffer *out, const struct aa_wire_answer *answer);
int aa_wire_read_answer(struct aa_wire_frame *frame, struct aa_wire_answer *ret);
int aa_wire_write_outcome(struct aa_buffer *out, const struct aa_wire_outcome *outcome);
int aa_wire_read_outcome(struct aa_wire_frame *frame, struct aa_wire_outcome *ret);

int aa_wire_write_posted(struct aa_buffer *out, const struct aa_wire_posted *posted);
int aa_wire_read_posted(struct aa_wire_frame *frame, struct aa_wire_posted *ret);
int aa_wire_write_trouble(struct aa_buffer *out, const struct aa_wire_trouble *trouble);
int aa_wire_read_trouble(struct aa_wire_frame *frame, struct aa_wire_trouble *ret);
int aa_wire_write_vote(struct aa_buffer *out, const struct aa_wire_vote *vote);
int aa_wire_read_vote(struct aa_wire_frame *frame, struct aa_wire_vote *ret);
int aa_wire_write_failed(struct aa_buffer *out, const struct aa_wire_failed *failed);
int aa_wire_read_failed(struct aa_wire_frame *frame, struct aa_wire_failed *ret);
int aa_wire_write_done(struct aa_buffer *out, const struct aa_wire_done *done);
int aa_wire_read_done(struct aa_wire_frame *frame, struct aa_wire_done *ret);

#endif
