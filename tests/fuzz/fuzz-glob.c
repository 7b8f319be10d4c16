/* SPDX-License-Identifier: ISC */
/* A pattern and a subject: the fast matcher against one that remembers every place it was in. */
#include "fuzz.h"

#include "policy/glob.h"

enum { LONGEST = 96 };

/* Whether pattern[p…] matches subject[s…], each pair looked at once. */
static int matches(const unsigned char *pattern, size_t p_n, const unsigned char *subject,
                   size_t s_n)
{
    static unsigned char table[LONGEST + 1][LONGEST + 1];

    for (size_t p = p_n + 1; p-- > 0;) {
        for (size_t s = s_n + 1; s-- > 0;) {
            unsigned char c = pattern[p];

            if (p == p_n)
                table[p][s] = s == s_n;
            else if (c == AA_GLOB_STAR || c == AA_GLOB_STARSTAR)
                table[p][s] = table[p + 1][s] ||
                              (s < s_n && (c == AA_GLOB_STARSTAR || subject[s] != '/') &&
                               table[p][s + 1]);
            else
                table[p][s] = s < s_n && c == subject[s] && table[p + 1][s + 1];
        }
    }
    return table[0][0];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned char pattern[LONGEST + 1], subject[LONGEST + 1];
    size_t p = 0, s = 0;

    while (p < size && p < LONGEST && data[p] != 0) {
        pattern[p] = data[p];
        p++;
    }
    pattern[p] = '\0';
    for (size_t i = p + 1; i < size && s < LONGEST && data[i] != 0; i++)
        subject[s++] = data[i];
    subject[s] = '\0';
    require(aa_glob_match((const char *)pattern, (const char *)subject) ==
            matches(pattern, p, subject, s));
    return 0;
}
