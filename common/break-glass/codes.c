/* SPDX-License-Identifier: ISC */
/* Root's side of the codes: made, listed, revoked. Nothing in here waits for a user's process. */
#include "codes.h"

#include <errno.h>
#include <stdio.h>

#include "code-file.h"
#include "code-text.h"

/* ---- where new codes go ---- */

/* A place that could take a code: nothing there (number 0), or a code that is over. */
struct candidate {
    uint32_t number, index;
};

static int by_number(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;

    return x->number < y->number ? -1 : x->number > y->number;
}

static int find_candidates(struct aa_codes *codes, struct candidate *ret, size_t *ret_n)
{
    uint64_t now = codes->site->realtime_usec();
    size_t n = 0;

    for (uint32_t i = 0; i < AA_CODES_MAX; i++) {
        struct aa_code_slot slot;
        int r = aa_codes_read_slot(codes, i, &slot);

        if (r < 0 && r != -EBADMSG)
            return r;
        if (r == 0)
            ret[n++] = (struct candidate){ 0, i };
        else if (r == 1 && aa_code_slot_state(&slot, now) != AA_CODE_READY)
            ret[n++] = (struct candidate){ slot.made.made.number, i };
    }
    qsort(ret, n, sizeof(*ret), by_number); /* empty ones first, then the oldest */
    *ret_n = n;
    return 0;
}

/* A place may change hands only while nobody of its account can be at work on it. */
static bool may_take(struct aa_codes *codes, const struct candidate *candidate)
{
    union aa_code_block account;
    struct aa_code_slot slot;
    uint32_t place;

    if (candidate->number == 0)
        return true;
    return aa_codes_read_slot(codes, candidate->index, &slot) == 1 &&
           aa_codes_find_account(codes, slot.made.made.user, &place, &account) == 1 &&
           aa_codes_lock_account(codes, place, 0) == 0;
}

static int choose_places(struct aa_codes *codes, unsigned count, uint32_t *ret_indices,
                         struct aa_fault *fault)
{
    _cleanup_free_ struct candidate *candidates = calloc(AA_CODES_MAX, sizeof(*candidates));
    unsigned found = 0;
    size_t n = 0;
    int r = candidates == NULL ? -ENOMEM : find_candidates(codes, candidates, &n);

    if (r < 0)
        return aa_codes_failed(codes, r, fault);
    for (size_t i = 0; i < n && found < count; i++) {
        if (may_take(codes, &candidates[i]))
            ret_indices[found++] = candidates[i].index;
    }
    if (found < count)
        return aa_fault(fault, AA_FAULT_BREAK_GLASS, -ENOSPC,
                        "there is room for %u more break-glass codes, of %d: revoke some first",
                        found, AA_CODES_MAX);
    return 0;
}

/* The account's own block, made if it is new; it stays for ever. */
static int ensure_account(struct aa_codes *codes, const char *user, struct aa_fault *fault)
{
    union aa_code_block block;
    uint32_t place;
    int r = aa_codes_find_account(codes, user, &place, &block);

    if (r == 1)
        return 0;
    for (place = AA_CODES_FIRST_ACCOUNT; r == 0 && place < AA_CODES_FIRST_CODE; place++) {
        r = aa_codes_read_block(codes, place, AA_CODE_BLOCK_ACCOUNT, &block);
        if (r == 0) {
            block = (union aa_code_block){ .bytes = { 0 } };
            snprintf(block.account.user, sizeof(block.account.user), "%s", user);
            r = aa_codes_write_block(codes, place, AA_CODE_BLOCK_ACCOUNT, &block);
            return r < 0 ? aa_codes_failed(codes, r, fault) : 0;
        }
        if (r == 1 || r == -EBADMSG)
            r = 0;
    }
    if (r < 0)
        return aa_codes_failed(codes, r, fault);
    return aa_fault(fault, AA_FAULT_BREAK_GLASS, -ENOSPC,
                    "%d accounts have had break-glass codes, and there is no room for more: revoke "
                    "all, move %s/" AA_CODES_FILE " away, and create new ones",
                    AA_CODES_ACCOUNTS_MAX, codes->site->state_dir);
}

/* ---- create ---- */

