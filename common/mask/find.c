/* SPDX-License-Identifier: ISC */
#include "find.h"

#include <errno.h>

#include "finders.h"

enum { SPARED_MAX = 32 };

/* Each finder but that of options, on one text. */
static int find_in_text(struct aa_masker *masker, const struct aa_mask_text *text,
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

static int settle(struct aa_masker *masker, struct aa_mask_spans *spans, const char *text,
                  size_t length)
{
    aa_mask_spans_settle(spans, text, length);
    if (spans->error == -E2BIG) {
        masker->overrun = "there is too much to be covered";
        spans->n = 0;
        return 0;
    }
    return spans->error;
}

int aa_mask_find(struct aa_masker *masker, struct aa_arena *arena, const char *text, size_t length,
                 bool code, struct aa_mask_spans *ret)
{
    struct aa_mask_words words = { .n = 0 };
    const char *spared[SPARED_MAX];
    struct aa_mask_text whole = { .v = text, .n = length, .code = code, .spared = spared };
    int r;

    *ret = (struct aa_mask_spans){ .arena = arena };
    if (length > AA_MASK_TEXT_MAX) {
        masker->overrun = "it is too long";
        return 0;
    }
    r = aa_mask_words_read(arena, text, length, 0, NULL, &words);
    if (r < 0)
        return r;
    whole.spared_n = aa_mask_spared_types(masker, &words, spared, SPARED_MAX);
    r = find_in_text(masker, &whole, ret);
    if (r == 0)
        r = aa_mask_find_options(masker, arena, &words, ret);
    return r < 0 ? r : settle(masker, ret, text, length);
}

/* ---- a command line: one text, with a NUL behind each word ---- */

struct joined {
    char *text;
    size_t length;
    struct aa_mask_words words;
};

static int join_words(struct aa_arena *arena, const struct aa_mask_line *line, struct joined *ret)
{
    size_t at = 0;

    for (size_t i = 0; i < line->n; i++)
        ret->length += strlen(line->v[i]) + 1;
    if (ret->length > AA_MASK_TEXT_MAX || line->n > AA_MASK_WORDS_MAX)
        return 0; /* the caller says so */
    ret->text = aa_arena_alloc(arena, ret->length + 1);
    ret->words.v = AA_NEW_ARRAY(arena, struct aa_mask_word, line->n);
    if (ret->text == NULL || ret->words.v == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < line->n; i++) {
        size_t n = strlen(line->v[i]);

        memcpy(ret->text + at, line->v[i], n + 1);
        ret->words.v[i] = (struct aa_mask_word){ .v = ret->text + at, .n = n, .at = at };
        at += n + 1;
    }
    ret->words.n = line->n;
    return 0;
}

/* Whether a name of a command that would run stands here, by itself. */
static bool is_kept(const struct aa_mask_line *line, const struct joined *joined,
                    const struct aa_mask_span *span)
{
    size_t start = span->at, end = span->at + span->length;

    while (start > 0 && !aa_mask_is_syntax(joined->text[start - 1]))
        start--;
    while (end < joined->length && !aa_mask_is_syntax(joined->text[end]))
        end++;
    for (size_t i = 0; i < line->kept_n; i++) {
        size_t n = strlen(line->kept[i]);
        const char *place = n == 0 ? NULL : joined->text + start;

        if (n == end - start && memcmp(place, line->kept[i], n) == 0)
            return true;
        /* a name with blanks in it: any of its occurrences around the span */
        if (n <= end - start || strpbrk(line->kept[i], " \t\n$();|&<>`'\"\\") == NULL)
            continue;
        for (size_t at = span->at < n ? 0 : span->at - n; at <= span->at; at++) {
            if (at + n <= joined->length && at + n >= span->at + span->length &&
                memcmp(joined->text + at, line->kept[i], n) == 0)
                return true;
        }
    }
    return false;
}

static void hand_out(const struct aa_mask_line *line, const struct joined *joined,
                     const struct aa_mask_spans *all, struct aa_mask_spans *ret)
{
    size_t i = 0;

    for (size_t j = 0; j < all->n; j++) {
        const struct aa_mask_word *word;

        while (i + 1 < line->n && all->v[j].at >= joined->words.v[i + 1].at)
            i++;
        word = &joined->words.v[i];
        if (!is_kept(line, joined, &all->v[j]))
            aa_mask_spans_add(&ret[i], all->v[j].at - word->at, all->v[j].length, all->v[j].rule,
                              all->v[j].type);
    }
}

int aa_mask_find_line(struct aa_masker *masker, struct aa_arena *arena,
                      const struct aa_mask_line *line, struct aa_mask_spans *ret)
{
    struct aa_mask_spans all = { .arena = arena };
    struct joined joined = { .length = 0 };
    const char *spared[SPARED_MAX];
    size_t spared_n;
    int r = join_words(arena, line, &joined);

    for (size_t i = 0; i < line->n; i++)
        ret[i] = (struct aa_mask_spans){ .arena = arena };
    if (r == 0 && joined.words.n != line->n)
        masker->overrun = "it is too long";
    if (r < 0 || joined.words.n == 0 || masker->overrun != NULL)
        return r;
    spared_n = aa_mask_spared_types(masker, &joined.words, spared, SPARED_MAX);
    for (size_t i = 0; r == 0 && i < line->n; i++) {
        const struct aa_mask_word *word = &joined.words.v[i];
        const struct aa_mask_text text = { .v = word->v, .n = word->n, .at = word->at,
                                           .code = line->code, .spared = spared,
                                           .spared_n = spared_n };

        r = find_in_text(masker, &text, &all);
    }
    if (r == 0)
        r = aa_mask_find_options(masker, arena, &joined.words, &all);
    if (r == 0)
        r = settle(masker, &all, joined.text, joined.length);
    if (r == 0)
        hand_out(line, &joined, &all, ret);
    for (size_t i = 0; r == 0 && i < line->n; i++)
        r = ret[i].error;
    return r;
}

int aa_mask_find_command(struct aa_masker *masker, struct aa_arena *arena, const char *const *words,
                         size_t n, struct aa_mask_spans *ret)
{
    const struct aa_mask_line line = { .v = words, .n = n };

    return aa_mask_find_line(masker, arena, &line, ret);
}
