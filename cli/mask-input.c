/* SPDX-License-Identifier: ISC */
/* Lines in, lines out, one for one: each is printed before the next is read. What could not be looked
 * at to its end is left out, and said. */
#include <errno.h>

#include "cli.h"
#include "json-read.h"
#include "masking.h"
#include "mask/find.h"

#define TOO_LONG "the line is longer than 1048576 bytes"
#define NO_WORDS "the line is no JSON array of words"

_Static_assert(MASK_LINE_MAX == 1048576, "said in words");

static const char *why_not(const struct masking *m, int r)
{
    return r == -ENOMEM ? "there is not enough memory for it" :
           r < 0        ? strerror(-r) :
                          m->masker.overrun;
}

/* Prints it: EXIT_YES, EXIT_NO left out, EXIT_UNREACHABLE. "number" is its line, or 0. */
static int print(struct masking *m, const struct masked *masked, uint64_t number)
{
    _cleanup_buffer_ struct aa_buffer out = AA_BUFFER_INIT(2 * MASK_SHOWN_MAX);

    mask_show(&out, m, masked);
    if (aa_buffer_text(&out) == NULL) {
        fprintf(stderr, "actionapprove mask: it cannot be shown: %s\n", strerror(-out.error));
        return EXIT_UNREACHABLE;
    }
    fwrite(out.data, 1, out.length, stdout);
    if (fflush(stdout) != 0) {
        fprintf(stderr, "actionapprove mask: it cannot be written: %s\n", strerror(errno));
        return EXIT_UNREACHABLE;
    }
    if (masked->why_not == NULL)
        return EXIT_YES;
    if (number > 0)
        fprintf(stderr, "actionapprove mask: line %llu is left out: %s\n", (unsigned long long)number,
                masked->why_not);
    else
        fprintf(stderr, "actionapprove mask: it is left out: %s\n", masked->why_not);
    return EXIT_NO;
}

static int mask_text(struct masking *m, const char *text, size_t length, uint64_t number)
{
    struct aa_mask_spans spans = { .n = 0 };
    int r = aa_mask_find(&m->masker, &m->arena, text, length, false, &spans);
    struct masked masked = { .text = text, .length = length, .n = 1, .spans = &spans,
                             .why_not = why_not(m, r) };

    return print(m, &masked, number);
}

static int mask_command(struct masking *m, const char *const *words, size_t n, uint64_t number)
{
    struct aa_mask_spans *spans = AA_NEW_ARRAY(&m->arena, struct aa_mask_spans, n);
    int r = spans == NULL ? -ENOMEM : aa_mask_find_command(&m->masker, &m->arena, words, n, spans);
    struct masked masked = { .words = words, .n = n, .spans = r < 0 ? NULL : spans,
                             .why_not = why_not(m, r) };

    return print(m, &masked, number);
}

int mask_words(struct masking *m, const char *const *words, size_t n)
{
    return mask_command(m, words, n, 0);
}

/* ["word", "word"…]: 1, 0 it is none, or -ENOMEM. */
static int read_words(struct masking *m, const char *line, size_t length, const char ***ret, size_t *ret_n)
{
    struct json_reading reading = { line, line + length };
    size_t room = 0, n = 0;
    const char **words = NULL;

    if (!json_take(&reading, '['))
        return 0;
    do {
        _cleanup_buffer_ struct aa_buffer word = AA_BUFFER_INIT(MASK_LINE_MAX + 1);

        if (!json_take_text(&reading, &word) || aa_buffer_text(&word) == NULL ||
            strlen(word.data) != word.length)
            return word.error == -ENOMEM ? word.error : 0;
        if (n == room) {
            const char **more;

            room = room == 0 ? 64 : 2 * room;
            more = AA_NEW_ARRAY(&m->arena, const char *, room);
            if (more == NULL)
                return -ENOMEM;
            if (n > 0)
                memcpy(more, words, n * sizeof(*more));
            words = more;
        }
        words[n] = aa_arena_strndup(&m->arena, word.data, word.length);
        if (words[n++] == NULL)
            return -ENOMEM;
    } while (json_take(&reading, ','));
    if (!json_take(&reading, ']'))
        return 0;
    json_skip_blanks(&reading);
    *ret = words;
    *ret_n = n;
    return reading.at == reading.end;
}

/* A line without its newline: 1, 0 there is none, or negative errno. Over the maximum all of it is
 * read, and "ret_too_long" says so. */
static int read_line(FILE *file, struct aa_buffer *line, bool *ret_too_long)
{
    int c;

    aa_buffer_clear(line);
    *ret_too_long = false;
    errno = 0;
    while ((c = getc_unlocked(file)) != EOF && c != '\n') {
        if (line->length < MASK_LINE_MAX)
            aa_buffer_add_byte(line, (char)c);
        else
            *ret_too_long = true;
    }
    if (c == EOF && ferror(file))
        return errno != 0 ? -errno : -EIO;
    if (line->error != 0)
        return line->error;
    return c != EOF || line->length > 0;
}

static int mask_line(struct masking *m, const struct aa_buffer *line, bool too_long, bool arguments,
                     uint64_t number)
{
    const struct masked left_out = { .text = "", .why_not = too_long ? TOO_LONG : NO_WORDS };
    const char **words = NULL;
    size_t n = 0;
    int r;

    m->masker.overrun = NULL;
    if (too_long)
        return print(m, &left_out, number);
    if (!arguments)
        return mask_text(m, line->data != NULL ? line->data : "", line->length, number);
    r = read_words(m, line->data != NULL ? line->data : "", line->length, &words, &n);
    if (r < 0)
        return print(m, &(struct masked){ .text = "", .why_not = why_not(m, r) }, number);
    return r == 0 ? print(m, &left_out, number) : mask_command(m, words, n, number);
}

int mask_lines(struct masking *m, FILE *file, bool arguments)
{
    _cleanup_buffer_ struct aa_buffer line = AA_BUFFER_INIT(MASK_LINE_MAX + 1);
    bool too_long, left_out = false;
    uint64_t number = 0;
    int r;

    while ((r = read_line(file, &line, &too_long)) == 1) {
        int result = mask_line(m, &line, too_long, arguments, ++number);

        aa_arena_clear(&m->arena);
        if (result == EXIT_UNREACHABLE)
            return result;
        left_out |= result == EXIT_NO;
    }
    if (r < 0) {
        fprintf(stderr, "actionapprove mask: it cannot be read: %s\n", strerror(-r));
        return EXIT_UNREACHABLE;
    }
    return left_out ? EXIT_NO : EXIT_YES;
}
