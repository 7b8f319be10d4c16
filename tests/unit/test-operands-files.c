/* SPDX-License-Identifier: ISC */
/* Where the files that a command line names really are: links, other people's links, what is not
 * there yet, places of the kernel, attributes. In a folder of the test's own; most of it needs
 * root. */
#include "unit.h"
#include "operands-support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

enum { STRANGER = 65533 };

static char tree[64]; /* "" where there can be none */

static const char *in_tree(const char *below)
{
    static char path[4][256];
    static unsigned next;
    char *ret = path[next++ % 4];

    snprintf(ret, sizeof(path[0]), "%s/%s", tree, below);
    return ret;
}

static void make_file(const char *below, uid_t owner)
{
    int fd = open(in_tree(below), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

    assert_true(fd >= 0);
    assert_int_equal(fchown(fd, owner, 0), 0);
    close(fd);
}

static void make_link(const char *target, const char *below, uid_t owner)
{
    assert_int_equal(symlink(target, in_tree(below)), 0);
    assert_int_equal(lchown(in_tree(below), owner, 0), 0);
}

static int set_up_group(void **state)
{
    (void)state;
    operands_made.site = aa_site_system;
    snprintf(tree, sizeof(tree), "/var/tmp/aa-operands-XXXXXX");
    if (geteuid() != 0 || mkdtemp(tree) == NULL)
        tree[0] = '\0';
    if (tree[0] == '\0')
        return 0;
    assert_int_equal(mkdir(in_tree("data"), 0755), 0);
    assert_int_equal(mkdir(in_tree("data/sub"), 0755), 0);
    assert_int_equal(mkdir(in_tree("home"), 0755), 0);
    assert_int_equal(chown(in_tree("home"), OPERANDS_REQUESTER, 0), 0);
    make_file("data/file", 0);
    make_file("data/theirs", STRANGER);
    make_file("home/comma", OPERANDS_REQUESTER);
    assert_int_equal(mkfifo(in_tree("data/fifo"), 0644), 0);
    make_link("../data", "home/d", OPERANDS_REQUESTER);
    make_link("../data/file", "home/f", OPERANDS_REQUESTER);
    make_link("../data/sub/..", "home/up", OPERANDS_REQUESTER);
    make_link("../data/not-yet", "home/new", OPERANDS_REQUESTER);
    make_link("../data/no/not-yet", "home/newer", OPERANDS_REQUESTER);
    make_link("../data/fifo", "home/p", OPERANDS_REQUESTER);
    make_link("../data", "home/root-d", 0);
    make_link("../data/file", "home/strange", STRANGER);
    make_link("../data", "home/strange-d", STRANGER);
    make_link("f", "home/f2", OPERANDS_REQUESTER);
    make_link("loop", "home/loop", OPERANDS_REQUESTER);
    make_link("/proc/self/root", "home/proc", OPERANDS_REQUESTER);
    make_link("../data/sub", "home/sub", OPERANDS_REQUESTER);
    return 0;
}

static int tear_down_group(void **state)
{
    char command[128];

    (void)state;
    aa_arena_clear(&operands_made.request.arena);
    if (tree[0] != '\0') {
        snprintf(command, sizeof(command), "rm -rf '%s'", tree);
        (void)!system(command);
    }
    return 0;
}

static void links(void **state)
{
    /* wanted: where it leads, below the tree; "=": what it says; "?": not known */
    static const struct {
        const char *word, *wanted;
    } rows[] = {
        { "d/file", "data/file" },     { "f", "data/file" },        { "f2", "data/file" },
        { "up/file", "data/file" },    { "up", "data" },            { "new", "data/not-yet" },
        { "newer", "data/no/not-yet" }, { "d/x/y", "data/x/y" },    { "d/x/../y", "data/y" },
        { "root-d/file", "data/file" }, { "p", "data/fifo" },       { "strange", "?" },
        { "strange-d/file", "?" },     { "strange-d/x", "?" },      { "loop", "?" },
        { "loop/x", "?" },             { "proc", "?" },             { "proc/etc/passwd", "?" },
        { "../data/file", "=" },       { "../data/theirs", "=" },   { "nothing", "=" },
        { "comma/x", "=" },            { "sub/../file", "data/file" }, { "sub/..", "data" },
        { "d/../home/f", "data/file" },
    };

    (void)state;
    if (tree[0] == '\0')
        skip_because("links of other users need root and /var/tmp");
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        const struct aa_operand *operand;
        char home[128];

        snprintf(home, sizeof(home), "%s/home", tree);
        operands_start(home);
        assert_int_equal(operands_gather_word(rows[i].word), 0);
        check(operands_made.request.operands_n == 1, "%s: %s", rows[i].word, operands_paths());
        operand = operands_made.request.operands;
        if (aa_streq(rows[i].wanted, "?")) {
            check(operand->doubtful && operand->resolved == NULL, "%s: %s", rows[i].word,
                  operand->resolved);
            continue;
        }
        check(!operand->doubtful, "%s", rows[i].word);
        if (aa_streq(rows[i].wanted, "="))
            check(operand->resolved == NULL, "%s: %s", rows[i].word, operand->resolved);
        else
            check(operand->resolved != NULL &&
                  aa_streq(operand->resolved, in_tree(rows[i].wanted)), "%s: %s", rows[i].word,
                  operand->resolved);
    }
}

