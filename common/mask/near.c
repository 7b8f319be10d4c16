/* SPDX-License-Identifier: ISC */
#include "near.h"

static inline unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static inline unsigned chain_of(unsigned pair)
{
    return (pair * 40503u >> 4) % AA_MASK_NEAR_CHAINS;
}

void aa_mask_near_add(struct aa_mask_near *near, const char *literal, uint32_t length, uint16_t pattern)
{
    struct aa_mask_literal *added = &near->literals[near->n++];
    uint16_t *chain;

    if (length == 1) {
        chain = &near->singles[lower(literal[0])];
    } else {
        unsigned pair = (unsigned)lower(literal[0]) << 8 | lower(literal[1]);

        near->pairs[pair / 64] |= (uint64_t)1 << pair % 64;
        chain = &near->chains[chain_of(pair)];
    }
    *added = (struct aa_mask_literal){ literal, length, pattern, *chain };
    *chain = (uint16_t)near->n;
}

static bool stands_here(const struct aa_mask_literal *literal, const char *text, size_t left)
{
    if (literal->n > left)
        return false;
    for (uint32_t i = 0; i < literal->n; i++) {
        if (lower(literal->v[i]) != lower(text[i]))
            return false;
    }
    return true;
}

static void follow(const struct aa_mask_near *near, uint16_t chain, const char *text, size_t left,
                   unsigned char *wanted)
{
    while (chain != 0) {
        const struct aa_mask_literal *literal = &near->literals[chain - 1];

        if (!wanted[literal->pattern] && stands_here(literal, text, left))
            wanted[literal->pattern] = 1;
        chain = literal->next;
    }
}

void aa_mask_near_look(const struct aa_mask_near *near, const char *text, size_t length,
                       unsigned char *wanted)
{
    unsigned c = length > 0 ? lower(text[0]) : 0;

    for (size_t i = 0; i < length; i++) {
        unsigned next = i + 1 < length ? lower(text[i + 1]) : 0, pair = c << 8 | next;

        if (near->singles[c] != 0)
            follow(near, near->singles[c], text + i, length - i, wanted);
        if ((near->pairs[pair / 64] >> pair % 64 & 1) != 0)
            follow(near, near->chains[chain_of(pair)], text + i, length - i, wanted);
        c = next;
    }
}
