/* SPDX-License-Identifier: ISC */
/* The names of this host and machine, from local sources only: no resolver is asked. */
#ifndef AA_HOST_H
#define AA_HOST_H

#include "base/site.h"
#include "request.h"

/* Fills host and machine; and host_full where "full" asks for it and it can be known. */
int aa_capture_host(const struct aa_site *site, struct aa_request *request, bool full);

#endif
