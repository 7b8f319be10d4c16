/* SPDX-License-Identifier: ISC */
#include "glob.h"

#include <errno.h>
#include <stdint.h>

int aa_glob_match(const char *pattern, const char *subject)
{
    const unsigned char *p = (const unsigned char *)pattern;
    const unsigned char *s = (const unsigned char *)subject;
    /* Where to go on when the text behind the last star of either kind does not fit. An earlier
     * star never needs another try: whatever it could still reach, the later one reaches too. */
    const unsigned char *star_p = NULL, *star_s = NULL, *wide_p = NULL, *wide_s = NULL;

    for (uint32_t steps = 0; steps < AA_GLOB_STEPS_MAX; steps++) {
        if (*p == AA_GLOB_STARSTAR) {
            wide_p = ++p;
            wide_s = s;
            star_p = NULL;
        } else if (*p == AA_GLOB_STAR) {
            star_p = ++p;
            star_s = s;
        } else if (*p == *s) {
            if (*s == '\0')
                return 1;
            p++;
            s++;
        } else if (star_p != NULL && *star_s != '\0' && *star_s != '/') {
            p = star_p;
            s = ++star_s;
        } else if (wide_p != NULL && *wide_s != '\0') {
            p = wide_p;
            s = ++wide_s;
            star_p = NULL;
        } else {
            return 0;
        }
    }
    return -E2BIG;
}
