/* SPDX-License-Identifier: ISC */
/* How a person is asked: channels, who may answer, and the other keys of an ask. They stand in
 * rules, in include blocks and behind "default". */
#include "interpret.h"

const char *const aa_ask_key_words[AA_ASK_KEY_WORDS] = {
    "ask", "from", "quorum", "timeout", "reason", "risk", "refuse-truncated", "allow-unbound",
    "show-code", "intercept-wait", "break-glass", "owner-may-approve",
};

bool aa_interpret_ask(struct aa_config *config, const struct aa_statement *statement,
                      struct aa_config_ask *ask)
{
    static const char form[] = "ask [CHANNEL…] [then DURATION CHANNEL…]";
    size_t then = 1;

    if (!aa_no_block(config, statement))
        return false;
    if (ask->channels_said) {
        aa_complain(config->complaints, statement->words[0].place, "\"ask\" is said twice");
        return false;
    }
    while (then < statement->n && !aa_streq(statement->words[then].text, "then"))
        then++;
    ask->place = statement->words[0].place;
    ask->channels_said = then > 1;
    ask->channels = (struct aa_word_list){ statement->words + 1, then - 1 };
    if (!aa_value_plains(config, ask->channels.v, ask->channels.n, "a channel"))
        return false;
    if (then == statement->n)
        return true;
    if (then + 2 >= statement->n) {
        aa_complain(config->complaints, statement->words[then].place,
                    "something is missing behind \"then\"; expected: %s", form);
        return false;
    }
    if (!aa_value_duration(config, &statement->words[then + 1], 1, &ask->then_seconds))
        return false;
    ask->then_channels = (struct aa_word_list){ statement->words + then + 2,
                                                statement->n - then - 2 };
    for (size_t i = 0; i < ask->then_channels.n; i++) {
        if (aa_streq(ask->then_channels.v[i].text, "then")) {
            aa_complain(config->complaints, ask->then_channels.v[i].place,
                        "\"then\" stands once in an ask");
            return false;
        }
    }
    return aa_value_plains(config, ask->then_channels.v, ask->then_channels.n, "a channel");
}

bool aa_said_twice(struct aa_config *config, const struct aa_statement *statement, bool said)
{
    if (said)
        aa_complain(config->complaints, statement->words[0].place, "\"%s\" is said twice",
                    statement->words[0].text);
    return said;
}

static void ask_from(struct aa_config *config, const struct aa_statement *s,
                     struct aa_config_ask *ask)
{
    if (aa_said_twice(config, s, ask->from_said) ||
        !aa_word_count(config, s, 1, AA_WORDS_MAX, "from GROUP…") ||
        !aa_value_plains(config, s->words + 1, s->n - 1, "a group"))
        return;
    ask->from_said = true;
    ask->from = (struct aa_word_list){ s->words + 1, s->n - 1 };
}

static void ask_quorum(struct aa_config *config, const struct aa_statement *s,
                       struct aa_config_ask *ask)
{
    if (!aa_said_twice(config, s, ask->quorum != 0) && aa_word_count(config, s, 1, 1, "quorum N"))
        (void)aa_value_number(config, &s->words[1], 1, 16, &ask->quorum);
}

static void ask_timeout(struct aa_config *config, const struct aa_statement *s,
                        struct aa_config_ask *ask)
{
    if (!aa_said_twice(config, s, ask->timeout_seconds != 0) &&
        aa_word_count(config, s, 1, 1, "timeout DURATION"))
        (void)aa_value_duration(config, &s->words[1], 1, &ask->timeout_seconds);
}

static void ask_reason(struct aa_config *config, const struct aa_statement *s,
                       struct aa_config_ask *ask)
{
    static const struct aa_choice choices[] = { { "required", AA_REASON_REQUIRED },
                                                { "optional", AA_REASON_OPTIONAL },
                                                { "off", AA_REASON_OFF } };
    uint32_t value;

    if (!aa_said_twice(config, s, ask->reason != 0) &&
        aa_word_count(config, s, 1, 1, "reason required|optional|off") &&
        aa_value_choice(config, &s->words[1], "way to treat reasons", choices,
                        AA_ARRAY_SIZE(choices), &value))
        ask->reason = (enum aa_reason)value;
}

static void ask_risk(struct aa_config *config, const struct aa_statement *s,
                     struct aa_config_ask *ask)
{
    static const struct aa_choice choices[] = { { "low", AA_RISK_LOW },
                                                { "medium", AA_RISK_MEDIUM },
                                                { "high", AA_RISK_HIGH },
                                                { "critical", AA_RISK_CRITICAL } };
    uint32_t value;

    if (!aa_said_twice(config, s, ask->risk != 0) &&
        aa_word_count(config, s, 1, 1, "risk low|medium|high|critical") &&
        aa_value_choice(config, &s->words[1], "risk", choices, AA_ARRAY_SIZE(choices), &value))
        ask->risk = (enum aa_risk)value;
}

static void ask_flag(struct aa_config *config, const struct aa_statement *s,
                     struct aa_config_ask *ask)
{
    static const struct aa_choice flags[] = {
        { "refuse-truncated", AA_ASK_REFUSE_TRUNCATED },
        { "allow-unbound", AA_ASK_ALLOW_UNBOUND },
        { "show-code", AA_ASK_SHOW_CODE },
        { "intercept-wait", AA_ASK_INTERCEPT_WAIT },
        { "owner-may-approve", AA_ASK_OWNER_MAY_APPROVE },
    };
    uint32_t flag = 0;

    for (size_t i = 0; i < AA_ARRAY_SIZE(flags); i++) {
        if (aa_streq(s->words[0].text, flags[i].word))
            flag = flags[i].value;
    }
    if (aa_said_twice(config, s, (ask->flags_said & flag) != 0) ||
        !aa_word_count(config, s, 0, 0, s->words[0].text))
        return;
    ask->flags |= flag;
    ask->flags_said |= flag;
}

static void ask_break_glass(struct aa_config *config, const struct aa_statement *s,
                            struct aa_config_ask *ask)
{
    static const struct aa_choice choices[] = { { "yes", 1 }, { "no", 0 } };
    uint32_t value;

    if (aa_said_twice(config, s, (ask->flags_said & AA_ASK_BREAK_GLASS) != 0) ||
        !aa_word_count(config, s, 1, 1, "break-glass yes|no") ||
        !aa_value_choice(config, &s->words[1], "answer", choices, AA_ARRAY_SIZE(choices), &value))
        return;
    ask->flags_said |= AA_ASK_BREAK_GLASS;
    ask->flags |= value != 0 ? AA_ASK_BREAK_GLASS : 0u;
}

bool aa_interpret_ask_key(struct aa_config *config, const struct aa_statement *statement,
                          struct aa_config_ask *ask)
{
    static const struct {
        const char *word;
        void (*interpret)(struct aa_config *, const struct aa_statement *, struct aa_config_ask *);
    } keys[] = {
        { "from", ask_from },
        { "quorum", ask_quorum },
        { "timeout", ask_timeout },
        { "reason", ask_reason },
        { "risk", ask_risk },
        { "refuse-truncated", ask_flag },
        { "allow-unbound", ask_flag },
        { "show-code", ask_flag },
        { "intercept-wait", ask_flag },
        { "owner-may-approve", ask_flag },
        { "break-glass", ask_break_glass },
    };

    for (size_t i = 0; i < AA_ARRAY_SIZE(keys); i++) {
        if (!aa_streq(statement->words[0].text, keys[i].word))
            continue;
        if (aa_no_block(config, statement))
            keys[i].interpret(config, statement, ask);
        return true;
    }
    return false;
}
