/* SPDX-License-Identifier: ISC */
/* mask: what its files share. mask-rules.c has rules and key, mask-input.c the lines, mask-show.c what
 * is printed of one. */
#ifndef AA_CLI_MASKING_H
#define AA_CLI_MASKING_H

#include <stdio.h>

#include "mask/masker.h"
#include "mask/spans.h"
#include "policy-files.h"

enum {
    MASK_LINE_MAX = AA_MASK_TEXT_MAX,
    MASK_SHOWN_MAX = 256 * 1024 * 1024, /* of one line: each byte may become a mark */
};

enum mask_form { MASK_PLAIN, MASK_EXPLAIN, MASK_JSON };

struct masking {
    struct aa_masker masker;
    enum mask_form form;
    struct aa_arena arena; /* of one line */
};

/* ---- mask-rules.c ---- */

struct mask_rules {
    struct policy_files files; /* none: the policy in force, if it can be read */
    const char *key_file;      /* NULL: the host's key, if it can be read */
    struct policy policy;
};

/* EXIT_YES, or the exit code after the words. Close it in each case. */
int mask_rules_open(const char *command, struct mask_rules *rules, struct aa_masker *masker);
void mask_rules_close(struct mask_rules *rules, struct aa_masker *masker);

/* ---- mask-input.c ---- */

/* One command. EXIT_YES, EXIT_NO where it was left out, EXIT_UNREACHABLE. */
int mask_words(struct masking *m, const char *const *words, size_t n);

/* Every line of a file: a text, or with "arguments" a JSON array of words. The same results. */
int mask_lines(struct masking *m, FILE *file, bool arguments);

/* ---- mask-show.c ---- */

/* Something that was looked at: a text, or the words of a command. */
struct masked {
    const char *text; /* NULL: a command */
    size_t length;
    const char *const *words;
    size_t n;                          /* 1 of a text */
    const struct aa_mask_spans *spans; /* of the text, or one of each word */
    const char *why_not;               /* it was left out: why; or NULL */
};

void mask_show(struct aa_buffer *out, struct masking *m, const struct masked *masked);

/* "24 bytes at 11: secret, by option" */
void mask_add_span(struct aa_buffer *out, const struct aa_mask_span *span);
/* "at":11,"length":24,"rule":"option","type":"secret" */
void mask_add_span_json(struct aa_buffer *out, const struct aa_mask_span *span);

#endif
