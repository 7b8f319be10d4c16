/* SPDX-License-Identifier: ISC */
/* Which zone is meant and what its file says: the host's, a named one, none; files that lie; and
 * rules for the years behind a file's end. */
#include "unit.h"
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "language/config-model.h"

enum { FROM = 1767225600, UNTIL = FROM + 86400 * 365 }; /* the year 2026 */

WORLD_FOR_EACH_TEST;

/* ---- rules ---- */

static void rules(void **state)
{
    static const struct {
        const char *text;
        int year;
        int64_t start, end;
        int32_t standard, daylight;
    } rows[] = {
        { "CET-1CEST,M3.5.0,M10.5.0/3", 2026, 1774746000, 1792890000, 3600, 7200 },
        { "EST5EDT,M3.2.0,M11.1.0", 2026, 1772953200, 1793512800, -18000, -14400 },
        { "IST-1GMT0,M10.5.0,M3.5.0/1", 2026, 1792890000, 1774746000, 3600, 0 },
        { "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2026, 1774746000, 1792890000, -7200, -3600 },
        { "AAA0BBB,J60,J1/0", 2028, 1835488800, 1830294000, 0, 3600 },  /* 1 March in any year */
        { "AAA0BBB,60,0/0", 2028, 1835488800, 1830294000, 0, 3600 },    /* 1 March after 29 February */
        { "AAA0BBB,59,0/0", 2027, 1803866400, 1798758000, 0, 3600 },
    };
    static const char *const wrong[] = {
        "", "C", "CE-1", "CET", "CET-", "CET-25", "CET-1CEST", "CET-1CEST,M3.5.0",
        "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M0.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.0.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J366",
        "CET-1CEST,366,0", "CET-1CEST,M3.5.0/168,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0 ",
        "CET-1CEST,M3.5.0,M10.5.0,", "<CE>-1", "<CET-1", "<C*T>-1", "ABCDEFGHIJKLMNOPQ1",
        "CET-1:60", "CET99999999999999999999", "CET-1CEST,M3", "CET-1CEST,M3.", ":Europe/Berlin",
    };
    struct aa_zone_rule rule;

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        check(aa_zone_rule_parse(rows[i].text, &rule), "%s", rows[i].text);
        check(aa_zone_rule_start(&rule, rows[i].year) == rows[i].start &&
                  aa_zone_rule_end(&rule, rows[i].year) == rows[i].end,
              "%s: %lld %lld", rows[i].text, (long long)aa_zone_rule_start(&rule, rows[i].year),
              (long long)aa_zone_rule_end(&rule, rows[i].year));
        assert_int_equal(rule.offsets[0], rows[i].standard);
        assert_int_equal(rule.offsets[1], rows[i].daylight);
    }
    for (size_t i = 0; i < AA_ARRAY_SIZE(wrong); i++)
        check(!aa_zone_rule_parse(wrong[i], &rule), "\"%s\" is no rule", wrong[i]);
}

/* ---- files ---- */

static void add_number(struct aa_buffer *file, int64_t value, int size)
{
    for (int i = size - 1; i >= 0; i--)
        aa_buffer_add_byte(file, (char)((uint64_t)value >> 8 * i));
}

struct shape {
    uint32_t leaps, times, types, characters;
    int64_t first, second;
    int index, name;
    int64_t offset;
    const char *abbreviations, *rule;
};

static const struct shape good = { .times = 2, .types = 2, .characters = 8, .first = FROM + 1000,
                                   .second = FROM + 2000, .index = 1, .name = 4, .offset = 3600,
                                   .abbreviations = "AAA\0BBB", .rule = "AAA0" };

static void add_block(struct aa_buffer *file, const struct shape *s, int size)
{
    aa_buffer_add_text(file, "TZif2");
    for (int i = 0; i < 15; i++)
        aa_buffer_add_byte(file, 0);
    add_number(file, 0, 4);
    add_number(file, 0, 4);
    add_number(file, s->leaps, 4);
    add_number(file, s->times, 4);
    add_number(file, s->types, 4);
    add_number(file, s->characters, 4);
    add_number(file, s->first, size);
    add_number(file, s->second, size);
    aa_buffer_add_byte(file, (char)s->index);
    aa_buffer_add_byte(file, 0);
    add_number(file, 0, 4);
    add_number(file, 0, 2);
    add_number(file, s->offset, 4);
    aa_buffer_add_byte(file, 1);
    aa_buffer_add_byte(file, (char)s->name);
    aa_buffer_add(file, s->abbreviations, 8);
}

