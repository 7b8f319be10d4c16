/* SPDX-License-Identifier: ISC */
#include "interpret.h"

enum { KNOWN_WORDS_MAX = 32, INCLUDES_MAX = 64 };

void aa_interpret_block(struct aa_config *config, const struct aa_statement *statements,
                        const char *where, const struct aa_statement_word *words, size_t n,
                        void *context)
{
    for (const struct aa_statement *s = statements; s != NULL; s = s->next) {
        const char *known[KNOWN_WORDS_MAX];
        size_t i;

        for (i = 0; i < n && !aa_streq(s->words[0].text, words[i].word); i++)
            known[i] = words[i].word;
        if (i < n)
            words[i].interpret(config, s, context);
        else
            aa_unknown_word(config, &s->words[0], where, known, n);
    }
}

void *aa_allocate(struct aa_config *config, size_t size)
{
    void *memory = aa_arena_alloc(config->arena, size);

    if (memory == NULL)
        config->complaints->out_of_memory = true;
    return memory;
}

bool aa_start_block(struct aa_config *config, const struct aa_statement *statement,
                        const char *what, const char *form, struct aa_named *ret)
{
    if (!aa_word_count(config, statement, 1, 1, form))
        return false;
    if (!statement->has_block) {
        aa_complain(config->complaints, statement->words[0].place,
                    "the block is missing; expected: %s", form);
        return false;
    }
    *ret = (struct aa_named){ statement->words[1].text, statement->words[1].place };
    return aa_value_name(config, &statement->words[1], what);
}

/* ---- set ---- */

static void set_timeout(struct aa_config *config, const struct aa_word *word)
{
    (void)aa_value_duration(config, word, 1, &config->timeout_seconds);
}

static void set_cool_down(struct aa_config *config, const struct aa_word *word)
{
    (void)aa_value_duration(config, word, 0, &config->cool_down_seconds);
}

static void set_max_waiting(struct aa_config *config, const struct aa_word *word)
{
    (void)aa_value_number(config, word, 1, 100000, &config->max_waiting);
}

static void set_max_waiting_per_user(struct aa_config *config, const struct aa_word *word)
{
    (void)aa_value_number(config, word, 1, 100000, &config->max_waiting_per_user);
}

static void set_record(struct aa_config *config, const struct aa_word *word)
{
    static const struct aa_choice choices[] = { { "required", AA_RECORD_REQUIRED },
                                                { "best-effort", AA_RECORD_BEST_EFFORT } };
    uint32_t value;

    if (aa_value_choice(config, word, "way to record", choices, AA_ARRAY_SIZE(choices), &value))
        config->record = (enum aa_record_mode)value;
}

static void set_mode(struct aa_config *config, const struct aa_word *word)
{
    static const struct aa_choice choices[] = { { "enforce", AA_MODE_ENFORCE },
                                                { "observe", AA_MODE_OBSERVE } };
    uint32_t value;

    if (aa_value_choice(config, word, "mode", choices, AA_ARRAY_SIZE(choices), &value))
        config->mode = (enum aa_mode)value;
}

/* Names of zones lie below one folder: no path leads out of it. */
static bool is_zone_name(const struct aa_word *word)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "/_+-";

    return word->length <= AA_NAME_MAX && word->text[0] != '/' &&
           strspn(word->text, allowed) == word->length;
}

static void set_timezone(struct aa_config *config, const struct aa_word *word)
{
    if (!aa_value_plain(config, word, "a time zone"))
        return;
    if (!is_zone_name(word)) {
        aa_complain(config->complaints, word->place,
                    "\"%s\" is no name of a time zone, such as Europe/Berlin", word->text);
        return;
    }
    config->timezone = word->text;
    config->timezone_place = word->place;
}

static void interpret_set(struct aa_config *config, const struct aa_statement *statement,
                          void *context)
{
    static const struct {
        const char *word;
        void (*set)(struct aa_config *, const struct aa_word *);
    } settings[] = {
        { "timeout", set_timeout },
        { "record", set_record },
        { "mode", set_mode },
        { "timezone", set_timezone },
        { "max-waiting", set_max_waiting },
        { "max-waiting-per-user", set_max_waiting_per_user },
        { "cool-down", set_cool_down },
    };
    const char *known[AA_ARRAY_SIZE(settings)];

    (void)context;
    if (!aa_no_block(config, statement) || !aa_word_count(config, statement, 1, 2, "set NAME VALUE"))
        return;
    for (size_t i = 0; i < AA_ARRAY_SIZE(settings); i++) {
        known[i] = settings[i].word;
        if (!aa_streq(statement->words[1].text, settings[i].word))
            continue;
        if (!aa_word_count(config, statement, 2, 2, "set NAME VALUE"))
            return;
        if ((config->set_said & 1u << i) != 0)
            aa_complain(config->complaints, statement->words[1].place, "\"set %s\" is said twice",
                        known[i]);
        config->set_said |= 1u << i;
        settings[i].set(config, &statement->words[2]);
        return;
    }
    aa_unknown_word(config, &statement->words[1], "behind \"set\"", known,
                    AA_ARRAY_SIZE(settings));
}

/* ---- default ---- */

