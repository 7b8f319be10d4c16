/* SPDX-License-Identifier: ISC */
/* The finder of options where something is at its limit: texts, rules, memory, time. */
#include "unit.h"

#include <errno.h>
#include <time.h>

#include "mask-option-support.h"

static const char rules_text[] = "mysql { joined -p }\n"
                                 "curl { after-colon -u }\n"
                                 "mysqladmin { behind password 1 }\n"
                                 "zip { value -P operand last }\n"
                                 "git ssh { spare email }";

static struct option_rules rules;

/* Limits say that something may have been missed. */
static void overruns(void **state)
{
    char *long_text = malloc(200001), text[4096], next[4096];

    (void)state;
    for (size_t i = 0; i < 200000; i++)
        long_text[i] = i % 2 ? ' ' : 'a';
    long_text[200000] = '\0';
    assert_null(rules.masker.overrun);
    assert_string_equal(option_rules_covered(&rules, long_text), "");
    assert_non_null(rules.masker.overrun);
    rules.masker.overrun = NULL;
    free(long_text);

    snprintf(text, sizeof(text), "mysql -psecret");
    for (unsigned depth = 0; depth < 8; depth++) {
        size_t n = 0;
        const char *found = option_rules_covered(&rules, text);

        assert_string_equal(found, depth <= AA_MASK_NESTED_MAX ? "secret" : "");
        assert_true((rules.masker.overrun != NULL) == (depth > AA_MASK_NESTED_MAX));
        rules.masker.overrun = NULL;
        n += (size_t)snprintf(next, sizeof(next), "x \"");
        for (const char *c = text; *c != '\0' && n + 4 < sizeof(next); c++) {
            if (*c == '"' || *c == '\\')
                next[n++] = '\\';
            next[n++] = *c;
        }
        snprintf(next + n, sizeof(next) - n, "\"");
        memcpy(text, next, sizeof(text));
    }
}

/* References that leave the file: nothing is read there, and it is said. */
static void damage(void **state)
{
    static struct option_rules damaged;
    struct aa_snap_mask_option *option;
    struct aa_snap_header *header = (struct aa_snap_header *)(void *)damaged.memory;
    uint64_t seed = 9;

    (void)state;
    for (unsigned i = 0; i < 3000; i++) {
        struct aa_snap_section *place;
        const enum aa_section section =
            next_random(&seed) % 2 ? AA_SECTION_WORDS : AA_SECTION_MASK_OPTIONS;
        uint32_t value = next_random(&seed);

        damaged = rules;
        damaged.masker.names = NULL;
        damaged.masker.sets[0].header = header;
        place = &header->sections[section];
        memcpy((char *)header + place->offset +
                   next_random(&seed) % (place->count * aa_snapshot_element_size[section] / 4) * 4,
               &value, sizeof(value));
        option_rules_covered(&damaged, "git ssh; curl -u a:b; mysql -pa; mysqladmin password x; zip -P x");
        free(damaged.masker.names);
    }
    damaged = rules;
    damaged.masker.sets[0].header = header;
    option = (void *)(damaged.memory + header->sections[AA_SECTION_MASK_OPTIONS].offset);
    option->programs.first = UINT32_MAX;
    option_rules_covered(&damaged, "ls");
    assert_non_null(damaged.masker.overrun);
}

static void memory(void **state)
{
    static const char text[] = "curl -u a:b 'mysql -psecret' \"x y $(z)\"";

    (void)state;
    for (size_t maximum = 0; maximum < 40000; maximum += 16) {
        _cleanup_arena_ struct aa_arena big = AA_ARENA_INIT(1024 * 1024);
        _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(maximum);
        struct aa_mask_spans spans = { .arena = &big };
        struct aa_mask_words words;
        int r;

        assert_int_equal(aa_mask_words_read(&big, text, strlen(text), 0, NULL, &words), 0);
        r = aa_mask_find_options(&rules.masker, &arena, &words, &spans);
        assert_true(r == 0 || r == -ENOMEM);
        assert_true(r != 0 || spans.n == 2);
        assert_true(r == 0 || maximum < 39000);
    }
}

static double microseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* It is done for every command that policy allows. */
static void speed(void **state)
{
    static const char usual[] = "/usr/bin/systemctl restart --no-block nginx.service php-fpm.service -M "
                                "web-1 --quiet and more";
    static struct option_rules many;
    char *text = malloc(48000), *filler = malloc(1024 * 1024 + 1);
    size_t n = 0;
    double started, taken;

    (void)state;
    for (unsigned i = 0; i < 150; i++)
        n += (size_t)snprintf(text + n, 48000 - n,
                              "program-%u other%u { value --password-%u -p joined -x }\n", i, i * 7, i);
    option_rules_make(&many, text);
    started = microseconds();
    for (unsigned i = 0; i < 2000; i++)
        assert_string_equal(option_rules_covered(&many, usual), "");
    taken = (microseconds() - started) / 2000;
    print_message("a usual command, 150 rows, 300 programs, words and set-up: %.2f us\n", taken);
    check(taken < 500, "a usual command takes %.1f us", taken);

    for (size_t i = 0; i < 1024 * 1024; i++)
        filler[i] = " -x program-1 'a b' other7 $(c) \""[i % 33];
    filler[1024 * 1024] = '\0';
    started = microseconds();
    option_rules_covered(&many, filler);
    print_message("a text of 1 MiB: %.0f us\n", microseconds() - started);
    many.masker.overrun = NULL;

    /* all that can be active is */
    n = 0;
    for (unsigned i = 0; i < 64; i++)
        n += (size_t)snprintf(filler + n, 1024, "program-%u ", i);
    for (size_t i = n; i < 1024 * 1024; i++)
        filler[i] = "-z "[i % 3];
    started = microseconds();
    option_rules_covered(&many, filler);
    taken = microseconds() - started;
    print_message("the worst text of 1 MiB: %.0f us\n", taken);
    check(taken < 10e6, "the worst text takes %.0f us", taken);
    free(text);
    free(filler);
}

static int start(void **state)
{
    (void)state;
    option_rules_make(&rules, rules_text);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(overruns),
        cmocka_unit_test(damage),
        cmocka_unit_test(memory),
        cmocka_unit_test(speed),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
