/* SPDX-License-Identifier: ISC */
/*
 * Which labels the operands of a request have. Pure. Like every condition it comes in two widths:
 * for an allow rule, and under "not" in the others, only what is beyond doubt counts as inside;
 * for ask and deny rules all that could be meant does.
 */
#ifndef AA_LABEL_H
#define AA_LABEL_H

#include "base/buffer.h"
#include "capture/operands.h"
#include "capture/request.h"
#include "snapshot.h"

/* Whether the operand is in the label. 1, 0, -EBADMSG, -E2BIG. */
int aa_operand_has_label(const struct aa_snapshot *snapshot, const struct aa_snap_label *label,
                         const struct aa_request *request, const struct aa_operand *operand,
                         bool certain);

/* A condition "when [not] label NAME…". 1 holds, 0 does not, or an error as above. */
int aa_label_condition_holds(const struct aa_snapshot *snapshot,
                             const struct aa_snap_condition *condition, enum aa_action action,
                             const struct aa_request *request);

/* Bit i: some operand could be in the label with index i (those from 64 on are left out). For
 * records and for people. 0 or an error as above. */
int aa_labels_of(const struct aa_snapshot *snapshot, const struct aa_request *request,
                 uint64_t *ret);

/* The names of those labels, with a blank between them. 0 or an error as above. */
int aa_label_names(const struct aa_snapshot *snapshot, uint64_t labels, struct aa_buffer *names);

/* The extended attributes that some label names, each once; none where no rule asks for labels. */
enum { AA_LABEL_ATTRIBUTES_MAX = 64 };

struct aa_label_attributes {
    const char *names[AA_LABEL_ATTRIBUTES_MAX];
    size_t n;
};

int aa_label_attributes(const struct aa_snapshot *snapshot, struct aa_label_attributes *ret,
                        struct aa_fault *fault);

#endif
