/* SPDX-License-Identifier: ISC */
#include "arena.h"

#include <stdarg.h>
#include <stdio.h>

enum { BLOCK_SIZE = 16 * 1024, ALIGNMENT = 16 };

struct aa_arena_block {
    struct aa_arena_block *next;
    size_t size;
    size_t used;
    _Alignas(ALIGNMENT) char data[];
};

void *aa_arena_alloc(struct aa_arena *arena, size_t size)
{
    struct aa_arena_block *block = arena->blocks;
    void *memory;

    if (size > arena->maximum || arena->used > arena->maximum - size)
        return NULL;
    if (size == 0)
        size = 1;
    size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (block == NULL || block->size - block->used < size) {
        size_t wanted = size > BLOCK_SIZE ? size : BLOCK_SIZE;

        block = calloc(1, sizeof(*block) + wanted);
        if (block == NULL)
            return NULL;
        block->size = wanted;
        block->next = arena->blocks;
        arena->blocks = block;
    }
    memory = block->data + block->used;
    block->used += size;
    arena->used += size;
    return memory;
}

void *aa_arena_array(struct aa_arena *arena, size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    return aa_arena_alloc(arena, bytes);
}

char *aa_arena_strndup(struct aa_arena *arena, const char *s, size_t n)
{
    char *copy = n == SIZE_MAX ? NULL : aa_arena_alloc(arena, n + 1);

    if (copy != NULL) {
        memcpy(copy, s, n);
        copy[n] = '\0';
    }
    return copy;
}

char *aa_arena_strdup(struct aa_arena *arena, const char *s)
{
    return aa_arena_strndup(arena, s, strlen(s));
}

char *aa_arena_printf(struct aa_arena *arena, const char *format, ...)
{
    va_list arguments;
    char *text;
    int n;

    va_start(arguments, format);
    n = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (n < 0)
        return NULL;
    text = aa_arena_alloc(arena, (size_t)n + 1);
    if (text == NULL)
        return NULL;
    va_start(arguments, format);
    vsnprintf(text, (size_t)n + 1, format, arguments);
    va_end(arguments);
    return text;
}

void aa_arena_clear(struct aa_arena *arena)
{
    while (arena->blocks != NULL) {
        struct aa_arena_block *block = arena->blocks;

        arena->blocks = block->next;
        free(block);
    }
    arena->used = 0;
}
