/* SPDX-License-Identifier: ISC */
/* What a path really leads to, by which names it is known on the way, and whether anybody but
 * root could make it lead elsewhere. Its own tree needs root, in a folder that only root can
 * write; the rest uses files that every system has. */
#include "unit.h"
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "capture/executable.h"

static struct aa_site site;
static struct aa_arena arena = AA_ARENA_INIT(64 * 1024 * 1024);
static char tree[64]; /* "" where there can be none */
static struct aa_walked walked;
static const struct aa_walker walker = { &site, &arena, &walked };

static const char *in_tree(const char *name)
{
    char *path = aa_arena_printf(&arena, "%s/%s", tree, name);

    assert_non_null(path);
    return path;
}

static void make_file(const char *name, mode_t mode, const char *content)
{
    int fd = open(in_tree(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, strlen(content)), (ssize_t)strlen(content));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static void make_link(const char *target, const char *name)
{
    assert_int_equal(symlink(target, in_tree(name)), 0);
}

static void make_tree(void)
{
    static const char *const places[] = { "/run/aa-unit-XXXXXX", "/root/aa-unit-XXXXXX" };

    for (size_t i = 0; i < AA_ARRAY_SIZE(places) && tree[0] == '\0'; i++) {
        snprintf(tree, sizeof(tree), "%s", places[i]);
        if (geteuid() != 0 || mkdtemp(tree) == NULL)
            tree[0] = '\0';
    }
    if (tree[0] == '\0')
        return;
    assert_int_equal(chmod(tree, 0755), 0);
    assert_int_equal(mkdir(in_tree("bin"), 0755), 0);
    assert_int_equal(mkdir(in_tree("open"), 0777), 0);
    assert_int_equal(chmod(in_tree("open"), 0777), 0);
    assert_int_equal(mkdir(in_tree("theirs"), 0755), 0);
    make_file("bin/program", 0755, "\177ELF");
    make_file("bin/group-writable", 0775, "");
    make_file("bin/theirs", 0755, "");
    make_file("open/program", 0755, "");
    make_file("theirs/program", 0755, "");
    assert_int_equal(chown(in_tree("bin/theirs"), 65534, 0), 0);
    assert_int_equal(chown(in_tree("theirs"), 65534, 0), 0);
    make_link("program", "bin/link");
    make_link("link", "bin/second");
    make_link("bin", "folder-link");
    make_link("../bin/program", "bin/through-parent");
    make_link("bin/program", "their-link");
    assert_int_equal(lchown(in_tree("their-link"), 65534, 0), 0);
    make_link("open/program", "to-open");
    make_link("nowhere", "bin/dangling");
    make_link("loop-b", "loop-a");
    make_link("loop-a", "loop-b");
    make_link("itself", "itself");
    assert_int_equal(mkfifo(in_tree("bin/fifo"), 0755), 0);
}

static int set_up_group(void **state)
{
    (void)state;
    site = aa_site_system;
    make_tree();
    return 0;
}

static int tear_down_group(void **state)
{
    char command[128];

    (void)state;
    if (tree[0] != '\0') {
        snprintf(command, sizeof(command), "rm -rf '%s'", tree);
        (void)!system(command);
    }
    aa_arena_clear(&arena);
    return 0;
}

static struct aa_resolved resolve(const char *path)
{
    struct aa_resolved resolved;
    int before = world_open_descriptors();

    walked.n = 0;
    check(aa_resolve(&walker, path, &resolved) == 0, "%s", path);
    assert_int_equal(world_open_descriptors(), before);
    assert_string_equal(resolved.names[0].path, path);
    for (size_t i = 0; i < resolved.names_n; i++) {
        const char *slash = strrchr(resolved.names[i].path, '/');

        assert_string_equal(resolved.names[i].base,
                            slash == NULL ? resolved.names[i].path : slash + 1);
    }
    return resolved;
}

static void system_files(void **state)
{
    struct stat st;
    struct aa_resolved resolved;

    (void)state;
    resolved = resolve("/usr/bin/id");
    assert_int_equal(stat("/usr/bin/id", &st), 0);
    assert_true(resolved.facts.found);
    assert_null(resolved.facts.unbound_why);
    assert_int_equal(resolved.facts.inode, st.st_ino);
    assert_int_equal(resolved.facts.device, st.st_dev);
    assert_int_equal(resolved.facts.size, st.st_size);
    assert_int_equal(resolved.facts.mtime_nsec,
                     (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec);
    assert_int_equal(resolved.facts.ctime_nsec,
                     (int64_t)st.st_ctim.tv_sec * 1000000000 + st.st_ctim.tv_nsec);
    site.owner = 12345;
    assert_non_null(resolve("/usr/bin/id").facts.unbound_why);
    site.owner = 0;
}

/* A temporary folder is everybody's, sticky or not. */
static void a_file_in_tmp_is_not_bound(void **state)
{
    char path[] = "/tmp/aa-unit-XXXXXX";
    int fd = mkstemp(path);
    struct aa_resolved resolved;

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    resolved = resolve(path);
    unlink(path);
    assert_true(resolved.facts.found);
    check(strstr(resolved.facts.unbound_why, "/tmp is writable by group or others") != NULL, "%s",
          resolved.facts.unbound_why);
}

static void paths(void **state)
{
    static const struct {
        const char *path;   /* in the tree */
        const char *wanted; /* resolved, in the tree; NULL: not found */
        const char *why;    /* part of the reason; NULL: bound */
    } rows[] = {
        { "bin/program", "bin/program", NULL },
        { "bin//./program", "bin/program", NULL },
        { "bin/../bin/program", "bin/program", NULL },
        { "open/../bin/program", "bin/program", "open is writable" },
        { "bin/link", "bin/program", NULL },
        { "bin/second", "bin/program", NULL },
        { "folder-link/second", "bin/program", NULL },
        { "bin/through-parent", "bin/program", NULL },
        { "bin/group-writable", "bin/group-writable", "is writable by group or others" },
        { "bin/theirs", "bin/theirs", "is not root's own" },
        { "open/program", "open/program", "open is writable" },
        { "theirs/program", "theirs/program", "theirs is not root's own" },
        { "their-link", "bin/program", "their-link is not root's own" },
        { "to-open", "open/program", "open is writable" },
        { "bin", "bin", "not a regular file" },
        { "bin/fifo", "bin/fifo", "not a regular file" },
        { "bin/missing", NULL, "No such file" },
        { "bin/dangling", NULL, "No such file" },
        { "missing/program", NULL, "No such file" },
        { "bin/program/below", NULL, "Not a directory" },
        { "bin/program/..", NULL, "Not a directory" },
        { "bin/link/..", NULL, "Not a directory" },
        { "loop-a", NULL, "Too many levels" },
        { "itself", NULL, "Too many levels" },
        { "itself/program", NULL, "Too many levels" },
    };

    (void)state;
    if (tree[0] == '\0')
        skip_because("a tree that only root can change needs root");
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_resolved resolved = resolve(in_tree(rows[i].path));
        const char *why = resolved.facts.unbound_why;

        check(resolved.facts.found == (rows[i].wanted != NULL), "%s", rows[i].path);
        check(rows[i].wanted == NULL || aa_streq(resolved.facts.path, in_tree(rows[i].wanted)),
              "%s leads to %s", rows[i].path, resolved.facts.path);
        check((why == NULL) == (rows[i].why == NULL), "%s: %s", rows[i].path, why);
        check(why == NULL || strstr(why, rows[i].why) != NULL, "%s: %s", rows[i].path, why);
    }
}

/* The steps that one request remembers change no answer, also when there are more than fit. */
static void remembered_steps_change_nothing(void **state)
{
    static const char *const names[] = { "bin/program", "folder-link/second", "open/program",
                                         "their-link", "to-open", "bin/missing", "loop-a",
                                         "bin/group-writable", "bin/../open/../bin/link" };

    (void)state;
    if (tree[0] == '\0')
        skip_because("needs root");
    walked.n = 0;
    for (int round = 0; round < 5; round++) {
        for (size_t i = 0; i < AA_ARRAY_SIZE(names); i++) {
            struct aa_walked fresh_steps = { .n = 0 };
            const struct aa_walker fresh = { &site, &arena, &fresh_steps };
            struct aa_resolved shared_answer, fresh_answer;
            const char *why;

            assert_int_equal(aa_resolve(&walker, in_tree(names[i]), &shared_answer), 0);
            assert_int_equal(aa_resolve(&fresh, in_tree(names[i]), &fresh_answer), 0);
            assert_int_equal(shared_answer.facts.found, fresh_answer.facts.found);
            assert_int_equal(shared_answer.facts.inode, fresh_answer.facts.inode);
            why = fresh_answer.facts.unbound_why;
            check((shared_answer.facts.unbound_why == NULL) == (why == NULL), "%s", names[i]);
            assert_true(why == NULL || aa_streq(shared_answer.facts.unbound_why, why));
        }
        if (round == 1)
            walked.n = 0;
        while (walked.n < AA_STEPS_MAX && round > 1) /* full of steps of elsewhere */
            walked.steps[walked.n++] = (struct aa_step){ .path = "/nowhere" };
    }
}

static void every_link_in_last_place_is_a_name(void **state)
{
    static const char *const wanted[] = { "folder-link/second", "bin/second", "bin/link",
                                          "bin/program" };
    struct aa_resolved resolved;

    (void)state;
    if (tree[0] == '\0')
        skip_because("needs root");
    resolved = resolve(in_tree("folder-link/second"));
    assert_int_equal(resolved.names_n, AA_ARRAY_SIZE(wanted));
    for (size_t i = 0; i < AA_ARRAY_SIZE(wanted); i++)
        assert_string_equal(resolved.names[i].path, in_tree(wanted[i]));
    assert_string_equal(resolved.names[2].base, "link");
}

static void links_end_where_the_kernel_ends_them(void **state)
{
    char name[16], target[16];

    (void)state;
    if (tree[0] == '\0')
        skip_because("needs root");
    make_link("bin/program", "chain-0");
    for (int i = 1; i <= 41; i++) {
        snprintf(name, sizeof(name), "chain-%d", i);
        snprintf(target, sizeof(target), "chain-%d", i - 1);
        make_link(target, name);
    }
    for (int i = 36; i <= 41; i++) {
        struct aa_resolved resolved;
        int fd;

        snprintf(name, sizeof(name), "chain-%d", i);
        resolved = resolve(in_tree(name));
        fd = open(in_tree(name), O_RDONLY | O_CLOEXEC);
        check(resolved.facts.found == (fd >= 0), "%d links: kernel %d, we %d", i + 1, fd >= 0,
              resolved.facts.found);
        if (fd >= 0)
            close(fd);
    }
}

static void relative_paths_start_here(void **state)
{
    int here = open(".", O_PATH | O_CLOEXEC);
    struct aa_resolved resolved;

    (void)state;
    assert_int_equal(chdir("/usr/bin"), 0);
    assert_string_equal(resolve("id").facts.path, "/usr/bin/id");
    assert_string_equal(resolve("./id").facts.path, "/usr/bin/id");
    assert_string_equal(resolve("../bin/id").facts.path, "/usr/bin/id");
    assert_int_equal(chdir("/tmp"), 0);
    resolved = resolve("../usr/bin/id");
    assert_string_equal(resolved.facts.path, "/usr/bin/id");
    assert_non_null(strstr(resolved.facts.unbound_why, "/tmp is writable")); /* it went through */
    assert_int_equal(fchdir(here), 0);
    close(here);
}

static void a_deleted_folder_leads_nowhere(void **state)
{
    int here = open(".", O_PATH | O_CLOEXEC);
    char folder[] = "/tmp/aa-unit-XXXXXX";
    struct aa_resolved resolved;

    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(rmdir(folder), 0);
    resolved = resolve("id");
    assert_false(resolved.facts.found);
    assert_non_null(resolved.facts.unbound_why);
    resolved = resolve("/usr/bin/id");
    assert_true(resolved.facts.found);
    assert_int_equal(fchdir(here), 0);
    close(here);
}

static void long_names(void **state)
{
    char path[6000] = "/usr/bin/";
    struct aa_resolved resolved;

    (void)state;
    memset(path + 9, 'x', 300);
    resolved = resolve(path);
    assert_false(resolved.facts.found);
    assert_non_null(resolved.facts.unbound_why);
    for (size_t i = 0; i + 8 < sizeof(path); i += 8)
        memcpy(path + i, "/usr/../", 8);
    path[sizeof(path) / 8 * 8 - 8] = '\0';
    strcat(path, "usr");
    assert_true(resolve(path).facts.found || resolve(path).facts.unbound_why != NULL);
}

static void folders(void **state)
{
    static const struct {
        const char *path, *why;
    } rows[] = {
        { "bin", NULL },
        { "bin/", NULL },
        { "folder-link", NULL },
        { "missing", NULL }, /* only root could make it */
        { "missing/deeper", NULL },
        { "bin/program", "it is no folder" },
        { "open", "open is writable" },
        { "open/missing", "No such file" }, /* anybody could make it */
        { "theirs", "is not root's own" },
        { "loop-a", "Too many levels" },
    };
    const char *why;

    (void)state;
    walked.n = 0;
    assert_int_equal(aa_folder_is_bound(&walker, "/usr/bin", &why), 0);
    assert_null(why);
    assert_int_equal(aa_folder_is_bound(&walker, "/tmp", &why), 0);
    assert_non_null(why);
    if (tree[0] == '\0')
        skip_because("the rest needs root");
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        assert_int_equal(aa_folder_is_bound(&walker, in_tree(rows[i].path), &why), 0);
        check((why == NULL) == (rows[i].why == NULL), "%s: %s", rows[i].path, why);
        check(why == NULL || strstr(why, rows[i].why) != NULL, "%s: %s", rows[i].path, why);
    }
}

