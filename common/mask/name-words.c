/* SPDX-License-Identifier: ISC */
/*
 * Whether a name says that its value is a secret. A name is split at its separators and where its
 * case changes; a word counts by itself, joined with the one behind it (api_key, apiKey), and as it
 * stands between separators (pAssWord). What makes a name harmless has to stand behind the secret.
 */
#include "named.h"

enum { TOGETHER_MAX = 4 }; /* words that make one of a rule together */

struct parts {
    char v[AA_MASK_NAME_MAX]; /* in lower case, without separators */
    size_t n;
    size_t starts[AA_MASK_NAME_MAX + 1]; /* the last one is the end */
    bool glued[AA_MASK_NAME_MAX + 1];    /* no separator stands in front, only the case changes */
};

static bool is_separator(char c)
{
    return c == '_' || c == '-' || c == '.' || aa_mask_is_blank(c);
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static unsigned hash(const char *word, size_t length)
{
    unsigned h = (unsigned)length * 31;

    if (length > 0)
        h += (unsigned char)word[0] * 7u + (unsigned char)word[length - 1] * 17u +
             (unsigned char)word[length / 2] * 29u;
    return h & 255;
}

/* A rule may write its words as it likes: api_key is apikey. */
static size_t plain(const char *word, size_t length, char ret[AA_MASK_NAME_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < length && n < AA_MASK_NAME_MAX; i++) {
        if (!is_separator(word[i]))
            ret[n++] = aa_mask_lower(word[i]);
    }
    return n;
}

static __attribute__((noinline)) size_t hash_of_plain(const char *text, size_t length, unsigned *ret)
{
    char word[AA_MASK_NAME_MAX];
    size_t n = plain(text, length, word);

    *ret = hash(word, n);
    return n;
}

/* As many hundred words are read for a command, the usual ones are not copied. */
static size_t hash_of_rule(const char *text, size_t length, unsigned *ret)
{
    for (size_t i = 0; i < length; i++) {
        if (is_separator(text[i]) || is_upper(text[i]))
            return hash_of_plain(text, length, ret);
    }
    if (length == 0)
        return 0;
    *ret = hash(text, length);
    return length;
}

static void read_word(struct aa_mask_name_words *words, const char *text, size_t length, uint32_t flags)
{
    unsigned hashed = 0;
    size_t n;
    uint16_t *head;

    if (length > AA_MASK_NAME_MAX || words->n == AA_MASK_NAME_WORDS_MAX) {
        words->overrun = "there are too many names of secrets, or one is too long";
        return;
    }
    n = hash_of_rule(text, length, &hashed);
    if (n == 0)
        return;
    head = &words->heads[hashed];
    words->v[words->n].v = text;
    words->v[words->n].flags = flags;
    words->v[words->n].length = (uint16_t)n;
    words->v[words->n].next = *head;
    *head = (uint16_t)++words->n;
}

void aa_mask_name_words_read(struct aa_mask_name_words *words, const struct aa_masker *masker)
{
    words->n = 0;
    words->overrun = NULL;
    memset(words->heads, 0, sizeof(words->heads));
    for (size_t i = 0; i < masker->sets_n; i++) {
        const struct aa_snapshot *set = &masker->sets[i];
        const struct aa_snap_range range = set->header->settings.mask_names;
        const struct aa_snap_word *v = aa_snapshot_words(set, range);

        if (v == NULL)
            words->overrun = "the names of secrets are damaged";
        for (uint32_t j = 0; v != NULL && j < range.count; j++) {
            const char *text = aa_snapshot_text(set, v[j].text);

            if (text == NULL)
                words->overrun = "the names of secrets are damaged";
            else
                read_word(words, text, v[j].text.length, v[j].flags);
        }
    }
}

const struct aa_mask_name_words *aa_mask_name_words_keep(struct aa_masker *masker)
{
    if (masker->names == NULL) {
        masker->names = malloc(sizeof(*masker->names));
        if (masker->names != NULL)
            aa_mask_name_words_read(masker->names, masker);
    }
    return masker->names;
}

static bool is_rule_word(const char *rule, const char *word, size_t length)
{
    for (size_t i = 0; i < length; rule++) {
        if (is_separator(*rule))
            continue;
        if (aa_mask_lower(*rule) != word[i++])
            return false;
    }
    return true;
}

static uint32_t exact_flags(const struct aa_mask_name_words *words, const char *word, size_t length)
{
    uint32_t flags = 0;

    for (unsigned i = words->heads[hash(word, length)]; i != 0; i = words->v[i - 1].next) {
        if (words->v[i - 1].length == length && is_rule_word(words->v[i - 1].v, word, length))
            flags |= words->v[i - 1].flags;
    }
    return flags;
}

/* password2 is a password, tokens are tokens */
static uint32_t flags_of(const struct aa_mask_name_words *words, const char *word, size_t length)
{
    uint32_t flags = exact_flags(words, word, length);
    size_t n = length;

    while (n > 0 && word[n - 1] >= '0' && word[n - 1] <= '9')
        n--;
    if (n < length && n > 0)
        flags |= exact_flags(words, word, n);
    if (n > 1 && word[n - 1] == 's')
        flags |= exact_flags(words, word, n - 1);
    return flags;
}

static void split(const char *name, size_t length, struct parts *parts)
{
    size_t put = 0;
    bool fresh = true, separated = true;

    parts->n = 0;
    for (size_t i = 0; i < length; i++) {
        char c = name[i];

        if (is_separator(c)) {
            fresh = separated = true;
            continue;
        }
        if (i > 0 && is_upper(c) &&
            (is_lower(name[i - 1]) || (name[i - 1] >= '0' && name[i - 1] <= '9') ||
             (is_upper(name[i - 1]) && i + 1 < length && is_lower(name[i + 1]))))
            fresh = true;
        if (fresh) {
            parts->starts[parts->n] = put;
            parts->glued[parts->n++] = !separated;
        }
        fresh = separated = false;
        parts->v[put++] = aa_mask_lower(c);
    }
    parts->starts[parts->n] = put;
    parts->glued[parts->n] = false;
}

/* How many parts from this one on make a word with this flag, or 0. */
static size_t match_at(const struct aa_mask_name_words *words, const struct parts *parts, size_t i,
                       uint32_t flag)
{
    const char *v = parts->v + parts->starts[i];
    size_t whole = i + 1;

    if (flags_of(words, v, parts->starts[i + 1] - parts->starts[i]) & flag)
        return 1;
    if (i + 1 < parts->n && flags_of(words, v, parts->starts[i + 2] - parts->starts[i]) & flag)
        return 2;
    if (parts->glued[i])
        return 0;
    while (whole < parts->n && parts->glued[whole])
        whole++;
    if (whole > i + 2 && flags_of(words, v, parts->starts[whole] - parts->starts[i]) & flag)
        return whole - i;
    return 0;
}

bool aa_mask_name_words_match(const struct aa_mask_name_words *words, const char *name, size_t length)
{
    struct parts parts;
    size_t behind = 0;

    if (length > AA_MASK_NAME_MAX) {
        name += length - AA_MASK_NAME_MAX;
        length = AA_MASK_NAME_MAX;
    }
    split(name, length, &parts);
    for (size_t i = 0; i < parts.n; i++) {
        size_t n = match_at(words, &parts, i, AA_MASK_NAME_SECRET);

        if (n > 0)
            behind = i + n;
    }
    if (behind == 0)
        return false;
    /* a word in front may make it another thing: max_tokens, existingSecret */
    for (size_t i = behind > TOGETHER_MAX ? behind - TOGETHER_MAX : 0; i + 1 < behind; i++) {
        const size_t to = parts.starts[behind], from = parts.starts[i];

        if (flags_of(words, parts.v + from, to - from) & AA_MASK_NAME_HARMLESS)
            return false;
    }
    for (size_t i = behind; i < parts.n; i++) {
        if (match_at(words, &parts, i, AA_MASK_NAME_HARMLESS) > 0)
            return false;
    }
    return true;
}

bool aa_mask_name_is_secret(const struct aa_masker *masker, const char *name, size_t length)
{
    struct aa_mask_name_words words;

    if (masker->names != NULL)
        return aa_mask_name_words_match(masker->names, name, length);
    aa_mask_name_words_read(&words, masker);
    return aa_mask_name_words_match(&words, name, length);
}

bool aa_mask_begins(const char *v, size_t length, const char *word)
{
    for (; *word != '\0'; word++, v++, length--) {
        if (length == 0 || aa_mask_lower(*v) != *word)
            return false;
    }
    return true;
}

bool aa_mask_is_word(const char *v, size_t length, const char *word)
{
    return length == strlen(word) && aa_mask_begins(v, length, word);
}
