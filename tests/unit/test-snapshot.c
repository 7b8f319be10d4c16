/* SPDX-License-Identifier: ISC */
/* A snapshot that is not exactly what was written: each kind of damage is a fault of its name,
 * a reference that leaves the file is never followed, and what comes of it is never "allow". */
#include "facts.h"
#include "snapshot-copy.h"

static const char policy[] =
    "channel c { type local }\n"
    "person p { unix boss; email \"b@example.com\" }\n"
    "group g { person p; unix-group wheel }\n"
    "agent bot { unix bot; owner p }\n"
    "label l { path /srv/**; xattr user.a b }\n"
    "rule d { when user mallory; when host *.example.com; deny \"go away\" }\n"
    "rule k { when user al*; when command pg_dump; when args \"-x\" ...; ask c; from g; risk high }\n"
    "rule r { when user alice; when command /usr/bin/id; when not agent any; env-ok FOO; allow }\n"
    "default ask c; default from g\n";

static int set_up(void **state)
{
    (void)state;
    return copy_make(policy);
}

/* What a decision over the copy says, sealed again. */
static const char *decide(const char *facts)
{
    struct aa_snapshot snapshot;
    struct aa_outcome outcome;
    struct aa_fault fault = { 0 };

    aa_snapshot_seal(copy, original.length);
    if (aa_snapshot_from_memory(copy, original.length, &snapshot, &fault) < 0)
        return aa_fault_name(fault.id);
    return facts_decide(&snapshot, facts_request(facts), &outcome);
}

static void whole(void **state)
{
    (void)state;
    assert_string_equal(decide(""), "allow r");
    assert_string_equal(decide("user=mallory"), "deny d");
    assert_string_equal(decide("command=/usr/bin/pg_dump args=-x,y"), "ask k");
}

static enum aa_fault_id open_fault(size_t size)
{
    struct aa_snapshot snapshot;
    struct aa_fault fault = { 0 };
    int r = aa_snapshot_from_memory(copy, size, &snapshot, &fault);

    assert_int_equal(r < 0, fault.id != AA_FAULT_NONE);
    return fault.id;
}

static void header_damage(void **state)
{
    static const struct {
        const char *name;
        size_t offset;
        unsigned char flip;
        enum aa_fault_id wanted;
    } rows[] = {
        { "magic", 0, 1, AA_FAULT_SNAPSHOT_DAMAGED },
        { "magic's end", 7, 1, AA_FAULT_SNAPSHOT_DAMAGED },
        { "format", 8, 3, AA_FAULT_SNAPSHOT_VERSION },
        { "byte order", 12, 5, AA_FAULT_SNAPSHOT_VERSION },
        { "size", 16, 1, AA_FAULT_SNAPSHOT_DAMAGED },
        { "checksum", 24, 1, AA_FAULT_SNAPSHOT_DAMAGED },
        { "digest", 32, 1, AA_FAULT_SNAPSHOT_DAMAGED },
        { "try", 72, 1, AA_FAULT_SNAPSHOT_DAMAGED },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        copy[rows[i].offset] ^= (char)rows[i].flip;
        check(open_fault(original.length) == rows[i].wanted, "%s", rows[i].name);
        copy[rows[i].offset] ^= (char)rows[i].flip;
    }
    assert_int_equal(open_fault(original.length), AA_FAULT_NONE);
}

/* Each byte belongs to the checksum or to a field that is checked by itself. */
static void every_flipped_byte_is_seen(void **state)
{
    (void)state;
    for (size_t i = 0; i < original.length; i++) {
        copy[i] ^= 0x10;
        check(open_fault(original.length) != AA_FAULT_NONE, "byte %zu", i);
        copy[i] ^= 0x10;
    }
}

static void every_truncation_is_seen(void **state)
{
    (void)state;
    for (size_t size = 0; size < original.length; size++) {
        char *part = malloc(size > 0 ? size : 1);
        struct aa_snapshot snapshot;
        struct aa_fault fault = { 0 };

        memcpy(part, original.data, size);
        check(aa_snapshot_from_memory(part, size, &snapshot, &fault) < 0, "%zu bytes", size);
        assert_int_equal(fault.id, AA_FAULT_SNAPSHOT_DAMAGED);
        if (size >= sizeof(*header)) { /* also where somebody had made it fit */
            ((struct aa_snap_header *)(void *)part)->size = size;
            aa_snapshot_seal(part, size);
            fault.id = AA_FAULT_NONE;
            if (aa_snapshot_from_memory(part, size, &snapshot, &fault) == 0) {
                struct aa_outcome outcome;

                (void)facts_decide(&snapshot, facts_request(""), &outcome);
            }
        }
        free(part);
    }
}

