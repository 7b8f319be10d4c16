/* SPDX-License-Identifier: ISC */
#include "mask.h"

#include <errno.h>

#include "base/text.h"
#include "known.h"
#include "token.h"

enum { CUT_SEARCH = 4096 }; /* bytes in which a blank is looked for, so that no value is cut in two */

void aa_mask_add(struct aa_buffer *buffer, const char *text, size_t length)
{
    aa_text_add_marked(buffer, text, length);
}

void aa_mask_add_text(struct aa_buffer *buffer, const char *text)
{
    aa_mask_add(buffer, text, strlen(text));
}

/* Where a limit kept the finders from looking to the end, nothing of it is shown: every run of bytes
 * that is no shell syntax is covered. */
static void withhold(struct aa_mask_spans *spans, const char *text, size_t length)
{
    spans->n = 0;
    aa_mask_spans_add(spans, 0, length, "withheld", "withheld");
    aa_mask_spans_settle(spans, text, length);
}

void aa_mask_add_prose(struct aa_buffer *buffer, struct aa_masker *masker, const char *text,
                       size_t length)
{
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(AA_MASK_MEMORY_MAX);
    struct aa_mask_spans spans = { .arena = &arena };
    size_t at = 0;

    if (masker == NULL) {
        aa_mask_add(buffer, text, length);
        return;
    }
    if (aa_mask_find(masker, &arena, text, length, false, &spans) < 0) {
        buffer->error = -ENOMEM;
        return;
    }
    if (masker->overrun != NULL)
        withhold(&spans, text, length);
    if (spans.error != 0)
        buffer->error = spans.error;
    for (size_t i = 0; i < spans.n && spans.error == 0; i++) {
        aa_mask_add(buffer, text + at, spans.v[i].at - at);
        aa_mask_token_add(buffer, masker, spans.v[i].type, text + spans.v[i].at, spans.v[i].length);
        at = spans.v[i].at + spans.v[i].length;
    }
    if (spans.error == 0)
        aa_mask_add(buffer, text + at, length - at);
}

/* ---- command lines ---- */

static void add_word(struct aa_buffer *buffer, struct aa_arena *arena,
                     const struct aa_masker *masker, const char *word,
                     const struct aa_mask_spans *spans)
{
    struct aa_text_cover *covers;

    if (spans == NULL || spans->n == 0) {
        aa_text_add_quoted(buffer, word);
        return;
    }
    covers = AA_NEW_ARRAY(arena, struct aa_text_cover, spans->n);
    for (size_t i = 0; i < spans->n && covers != NULL; i++) {
        const struct aa_mask_span *span = &spans->v[i];
        struct aa_buffer token = AA_BUFFER_INIT(AA_MASK_TOKEN_SIZE);

        aa_mask_token_add(&token, masker, span->type, word + span->at, span->length);
        covers[i] = (struct aa_text_cover){
            span->at, span->length, token.error != 0 ? NULL : aa_arena_strndup(arena, token.data,
                                                                              token.length)
        };
        aa_buffer_free(&token);
        if (covers[i].instead == NULL)
            covers = NULL;
    }
    if (covers == NULL)
        buffer->error = -ENOMEM;
    else
        aa_text_add_quoted_covered(buffer, word, covers, spans->n);
}

