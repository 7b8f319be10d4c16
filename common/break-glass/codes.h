/* SPDX-License-Identifier: ISC */
/*
 * Break-glass codes: single-use, made in advance by root, each for one account, known here only by
 * a keyed hash. One file of fixed-size records in the state folder, root-only, changed under locks
 * that nobody can hold against another account (code-file.h says how), and on disk before anything
 * runs.
 *
 * The file is all that is known of codes: an older copy put back in its place (a backup, a
 * snapshot of the machine) makes the codes ready again that were used since. Then: revoke --all.
 */
#ifndef AA_BREAK_GLASS_CODES_H
#define AA_BREAK_GLASS_CODES_H

#include <stdbool.h>

#include "base/fault.h"
#include "base/site.h"

#define AA_CODES_FILE "break-glass"

enum {
    AA_CODES_MAX = 1024,          /* in the file, used and expired ones included */
    AA_CODES_ACCOUNTS_MAX = 1024, /* that ever had one */
    AA_CODES_CREATE_MAX = 100,    /* at once */
    AA_CODE_TEXT_SIZE = 20,       /* "7F3K-9QXM-2B4C-D6E8": 80 random bits, and a NUL */
    AA_CODE_USER_MAX = 256,
    AA_CODE_REQUEST_SIZE = 10,
    AA_CODE_ATTEMPTS_MAX = 5,     /* wrong ones of one account in AA_CODE_ATTEMPTS_SECONDS */
    AA_CODE_ATTEMPTS_SECONDS = 600,
};

enum aa_code_state { AA_CODE_READY = 1, AA_CODE_USED, AA_CODE_EXPIRED, AA_CODE_REVOKED };

struct aa_code_facts {
    uint32_t number;        /* for people: "revoke 3"; never given again while the file lives */
    enum aa_code_state state;
    char user[AA_CODE_USER_MAX];
    uint64_t created_usec, expires_usec; /* real time */
    uint64_t ended_usec;    /* used or revoked; 0 */
    char request[AA_CODE_REQUEST_SIZE]; /* used: for which request */
};

/*
 * Root's commands. Codes are text that is shown once. 0 or negative errno with the fault; where it
 * fails no code was made that anybody knows. Codes that are over make room for new ones only when
 * the file is full.
 */
int aa_codes_create(const struct aa_site *site, int state_fd, const char *user, unsigned count,
                    uint64_t expires_usec, char (*ret_codes)[AA_CODE_TEXT_SIZE],
                    struct aa_fault *fault);
/* In the order of their numbers. Damaged records are left out, and make it -EBADMSG in the end. */
int aa_codes_list(const struct aa_site *site, int state_fd,
                  void (*each)(void *context, const struct aa_code_facts *facts), void *context,
                  struct aa_fault *fault);
/* One by its number, or (number 0) all that are ready: of a user, or with NULL of everybody. How
 * many it was. From its return on none of these is accepted, whatever is under way meanwhile. */
int aa_codes_revoke(const struct aa_site *site, int state_fd, uint32_t number, const char *user,
                    struct aa_fault *fault);

/* Whether this account has a code that could be used now: only then is one asked for. 1, 0, errno.
 * An account that is locked for a while is told so by aa_codes_use, which has the words for it. */
int aa_codes_ready(const struct aa_site *site, int state_fd, const char *user,
                   struct aa_fault *fault);

enum aa_code_use { AA_CODE_ACCEPTED = 0, AA_CODE_WRONG = 1, AA_CODE_LOCKED = 2 };

/*
 * Spends a code: enum aa_code_use (ACCEPTED only after the file is on disk with the code marked as
 * used for "request"), or negative errno, which is no. Upper or lower case, with or without the
 * dashes and blanks; O is 0, I and L are 1. Attempts are counted before they are looked at; one
 * that was accepted does not count. The fault is filled in every case but ACCEPTED and says why.
 */
int aa_codes_use(const struct aa_site *site, int state_fd, const char *user, const char *text,
                 const char request[AA_CODE_REQUEST_SIZE], uint32_t *ret_number,
                 struct aa_fault *fault);

#endif
