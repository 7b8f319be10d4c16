/* SPDX-License-Identifier: ISC */
/* Rules: their conditions and their action. */
#include "interpret.h"
#include "when-values.h"

enum words_form {
    WORDS_NONE,   /* the key stands alone */
    WORDS_PLAIN,  /* no globs */
    WORDS_GLOBS,
    WORDS_ARGS,   /* globs by position, "..." last, and none at all is a meaning too */
};

static const struct key_word {
    const char *word;
    enum aa_key key;
    enum words_form form;
    const char *expected;
} key_words[] = {
    { "user", AA_KEY_USER, WORDS_GLOBS, "when user NAME…" },
    { "group", AA_KEY_GROUP, WORDS_GLOBS, "when group NAME…" },
    { "agent", AA_KEY_AGENT, WORDS_PLAIN, "when agent NAME…, or when agent any" },
    { "runas", AA_KEY_RUNAS, WORDS_PLAIN, "when runas NAME…" },
    { "runas-group", AA_KEY_RUNAS_GROUP, WORDS_PLAIN, "when runas-group NAME…" },
    { "host", AA_KEY_HOST, WORDS_GLOBS, "when host NAME…" },
    { "frontend", AA_KEY_FRONTEND, WORDS_PLAIN, "when frontend sudo, or when frontend pam" },
    { "service", AA_KEY_SERVICE, WORDS_PLAIN, "when service NAME…" },
    { "command", AA_KEY_COMMAND, WORDS_GLOBS, "when command PATH…" },
    { "args", AA_KEY_ARGS, WORDS_ARGS, "when args [WORD…] [...]" },
    { "label", AA_KEY_LABEL, WORDS_PLAIN, "when label NAME…" },
    { "cwd", AA_KEY_CWD, WORDS_GLOBS, "when cwd PATH…" },
    { "tty", AA_KEY_TTY, WORDS_GLOBS, "when tty NAME…, or when tty none" },
    { "rhost", AA_KEY_RHOST, WORDS_GLOBS, "when rhost ADDRESS…" },
    { "time", AA_KEY_TIME, WORDS_PLAIN, "when time [DAY[-DAY]] [HH:MM-HH:MM] …" },
    { "env", AA_KEY_ENV, WORDS_GLOBS, "when env NAME…" },
    { "interactive-shell", AA_KEY_INTERACTIVE_SHELL, WORDS_NONE, "when interactive-shell" },
    { "edit", AA_KEY_EDIT, WORDS_NONE, "when edit" },
    { "intercepted", AA_KEY_INTERCEPTED, WORDS_NONE, "when intercepted" },
    { "opaque", AA_KEY_OPAQUE, WORDS_NONE, "when opaque" },
    { "wrapped", AA_KEY_WRAPPED, WORDS_NONE, "when wrapped" },
};

/* ---- conditions ---- */

/* Paths are compared with what the kernel would call them: other spellings never match. */
static bool check_path_word(struct aa_config *config, const struct aa_word *word)
{
    const char *text = word->text;
    size_t n = word->length;

    if (n > 1 && (text[n - 1] == '/' || strstr(text, "//") != NULL ||
                  strstr(text, "/./") != NULL || strstr(text, "/../") != NULL ||
                  (n > 2 && aa_streq(text + n - 2, "/.")) ||
                  (n > 3 && aa_streq(text + n - 3, "/..")))) {
        aa_complain(config->complaints, word->place,
                    "\"%s\" can never match: write the path without \"//\", \".\", \"..\" and a "
                    "slash at its end", text);
        return false;
    }
    return true;
}

static bool check_variable_word(struct aa_config *config, const struct aa_word *word)
{
    if (strchr(word->text, '=') == NULL)
        return true;
    aa_complain(config->complaints, word->place, "\"%s\" is no name of a variable", word->text);
    return false;
}