static int take_numbers(struct aa_codes *codes, unsigned count, uint32_t *ret_first)
{
    union aa_code_block block = { .header = { .format = AA_CODES_FORMAT } };
    int r;

    if (codes->next_number > UINT32_MAX - count)
        return -EOVERFLOW;
    memcpy(block.header.magic, AA_CODES_MAGIC, sizeof(block.header.magic));
    block.header.next_number = codes->next_number + count;
    r = aa_codes_write_block(codes, 0, AA_CODE_BLOCK_HEADER, &block);
    if (r == 0)
        r = aa_codes_sync(codes); /* before any code has one: no number is given twice */
    if (r == 0)
        *ret_first = codes->next_number;
    return r;
}

static int write_code(struct aa_codes *codes, uint32_t index, uint32_t number, const char *user,
                      uint64_t expires_usec, const struct aa_code_digits *digits)
{
    struct aa_code_slot slot = { .index = index };
    struct aa_code_made *made = &slot.made.made;
    int r;

    made->number = number;
    made->created_usec = codes->site->realtime_usec();
    made->expires_usec = expires_usec;
    snprintf(made->user, sizeof(made->user), "%s", user);
    aa_code_hash(codes->key, sizeof(codes->key), user, digits, made->hash);
    slot.spent.spent.number = number;
    slot.spent.spent.state = AA_CODE_READY;
    /* whichever of the two is missing after a crash, the numbers differ, and it is no code */
    r = aa_codes_write_made(codes, &slot);
    return r < 0 ? r : aa_codes_write_spent(codes, &slot);
}

static int create(struct aa_codes *codes, const char *user, unsigned count, uint64_t expires_usec,
                  struct aa_code_digits *digits, struct aa_fault *fault)
{
    uint32_t indices[AA_CODES_CREATE_MAX], number = 0;
    int r = choose_places(codes, count, indices, fault);

    if (r == 0)
        r = ensure_account(codes, user, fault);
    if (r < 0)
        return r;
    r = take_numbers(codes, count, &number);
    for (unsigned i = 0; r == 0 && i < count; i++) {
        r = aa_code_new(&digits[i]);
        if (r == 0)
            r = write_code(codes, indices[i], number + i, user, expires_usec, &digits[i]);
    }
    if (r == 0)
        r = aa_codes_sync(codes);
    return r < 0 ? aa_codes_failed(codes, r, fault) : 0;
}

int aa_codes_create(const struct aa_site *site, int state_fd, const char *user, unsigned count,
                    uint64_t expires_usec, char (*ret_codes)[AA_CODE_TEXT_SIZE],
                    struct aa_fault *fault)
{
    _cleanup_codes_ struct aa_codes codes = { .fd = -1 };
    struct aa_code_digits digits[AA_CODES_CREATE_MAX];
    _cleanup_close_ int table_fd = -1;
    int r;

    if (user[0] == '\0' || strlen(user) >= AA_CODE_USER_MAX || count == 0 ||
        count > AA_CODES_CREATE_MAX || expires_usec <= site->realtime_usec())
        return aa_fault(fault, AA_FAULT_BREAK_GLASS, -EINVAL,
                        "a break-glass code needs an account and a date to come; at most %d at "
                        "once", AA_CODES_CREATE_MAX);
    r = aa_codes_lock_table(site, state_fd, &table_fd, fault);
    if (r == 0)
        r = aa_codes_make_file(site, state_fd, fault);
    if (r == 0)
        r = aa_codes_open(site, state_fd, true, &codes, fault);
    if (r == 1)
        r = create(&codes, user, count, expires_usec, digits, fault);
    else if (r == 0)
        r = aa_codes_failed(&codes, -ENOENT, fault); /* removed at this very moment */
    for (unsigned i = 0; r == 0 && i < count; i++)
        aa_code_write(&digits[i], ret_codes[i]);
    explicit_bzero(digits, sizeof(digits));
    return r;
}

/* ---- list ---- */

static int by_facts_number(const void *a, const void *b)
{
    const struct aa_code_facts *x = a, *y = b;

    return x->number < y->number ? -1 : x->number > y->number;
}

