/* SPDX-License-Identifier: ISC */
/*
 * A configuration as it was written: one element per statement, words still with their places,
 * defaults not filled in. Interpretation makes it, references check it, emission compiles it.
 */
#ifndef AA_CONFIG_MODEL_H
#define AA_CONFIG_MODEL_H

#include "lexer.h"
#include "base/vocabulary.h"
#include "zone.h"

struct aa_word_list {
    const struct aa_word *v;
    size_t n;
};

/* A named thing: all definitions begin with it. */
struct aa_named {
    const char *name;
    struct aa_place place;
};

struct aa_config_pair { /* of a channel */
    enum aa_channel_key key;
    const char *value;
};

struct aa_config_channel {
    struct aa_named named;
    enum aa_channel_type type; /* 0: not said */
    struct aa_config_pair *pairs;
    size_t pairs_n;
    struct aa_config_channel *next;
};

struct aa_config_account { /* an account of a person, a member of a group */
    uint32_t kind;         /* enum aa_account_kind or aa_member_kind */
    const struct aa_word *word;
    uint32_t number;
    struct aa_config_account *next;
};

struct aa_config_entity { /* a person, group, agent or label */
    struct aa_named named;
    struct aa_config_account *accounts; /* person: accounts; group: members; agent: unix */
    struct aa_word_list owners;         /* agent */
    struct aa_word_list paths, xattrs;  /* label: one statement's words after the other's */
    struct aa_config_entity *next;
};

/* The ask keys of a rule, an include block or the default; zero where not said. */
struct aa_config_ask {
    bool channels_said, from_said;
    struct aa_place place;
    struct aa_word_list channels, then_channels, from;
    uint32_t then_seconds, timeout_seconds, quorum;
    enum aa_reason reason;
    enum aa_risk risk;
    uint32_t flags, flags_said; /* enum aa_ask_flag */
};

struct aa_config_condition {
    enum aa_key key;
    bool negated;
    struct aa_place place;
    struct aa_word_list words;
    struct aa_config_condition *next;
};

struct aa_config_rule {
    struct aa_named named;
    const char *pack; /* NULL: the operator's own */
    const struct aa_config_ask *include; /* the ask keys of the include block, or NULL */
    enum aa_action action;
    const char *why;
    uint32_t allow_flags;
    struct aa_word_list env_ok;
    struct aa_config_ask ask;
    struct aa_config_condition *conditions;
    size_t conditions_n;
    struct aa_config_rule *next;
};

/* "finds" and "spares": what a mask promises of a text. */
struct aa_config_example {
    bool spares;
    const struct aa_word *text;
    struct aa_word_list values; /* finds: what is covered; none: anything */
    struct aa_config_example *next;
};

struct aa_config_mask_pattern {
    struct aa_named named;
    const char *type;            /* NULL: not said */
    const struct aa_word *match; /* NULL: not said */
    struct aa_word_list near;
    uint32_t check; /* enum aa_mask_check */
    bool off;
    struct aa_config_example *examples;
    struct aa_config_mask_pattern *next;
};

struct aa_config_spelling {
    enum aa_mask_spelling kind;
    uint32_t number; /* behind, operand; 0: the last */
    const struct aa_word *word; /* operand: its number */
    struct aa_config_spelling *next;
};

struct aa_config_mask_option {
    struct aa_place place;
    struct aa_word_list programs;
    struct aa_config_spelling *spellings;
    size_t spellings_n;
    struct aa_config_example *examples;
    struct aa_config_mask_option *next;
};

/* A list that keeps the order of the text. */
#define AA_LIST(type)  \
    struct {           \
        type *first;   \
        type **end;    \
        size_t n;      \
    }
#define AA_LIST_ADD(list, item)                                 \
    do {                                                        \
        *((list)->end != NULL ? (list)->end : &(list)->first) = (item); \
        (list)->end = &(item)->next;                            \
        (list)->n++;                                            \
    } while (0)

struct aa_config {
    struct aa_arena *arena;
    struct aa_complaints *complaints;

    uint32_t set_said; /* a bit per "set" statement, for "said twice" */
    uint32_t timeout_seconds, cool_down_seconds, max_waiting, max_waiting_per_user;
    enum aa_record_mode record;
    enum aa_mode mode;
    const char *timezone; /* NULL: the host's */
    struct aa_place timezone_place;
    struct aa_zone zone; /* of either, once it was found */

    AA_LIST(struct aa_config_channel) channels;
    AA_LIST(struct aa_config_entity) persons;
    AA_LIST(struct aa_config_entity) groups;
    AA_LIST(struct aa_config_entity) agents;
    AA_LIST(struct aa_config_entity) labels;
    AA_LIST(struct aa_config_rule) rules;
    AA_LIST(struct aa_config_account) by_email; /* domains */

    enum aa_action default_action;
    struct aa_place default_place;
    const char *default_why;
    struct aa_config_ask default_ask;

    bool shipped; /* it is what is shipped itself: masks only */
    AA_LIST(struct aa_config_mask_pattern) mask_patterns;
    AA_LIST(struct aa_config_mask_option) mask_options;
    struct aa_word_list mask_names, mask_harmless; /* words of names */
    struct aa_word_list mask_off, mask_on;         /* names of patterns and finders */
};

#endif
