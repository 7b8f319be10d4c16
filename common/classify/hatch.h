/* SPDX-License-Identifier: ISC */
/*
 * Programs that are no wrappers, but run something else when a certain option or a certain text is
 * among their arguments: tar --to-command, psql \!, vim -c, sed's e. With one of them a command is
 * opaque. What is run is read besides, where the option names it.
 */
#ifndef AA_HATCH_H
#define AA_HATCH_H

#include "capture/request.h"

enum { AA_HATCH_TEXTS_MAX = 8 };

struct aa_hatches {
    const char *why; /* NULL: none */
    const char *texts[AA_HATCH_TEXTS_MAX]; /* what a shell would be given, as far as it is told */
    size_t n;
    bool from_input; /* it takes its commands from a terminal or a pipe: no word is one */
};

/* 0 or -ENOMEM. */
int aa_hatches_find(struct aa_arena *arena, const char *base, const struct aa_words *arguments,
                    struct aa_hatches *ret);

/* Whether a script for sed surely runs nothing and writes to no other file: addresses with the
 * commands s d p q = and their like, and no more. */
bool aa_sed_is_plain(const char *script);

/* Whether a client of a database would take its commands from a terminal or a pipe. */
bool aa_client_takes_input(const char *base, const struct aa_words *arguments);

#endif
