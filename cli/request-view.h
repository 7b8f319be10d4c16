/* SPDX-License-Identifier: ISC */
/* One waiting request for its reader: the phrases that table and block are made of, and the JSON
 * object. */
#ifndef AA_CLI_REQUEST_VIEW_H
#define AA_CLI_REQUEST_VIEW_H

#include <time.h>

#include "local-client.h"
#include "terminal.h"

enum {
    VIEW_MAX = 16 * 1024 * 1024, /* bytes of one request, everything in it made visible */
    VIEW_LEFT_UNKNOWN = -1,
};

/* Who is not to see it is not told that it is there. */
bool view_is_shown(const struct local_peer *peer);

bool view_expires(const struct local_peer *peer, time_t *ret);
/* Microseconds until it expires; VIEW_LEFT_UNKNOWN. */
int64_t view_left_usec(const struct local_peer *peer, const struct aa_site *site);
/* "4:58", "1:02:03" */
void view_add_left(struct aa_buffer *out, int64_t left_usec);

/* A field's value; "otherwise" where there is none. */
void view_add_field(struct aa_buffer *out, const struct terminal *terminal,
                    const struct local_peer *peer, const char *name, const char *otherwise);
/* "claude (alice's agent)" */
void view_add_who(struct aa_buffer *out, const struct terminal *terminal,
                  const struct local_peer *peer);
/* The command, or what else is asked for. */
void view_add_what(struct aa_buffer *out, const struct terminal *terminal,
                   const struct local_peer *peer);
/* The escape that begins the colour of its risk; "" where there is none. */
const char *view_risk_colour(const struct terminal *terminal, const struct local_peer *peer);
#define VIEW_COLOUR_END "\033[0m"

/* The object without its braces. */
void view_add_json(struct aa_buffer *out, const struct local_peer *peer);

#endif
