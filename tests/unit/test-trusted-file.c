/* SPDX-License-Identifier: ISC */
/* Files that decide are believed only where nobody else could have put or changed them; what
 * stands in their place (links, pipes, devices) is refused without being waited for. */
#include "unit.h"
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#include "base/trusted-file.h"

static struct world world;

static int set_up(void **state)
{
    (void)state;
    world_make(&world);
    alarm(30); /* a pipe that is waited for ends the test */
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    alarm(0);
    world_remove(&world);
    return 0;
}

static int folder(const char *name, char why[AA_TRUST_WHY_MAX])
{
    int fd = -1, r, before = world_open_descriptors();
    struct stat st;

    why[0] = '\0';
    r = aa_trusted_folder(&world.site, world_path(&world, name), &fd, why);
    if (r == AA_TRUST_OK) {
        assert_int_equal(fstat(fd, &st), 0);
        assert_true(S_ISDIR(st.st_mode));
        assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
        close(fd);
    } else {
        assert_int_equal(fd, -1); /* untouched */
    }
    assert_int_equal(world_open_descriptors(), before);
    return r;
}

static int file(const char *name, bool private, char why[AA_TRUST_WHY_MAX])
{
    int state_fd = world_state_fd(&world), fd = -1, r, before = world_open_descriptors();
    struct stat st = { .st_size = 77 };

    why[0] = '\0';
    r = aa_trusted_file(&world.site, state_fd, name, O_RDONLY, private, &fd, &st, why);
    if (r == AA_TRUST_OK) {
        assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
        assert_true(S_ISREG(st.st_mode));
        close(fd);
    } else {
        assert_int_equal(fd, -1);
        assert_int_equal(st.st_size, 77);
        assert_true(why[0] != '\0');
    }
    assert_int_equal(world_open_descriptors(), before);
    close(state_fd);
    return r;
}

static void make_folder(const char *name, mode_t mode)
{
    assert_int_equal(mkdir(world_path(&world, name), 0700), 0);
    assert_int_equal(chmod(world_path(&world, name), mode), 0);
}

static void folders(void **state)
{
    static const struct {
        const char *name;
        int wanted;
        const char *why;
    } rows[] = {
        { "state", AA_TRUST_OK, "" },
        { "state/", AA_TRUST_OK, "" },
        { "state//deep///deeper", AA_TRUST_OK, "" },
        { "", AA_TRUST_OK, "" },
        { "missing", AA_TRUST_MISSING, "No such file" },
        { "state/missing/more", AA_TRUST_MISSING, "No such file" },
        { "group-writable", AA_TRUST_UNSAFE, "writable by group or others" },
        { "world-writable", AA_TRUST_UNSAFE, "writable by group or others" },
        { "world-writable/below", AA_TRUST_UNSAFE, "writable by group or others" },
        { "sticky/below", AA_TRUST_UNSAFE, "writable by group or others" },
        { "link-to-state", AA_TRUST_UNSAFE, "symbolic link" },
        { "link-to-state/deep", AA_TRUST_UNSAFE, "symbolic link" },
        { "machine-id", AA_TRUST_UNSAFE, "no folder" },
        { "machine-id/below", AA_TRUST_UNSAFE, "no folder" },
    };
    char why[AA_TRUST_WHY_MAX];

    (void)state;
    make_folder("state/deep", 0755);
    make_folder("state/deep/deeper", 0755);
    make_folder("group-writable", 0775);
    make_folder("world-writable", 0757);
    make_folder("sticky", 01777);
    assert_int_equal(mkdir(world_path(&world, "world-writable/below"), 0700), 0);
    assert_int_equal(mkdir(world_path(&world, "sticky/below"), 0700), 0);
    assert_int_equal(symlink("state", world_path(&world, "link-to-state")), 0);
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        check(folder(rows[i].name, why) == rows[i].wanted, "%s: %s", rows[i].name, why);
        check(strstr(why, rows[i].why) != NULL, "%s says: %s", rows[i].name, why);
    }
}

static void folders_of_others(void **state)
{
    char why[AA_TRUST_WHY_MAX];
    int fd = -1;

    (void)state;
    world.site.owner = geteuid() + 1; /* so that everything is somebody else's */
    assert_int_equal(folder("state", why), AA_TRUST_UNSAFE);
    assert_non_null(strstr(why, "not owned by root"));
    world.site.owner = geteuid();
    assert_int_equal(aa_trusted_folder(&world.site, "/elsewhere", &fd, why), AA_TRUST_UNSAFE);
    assert_non_null(strstr(why, "outside the trusted root"));
    assert_int_equal(chmod(world.root, 0777), 0);
    assert_int_equal(folder("state", why), AA_TRUST_UNSAFE);
    assert_int_equal(chmod(world.root, 0700), 0);
    if (geteuid() != 0)
        return;
    assert_int_equal(lchown(world_path(&world, "state"), 12345, 0), 0);
    assert_int_equal(folder("state", why), AA_TRUST_UNSAFE);
    assert_int_equal(folder("state/missing", why), AA_TRUST_UNSAFE); /* not "there is none" */
}

