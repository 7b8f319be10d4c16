/* SPDX-License-Identifier: ISC */
/* One explained request: everything that is known of it, before it is written for people
 * (explain-show.c) or for programs (explain-json.c). */
#ifndef AA_CLI_EXPLANATION_H
#define AA_CLI_EXPLANATION_H

#include "answerers.h"
#include "mask/spans.h"
#include "policy/policy.h"

enum { EXPLANATION_MAX = 64 * 1024 * 1024, EXPLANATION_LABELS_MAX = 64 };

struct tried_rule {
    uint32_t index;
    struct aa_rule_result result;
};

struct explanation {
    const struct aa_snapshot *snapshot;
    const struct aa_request *request;
    struct aa_outcome outcome;
    struct tried_rule *tried;
    size_t tried_n, tried_max;
    bool out_of_memory;
    const struct aa_snap_ask *ask; /* NULL: nobody is asked */
    struct answerers answerers;
    const char *refused_before; /* why it would be refused before anybody is asked; NULL: it would not */
    const char *refused_error;  /* "E-…" of that */
    const struct aa_mask_spans *masked; /* what an approver would not see, of the command and each
                                         * argument; NULL: there is no command */
    size_t masked_n;
    const char *masked_overrun; /* a limit kept from looking to the end; or NULL */
    bool labels_known;
    uint64_t labels; /* bit i: some operand could be in that one */
    bool chosen_time;
    bool exempt; /* root under sudo: recorded, and never denied */
};

const struct aa_snap_rule *explained_rule(const struct explanation *explanation, uint32_t index);
/* "" where the text is not to be read. */
const char *explained_text(const struct explanation *explanation, struct aa_snap_text text);
const char *explained_label(const struct explanation *explanation, unsigned index); /* NULL: none */
bool explained_observes(const struct explanation *explanation);

void explain_show(struct aa_buffer *out, const struct explanation *explanation);
void explain_json(struct aa_buffer *out, const struct explanation *explanation);

/* "required", and the like; NULL for a number that has none. */
const char *explained_reason(uint32_t reason);
/* The words of ask flags as the configuration has them; NULL behind the last. */
extern const struct explained_flag {
    uint32_t bit;
    const char *name;
} explained_flags[];

#endif
