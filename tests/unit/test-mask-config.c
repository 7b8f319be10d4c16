/* SPDX-License-Identifier: ISC */
/* Mask blocks in a snapshot: what was written is what stands there; a damaged reference is followed
 * nowhere; and what is shipped is exactly what policies/masking.conf says. */
#include "snapshot-copy.h"
#include "unit-config.h"

#include "language/compile.h"
#include "mask/find.h"

static const char policy[] =
    "default deny\n"
    "mask {\n"
    "    pattern own-token { match \"own-([0-9*]+)\"; near OWN- Other; type e-mail; check luhn; off }\n"
    "    option app tool { value --pw -p; joined -j; after-colon -u; behind set 2; operand last; operand 3 }\n"
    "    name pin\n"
    "    off entropy\n"
    "}\n"
    "mask {\n"
    "    pattern plain { match \"plain-[0-9]+\" }\n"
    "    option any { separate --secret; after-percent -U; spare e-mail plain }\n"
    "    harmless path\n"
    "    name 密码\n"
    "    on own-token\n"
    "}\n";

static struct aa_snapshot snapshot;

static int set_up(void **state)
{
    (void)state;
    return copy_make(policy);
}

static void open_copy(void)
{
    struct aa_fault fault = { 0 };

    aa_snapshot_seal(copy, original.length);
    assert_int_equal(aa_snapshot_from_memory(copy, original.length, &snapshot, &fault), 0);
}

/* "text/flags/number …" of some words */
static const char *words_of(struct aa_snap_range range)
{
    static char line[1024];
    const struct aa_snap_word *words = aa_snapshot_words(&snapshot, range);
    size_t at = 0;

    assert_non_null(words);
    line[0] = '\0';
    for (uint32_t i = 0; i < range.count; i++)
        at += (size_t)snprintf(line + at, sizeof(line) - at, "%s%s/%u/%u", i > 0 ? " " : "",
                               aa_snapshot_text(&snapshot, words[i].text), words[i].flags,
                               words[i].number);
    return line;
}

static void what_was_written(void **state)
{
    const struct aa_snap_mask_pattern *patterns = element(AA_SECTION_MASK_PATTERNS, 0);
    const struct aa_snap_mask_option *options = element(AA_SECTION_MASK_OPTIONS, 0);

    (void)state;
    open_copy();
    assert_int_equal(header->format, 3);
    assert_int_equal(aa_snapshot_count(&snapshot, AA_SECTION_MASK_PATTERNS), 2);
    assert_int_equal(aa_snapshot_count(&snapshot, AA_SECTION_MASK_OPTIONS), 2);
    assert_string_equal(aa_snapshot_text(&snapshot, patterns[0].name), "own-token");
    assert_string_equal(aa_snapshot_text(&snapshot, patterns[0].type), "e-mail");
    assert_string_equal(aa_snapshot_text(&snapshot, patterns[0].match), "own-([0-9*]+)");
    assert_string_equal(words_of(patterns[0].near), "own-/0/0 other/0/0");
    assert_int_equal(patterns[0].check, AA_MASK_CHECK_LUHN);
    assert_int_equal(patterns[0].off, 1);
    assert_string_equal(aa_snapshot_text(&snapshot, patterns[1].type), "secret");
    assert_int_equal(patterns[1].near.count, 0);
    assert_int_equal(patterns[1].check, AA_MASK_CHECK_NONE);
    assert_int_equal(patterns[1].off, 0);

    assert_string_equal(words_of(options[0].programs), "app/0/0 tool/0/0");
    assert_string_equal(words_of(options[0].spellings),
                        "--pw/1/0 -p/1/0 -j/2/0 -u/4/0 set/6/2 /7/0 /7/3");
    assert_string_equal(words_of(options[1].programs), "any/0/0");
    assert_string_equal(words_of(options[1].spellings), "--secret/3/0 -U/5/0 e-mail/8/0 plain/8/0");
    assert_string_equal(words_of(header->settings.mask_names), "pin/1/0 密码/1/0 path/2/0");
    assert_string_equal(words_of(header->settings.mask_switches), "entropy/1/0 own-token/2/0");
}

