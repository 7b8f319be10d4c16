/* SPDX-License-Identifier: ISC */
#include "emit-internal.h"

#include <errno.h>

#include "references.h"
#include "when-values.h"

enum { TABLE_SIZE = 65536 }; /* of the texts that were seen, so that equal ones are stored once */

struct aa_emitted_text {
    struct aa_snap_text text;
    struct aa_emitted_text *next;
};

/* ---- building blocks ---- */

void aa_emit(struct aa_emitter *e, enum aa_section section, const void *element, size_t size)
{
    aa_buffer_add(&e->sections[section], element, size);
}

uint32_t aa_emit_count(const struct aa_emitter *e, enum aa_section section, size_t size)
{
    return (uint32_t)(e->sections[section].length / size);
}

struct aa_snap_text aa_emit_text(struct aa_emitter *e, const char *value)
{
    struct aa_snap_text empty = { 0, 0 };
    struct aa_buffer *texts = &e->sections[AA_SECTION_TEXT];
    size_t length = value == NULL ? 0 : strlen(value);
    uint32_t hash = 2166136261u;
    struct aa_emitted_text *seen;

    if (length == 0 || e->error != 0)
        return empty;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)value[i]) * 16777619u;
    for (seen = e->table[hash % TABLE_SIZE]; seen != NULL; seen = seen->next) {
        if (seen->text.length == length &&
            memcmp(texts->data + seen->text.offset, value, length) == 0)
            return seen->text;
    }
    seen = AA_NEW(&e->arena, struct aa_emitted_text);
    if (seen == NULL) {
        e->error = -ENOMEM;
        return empty;
    }
    seen->text = (struct aa_snap_text){ (uint32_t)texts->length, (uint32_t)length };
    aa_buffer_add(texts, value, length + 1);
    if (texts->error != 0) {
        e->error = texts->error;
        return empty;
    }
    seen->next = e->table[hash % TABLE_SIZE];
    e->table[hash % TABLE_SIZE] = seen;
    return seen->text;
}

char *aa_emit_lower(struct aa_emitter *e, const char *value)
{
    char *lower = aa_arena_strdup(&e->arena, value);

    for (char *p = lower; p != NULL && *p != '\0'; p++) {
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    }
    return lower;
}

enum words_as { AS_TEXT, AS_GLOB, AS_LOWER_GLOB };

static struct aa_snap_range words(struct aa_emitter *e, const struct aa_word_list *list,
                                  enum words_as as)
{
    struct aa_snap_range range = { aa_emit_count(e, AA_SECTION_WORDS, sizeof(struct aa_snap_word)),
                                   (uint32_t)list->n };

    for (size_t i = 0; i < list->n && e->error == 0; i++) {
        const struct aa_word *word = &list->v[i];
        const char *value = as == AS_TEXT ? word->text : word->glob;
        struct aa_snap_word out = { 0 };

        if (as == AS_LOWER_GLOB)
            value = aa_emit_lower(e, value);
        if (value == NULL) {
            e->error = -ENOMEM;
            break;
        }
        out.text = aa_emit_text(e, value);
        out.flags = (as != AS_TEXT && word->has_glob ? AA_WORD_GLOB : 0u) |
                    (word->is_rest ? AA_WORD_REST : 0u);
        aa_emit(e, AA_SECTION_WORDS, &out, sizeof(out));
    }
    return range;
}

/*
 * A rule that names /bin/dash means the file that this is, which on most hosts is called
 * /usr/bin/dash: both are written down.
 */
static struct aa_snap_range command_words(struct aa_emitter *e, const struct aa_word_list *list)
{
    struct aa_snap_range range = words(e, list, AS_GLOB);

    for (size_t i = 0; e->options->resolve_paths && i < list->n && e->error == 0; i++) {
        const struct aa_word *word = &list->v[i];
        _cleanup_free_ char *real = NULL;
        struct aa_snap_word out = { 0 };

        if (word->has_glob || word->text[0] != '/')
            continue;
        real = realpath(word->text, NULL);
        if (real == NULL || aa_streq(real, word->text))
            continue;
        out.text = aa_emit_text(e, real);
        aa_emit(e, AA_SECTION_WORDS, &out, sizeof(out));
        range.count++;
    }
    return range;
}

/* One word an alternative: the days and hours in its number, their text for people. */
static struct aa_snap_range time_words(struct aa_emitter *e, const struct aa_word_list *list)
{
    struct aa_snap_range range = { aa_emit_count(e, AA_SECTION_WORDS, sizeof(struct aa_snap_word)), 0 };
    size_t taken;