static void add_words(struct aa_buffer *buffer, struct aa_masker *masker,
                      const struct aa_mask_line *line, bool *covered)
{
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(AA_MASK_MEMORY_MAX);
    struct aa_mask_spans *spans = NULL;

    if (masker != NULL && !(line->code && masker->show_code)) {
        spans = AA_NEW_ARRAY(&arena, struct aa_mask_spans, line->n);
        if (spans == NULL || aa_mask_find_line(masker, &arena, line, spans) < 0) {
            buffer->error = -ENOMEM;
            return;
        }
        if (line->own && masker->overrun == NULL && aa_mask_remember(masker, line, spans) < 0)
            buffer->error = -ENOMEM;
        for (size_t i = 1; masker->overrun != NULL && i < line->n; i++)
            withhold(&spans[i], line->v[i], strlen(line->v[i]));
    }
    for (size_t i = 0; i < line->n; i++) {
        if (i > 0)
            aa_buffer_add_byte(buffer, ' ');
        if (spans != NULL && spans[i].error != 0)
            buffer->error = spans[i].error;
        if (covered != NULL)
            *covered |= spans != NULL && spans[i].n > 0;
        add_word(buffer, &arena, masker, line->v[i], spans != NULL ? &spans[i] : NULL);
    }
}

/* Where a word can be cut so that no value is: behind a blank near "at", else right there. */
static size_t cut_before(const char *word, size_t at)
{
    for (size_t i = at; i > 0 && at - i < CUT_SEARCH; i--) {
        if (strchr(" \t\n", word[i - 1]) != NULL)
            return i;
    }
    while (at > 0 && ((unsigned char)word[at] & 0xc0) == 0x80)
        at--;
    return at;
}

static size_t cut_behind(const char *word, size_t at, size_t length)
{
    for (size_t i = at; i < length && i - at < CUT_SEARCH; i++) {
        if (strchr(" \t\n", word[i]) != NULL)
            return i;
    }
    while (at < length && ((unsigned char)word[at] & 0xc0) == 0x80)
        at++;
    return at;
}

/* The parts of a line that is too long: its words up to "limit" bytes, the last of them cut. */
struct part {
    struct aa_mask_line line;
    const char **words;
};

static int take_head(struct aa_arena *arena, const struct aa_mask_line *line, size_t limit,
                     struct part *ret, size_t *ret_bytes)
{
    size_t left = limit, i = 0;

    ret->words = AA_NEW_ARRAY(arena, const char *, line->n);
    if (ret->words == NULL)
        return -ENOMEM;
    for (; i < line->n && strlen(line->v[i]) < left; i++) {
        ret->words[i] = line->v[i];
        left -= strlen(line->v[i]) + 1;
    }
    *ret_bytes = limit - left;
    if (i < line->n) {
        size_t n = cut_before(line->v[i], AA_MIN(left, strlen(line->v[i])));

        ret->words[i] = aa_arena_strndup(arena, line->v[i], n);
        *ret_bytes += n;
        if (ret->words[i++] == NULL)
            return -ENOMEM;
    }
    ret->line = *line;
    ret->line.v = ret->words;
    ret->line.n = i;
    return 0;
}

static int take_tail(struct aa_arena *arena, const struct aa_mask_line *line, size_t limit,
                     struct part *ret, size_t *ret_bytes)
{
    size_t left = limit, i = line->n, n;

    while (i > 0 && strlen(line->v[i - 1]) < left)
        left -= strlen(line->v[--i]) + 1;
    *ret_bytes = limit - left;
    ret->words = AA_NEW_ARRAY(arena, const char *, line->n - i + 1);
    if (ret->words == NULL)
        return -ENOMEM;
    ret->line = *line;
    ret->line.n = 0;
    if (i > 0) {
        n = strlen(line->v[i - 1]);
        ret->words[ret->line.n] = line->v[i - 1] + cut_behind(line->v[i - 1], n - AA_MIN(left, n), n);
        *ret_bytes += strlen(ret->words[ret->line.n++]);
    }
    for (; i < line->n; i++)
        ret->words[ret->line.n++] = line->v[i];
    ret->line.v = ret->words;
    return 0;
}

/* Steps back to the start of a character, so that a cut does not split one. */
static size_t whole_characters(const char *text, size_t at)
{
    while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
        at--;
    return at;
}

static void add_left_out(struct aa_buffer *buffer, size_t bytes)
{
    aa_buffer_printf(buffer, " [… %zu bytes left out …] ", bytes);
}