static void make_socket(const char *name)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%.100s", world_path(&world, name));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    close(fd);
}

static void files(void **state)
{
    static const struct {
        const char *name;
        bool private;
        int wanted;
        const char *why;
    } rows[] = {
        { "0600", true, AA_TRUST_OK, "" },
        { "0600", false, AA_TRUST_OK, "" },
        { "0644", false, AA_TRUST_OK, "" },
        { "0644", true, AA_TRUST_UNSAFE, "readable by group or others" },
        { "0604", true, AA_TRUST_UNSAFE, "readable by group or others" },
        { "0640", true, AA_TRUST_UNSAFE, "readable by group or others" },
        { "0620", false, AA_TRUST_UNSAFE, "writable by group or others" },
        { "0602", false, AA_TRUST_UNSAFE, "writable by group or others" },
        { "missing", false, AA_TRUST_MISSING, "No such file" },
        { "link", false, AA_TRUST_UNSAFE, "symbolic link" },
        { "dangling", false, AA_TRUST_UNSAFE, "symbolic link" },
        { "folder", false, AA_TRUST_UNSAFE, "not a regular file" },
        { "fifo", false, AA_TRUST_UNSAFE, "not a regular file" },
        { "0600/below", false, AA_TRUST_UNSAFE, "no folder" },
    };
    char why[AA_TRUST_WHY_MAX];

    (void)state;
    world_write(&world, "state/0600", "x", 1, 0600);
    world_write(&world, "state/0644", "x", 1, 0644);
    world_write(&world, "state/0604", "x", 1, 0604);
    world_write(&world, "state/0640", "x", 1, 0640);
    world_write(&world, "state/0620", "x", 1, 0620);
    world_write(&world, "state/0602", "x", 1, 0602);
    make_folder("state/folder", 0700);
    assert_int_equal(symlink("0600", world_path(&world, "state/link")), 0);
    assert_int_equal(symlink("nowhere", world_path(&world, "state/dangling")), 0);
    assert_int_equal(mkfifo(world_path(&world, "state/fifo"), 0600), 0);
    make_socket("state/socket");
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        int r = file(rows[i].name, rows[i].private, why);

        check(r == rows[i].wanted, "%s: %d, %s", rows[i].name, r, why);
        check(strstr(why, rows[i].why) != NULL, "%s says: %s", rows[i].name, why);
    }
    assert_int_equal(file("socket", false, why), -ENXIO);
    if (geteuid() == 0 && mknod(world_path(&world, "state/null"), S_IFCHR | 0600,
                                makedev(1, 3)) == 0) {
        int r = file("null", false, why);

        check(r == AA_TRUST_UNSAFE || r == -EACCES /* on a file system without devices */,
              "null: %d, %s", r, why);
    }
    world.site.owner = geteuid() + 1;
    assert_int_equal(file("0600", false, why), AA_TRUST_UNSAFE);
    assert_non_null(strstr(why, "not owned by root"));
}

static void reads_everything_up_to_the_maximum(void **state)
{
    static char data[70000];

    (void)state;
    memset(data, 'x', sizeof(data));
    world_write(&world, "state/large", data, sizeof(data), 0600);
    for (int i = -1; i <= 1; i++) {
        struct aa_buffer buffer = AA_BUFFER_INIT(sizeof(data) + 1 + (size_t)i);
        int fd = open(world_path(&world, "state/large"), O_RDONLY | O_CLOEXEC), r;

        r = aa_read_all(fd, &buffer);
        assert_int_equal(r, i < 0 ? -E2BIG : 0);
        assert_true(i < 0 || buffer.length == sizeof(data));
        aa_buffer_free(&buffer);
        assert_int_equal(aa_read_all(-1, &buffer), -EBADF);
        close(fd);
    }
}

static void reads_one_line(void **state)
{
    char text[8];

    (void)state;
    world_write_text(&world, "state/line", "1234\nmore\n");
    assert_int_equal(aa_read_line(world_path(&world, "state/line"), text, sizeof(text)), 0);
    assert_string_equal(text, "1234");
    world_write_text(&world, "state/line", "123456789012");
    assert_int_equal(aa_read_line(world_path(&world, "state/line"), text, sizeof(text)), 0);
    assert_string_equal(text, "1234567");
    world_write_text(&world, "state/line", "");
    assert_int_equal(aa_read_line(world_path(&world, "state/line"), text, sizeof(text)), 0);
    assert_string_equal(text, "");
    assert_int_equal(aa_read_line(world_path(&world, "nothing"), text, sizeof(text)), -ENOENT);
    assert_int_equal(aa_read_line(world_path(&world, "state"), text, sizeof(text)), -EISDIR);
}

static void write_failures_are_told(void **state)
{
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

    (void)state;
    if (fd < 0)
        skip_because("there is no /dev/full");
    assert_int_equal(aa_write_all(fd, "x", 1), -ENOSPC);
    assert_int_equal(aa_write_all(fd, "", 0), 0);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(folders, set_up, tear_down),
        cmocka_unit_test_setup_teardown(folders_of_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_everything_up_to_the_maximum, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_one_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(write_failures_are_told, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