static void none_without_a_mask_block(void **state)
{
    _cleanup_buffer_ struct aa_buffer other = AA_BUFFER_INIT(0);
    const struct aa_snap_header *head;

    (void)state;
    world_compile("default deny", &other);
    head = (const struct aa_snap_header *)(const void *)other.data;
    assert_int_equal(head->sections[AA_SECTION_MASK_PATTERNS].count, 0);
    assert_int_equal(head->sections[AA_SECTION_MASK_OPTIONS].count, 0);
    assert_int_equal(head->settings.mask_names.count, 0);
    assert_int_equal(head->settings.mask_switches.count, 0);
}

/* The switches are the operator's: they go before what the pattern says of itself. */
static void switches(void **state)
{
    struct aa_masker masker;

    (void)state;
    open_copy();
    aa_masker_start(&masker, &snapshot, NULL);
    assert_true(aa_mask_is_on(&masker, "own-token", true));
    assert_false(aa_mask_is_on(&masker, "entropy", false));
    assert_true(aa_mask_is_on(&masker, "plain", false));
    assert_false(aa_mask_is_on(&masker, "plain", true));
    aa_masker_end(&masker);
}

/* All that masking may do with a snapshot. */
static void mask_with(void)
{
    static const char text[] = "app --pw=x -p y set a b c; PIN=1 own-79927398713 plain-1 密码=x";
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(AA_MASK_MEMORY_MAX);
    struct aa_mask_spans spans = { .arena = &arena };
    struct aa_masker masker;

    open_copy();
    aa_masker_start(&masker, &snapshot, NULL);
    (void)aa_mask_is_on(&masker, "own-token", true);
    (void)aa_mask_find(&masker, &arena, text, sizeof(text) - 1, false, &spans);
    for (size_t i = 0; i < spans.n; i++)
        assert_true(spans.v[i].at < sizeof(text) - 1 &&
                    spans.v[i].length <= sizeof(text) - 1 - spans.v[i].at);
    aa_masker_end(&masker);
}

static void references_that_leave_their_section(void **state)
{
    static const uint32_t bad[] = { 0x7fffffff, UINT32_MAX, UINT32_MAX - 1, 100000 };
    struct aa_snap_mask_pattern *patterns = element(AA_SECTION_MASK_PATTERNS, 0);
    struct aa_snap_mask_option *options = element(AA_SECTION_MASK_OPTIONS, 0);
    struct aa_snap_settings *settings = &header->settings;
    struct aa_snap_text *const texts[] = { &patterns[0].name, &patterns[0].type, &patterns[0].match,
                                           &patterns[1].name, &patterns[1].match };
    struct aa_snap_range *const ranges[] = { &patterns[0].near, &options[0].programs,
                                             &options[0].spellings, &options[1].programs,
                                             &settings->mask_names, &settings->mask_switches };

    (void)state;
    for (size_t j = 0; j < AA_ARRAY_SIZE(bad); j++) {
        for (size_t i = 0; i < AA_ARRAY_SIZE(texts); i++) {
            struct aa_snap_text before = *texts[i];

            texts[i]->offset = bad[j];
            mask_with();
            check(aa_snapshot_text(&snapshot, *texts[i]) == NULL, "text %zu at %u", i, bad[j]);
            *texts[i] = before;
            texts[i]->length = bad[j];
            mask_with();
            check(aa_snapshot_text(&snapshot, *texts[i]) == NULL, "text %zu, %u long", i, bad[j]);
            *texts[i] = before;
        }
        for (size_t i = 0; i < AA_ARRAY_SIZE(ranges); i++) {
            struct aa_snap_range before = *ranges[i];
            struct aa_snap_word *word = element(AA_SECTION_WORDS, before.first);
            struct aa_snap_text text = word->text;

            ranges[i]->first = bad[j];
            mask_with();
            check(aa_snapshot_words(&snapshot, *ranges[i]) == NULL, "range %zu at %u", i, bad[j]);
            *ranges[i] = before;
            ranges[i]->count = bad[j];
            mask_with();
            check(aa_snapshot_words(&snapshot, *ranges[i]) == NULL, "range %zu, %u long", i, bad[j]);
            *ranges[i] = before;
            word->text.offset = bad[j];
            mask_with();
            check(aa_snapshot_text(&snapshot, word->text) == NULL, "word of %zu at %u", i, bad[j]);
            word->text = text;
        }
    }
}

