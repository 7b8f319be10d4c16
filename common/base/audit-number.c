/* SPDX-License-Identifier: ISC */
#include "audit-number.h"

#include <errno.h>
#include <stdio.h>

#include "io.h"

int aa_audit_number(const struct aa_site *site, const char *process, const char *name,
                    uint32_t *ret)
{
    char path[128], text[32], *end;
    unsigned long number;
    int r;

    snprintf(path, sizeof(path), "%s/%s/%s", site->proc_dir, process, name);
    r = aa_read_line(path, text, sizeof(text));
    if (r == -ENOENT) {
        /* no audit in this kernel; or no such process, or no /proc, which are no answer */
        snprintf(path, sizeof(path), "%s/%s/stat", site->proc_dir, process);
        return access(path, F_OK) == 0 ? 0 : r;
    }
    if (r < 0)
        return r;
    errno = 0;
    number = strtoul(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || number > UINT32_MAX)
        return -EBADMSG;
    *ret = (uint32_t)number;
    return number != UINT32_MAX;
}