    for (size_t i = 0; i < list->n && e->error == 0; i += taken) {
        const struct aa_word *word = &list->v[i];
        struct aa_snap_word out = { 0 };
        const char *both;

        taken = aa_read_time(word, list->n - i, &out.number);
        if (taken == 0) {
            e->error = -EINVAL; /* it was checked */
            break;
        }
        both = taken == 1 ? word->text :
                            aa_arena_printf(&e->arena, "%s %s", word->text, word[1].text);
        if (both == NULL)
            e->error = -ENOMEM;
        out.text = aa_emit_text(e, both);
        aa_emit(e, AA_SECTION_WORDS, &out, sizeof(out));
        range.count++;
    }
    return range;
}

/* Addresses and networks as digits, so that no text of the policy is read at decision time. */
static struct aa_snap_range remote_words(struct aa_emitter *e, const struct aa_word_list *list)
{
    struct aa_snap_range range = { aa_emit_count(e, AA_SECTION_WORDS, sizeof(struct aa_snap_word)),
                                   (uint32_t)list->n };

    for (size_t i = 0; i < list->n && e->error == 0; i++) {
        const struct aa_word *word = &list->v[i];
        struct aa_snap_word out = { 0 };
        struct aa_address network;
        char digits[AA_ADDRESS_HEX_SIZE], *lower;
        size_t n;
        const char *value = word->glob;

        switch (aa_read_remote(NULL, word, &network, &out.number)) {
        case AA_REMOTE_FORM_NETWORK:
            out.flags = AA_WORD_NETWORK;
            aa_hex(network.bytes, sizeof(network.bytes), digits);
            value = digits;
            break;
        case AA_REMOTE_FORM_ANY:
            out.flags = AA_WORD_ANY | AA_WORD_GLOB;
            break;
        default:
            out.flags = word->has_glob ? AA_WORD_GLOB : 0u;
            value = lower = aa_emit_lower(e, word->glob);
            n = lower == NULL ? 0 : strlen(lower);
            if (n > 1 && lower[n - 1] == '.')
                lower[n - 1] = '\0'; /* a full name may end in a dot */
        }
        if (value == NULL)
            e->error = -ENOMEM;
        out.text = aa_emit_text(e, value);
        aa_emit(e, AA_SECTION_WORDS, &out, sizeof(out));
    }
    return range;
}

static struct aa_snap_range accounts_as_words(struct aa_emitter *e,
                                              const struct aa_config_account *first)
{
    struct aa_snap_range range = { aa_emit_count(e, AA_SECTION_WORDS, sizeof(struct aa_snap_word)), 0 };

    for (; first != NULL && e->error == 0; first = first->next) {
        struct aa_snap_word out = { .text = aa_emit_text(e, first->word->text) };

        aa_emit(e, AA_SECTION_WORDS, &out, sizeof(out));
        range.count++;
    }
    return range;
}

/* ---- who ---- */

static void emit_channels(struct aa_emitter *e)
{
    for (const struct aa_config_channel *c = e->config->channels.first; c != NULL; c = c->next) {
        struct aa_snap_channel out = { .name = aa_emit_text(e, c->named.name), .type = c->type };

        out.pairs.first = aa_emit_count(e, AA_SECTION_PAIRS, sizeof(struct aa_snap_pair));
        for (size_t i = 0; i < c->pairs_n; i++) {
            struct aa_snap_pair pair = { c->pairs[i].key, aa_emit_text(e, c->pairs[i].value) };

            aa_emit(e, AA_SECTION_PAIRS, &pair, sizeof(pair));
            out.pairs.count++;
        }
        aa_emit(e, AA_SECTION_CHANNELS, &out, sizeof(out));
    }
}

static void emit_people(struct aa_emitter *e)
{
    for (const struct aa_config_entity *p = e->config->persons.first; p != NULL; p = p->next) {
        struct aa_snap_person out = { .name = aa_emit_text(e, p->named.name) };

        out.accounts.first = aa_emit_count(e, AA_SECTION_ACCOUNTS, sizeof(struct aa_snap_account));
        for (const struct aa_config_account *a = p->accounts; a != NULL; a = a->next) {
            struct aa_snap_account account = { a->kind, aa_emit_text(e, a->word->text) };

            aa_emit(e, AA_SECTION_ACCOUNTS, &account, sizeof(account));
            out.accounts.count++;
        }
        aa_emit(e, AA_SECTION_PERSONS, &out, sizeof(out));
    }
    for (const struct aa_config_entity *g = e->config->groups.first; g != NULL; g = g->next) {
        struct aa_snap_group out = { .name = aa_emit_text(e, g->named.name) };

        out.members.first = aa_emit_count(e, AA_SECTION_MEMBERS, sizeof(struct aa_snap_member));
        for (const struct aa_config_account *m = g->accounts; m != NULL; m = m->next) {
            struct aa_snap_member member = { m->kind, m->number, aa_emit_text(e, m->word->text) };

            aa_emit(e, AA_SECTION_MEMBERS, &member, sizeof(member));
            out.members.count++;
        }
        aa_emit(e, AA_SECTION_GROUPS, &out, sizeof(out));
    }
    for (const struct aa_config_entity *a = e->config->agents.first; a != NULL; a = a->next) {
        struct aa_snap_agent out = { .name = aa_emit_text(e, a->named.name) };

        out.accounts = accounts_as_words(e, a->accounts);
        out.owners = words(e, &a->owners, AS_TEXT);
        aa_emit(e, AA_SECTION_AGENTS, &out, sizeof(out));
    }
}