static void interpret_default(struct aa_config *config, const struct aa_statement *statement,
                              void *context)
{
    struct aa_statement rest = *statement;
    static const char *const actions[] = { "allow", "deny", "ask" };
    const char *known[KNOWN_WORDS_MAX];
    enum aa_action action = AA_ACTION_NONE;
    size_t n = 0;

    (void)context;
    if (!aa_no_block(config, statement) ||
        !aa_word_count(config, statement, 1, AA_WORDS_MAX, "default ACTION, or default KEY VALUE"))
        return;
    rest.words++;
    rest.n--;
    for (size_t i = 0; i < AA_ARRAY_SIZE(actions); i++) {
        if (aa_streq(rest.words[0].text, actions[i]))
            action = (enum aa_action)(AA_ACTION_ALLOW + (int)i);
        known[n++] = actions[i];
    }
    if (action == AA_ACTION_NONE) {
        for (size_t i = 0; i < AA_ASK_KEY_WORDS && n < KNOWN_WORDS_MAX; i++)
            if (!aa_streq(aa_ask_key_words[i], "ask"))
                known[n++] = aa_ask_key_words[i];
        if (!aa_interpret_ask_key(config, &rest, &config->default_ask))
            aa_unknown_word(config, &rest.words[0], "behind \"default\"", known, n);
        return;
    }
    if (config->default_action != AA_ACTION_NONE)
        aa_complain(config->complaints, rest.words[0].place,
                    "there is a default action already, on line %u", config->default_place.line);
    config->default_action = action;
    config->default_place = rest.words[0].place;
    if (action == AA_ACTION_ASK) {
        (void)aa_interpret_ask(config, &rest, &config->default_ask);
    } else if (aa_word_count(config, &rest, 0, action == AA_ACTION_DENY,
                             action == AA_ACTION_DENY ? "default deny \"why\"" : "default allow")) {
        config->default_why = rest.n > 1 ? rest.words[1].text : NULL;
    }
}

/* ---- include ---- */

static void interpret_pack(struct aa_config *config, const struct aa_source *source,
                           struct aa_file_context *context)
{
    aa_interpret_file(config, aa_parse(source, config->complaints), context);
}

/* Said once, and not again for each of its rules. */
static bool was_included(const struct aa_config *config, const char *pack)
{
    for (const struct aa_config_rule *rule = config->rules.first; rule != NULL; rule = rule->next) {
        if (rule->pack != NULL && aa_streq(rule->pack, pack))
            return true;
    }
    return false;
}

static void interpret_include(struct aa_config *config, const struct aa_statement *statement,
                              void *context)
{
    struct aa_file_context *file = context;
    struct aa_config_ask *ask = aa_allocate(config, sizeof(*ask));
    struct aa_file_context inside = { .packs = file->packs, .include = ask };
    const struct aa_source *source;

    if (ask == NULL || !aa_word_count(config, statement, 2, 2, "include pack NAME"))
        return;
    if (!aa_streq(statement->words[1].text, "pack")) {
        aa_complain(config->complaints, statement->words[1].place,
                    "unknown word \"%s\" behind \"include\"; expected pack",
                    statement->words[1].text);
        return;
    }
    if (!aa_value_name(config, &statement->words[2], "the name of a pack"))
        return;
    for (const struct aa_statement *s = statement->children; s != NULL; s = s->next) {
        if (aa_streq(s->words[0].text, "ask"))
            (void)aa_interpret_ask(config, s, ask);
        else if (!aa_interpret_ask_key(config, s, ask))
            aa_unknown_word(config, &s->words[0], "in an include", aa_ask_key_words,
                            AA_ASK_KEY_WORDS);
    }
    inside.pack = statement->words[2].text;
    if (was_included(config, inside.pack)) {
        aa_complain(config->complaints, statement->words[2].place,
                    "pack %s is included already; take one of the two lines out", inside.pack);
        return;
    }
    source = file->packs == NULL ? NULL : file->packs->read(file->packs, inside.pack, config->arena);
    if (source == NULL) {
        aa_complain(config->complaints, statement->words[2].place, "there is no pack \"%s\"",
                    inside.pack);
        return;
    }
    interpret_pack(config, source, &inside);
}

/* ---- the file ---- */

static void interpret_rule(struct aa_config *config, const struct aa_statement *statement,
                           void *context)
{
    aa_interpret_rule(config, statement, context);
}

void aa_interpret_file(struct aa_config *config, const struct aa_statement *statements,
                       struct aa_file_context *context)
{
    static const struct aa_statement_word words[] = {
        { "set", interpret_set },       { "channel", aa_interpret_channel },
        { "person", aa_interpret_person }, { "people", aa_interpret_people },
        { "group", aa_interpret_group },   { "agent", aa_interpret_agent },
        { "include", interpret_include }, { "default", interpret_default },
        { "mask", aa_interpret_mask },     { "label", aa_interpret_label },
        { "rule", interpret_rule },
    };
    /* packs hold only the last two */
    size_t first = context->pack != NULL ? AA_ARRAY_SIZE(words) - 2 : 0;

    if (context->masks_only)
        aa_interpret_block(config, statements, "in a file of masks",
                           words + AA_ARRAY_SIZE(words) - 3, 1, context);
    else
        aa_interpret_block(config, statements,
                           context->pack != NULL ? "in a pack" : "at the top level",
                           words + first, AA_ARRAY_SIZE(words) - first, context);
}
