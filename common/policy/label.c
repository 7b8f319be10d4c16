/* SPDX-License-Identifier: ISC */
#include "label.h"

#include <errno.h>

int aa_operand_has_label(AA_UNUSED const struct aa_snapshot *snapshot,
                         AA_UNUSED const struct aa_snap_label *label,
                         AA_UNUSED const struct aa_request *request,
                         AA_UNUSED const struct aa_operand *operand, AA_UNUSED bool certain)
{
    return -ENOTSUP;
}

int aa_label_condition_holds(AA_UNUSED const struct aa_snapshot *snapshot,
                             AA_UNUSED const struct aa_snap_condition *condition,
                             AA_UNUSED enum aa_action action,
                             AA_UNUSED const struct aa_request *request)
{
    return -ENOTSUP;
}

int aa_labels_of(AA_UNUSED const struct aa_snapshot *snapshot,
                 AA_UNUSED const struct aa_request *request, AA_UNUSED uint64_t *ret)
{
    return -ENOTSUP;
}
