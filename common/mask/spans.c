/* SPDX-License-Identifier: ISC */
#include "spans.h"

#include <errno.h>
#include <stdlib.h>

void aa_mask_spans_add(struct aa_mask_spans *spans, size_t at, size_t length, const char *rule,
                       const char *type)
{
    if (spans->error != 0 || length == 0)
        return;
    if (spans->n == AA_MASK_SPANS_MAX) {
        spans->error = -E2BIG;
        return;
    }
    if (spans->n == spans->room) {
        size_t room = spans->room == 0 ? 16 : 2 * spans->room;
        struct aa_mask_span *v = AA_NEW_ARRAY(spans->arena, struct aa_mask_span, room);

        if (v == NULL) {
            spans->error = -ENOMEM;
            return;
        }
        if (spans->n > 0)
            memcpy(v, spans->v, spans->n * sizeof(*v));
        spans->v = v;
        spans->room = room;
    }
    spans->v[spans->n++] = (struct aa_mask_span){ at, length, rule, type };
}

bool aa_mask_is_syntax(char c)
{
    return c == '\0' || strchr(" \t\n\r\v\f$();|&<>`'\"\\", c) != NULL;
}

static int by_place(const void *a, const void *b)
{
    const struct aa_mask_span *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->length != y->length)
        return x->length > y->length ? -1 : 1;
    return strcmp(y->type, AA_MASK_TYPE_SECRET) == 0 ? 1 : -1;
}

/* Overlapping ones become one: what a mask shows of a value that another would cover is too much. */
static void join(struct aa_mask_spans *spans)
{
    size_t kept = 0;

    for (size_t i = 0; i < spans->n; i++) {
        struct aa_mask_span *last = kept > 0 ? &spans->v[kept - 1] : NULL;
        size_t end = spans->v[i].at + spans->v[i].length;

        if (last == NULL || spans->v[i].at >= last->at + last->length) {
            spans->v[kept++] = spans->v[i];
            continue;
        }
        if (!aa_streq(last->type, AA_MASK_TYPE_SECRET) &&
            aa_streq(spans->v[i].type, AA_MASK_TYPE_SECRET)) {
            last->rule = spans->v[i].rule;
            last->type = spans->v[i].type;
        }
        if (end > last->at + last->length)
            last->length = end - last->at;
    }
    spans->n = kept;
}

void aa_mask_spans_settle(struct aa_mask_spans *spans, const char *text, size_t length)
{
    const struct aa_mask_span *joined;
    size_t n;

    if (spans->error != 0 || spans->n == 0)
        return;
    qsort(spans->v, spans->n, sizeof(*spans->v), by_place);
    join(spans);
    joined = spans->v;
    n = spans->n;
    spans->v = NULL;
    spans->n = spans->room = 0;
    for (size_t i = 0; i < n; i++) {
        size_t end = AA_MIN(joined[i].at + joined[i].length, length);

        for (size_t at = joined[i].at; at < end;) {
            size_t piece = 0;

            while (at + piece < end && !aa_mask_is_syntax(text[at + piece]))
                piece++;
            aa_mask_spans_add(spans, at, piece, joined[i].rule, joined[i].type);
            at += piece + 1;
        }
    }
}
