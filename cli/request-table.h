/* SPDX-License-Identifier: ISC */
/* The waiting requests, one a line, readable at a glance. */
#ifndef AA_CLI_REQUEST_TABLE_H
#define AA_CLI_REQUEST_TABLE_H

#include "local-client.h"
#include "terminal.h"

/* How many there are to be shown. "line_end" stands before each newline; "rows_max": 0 is all. */
size_t request_table_print(FILE *out, const struct terminal *terminal,
                           const struct local_peers *peers, const struct aa_site *site,
                           const char *line_end, size_t rows_max);

/* Those that are to be shown, by the time that is left to them; the silent ones come last. */
const struct local_peer **request_order(const struct local_peers *peers,
                                        const struct aa_site *site, size_t *ret_n);

#endif
