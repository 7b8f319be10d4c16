/* SPDX-License-Identifier: ISC */
/* Who cannot have the lock in time writes beside the chain; the next holder joins it, exactly
 * once, also when a joiner dies in the middle. */
#include "unit.h"
#include "ledger-support.h"
#include "record/ledger-side.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

static struct world world;

static int set_up(void **state)
{
    (void)state;
    world_make(&world);
    world_apply(&world, "default deny");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_remove(&world);
    return 0;
}

static void step_aside(unsigned number, size_t size)
{
    struct aa_ledger_position place = ledger_add(&world, number, size);

    assert_false(place.in_chain);
}

static void joined_by_the_next_holder(void **state)
{
    struct ledger_holder holder;
    const struct ledger_content *content;
    uint64_t start;

    (void)state;
    ledger_add(&world, 1, 50);
    holder = ledger_hold(&world);
    start = world.site.boottime_usec();
    step_aside(2, 5000);
    start = world.site.boottime_usec() - start;
    check(start >= AA_LEDGER_LOCK_USEC, "waited only %llu us", (unsigned long long)start);
    check(start < 20 * AA_LEDGER_LOCK_USEC, "waited %llu us", (unsigned long long)start);
    step_aside(3, 0);
    assert_int_equal(ledger_sides(&world), 2);
    ledger_read_whole(&world, 1);
    ledger_let_go(&holder);
    ledger_add(&world, 4, 50);
    content = ledger_read_whole(&world, 4);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(content->numbers[i], i + 1);
    assert_int_equal(content->from_side, 2);
    assert_int_equal(ledger_sides(&world), 0);
    assert_int_not_equal(access(world_path(&world, "state/" AA_LEDGER_SIDE_FOLDER), F_OK), 0);
    ledger_add(&world, 5, 50);
    ledger_read_whole(&world, 5);
}

/* The one side file's path; the test fails unless there is exactly one. */
static const char *the_side(void)
{
    static char path[512];
    DIR *folder = opendir(world_path(&world, "state/" AA_LEDGER_SIDE_FOLDER));
    struct dirent *entry;
    size_t n = 0;

    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s",
                 world_path(&world, "state/" AA_LEDGER_SIDE_FOLDER), entry->d_name);
        n++;
    }
    closedir(folder);
    assert_int_equal(n, 1);
    return path;
}

static void make_one_side(unsigned number)
{
    struct ledger_holder holder = ledger_hold(&world);

    step_aside(number, 300);
    ledger_let_go(&holder);
}

/* A joiner that dies between its append and the removal leaves both: the copy is not joined. */
static void a_dead_joiner_doubles_nothing(void **state)
{
    char path[512], copy[512];

    (void)state;
    make_one_side(1);
    snprintf(path, sizeof(path), "%s", the_side());
    snprintf(copy, sizeof(copy), "%s", world_path(&world, "state/copy"));
    assert_int_equal(link(path, copy), 0);
    ledger_add(&world, 2, 10);
    for (unsigned i = 3; i < 6; i++) { /* also when others came in between */
        assert_true(mkdir(world_path(&world, "state/" AA_LEDGER_SIDE_FOLDER), 0700) == 0);
        assert_int_equal(link(copy, path), 0);
        ledger_add(&world, i, 10);
        assert_int_equal(ledger_sides(&world), 0);
        assert_int_equal(ledger_read_whole(&world, i)->from_side, 1);
    }
}

/* The same when the mark was lost with the joiner. */
static void a_dead_joiner_before_the_mark(void **state)
{
    struct aa_ledger_mark before = ledger_header(&world).mark;
    char path[512], copy[512];

    (void)state;
    make_one_side(1);
    snprintf(path, sizeof(path), "%s", the_side());
    snprintf(copy, sizeof(copy), "%s", world_path(&world, "state/copy"));
    assert_int_equal(link(path, copy), 0);
    ledger_add(&world, 2, 10);
    ledger_set_mark(&world, before, true);
    assert_int_equal(mkdir(world_path(&world, "state/" AA_LEDGER_SIDE_FOLDER), 0700), 0);
    assert_int_equal(rename(copy, path), 0);
    ledger_add(&world, 3, 10);
    assert_int_equal(ledger_read_whole(&world, 3)->from_side, 1);
}

