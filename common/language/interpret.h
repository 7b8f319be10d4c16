/* SPDX-License-Identifier: ISC */
/* Statements to the model: what each word means, one table per block. */
#ifndef AA_INTERPRET_H
#define AA_INTERPRET_H

#include "values.h"

/* A word that starts a statement in some block, and what to do with the statement. */
struct aa_statement_word {
    const char *word;
    void (*interpret)(struct aa_config *config, const struct aa_statement *statement,
                      void *context);
};

/* Hands each statement to its word's function, or complains. */
void aa_interpret_block(struct aa_config *config, const struct aa_statement *statements,
                        const char *where, const struct aa_statement_word *words, size_t n,
                        void *context);

/* Reads packs for "include pack NAME"; NULL where there is none of that name. */
struct aa_pack_reader {
    const struct aa_source *(*read)(struct aa_pack_reader *reader, const char *name,
                                    struct aa_arena *arena);
};

/* What the top level of a file may hold. */
struct aa_file_context {
    struct aa_pack_reader *packs;
    const char *pack;                   /* NULL: the operator's own file */
    const struct aa_config_ask *include; /* the block of the include statement */
    bool masks_only;                    /* what is shipped: nothing but "mask" blocks */
};

void aa_interpret_file(struct aa_config *config, const struct aa_statement *statements,
                       struct aa_file_context *context);

/* For the files below: zeroed memory, or NULL noted in the complaints. */
void *aa_allocate(struct aa_config *config, size_t size);
/* The "WORD NAME {" of a definition. */
bool aa_start_block(struct aa_config *config, const struct aa_statement *statement,
                    const char *what, const char *form, struct aa_named *ret);

/* Words of several statements of one kind, one after the other; only this makes such a list. */
void aa_append_words(struct aa_config *config, struct aa_word_list *list,
                     const struct aa_word *words, size_t n);

/* interpret-channel.c, interpret-people.c, interpret-mask.c: statements of the top level */
void aa_interpret_channel(struct aa_config *config, const struct aa_statement *statement,
                          void *context);
void aa_interpret_person(struct aa_config *config, const struct aa_statement *statement,
                         void *context);
void aa_interpret_people(struct aa_config *config, const struct aa_statement *statement,
                         void *context);
void aa_interpret_group(struct aa_config *config, const struct aa_statement *statement,
                        void *context);
void aa_interpret_agent(struct aa_config *config, const struct aa_statement *statement,
                        void *context);
void aa_interpret_label(struct aa_config *config, const struct aa_statement *statement,
                        void *context);

void aa_interpret_mask(struct aa_config *config, const struct aa_statement *statement,
                       void *context);

/* interpret-mask-option.c */
void aa_interpret_mask_option(struct aa_config *config, const struct aa_statement *statement,
                              void *context);
/* "finds" and "spares", of a pattern and of an option; to the end of the list. */
void aa_interpret_example(struct aa_config *config, const struct aa_statement *statement,
                          struct aa_config_example **list);

/* interpret-rule.c */
void aa_interpret_rule(struct aa_config *config, const struct aa_statement *statement,
                       struct aa_file_context *context);
/* interpret-ask.c */
/* One ask key; false where the word is none (nothing is said then). */
bool aa_interpret_ask_key(struct aa_config *config, const struct aa_statement *statement,
                          struct aa_config_ask *ask);
bool aa_interpret_ask(struct aa_config *config, const struct aa_statement *statement,
                      struct aa_config_ask *ask);
enum { AA_ASK_KEY_WORDS = 12 };
extern const char *const aa_ask_key_words[AA_ASK_KEY_WORDS];
bool aa_said_twice(struct aa_config *config, const struct aa_statement *statement, bool said);

#endif
