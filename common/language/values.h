/* SPDX-License-Identifier: ISC */
/* The values that words stand for; each check complains and returns false where they do not. */
#ifndef AA_VALUES_H
#define AA_VALUES_H

#include "config-model.h"
#include "parser.h"

struct aa_choice {
    const char *word;
    uint32_t value;
};

bool aa_value_duration(struct aa_config *config, const struct aa_word *word, uint32_t minimum,
                       uint32_t *ret_seconds);
bool aa_value_number(struct aa_config *config, const struct aa_word *word, uint32_t minimum,
                     uint32_t maximum, uint32_t *ret);
bool aa_value_choice(struct aa_config *config, const struct aa_word *word, const char *what,
                     const struct aa_choice *choices, size_t n, uint32_t *ret);
/* A name that is defined here: no stars, no "/", printable, not over AA_NAME_MAX. */
bool aa_value_name(struct aa_config *config, const struct aa_word *word, const char *what);
/* Any word in a place that takes no globs. */
bool aa_value_plain(struct aa_config *config, const struct aa_word *word, const char *what);
bool aa_value_plains(struct aa_config *config, const struct aa_word *words, size_t n,
                     const char *what);

/* Says that a statement has too few or too many words behind its first "from" ones. */
bool aa_word_count(struct aa_config *config, const struct aa_statement *statement, size_t minimum,
                   size_t maximum, const char *form);
bool aa_no_block(struct aa_config *config, const struct aa_statement *statement);

/* The statement's first word is none of these: says which there are and which is near. */
void aa_unknown_word(struct aa_config *config, const struct aa_word *word, const char *where,
                     const char *const *known, size_t n);

#endif
