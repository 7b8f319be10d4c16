/* SPDX-License-Identifier: ISC */
#include "masker.h"

#include "capture/digest.h"
#include "finders.h"

void aa_masker_start(struct aa_masker *masker, const struct aa_snapshot *own, const void *host_key)
{
    static const char purpose[] = "actionapprove mask tokens";
    struct aa_fault fault;
    struct aa_hmac hmac;

    *masker = (struct aa_masker){ .sets_n = 0 };
    if (aa_snapshot_from_memory(aa_mask_shipped, aa_mask_shipped_size, &masker->sets[0], &fault) == 0)
        masker->sets_n++;
    else
        masker->overrun = "the shipped masks are damaged";
    if (own != NULL && own->header != NULL)
        masker->sets[masker->sets_n++] = *own;
    if (host_key == NULL)
        return;
    aa_hmac_start(&hmac, host_key, AA_KEY_SIZE);
    aa_hmac_add(&hmac, purpose, sizeof(purpose) - 1);
    aa_hmac_finish(&hmac, masker->key);
    masker->has_key = true;
}

void aa_masker_end(struct aa_masker *masker)
{
    aa_mask_shapes_free(masker->shapes);
    explicit_bzero(masker->key, sizeof(masker->key));
    *masker = (struct aa_masker){ .sets_n = 0 };
}

bool aa_mask_is_on(const struct aa_masker *masker, const char *name, bool off)
{
    bool on = !off;

    for (size_t i = 0; i < masker->sets_n; i++) {
        const struct aa_snap_range range = masker->sets[i].header->settings.mask_switches;
        const struct aa_snap_word *words = aa_snapshot_words(&masker->sets[i], range);

        for (uint32_t j = 0; words != NULL && j < range.count; j++) {
            const char *word = aa_snapshot_text(&masker->sets[i], words[j].text);

            if (word != NULL && aa_streq(word, name))
                on = (words[j].flags & AA_MASK_SWITCH_ON) != 0;
        }
    }
    return on;
}
