/* SPDX-License-Identifier: ISC */
/* The clock on the wall: the zone's changes in the snapshot against the C library's own reading
 * of the same zone, the arithmetic of weekdays and windows, and sections that lie. */
#include "unit.h"
#include "facts.h"
#include "world.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "language/compile.h"
#include "policy/clock.h"

enum { FIRST_YEAR = 2025, MOMENTS = 4000 };

WORLD_FOR_EACH_TEST;

static uint64_t usec_of(int year, int month, int day, int hour, int minute, int second)
{
    struct tm parts = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day,
                        .tm_hour = hour, .tm_min = minute, .tm_sec = second };

    return (uint64_t)timegm(&parts) * 1000000;
}

/* A snapshot that is made at the start of 2026, whatever the day is on which the test runs. */
static void compile_zone(const char *zone, struct aa_buffer *ret)
{
    struct aa_emit_options options = { .applied_usec = usec_of(FIRST_YEAR + 1, 1, 1, 0, 0, 0) };
    struct aa_compilation compilation;
    char policy[200], *files[1];

    snprintf(policy, sizeof(policy), "set timezone %s\n", zone);
    world_write_text(&world, "zone.policy", policy);
    files[0] = strdup(world_path(&world, "zone.policy"));
    assert_int_equal(aa_compile(&world.site, files, 1, 0, NULL, &options, &compilation), 0);
    check(compilation.complaints.errors == 0, "%s", compilation.complaints.items[0].message);
    *ret = (struct aa_buffer)AA_BUFFER_INIT(0);
    ret->maximum = AA_SNAPSHOT_SIZE_MAX;
    aa_buffer_add(ret, compilation.snapshot.data, compilation.snapshot.length);
    assert_int_equal(ret->error, 0);
    aa_compilation_free(&compilation);
    free(files[0]);
}

static struct aa_snapshot open_snapshot(const struct aa_buffer *data)
{
    struct aa_snapshot snapshot;
    struct aa_fault fault = { 0 };

    check(aa_snapshot_from_memory(data->data, data->length, &snapshot, &fault) == 0, "%s",
          fault.detail);
    return snapshot;
}

static void check_moment(const struct aa_snapshot *snapshot, const char *zone, time_t when)
{
    struct aa_local_time local = { 0 };
    struct tm parts;

    assert_int_equal(aa_local_time(snapshot, (uint64_t)when * 1000000 + 999999, &local), 0);
    assert_non_null(localtime_r(&when, &parts));
    check(local.year == (unsigned)parts.tm_year + 1900 && local.month == (unsigned)parts.tm_mon + 1 &&
              local.day == (unsigned)parts.tm_mday && local.hour == (unsigned)parts.tm_hour &&
              local.minute == (unsigned)parts.tm_min && local.second == (unsigned)parts.tm_sec &&
              local.weekday == (unsigned)(parts.tm_wday + 6) % 7 &&
              local.offset_seconds == (int)parts.tm_gmtoff && strcmp(local.zone, parts.tm_zone) == 0,
          "%s at %lld: %u-%02u-%02u %02u:%02u:%02u %s, the C library says %d-%02d-%02d "
          "%02d:%02d:%02d %s", zone, (long long)when, local.year, local.month, local.day,
          local.hour, local.minute, local.second, local.zone, parts.tm_year + 1900,
          parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
          parts.tm_zone);
}

