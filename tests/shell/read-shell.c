/* SPDX-License-Identifier: ISC */
/*
 * Reads texts for a shell from its input, each "DIALECT LENGTH\n" and the bytes, and prints one
 * line of JSON for each: what the reader found in it.
 */
#include <errno.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/text.h"
#include "classify/shell.h"

enum { MEMORY_MAX = 64 * 1024 * 1024, LINE_MAX = 16 * 1024 * 1024 };

static const char *const dialects[] = { "sh", "dash", "bash", "ksh", "zsh" };

static void add_text(struct aa_buffer *b, const char *text)
{
    aa_text_add_json(b, text, strlen(text));
}

static void add_words(struct aa_buffer *b, const char *key, const struct aa_words *words)
{
    aa_buffer_printf(b, ",\"%s\":[", key);
    for (size_t i = 0; i < words->n; i++) {
        aa_buffer_add_text(b, i > 0 ? ",[" : "[");
        add_text(b, words->v[i]);
        aa_buffer_printf(b, ",%d]", (int)aa_doubt_of(words, i));
    }
    aa_buffer_add_text(b, "]");
}

static void add_reading(struct aa_buffer *b, const struct aa_shell_reading *reading)
{
    aa_buffer_add_text(b, "{\"opaque\":");
    if (reading->opaque_why != NULL)
        add_text(b, reading->opaque_why);
    else
        aa_buffer_add_text(b, "null");
    aa_buffer_add_text(b, ",\"commands\":[");
    for (size_t i = 0; i < reading->n; i++) {
        const struct aa_shell_command *command = &reading->commands[i];

        aa_buffer_printf(b, "%s{\"builtin\":%s,\"writes\":", i > 0 ? "," : "",
                         command->builtin ? "true" : "false");
        if (command->writes_to != NULL)
            add_text(b, command->writes_to);
        else
            aa_buffer_add_text(b, "null");
        aa_buffer_add_text(b, ",\"folder\":");
        if (command->folder != NULL)
            add_text(b, command->folder);
        else
            aa_buffer_add_text(b, "null");
        add_words(b, "words", &command->words);
        add_words(b, "targets", &command->targets);
        add_words(b, "assigned", &command->assigned);
        aa_buffer_add_text(b, "}");
    }
    aa_buffer_add_text(b, "]}\n");
}

static int dialect_of(const char *name)
{
    for (size_t i = 0; i < AA_ARRAY_SIZE(dialects); i++) {
        if (aa_streq(name, dialects[i]))
            return (int)i;
    }
    return -1;
}

int main(void)
{
    char name[8];
    size_t n;

    while (scanf("%7s %zu", name, &n) == 2 && getchar() == '\n') {
        struct aa_arena arena = AA_ARENA_INIT(MEMORY_MAX);
        struct aa_buffer line = AA_BUFFER_INIT(LINE_MAX);
        struct aa_shell_reading reading;
        int dialect = dialect_of(name);
        char *text = n < MEMORY_MAX ? calloc(1, n + 1) : NULL;

        if (dialect < 0 || text == NULL || fread(text, 1, n, stdin) != n ||
            aa_shell_read(&arena, text, (enum aa_shell_dialect)dialect, &reading) < 0) {
            fprintf(stderr, "a text could not be read\n");
            return 1;
        }
        add_reading(&line, &reading);
        if (aa_buffer_text(&line) == NULL) {
            fprintf(stderr, "a reading is too large\n");
            return 1;
        }
        fputs(aa_buffer_text(&line), stdout);
        fflush(stdout);
        aa_buffer_free(&line);
        aa_arena_clear(&arena);
        free(text);
    }
    return ferror(stdin) ? 1 : 0;
}
