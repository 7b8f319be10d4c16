/* SPDX-License-Identifier: ISC */
/* The masks of a configuration, in the form in which the masker looks at them. */
#include "emit-internal.h"

#include <errno.h>

#include "mask/filter.h"
#include "mask/finders.h"

static void add_word(struct aa_emitter *e, struct aa_snap_range *range, const char *text,
                     uint32_t flags, uint32_t number)
{
    struct aa_snap_word out = { .text = aa_emit_text(e, text), .flags = flags, .number = number };

    aa_emit(e, AA_SECTION_WORDS, &out, sizeof(out));
    range->count++;
}

static struct aa_snap_range start_words(const struct aa_emitter *e)
{
    return (struct aa_snap_range){ aa_emit_count(e, AA_SECTION_WORDS, sizeof(struct aa_snap_word)),
                                   0 };
}

static void add_words(struct aa_emitter *e, struct aa_snap_range *range,
                      const struct aa_word_list *list, uint32_t flags)
{
    for (size_t i = 0; i < list->n; i++)
        add_word(e, range, list->v[i].text, flags, 0);
}

/* In lower case: whether ASCII letters are large is never asked of a literal. */
static struct aa_snap_range literals(struct aa_emitter *e, const struct aa_word_list *list)
{
    struct aa_snap_range range = start_words(e);

    for (size_t i = 0; i < list->n && e->error == 0; i++) {
        const char *lower = aa_emit_lower(e, list->v[i].text);

        if (lower == NULL)
            e->error = -ENOMEM;
        add_word(e, &range, lower, 0, 0);
    }
    return range;
}

static void emit_pattern(struct aa_emitter *e, const struct aa_config_mask_pattern *pattern)
{
    struct aa_snap_mask_pattern out = {
        .name = aa_emit_text(e, pattern->named.name),
        .type = aa_emit_text(e, pattern->type),
        .match = aa_emit_text(e, pattern->match->text),
        .near = literals(e, &pattern->near),
        .check = pattern->check,
        .off = pattern->off && !e->options->masks_alone,
    };

    aa_emit(e, AA_SECTION_MASK_PATTERNS, &out, sizeof(out));
}

static void emit_option(struct aa_emitter *e, const struct aa_config_mask_option *option)
{
    struct aa_snap_mask_option out = { .programs = start_words(e) };

    add_words(e, &out.programs, &option->programs, 0);
    out.spellings = start_words(e);
    for (const struct aa_config_spelling *s = option->spellings; s != NULL; s = s->next)
        add_word(e, &out.spellings, s->kind == AA_MASK_OPERAND ? NULL : s->word->text, s->kind, s->number);
    aa_emit(e, AA_SECTION_MASK_OPTIONS, &out, sizeof(out));
}

static void note_all(uint64_t *bits, enum aa_mask_beginning kind, const struct aa_word_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        if (!aa_mask_filter_add(bits, kind, list->v[i].text))
            memset(bits, 0xff, AA_MASK_FILTER_WORDS * sizeof(*bits));
    }
}

static void note_option(uint64_t *bits, const struct aa_config_mask_option *option)
{
    bool any = false, finds = false;

    for (const struct aa_config_spelling *s = option->spellings; s != NULL; s = s->next)
        finds |= s->kind != AA_MASK_SPARE;
    if (!finds)
        return;
    for (size_t i = 0; i < option->programs.n; i++)
        any |= aa_streq(option->programs.v[i].text, "any");
    note_all(bits, AA_MASK_PROGRAM, &option->programs);
    for (const struct aa_config_spelling *s = option->spellings; any && s != NULL; s = s->next) {
        if (s->kind == AA_MASK_OPERAND || !aa_mask_filter_add(bits, AA_MASK_LITERAL, s->word->text))
            memset(bits, 0xff, AA_MASK_FILTER_WORDS * sizeof(*bits));
    }
}

/* The bits by which a text without anything to cover is known at once. A pattern of the operator's that
 * may stand in any text, or one that is switched on, leaves nothing to be known; those that are shipped
 * all need digits where they have no literal (their examples would fail). */
static void emit_filter(struct aa_emitter *e)
{
    const struct aa_config *config = e->config;
    uint64_t bits[AA_MASK_FILTER_WORDS] = { 0 };
    bool all = config->mask_on.n > 0;

    if (config->mask_patterns.n == 0 && config->mask_options.n == 0 && config->mask_names.n == 0 && !all)
        return;
    for (const struct aa_config_mask_pattern *p = config->mask_patterns.first; p != NULL; p = p->next) {
        all |= p->near.n == 0 && !config->shipped &&
               aa_mask_check_digits((enum aa_mask_check)p->check) < AA_MASK_FILTER_DIGITS;
        note_all(bits, AA_MASK_LITERAL, &p->near);
    }
    for (const struct aa_config_mask_option *o = config->mask_options.first; o != NULL; o = o->next)
        note_option(bits, o);
    note_all(bits, AA_MASK_NAME, &config->mask_names);
    for (size_t i = 0; aa_mask_filter_built_in[i] != NULL; i++)
        (void)aa_mask_filter_add(bits, AA_MASK_NAME, aa_mask_filter_built_in[i]);
    if (all)
        memset(bits, 0xff, sizeof(bits));
    for (size_t i = 0; i < AA_MASK_FILTER_WORDS; i++)
        aa_emit(e, AA_SECTION_MASK_FILTER, &bits[i], sizeof(bits[i]));
}

void aa_emit_masks(struct aa_emitter *e)
{
    const struct aa_config *config = e->config;
    struct aa_snap_settings *settings = &e->header.settings;

    for (const struct aa_config_mask_pattern *p = config->mask_patterns.first; p != NULL; p = p->next)
        emit_pattern(e, p);
    for (const struct aa_config_mask_option *o = config->mask_options.first; o != NULL; o = o->next)
        emit_option(e, o);
    emit_filter(e);
    settings->mask_names = start_words(e);
    add_words(e, &settings->mask_names, &config->mask_names, AA_MASK_NAME_SECRET);
    add_words(e, &settings->mask_names, &config->mask_harmless, AA_MASK_NAME_HARMLESS);
    settings->mask_switches = start_words(e);
    if (e->options->masks_alone)
        return;
    add_words(e, &settings->mask_switches, &config->mask_off, AA_MASK_SWITCH_OFF);
    add_words(e, &settings->mask_switches, &config->mask_on, AA_MASK_SWITCH_ON);
}
