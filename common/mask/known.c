/* SPDX-License-Identifier: ISC */
/*
 * Values that were covered in the command line that is asked about, known again in other texts of the
 * same request: what gave a value away there ("echo root:x | chpasswd") may be missing here ("echo
 * root:x"). Never looked for in that command line itself: one place there would cover another.
 */
#include "known.h"

#include "find-internal.h"

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80 || c == '_' || c == '-' || c == '/';
}

/* The type, a NUL, the value, a NUL: the type so that a token is the same everywhere. */
struct entry {
    const char *type, *value;
    size_t n;
};

static bool next_entry(const struct aa_masker *masker, size_t *at, struct entry *ret)
{
    if (*at >= masker->known.length)
        return false;
    ret->type = masker->known.data + *at;
    ret->value = ret->type + strlen(ret->type) + 1;
    ret->n = strlen(ret->value);
    *at = (size_t)(ret->value + ret->n + 1 - masker->known.data);
    return true;
}

static bool is_known(const struct aa_masker *masker, const char *value, size_t n)
{
    struct entry entry;

    for (size_t at = 0; next_entry(masker, &at, &entry);) {
        if (entry.n == n && memcmp(entry.value, value, n) == 0)
            return true;
    }
    return false;
}

static const char *next_place(const char *text, size_t n, size_t at, const char *value, size_t value_n)
{
    const char *found;

    for (; at < n && (found = memmem(text + at, n - at, value, value_n)) != NULL;
         at = (size_t)(found - text) + value_n) {
        const size_t behind = (size_t)(found - text) + value_n;

        if ((found == text || !is_word_byte(found[-1])) && (behind == n || !is_word_byte(text[behind])))
            return found;
    }
    return NULL;
}

static bool is_covered(const struct aa_mask_spans *spans, size_t at, size_t n)
{
    for (size_t i = 0; i < spans->n; i++) {
        if (spans->v[i].at <= at && spans->v[i].at + spans->v[i].length >= at + n)
            return true;
    }
    return false;
}

/* What is seen in the command line, in another place, need not be covered elsewhere, and must not be:
 * "PASSWORD=firewalld; systemctl stop firewalld". */
static bool is_seen(const struct aa_mask_line *line, const struct aa_mask_spans *spans, const char *value,
                    size_t n)
{
    for (size_t i = 0; i < line->n; i++) {
        const char *text = line->v[i], *found;
        const size_t length = strlen(text);

        for (size_t at = 0; (found = next_place(text, length, at, value, n)) != NULL;) {
            if (!is_covered(&spans[i], (size_t)(found - text), n))
                return true;
            at = (size_t)(found - text) + n;
        }
    }
    return false;
}

static int remember(struct aa_masker *masker, const char *type, const char *value, size_t n)
{
    if (strlen(type) + n + 2 >= AA_MASK_KNOWN_BYTES_MAX - masker->known.length)
        return 0;
    aa_buffer_add(&masker->known, type, strlen(type) + 1);
    aa_buffer_add(&masker->known, value, n);
    aa_buffer_add_byte(&masker->known, '\0');
    masker->known_n++;
    return masker->known.error;
}

int aa_mask_remember(struct aa_masker *masker, const struct aa_mask_line *line,
                     const struct aa_mask_spans *spans)
{
    int r = 0;

    for (size_t i = 0; i < line->n; i++) {
        for (size_t j = 0; r == 0 && j < spans[i].n && masker->known_n < AA_MASK_KNOWN_MAX; j++) {
            const struct aa_mask_span *span = &spans[i].v[j];
            const char *value = line->v[i] + span->at;

            if (span->length >= AA_MASK_KNOWN_MIN && !is_known(masker, value, span->length) &&
                !is_seen(line, spans, value, span->length))
                r = remember(masker, span->type, value, span->length);
        }
    }
    return r;
}

void aa_mask_find_known(const struct aa_masker *masker, const struct aa_mask_text *text,
                        struct aa_mask_spans *spans)
{
    struct entry entry;

    for (size_t each = 0; next_entry(masker, &each, &entry);) {
        const char *found;

        for (size_t at = 0; (found = next_place(text->v, text->n, at, entry.value, entry.n)) != NULL;) {
            at = (size_t)(found - text->v) + entry.n;
            aa_mask_spans_add(spans, text->at + at - entry.n, entry.n, "known", entry.type);
        }
    }
}
