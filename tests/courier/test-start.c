/* SPDX-License-Identifier: ISC */
/* A courier that cannot be started as it should is not started otherwise: each reason has its
 * words, and nothing is left behind. */
#include "stage.h"

#include <sys/stat.h>

static const char *scripted;
static struct stage stage;

static int set_up(void **state)
{
    (void)state;
    stage_make(&stage, scripted, "post");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    stage_remove(&stage);
    return 0;
}

static void refused(uint32_t channel, enum aa_fault_id id, const char *says)
{
    struct aa_fault fault = { 0 };
    int before = world_open_descriptors();
    int r = aa_courier_start(&stage.world.site, &stage.snapshot, channel, &stage.courier, &fault);

    check(r < 0, "it was started, instead of: %s", says);
    assert_null(stage.courier);
    check(strstr(fault.detail, says) != NULL, "\"%s\" is not \"%s\"", fault.detail, says);
    assert_string_equal(aa_fault_name(fault.id), aa_fault_name(id));
    assert_null(strstr(fault.detail, "xoxb"));
    assert_int_equal(world_open_descriptors(), before);
    assert_int_equal(stage_pid(&stage), 0);
}

static void programs(void **state)
{
    const char *path = stage.program;
    char folder[WORLD_PATH_MAX + 8];

    (void)state;
    snprintf(folder, sizeof(folder), "%s", world_path(&stage.world, "libexec"));
    assert_int_equal(chmod(path, 0775), 0);
    refused(0, AA_FAULT_CHANNEL, "courier is writable by group or others");
    assert_int_equal(chmod(path, 0755), 0);
    assert_int_equal(lchown(path, 65534, 0), 0);
    refused(0, AA_FAULT_CHANNEL, "is not owned by root");
    assert_int_equal(lchown(path, 0, 0), 0);
    assert_int_equal(chmod(folder, 0777), 0);
    refused(0, AA_FAULT_CHANNEL, "libexec is writable by group or others");
    assert_int_equal(chmod(folder, 0755), 0);
    assert_int_equal(rename(path, world_path(&stage.world, "libexec/other")), 0);
    refused(0, AA_FAULT_CHANNEL, "No such file");
    assert_int_equal(symlink("other", path), 0);
    refused(0, AA_FAULT_CHANNEL, "is a symbolic link");
    stage.world.site.courier = "courier";
    refused(0, AA_FAULT_CHANNEL, "no full path");
}

static void users(void **state)
{
    (void)state;
    stage.world.site.courier_user = "no-such-user-here";
    refused(0, AA_FAULT_CHANNEL, "the courier's user no-such-user-here: there is no such account");
    stage.world.site.courier_user = "root";
    refused(0, AA_FAULT_CHANNEL, "the courier's user root is root");
}

static void secrets(void **state)
{
    static char large[16 * 1024 + 2];

    (void)state;
    memset(large, 'x', sizeof(large));
    world_write(&stage.world, "secrets/slack", "xoxb", 4, 0640);
    refused(0, AA_FAULT_CHANNEL, "slack is readable by group or others");
    world_write(&stage.world, "secrets/slack", "xoxb", 4, 0604);
    refused(0, AA_FAULT_CHANNEL, "slack is readable by group or others");
    world_write(&stage.world, "secrets/slack", "", 0, 0600);
    refused(0, AA_FAULT_CHANNEL, "it is empty");
    world_write(&stage.world, "secrets/slack", "\n", 1, 0600);
    refused(0, AA_FAULT_CHANNEL, "it is empty");
    world_write(&stage.world, "secrets/slack", large, sizeof(large), 0600);
    refused(0, AA_FAULT_CHANNEL, "it is larger than 16 KiB");
    world_write(&stage.world, "secrets/slack", large, sizeof(large) - 1, 0600);
    refused(0, AA_FAULT_CHANNEL, "it is larger than 16 KiB");
    world_write(&stage.world, "secrets/slack", "xo\0xb", 5, 0600);
    refused(0, AA_FAULT_CHANNEL, "it is not text");
    world_write(&stage.world, "secrets/slack", "xoxb\xff", 5, 0600);
    refused(0, AA_FAULT_CHANNEL, "it is not text");
    assert_int_equal(unlink(world_path(&stage.world, "secrets/slack")), 0);
    refused(0, AA_FAULT_CHANNEL, "No such file");
    assert_int_equal(symlink("/etc/hostname", world_path(&stage.world, "secrets/slack")), 0);
    refused(0, AA_FAULT_CHANNEL, "is a symbolic link");
    world_write(&stage.world, "secrets/slack", "xoxb", 4, 0600);
    assert_int_equal(chmod(stage.secrets, 0770), 0);
    refused(0, AA_FAULT_CHANNEL, "secrets is writable by group or others");
}

/* The largest that may be goes through whole. */
static void large_secret(void **state)
{
    static char large[16 * 1024 + 1];

    (void)state;
    memset(large, 'x', sizeof(large));
    large[sizeof(large) - 1] = '\n';
    world_write(&stage.world, "secrets/slack", large, sizeof(large), 0600);
    stage_start(&stage);
    stage_ask(&stage);
    stage_expect(&stage, AA_COURIER_POSTED, "");
}

static void channels(void **state)
{
    (void)state;
    refused(1, AA_FAULT_CHANNEL, "channel here needs no courier");
    refused(2, AA_FAULT_SNAPSHOT_DAMAGED, "no channel 2");
    refused(UINT32_MAX, AA_FAULT_SNAPSHOT_DAMAGED, "no channel");
}

/* What fails behind the clone is told as an event. */
static void stillborn(void **state)
{
    (void)state;
    world_write(&stage.world, "libexec/courier", "#!/bin/sh\n", 10, 0755);
    stage_start(&stage);
    stage_expect(&stage, AA_COURIER_FAILED, "the courier could not be started: its program: ");
    stage.courier = aa_courier_free(stage.courier, true);
    world_write(&stage.world, "libexec/courier", "no program", 10, 0755);
    stage_start(&stage);
    stage_expect(&stage, AA_COURIER_FAILED, "its program: Exec format error");
    stage.courier = aa_courier_free(stage.courier, true);
    world_write(&stage.world, "libexec/courier", "no program", 10, 0600);
    stage_start(&stage);
    stage_expect(&stage, AA_COURIER_FAILED, "its program: Permission denied");
}

int main(int argc, char **argv)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        EACH(programs), EACH(users), EACH(secrets), EACH(large_secret), EACH(channels),
        EACH(stillborn),
    };

    assert_true(argc > 1);
    scripted = argv[1];
    stage_needs_root();
    return cmocka_run_group_tests_name("start", tests, NULL, NULL);
}
