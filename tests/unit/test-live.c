/* SPDX-License-Identifier: ISC */
/* Which snapshot is in force: the live one, or the one before it where the live one was only
 * tried and its time, or its boot, is over. */
#include "unit.h"
#include "world.h"

#include <sys/stat.h>

WORLD_FOR_EACH_TEST;

static const char tried[] = "default deny \"tried\"", before[] = "default deny \"before\"";

/* The default's text of the policy in force, or the fault's name. */
static const char *in_force(void)
{
    static char text[64];
    int state_fd = world_state_fd(&world), descriptors = world_open_descriptors();
    struct aa_snapshot snapshot;
    struct aa_fault fault = { 0 };

    if (aa_snapshot_open(&world.site, state_fd, &snapshot, &fault) < 0) {
        snprintf(text, sizeof(text), "%s", aa_fault_name(fault.id));
    } else {
        snprintf(text, sizeof(text), "%s",
                 aa_snapshot_text(&snapshot, snapshot.header->settings.default_why));
        aa_snapshot_close(&snapshot);
        assert_null(snapshot.header);
    }
    assert_int_equal(world_open_descriptors(), descriptors);
    close(state_fd);
    return text;
}

static void keep_as_previous(void)
{
    char from[256];

    snprintf(from, sizeof(from), "%s", world_path(&world, "state/live"));
    assert_int_equal(rename(from, world_path(&world, "state/live.previous")), 0);
}

static void start_try(uint64_t seconds)
{
    world_apply(&world, before);
    keep_as_previous();
    world_apply_try(&world, tried, world.site.boottime_usec() + seconds * 1000000);
}

static void live_is_in_force(void **state)
{
    (void)state;
    world_apply(&world, before);
    assert_string_equal(in_force(), "before");
}

static void a_try_ends_by_itself(void **state)
{
    (void)state;
    start_try(300);
    assert_string_equal(in_force(), "tried");
    world_boottime_offset_usec = 299 * INT64_C(1000000);
    assert_string_equal(in_force(), "tried");
    world_boottime_offset_usec = 301 * INT64_C(1000000);
    assert_string_equal(in_force(), "before");
    world_realtime_offset_usec = -INT64_C(100000000000); /* the wall clock has no say */
    assert_string_equal(in_force(), "before");
    world_boottime_offset_usec = 0;
    assert_string_equal(in_force(), "tried");
}

static void a_try_ends_with_its_boot(void **state)
{
    (void)state;
    start_try(300);
    world_write_text(&world, "proc/sys/kernel/random/boot_id", "another\n");
    assert_string_equal(in_force(), "before");
    assert_int_equal(unlink(world_path(&world, "proc/sys/kernel/random/boot_id")), 0);
    assert_string_equal(in_force(), "before"); /* not known: not in force */
}

static void confirmed_is_final(void **state)
{
    (void)state;
    start_try(1);
    world_apply(&world, tried); /* what confirm leaves: the same without a try */
    world_boottime_offset_usec = 1000 * INT64_C(1000000);
    assert_string_equal(in_force(), "tried");
}

static void nothing_to_go_back_to(void **state)
{
    (void)state;
    world_apply_try(&world, tried, 1);
    assert_string_equal(in_force(), "E-SNAPSHOT-MISSING");
    world_write(&world, "state/live.previous", "junk", 4, 0600);
    assert_string_equal(in_force(), "E-SNAPSHOT-DAMAGED");
}

/* What the previous one's own try says no longer counts. */
static void previous_is_final(void **state)
{
    (void)state;
    world_apply_try(&world, before, 1);
    keep_as_previous();
    world_apply_try(&world, tried, 1);
    assert_string_equal(in_force(), "before");
}

static void files_that_cannot_be_believed(void **state)
{
    static const char *const names[] = { "E-SNAPSHOT-UNSAFE", "E-SNAPSHOT-DAMAGED" };
    const char *path;

    (void)state;
    assert_string_equal(in_force(), "E-SNAPSHOT-MISSING");
    world_apply(&world, before);
    path = world_path(&world, "state/live");
    assert_int_equal(chmod(path, 0620), 0);
    assert_string_equal(in_force(), names[0]);
    path = world_path(&world, "state/live");
    assert_int_equal(chmod(path, 0644), 0); /* it holds no secret: readable is well */
    assert_string_equal(in_force(), "before");
    keep_as_previous();
    assert_int_equal(symlink("live.previous", world_path(&world, "state/live")), 0);
    assert_string_equal(in_force(), names[0]);
    world_write(&world, "state/live", "", 0, 0600);
    assert_string_equal(in_force(), names[1]);
    assert_int_equal(truncate(world_path(&world, "state/live"),
                              (off_t)AA_SNAPSHOT_SIZE_MAX + 1), 0);
    assert_string_equal(in_force(), names[1]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(live_is_in_force),      TEST(a_try_ends_by_itself),
        TEST(a_try_ends_with_its_boot), TEST(confirmed_is_final),
        TEST(nothing_to_go_back_to), TEST(previous_is_final),
        TEST(files_that_cannot_be_believed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
