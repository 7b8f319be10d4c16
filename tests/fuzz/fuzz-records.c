/* SPDX-License-Identifier: ISC */
/* Any bytes as the command of a record, and as a line of "log --json": what can be read back is
 * written again as the same words. */
#include "fuzz.h"

#include "cli/record-json.h"
#include "cli/unquote.h"
#include "mask/mask.h"

static void read_command(const char *text, size_t size)
{
    struct aa_arena arena = AA_ARENA_INIT(16 * 1024 * 1024);
    struct aa_buffer again = AA_BUFFER_INIT(16 * 1024 * 1024);
    struct unquoted unquoted, same;

    (void)unquote_is_cut(text, size);
    if (unquote_command(&arena, text, size, &unquoted) == 0) {
        char **words = unquoted.words;

        require(unquoted.n > 0 && words[unquoted.n] == NULL);
        require((unquoted.masked > 0) == (unquoted.doubt != NULL));
        /* of what was masked nothing can be written again */
        if (unquoted.masked == 0) {
            aa_mask_add_command(&again, NULL, words[0], (const char *const *)words + 1,
                                unquoted.n - 1, SIZE_MAX / 8, NULL);
            require(aa_buffer_text(&again) != NULL);
            require(unquote_command(&arena, again.data, again.length, &same) == 0);
            require(same.n == unquoted.n);
            for (size_t i = 0; i < same.n; i++)
                require(aa_streq(words[i], same.words[i]));
        }
    }
    aa_buffer_free(&again);
    aa_arena_clear(&arena);
}

static void read_line(const char *line, size_t size)
{
    struct aa_buffer fields = AA_FIELDS_INIT;
    struct aa_field field;

    if (record_from_json(line, size, &fields) == 0) {
        struct aa_reader reader = { (const unsigned char *)fields.data, fields.length };

        while (aa_field_next(&reader, &field) == 1)
            require(field.name_length > 0);
    }
    aa_buffer_free(&fields);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size > 0 ? size : 1); /* its end is an end: a sanitizer sees one byte too many */

    require(text != NULL);
    memcpy(text, data, size);
    read_line(text, size);
    read_command(text, size);
    free(text);
    return 0;
}
