/* SPDX-License-Identifier: ISC */
/* What is covered of the value of an option: not its scheme, its user, its names, its expansions. */
#include "named.h"
#include "option-command.h"

static void cover_piece(struct aa_mask_search *s, const struct aa_mask_word *word, size_t from, size_t to)
{
    size_t first, last;

    if (from >= to || aa_mask_is_no_value(word->v + from, to - from) ||
        aa_mask_is_path(word->v + from, to - from))
        return;
    first = word->origin != NULL ? word->origin[from] : word->at + from;
    last = word->origin != NULL ? word->origin[to - 1] : word->at + to - 1;
    aa_mask_spans_add(s->spans, first, last + 1 - first, "option", AA_MASK_TYPE_SECRET);
}

/* openssl: env:NAME, file:PATH and fd:N tell where the password is. */
static bool names_source(const struct aa_mask_spelled *how, const char *value, size_t n)
{
    return strncmp(how->text, "-pass", 5) == 0 &&
           ((n == 3 && memcmp(value, "env", 3) == 0) || (n == 4 && memcmp(value, "file", 4) == 0) ||
            (n == 2 && memcmp(value, "fd", 2) == 0));
}

/* "Bearer VALUE": the scheme stays. */
static size_t scheme_length(const char *value, size_t n)
{
    static const char *const schemes[] = { "bearer ", "basic ", "token ", "flyv1 ",  "splunk ",
                                           "apikey ", "bot ",   "ssws ",  "base32:", "hex:" };

    for (size_t i = 0; i < AA_ARRAY_SIZE(schemes); i++) {
        const size_t length = strlen(schemes[i]);

        if (n < length + 4)
            continue;
        for (size_t j = 0; j < length && (value[j] | 0x20) == (schemes[i][j] | 0x20); j++) {
            if (j + 1 == length)
                return length;
        }
    }
    return 0;
}

/* --cookie 'NAME=VALUE; …': the names stay, and what is covered of it is the patterns' to say. --secret NAME:
 * the name of a secret is none. */
bool aa_mask_option_is_told(const struct aa_mask_search *s, const struct aa_mask_word *option, size_t from,
                            const char *value, size_t n)
{
    static const char *const ids[] = { "--secret",         "--secrets",          "--set-secrets",
                                       "--update-secrets", "--secret-id",        "--existing-secret",
                                       "--pull-secret",    "--image-pull-secret" };
    const size_t length = from > 0 ? from - 1 : option->n;
    size_t last = n;

    if (aa_mask_word_start_is(option, length, "--cookie") ||
        aa_mask_word_start_is(option, length, "--cookies"))
        return memchr(value, '=', n) != NULL;
    for (size_t i = 0; i < AA_ARRAY_SIZE(ids); i++) {
        if (!aa_mask_word_start_is(option, length, ids[i]))
            continue;
        for (size_t j = 0; j < n; j++) {
            if (!((value[j] >= 'a' && value[j] <= 'z') || (value[j] >= 'A' && value[j] <= 'Z') ||
                  value[j] == '-' || value[j] == '_'))
                return false;
            if (value[j] == '-' || value[j] == '_')
                last = j + 1;
        }
        return aa_mask_name_is_secret(s->masker, value, n) ||
               (n - last >= 3 && last < n &&
                (memcmp(value + last, "key", 3) == 0 || memcmp(value + last, "cert", 3) == 0));
    }
    return false;
}

/* Whether the option in front may take this word, which looks like an option, as its value. */
static bool may_be_argument(const struct aa_mask_command *c)
{
    return c->before == NULL ||
           (aa_mask_word_is_option(c->before) && memchr(c->before->v, '=', c->before->n) == NULL);
}

/* How far a value goes: where the word may be a text of commands, not beyond what ends a command. */
static size_t value_end(const struct aa_mask_command *c, const struct aa_mask_word *word, size_t from,
                        const struct aa_mask_spelled *how)
{
    const bool text = aa_mask_runner_is_text(&c->runner, word);
    const bool sure = c->first_known || (c->known && how->length > 0);

    if (!text && (from == 0 || sure || !may_be_argument(c)))
        return word->n;
    for (size_t i = from; i < word->n; i++) {
        if (word->v[i] != '\0' && strchr(text ? " \t\n;|&<>`" : "\n;|&<>`", word->v[i]) != NULL)
            return i;
        if (word->v[i] == '$' && i + 1 < word->n && (word->v[i + 1] == '(' || word->v[i + 1] == '{'))
            return i;
    }
    return word->n;
}

/* A value that has a name itself: nmcli … vpn.secrets password=VALUE. */
static size_t name_length(const struct aa_mask_search *s, const char *value, size_t n)
{
    const char *sign = memchr(value, '=', AA_MIN(n, (size_t)AA_MASK_NAME_MAX));
    const size_t length = sign != NULL ? (size_t)(sign - value) : 0;

    for (size_t i = 0; i < length; i++) {
        if (!aa_mask_is_name_byte(value[i]))
            return 0;
    }
    if (length == 0 || !aa_mask_name_is_secret(s->masker, value, length) ||
        aa_mask_is_no_value(sign + 1, n - length - 1) || aa_mask_is_path(sign + 1, n - length - 1))
        return 0;
    return length + 1;
}

void aa_mask_option_cover(struct aa_mask_search *s, const struct aa_mask_command *c,
                          const struct aa_mask_word *word, size_t from,
                          const struct aa_mask_spelled *how)
{
    const size_t end = value_end(c, word, from, how);

    if (how->kind == AA_MASK_AFTER_COLON || how->kind == AA_MASK_AFTER_PERCENT) {
        const char mark = how->kind == AA_MASK_AFTER_COLON ? ':' : '%';
        const char *found = memchr(word->v + from, mark, end - from);

        if (found == NULL || names_source(how, word->v + from, (size_t)(found - word->v) - from))
            return;
        from = (size_t)(found + 1 - word->v);
    }
    if (from == 0 && !word->raw)
        from = name_length(s, word->v, end);
    from += scheme_length(word->v + from, end - from);
    if (!word->raw) {
        cover_piece(s, word, from, end);
        return;
    }
    for (size_t i = from; i <= end; i++) {
        if (i == end || word->v[i] == '\0') {
            cover_piece(s, word, from, i);
            from = i + 1;
        }
    }
}
