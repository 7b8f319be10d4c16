/* SPDX-License-Identifier: ISC */
/* Channels: where to ask. */
#include "interpret.h"

static bool add_pair(struct aa_config *config, struct aa_config_channel *channel,
                     const struct aa_word *word, enum aa_channel_key key, const char *value)
{
    struct aa_config_pair *pairs;

    for (size_t i = 0; i < channel->pairs_n; i++) {
        if (channel->pairs[i].key == key) {
            aa_complain(config->complaints, word->place, "\"%s\" is said twice", word->text);
            return false;
        }
    }
    pairs = aa_allocate(config, (channel->pairs_n + 1) * sizeof(*pairs));
    if (pairs == NULL)
        return false;
    if (channel->pairs_n > 0)
        memcpy(pairs, channel->pairs, channel->pairs_n * sizeof(*pairs));
    pairs[channel->pairs_n++] = (struct aa_config_pair){ key, value };
    channel->pairs = pairs;
    return true;
}

static void channel_type(struct aa_config *config, const struct aa_statement *statement,
                         void *context)
{
    static const struct aa_choice choices[] = {
        { "local", AA_CHANNEL_LOCAL },   { "slack", AA_CHANNEL_SLACK },
        { "matrix", AA_CHANNEL_MATRIX }, { "teams", AA_CHANNEL_TEAMS },
        { "api", AA_CHANNEL_API },
    };
    struct aa_config_channel *channel = context;
    uint32_t type;

    if (!aa_no_block(config, statement) ||
        !aa_word_count(config, statement, 1, 1, "type local|slack|matrix|teams|api"))
        return;
    if (channel->type != 0)
        aa_complain(config->complaints, statement->words[0].place, "\"type\" is said twice");
    if (aa_value_choice(config, &statement->words[1], "type of channel", choices,
                        AA_ARRAY_SIZE(choices), &type))
        channel->type = (enum aa_channel_type)type;
}

enum pair_value { PAIR_TEXT, PAIR_URL, PAIR_FILE, PAIR_DURATION, PAIR_SECRET, PAIR_FILE_OR_SECRET };

static const struct pair_word {
    const char *word;
    enum aa_channel_key key;
    enum pair_value value;
    const char *form;
} pair_words[] = {
    { "url", AA_CHANNEL_KEY_URL, PAIR_URL, "url \"https://…\"" },
    { "ca-file", AA_CHANNEL_KEY_CA_FILE, PAIR_FILE, "ca-file PATH" },
    { "proxy", AA_CHANNEL_KEY_PROXY, PAIR_TEXT, "proxy URL" },
    { "connect-timeout", AA_CHANNEL_KEY_CONNECT_TIMEOUT, PAIR_DURATION, "connect-timeout 10s" },
    { "token", AA_CHANNEL_KEY_TOKEN, PAIR_SECRET, "token secret NAME" },
    { "client-cert", AA_CHANNEL_KEY_CLIENT_CERT, PAIR_FILE, "client-cert PATH" },
    { "client-key", AA_CHANNEL_KEY_CLIENT_KEY, PAIR_FILE_OR_SECRET,
      "client-key PATH, or client-key secret NAME" },
    { "room", AA_CHANNEL_KEY_ROOM, PAIR_TEXT, "room \"C0123456789\"" },
    { "approve-emoji", AA_CHANNEL_KEY_APPROVE_EMOJI, PAIR_TEXT, "approve-emoji NAME" },
    { "deny-emoji", AA_CHANNEL_KEY_DENY_EMOJI, PAIR_TEXT, "deny-emoji NAME" },
};

static bool check_file(struct aa_config *config, const struct aa_word *word)
{
    if (word->text[0] == '/')
        return true;
    aa_complain(config->complaints, word->place, "\"%s\" is not an absolute path", word->text);
    return false;
}

static bool is_secret(struct aa_config *config, const struct aa_statement *statement)
{
    return statement->n == 3 && aa_streq(statement->words[1].text, "secret") &&
           aa_value_name(config, &statement->words[2], "the name of a secret");
}

