/* SPDX-License-Identifier: ISC */
/* What the parts of the finder "option" hand each other: a command's words while they are read, and the
 * options, places and values in them. */
#ifndef AA_MASK_OPTION_COMMAND_H
#define AA_MASK_OPTION_COMMAND_H

#include "option-rows.h"
#include "text-runner.h"

enum { AA_MASK_ACTIVE_MAX = 64 };

/* A row whose program stands before the words that are looked at. */
struct aa_mask_active {
    struct aa_mask_row *row;
    bool any;
    bool ended;        /* "--" stood behind its program */
    uint32_t operands; /* words that are no options, behind its program */
    const struct aa_mask_word *last_operand;
    const struct aa_mask_word *behind; /* AA_MASK_BEHIND: this word was found, */
    uint32_t behind_n;                 /* and so many that are no options behind it */
};

struct aa_mask_search {
    struct aa_masker *masker;
    struct aa_arena *arena;
    struct aa_mask_spans *spans;
    struct aa_mask_rows rows;
};

/* The words of one command. */
struct aa_mask_command {
    const struct aa_mask_word *v;
    size_t n;
    struct aa_mask_active active[AA_MASK_ACTIVE_MAX];
    size_t active_n;
    const struct aa_mask_word *before; /* the word in front of this one, or NULL */
    bool known;       /* a row tells which options a program in it has, */
    bool first_known; /* and it is the command's first word */
    struct aa_mask_runner runner;
    bool plain; /* what follows are names, whatever they are */
    bool ended; /* options of every program */
    /* the word before takes this one as its value */
    bool due;
    const struct aa_mask_word *option;
    bool verb;  /* "set", "config": a name and its value may follow, as two words */
    bool set;   /* the word before is such a name */
    struct aa_mask_spelled how;
};

/* An option of any program by its name alone. */
static const struct aa_mask_spelled aa_mask_by_name = { "", 0, AA_MASK_VALUE, 0 };

static inline bool aa_mask_word_is_option(const struct aa_mask_word *word)
{
    return word->n > 1 && word->v[0] == '-';
}

static inline bool aa_mask_word_is(const struct aa_mask_word *word, const char *text, size_t n)
{
    return word->n == n && memcmp(word->v, text, n) == 0;
}

static inline bool aa_mask_word_start_is(const struct aa_mask_word *word, size_t length, const char *text)
{
    return length == strlen(text) && length <= word->n && memcmp(word->v, text, length) == 0;
}

static inline bool aa_mask_spelled_is(const struct aa_mask_spelled *spelled, const char *text)
{
    return spelled->length == strlen(text) && memcmp(spelled->text, text, spelled->length) == 0;
}

/* option-cover.c */
/* What is literal of the value that begins at "from", or with the word; an expansion in it stays. */
void aa_mask_option_cover(struct aa_mask_search *s, const struct aa_mask_command *c,
                          const struct aa_mask_word *word, size_t from,
                          const struct aa_mask_spelled *how);
/* Whether the value is the patterns' to say, or is none: a cookie, the name of a secret. */
bool aa_mask_option_is_told(const struct aa_mask_search *s, const struct aa_mask_word *option, size_t from,
                            const char *value, size_t n);

/* option-set.c */
/* Whether the word is such a name: then the next one is due. */
void aa_mask_option_read_set(struct aa_mask_search *s, struct aa_mask_command *c,
                             const struct aa_mask_word *word);
bool aa_mask_option_is_set_value(const struct aa_mask_word *word);

/* option-spared.c */
/* Whether the word behind this one is a name of an account, a container. */
bool aa_mask_option_names_something(const struct aa_mask_word *before);
void aa_mask_option_spare_target(struct aa_mask_search *s, const struct aa_mask_command *c,
                                 const struct aa_mask_word *word, const struct aa_mask_word *before);

#endif