/* What is left out is never looked at, so that a long line costs no more than a short one. Quotes and
 * tokens make each part longer than it was: it is cut once more. */
static void add_cut(struct aa_buffer *buffer, struct aa_masker *masker,
                    const struct aa_mask_line *line, size_t bytes, size_t limit, bool *covered)
{
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(AA_MASK_MEMORY_MAX);
    _cleanup_buffer_ struct aa_buffer first = AA_BUFFER_INIT(AA_MASK_MEMORY_MAX);
    _cleanup_buffer_ struct aa_buffer last = AA_BUFFER_INIT(AA_MASK_MEMORY_MAX);
    struct part head = { .words = NULL }, tail = { .words = NULL };
    size_t head_bytes = 0, tail_bytes = 0, keep_head, skip_tail;

    /* a value that the border would cut in two is looked at whole */
    if (take_head(&arena, line, limit / 4 * 3 + CUT_SEARCH, &head, &head_bytes) < 0 ||
        take_tail(&arena, line, limit / 4 + CUT_SEARCH, &tail, &tail_bytes) < 0) {
        buffer->error = -ENOMEM;
        return;
    }
    add_words(&first, masker, &head.line, covered);
    add_words(&last, masker, &tail.line, covered);
    if (first.error != 0 || last.error != 0) {
        buffer->error = first.error != 0 ? first.error : last.error;
        return;
    }
    keep_head = first.length > limit / 4 * 3 ? whole_characters(first.data, limit / 4 * 3) : first.length;
    skip_tail = last.length > limit / 4 ? whole_characters(last.data, last.length - limit / 4) : 0;
    aa_buffer_add(buffer, first.data, keep_head);
    add_left_out(buffer, bytes - head_bytes - tail_bytes + first.length - keep_head + skip_tail);
    aa_buffer_add(buffer, last.data + skip_tail, last.length - skip_tail);
}

void aa_mask_add_shortened(struct aa_buffer *buffer, const char *line, size_t length, size_t limit)
{
    size_t head, tail;

    if (length <= limit) {
        aa_buffer_add(buffer, line, length);
        return;
    }
    head = whole_characters(line, limit / 4 * 3);
    tail = whole_characters(line, length - limit / 4);
    aa_buffer_add(buffer, line, head);
    add_left_out(buffer, tail - head);
    aa_buffer_add(buffer, line + tail, length - tail);
}

void aa_mask_add_line(struct aa_buffer *buffer, struct aa_masker *masker,
                      const struct aa_mask_line *line, size_t limit, bool *covered)
{
    _cleanup_buffer_ struct aa_buffer whole = AA_BUFFER_INIT(AA_MASK_MEMORY_MAX);
    size_t bytes = line->n > 0 ? line->n - 1 : 0;

    for (size_t i = 0; i < line->n; i++)
        bytes += strlen(line->v[i]);
    if (bytes > limit + 2 * CUT_SEARCH) {
        add_cut(buffer, masker, line, bytes, limit, covered);
        return;
    }
    add_words(&whole, masker, line, covered);
    if (whole.error != 0)
        buffer->error = whole.error;
    else
        aa_mask_add_shortened(buffer, whole.data, whole.length, limit);
}

void aa_mask_add_command(struct aa_buffer *buffer, struct aa_masker *masker, const char *command,
                         const char *const *args, size_t args_n, size_t limit, bool *covered)
{
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(AA_MASK_MEMORY_MAX);
    struct aa_mask_line line = { .n = args_n + 1 };
    const char **words = AA_NEW_ARRAY(&arena, const char *, line.n);

    if (words == NULL) {
        buffer->error = -ENOMEM;
        return;
    }
    words[0] = command;
    for (size_t i = 0; i < args_n; i++)
        words[i + 1] = args[i];
    line.v = line.kept = words;
    line.kept_n = 1;
    aa_mask_add_line(buffer, masker, &line, limit, covered);
}
