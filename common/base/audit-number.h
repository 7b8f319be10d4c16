/* SPDX-License-Identifier: ISC */
/* The kernel's audit numbers of a process: "loginuid" and "sessionid". */
#ifndef AA_AUDIT_NUMBER_H
#define AA_AUDIT_NUMBER_H

#include "site.h"

/* "process" is a pid or "self". 1 set, 0 unset or the kernel has none, or negative errno. */
int aa_audit_number(const struct aa_site *site, const char *process, const char *name,
                    uint32_t *ret);

#endif
