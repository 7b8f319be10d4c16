/* SPDX-License-Identifier: ISC */
#include "finders.h"

int aa_mask_find_options(struct aa_masker *masker, struct aa_arena *arena,
                         const struct aa_mask_words *words, struct aa_mask_spans *spans)
{
    (void)masker;
    (void)arena;
    (void)words;
    (void)spans;
    return 0;
}

size_t aa_mask_spared_types(const struct aa_masker *masker, const struct aa_mask_words *words,
                            const char **ret, size_t room)
{
    (void)masker;
    (void)words;
    (void)ret;
    (void)room;
    return 0;
}
