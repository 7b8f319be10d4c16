/* SPDX-License-Identifier: ISC */
/* Masks: the options, and the places on a command line, in which programs take their secrets. */
#include "interpret.h"
#include "mask-limits.h"

static const struct option_word {
    const char *word;
    enum aa_mask_spelling kind;
    const char *form;
} option_words[] = {
    { "value", AA_MASK_VALUE, "value OPTION…" },
    { "joined", AA_MASK_JOINED, "joined OPTION…" },
    { "separate", AA_MASK_SEPARATE, "separate OPTION…" },
    { "after-colon", AA_MASK_AFTER_COLON, "after-colon OPTION…" },
    { "after-percent", AA_MASK_AFTER_PERCENT, "after-percent OPTION…" },
    { "behind", AA_MASK_BEHIND, "behind WORD N" },
    { "operand", AA_MASK_OPERAND, "operand N, or operand last" },
    { "spare", AA_MASK_SPARE, "spare TYPE…" },
};

static const struct option_word *find_word(const char *word)
{
    size_t i = 0;

    while (i + 1 < AA_ARRAY_SIZE(option_words) && !aa_streq(option_words[i].word, word))
        i++;
    return &option_words[i];
}

static void add_spelling(struct aa_config *config, struct aa_config_mask_option *option,
                         enum aa_mask_spelling kind, const struct aa_word *word, uint32_t number)
{
    struct aa_config_spelling *spelling = aa_allocate(config, sizeof(*spelling)),
                              **end = &option->spellings;

    for (; *end != NULL; end = &(*end)->next) {
        const struct aa_config_spelling *other = *end;
        /* an option takes its value in one way; of words, places and types there may be more */
        bool both_options = other->kind < AA_MASK_BEHIND && kind < AA_MASK_BEHIND;

        if ((both_options || (other->kind == kind && other->number == number)) &&
            aa_streq(other->word->text, word->text)) {
            aa_complain(config->complaints, word->place, "\"%s\" is said twice", word->text);
            return;
        }
    }
    if (option->spellings_n == AA_MASK_SPELLINGS_MAX) {
        aa_complain(config->complaints, word->place, "more than %d words in one option block",
                    AA_MASK_SPELLINGS_MAX);
        return;
    }
    if (spelling == NULL)
        return;
    *spelling = (struct aa_config_spelling){ .kind = kind, .number = number, .word = word };
    *end = spelling;
    option->spellings_n++;
}

static bool check_spelling(struct aa_config *config, const struct aa_word *word)
{
    size_t dashes = strspn(word->text, "-+");

    if (dashes > 0 && word->length > dashes && strpbrk(word->text, "= \t") == NULL)
        return true;
    aa_complain(config->complaints, word->place,
                "\"%s\" is no option as it is written on a command line, such as -p or --password "
                "(without \"=\")", word->text);
    return false;
}

static void option_place(struct aa_config *config, const struct aa_statement *statement,
                         struct aa_config_mask_option *option, const struct option_word *kind)
{
    const struct aa_word *number = &statement->words[statement->n - 1];
    uint32_t place = 0;

    if (kind->kind == AA_MASK_OPERAND && aa_streq(number->text, "last")) {
        add_spelling(config, option, kind->kind, number, 0);
        return;
    }
    if (kind->kind == AA_MASK_BEHIND && !aa_value_plain(config, &statement->words[1], "a word"))
        return;
    if (aa_value_number(config, number, 1, AA_MASK_PLACE_MAX, &place))
        add_spelling(config, option, kind->kind, &statement->words[1], place);
}

static void option_spelling(struct aa_config *config, const struct aa_statement *statement,
                            void *context)
{
    const struct option_word *kind = find_word(statement->words[0].text);
    bool place = kind->kind == AA_MASK_BEHIND || kind->kind == AA_MASK_OPERAND;
    size_t minimum = kind->kind == AA_MASK_BEHIND ? 2 : 1;
    size_t maximum = place ? minimum : AA_WORDS_MAX;

    if (!aa_no_block(config, statement) ||
        !aa_word_count(config, statement, minimum, maximum, kind->form))
        return;
    if (place) {
        option_place(config, statement, context, kind);
        return;
    }
    for (size_t i = 1; i < statement->n; i++) {
        const struct aa_word *word = &statement->words[i];

        if (kind->kind == AA_MASK_SPARE ? aa_value_plain(config, word, "a type") :
                                          aa_value_plain(config, word, "an option") &&
                                              check_spelling(config, word))
            add_spelling(config, context, kind->kind, word, 0);
    }
}