static bool check_pair(struct aa_config *config, const struct aa_statement *statement,
                       const struct pair_word *pair, const char **ret)
{
    const struct aa_word *value = statement->words + 1;
    bool secret = pair->value == PAIR_SECRET ||
                  (pair->value == PAIR_FILE_OR_SECRET && aa_streq(value->text, "secret"));
    uint32_t seconds;

    if (secret) {
        if (!aa_streq(value->text, "secret")) {
            struct aa_place place = value->place;

            place.column = 0; /* what stands there may be the secret itself */
            aa_complain(config->complaints, place, "a secret is never written here; expected: %s",
                        pair->form);
            return false;
        }
        if (!aa_word_count(config, statement, 2, 2, pair->form))
            return false;
        *ret = statement->words[2].text;
        return is_secret(config, statement);
    }
    *ret = value->text;
    if (!aa_word_count(config, statement, 1, 1, pair->form) ||
        !aa_value_plain(config, value, pair->word))
        return false;
    switch (pair->value) {
    case PAIR_URL:
        if (aa_after(value->text, "https://") != NULL)
            return true;
        aa_complain(config->complaints, value->place, "\"%s\" does not start with https://",
                    value->text);
        return false;
    case PAIR_DURATION:
        return aa_value_duration(config, value, 1, &seconds);
    case PAIR_FILE:
    case PAIR_FILE_OR_SECRET:
        return check_file(config, value);
    case PAIR_TEXT:
    case PAIR_SECRET:
        break;
    }
    return true;
}

static void channel_pair(struct aa_config *config, const struct aa_statement *statement,
                         void *context)
{
    for (size_t i = 0; i < AA_ARRAY_SIZE(pair_words); i++) {
        const char *value;

        if (!aa_streq(statement->words[0].text, pair_words[i].word))
            continue;
        if (aa_no_block(config, statement) &&
            aa_word_count(config, statement, 1, 2, pair_words[i].form) &&
            check_pair(config, statement, &pair_words[i], &value))
            (void)add_pair(config, context, &statement->words[0], pair_words[i].key, value);
        return;
    }
}

/* Which keys a type of channel takes, beside those of every network channel. */
static void check_channel(struct aa_config *config, const struct aa_config_channel *channel)
{
    if (channel->type == 0) {
        aa_complain(config->complaints, channel->named.place,
                    "channel %s says no type; expected: type local|slack|matrix|teams|api",
                    channel->named.name);
        return;
    }
    for (size_t i = 0; i < channel->pairs_n; i++) {
        enum aa_channel_key key = channel->pairs[i].key;
        bool fits = channel->type != AA_CHANNEL_LOCAL;
        const char *word = "";

        if (key == AA_CHANNEL_KEY_ROOM)
            fits = channel->type == AA_CHANNEL_SLACK || channel->type == AA_CHANNEL_MATRIX;
        else if (key == AA_CHANNEL_KEY_APPROVE_EMOJI || key == AA_CHANNEL_KEY_DENY_EMOJI)
            fits = channel->type == AA_CHANNEL_SLACK;
        for (size_t j = 0; j < AA_ARRAY_SIZE(pair_words); j++)
            word = pair_words[j].key == key ? pair_words[j].word : word;
        if (!fits)
            aa_complain(config->complaints, channel->named.place,
                        "channel %s is of a type that takes no \"%s\"", channel->named.name, word);
    }
}

void aa_interpret_channel(struct aa_config *config, const struct aa_statement *statement,
                              void *context)
{
    struct aa_statement_word words[AA_ARRAY_SIZE(pair_words) + 1] = { { "type", channel_type } };
    struct aa_config_channel *channel = aa_allocate(config, sizeof(*channel));

    (void)context;
    for (size_t i = 0; i < AA_ARRAY_SIZE(pair_words); i++)
        words[i + 1] = (struct aa_statement_word){ pair_words[i].word, channel_pair };
    if (channel == NULL || !aa_start_block(config, statement, "the name of a channel",
                                        "channel NAME { type TYPE; … }", &channel->named))
        return;
    if (aa_streq(channel->named.name, "then"))
        aa_complain(config->complaints, channel->named.place,
                    "\"then\" is a reserved word and cannot name a channel");
    aa_interpret_block(config, statement->children, "in a channel", words, AA_ARRAY_SIZE(words),
                       channel);
    check_channel(config, channel);
    AA_LIST_ADD(&config->channels, channel);
}
