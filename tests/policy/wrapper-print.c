/* SPDX-License-Identifier: ISC */
/* Prints how command lines are read, one JSON line each. On stdin: words end with 0x1f, command
 * lines with 0x1e; the first word is the program. */
#include <stdio.h>

#include "base/text.h"
#include "classify/wrapper.h"

enum { INPUT_MAX = 1024 * 1024, WORDS_MAX = 4096, MEMORY = 4 * 1024 * 1024 };

static void add_words(struct aa_buffer *out, const char *name, const struct aa_words *words)
{
    aa_buffer_printf(out, "\"%s\": [", name);
    for (size_t i = 0; i < words->n; i++) {
        aa_buffer_add_text(out, i > 0 ? ", [" : "[");
        aa_text_add_json(out, words->v[i], strlen(words->v[i]));
        aa_buffer_printf(out, ", %d]", (int)aa_doubt_of(words, i));
    }
    aa_buffer_add_text(out, "], ");
}

static void add_text(struct aa_buffer *out, const char *name, const char *text)
{
    aa_buffer_printf(out, "\"%s\": ", name);
    if (text != NULL)
        aa_text_add_json(out, text, strlen(text));
    else
        aa_buffer_add_text(out, "null");
}

static int print(const char **words, size_t n)
{
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(MEMORY);
    _cleanup_buffer_ struct aa_buffer out = AA_BUFFER_INIT(MEMORY);
    struct aa_words arguments = { words + 1, NULL, n - 1 };
    struct aa_wrapped wrapped;
    const char *text;

    if (aa_wrapper_read(&arena, words[0], &arguments, &wrapped) < 0)
        return 1;
    aa_buffer_add_text(&out, "{\"inner\": [");
    for (size_t i = 0; i < wrapped.n; i++) {
        const struct aa_inner *inner = &wrapped.inner[i];

        aa_buffer_add_text(&out, i > 0 ? ", {" : "{");
        add_words(&out, "words", &inner->words);
        add_words(&out, "assigned", &inner->assigned);
        aa_buffer_printf(&out, "\"shell\": %d, \"root\": %d, \"applet\": %d, ", (int)inner->shell_text,
                         (int)inner->other_root, (int)inner->applet);
        add_text(&out, "folder", inner->folder);
        aa_buffer_add_text(&out, "}");
    }
    aa_buffer_add_text(&out, "], ");
    add_text(&out, "opaque", wrapped.opaque_why);
    aa_buffer_add_text(&out, "}");
    text = aa_buffer_text(&out);
    return text == NULL || puts(text) < 0;
}

int main(void)
{
    static char input[INPUT_MAX + 1];
    static const char *words[WORDS_MAX];
    size_t n = 0, length = fread(input, 1, INPUT_MAX, stdin);
    char *word = input;

    for (char *s = input; s < input + length; s++) {
        if (*s == 0x1f) {
            *s = '\0';
            if (n == WORDS_MAX)
                return 1;
            words[n++] = word;
            word = s + 1;
        } else if (*s == 0x1e) {
            if (n == 0 || print(words, n) != 0)
                return 1;
            n = 0;
            word = s + 1;
        }
    }
    return ferror(stdin) || length == INPUT_MAX;
}
