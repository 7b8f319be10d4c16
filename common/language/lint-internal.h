/* SPDX-License-Identifier: ISC */
/* What the files of lint share: one file an idea, called in turn by lint.c. */
#ifndef AA_LINT_INTERNAL_H
#define AA_LINT_INTERNAL_H

#include "lint-data.h"
#include "lint.h"

struct aa_linting {
    const struct aa_config *config;
    struct aa_arena *arena;
    struct aa_complaints *complaints;
    const struct aa_lint_options *options;
    struct aa_lint_data data;
    uint64_t people_work; /* steps spent on counting people */
};

void aa_lint_warn(struct aa_linting *l, enum aa_lint_id id, struct aa_place place,
                  const char *format, ...) AA_PRINTF(4, 5);

/* What a rule's conditions say for certain. */
bool aa_rule_has(const struct aa_config_rule *rule, enum aa_key key); /* a positive condition */
bool aa_rule_only_sudo(const struct aa_config_rule *rule);
bool aa_rule_only_pam(const struct aa_config_rule *rule);
bool aa_rule_names(const struct aa_config_rule *rule, enum aa_key key, const char *word);
/* "Everything, for these people": every command with opaque-ok and wrapped-ok, or every file. */
bool aa_rule_is_carte_blanche(const struct aa_config_rule *rule);

/* How the words of a condition stand to those of another. */
/* Whether whatever "inner" matches is matched by "outer" for certain. */
bool aa_word_covers(enum aa_key key, const struct aa_word *outer, const struct aa_word *inner);
bool aa_words_cover(enum aa_key key, const struct aa_word_list *outer,
                    const struct aa_word_list *inner);
/* Whether something could be matched by both; true where that is not certain. */
bool aa_words_overlap(enum aa_key key, const struct aa_word_list *a, const struct aa_word_list *b);

/* One rule: lint-escape.c, lint-keys.c, lint-automation.c, lint-contradiction.c, lint-people.c. */
void aa_lint_escapes(struct aa_linting *l, const struct aa_config_rule *rule);
void aa_lint_allow_keys(struct aa_linting *l, const struct aa_config_rule *rule);
void aa_lint_ask_keys(struct aa_linting *l, const struct aa_config_rule *rule);
void aa_lint_automation(struct aa_linting *l, const struct aa_config_rule *rule);
/* True where the rule never holds: what else it says does not matter then. */
bool aa_lint_contradictions(struct aa_linting *l, const struct aa_config_rule *rule);
void aa_lint_people(struct aa_linting *l, const struct aa_config_rule *rule); /* NULL: default */
/* All rules together: lint-keys.c, lint-shadow.c. */
void aa_lint_default(struct aa_linting *l);
int aa_lint_shadows(struct aa_linting *l);

#endif
