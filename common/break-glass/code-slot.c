/* SPDX-License-Identifier: ISC */
/* What stands in the blocks of the file: which account, which code, and in which state it is. */
#include <errno.h>

#include "code-file.h"

static bool is_text(const char *text, size_t size)
{
    return text[0] != '\0' && memchr(text, '\0', size) != NULL;
}

int aa_codes_find_account(struct aa_codes *codes, const char *user, uint32_t *ret_place,
                          union aa_code_block *ret)
{
    for (uint32_t i = 0; i < AA_CODES_ACCOUNTS_MAX; i++) {
        uint32_t place = AA_CODES_FIRST_ACCOUNT + i;
        union aa_code_block block;
        int r = aa_codes_read_block(codes, place, AA_CODE_BLOCK_ACCOUNT, &block);

        if (r == -EBADMSG || (r == 1 && (!is_text(block.account.user, sizeof(block.account.user)) ||
                                         block.account.attempts_n > AA_CODE_ATTEMPTS_MAX))) {
            codes->damaged++;
            continue;
        }
        if (r < 0)
            return r;
        if (r == 0 || !aa_streq(block.account.user, user))
            continue;
        *ret_place = place;
        *ret = block;
        return 1;
    }
    return 0;
}

static uint32_t made_place(uint32_t index)
{
    return AA_CODES_FIRST_CODE + 2 * index;
}

int aa_codes_read_slot(struct aa_codes *codes, uint32_t index, struct aa_code_slot *ret)
{
    uint32_t place = made_place(index);
    struct aa_code_slot slot = { .index = index };
    int made = aa_codes_read_block(codes, place, AA_CODE_BLOCK_MADE, &slot.made), spent;

    if (made < 0 && made != -EBADMSG)
        return made;
    spent = aa_codes_read_block(codes, place + 1, AA_CODE_BLOCK_SPENT, &slot.spent);
    if (spent < 0 && spent != -EBADMSG)
        return spent;
    if (made == 1 && !is_text(slot.made.made.user, sizeof(slot.made.made.user)))
        made = -EBADMSG;
    if (made == -EBADMSG || spent == -EBADMSG) {
        codes->damaged++;
        return -EBADMSG;
    }
    if (made == 0 || spent == 0 || slot.made.made.number != slot.spent.spent.number)
        return 0;
    *ret = slot;
    return 1;
}

enum aa_code_state aa_code_slot_state(const struct aa_code_slot *slot, uint64_t realtime_usec)
{
    const struct aa_code_made *made = &slot->made.made;
    const struct aa_code_spent *spent = &slot->spent.spent;

    if (spent->state == AA_CODE_USED)
        return AA_CODE_USED;
    if (made->revoked_usec != 0)
        return AA_CODE_REVOKED;
    return spent->state == AA_CODE_READY && realtime_usec < made->expires_usec ? AA_CODE_READY :
                                                                               AA_CODE_EXPIRED;
}

int aa_codes_write_made(struct aa_codes *codes, struct aa_code_slot *slot)
{
    return aa_codes_write_block(codes, made_place(slot->index), AA_CODE_BLOCK_MADE, &slot->made);
}

int aa_codes_write_spent(struct aa_codes *codes, struct aa_code_slot *slot)
{
    return aa_codes_write_block(codes, made_place(slot->index) + 1, AA_CODE_BLOCK_SPENT,
                                &slot->spent);
}
