/* SPDX-License-Identifier: ISC */
#include "mask-option-support.h"

#include "unit.h"

enum { TEXT_ROOM = 16384, WORDS_ROOM = 1500, OPTIONS_ROOM = 256 };

struct maker {
    char text[TEXT_ROOM];
    uint32_t text_n;
    struct aa_snap_word words[WORDS_ROOM];
    uint32_t words_n;
    struct aa_snap_mask_option options[OPTIONS_ROOM];
    uint32_t options_n;
};

static void add_word(struct maker *m, const char *word, uint32_t flags, uint32_t number)
{
    const size_t n = strlen(word);

    check(m->text_n + n + 1 < TEXT_ROOM && m->words_n < WORDS_ROOM, "the rules are too long");
    memcpy(m->text + m->text_n, word, n + 1);
    m->words[m->words_n++] = (struct aa_snap_word){ { m->text_n, (uint32_t)n }, flags, number };
    m->text_n += (uint32_t)n + 1;
}

static uint32_t kind_of(const char *word)
{
    static const char *const names[] = { "", "value", "joined", "separate", "after-colon",
                                         "after-percent", "behind", "operand", "spare" };

    for (uint32_t i = 1; i < AA_ARRAY_SIZE(names); i++) {
        if (aa_streq(word, names[i]))
            return i;
    }
    return 0;
}

static void add_section(struct aa_snap_header *header, enum aa_section section, const void *data,
                        uint32_t count)
{
    const size_t size = count * aa_snapshot_element_size[section];

    header->sections[section] = (struct aa_snap_section){ (uint32_t)header->size, count };
    memcpy((char *)header + header->size, data, size);
    header->size = (header->size + size + 7) / 8 * 8;
}

void option_rules_make(struct option_rules *rules, const char *text)
{
    struct aa_snap_header *header = (struct aa_snap_header *)(void *)rules->memory;
    struct maker *m = calloc(1, sizeof(*m));
    char *copy = strdup(text), *rest = copy;
    uint32_t kind = 0;
    bool inside = false;
    struct aa_fault fault;

    assert_true(m != NULL && copy != NULL);
    m->text_n = 1;
    for (const char *word = strtok_r(copy, " \n", &rest); word != NULL;
         word = strtok_r(NULL, " \n", &rest)) {
        struct aa_snap_mask_option *option = &m->options[m->options_n];

        assert_true(m->options_n < OPTIONS_ROOM);
        if (aa_streq(word, "{")) {
            option->programs.count = m->words_n - option->programs.first;
            option->spellings.first = m->words_n;
            inside = true;
        } else if (aa_streq(word, "}")) {
            option->spellings.count = m->words_n - option->spellings.first;
            m->options[++m->options_n].programs.first = m->words_n;
            inside = false;
            kind = 0;
        } else if (inside && kind_of(word) != 0) {
            kind = kind_of(word);
        } else if (inside && kind == AA_MASK_OPERAND) {
            add_word(m, "", kind, aa_streq(word, "last") ? 0 : (uint32_t)atoi(word));
        } else if (inside && kind == AA_MASK_BEHIND) {
            add_word(m, word, kind, (uint32_t)atoi(strtok_r(NULL, " \n", &rest)));
        } else {
            add_word(m, word, kind, 0);
        }
    }
    memset(rules->memory, 0, sizeof(rules->memory));
    memcpy(header->magic, AA_SNAPSHOT_MAGIC, sizeof(header->magic));
    header->format = AA_SNAPSHOT_FORMAT;
    header->byte_order = AA_SNAPSHOT_BYTE_ORDER;
    header->size = (sizeof(*header) + 7) / 8 * 8;
    assert_true(header->size + sizeof(*m) < sizeof(rules->memory));
    add_section(header, AA_SECTION_TEXT, m->text, m->text_n);
    add_section(header, AA_SECTION_WORDS, m->words, m->words_n);
    add_section(header, AA_SECTION_MASK_OPTIONS, m->options, m->options_n);
    aa_snapshot_seal(header, header->size);
    rules->masker = (struct aa_masker){ .sets_n = 1 };
    if (aa_snapshot_from_memory(header, header->size, &rules->masker.sets[0], &fault) < 0)
        fail_msg("%s", fault.detail);
    free(copy);
    free(m);
}

static int by_place(const void *a, const void *b)
{
    const struct aa_mask_span *x = a, *y = b;

    return x->at < y->at ? -1 : x->at > y->at;
}

const char *option_rules_covered(struct option_rules *rules, const char *text)
{
    static char covered[8192];
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(AA_MASK_MEMORY_MAX);
    struct aa_mask_spans spans = { .arena = &arena };
    const size_t length = strlen(text);
    struct aa_mask_words words;
    size_t n = 0;

    assert_int_equal(aa_mask_words_read(&arena, text, length, 0, NULL, &words), 0);
    assert_int_equal(aa_mask_find_options(&rules->masker, &arena, &words, &spans), 0);
    assert_int_equal(spans.error, 0);
    if (spans.n > 0)
        qsort(spans.v, spans.n, sizeof(*spans.v), by_place);
    covered[0] = '\0';
    for (size_t i = 0; i < spans.n; i++) {
        const struct aa_mask_span *span = &spans.v[i];

        check(span->at + span->length <= length, "%s: a span leaves the text", text);
        assert_string_equal(span->rule, "option");
        assert_string_equal(span->type, "secret");
        assert_true(n + span->length + 2 < sizeof(covered));
        n += (size_t)snprintf(covered + n, sizeof(covered) - n, "%s%.*s", i > 0 ? "|" : "",
                              (int)span->length, text + span->at);
    }
    return covered;
}
