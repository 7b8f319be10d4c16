/* SPDX-License-Identifier: ISC */
/*
 * A code is spent: counted, compared, marked as used, on disk, and looked at once more, in this
 * order, under the lock of its account. Whatever happens between two of these steps (a kill, a full
 * disk, a crash of the host) leaves it unused and not accepted, or used and not accepted.
 *
 * Clocks. Attempts are timed by the time since boot, which nobody can set; those of another boot
 * are over when this boot is old enough, or when the calendar says so (else five typing errors of last
 * year would lock the first minutes of every boot: 80 random bits need no better guard). The
 * calendar decides about expiry. If it stands before the code's creation it is wrong for certain,
 * and the code is refused. A code that somebody tried when it was over is marked, and stays over
 * when the clock is put back.
 */
#include <errno.h>
#include <stdio.h>

#include "base/io.h"
#include "code-file.h"
#include "code-text.h"

/* ---- ready ---- */

static bool clock_is_behind(const struct aa_code_slot *slot, uint64_t realtime_usec)
{
    return realtime_usec < slot->made.made.created_usec;
}

int aa_codes_ready(const struct aa_site *site, int state_fd, const char *user,
                   struct aa_fault *fault)
{
    _cleanup_codes_ struct aa_codes codes = { .fd = -1 };
    uint64_t now = site->realtime_usec();
    int r = aa_codes_open(site, state_fd, false, &codes, fault);

    if (r <= 0)
        return r;
    for (uint32_t i = 0; i < AA_CODES_MAX; i++) {
        struct aa_code_slot slot;

        r = aa_codes_read_slot(&codes, i, &slot);
        if (r < 0 && r != -EBADMSG)
            return aa_codes_failed(&codes, r, fault);
        if (r == 1 && aa_streq(slot.made.made.user, user) && !clock_is_behind(&slot, now) &&
            aa_code_slot_state(&slot, now) == AA_CODE_READY)
            return 1;
    }
    return codes.damaged > 0 ? aa_codes_damaged(&codes, fault) : 0;
}

/* ---- attempts ---- */

static int this_moment(const struct aa_site *site, struct aa_code_attempt *ret)
{
    unsigned char digest[AA_SHA256_SIZE];
    char path[256], boot_id[64];
    struct aa_sha256 hash;
    int r;

    snprintf(path, sizeof(path), "%s/sys/kernel/random/boot_id", site->proc_dir);
    r = aa_read_line(path, boot_id, sizeof(boot_id));
    if (r < 0)
        return r;
    aa_sha256_start(&hash);
    aa_sha256_add(&hash, boot_id, strlen(boot_id));
    aa_sha256_finish(&hash, digest);
    memcpy(ret->boot, digest, sizeof(ret->boot));
    ret->boottime_usec = site->boottime_usec();
    ret->realtime_usec = site->realtime_usec();
    return 0;
}

/* When it does not count any more: by the time since boot, as long as nothing else changes. */
static uint64_t counts_until(const struct aa_code_attempt *attempt,
                             const struct aa_code_attempt *now)
{
    static const uint64_t window = (uint64_t)AA_CODE_ATTEMPTS_SECONDS * 1000000;

    if (memcmp(attempt->boot, now->boot, sizeof(now->boot)) == 0)
        return attempt->boottime_usec + window;
    if (now->realtime_usec >= attempt->realtime_usec &&
        now->realtime_usec - attempt->realtime_usec >= window)
        return 0;
    return window;
}

static void forget_old_attempts(struct aa_code_account *account, const struct aa_code_attempt *now)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < account->attempts_n; i++) {
        if (now->boottime_usec < counts_until(&account->attempts[i], now))
            account->attempts[kept++] = account->attempts[i];
    }
    account->attempts_n = kept;
}

static int locked(const struct aa_code_account *account, const struct aa_code_attempt *now,
                  struct aa_fault *fault)
{
    uint64_t until = UINT64_MAX;

    for (uint32_t i = 0; i < account->attempts_n; i++)
        until = AA_MIN(until, counts_until(&account->attempts[i], now));
    return aa_fault(fault, AA_FAULT_BREAK_GLASS, AA_CODE_LOCKED,
                    "%d codes were wrong: the next one can be tried in %llu seconds",
                    AA_CODE_ATTEMPTS_MAX,
                    (unsigned long long)(until - now->boottime_usec + 999999) / 1000000);
}

/* ---- the code ---- */

static int wrong(struct aa_fault *fault, const char *why)
{
    return aa_fault(fault, AA_FAULT_BREAK_GLASS, AA_CODE_WRONG, "%s", why);
}

/* The one of the account's codes that was typed. All of them are compared, so that the time that it
 * takes tells nothing. 1, 0, or negative errno. */
static int find_code(struct aa_codes *codes, const char *user, const char *text,
                     struct aa_code_slot *ret)
{
    unsigned char hash[AA_SHA256_SIZE];
    struct aa_code_digits digits = { .v = { 0 } };
    bool whole = aa_code_read(text, &digits), found = false;

    aa_code_hash(codes->key, sizeof(codes->key), user, &digits, hash);
    explicit_bzero(&digits, sizeof(digits));
    for (uint32_t i = 0; i < AA_CODES_MAX; i++) {
        struct aa_code_slot slot;
        int r = aa_codes_read_slot(codes, i, &slot);

        if (r < 0 && r != -EBADMSG)
            return r;
        if (r != 1 || !aa_streq(slot.made.made.user, user) ||
            !aa_code_hash_equal(slot.made.made.hash, hash) || !whole)
            continue;
        *ret = slot;
        found = true;
    }
    explicit_bzero(hash, sizeof(hash));
    return found;
}