/* Random moments, and the seconds around each of the changes. */
static void as_the_library_reads_it(void **state)
{
    static const char *const zones[] = {
        "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "UTC",
        "Europe/Dublin", "Australia/Lord_Howe", "America/St_Johns", "Africa/Casablanca",
        "Asia/Gaza", "America/Nuuk", "Asia/Kathmandu", "Pacific/Kiritimati", "Africa/Cairo",
        "Antarctica/Troll", "America/Santiago", "Etc/GMT+12", "EST5EDT",
    };
    uint64_t random = 1;

    (void)state;
    if (access("/usr/share/zoneinfo/Europe/Berlin", R_OK) != 0)
        skip_because("there is no zone database");
    for (size_t i = 0; i < AA_ARRAY_SIZE(zones); i++) {
        time_t first = (time_t)(usec_of(FIRST_YEAR, 1, 2, 0, 0, 0) / 1000000);
        time_t last = (time_t)(usec_of(2065, 6, 1, 0, 0, 0) / 1000000);
        _cleanup_buffer_ struct aa_buffer data = AA_BUFFER_INIT(0);
        struct aa_snap_range all = { 0, 0 };
        const struct aa_snap_zone_change *changes;
        struct aa_snapshot snapshot;
        char path[100];

        snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", zones[i]);
        if (access(path, R_OK) != 0)
            continue;
        compile_zone(zones[i], &data);
        snapshot = open_snapshot(&data);
        assert_int_equal(setenv("TZ", zones[i], 1), 0);
        tzset();
        for (int moment = 0; moment < MOMENTS; moment++) {
            uint64_t far = (uint64_t)next_random(&random) << 31 | next_random(&random);

            check_moment(&snapshot, zones[i], first + (time_t)(far % (uint64_t)(last - first)));
        }
        all.count = aa_snapshot_count(&snapshot, AA_SECTION_ZONE_CHANGES);
        changes = aa_snapshot_elements(&snapshot, AA_SECTION_ZONE_CHANGES, all);
        for (uint32_t j = 1; j < all.count; j++) {
            check(changes[j - 1].since < changes[j].since, "%s: change %u is out of order",
                  zones[i], j);
            for (int around = -2; around <= 2; around++)
                check_moment(&snapshot, zones[i], (time_t)changes[j].since + around);
        }
        if (strcmp(zones[i], "Europe/Berlin") == 0)
            check(all.count > 78 && all.count < 90, "%u changes in 41 years", all.count);
        assert_int_equal(unsetenv("TZ"), 0);
        tzset();
    }
}

/* What no reading of a zone has a say in: dates and weekdays, before 1970 too. */
static void dates(void **state)
{
    static const struct {
        uint64_t seconds;
        int offset;
        unsigned year, month, day, weekday, hour;
    } rows[] = {
        { 0, 0, 1970, 1, 1, 3, 0 },
        { 0, -3600, 1969, 12, 31, 2, 23 },
        { 0, -26 * 3600, 1969, 12, 30, 1, 22 },
        { 951782400, 0, 2000, 2, 29, 1, 0 },
        { 951782400, -1, 2000, 2, 28, 0, 23 },
        { 4107542400, 0, 2100, 3, 1, 0, 0 },
        { 4107542400, -1, 2100, 2, 28, 6, 23 },
        { 1798761599, 0, 2026, 12, 31, 3, 23 },
        { 1798761599, 1, 2027, 1, 1, 4, 0 },
    };
    _cleanup_buffer_ struct aa_buffer data = AA_BUFFER_INIT(0);
    struct aa_snap_zone_change *change;
    struct aa_snapshot snapshot;

    (void)state;
    compile_zone("UTC", &data);
    snapshot = open_snapshot(&data);
    assert_int_equal(aa_snapshot_count(&snapshot, AA_SECTION_ZONE_CHANGES), 1);
    change = (void *)(data.data + snapshot.header->sections[AA_SECTION_ZONE_CHANGES].offset);
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_local_time local;

        change->offset_seconds = rows[i].offset;
        assert_int_equal(aa_local_time(&snapshot, rows[i].seconds * 1000000, &local), 0);
        check(local.year == rows[i].year && local.month == rows[i].month &&
                  local.day == rows[i].day && local.weekday == rows[i].weekday &&
                  local.hour == rows[i].hour,
              "row %zu: %u-%u-%u weekday %u hour %u", i, local.year, local.month, local.day,
              local.weekday, local.hour);
        assert_string_equal(local.zone, "UTC");
    }
}

