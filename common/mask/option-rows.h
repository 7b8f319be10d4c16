/* SPDX-License-Identifier: ISC */
/* The rows of the rules that tell which options of which programs take secrets, found by a
 * program's name. */
#ifndef AA_MASK_OPTION_ROWS_H
#define AA_MASK_OPTION_ROWS_H

#include "finders.h"

enum { AA_MASK_HEADS = 512 };

struct aa_mask_spelled {
    const char *text;
    size_t length;
    enum aa_mask_spelling kind;
    uint32_t number;
};

/* One row; its spellings are read when its program was found. */
struct aa_mask_row {
    const struct aa_snapshot *set;
    struct aa_snap_range range;
    const struct aa_mask_spelled *spelled;
    size_t spelled_n;
    bool read;
};

struct aa_mask_program {
    const char *name;
    uint32_t length;
    uint32_t row;
    uint32_t next; /* of the same head; 0 is none */
};

struct aa_mask_rows {
    struct aa_mask_row *v;
    size_t n;
    struct aa_mask_program *programs; /* the first is not used */
    size_t programs_n;
    uint32_t any; /* rows of every program, as a head */
    uint32_t heads[AA_MASK_HEADS];
};

/* 0 or -ENOMEM. What is damaged is left out, and said in masker->overrun. */
int aa_mask_rows_read(struct aa_masker *masker, struct aa_arena *arena, struct aa_mask_rows *ret);
int aa_mask_row_spelled(struct aa_masker *masker, struct aa_arena *arena, struct aa_mask_row *row);

/* The next row of this program, from "*at" on, which starts as 0; NULL: no more. */
struct aa_mask_row *aa_mask_rows_find(const struct aa_mask_rows *rows, const char *name, size_t length,
                                      const struct aa_mask_program **at);

/*
 * The name of the program that a word may be: its last component. None where the word is an
 * option, is not known at its end, or names data: below /etc, /var and the like a file is hardly ever a
 * program, but is often called as one. "first": the word begins a command, so a path is the program.
 */
size_t aa_mask_program_name(const struct aa_mask_word *word, bool first, const char **ret);

/*
 * Programs whose words are names of files, units, accounts, packages, and never a command. Behind them no
 * word is a program's name: else "rm -f -- sshpass -p x" would hide that x is deleted.
 */
bool aa_mask_program_is_plain(const char *name, size_t length);

#endif
