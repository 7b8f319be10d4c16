/* SPDX-License-Identifier: ISC */
/*
 * What masking works with: the rules that are in force (those that are shipped, in the library
 * itself, and the operator's of the policy), the patterns that were compiled so far, and the key
 * of the tokens. One for each decision; a tool may keep one.
 */
#ifndef AA_MASKER_H
#define AA_MASKER_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/sha256.h"
#include "policy/snapshot.h"

enum {
    AA_MASK_SETS = 2,                      /* shipped, the operator's */
    AA_MASK_PATTERNS_MAX = 1024,           /* of both together */
    AA_MASK_TEXT_MAX = 1024 * 1024,        /* bytes looked at in one go */
    AA_MASK_MEMORY_MAX = 64 * 1024 * 1024, /* for one text */
    AA_MASK_KNOWN_MAX = 64,                /* values that are known again, */
    AA_MASK_KNOWN_MIN = 6,                 /* of so many bytes and more: shorter ones are words as well */
    AA_MASK_KNOWN_BYTES_MAX = 64 * 1024,
};

struct aa_mask_shapes; /* shape.c: patterns that were compiled, literals to look for */
struct aa_mask_name_words; /* name-words.c: words of names of secrets */

struct aa_masker {
    struct aa_snapshot sets[AA_MASK_SETS];
    size_t sets_n, shipped_n;
    struct aa_mask_shapes *shapes; /* NULL: none was needed yet */
    struct aa_mask_name_words *names; /* the same */
    unsigned char key[AA_SHA256_SIZE];
    bool has_key;         /* else tokens tell a length and nothing else */
    bool keyless;         /* tokens tell no more than without a key, for now: aa_masker_keyless */
    struct aa_buffer known; /* what was covered in the command line that is asked about, a NUL behind each */
    size_t known_n;
    bool show_code;       /* the rule says so: a command line with code that is not read is not covered */
    const char *overrun;  /* a limit was hit, so something may have been missed: where; or NULL */
};

/*
 * Starts one. "own" is the policy in force, or NULL: what is shipped alone. "host_key" is the
 * host's key (AA_KEY_SIZE bytes), from which that of the tokens is made, or NULL. Cheap: nothing is
 * compiled before it is needed.
 */
void aa_masker_start(struct aa_masker *masker, const struct aa_snapshot *own,
                     const void *host_key);
void aa_masker_end(struct aa_masker *masker);

/* The same, later: another policy (NULL: none any more), the key as soon as it is known. */
void aa_masker_set_policy(struct aa_masker *masker, const struct aa_snapshot *own);
void aa_masker_set_key(struct aa_masker *masker, const void *host_key);

/* For what the requester reads: whoever may type a guess and read the token of it could find out what
 * stands behind the tokens of others. Returns what was set before. A masker of NULL is left alone. */
bool aa_masker_keyless(struct aa_masker *masker, bool keyless);

#define _cleanup_masker_ _cleanup_(aa_masker_end)

/* The shipped rules: a snapshot with nothing but masks, compiled at build time from
 * policies/masking.conf. */
extern const unsigned char aa_mask_shipped[];
extern const size_t aa_mask_shipped_size;

/* Whether a pattern of this name is looked for: the operator's switches decide, else its own. */
bool aa_mask_is_on(const struct aa_masker *masker, const char *name, bool off);

#endif
