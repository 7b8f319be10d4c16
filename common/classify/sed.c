/* SPDX-License-Identifier: ISC */
/* Whether a script for sed only edits its input. Anything that is not surely so is not: sed's e and
 * s///e run commands, w, W and s///w write files, r and R read them. */
#include "hatch.h"

/* Behind a bracket expression; NULL: it has no end, or the delimiter is in it, which is not read the
 * same by all. */
static const char *behind_bracket(const char *p, char delimiter)
{
    p += p[1] == '^' ? 2 : 1;
    if (*p == ']')
        p++;
    for (; *p != ']'; p++) {
        if (p[0] == '[' && p[1] == ':') {
            p = strstr(p, ":]");
            if (p == NULL)
                return NULL;
            p++;
        } else if (*p == '\0' || *p == '\n' || *p == '\\' || *p == delimiter) {
            return NULL;
        }
    }
    return p + 1;
}

/* Behind the closing delimiter of a part; NULL: it has none that is certain. */
static const char *behind_part(const char *p, char delimiter, bool expression)
{
    while (p != NULL && *p != '\0' && *p != '\n') {
        if (*p == '\\' && p[1] != '\0' && p[1] != '\n')
            p += 2;
        else if (*p == '[' && expression)
            p = behind_bracket(p, delimiter);
        else if (*p++ == delimiter)
            return p;
    }
    return NULL;
}

static const char *behind_address(const char *p)
{
    if (*p == '$')
        return p + 1;
    if (*p >= '0' && *p <= '9')
        return p + strspn(p, "0123456789~");
    if (*p != '/')
        return p;
    p = behind_part(p + 1, '/', true);
    return p == NULL ? NULL : p + strspn(p, "I");
}

static const char *behind_substitution(const char *p)
{
    char delimiter = *p;

    if (delimiter == '\0' || delimiter == '\n' || delimiter == '\\' || delimiter == '[')
        return NULL;
    p = behind_part(p + 1, delimiter, true);
    if (p != NULL)
        p = behind_part(p, delimiter, false);
    return p == NULL ? NULL : p + strspn(p, "gpiI0123456789");
}

bool aa_sed_is_plain(const char *script)
{
    const char *p = script;

    while (*(p += strspn(p, " \t;\n")) != '\0') {
        p = behind_address(p);
        if (p != NULL && *p == ',') {
            p++;
            p += strspn(p, "+");
            p = behind_address(p);
        }
        if (p == NULL)
            return false;
        p += strspn(p, " \t!");
        if (*p == 's') {
            p = behind_substitution(p + 1);
            if (p == NULL)
                return false;
        } else if (*p != '\0' && strchr("dDpPqQ=", *p) != NULL) {
            p++;
        } else {
            return false;
        }
        p += strspn(p, " \t");
        if (*p != '\0' && *p != ';' && *p != '\n')
            return false;
    }
    return true;
}