static void numbers_without_a_meaning(void **state)
{
    static const uint32_t bad[] = { 0, 9, AA_MASK_CHECK_COUNT, 77, UINT32_MAX };
    struct aa_snap_mask_pattern *patterns = element(AA_SECTION_MASK_PATTERNS, 0);
    struct aa_snap_mask_option *options = element(AA_SECTION_MASK_OPTIONS, 0);
    struct aa_snap_word *words = element(AA_SECTION_WORDS, 0);

    (void)state;
    for (size_t j = 0; j < AA_ARRAY_SIZE(bad); j++) {
        patterns[0].check = patterns[0].off = patterns[1].check = bad[j];
        mask_with();
        for (uint32_t i = 0; i < options[0].spellings.count; i++) {
            words[options[0].spellings.first + i].flags = bad[j];
            words[options[0].spellings.first + i].number = bad[j];
        }
        mask_with();
    }
}

/* A pattern that never was checked: not compiled, and nobody falls over it. */
static void a_pattern_that_is_none(void **state)
{
    struct aa_snap_mask_pattern *pattern = element(AA_SECTION_MASK_PATTERNS, 1);
    char *text = element(AA_SECTION_TEXT, pattern->match.offset);
    static const char *const bad[] = { "(((((((", "[[[[[[[", "(*UTF)a", "(?C1)ab", "(?R)abc", "a**b\\" };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(bad); i++) {
        memcpy(text, bad[i], strlen(bad[i]));
        mask_with();
    }
}

/* The library holds what the file says, and it is the same whenever it is made. */
static void shipped(void **state)
{
    static char path[] = SOURCE_ROOT "/policies/masking.conf", *files[] = { path };
    struct aa_emit_options options = { .applied_usec = 0 };
    struct aa_compilation compilation;
    struct aa_fault fault = { 0 };

    (void)state;
    assert_int_equal((uintptr_t)aa_mask_shipped % 8, 0);
    assert_int_equal(aa_snapshot_from_memory(aa_mask_shipped, aa_mask_shipped_size, &snapshot, &fault), 0);
    assert_true(aa_snapshot_count(&snapshot, AA_SECTION_MASK_PATTERNS) > 0);
    assert_int_equal(aa_snapshot_count(&snapshot, AA_SECTION_RULES), 0);
    assert_int_equal(aa_snapshot_count(&snapshot, AA_SECTION_ZONE_CHANGES), 0);
    assert_int_equal(snapshot.header->applied_usec, 0);
    assert_int_equal(aa_compile(&aa_site_system, files, 1, AA_COMPILE_MASKS, NULL, &options,
                                &compilation), 0);
    assert_int_equal(compilation.complaints.errors, 0);
    assert_int_equal(compilation.snapshot.length, aa_mask_shipped_size);
    assert_memory_equal(compilation.snapshot.data, aa_mask_shipped, aa_mask_shipped_size);
    aa_compilation_free(&compilation);
}

static void only_masks_are_shipped(void **state)
{
    static const char *const others[] = { "default deny\n", "rule r { deny }\n", "set mode observe\n",
                                          "include pack x\n", "label l { path /x }\n" };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(others); i++) {
        struct aa_compilation compilation;

        assert_int_equal(aa_compile_text(others[i], strlen(others[i]), AA_COMPILE_MASKS, &compilation), 0);
        check(compilation.complaints.errors == 1 && compilation.snapshot.length == 0, "%s", others[i]);
        assert_non_null(strstr(compilation.complaints.items[0].message,
                               "in a file of masks; expected mask"));
        aa_compilation_free(&compilation);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, copy_free)
    const struct CMUnitTest tests[] = {
        TEST(what_was_written),
        TEST(none_without_a_mask_block),
        TEST(switches),
        TEST(references_that_leave_their_section),
        TEST(numbers_without_a_meaning),
        TEST(a_pattern_that_is_none),
        TEST(shipped),
        TEST(only_masks_are_shipped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
