/* SPDX-License-Identifier: ISC */
/* The masks of a configuration, in the form in which the masker looks at them. */
#include "emit-internal.h"

#include <errno.h>

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

void aa_emit_masks(struct aa_emitter *e)
{
    const struct aa_config *config = e->config;
    struct aa_snap_settings *settings = &e->header.settings;

    for (const struct aa_config_mask_pattern *p = config->mask_patterns.first; p != NULL; p = p->next)
        emit_pattern(e, p);
    for (const struct aa_config_mask_option *o = config->mask_options.first; o != NULL; o = o->next)
        emit_option(e, o);
    settings->mask_names = start_words(e);
    add_words(e, &settings->mask_names, &config->mask_names, AA_MASK_NAME_SECRET);
    add_words(e, &settings->mask_names, &config->mask_harmless, AA_MASK_NAME_HARMLESS);
    settings->mask_switches = start_words(e);
    if (e->options->masks_alone)
        return;
    add_words(e, &settings->mask_switches, &config->mask_off, AA_MASK_SWITCH_OFF);
    add_words(e, &settings->mask_switches, &config->mask_on, AA_MASK_SWITCH_ON);
}