/* Every minute of a week against windows as a person would list them. */
static void windows(void **state)
{
    enum { MON = 1, TUE = 2, FRI = 16, SAT = 32, SUN = 64, ALL = 127 };
    static const struct {
        uint32_t days, from, to;
        unsigned minutes;              /* of the week, all together */
        unsigned inside[2], outside[2]; /* minutes of the week from Monday */
    } rows[] = {
        { FRI, 1080, 1440, 360, { 4 * 1440 + 1080, 5 * 1440 - 1 }, { 4 * 1440 + 1079, 5 * 1440 } },
        { SAT | SUN, 0, 1440, 2880, { 5 * 1440, 7 * 1440 - 1 }, { 5 * 1440 - 1, 0 } },
        { ALL, 480, 1020, 7 * 540, { 480, 1019 }, { 479, 1020 } },
        { MON, 1320, 360, 480, { 1320, 1440 + 359 }, { 1319, 1440 + 360 } },
        { MON, 1320, 360, 480, { 1439, 1440 }, { 0, 359 } }, /* Sunday's night is not Monday's */
        { SUN, 1320, 360, 480, { 6 * 1440 + 1320, 359 }, { 360, 6 * 1440 + 1319 } },
        { ALL, 1320, 360, 7 * 480, { 0, 1320 }, { 360, 1319 } },
        { MON | TUE, 720, 0, 1440, { 720, 1440 + 720 }, { 1440, 2 * 1440 } },
        { ALL, 0, 1, 7, { 0, 1440 }, { 1, 1439 } },
        { 0, 0, 1440, 0, { 0 }, { 0, 1 } },
        { ALL, 0, 1441, 0, { 0 }, { 0, 1 } },   /* what no compiler writes holds nowhere */
        { ALL, 2047, 5, 0, { 0 }, { 0, 1 } },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        uint32_t word = AA_TIME_WORD(rows[i].days, rows[i].from, rows[i].to);
        unsigned n = 0;

        for (unsigned minute = 0; minute < 7 * 1440; minute++) {
            struct aa_local_time now = { .weekday = minute / 1440, .hour = minute % 1440 / 60,
                                         .minute = minute % 60, .second = 59 };
            bool holds = aa_time_word_holds(word, &now);

            n += holds;
            for (int j = 0; j < 2; j++) {
                check(holds || rows[i].minutes == 0 || rows[i].inside[j] != minute,
                      "row %zu: minute %u is outside", i, minute);
                check(!holds || rows[i].outside[j] != minute, "row %zu: minute %u is inside", i,
                      minute);
            }
        }
        check(n == rows[i].minutes, "row %zu: %u minutes of the week", i, n);
    }
}

/* Whatever the section says, nothing outside of it is read, and what cannot be is an error. */
static void sections_that_lie(void **state)
{
    _cleanup_buffer_ struct aa_buffer data = AA_BUFFER_INIT(0);
    struct aa_snap_section *section;
    struct aa_snap_zone_change *change;
    struct aa_local_time local = { .year = 77 };
    struct aa_snapshot snapshot;
    struct aa_fault fault = { 0 };

    (void)state;
    compile_zone("UTC", &data);
    snapshot = open_snapshot(&data);
    section = (void *)(uintptr_t)&snapshot.header->sections[AA_SECTION_ZONE_CHANGES];
    change = (void *)(data.data + section->offset);
#define REFUSED() assert_int_equal(aa_local_time(&snapshot, 1, &local), -EBADMSG)
    section->count = 0;
    REFUSED();
    section->count = UINT32_MAX;
    REFUSED();
    aa_snapshot_seal(data.data, data.length);
    assert_true(aa_snapshot_from_memory(data.data, data.length, &snapshot, &fault) < 0);
    section->count = 1;
    change->offset_seconds = 26 * 3600 + 1;
    REFUSED();
    change->offset_seconds = INT32_MIN;
    REFUSED();
    change->offset_seconds = 0;
    change->abbreviation.offset = UINT32_MAX;
    REFUSED();
    change->abbreviation.offset = 0;
    change->abbreviation.length = UINT32_MAX;
    REFUSED();
    assert_int_equal(local.year, 77); /* untouched */
    change->abbreviation.length = 0;
    change->since = INT64_MAX; /* the first one holds before its time too */
    assert_int_equal(aa_local_time(&snapshot, UINT64_MAX, &local), 0);
}

/* A rule about time under a policy without a zone decides nothing. */
static void no_zone_is_no_permission(void **state)
{
    static const char *const policies[] = {
        "rule r { when command /usr/bin/id; when time mon-sun; allow }",
        "rule r { when command /usr/bin/id; when not time 00:00-00:01; allow }",
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(policies); i++) {
        _cleanup_buffer_ struct aa_buffer data = AA_BUFFER_INIT(0);
        struct aa_snapshot snapshot;
        struct aa_outcome outcome;

        world_compile(policies[i], &data);
        snapshot = open_snapshot(&data);
        assert_string_equal(facts_decide(&snapshot, facts_request(""), &outcome), "allow r");
        ((struct aa_snap_header *)(void *)data.data)->sections[AA_SECTION_ZONE_CHANGES].count = 0;
        assert_string_equal(facts_decide(&snapshot, facts_request(""), &outcome),
                            "error E-SNAPSHOT-DAMAGED");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_the_library_reads_it),
        cmocka_unit_test(dates),
        cmocka_unit_test(windows),
        cmocka_unit_test(sections_that_lie),
        cmocka_unit_test(no_zone_is_no_permission),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