static void option_example(struct aa_config *config, const struct aa_statement *statement,
                           void *context)
{
    struct aa_config_mask_option *option = context;

    aa_interpret_example(config, statement, &option->examples);
}

static void check_programs(struct aa_config *config, const struct aa_word_list *programs)
{
    for (size_t i = 0; i < programs->n; i++) {
        const struct aa_word *word = &programs->v[i];

        if (!aa_value_name(config, word, "the name of a program"))
            continue;
        if (programs->n > 1 && aa_streq(word->text, "any"))
            aa_complain(config->complaints, word->place,
                        "\"any\" stands for every program, and so it stands alone");
    }
}

void aa_interpret_mask_option(struct aa_config *config, const struct aa_statement *statement,
                              void *context)
{
    struct aa_statement_word words[AA_ARRAY_SIZE(option_words) + 2];
    struct aa_config_mask_option *option = aa_allocate(config, sizeof(*option));
    static const char form[] = "option PROGRAM… { value OPTION…; … }";
    size_t n = AA_ARRAY_SIZE(option_words);

    (void)context;
    for (size_t i = 0; i < n; i++)
        words[i] = (struct aa_statement_word){ option_words[i].word, option_spelling };
    words[n] = (struct aa_statement_word){ "finds", option_example };
    words[n + 1] = (struct aa_statement_word){ "spares", option_example };
    if (option == NULL || !aa_word_count(config, statement, 1, AA_WORDS_MAX, form))
        return;
    if (!statement->has_block) {
        aa_complain(config->complaints, statement->words[0].place,
                    "the block is missing; expected: %s", form);
        return;
    }
    option->place = statement->words[0].place;
    option->programs = (struct aa_word_list){ statement->words + 1, statement->n - 1 };
    check_programs(config, &option->programs);
    aa_interpret_block(config, statement->children, "in an option", words, AA_ARRAY_SIZE(words),
                       option);
    if (option->spellings == NULL)
        aa_complain(config->complaints, option->place,
                    "this block says no option; expected: %s", form);
    if (config->mask_options.n == AA_MASK_OPTIONS_MAX) {
        aa_complain(config->complaints, option->place, "more than %d option blocks",
                    AA_MASK_OPTIONS_MAX);
        return;
    }
    AA_LIST_ADD(&config->mask_options, option);
}

void aa_interpret_example(struct aa_config *config, const struct aa_statement *statement,
                          struct aa_config_example **list)
{
    bool spares = aa_streq(statement->words[0].text, "spares");
    size_t n = 0, texts = spares ? statement->n : 2;

    if (!aa_no_block(config, statement) ||
        !aa_word_count(config, statement, 1, AA_WORDS_MAX,
                       spares ? "spares \"TEXT\"…" : "finds \"TEXT\" [\"VALUE\"…]"))
        return;
    for (; *list != NULL; list = &(*list)->next)
        n++;
    for (size_t i = 1; i < statement->n; i++) {
        const struct aa_word *word = &statement->words[i];

        if (word->length == 0) {
            aa_complain(config->complaints, word->place, "an example is empty");
            return;
        }
        if (i >= texts && strstr(statement->words[1].text, word->text) == NULL) {
            aa_complain(config->complaints, word->place, "\"%s\" does not stand in the text",
                        word->text);
            return;
        }
    }
    for (size_t i = 1; i < texts; i++) {
        struct aa_config_example *example = aa_allocate(config, sizeof(*example));

        if (n++ >= AA_MASK_EXAMPLES_MAX) {
            aa_complain(config->complaints, statement->words[i].place,
                        "more than %d examples in one block", AA_MASK_EXAMPLES_MAX);
            return;
        }
        if (example == NULL)
            return;
        example->spares = spares;
        example->text = &statement->words[i];
        if (!spares)
            example->values = (struct aa_word_list){ statement->words + 2, statement->n - 2 };
        *list = example;
        list = &example->next;
    }
}