static void memory_that_is_out_is_an_error(void **state)
{
    (void)state;
    for (size_t maximum = 0; maximum < 200; maximum += 8) {
        struct aa_arena small = AA_ARENA_INIT(maximum);
        struct aa_walked steps = { .n = 0 };
        const struct aa_walker in_small = { &site, &small, &steps };
        struct aa_resolved resolved;
        int r = aa_resolve(&in_small, "/usr/../usr/bin/id", &resolved);

        check(r == 0 || r == -ENOMEM, "%d with %zu bytes", r, maximum);
        check(r != 0 || resolved.facts.found, "found nothing with %zu bytes", maximum);
        aa_arena_clear(&small);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(system_files),
        cmocka_unit_test(a_file_in_tmp_is_not_bound),
        cmocka_unit_test(paths),
        cmocka_unit_test(remembered_steps_change_nothing),
        cmocka_unit_test(every_link_in_last_place_is_a_name),
        cmocka_unit_test(links_end_where_the_kernel_ends_them),
        cmocka_unit_test(relative_paths_start_here),
        cmocka_unit_test(a_deleted_folder_leads_nowhere),
        cmocka_unit_test(long_names),
        cmocka_unit_test(folders),
        cmocka_unit_test(memory_that_is_out_is_an_error),
    };

    return cmocka_run_group_tests(tests, set_up_group, tear_down_group);
}