/* What is no whole record of ours stays where it is, for verify to name, and stops nobody. */
static void damaged_sides_are_left_alone(void **state)
{
    char path[512], other[512];
    struct stat st;
    char byte = 'x';
    int fd;

    (void)state;
    for (unsigned kind = 0; kind < 5; kind++) {
        make_one_side(100 + kind);
        snprintf(path, sizeof(path), "%s", the_side());
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
        fd = open(path, O_WRONLY | O_CLOEXEC);
        switch (kind) {
        case 0:
            assert_int_equal(ftruncate(fd, st.st_size - 8), 0);
            break;
        case 1:
            assert_int_equal(pwrite(fd, &byte, 1, st.st_size / 2), 1);
            break;
        case 2:
            assert_int_equal(ftruncate(fd, 20), 0);
            break;
        case 3:
            assert_int_equal(fchmod(fd, 0620), 0);
            break;
        default:
            snprintf(other, sizeof(other), "%s", world_path(&world, "state/elsewhere"));
            assert_int_equal(rename(path, other), 0);
            assert_int_equal(symlink(other, path), 0);
            break;
        }
        close(fd);
        ledger_add(&world, kind + 1, 10);
        assert_int_equal(ledger_sides(&world), 1);
        assert_int_equal(ledger_read_whole(&world, kind + 1)->from_side, 0);
        assert_int_equal(unlink(path), 0);
    }
}

/* An empty one is what a writer without room leaves: it goes when it is old enough that nobody
 * can be writing it. */
static void unfinished_sides_are_removed(void **state)
{
    char path[512];

    (void)state;
    make_one_side(1);
    snprintf(path, sizeof(path), "%s.part", the_side());
    assert_int_equal(rename(the_side(), path), 0);
    ledger_add(&world, 1, 10);
    assert_int_equal(ledger_sides(&world), 1);
    world_realtime_offset_usec = 120 * INT64_C(1000000);
    ledger_add(&world, 2, 10);
    assert_int_equal(ledger_sides(&world), 0);
    ledger_read_whole(&world, 2);
}

static void foreign_names_are_left_alone(void **state)
{
    (void)state;
    assert_int_equal(mkdir(world_path(&world, "state/" AA_LEDGER_SIDE_FOLDER), 0700), 0);
    world_write(&world, "state/" AA_LEDGER_SIDE_FOLDER "/README", "x", 1, 0600);
    ledger_add(&world, 1, 10);
    assert_int_equal(ledger_sides(&world), 1);
    ledger_read_whole(&world, 1);
}

/* A side's folder that is a link, or no folder, leads nowhere else. */
static void the_folder_is_never_a_link(void **state)
{
    struct aa_ledger_position place;
    struct ledger_holder holder;
    struct aa_fault fault = { 0 };
    char elsewhere[256];

    (void)state;
    snprintf(elsewhere, sizeof(elsewhere), "%s", world_path(&world, "packs"));
    assert_int_equal(symlink(elsewhere, world_path(&world, "state/" AA_LEDGER_SIDE_FOLDER)), 0);
    holder = ledger_hold(&world);
    assert_true(ledger_append(&world, 1, 10, AA_LEDGER_BEFORE, &place, &fault) < 0);
    assert_int_equal(fault.id, AA_FAULT_LEDGER_WRITE);
    ledger_let_go(&holder);
    assert_int_equal(rmdir(world_path(&world, "packs")), 0); /* empty still */
}

static void more_sides_than_one_joiner_takes(void **state)
{
    struct aa_ledger_position place;
    struct ledger_holder holder = ledger_hold(&world);
    int state_fd = world_state_fd(&world);
    const struct ledger_content *content;
    static bool seen[400];

    (void)state;
    for (unsigned i = 0; i < 300; i++) { /* written directly, so as not to wait for each */
        _cleanup_buffer_ struct aa_buffer fields = AA_BUFFER_INIT(4096);
        struct aa_fault fault = { 0 };

        ledger_payload(&fields, i, 20);
        assert_int_equal(aa_ledger_side_write(&world.site, state_fd, &fields, false, &fault), 0);
    }
    ledger_let_go(&holder);
    assert_int_equal(ledger_sides(&world), 300);
    place = ledger_add(&world, 300, 10);
    assert_int_equal(place.seq, AA_LEDGER_JOIN_MAX + 1);
    assert_int_equal(ledger_sides(&world), 300 - AA_LEDGER_JOIN_MAX);
    ledger_add(&world, 301, 10);
    assert_int_equal(ledger_sides(&world), 0);
    content = ledger_read_whole(&world, 302);
    for (size_t i = 0; i < content->n; i++) {
        check(!seen[content->numbers[i]], "record %u is there twice", content->numbers[i]);
        seen[content->numbers[i]] = true;
    }
    close(state_fd);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(joined_by_the_next_holder),
        TEST(a_dead_joiner_doubles_nothing),
        TEST(a_dead_joiner_before_the_mark),
        TEST(damaged_sides_are_left_alone),
        TEST(unfinished_sides_are_removed),
        TEST(foreign_names_are_left_alone),
        TEST(the_folder_is_never_a_link),
        TEST(more_sides_than_one_joiner_takes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
