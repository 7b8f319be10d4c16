/* SPDX-License-Identifier: ISC */
/* What the files of the classification share: the work in progress, and how a command comes to it. */
#ifndef AA_CLASSIFY_INTERNAL_H
#define AA_CLASSIFY_INTERNAL_H

#include "classify.h"

/* The work in progress. Commands are looked at in the order in which they were found. */
struct classifying {
    struct aa_request *request;
    const struct aa_lookup *lookup;
    struct aa_effective *list; /* AA_EFFECTIVE_MAX of them, or the only one */
    bool has_room;
    struct about {
        size_t depth;
        enum { PROGRAM, BUILTIN, SCRIPT } what; /* only a program's arguments are read */
        bool other_root;
        const char *path; /* PATH as the command line sets it; "": not known; NULL: not set */
    } about[AA_EFFECTIVE_MAX];
    size_t n;
    const char *opaque_why;
    const char *code_why, *input_why; /* of these: code in the command line, code from elsewhere */
    bool has_text;                    /* a shell's text was read */
    bool interactive;
    const char **assigned;
    unsigned char *assigned_doubt;
    size_t assigned_n;
};

/* A command that was found in the one at "parent". */
struct found {
    size_t parent;
    struct aa_words words, targets, assigned;
    const char *writes_to, *folder;
    const char *path; /* struct about's, where it is set for a whole text */
    bool builtin, other_root, applet;
};

/* The first reason is the one that is told. 0, or -ENOMEM where "why" is NULL. */
int aa_classify_opaque(struct classifying *c, const char *why);
/* The same where the code comes from a terminal, a pipe or a repository: no word of the command line
 * is it, unless a shell's text makes the pipe. */
int aa_classify_opaque_input(struct classifying *c, const char *why);
#define OPAQUE_INPUT(c, ...) \
    aa_classify_opaque_input((c), aa_arena_printf(&(c)->request->arena, __VA_ARGS__))
#define OPAQUE(c, ...) aa_classify_opaque((c), aa_arena_printf(&(c)->request->arena, __VA_ARGS__))

/* found.c */
int aa_classify_add(struct classifying *c, const struct found *found);
int aa_classify_keep_assigned(struct classifying *c, const struct aa_words *assigned);
const char *aa_path_assigned(const struct aa_words *assigned); /* the last one; "": not known; or NULL */
const char *aa_classify_folder_below(struct classifying *c, const char *outer, const char *inner);
/* A file from which the command at "parent" reads its code: a command of its own, if nobody but root
 * can change it. */
int aa_classify_add_script(struct classifying *c, size_t parent, size_t at, const char *base);
void aa_set_code_unbound(struct aa_effective *effective, const char *why);

/* loose.c: code that is not told by the words alone */
int aa_look_at_loose_words(struct classifying *c, size_t i);
int aa_read_git(struct classifying *c, size_t i);

#endif
