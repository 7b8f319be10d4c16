/* SPDX-License-Identifier: ISC */
/*
 * What the shell reader finds in a text, as one line, and tables of texts and such lines.
 *
 * "{A=b} name word >target !written @folder *": variables, words, targets, the file that would be
 * written, the folder ("@" alone: not known), and a star for a builtin. Behind a word "?" stands
 * for AA_UNKNOWN and "+" for AA_SPREADS; words with blanks are in quotes. Commands are divided by
 * " ; ", and "-- opaque" ends what is.
 */
#ifndef AA_TEST_SHELL_ROWS_H
#define AA_TEST_SHELL_ROWS_H

#include "unit.h"

#include "base/buffer.h"
#include "classify/shell.h"

enum { SHELL_MEMORY_MAX = 64 * 1024 * 1024, SHELL_LINE_MAX = 1024 * 1024 };

struct shell_row {
    const char *text, *wanted;
};

static inline void add_shell_word(struct aa_buffer *b, const struct aa_words *words, size_t i)
{
    static const char marks[] = { '\0', '?', '+' };
    const char *text = words->v[i];
    enum aa_doubt doubt = aa_doubt_of(words, i);
    bool quoted = doubt == AA_EXACT && (text[0] == '\0' || strpbrk(text, " \t\n") != NULL);

    aa_buffer_printf(b, quoted ? "'%s'" : "%s", text);
    if (doubt != AA_EXACT)
        aa_buffer_add_byte(b, marks[doubt]);
}

static inline void add_shell_command(struct aa_buffer *b, const struct aa_shell_command *command)
{
    assert_true(command->words.n > 0 && aa_doubt_of(&command->words, 0) == AA_EXACT);
    for (size_t i = 0; i < command->assigned.n; i++) {
        aa_buffer_add_text(b, "{");
        add_shell_word(b, &command->assigned, i);
        aa_buffer_add_text(b, "} ");
    }
    for (size_t i = 0; i < command->words.n; i++) {
        aa_buffer_add_text(b, i > 0 ? " " : "");
        add_shell_word(b, &command->words, i);
    }
    for (size_t i = 0; i < command->targets.n; i++) {
        aa_buffer_add_text(b, " >");
        add_shell_word(b, &command->targets, i);
    }
    if (command->writes_to != NULL)
        aa_buffer_printf(b, " !%s", command->writes_to);
    if (command->folder != NULL)
        aa_buffer_printf(b, " @%s", command->folder);
    aa_buffer_add_text(b, command->builtin ? " *" : "");
}

static inline void check_shell_rows(const struct shell_row *rows, size_t n, enum aa_shell_dialect dialect)
{
    for (size_t i = 0; i < n; i++) {
        struct aa_arena arena = AA_ARENA_INIT(SHELL_MEMORY_MAX);
        struct aa_buffer line = AA_BUFFER_INIT(SHELL_LINE_MAX);
        struct aa_shell_reading reading;

        assert_int_equal(aa_shell_read(&arena, rows[i].text, dialect, &reading), 0);
        for (size_t j = 0; j < reading.n; j++) {
            aa_buffer_add_text(&line, j > 0 ? " ; " : "");
            add_shell_command(&line, &reading.commands[j]);
        }
        aa_buffer_add_text(&line, reading.opaque_why != NULL ? " -- opaque" : "");
        assert_non_null(aa_buffer_text(&line));
        check(aa_streq(aa_buffer_text(&line), rows[i].wanted), "%s\n  is read as  %s\n  and not     %s",
              rows[i].text, aa_buffer_text(&line), rows[i].wanted);
        aa_buffer_free(&line);
        aa_arena_clear(&arena);
    }
}

#define CHECK_SHELL_ROWS(rows, dialect) check_shell_rows((rows), AA_ARRAY_SIZE(rows), (dialect))

#endif