static void emit_labels(struct aa_emitter *e)
{
    for (const struct aa_config_entity *l = e->config->labels.first; l != NULL; l = l->next) {
        struct aa_snap_label out = { .name = aa_emit_text(e, l->named.name) };

        out.paths = words(e, &l->paths, AS_GLOB);
        out.xattrs = words(e, &l->xattrs, AS_TEXT);
        aa_emit(e, AA_SECTION_LABELS, &out, sizeof(out));
    }
}

/* ---- rules ---- */

static uint32_t emit_ask(struct aa_emitter *e, const struct aa_config_rule *rule)
{
    struct aa_config_ask ask = aa_complete_ask(e->config, rule);
    uint32_t index = aa_emit_count(e, AA_SECTION_ASKS, sizeof(struct aa_snap_ask));
    struct aa_snap_ask out = {
        .channels = words(e, &ask.channels, AS_TEXT),
        .then_channels = words(e, &ask.then_channels, AS_TEXT),
        .from = words(e, &ask.from, AS_TEXT),
        .then_seconds = ask.then_seconds,
        .timeout_seconds = ask.timeout_seconds,
        .quorum = ask.quorum,
        .reason = ask.reason,
        .risk = ask.risk,
        .flags = ask.flags,
    };

    aa_emit(e, AA_SECTION_ASKS, &out, sizeof(out));
    return index;
}

static enum words_as form_of(enum aa_key key)
{
    switch (key) {
    case AA_KEY_HOST:
        return AS_LOWER_GLOB;
    case AA_KEY_USER:
    case AA_KEY_GROUP:
    case AA_KEY_COMMAND:
    case AA_KEY_ARGS:
    case AA_KEY_CWD:
    case AA_KEY_TTY:
    case AA_KEY_ENV:
        return AS_GLOB;
    default:
        return AS_TEXT;
    }
}

static struct aa_snap_range condition_words(struct aa_emitter *e,
                                            const struct aa_config_condition *condition)
{
    switch (condition->key) {
    case AA_KEY_COMMAND:
        return command_words(e, &condition->words);
    case AA_KEY_TIME:
        return time_words(e, &condition->words);
    case AA_KEY_RHOST:
        return remote_words(e, &condition->words);
    default:
        return words(e, &condition->words, form_of(condition->key));
    }
}

static void note_needs(struct aa_emitter *e, const struct aa_config_condition *condition)
{
    e->header.needs |= UINT64_C(1) << condition->key;
    for (size_t i = 0; condition->key == AA_KEY_HOST && i < condition->words.n; i++) {
        if (strchr(condition->words.v[i].text, '.') != NULL)
            e->header.full_host_name = 1;
    }
}

static void emit_rules(struct aa_emitter *e)
{
    for (const struct aa_config_rule *r = e->config->rules.first; r != NULL; r = r->next) {
        struct aa_snap_rule out = {
            .name = aa_emit_text(e, r->named.name),
            .why = aa_emit_text(e, r->why),
            .file = aa_emit_text(e, r->named.place.source->path),
            .line = r->named.place.line,
            .action = r->action,
            .flags = r->allow_flags,
        };

        out.conditions.first = aa_emit_count(e, AA_SECTION_CONDITIONS,
                                        sizeof(struct aa_snap_condition));
        for (const struct aa_config_condition *c = r->conditions; c != NULL; c = c->next) {
            struct aa_snap_condition condition = { c->key, c->negated, condition_words(e, c) };

            note_needs(e, c);
            aa_emit(e, AA_SECTION_CONDITIONS, &condition, sizeof(condition));
            out.conditions.count++;
        }
        out.env_ok = words(e, &r->env_ok, AS_TEXT);
        if (r->action == AA_ACTION_ASK)
            out.ask = emit_ask(e, r);
        aa_emit(e, AA_SECTION_RULES, &out, sizeof(out));
    }
}