static bool check_special_word(struct aa_config *config, enum aa_key key,
                               const struct aa_word *word)
{
    struct aa_address network;
    uint32_t bits;

    switch (key) {
    case AA_KEY_FRONTEND:
        if (aa_streq(word->text, "sudo") || aa_streq(word->text, "pam"))
            return true;
        aa_complain(config->complaints, word->place,
                    "\"%s\" is no front end; expected sudo or pam", word->text);
        return false;
    case AA_KEY_CWD:
        if (word->text[0] == '/' || aa_after(word->text, "**") != NULL)
            return check_path_word(config, word);
        aa_complain(config->complaints, word->place, "\"%s\" is not an absolute path", word->text);
        return false;
    case AA_KEY_ENV:
        return check_variable_word(config, word);
    case AA_KEY_COMMAND:
        if (word->text[0] == '/' || strchr(word->text, '/') == NULL ||
            aa_after(word->text, "**") != NULL)
            return check_path_word(config, word);
        aa_complain(config->complaints, word->place,
                    "\"%s\" is neither an absolute path nor a base name", word->text);
        return false;
    case AA_KEY_RHOST:
        return aa_read_remote(config, word, &network, &bits) != AA_REMOTE_FORM_NONE;
    default:
        return true;
    }
}

static bool check_words(struct aa_config *config, const struct key_word *key,
                        const struct aa_word_list *words)
{
    for (size_t i = 0; i < words->n; i++) {
        const struct aa_word *word = &words->v[i];

        if (word->is_rest && key->form == WORDS_ARGS && i + 1 == words->n)
            continue;
        if (key->form == WORDS_PLAIN || word->is_rest) {
            if (!aa_value_plain(config, word, key->expected))
                return false;
        } else if (word->length == 0 && key->form != WORDS_ARGS) {
            aa_complain(config->complaints, word->place, "an empty word; expected: %s",
                        key->expected);
            return false;
        }
        if (!check_special_word(config, key->key, word))
            return false;
    }
    return key->key != AA_KEY_TIME || aa_check_time_words(config, words);
}

static const struct key_word *find_key(struct aa_config *config, const struct aa_word *word)
{
    const char *known[AA_ARRAY_SIZE(key_words)];

    for (size_t i = 0; i < AA_ARRAY_SIZE(key_words); i++) {
        if (aa_streq(word->text, key_words[i].word))
            return &key_words[i];
        known[i] = key_words[i].word;
    }
    aa_unknown_word(config, word, "behind \"when\"", known, AA_ARRAY_SIZE(known));
    return NULL;
}

static void interpret_when(struct aa_config *config, const struct aa_statement *statement,
                           struct aa_config_rule *rule)
{
    struct aa_config_condition *condition, **end = &rule->conditions;
    const struct key_word *key;
    size_t at = 1;

    if (!aa_no_block(config, statement) ||
        !aa_word_count(config, statement, 1, AA_WORDS_MAX, "when [not] KEY WORD…"))
        return;
    condition = AA_NEW(config->arena, struct aa_config_condition);
    if (condition == NULL) {
        config->complaints->out_of_memory = true;
        return;
    }
    if (aa_streq(statement->words[at].text, "not")) {
        condition->negated = true;
        if (++at == statement->n) {
            aa_complain(config->complaints, statement->words[at - 1].place,
                        "something is missing behind \"not\"; expected: when not KEY WORD…");
            return;
        }
    }
    key = find_key(config, &statement->words[at]);
    if (key == NULL)
        return;
    condition->key = key->key;
    condition->place = statement->words[at].place;
    condition->words = (struct aa_word_list){ statement->words + at + 1, statement->n - at - 1 };
    if (condition->words.n == 0 && (key->form == WORDS_PLAIN || key->form == WORDS_GLOBS)) {
        aa_complain(config->complaints, condition->place,
                    "something is missing behind \"%s\"; expected: %s", key->word, key->expected);
        return;
    }
    if (condition->words.n > 0 && key->form == WORDS_NONE) {
        aa_complain(config->complaints, condition->words.v[0].place,
                    "\"%s\" is one word too many; expected: %s", condition->words.v[0].text,
                    key->expected);
        return;
    }
    if (!check_words(config, key, &condition->words))
        return;
    while (*end != NULL)
        end = &(*end)->next;
    *end = condition;
    rule->conditions_n++;
}

/* ---- the other actions ---- */

