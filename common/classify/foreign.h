/* SPDX-License-Identifier: ISC */
/*
 * Code for somewhere else: "docker exec c sh -c TEXT", "kubectl exec p -- python3 -c CODE". No rule
 * sees these commands, since they are none of this host; but who decides has to be able to read them.
 */
#ifndef AA_FOREIGN_H
#define AA_FOREIGN_H

#include "capture/request.h"

enum { AA_FOREIGN_NAMES_MAX = 256, AA_FOREIGN_DEPTH_MAX = 4 };

struct aa_foreign {
    const char *code_why; /* code that is not read here; NULL: none */
    const char *names[AA_FOREIGN_NAMES_MAX]; /* of the commands that were read */
    size_t n;
};

/* Adds what stands in these words (no name first) to *ret, which starts empty. 0 or -ENOMEM. */
int aa_classify_foreign(struct aa_arena *arena, const struct aa_words *words,
                        struct aa_foreign *ret);

#endif
