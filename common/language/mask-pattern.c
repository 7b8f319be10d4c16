/* SPDX-License-Identifier: ISC */
#include "mask-pattern.h"

#include <stdio.h>

#include "mask/pattern.h"

/* The start of the line that a place is on. */
static const char *line_of(const struct aa_place *place)
{
    const char *text = place->source->text;

    for (uint32_t line = 1; line < place->line; line++) {
        text = strchr(text, '\n');
        if (text == NULL)
            return "";
        text++;
    }
    return text;
}

static size_t characters(const char *from, const char *to)
{
    size_t n = 0;

    for (; from < to; from++)
        n += ((unsigned char)*from & 0xc0) != 0x80;
    return n;
}

/* Where a byte of a word stands in the text: behind its quote and its escapes. */
static struct aa_place place_in(const struct aa_word *word, size_t offset)
{
    struct aa_place place = word->place;
    const char *start = line_of(&place), *at;
    bool quoted;

    for (uint32_t column = 1; column < place.column && *start != '\0'; column++) {
        do
            start++;
        while (((unsigned char)*start & 0xc0) == 0x80);
    }
    quoted = *start == '"';
    at = start + quoted;
    for (size_t i = 0; i < offset && at[0] != '\0' && at[1] != '\0'; i++)
        at += quoted && *at == '\\' ? 2 : 1;
    place.column += (uint32_t)characters(start, at);
    return place;
}

static bool refuse(struct aa_config *config, const struct aa_word *word, size_t offset,
                   const char *why)
{
    aa_complain(config->complaints, place_in(word, offset), "%s (character %zu of the pattern)", why,
                characters(word->text, word->text + offset) + 1);
    return false;
}

/* Behind a class of characters, such as "[^]a-z[:digit:]]". */
static const char *class_end(const char *at)
{
    at++;
    at += *at == '^';
    at += *at == ']';
    while (*at != '\0' && *at != ']') {
        const char *named = at[0] == '[' && at[1] == ':' ? strstr(at + 2, ":]") : NULL;

        at = named != NULL ? named + 2 : at + (at[0] == '\\' && at[1] != '\0' ? 2 : 1);
    }
    return at + (*at == ']');
}

/*
 * What PCRE2 has beyond the shape of a value: "\K", which moves where the value begins past what was
 * checked, verbs such as (*COMMIT) and (*LIMIT_MATCH=…), which act on the search itself, and callouts.
 */
static bool has_no_extras(struct aa_config *config, const struct aa_word *word)
{
    const char *at = word->text;

    while (*at != '\0') {
        size_t offset = (size_t)(at - word->text);

        if (*at == '[') {
            at = class_end(at);
            continue;
        }
        if (at[0] == '\\') {
            if (at[1] == 'K' || at[1] == 'Q')
                return refuse(config, word, offset, at[1] == 'K' ?
                              "\\K is not taken here: put the value into a group" :
                              "\\Q is not taken here: put a backslash before each character");
            at += at[1] == '\0' ? 1 : 2;
            continue;
        }
        if (at[0] == '(' && at[1] == '*')
            return refuse(config, word, offset, "\"(*\" starts a verb, and verbs are not taken here; "
                                                "for the two characters write \\(\\*");
        if (at[0] == '(' && at[1] == '?' && at[2] == 'C')
            return refuse(config, word, offset, "callouts are not taken here");
        at++;
    }
    return true;
}

bool aa_check_mask_pattern(struct aa_config *config, const struct aa_word *word)
{
    pcre2_code *code;
    PCRE2_SIZE offset;
    uint32_t empty = 0;
    int error;

    if (!has_no_extras(config, word))
        return false;
    code = pcre2_compile((PCRE2_SPTR)word->text, word->length, AA_MASK_PATTERN_OPTIONS, &error,
                         &offset, NULL);
    if (code == NULL) {
        PCRE2_UCHAR why[256];
        char text[300];

        if (error == PCRE2_ERROR_NOMEMORY) {
            config->complaints->out_of_memory = true;
            return false;
        }
        if (pcre2_get_error_message(error, why, sizeof(why)) < 0)
            why[0] = '\0';
        snprintf(text, sizeof(text), "no regular expression: %s", (const char *)why);
        return refuse(config, word, AA_MIN((size_t)offset, word->length), text);
    }
    (void)pcre2_pattern_info(code, PCRE2_INFO_MATCHEMPTY, &empty);
    pcre2_code_free(code);
    if (empty != 0)
        aa_complain(config->complaints, word->place,
                    "this pattern may match nothing at all, so it says of no text what a value is");
    return empty == 0;
}
