/* SPDX-License-Identifier: ISC */
/* Masks: what is covered before a text leaves the host. Options are in interpret-mask-option.c. */
#include "interpret.h"
#include "mask-limits.h"
#include "mask-pattern.h"

/* Names and types stand in tokens and records: small letters, digits and dashes. */
static bool is_plain_name(const struct aa_word *word, size_t maximum)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

    return word->length >= 1 && word->length <= maximum && word->text[0] != '-' &&
           strspn(word->text, allowed) == word->length;
}

/* ---- a pattern ---- */

static void pattern_type(struct aa_config *config, const struct aa_statement *statement,
                         void *context)
{
    struct aa_config_mask_pattern *pattern = context;
    const struct aa_word *word;

    if (!aa_no_block(config, statement) || !aa_word_count(config, statement, 1, 1, "type TYPE"))
        return;
    word = &statement->words[1];
    if (aa_said_twice(config, statement, pattern->type != NULL))
        return;
    pattern->type = word->text;
    if (!is_plain_name(word, AA_MASK_TYPE_MAX) || (word->text[0] >= '0' && word->text[0] <= '9'))
        aa_complain(config->complaints, word->place,
                    "\"%s\" is no type; expected a small letter, then up to %d small letters, digits "
                    "and dashes, such as secret, email or phone", word->text, AA_MASK_TYPE_MAX - 1);
}

static void pattern_match(struct aa_config *config, const struct aa_statement *statement,
                          void *context)
{
    struct aa_config_mask_pattern *pattern = context;

    if (!aa_no_block(config, statement) ||
        !aa_word_count(config, statement, 1, 1, "match \"REGULAR EXPRESSION\"") ||
        aa_said_twice(config, statement, pattern->match != NULL))
        return;
    pattern->match = &statement->words[1];
    (void)aa_check_mask_pattern(config, pattern->match);
}

static void pattern_near(struct aa_config *config, const struct aa_statement *statement,
                         void *context)
{
    struct aa_config_mask_pattern *pattern = context;

    if (!aa_no_block(config, statement) ||
        !aa_word_count(config, statement, 1, AA_WORDS_MAX, "near WORD…") ||
        !aa_value_plains(config, statement->words + 1, statement->n - 1, "a literal"))
        return;
    for (size_t i = 1; i < statement->n; i++) {
        const struct aa_word *word = &statement->words[i];

        bool rare = word->length == 1 && strchr("@(*", word->text[0]) != NULL; /* in few commands */

        if ((word->length < AA_MASK_NEAR_SIZE_MIN && !rare) || word->length > AA_MASK_NEAR_SIZE_MAX)
            aa_complain(config->complaints, word->place,
                        "\"%s\" is no literal to look for first: that takes %d to %d bytes",
                        word->text, AA_MASK_NEAR_SIZE_MIN, AA_MASK_NEAR_SIZE_MAX);
    }
    if (pattern->near.n + statement->n - 1 > AA_MASK_NEAR_MAX) {
        aa_complain(config->complaints, statement->words[0].place,
                    "more than %d literals of one pattern", AA_MASK_NEAR_MAX);
        return;
    }
    aa_append_words(config, &pattern->near, statement->words + 1, statement->n - 1);
}

static void pattern_check(struct aa_config *config, const struct aa_statement *statement,
                          void *context)
{
    struct aa_choice choices[AA_MASK_CHECK_COUNT - 1];
    struct aa_config_mask_pattern *pattern = context;

    if (!aa_no_block(config, statement) || !aa_word_count(config, statement, 1, 1, "check CHECK") ||
        aa_said_twice(config, statement, pattern->check != AA_MASK_CHECK_NONE))
        return;
    for (uint32_t i = 1; i < AA_MASK_CHECK_COUNT; i++)
        choices[i - 1] = (struct aa_choice){ aa_mask_check_name((enum aa_mask_check)i), i };
    (void)aa_value_choice(config, &statement->words[1], "check", choices, AA_ARRAY_SIZE(choices),
                          &pattern->check);
}

static void pattern_off(struct aa_config *config, const struct aa_statement *statement,
                        void *context)
{
    struct aa_config_mask_pattern *pattern = context;

    if (aa_no_block(config, statement) && aa_word_count(config, statement, 0, 0, "off") &&
        !aa_said_twice(config, statement, pattern->off))
        pattern->off = true;
}

static void pattern_example(struct aa_config *config, const struct aa_statement *statement,
                            void *context)
{
    struct aa_config_mask_pattern *pattern = context;

    aa_interpret_example(config, statement, &pattern->examples);
}

