/* SPDX-License-Identifier: ISC */
/* Who: persons, groups, agents; and labels, which are named lists like them. */
#include "interpret.h"

static void add_accounts(struct aa_config *config, struct aa_config_entity *entity,
                         const struct aa_statement *statement, uint32_t kind)
{
    struct aa_config_account **end = &entity->accounts;

    while (*end != NULL)
        end = &(*end)->next;
    for (size_t i = 1; i < statement->n; i++) {
        struct aa_config_account *account = aa_allocate(config, sizeof(*account));

        if (account == NULL || !aa_value_plain(config, &statement->words[i], "a name"))
            return;
        account->kind = kind;
        account->word = &statement->words[i];
        *end = account;
        end = &account->next;
    }
}

static const struct aa_choice account_kinds[] = {
    { "unix", AA_ACCOUNT_UNIX },   { "slack", AA_ACCOUNT_SLACK }, { "matrix", AA_ACCOUNT_MATRIX },
    { "teams", AA_ACCOUNT_TEAMS }, { "api", AA_ACCOUNT_API },     { "email", AA_ACCOUNT_EMAIL },
};

static const struct aa_choice member_kinds[] = {
    { "person", AA_MEMBER_PERSON },
    { "unix-group", AA_MEMBER_UNIX_GROUP },
    { "slack-group", AA_MEMBER_SLACK_GROUP },
};

static uint32_t kind_of(const struct aa_choice *choices, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++) {
        if (aa_streq(choices[i].word, word))
            return choices[i].value;
    }
    return 0;
}

static void person_account(struct aa_config *config, const struct aa_statement *statement,
                           void *context)
{
    if (aa_no_block(config, statement) &&
        aa_word_count(config, statement, 1, AA_WORDS_MAX, "KIND ACCOUNT…"))
        add_accounts(config, context, statement,
                     kind_of(account_kinds, AA_ARRAY_SIZE(account_kinds),
                             statement->words[0].text));
}

static void member_of_group(struct aa_config *config, const struct aa_statement *statement,
                         void *context)
{
    if (aa_no_block(config, statement) &&
        aa_word_count(config, statement, 1, AA_WORDS_MAX, "KIND NAME…"))
        add_accounts(config, context, statement,
                     kind_of(member_kinds, AA_ARRAY_SIZE(member_kinds), statement->words[0].text));
}

static void group_power(struct aa_config *config, const struct aa_statement *statement,
                        void *context)
{
    struct aa_config_entity *group = context;
    struct aa_config_account *last;
    uint32_t power;

    if (!aa_no_block(config, statement) ||
        !aa_word_count(config, statement, 1, 1, "matrix-power N") ||
        !aa_value_number(config, &statement->words[1], 1, 1000000, &power))
        return;
    add_accounts(config, group, statement, AA_MEMBER_MATRIX_POWER);
    for (last = group->accounts; last != NULL && last->next != NULL;)
        last = last->next;
    if (last != NULL)
        last->number = power;
}

static void agent_unix(struct aa_config *config, const struct aa_statement *statement,
                       void *context)
{
    if (aa_no_block(config, statement) &&
        aa_word_count(config, statement, 1, AA_WORDS_MAX, "unix ACCOUNT…"))
        add_accounts(config, context, statement, AA_ACCOUNT_UNIX);
}

/* The room of a list that grows by doubling. */
static size_t capacity(size_t n)
{
    size_t room = 8;

    while (room < n)
        room *= 2;
    return room;
}

void aa_append_words(struct aa_config *config, struct aa_word_list *list,
                     const struct aa_word *words, size_t n)
{
    struct aa_word *all = (struct aa_word *)(uintptr_t)list->v; /* ours: only this makes them */
    size_t room = capacity(list->n);

    if (all == NULL || list->n + n > room) {
        all = aa_allocate(config, capacity(list->n + n) * sizeof(*all));
        if (all == NULL)
            return;
        if (list->n > 0)
            memcpy(all, list->v, list->n * sizeof(*all));
    }
    memcpy(all + list->n, words, n * sizeof(*all));
    *list = (struct aa_word_list){ all, list->n + n };
}

static void agent_owner(struct aa_config *config, const struct aa_statement *statement,
                        void *context)
{
    struct aa_config_entity *agent = context;

    if (aa_no_block(config, statement) &&
        aa_word_count(config, statement, 1, AA_WORDS_MAX, "owner PERSON…") &&
        aa_value_plains(config, statement->words + 1, statement->n - 1, "a person"))
        aa_append_words(config, &agent->owners, statement->words + 1, statement->n - 1);
}

static void label_path(struct aa_config *config, const struct aa_statement *statement,
                       void *context)
{
    struct aa_config_entity *label = context;

    if (!aa_no_block(config, statement) ||
        !aa_word_count(config, statement, 1, AA_WORDS_MAX, "path GLOB…"))
        return;
    for (size_t i = 1; i < statement->n; i++) {
        if (statement->words[i].text[0] != '/')
            aa_complain(config->complaints, statement->words[i].place,
                        "\"%s\" is not an absolute path", statement->words[i].text);
    }
    aa_append_words(config, &label->paths, statement->words + 1, statement->n - 1);
}

