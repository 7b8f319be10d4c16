/* SPDX-License-Identifier: ISC */
#include "option-spelling.h"

enum { ABBREVIATED_MIN = 4, CLUSTER_MAX = 3, NAME_LENGTH_MAX = 128 };

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_separate(enum aa_mask_spelling kind)
{
    return kind != AA_MASK_JOINED;
}

static bool is_joined(enum aa_mask_spelling kind)
{
    return kind != AA_MASK_SEPARATE;
}

static enum aa_mask_reading alone(enum aa_mask_spelling kind)
{
    return is_separate(kind) ? AA_MASK_READ_NEXT : AA_MASK_READ_NONE;
}

static bool begins(const struct aa_mask_word *word, const char *text, size_t n)
{
    return word->n >= n && memcmp(word->v, text, n) == 0;
}

/* --passw and --passw=VALUE for --password. Not where a whole word of it is left out: --user is no
 * --user-password. */
static enum aa_mask_reading read_abbreviated(const struct aa_mask_spelled *spelled,
                                             const struct aa_mask_word *word, size_t *ret_from)
{
    const char *equals = memchr(word->v, '=', word->n);
    const size_t n = equals != NULL ? (size_t)(equals - word->v) : word->n;

    if (n < 2 + ABBREVIATED_MIN || n >= spelled->length || memcmp(spelled->text, word->v, n) != 0 ||
        spelled->text[n] == '-')
        return AA_MASK_READ_NOTHING;
    if (equals == NULL)
        return alone(spelled->kind);
    *ret_from = n + 1;
    return is_joined(spelled->kind) ? AA_MASK_READ_HERE : AA_MASK_READ_NOTHING;
}

/* -vp VALUE for -p VALUE. Joined as well (-vpVALUE) would be anything. */
static enum aa_mask_reading read_cluster(const struct aa_mask_spelled *spelled,
                                         const struct aa_mask_word *word)
{
    if (word->n < 3 || word->n > 1 + CLUSTER_MAX || word->v[0] != '-' ||
        word->v[word->n - 1] != spelled->text[1])
        return AA_MASK_READ_NOTHING;
    for (size_t i = 1; i < word->n; i++) {
        if (!is_letter(word->v[i]))
            return AA_MASK_READ_NOTHING;
    }
    return alone(spelled->kind);
}

static enum aa_mask_reading read_long(const struct aa_mask_spelled *spelled,
                                      const struct aa_mask_word *word, size_t *ret_from)
{
    size_t n = spelled->length, more = 0;

    /* programs that know long options behind one dash take two as well */
    if (spelled->text[0] == '-' && spelled->text[1] != '-' && word->n > 1 && word->v[0] == '-' &&
        word->v[1] == '-')
        more = 1;
    if (word->n < n + more || memcmp(word->v + more, spelled->text, n) != 0)
        return AA_MASK_READ_NOTHING;
    n += more;
    if (word->n == n)
        return alone(spelled->kind);
    if (!is_joined(spelled->kind))
        return AA_MASK_READ_NOTHING;
    if (word->v[n] == '=' || (spelled->text[0] == '/' && word->v[n] == ':')) {
        *ret_from = n + 1;
        return AA_MASK_READ_HERE;
    }
    /* rar -hpVALUE: only of a row that says so, else -storepasswd would be -storepass */
    if (spelled->kind != AA_MASK_JOINED || more > 0 || spelled->text[0] != '-' ||
        spelled->text[1] == '-')
        return AA_MASK_READ_NOTHING;
    *ret_from = n;
    return AA_MASK_READ_HERE;
}

enum aa_mask_reading aa_mask_spelling_read(const struct aa_mask_spelled *spelled,
                                           const struct aa_mask_word *word, bool loose,
                                           size_t *ret_from)
{
    const size_t n = spelled->length;
    const char *text = spelled->text;
    const bool is_short = n == 2 && text[0] == '-' && text[1] != '-';

    if (spelled->kind == AA_MASK_BEHIND || spelled->kind == AA_MASK_OPERAND ||
        spelled->kind == AA_MASK_SPARE)
        return AA_MASK_READ_NOTHING;
    if (loose) {
        if (is_short)
            return read_cluster(spelled, word);
        return n > 2 && text[0] == '-' && text[1] == '-' && text[n - 1] != '=' && text[n - 1] != ':'
                   ? read_abbreviated(spelled, word, ret_from)
                   : AA_MASK_READ_NOTHING;
    }
    if (text[n - 1] == ':' || text[n - 1] == '=') {
        if (!begins(word, text, n))
            return AA_MASK_READ_NOTHING;
        *ret_from = n;
        return AA_MASK_READ_HERE;
    }
    if (!is_short)
        return read_long(spelled, word, ret_from);
    if (!begins(word, text, n))
        return AA_MASK_READ_NOTHING;
    if (word->n == n)
        return alone(spelled->kind);
    if (!is_joined(spelled->kind))
        return AA_MASK_READ_NOTHING;
    *ret_from = word->v[n] == '=' ? n + 1 : n;
    return AA_MASK_READ_HERE;
}

/* --no-password, --ask-password: switches, which take no value. */
static bool is_switch(const char *name, size_t n)
{
    static const char *const verbs[] = {
        "no",    "without", "skip", "disable",  "enable",   "ask",    "prompt", "show",
        "hide",  "use",     "with", "allow",    "require",  "must",   "force",  "keep",
        "save",  "remember", "print", "generate", "random", "delete", "remove", "expire",
        "reset",
    };

    for (size_t i = 0; i < AA_ARRAY_SIZE(verbs); i++) {
        const size_t length = strlen(verbs[i]);

        if (n > length && name[length] == '-' && memcmp(name, verbs[i], length) == 0)
            return true;
    }
    return false;
}

enum aa_mask_reading aa_mask_name_read(const struct aa_masker *masker, const struct aa_mask_word *word,
                                       size_t *ret_from)
{
    const char *name = word->v;
    size_t n = word->n, dashes = 0;
    const char *equals;

    while (dashes < 2 && dashes < n && name[dashes] == '-')
        dashes++;
    name += dashes;
    n -= dashes;
    equals = memchr(name, '=', AA_MIN(n, (size_t)NAME_LENGTH_MAX + 1));
    if (equals != NULL)
        n = (size_t)(equals - name);
    if (dashes == 0 || n < 2 || n > NAME_LENGTH_MAX || (dashes == 1 && equals == NULL))
        return AA_MASK_READ_NOTHING;
    for (size_t i = 0; i < n; i++) {
        if (!is_letter(name[i]) && (name[i] < '0' || name[i] > '9') && name[i] != '_' &&
            name[i] != '-' && name[i] != '.')
            return AA_MASK_READ_NOTHING;
    }
    if (!aa_mask_name_is_secret(masker, name, n))
        return AA_MASK_READ_NOTHING;
    if (equals == NULL)
        return is_switch(name, n) ? AA_MASK_READ_NONE : AA_MASK_READ_NEXT;
    *ret_from = dashes + n + 1;
    return AA_MASK_READ_HERE;
}