static void sections_that_leave_the_file(void **state)
{
    (void)state;
    for (size_t i = 0; i < AA_SECTION_COUNT; i++) {
        struct aa_snap_section *section = &header->sections[i], before = *section;
        const struct aa_snap_section bad[] = {
            { (uint32_t)original.length + 8, 0 },
            { UINT32_MAX & ~7u, 1 },
            { before.offset + 4, before.count },
            { before.offset, UINT32_MAX },
            { before.offset, (uint32_t)((original.length - before.offset) /
                                        aa_snapshot_element_size[i]) + 1 },
            { 8, UINT32_MAX / 2 },
        };

        for (size_t j = 0; j < AA_ARRAY_SIZE(bad); j++) {
            *section = bad[j];
            aa_snapshot_seal(copy, original.length);
            check(open_fault(original.length) == AA_FAULT_SNAPSHOT_DAMAGED, "section %zu, %zu", i,
                  j);
        }
        *section = before;
    }
    memset(header->try_boot_id, 'x', sizeof(header->try_boot_id));
    assert_string_equal(decide(""), "E-SNAPSHOT-DAMAGED");
}

/* Each reference that the decision follows, set to where it must not be followed. */
static void references_that_leave_their_section(void **state)
{
    static const uint32_t bad[] = { 0x7fffffff, UINT32_MAX, UINT32_MAX - 1, 100000 };
    struct aa_snap_rule *rules = element(AA_SECTION_RULES, 0);
    struct aa_snap_condition *conditions = element(AA_SECTION_CONDITIONS, 0);
    struct aa_snap_word *words = element(AA_SECTION_WORDS, 0);
    struct aa_snap_agent *agent = element(AA_SECTION_AGENTS, 0);
    struct {
        const char *name, *facts;
        uint32_t *field;
        const char *without; /* the answer when it is whole */
    } rows[] = {
        { "conditions' first", "", &rules[2].conditions.first, "allow r" },
        { "conditions' count", "", &rules[2].conditions.count, "allow r" },
        { "an earlier rule's conditions", "", &rules[0].conditions.first, "allow r" },
        { "name of the rule", "", &rules[2].name.offset, "allow r" },
        { "length of its name", "", &rules[2].name.length, "allow r" },
        { "why", "user=mallory", &rules[0].why.offset, "deny d" },
        { "ask", "command=/usr/bin/pg_dump args=-x", &rules[1].ask, "ask k" },
        { "words' first", "", &conditions[rules[2].conditions.first].words.first, "allow r" },
        { "words' count", "", &conditions[rules[2].conditions.first].words.count, "allow r" },
        { "a word's text", "",
          &words[conditions[rules[2].conditions.first].words.first].text.offset, "allow r" },
        { "a word's length", "",
          &words[conditions[rules[2].conditions.first].words.first].text.length, "allow r" },
        { "accounts of an agent", "", &agent->accounts.first, "allow r" },
        { "env-ok", "env=!FOO", &rules[2].env_ok.first, "allow r" },
        { "default ask", "user=x login=x", &header->settings.default_ask, "ask default" },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        uint32_t before = *rows[i].field;

        assert_string_equal(decide(rows[i].facts), rows[i].without);
        for (size_t j = 0; j < AA_ARRAY_SIZE(bad); j++) {
            *rows[i].field = bad[j];
            check(aa_streq(decide(rows[i].facts), "error E-SNAPSHOT-DAMAGED"), "%s as %u: %s",
                  rows[i].name, bad[j], decide(rows[i].facts));
        }
        *rows[i].field = before;
    }
}

