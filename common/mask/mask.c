/* SPDX-License-Identifier: ISC */
#include "mask.h"

#include "base/text.h"

enum { COMMAND_LINE_MAX = 128 * 1024 * 1024 };

void aa_mask_add(struct aa_buffer *buffer, const char *text, size_t length)
{
    aa_text_add_visible(buffer, text, length);
}

void aa_mask_add_text(struct aa_buffer *buffer, const char *text)
{
    aa_mask_add(buffer, text, strlen(text));
}

/* Steps back to the start of a character, so that a cut does not split one. */
static size_t whole_characters(const char *text, size_t at)
{
    while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
        at--;
    return at;
}

void aa_mask_add_command(struct aa_buffer *buffer, const char *command, const char *const *args,
                         size_t args_n, size_t limit)
{
    _cleanup_buffer_ struct aa_buffer line = AA_BUFFER_INIT(COMMAND_LINE_MAX);
    size_t head, tail;

    aa_text_add_quoted(&line, command);
    for (size_t i = 0; i < args_n; i++) {
        aa_buffer_add_byte(&line, ' ');
        aa_text_add_quoted(&line, args[i]);
    }
    if (line.error != 0) {
        buffer->error = line.error;
        return;
    }
    if (line.length <= limit) {
        aa_mask_add(buffer, line.data, line.length);
        return;
    }
    head = whole_characters(line.data, limit / 4 * 3);
    tail = whole_characters(line.data, line.length - limit / 4);
    aa_mask_add(buffer, line.data, head);
    aa_buffer_printf(buffer, " [… %zu bytes left out …] ", tail - head);
    aa_mask_add(buffer, line.data + tail, line.length - tail);
}
