/* SPDX-License-Identifier: ISC */
/* The file of the codes, changed: whatever was done to it, no used code comes back by it, and what
 * is not root's own alone is not read. */
#include "unit.h"
#include "codes-support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/io.h"
#include "break-glass/code-file.h"

#define FILE_NAME "state/" AA_CODES_FILE

static struct world world;
static char codes[3][AA_CODE_TEXT_SIZE]; /* the second one is used */

static int set_up(void **state)
{
    uint32_t number;

    (void)state;
    world_make_in_memory(&world);
    world_apply(&world, "default deny");
    assert_int_equal(codes_create(&world, "alice", 3, codes), 0);
    assert_int_equal(codes_use(&world, "alice", codes[1], &number), AA_CODE_ACCEPTED);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_remove(&world);
    return 0;
}

static void poke(uint64_t at, const void *data, size_t length)
{
    int fd = open(world_path(&world, FILE_NAME), O_RDWR | O_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(aa_write_at(fd, data, length, at), 0);
    close(fd);
}

static void peek(uint64_t at, void *data, size_t length)
{
    int fd = open(world_path(&world, FILE_NAME), O_RDONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(aa_read_at(fd, data, length, at), 0);
    close(fd);
}

static uint64_t made_at(unsigned index)
{
    return (uint64_t)(AA_CODES_FIRST_CODE + 2 * index) * AA_CODES_BLOCK_SIZE;
}

static uint64_t spent_at(unsigned index)
{
    return made_at(index) + AA_CODES_BLOCK_SIZE;
}

static int use(unsigned which)
{
    uint32_t number;
    int r;

    world_boottime_offset_usec += AA_CODE_ATTEMPTS_SECONDS * 1000000LL;
    r = codes_use(&world, "alice", codes[which], &number);
    return r;
}

static void any_changed_byte_is_seen(void **state)
{
    static const unsigned step = 7; /* every 7th byte, another bit each time: time is short */

    (void)state;
    for (unsigned block = 0; block < 4; block++) {
        const uint64_t starts[] = { 0, AA_CODES_FIRST_ACCOUNT * AA_CODES_BLOCK_SIZE, made_at(0),
                                    spent_at(0) };
        unsigned char before[AA_CODES_BLOCK_SIZE], after[AA_CODES_BLOCK_SIZE];

        peek(starts[block], before, sizeof(before));
        for (unsigned i = block; i < sizeof(before); i += step) {
            memcpy(after, before, sizeof(after));
            after[i] ^= (unsigned char)(1u << i % 8);
            poke(starts[block], after, sizeof(after));
            check(use(0) == -EBADMSG, "a change at byte %u of block %u is believed", i, block);
            check(codes_fault.id == AA_FAULT_BREAK_GLASS, "byte %u of block %u", i, block);
            poke(starts[block], before, sizeof(before));
        }
    }
    assert_int_equal(use(0), AA_CODE_ACCEPTED);
}

static void a_used_code_does_not_come_back(void **state)
{
    static const unsigned char zeros[AA_CODES_BLOCK_SIZE];
    unsigned char ready[AA_CODES_BLOCK_SIZE], used[AA_CODES_BLOCK_SIZE];
    unsigned char made[AA_CODES_BLOCK_SIZE];

    (void)state;
    peek(spent_at(1), used, sizeof(used));
    peek(spent_at(0), ready, sizeof(ready));
    for (unsigned i = 0; i < sizeof(used); i++) {
        unsigned char changed[AA_CODES_BLOCK_SIZE];

        memcpy(changed, used, sizeof(changed));
        changed[i] ^= 0xff;
        poke(spent_at(1), changed, sizeof(changed));
        check(use(1) != AA_CODE_ACCEPTED, "byte %u", i);
    }
    poke(spent_at(1), zeros, sizeof(zeros));
    assert_int_equal(use(1), AA_CODE_WRONG);
    poke(spent_at(1), ready, sizeof(ready)); /* another code's */
    assert_int_equal(use(1), -EBADMSG);
    poke(spent_at(1), used, sizeof(used));
    peek(made_at(1), made, sizeof(made)); /* or it moves to a place that is ready */
    poke(made_at(0), made, sizeof(made));
    assert_int_equal(use(1), AA_CODE_WRONG); /* the first that fits is whole, and used */
    assert_int_equal(use(2), AA_CODE_ACCEPTED);
}

static void damage_is_told(void **state)
{
    static struct codes_listed listed;
    unsigned char byte = 0x5a;
    char more[1][AA_CODE_TEXT_SIZE];
    uint32_t number;

    (void)state;
    poke(made_at(0) + 60, &byte, 1);
    assert_int_equal(codes_list(&world, &listed), -EBADMSG);
    assert_int_equal(listed.n, 2); /* the others are shown */
    assert_int_equal(codes_ready(&world, "alice"), 1);
    assert_int_equal(use(0), -EBADMSG);
    assert_int_equal(use(2), AA_CODE_ACCEPTED); /* whole ones serve */
    assert_int_equal(codes_ready(&world, "alice"), -EBADMSG);
    assert_int_equal(codes_ready(&world, "bob"), -EBADMSG); /* it could have been his */
    assert_int_equal(codes_create(&world, "bob", 1, more), 0);
    assert_int_equal(codes_use(&world, "bob", more[0], &number), AA_CODE_ACCEPTED);
    assert_int_equal(codes_revoke(&world, 1, NULL), -EBADMSG);
}

static void of_another_size(void **state)
{
    static struct codes_listed listed;
    static char whole[AA_CODES_SIZE];
    static const off_t sizes[] = { 0, 1, 511, 512, 513, AA_CODES_SIZE / 2, AA_CODES_SIZE - 512,
                                   AA_CODES_SIZE - 1, AA_CODES_SIZE + 1 };
    char more[1][AA_CODE_TEXT_SIZE];

    (void)state;
    peek(0, whole, sizeof(whole));
    for (size_t i = 0; i < AA_ARRAY_SIZE(sizes); i++) {
        poke(0, whole, sizeof(whole));
        assert_int_equal(truncate(world_path(&world, FILE_NAME), sizes[i]), 0);
        check(use(0) == -EBADMSG, "size %ld", (long)sizes[i]);
        check(codes_ready(&world, "alice") == -EBADMSG, "size %ld", (long)sizes[i]);
        check(codes_create(&world, "alice", 1, more) == -EBADMSG, "size %ld", (long)sizes[i]);
        check(codes_list(&world, &listed) == -EBADMSG, "size %ld", (long)sizes[i]);
        check(codes_revoke(&world, 1, NULL) == -EBADMSG, "size %ld", (long)sizes[i]);
    }
}

/* As a creation leaves it that was killed between a code's two blocks. */
static void two_halves_of_different_codes(void **state)
{
    static struct codes_listed listed;
    static char many[AA_CODES_CREATE_MAX][AA_CODE_TEXT_SIZE];
    struct aa_fault fault = { 0 };
    struct aa_code_slot slot;
    struct aa_codes file;
    int state_fd = world_state_fd(&world);

    (void)state;
    assert_int_equal(aa_codes_open(&world.site, state_fd, true, &file, &fault), 1);
    assert_int_equal(aa_codes_read_slot(&file, 1, &slot), 1);
    slot.spent.spent = (struct aa_code_spent){ .number = 77, .state = AA_CODE_READY };
    assert_int_equal(aa_codes_write_spent(&file, &slot), 0);
    aa_codes_close(&file);
    close(state_fd);
    assert_int_equal(use(1), AA_CODE_WRONG);
    assert_int_equal(codes_list(&world, &listed), 0); /* no damage: it never was one */
    assert_int_equal(listed.n, 2);
    for (unsigned n = 2; n < AA_CODES_MAX; n += AA_CODES_CREATE_MAX) /* and it makes room */
        assert_int_equal(codes_create(&world, "bob", AA_MIN(AA_CODES_CREATE_MAX, AA_CODES_MAX - n),
                                      many), 0);
    assert_int_equal(codes_create(&world, "bob", 1, many), -ENOSPC);
    assert_int_equal(use(0), AA_CODE_ACCEPTED);
}

static void of_another_version(void **state)
{
    struct aa_fault fault = { 0 };
    union aa_code_block header;
    struct aa_codes file;
    int state_fd = world_state_fd(&world);

    (void)state;
    assert_int_equal(aa_codes_open(&world.site, state_fd, true, &file, &fault), 1);
    assert_int_equal(aa_codes_read_block(&file, 0, AA_CODE_BLOCK_HEADER, &header), 1);
    header.header.format++;
    assert_int_equal(aa_codes_write_block(&file, 0, AA_CODE_BLOCK_HEADER, &header), 0);
    aa_codes_close(&file);
    close(state_fd);
    assert_int_equal(use(0), -EBADMSG);
    assert_non_null(strstr(codes_fault.detail, "another version"));
}

static void refused(const char *what)
{
    static struct codes_listed listed;
    char more[1][AA_CODE_TEXT_SIZE];

    check(use(0) == -EPERM && codes_fault.id == AA_FAULT_BREAK_GLASS, "%s: %s", what,
          codes_fault.detail);
    check(codes_ready(&world, "alice") == -EPERM, "%s", what);
    check(codes_list(&world, &listed) == -EPERM, "%s", what);
    check(codes_create(&world, "alice", 1, more) == -EPERM, "%s", what);
    check(codes_revoke(&world, 1, NULL) == -EPERM, "%s", what);
}

static void not_roots_own(void **state)
{
    static const mode_t modes[] = { 0644, 0640, 0660, 0606, 0604, 0620 };
    char path[256], moved[256];

    (void)state;
    snprintf(path, sizeof(path), "%s", world_path(&world, FILE_NAME));
    snprintf(moved, sizeof(moved), "%s", world_path(&world, "state/elsewhere"));
    for (size_t i = 0; i < AA_ARRAY_SIZE(modes); i++) {
        assert_int_equal(chmod(path, modes[i]), 0);
        refused("mode");
    }
    assert_int_equal(chmod(path, 0600), 0);
    world.site.owner++;
    assert_int_equal(codes_ready(&world, "alice"), -EPERM);
    world.site.owner--;
    assert_int_equal(rename(path, moved), 0);
    assert_int_equal(symlink(moved, path), 0);
    refused("a link");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    check(use(0) < 0, "a folder");
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    refused("a pipe");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rename(moved, path), 0);
    assert_int_equal(use(0), AA_CODE_ACCEPTED);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(any_changed_byte_is_seen), TEST(a_used_code_does_not_come_back),
        TEST(damage_is_told),           TEST(of_another_size),
        TEST(two_halves_of_different_codes),
        TEST(of_another_version),       TEST(not_roots_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