static void whose_links_are_followed(void **state)
{
    (void)state;
    if (tree[0] == '\0')
        skip_because("links of other users need root and /var/tmp");
    operands_start(in_tree("home"));
    operands_made.request.runas_uid = STRANGER;
    assert_int_equal(operands_gather_word("strange"), 0);
    assert_false(operands_made.request.operands[0].doubtful);
    assert_non_null(operands_made.request.operands[0].resolved);
    operands_start(in_tree("home"));
    operands_made.request.user.uid = STRANGER;
    assert_int_equal(operands_gather_word("f"), 0);
    assert_true(operands_made.request.operands[0].doubtful);
}

/* A folder that is reached by somebody else's link may be any. */
static void folder_that_is_not_known(void **state)
{
    (void)state;
    if (tree[0] == '\0')
        skip_because("links of other users need root and /var/tmp");
    operands_start(in_tree("home/strange-d"));
    assert_int_equal(operands_gather_word("x"), 0);
    assert_string_equal(operands_paths(), "?");
    operands_start(in_tree("home"));
    operands_made.effective[0].folder = "strange-d";
    assert_int_equal(operands_gather_word("x"), 0);
    assert_string_equal(operands_paths(), "?");
}

static void places_of_the_kernel(void **state)
{
    static const struct {
        const char *word;
        bool known;
    } rows[] = {
        { "/proc/self/fd/0", false },  { "/proc/self/root/etc", false }, { "/dev/stdin", false },
        { "/dev/fd/0", false },        { "/proc/1/cwd/x", false },       { "/proc/cpuinfo", true },
        { "/proc/1/root", false },     { "/proc/1/status", true },       { "/proc/mounts", false },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        operands_start("/w");
        if (access(rows[i].word[1] == 'd' ? "/dev/fd" : "/proc/1/status", F_OK) != 0)
            continue;
        assert_int_equal(operands_gather_word(rows[i].word), 0);
        check(operands_made.request.operands[0].doubtful, "%s", rows[i].word);
        check((operands_made.request.operands[0].resolved != NULL) == rows[i].known, "%s", rows[i].word);
    }
}