static void label_xattr(struct aa_config *config, const struct aa_statement *statement,
                        void *context)
{
    struct aa_config_entity *label = context;

    if (!aa_no_block(config, statement) ||
        !aa_word_count(config, statement, 2, AA_WORDS_MAX, "xattr NAME VALUE…") ||
        !aa_value_plains(config, statement->words + 1, statement->n - 1, "an attribute"))
        return;
    for (size_t i = 2; i < statement->n; i++) { /* as pairs of name and value */
        aa_append_words(config, &label->xattrs, &statement->words[1], 1);
        aa_append_words(config, &label->xattrs, &statement->words[i], 1);
    }
}

static struct aa_config_entity *interpret_entity(struct aa_config *config,
                                                 const struct aa_statement *statement,
                                                 const char *what, const char *form,
                                                 const char *where,
                                                 const struct aa_statement_word *words, size_t n)
{
    struct aa_config_entity *entity = aa_allocate(config, sizeof(*entity));

    if (entity == NULL || !aa_start_block(config, statement, what, form, &entity->named))
        return NULL;
    aa_interpret_block(config, statement->children, where, words, n, entity);
    return entity;
}

void aa_interpret_person(struct aa_config *config, const struct aa_statement *statement,
                             void *context)
{
    struct aa_statement_word words[AA_ARRAY_SIZE(account_kinds)];
    struct aa_config_entity *person;

    (void)context;
    for (size_t i = 0; i < AA_ARRAY_SIZE(words); i++)
        words[i] = (struct aa_statement_word){ account_kinds[i].word, person_account };
    person = interpret_entity(config, statement, "the name of a person",
                              "person NAME { unix ACCOUNT; … }", "in a person", words,
                              AA_ARRAY_SIZE(words));
    if (person != NULL)
        AA_LIST_ADD(&config->persons, person);
}

void aa_interpret_group(struct aa_config *config, const struct aa_statement *statement,
                            void *context)
{
    static const struct aa_statement_word words[] = {
        { "person", member_of_group },
        { "unix-group", member_of_group },
        { "slack-group", member_of_group },
        { "matrix-power", group_power },
    };
    struct aa_config_entity *group =
        interpret_entity(config, statement, "the name of a group", "group NAME { person NAME; … }",
                         "in a group", words, AA_ARRAY_SIZE(words));

    (void)context;
    if (group != NULL)
        AA_LIST_ADD(&config->groups, group);
}

void aa_interpret_agent(struct aa_config *config, const struct aa_statement *statement,
                            void *context)
{
    static const struct aa_statement_word words[] = { { "unix", agent_unix },
                                                      { "owner", agent_owner } };
    struct aa_config_entity *agent =
        interpret_entity(config, statement, "the name of an agent",
                         "agent NAME { unix ACCOUNT; owner PERSON… }", "in an agent", words,
                         AA_ARRAY_SIZE(words));

    (void)context;
    if (agent == NULL)
        return;
    if (aa_streq(agent->named.name, "any"))
        aa_complain(config->complaints, agent->named.place,
                    "\"any\" stands for every agent and cannot name one");
    if (agent->accounts == NULL)
        aa_complain(config->complaints, agent->named.place,
                    "agent %s has no account; expected: unix ACCOUNT", agent->named.name);
    if (agent->owners.n == 0)
        aa_complain(config->complaints, agent->named.place,
                    "agent %s has no owner; expected: owner PERSON", agent->named.name);
    AA_LIST_ADD(&config->agents, agent);
}

void aa_interpret_label(struct aa_config *config, const struct aa_statement *statement,
                            void *context)
{
    static const struct aa_statement_word words[] = { { "path", label_path },
                                                      { "xattr", label_xattr } };
    struct aa_file_context *file = context;
    struct aa_config_entity *label =
        interpret_entity(config, statement, "the name of a label", "label NAME { path GLOB…; … }",
                         "in a label", words, AA_ARRAY_SIZE(words));

    if (label == NULL)
        return;
    if (file->pack != NULL) {
        label->named.name = aa_arena_printf(config->arena, "%s/%s", file->pack, label->named.name);
        config->complaints->out_of_memory |= label->named.name == NULL;
    }
    AA_LIST_ADD(&config->labels, label);
}

void aa_interpret_people(struct aa_config *config, const struct aa_statement *statement,
                             void *context)
{
    struct aa_config_account *domain = aa_allocate(config, sizeof(*domain));

    (void)context;
    if (domain == NULL || !aa_no_block(config, statement) ||
        !aa_word_count(config, statement, 2, 2, "people by-email DOMAIN"))
        return;
    if (!aa_streq(statement->words[1].text, "by-email")) {
        aa_complain(config->complaints, statement->words[1].place,
                    "unknown word \"%s\" behind \"people\"; expected by-email",
                    statement->words[1].text);
        return;
    }
    if (!aa_value_name(config, &statement->words[2], "a mail domain"))
        return;
    if (strchr(statement->words[2].text, '@') != NULL ||
        strchr(statement->words[2].text, '.') == NULL) {
        aa_complain(config->complaints, statement->words[2].place,
                    "\"%s\" is no mail domain, such as example.com", statement->words[2].text);
        return;
    }
    domain->word = &statement->words[2];
    AA_LIST_ADD(&config->by_email, domain);
}
