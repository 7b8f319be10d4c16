/* SPDX-License-Identifier: ISC */
/* Configuration text with its places, and what is wrong with it, told like a compiler does. */
#ifndef AA_SOURCE_H
#define AA_SOURCE_H

#include <stdarg.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/buffer.h"

enum {
    AA_SOURCE_MAX = 1024 * 1024, /* bytes of one file */
    AA_SOURCES_MAX = 1024,       /* files of one configuration */
    AA_WORD_MAX = 4096,          /* bytes of one word */
    AA_WORDS_MAX = 64,           /* words of one statement */
    AA_LEVELS_MAX = 3,           /* blocks within blocks */
    AA_RULES_MAX = 20000,
    AA_NAME_MAX = 128,
    AA_COMPLAINTS_MAX = 20, /* errors that are told */
    AA_WARNINGS_MAX = 100,  /* warnings that are told, behind the errors */
    AA_CONFIG_MEMORY_MAX = 1024 * 1024 * 1024,
};

struct aa_source {
    const char *path;
    const char *text;
    size_t length;
};

struct aa_place {
    const struct aa_source *source;
    uint32_t line, column; /* from 1; columns count characters; 0: the line is not to be shown */
};

struct aa_complaint {
    struct aa_place place;
    const char *message;
    bool warning;
    const char *lint; /* the stable name of a warning, see doc/lint.md; NULL: it has none */
};

struct aa_complaints {
    struct aa_arena *arena;
    struct aa_complaint items[AA_COMPLAINTS_MAX + AA_WARNINGS_MAX];
    size_t n, left_out, warnings_left_out;
    size_t errors, warnings; /* left out ones included */
    bool out_of_memory;
};

void aa_complain(struct aa_complaints *complaints, struct aa_place place, const char *format, ...)
    AA_PRINTF(3, 4);
void aa_warn(struct aa_complaints *complaints, struct aa_place place, const char *format, ...)
    AA_PRINTF(3, 4);

/* The same with the name of a lint; "lint" has to outlive the complaints. */
void aa_warn_as(struct aa_complaints *complaints, const char *lint, struct aa_place place,
                const char *format, va_list arguments) AA_PRINTF(4, 0);

/* "FILE:LINE:COLUMN: error: …", the line, and a caret below it. */
void aa_complaint_write(struct aa_buffer *buffer, const struct aa_complaint *complaint);

/* The word of a list that is nearest to "word", or NULL where none is near enough. */
const char *aa_nearest(const char *word, const char *const *list, size_t n);

/* "a, b or c"; in the arena; "" when out of memory. */
const char *aa_one_of(struct aa_arena *arena, const char *const *list, size_t n);

#endif