/* Nothing is opened: a FIFO, a socket, a device cannot keep us. */
static void pieces_that_are_there(void **state)
{
    (void)state;
    if (tree[0] == '\0')
        skip_because("the tree needs root and /var/tmp");
    operands_start(in_tree("data"));
    assert_int_equal(operands_gather_word("-xzffile"), 0);
    check(operands_at(in_tree("data/file")) != NULL, "%s", operands_paths());
    operands_start(in_tree("data"));
    assert_int_equal(operands_gather_word("mode=rw,src=file"), 0);
    check(operands_at(in_tree("data/file")) != NULL, "%s", operands_paths());
    operands_start(in_tree("data"));
    assert_int_equal(operands_gather_word("read file now"), 0);
    check(operands_at(in_tree("data/file")) != NULL, "%s", operands_paths());
    operands_start(in_tree("data"));
    assert_int_equal(operands_gather_word("file:ro"), 0);
    check(operands_at(in_tree("data/file")) != NULL, "%s", operands_paths());
    operands_start(in_tree("home")); /* three times the same text, and one of them leads elsewhere */
    assert_int_equal(operands_gather_word("comma,sub/../comma"), 0);
    assert_int_equal(operands_made.request.operands_n, 2);
    assert_string_equal(operands_made.request.operands[1].path, in_tree("home/comma"));
    assert_string_equal(operands_made.request.operands[1].resolved, in_tree("data/comma"));
    operands_start(in_tree("data"));
    assert_int_equal(operands_gather_word("fifo"), 0);
    assert_true(operands_made.request.operands[0].is_file);
    operands_start(in_tree("data"));
    assert_int_equal(operands_gather_word("word"), 0);
    assert_false(operands_made.request.operands[0].is_file);
}

static void attributes(void **state)
{
    static const char *const wanted[] = { "user.data.class", "user.other", "trusted.class" };
    const struct aa_operand *operand;
    char big[300];

    (void)state;
    if (tree[0] == '\0')
        skip_because("the tree needs root and /var/tmp");
    if (setxattr(in_tree("data/file"), "user.data.class", "pii", 3, 0) != 0)
        skip_because("/var/tmp has no extended attributes (%s)", strerror(errno));
    memset(big, 'x', sizeof(big));
    assert_int_equal(setxattr(in_tree("data/theirs"), "user.data.class", "pii", 4, 0), 0);
    assert_int_equal(setxattr(in_tree("data/sub"), "user.other", big, sizeof(big), 0), 0);
    assert_int_equal(setxattr(in_tree("home/comma"), "user.data.class", "p\0i", 3, 0), 0);
    operands_made.names = (struct aa_attribute_names){ wanted, AA_ARRAY_SIZE(wanted) };

    operands_start(in_tree("home"));
    assert_int_equal(operands_gather_word("f2"), 0);
    operand = operands_made.request.operands;
    assert_int_equal(operand->attributes_n, 1);
    assert_string_equal(operand->attributes[0].name, "user.data.class");
    assert_string_equal(operand->attributes[0].value, "pii");
    assert_true(operand->attributes[0].bound && !operand->doubtful);

    operands_start(in_tree("data"));
    assert_int_equal(operands_gather_word("theirs"), 0);
    assert_int_equal(operands_made.request.operands[0].attributes_n, 1);
    assert_string_equal(operands_made.request.operands[0].attributes[0].value, "pii");
    assert_false(operands_made.request.operands[0].attributes[0].bound);

    operands_start(in_tree("data"));
    assert_int_equal(operands_gather_word("sub"), 0);
    assert_true(operands_made.request.operands[0].doubtful); /* too long to be told */

    operands_start(in_tree("home"));
    assert_int_equal(operands_gather_word("comma"), 0);
    assert_true(operands_made.request.operands[0].doubtful); /* no text */

    operands_start(in_tree("data"));
    assert_int_equal(operands_gather_word("fifo"), 0);
    assert_int_equal(operands_made.request.operands[0].attributes_n, 0);
    if (setxattr(in_tree("data/theirs"), "trusted.class", "pii", 3, 0) == 0) {
        operands_start(in_tree("data"));
        assert_int_equal(operands_gather_word("theirs"), 0);
        assert_int_equal(operands_made.request.operands[0].attributes_n, 2);
        assert_true(operands_made.request.operands[0].attributes[1].bound);
    }
    operands_made.names.n = 0;
}

#define TEST(f) cmocka_unit_test(f)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(links),
        TEST(whose_links_are_followed),
        TEST(folder_that_is_not_known),
        TEST(places_of_the_kernel),
        TEST(pieces_that_are_there),
        TEST(attributes),
    };

    return cmocka_run_group_tests(tests, set_up_group, tear_down_group);
}
