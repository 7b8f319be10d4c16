/* SPDX-License-Identifier: ISC */
/*
 * An arena: memory that belongs to one request (or one configuration) and is
 * freed at once. It has a hard maximum, so that no caller can make trusted
 * code grow without bound, and it hands out NULL past that maximum exactly as
 * it does when memory is out: one error path for both.
 */
#ifndef AA_ARENA_H
#define AA_ARENA_H

#include "macros.h"

struct aa_arena_block;

struct aa_arena {
    struct aa_arena_block *blocks;
    size_t used;
    size_t maximum;
};

#define AA_ARENA_INIT(max) { .maximum = (max) }

void *aa_arena_alloc(struct aa_arena *arena, size_t size);           /* zeroed; NULL when out */
char *aa_arena_strndup(struct aa_arena *arena, const char *s, size_t n);
char *aa_arena_strdup(struct aa_arena *arena, const char *s);
char *aa_arena_printf(struct aa_arena *arena, const char *format, ...) AA_PRINTF(2, 3);
void aa_arena_clear(struct aa_arena *arena);

/* "count" zeroed elements of a type; NULL when out or when the product overflows. */
void *aa_arena_array(struct aa_arena *arena, size_t count, size_t size);
#define AA_NEW(arena, type) ((type *)aa_arena_alloc((arena), sizeof(type)))
#define AA_NEW_ARRAY(arena, type, count) ((type *)aa_arena_array((arena), (count), sizeof(type)))

#define _cleanup_arena_ _cleanup_(aa_arena_clear)

#endif
