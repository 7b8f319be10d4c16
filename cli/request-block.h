/* SPDX-License-Identifier: ISC */
/* Everything of one waiting request, as somebody reads it before they answer; and how to answer. */
#ifndef AA_CLI_REQUEST_BLOCK_H
#define AA_CLI_REQUEST_BLOCK_H

#include "local-client.h"
#include "terminal.h"

void request_block_add(struct aa_buffer *out, const struct terminal *terminal,
                       const struct local_peer *peer, const struct aa_site *site);

#endif
