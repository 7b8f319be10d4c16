/* SPDX-License-Identifier: ISC */
#include "masker.h"

#include "capture/digest.h"
#include "finders.h"
#include "named.h"

void aa_masker_set_key(struct aa_masker *masker, const void *host_key)
{
    static const char purpose[] = "actionapprove mask tokens";
    struct aa_hmac hmac;

    aa_hmac_start(&hmac, host_key, AA_KEY_SIZE);
    aa_hmac_add(&hmac, purpose, sizeof(purpose) - 1);
    aa_hmac_finish(&hmac, masker->key);
    masker->has_key = true;
}

void aa_masker_set_policy(struct aa_masker *masker, const struct aa_snapshot *own)
{
    aa_mask_shapes_free(masker->shapes);
    masker->shapes = NULL;
    free(masker->names);
    masker->names = NULL;
    if (masker->overrun != NULL)
        masker->overrun = "a limit was hit before"; /* it may be the name of a pattern of a policy that goes */
    masker->sets_n = masker->shipped_n;
    if (own != NULL && own->header != NULL)
        masker->sets[masker->sets_n++] = *own;
}

void aa_masker_start(struct aa_masker *masker, const struct aa_snapshot *own, const void *host_key)
{
    *masker = (struct aa_masker){ .known = AA_BUFFER_INIT(AA_MASK_KNOWN_BYTES_MAX) };
    /* a part of this very file, like the code that reads it: to check it again each time would only
     * take time (a test does) */
    if (aa_mask_shipped_size > sizeof(struct aa_snap_header)) /* the one that compiles them has none */
        masker->sets[masker->shipped_n++] = (struct aa_snapshot){
            .header = (const struct aa_snap_header *)(const void *)aa_mask_shipped,
            .size = aa_mask_shipped_size,
        };
    aa_masker_set_policy(masker, own);
    if (host_key != NULL)
        aa_masker_set_key(masker, host_key);
}

void aa_masker_end(struct aa_masker *masker)
{
    aa_mask_shapes_free(masker->shapes);
    free(masker->names);
    explicit_bzero(masker->key, sizeof(masker->key));
    if (masker->known.data != NULL)
        explicit_bzero(masker->known.data, masker->known.length);
    aa_buffer_free(&masker->known);
    *masker = (struct aa_masker){ .sets_n = 0 };
}

bool aa_masker_keyless(struct aa_masker *masker, bool keyless)
{
    bool before = masker != NULL && masker->keyless;

    if (masker != NULL)
        masker->keyless = keyless;
    return before;
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
