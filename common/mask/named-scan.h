/* SPDX-License-Identifier: ISC */
/* One way through a text for the finder "name": where it is, what stands between a name and its value. */
#ifndef AA_MASK_NAMED_SCAN_H
#define AA_MASK_NAMED_SCAN_H

#include "named.h"

#define AA_MASK_NAMED "name"

enum { AA_MASK_NAMED_NEAR = 80 }; /* bytes in which two things belong together */

enum aa_mask_separator {
    AA_MASK_SEPARATED_NOTHING,
    AA_MASK_SEPARATED_EQUALS,
    AA_MASK_SEPARATED_COLON,
    AA_MASK_SEPARATED_TAG,
    AA_MASK_SEPARATED_BLANK,
};

struct aa_mask_scan {
    const char *v;
    size_t n, at;
    struct aa_masker *masker;
    const struct aa_mask_name_words *words; /* NULL: no name was looked at yet */
    struct aa_mask_quotes quotes;
    struct aa_mask_ends ends;
    struct aa_mask_spans *spans;
    size_t previous, previous_end; /* the name in front */
    size_t before;                 /* the one in front of that */
    size_t user_end;               /* where "user", "role" stood last: SQL */
};

struct aa_mask_place { /* what was read between a name and its value */
    enum aa_mask_separator kind;
    size_t to;
    bool quoted;      /* the name stood in quotes */
    bool percent;     /* it is written as %3D */
    bool blank_before, blank_behind;
};

struct aa_mask_value {
    size_t from, to;
    size_t behind; /* where reading goes on */
    bool quoted;
};

static inline bool aa_mask_scan_is(const struct aa_mask_scan *s, size_t start, size_t end, const char *word)
{
    return aa_mask_is_word(s->v + start, end - start, word);
}

/* Where the first blank is, or "to". */
static inline size_t aa_mask_scan_first_blank(const struct aa_mask_scan *s, size_t from, size_t to)
{
    while (from < to && s->v[from] != ' ' && s->v[from] != '\t' && s->v[from] != '\n')
        from++;
    return from;
}

/* named-separator.c */
size_t aa_mask_scan_blanks(const struct aa_mask_scan *s, size_t at);
size_t aa_mask_scan_backslashes(const struct aa_mask_scan *s, size_t at);
/* What stands behind the name. */
struct aa_mask_place aa_mask_scan_separator(const struct aa_mask_scan *s, size_t start, size_t end);
/* "name": "DB_PASSWORD", "value": "x": where the name of the value stands behind the secret's. */
bool aa_mask_scan_beside(const struct aa_mask_scan *s, size_t end, struct aa_mask_place *ret);
/* password: str = "x": a type stands between. */
void aa_mask_scan_type(struct aa_mask_scan *s, struct aa_mask_place *place);

/* named-ends.c */
/* A value in quotes; false: none begins here. "wide": it may have blanks. */
bool aa_mask_scan_quoted(struct aa_mask_scan *s, size_t at, bool wide, struct aa_mask_value *value);
/* The value behind "place", of the name that begins at "start". */
void aa_mask_scan_value(struct aa_mask_scan *s, size_t start, const struct aa_mask_place *place,
                        struct aa_mask_value *value);
/* named.c: covers it, where it is one; false: reading goes on behind the name. */
bool aa_mask_scan_take(struct aa_mask_scan *s, const struct aa_mask_value *value);

/* named-header.c; both return where reading goes on */
size_t aa_mask_scan_authorization(struct aa_mask_scan *s, size_t start, size_t end,
                                  const struct aa_mask_place *place);
size_t aa_mask_scan_cookies(struct aa_mask_scan *s, size_t end, const struct aa_mask_place *place);

#endif
