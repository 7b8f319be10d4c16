/* SPDX-License-Identifier: ISC */
#include "failing-malloc.h"

#include <errno.h>
#include <stddef.h>

#include "base/macros.h"

/* glibc's own entries, which stand behind the public ones */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void __libc_free(void *memory);

static long counted, wanted;
static bool all_behind, armed;

void failing_malloc_set(long n, bool onwards)
{
    counted = 0;
    wanted = n;
    all_behind = onwards;
}

void failing_malloc_arm(void)
{
    armed = true;
}

void failing_malloc_disarm(void)
{
    armed = false;
}

long failing_malloc_count(void)
{
    return counted;
}

static bool fails(void)
{
    if (!armed)
        return false;
    counted++;
    if (counted != wanted && (!all_behind || counted < wanted))
        return false;
    errno = ENOMEM;
    return true;
}

AA_EXPORT void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

AA_EXPORT void *calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}

AA_EXPORT void *realloc(void *memory, size_t size)
{
    return fails() ? NULL : __libc_realloc(memory, size);
}

AA_EXPORT void free(void *memory)
{
    __libc_free(memory);
}