/* It is on disk, and from here on the code is spent; now root's word is heard once more. */
static int still_stands(struct aa_codes *codes, const struct aa_code_slot *slot,
                        struct aa_fault *fault)
{
    struct aa_code_slot now;
    int r = aa_codes_read_slot(codes, slot->index, &now);

    if (r < 0)
        return aa_codes_failed(codes, r, fault);
    if (r == 0 || now.made.made.number != slot->made.made.number ||
        now.made.made.revoked_usec != 0)
        return wrong(fault, "this code was revoked");
    return AA_CODE_ACCEPTED;
}

static int spend(struct aa_codes *codes, struct aa_code_slot *slot,
                 const char request[AA_CODE_REQUEST_SIZE], struct aa_fault *fault)
{
    struct aa_code_spent *spent = &slot->spent.spent;
    uint64_t now = codes->site->realtime_usec();
    enum aa_code_state state = aa_code_slot_state(slot, now);
    int r;

    if (state == AA_CODE_USED)
        return wrong(fault, "this code was used before: each works once");
    if (state == AA_CODE_REVOKED)
        return wrong(fault, "this code was revoked");
    if (clock_is_behind(slot, now))
        return wrong(fault, "this host's clock stands before the day on which the code was made");
    spent->state = state == AA_CODE_READY ? AA_CODE_USED : AA_CODE_EXPIRED;
    spent->ended_usec = now;
    if (state == AA_CODE_READY) {
        memcpy(spent->request, request, sizeof(spent->request));
        spent->request[sizeof(spent->request) - 1] = '\0';
    }
    r = aa_codes_write_spent(codes, slot);
    if (r == 0)
        r = aa_codes_sync(codes);
    if (state == AA_CODE_EXPIRED)
        return wrong(fault, "this code has expired");
    return r < 0 ? aa_codes_failed(codes, r, fault) : still_stands(codes, slot, fault);
}

/* With the account's lock held. */
static int use(struct aa_codes *codes, uint32_t place, const char *user, const char *text,
               const char request[AA_CODE_REQUEST_SIZE], uint32_t *ret_number,
               struct aa_fault *fault)
{
    union aa_code_block block;
    struct aa_code_account *account = &block.account;
    struct aa_code_attempt now;
    struct aa_code_slot slot;
    int r = aa_codes_read_block(codes, place, AA_CODE_BLOCK_ACCOUNT, &block);

    if (r == 0 || r == -EBADMSG || (r == 1 && !aa_streq(account->user, user))) {
        codes->damaged++;
        return aa_codes_damaged(codes, fault);
    }
    if (r == 1)
        r = this_moment(codes->site, &now);
    if (r < 0)
        return aa_codes_failed(codes, r, fault);
    forget_old_attempts(account, &now);
    if (account->attempts_n >= AA_CODE_ATTEMPTS_MAX)
        return locked(account, &now, fault);
    account->attempts[account->attempts_n++] = now;
    r = aa_codes_write_block(codes, place, AA_CODE_BLOCK_ACCOUNT, &block);
    if (r == 0)
        r = find_code(codes, user, text, &slot);
    if (r < 0)
        return aa_codes_failed(codes, r, fault);
    if (r == 0 && codes->damaged > 0)
        return aa_codes_damaged(codes, fault); /* it could be one of those */
    if (r == 0)
        return wrong(fault, "this is no code of this account");
    r = spend(codes, &slot, request, fault);
    if (r != AA_CODE_ACCEPTED)
        return r;
    *ret_number = slot.made.made.number;
    account->attempts_n--; /* if this fails, it only counts */
    (void)aa_codes_write_block(codes, place, AA_CODE_BLOCK_ACCOUNT, &block);
    return AA_CODE_ACCEPTED;
}

int aa_codes_use(const struct aa_site *site, int state_fd, const char *user, const char *text,
                 const char request[AA_CODE_REQUEST_SIZE], uint32_t *ret_number,
                 struct aa_fault *fault)
{
    static const char none[] = "there are no break-glass codes for this account";
    _cleanup_codes_ struct aa_codes codes = { .fd = -1 };
    union aa_code_block account;
    uint32_t place = 0;
    int r = aa_codes_open(site, state_fd, true, &codes, fault);

    if (r < 0)
        return r;
    if (r == 0)
        return wrong(fault, none);
    r = aa_codes_find_account(&codes, user, &place, &account);
    if (r < 0)
        return aa_codes_failed(&codes, r, fault);
    if (r == 0) /* nothing to guess, so nothing to count */
        return codes.damaged > 0 ? aa_codes_damaged(&codes, fault) : wrong(fault, none);
    r = aa_codes_lock_account(&codes, place, AA_CODES_LOCK_USEC);
    if (r < 0)
        return aa_codes_failed(&codes, r, fault);
    if (r == 1)
        return aa_fault(fault, AA_FAULT_BREAK_GLASS, -EBUSY,
                        "another sudo of this account is at a break-glass code, or was stopped "
                        "while it was: end it, and try again");
    return use(&codes, place, user, text, request, ret_number, fault);
}
