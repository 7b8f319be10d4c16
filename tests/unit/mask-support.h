/* SPDX-License-Identifier: ISC */
/* Masks made by hand: a policy with nothing but patterns and switches, in memory. */
#ifndef AA_TEST_MASK_SUPPORT_H
#define AA_TEST_MASK_SUPPORT_H

#include "base/buffer.h"
#include "mask/finders.h"

enum { PATTERN_NEAR_MAX = 8 };

struct hand_pattern {
    const char *name, *match, *near[PATTERN_NEAR_MAX];
    const char *type; /* NULL: secret */
    enum aa_mask_check check;
    bool off;
};

struct hand_switch {
    const char *name;
    bool on;
};

/* A snapshot over "ret", which the caller frees after it. False: memory is out. */
bool hand_masks(const struct hand_pattern *patterns, size_t n, const struct hand_switch *switches,
                size_t switches_n, struct aa_buffer *ret, struct aa_snapshot *ret_snapshot);

#endif