static void set_action(struct aa_config *config, const struct aa_statement *statement,
                       struct aa_config_rule *rule, enum aa_action action)
{
    if (rule->action != AA_ACTION_NONE)
        aa_complain(config->complaints, statement->words[0].place,
                    "rule %s has an action already: %s", rule->named.name,
                    aa_action_name(rule->action));
    else
        rule->action = action;
}

static bool interpret_action(struct aa_config *config, const struct aa_statement *statement,
                             struct aa_config_rule *rule)
{
    const char *word = statement->words[0].text;

    if (aa_streq(word, "allow")) {
        if (aa_no_block(config, statement) && aa_word_count(config, statement, 0, 0, "allow"))
            set_action(config, statement, rule, AA_ACTION_ALLOW);
    } else if (aa_streq(word, "deny")) {
        if (!aa_no_block(config, statement) ||
            !aa_word_count(config, statement, 0, 1, "deny \"why\""))
            return true;
        set_action(config, statement, rule, AA_ACTION_DENY);
        rule->why = statement->n > 1 ? statement->words[1].text : NULL;
    } else if (aa_streq(word, "ask")) {
        set_action(config, statement, rule, AA_ACTION_ASK);
        (void)aa_interpret_ask(config, statement, &rule->ask);
    } else {
        return false;
    }
    return true;
}

static bool interpret_allow_key(struct aa_config *config, const struct aa_statement *statement,
                                struct aa_config_rule *rule)
{
    static const struct aa_choice flags[] = { { "wrapped-ok", AA_ALLOW_WRAPPED_OK },
                                              { "opaque-ok", AA_ALLOW_OPAQUE_OK },
                                              { "approver-ok", AA_ALLOW_APPROVER_OK } };

    for (size_t i = 0; i < AA_ARRAY_SIZE(flags); i++) {
        if (!aa_streq(statement->words[0].text, flags[i].word))
            continue;
        if (aa_no_block(config, statement) &&
            !aa_said_twice(config, statement, (rule->allow_flags & flags[i].value) != 0) &&
            aa_word_count(config, statement, 0, 0, flags[i].word))
            rule->allow_flags |= flags[i].value;
        return true;
    }
    if (!aa_streq(statement->words[0].text, "env-ok"))
        return false;
    if (aa_no_block(config, statement) && !aa_said_twice(config, statement, rule->env_ok.n != 0) &&
        aa_word_count(config, statement, 1, AA_WORDS_MAX, "env-ok NAME…") &&
        aa_value_plains(config, statement->words + 1, statement->n - 1, "a variable")) {
        rule->env_ok = (struct aa_word_list){ statement->words + 1, statement->n - 1 };
        for (size_t i = 0; i < rule->env_ok.n; i++)
            (void)check_variable_word(config, &rule->env_ok.v[i]);
    }
    return true;
}

/* ---- the whole rule ---- */

static bool has_positive(const struct aa_config_rule *rule, enum aa_key key)
{
    for (const struct aa_config_condition *c = rule->conditions; c != NULL; c = c->next) {
        if (c->key == key && !c->negated)
            return true;
    }
    return false;
}

/* Whether the rule can hold under sudo at all. */
static bool covers_sudo(const struct aa_config_rule *rule)
{
    for (const struct aa_config_condition *c = rule->conditions; c != NULL; c = c->next) {
        bool names_sudo = false;

        if (c->key != AA_KEY_FRONTEND && c->key != AA_KEY_SERVICE)
            continue;
        for (size_t i = 0; i < c->words.n; i++)
            names_sudo |= aa_streq(c->words.v[i].text, "sudo");
        if (names_sudo == c->negated)
            return false;
    }
    return true;
}

static void check_allow(struct aa_config *config, const struct aa_config_rule *rule)
{
    if (covers_sudo(rule) && !has_positive(rule, AA_KEY_COMMAND) &&
        !has_positive(rule, AA_KEY_EDIT))
        aa_complain(config->complaints, rule->named.place,
                    "rule %s allows any command under sudo; add \"when command PATH\", "
                    "\"when edit\" or \"when frontend pam\"", rule->named.name);
    for (const struct aa_config_condition *c = rule->conditions; c != NULL; c = c->next) {
        if (c->key != AA_KEY_COMMAND || c->negated)
            continue;
        for (size_t i = 0; i < c->words.n; i++) {
            if (c->words.v[i].text[0] != '/')
                aa_complain(config->complaints, c->words.v[i].place,
                            "\"%s\" is no full path; an allow rule takes full paths only, since "
                            "anybody can give a program of theirs this name", c->words.v[i].text);
        }
    }
}