static struct aa_code_facts facts_of(const struct aa_code_slot *slot, uint64_t now)
{
    const struct aa_code_made *made = &slot->made.made;
    const struct aa_code_spent *spent = &slot->spent.spent;
    struct aa_code_facts facts = {
        .number = made->number,
        .state = aa_code_slot_state(slot, now),
        .created_usec = made->created_usec,
        .expires_usec = made->expires_usec,
    };

    snprintf(facts.user, sizeof(facts.user), "%s", made->user);
    if (facts.state == AA_CODE_USED) {
        facts.ended_usec = spent->ended_usec;
        memcpy(facts.request, spent->request, sizeof(facts.request));
        facts.request[sizeof(facts.request) - 1] = '\0';
    } else if (facts.state == AA_CODE_REVOKED) {
        facts.ended_usec = made->revoked_usec;
    }
    return facts;
}

int aa_codes_list(const struct aa_site *site, int state_fd,
                  void (*each)(void *context, const struct aa_code_facts *facts), void *context,
                  struct aa_fault *fault)
{
    _cleanup_codes_ struct aa_codes codes = { .fd = -1 };
    _cleanup_free_ struct aa_code_facts *all = NULL;
    uint64_t now = site->realtime_usec();
    size_t n = 0;
    int r = aa_codes_open(site, state_fd, false, &codes, fault);

    if (r <= 0)
        return r;
    all = calloc(AA_CODES_MAX, sizeof(*all));
    if (all == NULL)
        return aa_codes_failed(&codes, -ENOMEM, fault);
    for (uint32_t i = 0; i < AA_CODES_MAX; i++) {
        struct aa_code_slot slot;

        r = aa_codes_read_slot(&codes, i, &slot);
        if (r < 0 && r != -EBADMSG)
            return aa_codes_failed(&codes, r, fault);
        if (r == 1)
            all[n++] = facts_of(&slot, now);
    }
    qsort(all, n, sizeof(*all), by_facts_number);
    for (size_t i = 0; i < n; i++)
        each(context, &all[i]);
    return codes.damaged > 0 ? aa_codes_damaged(&codes, fault) : 0;
}

/* ---- revoke ---- */

/* Whether it is one of those that were named and not over; expired ones go too, since a clock that
 * is put back would bring them back. */
static bool is_meant(const struct aa_code_slot *slot, enum aa_code_state state, uint32_t number,
                     const char *user)
{
    if (state != AA_CODE_READY && state != AA_CODE_EXPIRED)
        return false;
    if (number != 0)
        return slot->made.made.number == number;
    return user == NULL || aa_streq(slot->made.made.user, user);
}

static int revoke_meant(struct aa_codes *codes, uint32_t number, const char *user)
{
    uint64_t now = codes->site->realtime_usec();
    int revoked = 0;

    for (uint32_t i = 0; i < AA_CODES_MAX; i++) {
        struct aa_code_slot slot;
        enum aa_code_state state;
        int r = aa_codes_read_slot(codes, i, &slot);

        if (r < 0 && r != -EBADMSG)
            return r;
        if (r != 1)
            continue;
        state = aa_code_slot_state(&slot, now);
        if (!is_meant(&slot, state, number, user))
            continue;
        slot.made.made.revoked_usec = now == 0 ? 1 : now;
        r = aa_codes_write_made(codes, &slot);
        if (r < 0)
            return r;
        revoked += state == AA_CODE_READY;
    }
    if (aa_codes_sync(codes) < 0)
        return -EIO;
    return revoked;
}

int aa_codes_revoke(const struct aa_site *site, int state_fd, uint32_t number, const char *user,
                    struct aa_fault *fault)
{
    _cleanup_codes_ struct aa_codes codes = { .fd = -1 };
    _cleanup_close_ int table_fd = -1;
    int r = aa_codes_lock_table(site, state_fd, &table_fd, fault);

    if (r == 0)
        r = aa_codes_open(site, state_fd, true, &codes, fault);
    if (r <= 0)
        return r;
    r = revoke_meant(&codes, number, user);
    if (r < 0)
        return aa_codes_failed(&codes, r, fault);
    return r == 0 && codes.damaged > 0 ? aa_codes_damaged(&codes, fault) : r;
}