/* A text that would end one byte behind the section is none, whatever stands there. */
static void texts_end_inside_their_section(void **state)
{
    struct aa_snap_rule *rule = element(AA_SECTION_RULES, 2);
    uint32_t count = header->sections[AA_SECTION_TEXT].count;

    (void)state;
    rule->name.length = count - rule->name.offset;
    assert_string_equal(decide(""), "error E-SNAPSHOT-DAMAGED");
    rule->name.length = count - 1 - rule->name.offset; /* up to the last one's own end */
    assert_true(strncmp(decide(""), "allow ", 6) == 0);
    rule->name = (struct aa_snap_text){ count, 0 };
    assert_string_equal(decide(""), "error E-SNAPSHOT-DAMAGED");
}

/* Numbers that mean nothing: an error, or at least no "allow". */
static void numbers_without_a_meaning(void **state)
{
    static const uint32_t bad[] = { 0, 4, 77, UINT32_MAX };
    struct aa_snap_rule *rules = element(AA_SECTION_RULES, 0);
    struct aa_snap_condition *conditions = element(AA_SECTION_CONDITIONS, 0);
    uint32_t *const fields[] = {
        &rules[2].action, &conditions[rules[2].conditions.first].key,
        &conditions[rules[2].conditions.first].negated,
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(fields); i++) {
        for (size_t j = i == 2; j < AA_ARRAY_SIZE(bad); j++) { /* "negated" may be 0 */
            uint32_t before = *fields[i];

            *fields[i] = bad[j];
            check(strncmp(decide(""), "allow", 5) != 0, "field %zu as %u: %s", i, bad[j],
                  decide(""));
            *fields[i] = before;
        }
    }
    header->settings.default_action = 9;
    assert_string_equal(decide("user=x login=x"), "error E-SNAPSHOT-DAMAGED");
}

/* A text whose end is not where its length says is none. */
static void texts_need_their_end(void **state)
{
    struct aa_snap_rule *rule = element(AA_SECTION_RULES, 2);
    char *text = element(AA_SECTION_TEXT, 0);

    (void)state;
    text[rule->name.offset + rule->name.length] = 'x';
    assert_string_equal(decide(""), "error E-SNAPSHOT-DAMAGED");
}

/* Damage of every byte that somebody sealed again: whatever the answer, nothing is read beside
 * the file, and an answer that is none comes with its fault. */
static void every_byte_changed_and_sealed(void **state)
{
    static const unsigned char flips[] = { 0x01, 0x80, 0xff };
    static const char *const facts[] = {
        "", "user=mallory env=!FOO", "user=bot login=- command=/usr/bin/pg_dump args=-x,y",
        "runas=boss runas-uid=7 frontend=pam",
    };

    (void)state;
    for (size_t i = 0; i < original.length; i++) {
        for (size_t j = 0; j < AA_ARRAY_SIZE(flips); j++) {
            copy[i] ^= (char)flips[j];
            for (size_t k = 0; k < AA_ARRAY_SIZE(facts); k++)
                (void)decide(facts[k]);
            copy[i] ^= (char)flips[j];
        }
    }
}

static void policy_id_is_of_the_text(void **state)
{
    _cleanup_buffer_ struct aa_buffer same = AA_BUFFER_INIT(0), other = AA_BUFFER_INIT(0);
    char ids[3][AA_POLICY_ID_SIZE];
    const struct aa_buffer *all[] = { &original, &same, &other };

    (void)state;
    world_compile(policy, &same);
    world_compile("default deny", &other);
    for (size_t i = 0; i < 3; i++) {
        struct aa_snapshot snapshot;
        struct aa_fault fault = { 0 };

        assert_int_equal(aa_snapshot_from_memory(all[i]->data, all[i]->length, &snapshot, &fault),
                         0);
        aa_snapshot_policy_id(&snapshot, ids[i]);
        assert_int_equal(strlen(ids[i]), 16);
    }
    assert_string_equal(ids[0], ids[1]);
    assert_string_not_equal(ids[0], ids[2]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, copy_free)
    const struct CMUnitTest tests[] = {
        TEST(whole),
        TEST(header_damage),
        TEST(every_flipped_byte_is_seen),
        TEST(every_truncation_is_seen),
        TEST(sections_that_leave_the_file),
        TEST(references_that_leave_their_section),
        TEST(texts_end_inside_their_section),
        TEST(numbers_without_a_meaning),
        TEST(texts_need_their_end),
        TEST(every_byte_changed_and_sealed),
        TEST(policy_id_is_of_the_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
