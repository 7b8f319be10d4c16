/* SPDX-License-Identifier: ISC */
/* Small conveniences used everywhere: scope-bound cleanup and ownership transfer. */
#ifndef AA_MACROS_H
#define AA_MACROS_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AA_ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))
#define AA_MIN(a, b) ((a) < (b) ? (a) : (b))
#define AA_UNUSED __attribute__((unused))
#define AA_PRINTF(format_index, first) __attribute__((format(printf, format_index, first)))
#define AA_EXPORT __attribute__((visibility("default")))

static inline void aa_close_at(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static inline void aa_free_at(void *pointer)
{
    void *memory;

    memcpy(&memory, pointer, sizeof(memory));
    free(memory);
}

#define _cleanup_(f) __attribute__((cleanup(f)))
#define _cleanup_close_ _cleanup_(aa_close_at)
#define _cleanup_free_ _cleanup_(aa_free_at)

#define TAKE_PTR(p) __extension__({ __typeof__(p) take_ = (p); (p) = NULL; take_; })
#define TAKE_FD(fd) __extension__({ int take_ = (fd); (fd) = -1; take_; })

static inline int aa_streq(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* The text behind "prefix" in "s", or NULL where "s" does not start with it. */
static inline const char *aa_after(const char *s, const char *prefix)
{
    size_t n = strlen(prefix);

    return strncmp(s, prefix, n) == 0 ? s + n : NULL;
}

/* What stands behind the last slash, or all of it; nothing for a path that ends with one. */
static inline const char *aa_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

#endif
