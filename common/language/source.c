/* SPDX-License-Identifier: ISC */
#include "source.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

enum { MESSAGE_MAX = 2048, NEAREST_MAX = 64, SHOWN_LINE_MAX = 240 };

AA_PRINTF(5, 0)
static void add(struct aa_complaints *complaints, struct aa_place place, bool warning,
                const char *lint, const char *format, va_list arguments)
{
    char text[MESSAGE_MAX];
    char *message;

    /* each has room of its own: warnings never take the place of an error */
    if (warning && complaints->warnings++ >= AA_WARNINGS_MAX) {
        complaints->warnings_left_out++;
        return;
    }
    if (!warning && complaints->errors++ >= AA_COMPLAINTS_MAX) {
        complaints->left_out++;
        return;
    }
    vsnprintf(text, sizeof(text), format, arguments);
    message = aa_arena_strdup(complaints->arena, text);
    if (message == NULL)
        complaints->out_of_memory = true;
    complaints->items[complaints->n++] = (struct aa_complaint){
        .place = place,
        .message = message != NULL ? message : "out of memory",
        .warning = warning,
        .lint = lint,
    };
}

void aa_complain(struct aa_complaints *complaints, struct aa_place place, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add(complaints, place, false, NULL, format, arguments);
    va_end(arguments);
}

void aa_warn(struct aa_complaints *complaints, struct aa_place place, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add(complaints, place, true, NULL, format, arguments);
    va_end(arguments);
}

void aa_warn_as(struct aa_complaints *complaints, const char *lint, struct aa_place place,
                const char *format, va_list arguments)
{
    add(complaints, place, true, lint, format, arguments);
}

static void write_line(struct aa_buffer *buffer, const struct aa_place *place)
{
    const char *text = place->source->text, *end = text + place->source->length;
    size_t n;

    for (uint32_t line = 1; line < place->line && text < end; line++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));

        text = newline == NULL ? end : newline + 1;
    }
    n = (size_t)(end - text);
    if (memchr(text, '\n', n) != NULL)
        n = (size_t)((const char *)memchr(text, '\n', n) - text);
    if (n == 0 || n > SHOWN_LINE_MAX || place->column == 0 || place->column > n + 1)
        return;
    aa_buffer_add_text(buffer, "    ");
    while (n > 0) { /* a tab is one column here, so that the caret stands right */
        const char *tab = memchr(text, '\t', n);
        size_t part = tab != NULL ? (size_t)(tab - text) : n;

        aa_text_add_visible(buffer, text, part);
        if (part < n)
            aa_buffer_add_byte(buffer, ' ');
        text += part + (part < n);
        n -= part + (part < n);
    }
    aa_buffer_printf(buffer, "\n    %*s^\n", (int)place->column - 1, "");
}

void aa_complaint_write(struct aa_buffer *buffer, const struct aa_complaint *complaint)
{
    const struct aa_place *place = &complaint->place;

    if (place->source != NULL) {
        aa_text_add_visible(buffer, place->source->path, strlen(place->source->path));
        aa_buffer_printf(buffer, place->column == 0 ? ":%u: " : ":%u:%u: ", place->line,
                         place->column);
    }
    aa_buffer_add_text(buffer, complaint->warning ? "warning: " : "error: ");
    aa_text_add_visible(buffer, complaint->message, strlen(complaint->message));
    if (complaint->lint != NULL)
        aa_buffer_printf(buffer, " [%s]", complaint->lint);
    aa_buffer_add_byte(buffer, '\n');
    if (place->source != NULL)
        write_line(buffer, place);
}

/* Edits (insert, remove, replace, swap neighbours) from one word to the other. */
static size_t distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    size_t rows[3][NEAREST_MAX + 1];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];

    if (n > NEAREST_MAX || m > NEAREST_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= m; j++)
        last[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *spare;

        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t best = last[j - 1] + (a[i - 1] != b[j - 1]);

            best = AA_MIN(best, last[j] + 1);
            best = AA_MIN(best, now[j - 1] + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = AA_MIN(best, before[j - 2] + 1);
            now[j] = best;
        }
        spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[m];
}

const char *aa_nearest(const char *word, const char *const *list, size_t n)
{
    size_t best = strlen(word) < 4 ? 2 : strlen(word) / 3 + 2; /* less than this is near */
    const char *nearest = NULL;

    for (size_t i = 0; i < n; i++) {
        size_t d = distance(word, list[i]);

        if (d < best) {
            best = d;
            nearest = list[i];
        }
    }
    return nearest;
}

const char *aa_one_of(struct aa_arena *arena, const char *const *list, size_t n)
{
    _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(MESSAGE_MAX);
    const char *copy;

    for (size_t i = 0; i < n; i++) {
        aa_buffer_add_text(&text, i == 0 ? "" : i + 1 == n ? " or " : ", ");
        aa_buffer_add_text(&text, list[i]);
    }
    copy = aa_buffer_text(&text);
    copy = copy == NULL ? NULL : aa_arena_strdup(arena, copy);
    return copy == NULL ? "" : copy;
}
