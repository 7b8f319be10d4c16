/* SPDX-License-Identifier: ISC */
#include "mask-support.h"

enum { MASKS_SIZE_MAX = 4 * 1024 * 1024 };

static struct aa_snap_text add_text(struct aa_buffer *texts, const char *text)
{
    struct aa_snap_text ret = { (uint32_t)texts->length, (uint32_t)strlen(text) };

    aa_buffer_add(texts, text, strlen(text) + 1);
    return ret;
}

static uint32_t add_word(struct aa_buffer *words, struct aa_buffer *texts, const char *text,
                         uint32_t flags)
{
    struct aa_snap_word word = { .text = add_text(texts, text), .flags = flags };

    aa_buffer_add(words, &word, sizeof(word));
    return (uint32_t)(words->length / sizeof(word)) - 1;
}

static void add_section(struct aa_buffer *ret, struct aa_snap_header *header, enum aa_section section,
                        const struct aa_buffer *elements)
{
    aa_buffer_pad(ret, 8);
    header->sections[section].offset = (uint32_t)ret->length;
    header->sections[section].count =
        (uint32_t)(elements->length / aa_snapshot_element_size[section]);
    aa_buffer_add(ret, elements->data, elements->length);
}

bool hand_masks(const struct hand_pattern *patterns, size_t n, const struct hand_switch *switches,
                size_t switches_n, struct aa_buffer *ret, struct aa_snapshot *ret_snapshot)
{
    _cleanup_buffer_ struct aa_buffer texts = AA_BUFFER_INIT(MASKS_SIZE_MAX);
    _cleanup_buffer_ struct aa_buffer words = AA_BUFFER_INIT(MASKS_SIZE_MAX);
    _cleanup_buffer_ struct aa_buffer elements = AA_BUFFER_INIT(MASKS_SIZE_MAX);
    struct aa_snap_header header = { .format = AA_SNAPSHOT_FORMAT, .byte_order = AA_SNAPSHOT_BYTE_ORDER };
    struct aa_fault fault = { 0 };

    memcpy(header.magic, AA_SNAPSHOT_MAGIC, sizeof(header.magic));
    aa_buffer_add_byte(&texts, '\0');
    for (size_t i = 0; i < n; i++) {
        struct aa_snap_mask_pattern pattern = { .check = patterns[i].check, .off = patterns[i].off };

        pattern.name = add_text(&texts, patterns[i].name);
        pattern.type = add_text(&texts, patterns[i].type == NULL ? "secret" : patterns[i].type);
        pattern.match = add_text(&texts, patterns[i].match);
        pattern.near.first = (uint32_t)(words.length / sizeof(struct aa_snap_word));
        for (; pattern.near.count < PATTERN_NEAR_MAX && patterns[i].near[pattern.near.count] != NULL;
             pattern.near.count++)
            add_word(&words, &texts, patterns[i].near[pattern.near.count], 0);
        aa_buffer_add(&elements, &pattern, sizeof(pattern));
    }
    header.settings.mask_switches.first = (uint32_t)(words.length / sizeof(struct aa_snap_word));
    header.settings.mask_switches.count = (uint32_t)switches_n;
    for (size_t i = 0; i < switches_n; i++)
        add_word(&words, &texts, switches[i].name,
                 switches[i].on ? AA_MASK_SWITCH_ON : AA_MASK_SWITCH_OFF);

    aa_buffer_add(ret, &header, sizeof(header));
    for (int i = 0; i < AA_SECTION_COUNT; i++)
        header.sections[i] = (struct aa_snap_section){ (uint32_t)sizeof(header), 0 };
    add_section(ret, &header, AA_SECTION_TEXT, &texts);
    add_section(ret, &header, AA_SECTION_WORDS, &words);
    add_section(ret, &header, AA_SECTION_MASK_PATTERNS, &elements);
    if (texts.error != 0 || words.error != 0 || elements.error != 0 || ret->error != 0)
        return false;
    header.size = ret->length;
    memcpy(ret->data, &header, sizeof(header));
    aa_snapshot_seal(ret->data, ret->length);
    return aa_snapshot_from_memory(ret->data, ret->length, ret_snapshot, &fault) == 0;
}