static void make_file(struct aa_buffer *file, const struct shape *s)
{
    *file = (struct aa_buffer)AA_BUFFER_INIT(AA_ZONE_FILE_MAX);
    add_block(file, s, 4);
    add_block(file, s, 8);
    aa_buffer_printf(file, "\n%s\n", s->rule);
    assert_int_equal(file->error, 0);
}

static int read_shape(const struct shape *s, struct aa_arena *arena, struct aa_zone *ret)
{
    _cleanup_buffer_ struct aa_buffer file = AA_BUFFER_INIT(0);
    char *exact;
    int r;

    make_file(&file, s);
    exact = malloc(file.length); /* so that the sanitizer sees its end */
    assert_non_null(exact);
    memcpy(exact, file.data, file.length);
    r = aa_zone_file_read(exact, file.length, FROM, UNTIL, arena, ret);
    free(exact);
    return r;
}

static void files_that_lie(void **state)
{
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(64 * 1024 * 1024);
    struct aa_zone zone = { .n = 77 };
    struct shape s = good;

    (void)state;
    assert_int_equal(read_shape(&good, &arena, &zone), 0);
    assert_int_equal(zone.n, 3);
    assert_true(zone.changes[0].since == INT64_MIN && zone.changes[0].offset_seconds == 0);
    assert_true(zone.changes[1].since == FROM + 1000 && zone.changes[1].offset_seconds == 3600);
    assert_string_equal(zone.changes[1].abbreviation, "BBB");
    assert_true(zone.changes[2].since == FROM + 2000 && zone.changes[2].offset_seconds == 0);
    zone.n = 77;
#define WRONG(field, value)                                              \
    do {                                                                 \
        s = good;                                                        \
        s.field = (value);                                               \
        check(read_shape(&s, &arena, &zone) == -EBADMSG, #field " " #value); \
        assert_int_equal(zone.n, 77);                                    \
    } while (0)
    WRONG(leaps, 1);
    WRONG(leaps, UINT32_MAX);
    WRONG(times, UINT32_MAX);
    WRONG(times, AA_ZONE_TIMES_MAX);
    WRONG(times, 3);
    WRONG(types, 0);
    WRONG(types, 257);
    WRONG(types, 1);
    WRONG(characters, 0);
    WRONG(characters, UINT32_MAX);
    WRONG(characters, 7); /* the last name has no end */
    WRONG(index, 2);
    WRONG(index, 255);
    WRONG(name, 8);
    WRONG(name, 7);  /* an empty one */
    WRONG(name, 255);
    WRONG(offset, 26 * 3600 + 1);
    WRONG(offset, -26 * 3600 - 1);
    WRONG(offset, INT32_MIN);
    WRONG(second, FROM + 1000); /* not behind the first */
    WRONG(second, FROM);
    WRONG(abbreviations, "AAA\0B\nB");
    WRONG(rule, "nonsense");
    WRONG(rule, "AAA0BBB");
    /* far from now are the ends of time */
    s = good;
    s.first = INT64_MIN;
    s.second = INT64_MAX;
    s.rule = "AAA0BBB,M3.5.0,M10.5.0";
    assert_int_equal(read_shape(&s, &arena, &zone), 0);
    assert_int_equal(zone.n, 1);
    assert_string_equal(zone.changes[0].abbreviation, "BBB");
}

static void every_cut_is_seen(void **state)
{
    _cleanup_buffer_ struct aa_buffer file = AA_BUFFER_INIT(0);
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(64 * 1024 * 1024);
    struct aa_zone zone;

    (void)state;
    make_file(&file, &good);
    for (size_t n = 0; n < file.length; n++) {
        char *cut = malloc(n + 1);

        assert_non_null(cut);
        memcpy(cut, file.data, n);
        check(aa_zone_file_read(cut, n, FROM, UNTIL, &arena, &zone) == -EBADMSG, "%zu bytes", n);
        free(cut);
    }
}

/* ---- which one ---- */

/* The complaint, "" where there is none; the zone's names joined, in order. */
static const char *find(const char *name, const struct aa_zone_places *places, char *ret_names)
{
    static char words[1024];
    static const struct aa_source source = { "x", "", 0 };
    struct aa_arena arena = AA_ARENA_INIT(64 * 1024 * 1024);
    struct aa_complaints complaints = { .arena = &arena };
    struct aa_config config = { .arena = &arena, .complaints = &complaints, .timezone = name,
                                .timezone_place = { &source, 1, 1 } };

    ret_names[0] = '\0';
    assert_int_equal(aa_find_zone(&config, places, (uint64_t)FROM * 1000000), 0);
    for (size_t i = 0; i < config.zone.n && i < 4; i++) {
        strcat(ret_names, i > 0 ? " " : "");
        strcat(ret_names, config.zone.changes[i].abbreviation);
    }
    snprintf(words, sizeof(words), "%s", complaints.n > 0 ? complaints.items[0].message : "");
    assert_int_equal((complaints.errors > 0), (config.zone.n == 0));
    aa_arena_clear(&arena);
    return words;
}

static void which_zone(void **state)
{
    _cleanup_buffer_ struct aa_buffer file = AA_BUFFER_INIT(0);
    struct aa_zone_places here, nowhere = { "/nonexistent/zoneinfo", "/nonexistent/localtime" };
    char folder[512], local[512], names[200];

    (void)state;
    make_file(&file, &good);
    snprintf(folder, sizeof(folder), "%s", world_path(&world, "zoneinfo"));
    assert_int_equal(mkdir(folder, 0755), 0);
    assert_int_equal(mkdir(world_path(&world, "zoneinfo/Here"), 0755), 0);
    world_write(&world, "zoneinfo/Here/There", file.data, file.length, 0644);
    world_write_text(&world, "zoneinfo/Here/Text", "no zone at all\n");
    world_write_text(&world, "zoneinfo/tzdata.zi", "# version\nZ Here/There 1 - A\nR x\nL Here/There Old/Name\n");
    world_write(&world, "localtime", file.data, file.length, 0644);
    snprintf(local, sizeof(local), "%s", world_path(&world, "localtime"));
    here = (struct aa_zone_places){ folder, local };

    assert_string_equal(find(NULL, &here, names), "");
    assert_string_equal(names, "AAA BBB AAA");
    assert_string_equal(find("Here/There", &here, names), "");
    assert_string_equal(names, "AAA BBB AAA");
    assert_string_equal(find("UTC", &here, names), "");
    assert_string_equal(names, "UTC");
    assert_string_equal(find(NULL, &nowhere, names), "");
    assert_string_equal(names, "UTC");
    assert_string_equal(find("UTC", &nowhere, names), "");
    assert_string_equal(names, "UTC");
    check(strstr(find("Here/Ther", &here, names), "did you mean \"Here/There\"?") != NULL, "nearest");
    check(strstr(find("Old/Nam", &here, names), "did you mean \"Old/Name\"?") != NULL, "nearest");
    check(strstr(find("Here/There/More", &here, names), "there is no time zone") != NULL, "below");
    check(strstr(find("Here/Text", &here, names), "no time zone that can be used") != NULL, "text");
    check(strstr(find("Here", &here, names), "no time zone that can be used") != NULL, "folder");
    check(strstr(find("Here/There", &nowhere, names), "install tzdata") != NULL, "no database");
    world_write_text(&world, "localtime", "nonsense");
    check(strstr(find(NULL, &here, names), "cannot be read from") != NULL, "a broken one");
}

/* The caller's TZ has no say, and is as it was. */
static void the_callers_zone_has_no_say(void **state)
{
    struct aa_zone_places nowhere = { "/nonexistent/zoneinfo", "/nonexistent/localtime" };
    char names[200];

    (void)state;
    assert_int_equal(setenv("TZ", "Pacific/Apia", 1), 0);
    assert_string_equal(find(NULL, &nowhere, names), "");
    assert_string_equal(names, "UTC");
    assert_string_equal(getenv("TZ"), "Pacific/Apia");
    assert_int_equal(unsetenv("TZ"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules),
        cmocka_unit_test(files_that_lie),
        cmocka_unit_test(every_cut_is_seen),
        cmocka_unit_test(which_zone),
        cmocka_unit_test(the_callers_zone_has_no_say),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
