/* SPDX-License-Identifier: ISC */
#include "values.h"

#include <errno.h>

#include "base/text.h"

enum { DURATION_MAX = 7 * 24 * 3600, CHOICES_MAX = 32 };

bool aa_value_number(struct aa_config *config, const struct aa_word *word, uint32_t minimum,
                     uint32_t maximum, uint32_t *ret)
{
    unsigned long number;
    char *end;

    errno = 0;
    number = strtoul(word->text, &end, 10);
    if (word->text[0] < '0' || word->text[0] > '9' || errno != 0 || *end != '\0' ||
        number < minimum || number > maximum) {
        aa_complain(config->complaints, word->place, "\"%s\" is not a number from %u to %u",
                    word->text, minimum, maximum);
        return false;
    }
    *ret = (uint32_t)number;
    return true;
}

bool aa_value_duration(struct aa_config *config, const struct aa_word *word, uint32_t minimum,
                       uint32_t *ret_seconds)
{
    unsigned long number;
    uint32_t unit = 0;
    char *end;

    errno = 0;
    number = strtoul(word->text, &end, 10);
    if (word->text[0] >= '0' && word->text[0] <= '9' && errno == 0 && end[0] != '\0' &&
        end[1] == '\0')
        unit = *end == 's' ? 1 : *end == 'm' ? 60 : *end == 'h' ? 3600 : 0;
    if (unit == 0) {
        aa_complain(config->complaints, word->place,
                    "\"%s\" is not a duration; write a number and s, m or h, such as 90s, 5m or 2h",
                    word->text);
        return false;
    }
    if (number > DURATION_MAX / unit || number * unit < minimum) {
        aa_complain(config->complaints, word->place,
                    "\"%s\" is not between %us and %uh", word->text, minimum, DURATION_MAX / 3600);
        return false;
    }
    *ret_seconds = (uint32_t)number * unit;
    return true;
}

bool aa_value_choice(struct aa_config *config, const struct aa_word *word, const char *what,
                     const struct aa_choice *choices, size_t n, uint32_t *ret)
{
    const char *words[CHOICES_MAX], *nearest;

    for (size_t i = 0; i < n; i++) {
        if (aa_streq(word->text, choices[i].word)) {
            *ret = choices[i].value;
            return true;
        }
    }
    for (size_t i = 0; i < AA_MIN(n, (size_t)CHOICES_MAX); i++)
        words[i] = choices[i].word;
    nearest = aa_nearest(word->text, words, AA_MIN(n, (size_t)CHOICES_MAX));
    aa_complain(config->complaints, word->place, "\"%s\" is no %s; expected %s%s%s%s", word->text,
                what, aa_one_of(config->arena, words, AA_MIN(n, (size_t)CHOICES_MAX)),
                nearest != NULL ? "; did you mean \"" : "", nearest != NULL ? nearest : "",
                nearest != NULL ? "\"?" : "");
    return false;
}

bool aa_value_plain(struct aa_config *config, const struct aa_word *word, const char *what)
{
    if (word->has_glob) {
        aa_complain(config->complaints, word->place,
                    "%s takes no glob; for a star itself write \"\\*\"", what);
        return false;
    }
    if (word->is_rest) {
        aa_complain(config->complaints, word->place, "\"...\" stands only at the end of \"when args\"");
        return false;
    }
    if (word->length == 0) {
        aa_complain(config->complaints, word->place, "%s is empty", what);
        return false;
    }
    return true;
}

bool aa_value_plains(struct aa_config *config, const struct aa_word *words, size_t n,
                     const char *what)
{
    bool ok = true;

    for (size_t i = 0; i < n; i++)
        ok &= aa_value_plain(config, &words[i], what);
    return ok;
}

bool aa_value_name(struct aa_config *config, const struct aa_word *word, const char *what)
{
    _cleanup_buffer_ struct aa_buffer visible = AA_BUFFER_INIT(8 * AA_WORD_MAX);

    if (!aa_value_plain(config, word, what))
        return false;
    if (word->length > AA_NAME_MAX) {
        aa_complain(config->complaints, word->place, "%s is %zu bytes long; the maximum is %d", what,
                    word->length, AA_NAME_MAX);
        return false;
    }
    aa_text_add_visible(&visible, word->text, word->length);
    if (visible.length != word->length || strpbrk(word->text, "*/\\") != NULL) {
        aa_complain(config->complaints, word->place,
                    "%s has a character that names do not have (no *, /, \\ and nothing invisible)",
                    what);
        return false;
    }
    return true;
}

bool aa_word_count(struct aa_config *config, const struct aa_statement *statement, size_t minimum,
                   size_t maximum, const char *form)
{
    const struct aa_word *last = &statement->words[statement->n - 1];

    if (statement->n < minimum + 1) {
        struct aa_place behind = last->place;

        aa_complain(config->complaints, behind, "something is missing behind \"%s\"; expected: %s",
                    last->text, form);
        return false;
    }
    if (statement->n > maximum + 1) {
        aa_complain(config->complaints, statement->words[maximum + 1].place,
                    "\"%s\" is one word too many; expected: %s",
                    statement->words[maximum + 1].text, form);
        return false;
    }
    return true;
}

bool aa_no_block(struct aa_config *config, const struct aa_statement *statement)
{
    if (!statement->has_block)
        return true;
    aa_complain(config->complaints, statement->words[0].place, "\"%s\" takes no block",
                statement->words[0].text);
    return false;
}

void aa_unknown_word(struct aa_config *config, const struct aa_word *word, const char *where,
                     const char *const *known, size_t n)
{
    const char *nearest = aa_nearest(word->text, known, n);

    aa_complain(config->complaints, word->place, "unknown word \"%s\" %s; expected %s%s%s%s",
                word->text, where, aa_one_of(config->arena, known, n),
                nearest != NULL ? "; did you mean \"" : "", nearest != NULL ? nearest : "",
                nearest != NULL ? "\"?" : "");
}