static void interpret_pattern(struct aa_config *config, const struct aa_statement *statement,
                              void *context)
{
    static const struct aa_statement_word words[] = {
        { "type", pattern_type },   { "match", pattern_match },
        { "near", pattern_near },   { "check", pattern_check },
        { "off", pattern_off },     { "finds", pattern_example },
        { "spares", pattern_example },
    };
    struct aa_config_mask_pattern *pattern = aa_allocate(config, sizeof(*pattern));
    size_t maximum = config->shipped ? AA_MASK_SHIPPED_PATTERNS_MAX : AA_MASK_OWN_PATTERNS_MAX;

    (void)context;
    if (pattern == NULL || !aa_start_block(config, statement, "the name of a pattern",
                                           "pattern NAME { match \"…\"; … }", &pattern->named))
        return;
    if (!is_plain_name(&statement->words[1], AA_MASK_PATTERN_NAME_MAX))
        aa_complain(config->complaints, pattern->named.place,
                    "\"%s\" cannot name a pattern; expected up to %d small letters, digits and "
                    "dashes, such as example-token", pattern->named.name, AA_MASK_PATTERN_NAME_MAX);
    aa_interpret_block(config, statement->children, "in a pattern", words, AA_ARRAY_SIZE(words),
                       pattern);
    if (pattern->match == NULL)
        aa_complain(config->complaints, pattern->named.place,
                    "pattern %s says no match; expected: match \"REGULAR EXPRESSION\"",
                    pattern->named.name);
    if (pattern->type == NULL)
        pattern->type = "secret";
    if (config->mask_patterns.n == maximum) {
        aa_complain(config->complaints, pattern->named.place, "more than %zu patterns", maximum);
        return;
    }
    AA_LIST_ADD(&config->mask_patterns, pattern);
}

/* ---- names and switches ---- */

/* A part of a name, as names are taken apart: so no "_", "-", "." and no large letter stands in it. */
static bool check_part(struct aa_config *config, const struct aa_word *word)
{
    bool good = word->length >= 1 && word->length <= AA_MASK_NAME_SIZE_MAX;

    for (size_t i = 0; i < word->length; i++) {
        unsigned char c = (unsigned char)word->text[i];

        good &= c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }
    if (!good)
        aa_complain(config->complaints, word->place,
                    "\"%s\" is no part of a name; expected up to %d small letters and digits: apikey "
                    "stands for api_key, apiKey and API-KEY too", word->text, AA_MASK_NAME_SIZE_MAX);
    return good;
}

static bool is_among(const struct aa_word_list *list, const char *text)
{
    for (size_t i = 0; i < list->n; i++) {
        if (aa_streq(list->v[i].text, text))
            return true;
    }
    return false;
}

/* Adds a statement's words to one list; what is in the other cannot be in this one. */
static void add_to(struct aa_config *config, const struct aa_statement *statement,
                   struct aa_word_list *list, const struct aa_word_list *other, const char *other_word,
                   size_t maximum)
{
    for (size_t i = 1; i < statement->n; i++) {
        const struct aa_word *word = &statement->words[i];

        if (is_among(other, word->text)) {
            aa_complain(config->complaints, word->place, "\"%s\" is said by \"%s\" already",
                        word->text, other_word);
            return;
        }
        if (is_among(list, word->text)) {
            aa_complain(config->complaints, word->place, "\"%s\" is said twice", word->text);
            return;
        }
        if (list->n + other->n >= maximum) {
            aa_complain(config->complaints, word->place, "more than %zu words of \"%s\" and \"%s\"",
                        maximum, statement->words[0].text, other_word);
            return;
        }
        aa_append_words(config, list, word, 1);
    }
}

static void mask_name(struct aa_config *config, const struct aa_statement *statement, void *context)
{
    bool harmless = aa_streq(statement->words[0].text, "harmless");
    bool good = true;

    (void)context;
    if (!aa_no_block(config, statement) ||
        !aa_word_count(config, statement, 1, AA_WORDS_MAX, harmless ? "harmless WORD…" : "name WORD…") ||
        !aa_value_plains(config, statement->words + 1, statement->n - 1, "a part of a name"))
        return;
    for (size_t i = 1; i < statement->n; i++)
        good &= check_part(config, &statement->words[i]);
    if (good && harmless)
        add_to(config, statement, &config->mask_harmless, &config->mask_names, "name",
               AA_MASK_NAMES_MAX);
    else if (good)
        add_to(config, statement, &config->mask_names, &config->mask_harmless, "harmless",
               AA_MASK_NAMES_MAX);
}

static void mask_switch(struct aa_config *config, const struct aa_statement *statement,
                        void *context)
{
    bool on = aa_streq(statement->words[0].text, "on");

    (void)context;
    if (!aa_no_block(config, statement) ||
        !aa_word_count(config, statement, 1, AA_WORDS_MAX, on ? "on NAME…" : "off NAME…") ||
        !aa_value_plains(config, statement->words + 1, statement->n - 1, "the name of a pattern"))
        return;
    if (on)
        add_to(config, statement, &config->mask_on, &config->mask_off, "off", AA_MASK_SWITCHES_MAX);
    else
        add_to(config, statement, &config->mask_off, &config->mask_on, "on", AA_MASK_SWITCHES_MAX);
}

/* ---- the block ---- */

void aa_interpret_mask(struct aa_config *config, const struct aa_statement *statement, void *context)
{
    static const struct aa_statement_word words[] = {
        { "pattern", interpret_pattern }, { "option", aa_interpret_mask_option },
        { "name", mask_name },            { "harmless", mask_name },
        { "off", mask_switch },           { "on", mask_switch },
    };
    static const char form[] = "mask { pattern NAME { … }; … }";

    if (!aa_word_count(config, statement, 0, 0, form))
        return;
    if (!statement->has_block) {
        aa_complain(config->complaints, statement->words[0].place,
                    "something is missing behind \"mask\"; expected: %s", form);
        return;
    }
    aa_interpret_block(config, statement->children, "in a mask", words, AA_ARRAY_SIZE(words), context);
}
