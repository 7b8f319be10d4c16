/* SPDX-License-Identifier: ISC */
/*
 * Words of a command through the gate, with the shipped masks: it can be read back word for word, what
 * is shown of each word is what stands in it, in its order, and all shell syntax of it is shown.
 */
#include "fuzz.h"

#include "../../cli/unquote.h"
#include "capture/request.h"
#include "mask/filter.h"
#include "mask/finders.h"
#include "mask/mask.h"
#include "mask/token.h"

enum { WORDS_MAX = 64, MEMORY_MAX = 64 * 1024 * 1024, IS_CODE = 1 };

static size_t split(char *text, size_t size, const char **words)
{
    size_t n = 0;

    for (size_t at = 0; at < size && n < WORDS_MAX; at += strlen(text + at) + 1)
        words[n++] = text + at;
    return n;
}

static void hold_against(const char *const *words, size_t n, const struct aa_buffer *line)
{
    struct aa_arena arena = AA_ARENA_INIT(MEMORY_MAX);
    struct unquoted unquoted;

    require(unquote_command(&arena, line->data, line->length, &unquoted) == 0);
    require(unquoted.n == n);
    for (size_t i = 0; i < n; i++) {
        size_t shown = strlen(unquoted.words[i]);

        if (unquoted.doubt == NULL || unquoted.doubt[i] == AA_EXACT)
            require(strcmp(words[i], unquoted.words[i]) == 0);
        else
            require(strncmp(words[i], unquoted.words[i], shown) == 0);
    }
    aa_arena_clear(&arena);
}

/* What the filter passes over, no finder would have found anything in. */
static void hold_filter(struct aa_masker *masker, const char *text)
{
    struct aa_arena arena = AA_ARENA_INIT(MEMORY_MAX);
    struct aa_mask_spans found = { .arena = &arena };
    struct aa_mask_words words;
    const struct aa_mask_text whole = { .v = text, .n = strlen(text) };

    if (!aa_mask_surely_nothing(masker, text, whole.n))
        return;
    require(aa_mask_find_shapes(masker, &whole, &found) == 0 && aa_mask_find_named(masker, &whole, &found) == 0);
    require(aa_mask_find_mixed(masker, &whole, &found) == 0 && aa_mask_find_encoded(masker, &whole, &found) == 0);
    require(aa_mask_words_read(&arena, text, whole.n, 0, NULL, &words) == 0);
    require(aa_mask_find_options(masker, &arena, &words, &found) == 0);
    aa_mask_spans_settle(&found, text, whole.n);
    require(found.n == 0);
    aa_arena_clear(&arena);
}

/* What is settled covers no syntax, and lies in its word. */
static void hold_spans(struct aa_masker *masker, const struct aa_mask_line *line)
{
    struct aa_arena arena = AA_ARENA_INIT(MEMORY_MAX);
    struct aa_mask_spans spans[WORDS_MAX];

    require(aa_mask_find_line(masker, &arena, line, spans) == 0);
    for (size_t i = 0; i < line->n; i++) {
        size_t end = 0, length = strlen(line->v[i]);

        for (size_t j = 0; j < spans[i].n; j++) {
            const struct aa_mask_span *span = &spans[i].v[j];

            require(span->length > 0 && span->at >= end && span->at + span->length <= length);
            end = span->at + span->length;
            for (size_t at = span->at; at < end; at++)
                require(!aa_mask_is_syntax(line->v[i][at]));
        }
        require(spans[i].n == 0 || strcmp(line->v[i], line->v[0]) != 0); /* the name is kept */
    }
    aa_arena_clear(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct aa_buffer plain = AA_BUFFER_INIT(MEMORY_MAX), masked = AA_BUFFER_INIT(MEMORY_MAX);
    struct aa_masker masker;
    const char *words[WORDS_MAX];
    char *text;
    struct aa_mask_line line = { .v = words };

    if (size < 2)
        return 0;
    text = malloc(size);
    require(text != NULL);
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    line.n = split(text, size - 1, words);
    line.code = (data[0] & IS_CODE) != 0;
    line.kept = words;
    line.kept_n = 1;
    aa_masker_start(&masker, NULL, "0123456789abcdef0123456789abcdef");
    if (words[0][0] != '\0') {
        aa_mask_add_line(&plain, NULL, &line, MEMORY_MAX / 4, NULL);
        aa_mask_add_line(&masked, &masker, &line, MEMORY_MAX / 4, NULL);
        require(plain.error == 0 && masked.error == 0);
        hold_against(words, line.n, &plain);
        hold_against(words, line.n, &masked);
        hold_spans(&masker, &line);
        for (size_t i = 0; i < line.n; i++)
            hold_filter(&masker, words[i]);
    }
    aa_masker_end(&masker);
    aa_buffer_free(&plain);
    aa_buffer_free(&masked);
    free(text);
    return 0;
}
