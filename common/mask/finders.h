/* SPDX-License-Identifier: ISC */
/*
 * The ways in which something is found that has to be covered. Each looks at a text and adds
 * spans; none knows of the others. What they find may hold shell syntax: aa_mask_spans_settle cuts
 * that out. Each takes time that grows with the text's length alone; where a limit is hit it
 * says so in masker->overrun.
 */
#ifndef AA_MASK_FINDERS_H
#define AA_MASK_FINDERS_H

#include "base/vocabulary.h"
#include "masker.h"
#include "spans.h"

struct aa_mask_text {
    const char *v;
    size_t n;
    size_t at; /* where it stands in the whole: added to each span's place */
    bool code; /* of a language that is not read here, or of a shell that could not be read: nothing
                * is covered for being mixed alone */
    const char *const *spared; /* types that are not looked for; a name of a pattern counts too */
    size_t spared_n;
};

/* shape.c: the patterns, each behind its literals. 0 or -ENOMEM. */
int aa_mask_find_shapes(struct aa_masker *masker, const struct aa_mask_text *text,
                        struct aa_mask_spans *spans);
void aa_mask_shapes_free(struct aa_mask_shapes *shapes);

/* named.c: NAME=VALUE, "name": "value", name: value and their like, in all encodings, where the name
 * says that the value is a secret. */
int aa_mask_find_named(struct aa_masker *masker, const struct aa_mask_text *text,
                       struct aa_mask_spans *spans);
/* Whether a name (of an option, a variable, a key) says that its value is a secret: "db_password",
 * "--api-key", "clientSecret"; not "password-file". Letters, digits, "_", "-", "." and dashes in front. */
bool aa_mask_name_is_secret(const struct aa_masker *masker, const char *name, size_t length);
/* Whether this is no value: a reference ($X, {{x}}, %s), a placeholder (<password>, ***), a path, a
 * switch (true, none, prompt, -). */
bool aa_mask_is_no_value(const char *value, size_t length);
/* Whether it is a path, so that it has to be seen: "/etc/x", "./x", "../x", "~/x", "x/../y". */
bool aa_mask_is_path(const char *value, size_t length);

/* entropy.c: long words that are as mixed as a secret, and no checksum, path, name or version. */
int aa_mask_find_mixed(struct aa_masker *masker, const struct aa_mask_text *text,
                       struct aa_mask_spans *spans);
bool aa_mask_is_mixed(const char *word, size_t length);

/* encoded.c: base64, URL encoding and \u escapes: what they say is looked at by "shapes" and
 * "named"; a base64 word in which something is found is covered as a whole. */
int aa_mask_find_encoded(struct aa_masker *masker, const struct aa_mask_text *text,
                         struct aa_mask_spans *spans);

/* check.c: what a pattern cannot say. */
bool aa_mask_check(enum aa_mask_check check, const char *value, size_t length);
/* So many digits at least stand in a value that passes it: a text with fewer need not be searched. */
size_t aa_mask_check_digits(enum aa_mask_check check);

/*
 * A word of a command, as the program would get it. "origin" has the place of each of its bytes in the
 * whole text (quotes and backslashes taken off, so they may have gaps); NULL: they stand at "at" and
 * behind it.
 */
struct aa_mask_word {
    const char *v;
    size_t n;
    size_t at;
    const uint32_t *origin;
    bool separator; /* ; | & newline and brackets: another command begins; "v" is not used */
    bool raw;       /* an expansion stands in it: it is no value of its own. Each is one NUL in "v" */
    bool target;    /* where a redirection goes: no word that the command gets */
};

struct aa_mask_words {
    struct aa_mask_word *v;
    size_t n;
};

enum { AA_MASK_WORDS_MAX = 65536, AA_MASK_NESTED_MAX = 4 };

/* words.c: a text split as a shell would, forgiving: it never fails on what is no shell text. "outer":
 * the word that the text is, or that it lies in (then places are those of the whole and "at" is not
 * used), or NULL. What is read of it ends at AA_MASK_WORDS_MAX. 0 or -ENOMEM. */
int aa_mask_words_read(struct aa_arena *arena, const char *text, size_t length, size_t at,
                       const struct aa_mask_word *outer, struct aa_mask_words *ret);

/* option.c: values that are secrets by the option or place in which their program takes them. Looks
 * for programs in every word, so that wrappers do not matter. Words that are texts of several words
 * themselves are read too (words.c), AA_MASK_NESTED_MAX deep. 0 or -ENOMEM. */
int aa_mask_find_options(struct aa_masker *masker, struct aa_arena *arena,
                         const struct aa_mask_words *words, struct aa_mask_spans *spans);
/* The type of a span that says what is no address for mail: user@host of ssh. It covers nothing. */
#define AA_MASK_TARGET "target"
/* Types that are spared in the words of these programs (AA_MASK_SPARE), into "ret", at most "room". */
size_t aa_mask_spared_types(const struct aa_masker *masker, const struct aa_mask_words *words,
                            const char **ret, size_t room);

#endif
