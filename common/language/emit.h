/* SPDX-License-Identifier: ISC */
/* From the checked model to the bytes of a snapshot (policy/snapshot-format.h). */
#ifndef AA_EMIT_H
#define AA_EMIT_H

#include "base/sha256.h"
#include "config-model.h"
#include "policy/snapshot-format.h"

struct aa_emit_options {
    unsigned char digest[AA_SHA256_SIZE]; /* of the text that was compiled */
    uint64_t applied_usec;
    uint64_t try_until_boottime_usec; /* 0: final */
    const char *try_boot_id;
    bool masks_alone;   /* for their examples: nothing but masks, and every one of them is on */
    bool resolve_paths; /* also match what the paths of commands lead to on this host, now */
};

/* 0, -ENOMEM or -E2BIG. */
int aa_emit_snapshot(const struct aa_config *config, const struct aa_emit_options *options,
                     struct aa_buffer *ret);

#endif
