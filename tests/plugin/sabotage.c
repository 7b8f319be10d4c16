/* SPDX-License-Identifier: ISC */
#include "test.h"

#include "sabotage.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"
#include "world.h"

#define LIVE WORLD_STATE "/live"
#define LEDGER WORLD_STATE "/ledger"
#define KEY WORLD_STATE "/key"
#define ELSEWHERE WORLD_STATE ".elsewhere"
#define PARENT WORLD_STATE "/.."

static void overwrite(const char *path, long offset, char byte)
{
    _cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, &byte, 1, offset), 1);
}

static void no_state(void)
{
    assert_int_equal(rename(WORLD_STATE, ELSEWHERE), 0);
}

static void state_is_a_link(void)
{
    no_state();
    assert_int_equal(symlink(ELSEWHERE, WORLD_STATE), 0);
}

static void state_back(void)
{
    (void)unlink(WORLD_STATE);
    assert_int_equal(rename(ELSEWHERE, WORLD_STATE), 0);
}

static void state_is_open(void)
{
    assert_int_equal(chmod(WORLD_STATE, 0777), 0);
}

static void parent_is_open(void)
{
    assert_int_equal(chmod(PARENT, 0777), 0);
}

static void parent_back(void)
{
    assert_int_equal(chmod(PARENT, 0755), 0);
}

static void no_live(void)
{
    assert_int_equal(unlink(LIVE), 0);
}

static void live_is_empty(void)
{
    assert_int_equal(truncate(LIVE, 0), 0);
}

static void live_is_cut(void)
{
    assert_int_equal(truncate(LIVE, 500), 0);
}

static void live_is_damaged(void)
{
    struct stat st;

    assert_int_equal(stat(LIVE, &st), 0);
    overwrite(LIVE, st.st_size - 1, '!');
}

static void live_is_of_the_future(void)
{
    overwrite(LIVE, 8, '\x7f');
}

static void live_is_open(void)
{
    assert_int_equal(chmod(LIVE, 0666), 0);
}

static void live_is_a_link(void)
{
    assert_int_equal(rename(LIVE, WORLD_STATE "/other"), 0);
    assert_int_equal(symlink("other", LIVE), 0);
}

static void live_is_a_fifo(void)
{
    no_live();
    assert_int_equal(mkfifo(LIVE, 0600), 0);
}

static void no_key(void)
{
    assert_int_equal(unlink(KEY), 0);
}

static void key_is_short(void)
{
    assert_int_equal(truncate(KEY, 31), 0);
}

static void key_is_open(void)
{
    assert_int_equal(chmod(KEY, 0644), 0);
}

static void no_ledger(void)
{
    assert_int_equal(unlink(LEDGER), 0);
}

static void ledger_is_a_folder(void)
{
    no_ledger();
    assert_int_equal(mkdir(LEDGER, 0700), 0);
}

static void ledger_is_open(void)
{
    assert_int_equal(chmod(LEDGER, 0606), 0);
}

static void ledger_is_damaged(void)
{
    overwrite(LEDGER, 0, 'X');
}

static void ledger_is_cut(void)
{
    assert_int_equal(truncate(LEDGER, 100), 0);
}

static void ledger_is_read_only(void)
{
    assert_int_equal(mount(WORLD_STATE, WORLD_STATE, NULL, MS_BIND, NULL), 0);
    assert_int_equal(mount(NULL, WORLD_STATE, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID |
                                                        MS_NODEV, NULL), 0);
}

static void ledger_writable(void)
{
    assert_int_equal(umount2(WORLD_STATE, MNT_DETACH), 0);
}

static void no_proc(void)
{
    assert_int_equal(mount("tmpfs", "/proc", "tmpfs", 0, NULL), 0);
}

static void proc_back(void)
{
    assert_int_equal(umount2("/proc", MNT_DETACH), 0);
}

const struct sabotage sabotages[] = {
    { "the state folder is gone", no_state, state_back, "E-FOLDER", false, false },
    { "the state folder is a link", state_is_a_link, state_back, "E-FOLDER", false, false },
    { "the state folder is open to all", state_is_open, NULL, "E-FOLDER", false, false },
    { "the folder above it is open to all", parent_is_open, parent_back, "E-FOLDER", false, false },
    { "no snapshot", no_live, NULL, "E-SNAPSHOT-MISSING", true, false },
    { "an empty snapshot", live_is_empty, NULL, "E-SNAPSHOT-DAMAGED", true, false },
    { "a snapshot cut short", live_is_cut, NULL, "E-SNAPSHOT-DAMAGED", true, false },
    { "a damaged snapshot", live_is_damaged, NULL, "E-SNAPSHOT-DAMAGED", true, false },
    { "a snapshot of another version", live_is_of_the_future, NULL, "E-SNAPSHOT-VERSION", true,
      false },
    { "a snapshot open to all", live_is_open, NULL, "E-SNAPSHOT-UNSAFE", true, false },
    { "the snapshot is a link", live_is_a_link, NULL, "E-SNAPSHOT-UNSAFE", true, false },
    { "the snapshot is a fifo", live_is_a_fifo, NULL, "E-SNAPSHOT-UNSAFE", true, false },
    { "no key", no_key, NULL, "E-KEY", true, false },
    { "a short key", key_is_short, NULL, "E-KEY", true, false },
    { "a key open to all", key_is_open, NULL, "E-KEY", true, false },
    { "no ledger", no_ledger, NULL, "E-LEDGER-MISSING", false, true },
    { "the ledger is a folder", ledger_is_a_folder, NULL, "E-LEDGER-", false, true },
    { "the ledger is open to all", ledger_is_open, NULL, "E-LEDGER-UNSAFE", false, true },
    { "the ledger is damaged", ledger_is_damaged, NULL, "E-LEDGER-DAMAGED", false, true },
    { "the ledger is cut short", ledger_is_cut, NULL, "E-LEDGER-DAMAGED", false, true },
    { "the ledger is read-only", ledger_is_read_only, ledger_writable, "E-LEDGER-WRITE", false,
      true },
    { "no /proc", no_proc, proc_back, "E-IDENTITY", true, false },
};
const size_t sabotages_n = AA_ARRAY_SIZE(sabotages);