static void emit_settings(struct aa_emitter *e)
{
    const struct aa_config *config = e->config;

    e->header.settings = (struct aa_snap_settings){
        .record = config->record != 0 ? config->record : AA_RECORD_REQUIRED,
        .mode = config->mode != 0 ? config->mode : AA_MODE_ENFORCE,
        .max_waiting = config->max_waiting != 0 ? config->max_waiting : 200,
        .max_waiting_per_user = config->max_waiting_per_user != 0 ? config->max_waiting_per_user :
                                                                    5,
        .cool_down_seconds = config->cool_down_seconds, /* 0 is a choice */
        .default_action = config->default_action,
        .default_why = aa_emit_text(e, config->default_why),
        .timezone = aa_emit_text(e, config->timezone),
        .by_email = accounts_as_words(e, config->by_email.first),
    };
    if (config->default_action == AA_ACTION_ASK)
        e->header.settings.default_ask = emit_ask(e, NULL);
}

static void emit_zone(struct aa_emitter *e)
{
    const struct aa_zone *zone = &e->config->zone;

    for (size_t i = 0; i < zone->n; i++) {
        struct aa_snap_zone_change out = { .since = zone->changes[i].since,
                                           .offset_seconds = zone->changes[i].offset_seconds,
                                           .abbreviation = aa_emit_text(e, zone->changes[i].abbreviation) };

        aa_emit(e, AA_SECTION_ZONE_CHANGES, &out, sizeof(out));
    }
}

/* ---- the file ---- */

static void assemble(struct aa_emitter *e, struct aa_buffer *ret)
{
    struct aa_snap_header *header = &e->header;

    aa_buffer_clear(ret);
    aa_buffer_add(ret, header, sizeof(*header));
    for (size_t i = 0; i < AA_SECTION_COUNT; i++) {
        struct aa_buffer *section = &e->sections[i];

        aa_buffer_pad(ret, 8);
        header->sections[i] = (struct aa_snap_section){
            (uint32_t)ret->length, (uint32_t)(section->length / aa_snapshot_element_size[i])
        };
        aa_buffer_add(ret, section->data, section->length);
        if (section->error != 0)
            ret->error = section->error;
    }
    if (ret->error != 0)
        return;
    memcpy(header->magic, AA_SNAPSHOT_MAGIC, sizeof(header->magic));
    header->format = AA_SNAPSHOT_FORMAT;
    header->byte_order = AA_SNAPSHOT_BYTE_ORDER;
    header->size = ret->length;
    memcpy(ret->data, header, sizeof(*header));
    aa_snapshot_seal(ret->data, ret->length);
}

int aa_emit_snapshot(const struct aa_config *config, const struct aa_emit_options *options,
                     struct aa_buffer *ret)
{
    struct aa_emitter *e = calloc(1, sizeof(*e));
    int r;

    if (e == NULL)
        return -ENOMEM;
    e->config = config;
    e->options = options;
    e->arena.maximum = AA_CONFIG_MEMORY_MAX;
    e->table = calloc(TABLE_SIZE, sizeof(*e->table));
    if (e->table == NULL)
        e->error = -ENOMEM;
    for (size_t i = 0; i < AA_SECTION_COUNT; i++)
        e->sections[i].maximum = AA_SNAPSHOT_SIZE_MAX;
    aa_buffer_add_byte(&e->sections[AA_SECTION_TEXT], '\0'); /* offset 0: the empty text */
    memcpy(e->header.digest, options->digest, sizeof(e->header.digest));
    e->header.applied_usec = options->applied_usec;
    e->header.try_until_boottime_usec = options->try_until_boottime_usec;
    if (options->try_boot_id != NULL)
        memcpy(e->header.try_boot_id, options->try_boot_id,
               AA_MIN(strlen(options->try_boot_id), sizeof(e->header.try_boot_id) - 1));
    if (e->error == 0 && options->masks_alone) {
        aa_emit_masks(e);
    } else if (e->error == 0) {
        emit_settings(e);
        emit_zone(e);
        emit_channels(e);
        emit_people(e);
        emit_labels(e);
        emit_rules(e);
        aa_emit_masks(e);
    }
    if (e->error == 0)
        assemble(e, ret);
    r = e->error != 0 ? e->error : ret->error;
    for (size_t i = 0; i < AA_SECTION_COUNT; i++)
        aa_buffer_free(&e->sections[i]);
    aa_arena_clear(&e->arena);
    free(e->table);
    free(e);
    return r;
}
