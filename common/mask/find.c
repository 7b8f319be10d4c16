/* SPDX-License-Identifier: ISC */
#include "find.h"

#include <errno.h>

#include "filter.h"
#include "find-internal.h"
#include "known.h"

enum { TARGETS_MAX = 256 };

int aa_mask_find_in_text(struct aa_masker *masker, const struct aa_mask_text *text,
                        struct aa_mask_spans *spans)
{
    int r = aa_mask_find_shapes(masker, text, spans);

    if (r == 0)
        r = aa_mask_find_named(masker, text, spans);
    if (r == 0)
        r = aa_mask_find_encoded(masker, text, spans);
    if (r == 0 && !text->code)
        r = aa_mask_find_mixed(masker, text, spans);
    return r;
}

/* What stands for itself behind ssh and its like is no address for mail. */
static void drop_targets(struct aa_mask_spans *spans)
{
    size_t kept = 0, targets = 0;
    struct { size_t at, end; } v[TARGETS_MAX];

    for (size_t i = 0; i < spans->n; i++) {
        if (aa_streq(spans->v[i].type, AA_MASK_TARGET) && targets < TARGETS_MAX) {
            v[targets].at = spans->v[i].at;
            v[targets++].end = spans->v[i].at + spans->v[i].length;
        }
    }
    for (size_t i = 0; i < spans->n; i++) {
        bool drop = aa_streq(spans->v[i].type, AA_MASK_TARGET);

        for (size_t j = 0; j < targets && !drop && aa_streq(spans->v[i].type, "email"); j++)
            drop = spans->v[i].at >= v[j].at && spans->v[i].at + spans->v[i].length <= v[j].end;
        if (!drop)
            spans->v[kept++] = spans->v[i];
    }
    spans->n = kept;
}

size_t aa_mask_without_email(const char **spared, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        if (!aa_streq(spared[i], "email"))
            spared[kept++] = spared[i];
    }
    return kept;
}

int aa_mask_settle(struct aa_masker *masker, struct aa_mask_spans *spans, const char *text,
                  size_t length)
{
    drop_targets(spans);
    aa_mask_spans_settle(spans, text, length);
    if (spans->error == -E2BIG) {
        masker->overrun = "there is too much to be covered";
        *spans = (struct aa_mask_spans){ .arena = spans->arena }; /* the caller shows nothing of it */
        return 0;
    }
    return spans->error;
}

int aa_mask_find(struct aa_masker *masker, struct aa_arena *arena, const char *text, size_t length,
                 bool code, struct aa_mask_spans *ret)
{
    struct aa_mask_words words = { .n = 0 };
    const char *spared[AA_MASK_SPARED_MAX];
    struct aa_mask_text whole = { .v = text, .n = length, .code = code, .spared = spared };
    int r;

    *ret = (struct aa_mask_spans){ .arena = arena };
    if (masker->known_n == 0 && aa_mask_surely_nothing(masker, text, length))
        return 0;
    if (length > AA_MASK_TEXT_MAX) {
        masker->overrun = "it is too long";
        return 0;
    }
    r = aa_mask_words_read(arena, text, length, 0, NULL, &words);
    if (r < 0)
        return r;
    whole.spared_n = aa_mask_without_email(spared, aa_mask_spared_types(masker, &words, spared, AA_MASK_SPARED_MAX));
    r = aa_mask_find_in_text(masker, &whole, ret);
    if (r == 0)
        r = aa_mask_find_options(masker, arena, &words, ret);
    if (r == 0)
        aa_mask_find_known(masker, &whole, ret);
    return r < 0 ? r : aa_mask_settle(masker, ret, text, length);
}
