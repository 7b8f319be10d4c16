/* SPDX-License-Identifier: ISC */
/* Lists of names as one text, with blanks between them: how the tables of programs are written. */
#ifndef AA_LISTED_H
#define AA_LISTED_H

#include <stdbool.h>

#include "base/macros.h"

/* The next name of a list, or NULL; "*n" is its length. */
static inline const char *aa_next_listed(const char **list, size_t *n)
{
    const char *name;

    *list += strspn(*list, " ");
    name = *list;
    *n = strcspn(name, " ");
    *list += *n;
    return *n > 0 ? name : NULL;
}

/* No list holds nothing. */
static inline bool aa_listed(const char *list, const char *name)
{
    size_t n = strlen(name);

    /* asked of every table for every command: by hand, and no further than the first letter */
    for (const char *each = list; each != NULL && n > 0 && *each != '\0';) {
        if (*each == *name && strncmp(each, name, n) == 0 && (each[n] == ' ' || each[n] == '\0'))
            return true;
        while (*each != '\0' && *each != ' ')
            each++;
        while (*each == ' ')
            each++;
    }
    return false;
}

#endif
