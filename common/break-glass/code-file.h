/* SPDX-License-Identifier: ISC */
/*
 * The file of the codes: blocks of 512 bytes, each of one kind at one place, each sealed by an HMAC
 * with the host's key, so that damage is found and never believed.
 *
 *     header | an account's attempts, AA_CODES_ACCOUNTS_MAX times | a code, AA_CODES_MAX times
 *     a code is two blocks: "made" is root's (whose it is, its hash, until when, revoked),
 *     "spent" is its account's (ready or used, for which request)
 *
 * Who locks what, and why so: whoever runs sudo can stop that process at any moment, also while it
 * holds a lock, and leave it so for days. In an emergency this must block nobody else. So:
 *
 *   - An account's attempts and "spent" blocks are written only under the lock of that account: the
 *     bytes of its own block, by an open-file-description lock. Who stops their sudo stops nobody
 *     but themselves, and that for as long as they like to; all others wait AA_CODES_LOCK_USEC.
 *   - Root's commands take a lock of their own, on the state folder, and write "made" blocks and
 *     the header. They never need a user's lock, so that revoking cannot be held up by the one
 *     whose codes are revoked. A code is accepted only if its "made" block, read again behind the
 *     write that spent it, still says so.
 *   - A place is given to another code only while root holds the lock of its former owner's
 *     account. Where that is not to be had at once, the place is left alone. An account's own place
 *     is never given to another.
 *   - Readers take no lock. A block that is being written looks damaged for a moment; so it is read
 *     again before it is called that.
 *
 * A killed process leaves whole blocks (a block is one write within one page), and locks vanish
 * with it. All of the file is written when it is made: using a code needs no room on the disk.
 */
#ifndef AA_CODE_FILE_H
#define AA_CODE_FILE_H

#include "capture/digest.h"
#include "codes.h"

#define AA_CODES_MAGIC "AACODES\n"

enum {
    AA_CODES_FORMAT = 1,
    AA_CODES_BLOCK_SIZE = 512,
    AA_CODES_FIRST_ACCOUNT = 1, /* places, in blocks */
    AA_CODES_FIRST_CODE = AA_CODES_FIRST_ACCOUNT + AA_CODES_ACCOUNTS_MAX,
    AA_CODES_BLOCKS = AA_CODES_FIRST_CODE + 2 * AA_CODES_MAX,
    AA_CODES_SIZE = AA_CODES_BLOCKS * AA_CODES_BLOCK_SIZE,
    AA_CODES_LOCK_USEC = 250 * 1000,
    AA_CODES_TABLE_LOCK_USEC = 5 * 1000 * 1000, /* of root's commands among each other, and apply */
    AA_CODES_REREADS_MAX = 50,                  /* over all blocks of one call */
};

enum aa_code_block_kind {
    AA_CODE_BLOCK_HEADER = 1,
    AA_CODE_BLOCK_ACCOUNT,
    AA_CODE_BLOCK_MADE,
    AA_CODE_BLOCK_SPENT,
};

struct aa_code_seal {
    unsigned char mac[AA_SHA256_SIZE]; /* of all behind it */
    uint32_t kind, place;
};

struct aa_codes_header {
    struct aa_code_seal seal;
    char magic[8];
    uint32_t format;
    uint32_t next_number;
};

/* When somebody tried: on which boot, how long after its start, and by the calendar. */
struct aa_code_attempt {
    unsigned char boot[16];
    uint64_t boottime_usec, realtime_usec;
};

struct aa_code_account {
    struct aa_code_seal seal;
    char user[AA_CODE_USER_MAX];
    uint32_t attempts_n, reserved;
    struct aa_code_attempt attempts[AA_CODE_ATTEMPTS_MAX]; /* oldest first */
};

struct aa_code_made {
    struct aa_code_seal seal;
    uint32_t number, reserved;
    uint64_t created_usec, expires_usec;
    uint64_t revoked_usec; /* 0: it was not */
    unsigned char hash[AA_SHA256_SIZE];
    char user[AA_CODE_USER_MAX];
};

struct aa_code_spent {
    struct aa_code_seal seal;
    uint32_t number; /* as in "made", else the two are not of one code */
    uint32_t state;  /* READY, USED, or EXPIRED: once seen, it stays so whatever the clock says */
    uint64_t ended_usec;
    char request[AA_CODE_REQUEST_SIZE];
};

union aa_code_block {
    struct aa_code_seal seal;
    struct aa_codes_header header;
    struct aa_code_account account;
    struct aa_code_made made;
    struct aa_code_spent spent;
    unsigned char bytes[AA_CODES_BLOCK_SIZE];
};
_Static_assert(sizeof(union aa_code_block) == AA_CODES_BLOCK_SIZE, "a block is one block");

struct aa_codes {
    const struct aa_site *site;
    int state_fd, fd;
    unsigned char key[AA_KEY_SIZE];
    uint32_t next_number;
    unsigned rereads;
    unsigned damaged; /* blocks, met so far */
};

/* ---- code-file.c: blocks and locks ---- */

/* 1 it is open, 0 there is none, or negative errno with the fault; to be closed in any case. */
int aa_codes_open(const struct aa_site *site, int state_fd, bool writing, struct aa_codes *ret,
                  struct aa_fault *fault);
void aa_codes_close(struct aa_codes *codes);
#define _cleanup_codes_ _cleanup_(aa_codes_close)

/* An empty file in its place, if there is none; under the table's lock. */
int aa_codes_make_file(const struct aa_site *site, int state_fd, struct aa_fault *fault);

/* 1 read and whole, 0 empty, -EBADMSG damaged, or another negative errno. */
int aa_codes_read_block(struct aa_codes *codes, uint32_t place, enum aa_code_block_kind kind,
                        union aa_code_block *ret);
/* Seals and writes it; on disk only after aa_codes_sync. */
int aa_codes_write_block(struct aa_codes *codes, uint32_t place, enum aa_code_block_kind kind,
                         union aa_code_block *block);
int aa_codes_sync(const struct aa_codes *codes);

/* Root's commands, one at a time: the lock is a descriptor of the state folder. */
int aa_codes_lock_table(const struct aa_site *site, int state_fd, int *ret_fd,
                        struct aa_fault *fault);
/* 0, 1 somebody else holds it for too long, or negative errno. Released by closing. */
int aa_codes_lock_account(struct aa_codes *codes, uint32_t place, uint64_t wait_usec);

int aa_codes_failed(const struct aa_codes *codes, int error, struct aa_fault *fault);
int aa_codes_damaged(const struct aa_codes *codes, struct aa_fault *fault);

/* ---- code-slot.c: what stands in the blocks ---- */

/* The place of the account's block: 1, 0 it has none, or negative errno. */
int aa_codes_find_account(struct aa_codes *codes, const char *user, uint32_t *ret_place,
                          union aa_code_block *ret);

/* A code: both of its blocks. */
struct aa_code_slot {
    uint32_t index;
    union aa_code_block made, spent;
};

/* 1 a code, 0 none (also one whose making was not finished), -EBADMSG, or another errno. Counts the
 * damaged. */
int aa_codes_read_slot(struct aa_codes *codes, uint32_t index, struct aa_code_slot *ret);
enum aa_code_state aa_code_slot_state(const struct aa_code_slot *slot, uint64_t realtime_usec);
int aa_codes_write_made(struct aa_codes *codes, struct aa_code_slot *slot);
int aa_codes_write_spent(struct aa_codes *codes, struct aa_code_slot *slot);

#endif