static bool has_ask_keys(const struct aa_config_ask *ask)
{
    return ask->from_said || ask->quorum != 0 || ask->timeout_seconds != 0 || ask->reason != 0 ||
           ask->risk != 0 || ask->flags_said != 0;
}

static void check_rule(struct aa_config *config, const struct aa_config_rule *rule)
{
    bool has_allow_keys = rule->allow_flags != 0 || rule->env_ok.n != 0;

    if (rule->action == AA_ACTION_NONE) {
        aa_complain(config->complaints, rule->named.place,
                    "rule %s has no action; expected allow, deny \"why\" or ask CHANNEL…",
                    rule->named.name);
        return;
    }
    if (rule->action != AA_ACTION_ASK && has_ask_keys(&rule->ask))
        aa_complain(config->complaints, rule->named.place,
                    "rule %s has keys that go only with ask (from, quorum, timeout, reason, "
                    "risk, …)", rule->named.name);
    if (rule->action != AA_ACTION_ALLOW && has_allow_keys)
        aa_complain(config->complaints, rule->named.place,
                    "rule %s has keys that go only with allow (env-ok, wrapped-ok, opaque-ok, "
                    "approver-ok)", rule->named.name);
    if (rule->action == AA_ACTION_ALLOW)
        check_allow(config, rule);
}

void aa_interpret_rule(struct aa_config *config, const struct aa_statement *statement,
                       struct aa_file_context *context)
{
    static const char *const more_words[] = { "when", "allow", "deny", "env-ok", "wrapped-ok",
                                              "opaque-ok", "approver-ok" };
    const char *known[AA_ARRAY_SIZE(more_words) + AA_ASK_KEY_WORDS];
    struct aa_config_rule *rule = AA_NEW(config->arena, struct aa_config_rule);
    size_t errors = config->complaints->errors;

    if (rule == NULL) {
        config->complaints->out_of_memory = true;
        return;
    }
    if (!aa_word_count(config, statement, 1, 1, "rule NAME { … }") ||
        !aa_value_name(config, &statement->words[1], "the name of a rule"))
        return;
    rule->named = (struct aa_named){ statement->words[1].text, statement->words[1].place };
    if (context->pack == NULL && (aa_streq(rule->named.name, "default") ||
                                  aa_streq(rule->named.name, "root")))
        aa_complain(config->complaints, rule->named.place,
                    "records call other decisions \"%s\"; give the rule another name",
                    rule->named.name);
    if (!statement->has_block) {
        aa_complain(config->complaints, statement->words[0].place,
                    "the block is missing; expected: rule NAME { when …; ACTION; … }");
        return;
    }
    if (config->rules.n == AA_RULES_MAX) {
        aa_complain(config->complaints, rule->named.place, "more than %d rules", AA_RULES_MAX);
        return;
    }
    memcpy(known, more_words, sizeof(more_words));
    memcpy(known + AA_ARRAY_SIZE(more_words), aa_ask_key_words,
           AA_ASK_KEY_WORDS * sizeof(known[0]));
    for (const struct aa_statement *s = statement->children; s != NULL; s = s->next) {
        if (aa_streq(s->words[0].text, "when"))
            interpret_when(config, s, rule);
        else if (!interpret_action(config, s, rule) && !interpret_allow_key(config, s, rule) &&
                 !aa_interpret_ask_key(config, s, &rule->ask))
            aa_unknown_word(config, &s->words[0], "in a rule", known, AA_ARRAY_SIZE(known));
    }
    rule->pack = context->pack;
    rule->include = context->include;
    if (context->pack != NULL) {
        rule->named.name = aa_arena_printf(config->arena, "%s/%s", context->pack,
                                           rule->named.name);
        config->complaints->out_of_memory |= rule->named.name == NULL;
    }
    if (config->complaints->errors == errors) /* else it would complain of what was not read */
        check_rule(config, rule);
    AA_LIST_ADD(&config->rules, rule);
}
