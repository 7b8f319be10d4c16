/* SPDX-License-Identifier: ISC */
/* A request among others: how many may wait, which is first, who takes a leader's place, and how
 * long the same command may not be asked again after a denial. And the folder of all this. */
#include "unit.h"
#include "ask-support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "ask/queue.h"

static struct world world;
static int folder, state_fd, descriptors;
static uint64_t now;

static uint64_t still(void)
{
    return now;
}

static int set_up(void **state)
{
    (void)state;
    world_make(&world);
    world_apply(&world, "default deny");
    descriptors = world_open_descriptors();
    folder = ask_folder(&world);
    state_fd = world_state_fd(&world);
    world.site.boottime_usec = still; /* a clock that goes when it is told to */
    now = 1000;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    close(folder);
    close(state_fd);
    check(world_open_descriptors() == descriptors, "a descriptor is left open");
    world_remove(&world);
    return 0;
}

enum { ENTRIES = 12 };

static struct aa_entry entries[ENTRIES];
static size_t entries_n;

static unsigned char *digest_of(char letter)
{
    static unsigned char digest[AA_SHA256_SIZE];

    memset(digest, letter, sizeof(digest));
    return digest;
}

/* "0000-000A 5 1000 d waiting": code, time, uid, digest, state, and whom it follows. */
static struct aa_entry *add(const char *line)
{
    static const char *const states[] = { "", "arriving", "waiting", "running", "ending" };
    _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT;
    struct aa_entry *entry = &entries[entries_n++];
    char code[16], digest, state[16], follows[16] = "";
    struct aa_request_id id = { .bytes = { 0 } };
    struct aa_fault fault = { 0 };
    unsigned long long when;
    unsigned uid;
    uint64_t before = now;

    assert_true(entries_n <= ENTRIES);
    assert_true(sscanf(line, "%15s %llu %u %c %15s %15s", code, &when, &uid, &digest, state,
                       follows) >= 5);
    assert_int_equal(strlen(code), AA_CODE_SIZE - 1);
    memcpy(id.code, code, AA_CODE_SIZE);
    snprintf(id.hex, sizeof(id.hex), "%.4s%.4s000000000000000000000000", code, code + 5);
    aa_field_add(&fields, "AA_REQUEST", code);
    aa_field_add(&fields, "AA_ID", id.hex);
    now = when;
    check(aa_entry_create(&world.site, entry, &id, uid, digest_of(digest), &fields, &fault) == 0 &&
              aa_entry_show(entry, &fault) == 0, "%s", fault.detail);
    now = before;
    for (int i = 1; i < 5; i++) {
        if (aa_streq(state, states[i]))
            assert_int_equal(aa_entry_set_state(entry, (enum aa_entry_state)i), 0);
    }
    if (follows[0] != '\0')
        aa_entry_set_follows(entry, follows);
    return entry;
}

static void remove_all(void)
{
    for (size_t i = 0; i < entries_n; i++)
        aa_entry_remove(&entries[i]);
    entries_n = 0;
    assert_int_equal(ask_folder_count(&world), 0);
}

/* The leader's code, "-" where there is none, or the fault. */
static const char *enter(const struct aa_entry *entry, unsigned host, unsigned user)
{
    static char text[sizeof(struct aa_fault)];
    struct aa_snap_settings settings = { .max_waiting = host, .max_waiting_per_user = user };
    struct aa_queue_place place = { .leader = "?" };
    struct aa_fault fault = { 0 };
    int r = aa_queue_enter(entry, state_fd, &settings, &place, &fault);

    if (r < 0) {
        assert_string_equal(place.leader, "?"); /* untouched */
        snprintf(text, sizeof(text), "%s %s", aa_fault_name(fault.id), fault.detail);
    } else {
        assert_int_equal(fault.id, AA_FAULT_NONE);
        snprintf(text, sizeof(text), "%s", place.leader[0] != '\0' ? place.leader : "-");
    }
    return text;
}

static void the_order_in_which_they_came(void **state)
{
    struct aa_entry *a = add("0000-000A 10 1000 x waiting"), *b = add("0000-000B 10 1000 y arriving");
    struct aa_entry *c = add("0000-000C 9 1000 z waiting");

    (void)state;
    /* two in the same moment: by their names, for everybody who looks */
    assert_string_equal(enter(c, 1, 1), "-");
    assert_string_equal(enter(a, 2, 2), "-");
    assert_string_equal(enter(a, 9, 1), "E-TOO-MANY 1 of your requests wait already, and no more may");
    assert_string_equal(enter(b, 3, 3), "-");
    assert_string_equal(enter(b, 9, 2), "E-TOO-MANY 2 of your requests wait already, and no more may");
    assert_string_equal(enter(b, 2, 9), "E-TOO-MANY 2 requests wait on this host already, and no more "
                                        "may");
    remove_all();
}

static void who_counts(void **state)
{
    static const struct {
        const char *other;
        bool of_host, of_user;
    } rows[] = {
        { "0000-0001 5 1000 x waiting", true, true },
        { "0000-0001 5 1000 x arriving", true, true },
        { "0000-0001 5 1000 x running", false, false },
        { "0000-0001 5 1000 x ending", false, false },
        { "0000-0001 5 1001 x waiting", true, false },
        { "0000-0001 5 1001 x running", false, false },
        { "0000-0001 5 1000 x waiting 0000-0007", true, true }, /* a follower, too */
        { "0000-0001 51 1000 x waiting", false, false },         /* came later */
        { "0000-ZZZZ 50 1000 x waiting", false, false },
        { "0000-0001 50 1000 x waiting", true, true },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_entry *mine = add("0000-0009 50 1000 m arriving");

        (void)add(rows[i].other);
        check(aa_streq(enter(mine, 9, 1), "-") != rows[i].of_user, "row %zu: per user", i);
        check(aa_streq(enter(mine, 1, 9), "-") != rows[i].of_host, "row %zu: per host", i);
        check(aa_streq(enter(mine, 2, 2), "-"), "row %zu: %s", i, enter(mine, 2, 2));
        remove_all();
    }
}

/* Those whose process vanished make room, and get their end. */
static void vanished_ones_make_room(void **state)
{
    struct aa_entry *gone = add("0000-0001 5 1000 x waiting"), *mine = add("0000-0009 50 1000 x arriving");

    (void)state;
    assert_string_equal(enter(mine, 9, 9), "0000-0001");
    close(gone->fd);
    close(gone->folder_fd);
    gone->fd = gone->folder_fd = -1;
    assert_string_equal(enter(mine, 1, 1), "-");
    assert_string_equal(ask_events(&world, "0000-0001"), "failed");
    assert_string_equal(enter(mine, 1, 1), "-");
    assert_int_equal(world_ledger_count(&world, NULL), 1);
    remove_all();
}

static const char *successor(const struct aa_entry *entry)
{
    static char code[AA_CODE_SIZE];

    memset(code, '?', sizeof(code));
    aa_queue_successor(entry, state_fd, code);
    return code[0] != '\0' ? code : "-";
}

static void leaders(void **state)
{
    static const struct {
        const char *others[3], *leader, *successor;
    } rows[] = {
        { { "0000-0001 5 1000 m waiting" }, "0000-0001", "0000-0001" },
        { { "0000-0001 5 1000 m arriving" }, "0000-0001", "0000-0001" },
        { { "0000-0001 5 1000 m running" }, "-", "-" }, /* one approval is one command */
        { { "0000-0001 5 1000 m ending" }, "-", "-" },
        { { "0000-0001 5 1000 n waiting" }, "-", "-" }, /* another command */
        { { "0000-0001 5 1001 m waiting" }, "-", "-" }, /* another user's */
        { { "0000-0001 60 1000 m waiting" }, "-", "-" }, /* came later */
        { { "0000-0001 7 1000 m waiting", "0000-0002 5 1000 m waiting", "0000-0003 6 1000 m waiting" },
          "0000-0002", "0000-0002" },
        { { "0000-0001 5 1000 m waiting 0000-0002", "0000-0002 6 1000 m waiting" }, "0000-0002",
          "0000-0001" },
        { { "0000-0001 5 1000 m waiting 0000-0007", "0000-0002 6 1000 m waiting 0000-0007" }, "-",
          "0000-0001" },
        { { "0000-0001 5 1001 m waiting", "0000-0002 6 1000 n waiting", "0000-0003 7 1000 m waiting" },
          "0000-0003", "0000-0003" },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_entry *mine = add("0000-0009 50 1000 m waiting");

        for (size_t j = 0; j < 3 && rows[i].others[j] != NULL; j++)
            (void)add(rows[i].others[j]);
        check(aa_streq(enter(mine, 99, 99), rows[i].leader), "row %zu: %s", i, enter(mine, 99, 99));
        check(aa_streq(successor(mine), rows[i].successor), "row %zu: %s", i, successor(mine));
        remove_all();
    }
}

/* ---- after a denial ---- */

static bool may_ask(char letter, uint32_t seconds, struct aa_fault *fault)
{
    int r;

    *fault = (struct aa_fault){ 0 };
    r = aa_queue_check_denial(&world.site, folder, digest_of(letter), seconds, fault);
    assert_int_equal(r == 0, fault->id == AA_FAULT_NONE);
    assert_true(r == 0 || fault->id == AA_DENIED_COOL_DOWN);
    return r == 0;
}

static void cool_down(void **state)
{
    struct aa_entry *a = add("0000-000A 10 1000 a waiting"), *b = add("0000-000B 10 1000 b waiting");
    struct aa_fault fault;

    (void)state;
    assert_true(may_ask('a', 60, &fault));
    now = 100 * 1000000;
    aa_queue_note_denial(a);
    assert_false(may_ask('a', 60, &fault));
    assert_string_equal(fault.detail, "the same command was denied 0 seconds ago; it may be asked "
                                      "again in 60");
    assert_true(may_ask('b', 60, &fault)); /* another one */
    assert_true(may_ask('z', 60, &fault));
    now += 40 * 1000000;
    aa_queue_note_denial(b);
    world_realtime_offset_usec += INT64_C(86400) * 1000000; /* has no say */
    now += 19999999;
    assert_false(may_ask('a', 60, &fault));
    assert_string_equal(fault.detail, "the same command was denied 59 seconds ago; it may be asked "
                                      "again in 1");
    assert_int_equal(ask_folder_count(&world), 4);
    now += 1;
    assert_true(may_ask('a', 60, &fault)); /* and the old mark is forgotten, the newer one is not */
    assert_int_equal(ask_folder_count(&world), 3);
    assert_false(may_ask('b', 60, &fault));
    aa_queue_note_denial(b); /* denied again: it begins anew */
    now += 59 * 1000000;
    assert_false(may_ask('b', 60, &fault));
    assert_int_equal(ask_folder_count(&world), 3);
    now += 1000000;
    assert_true(may_ask('z', 60, &fault)); /* whoever comes next forgets the others' */
    assert_int_equal(ask_folder_count(&world), 2);
    aa_queue_note_denial(a);
    assert_true(may_ask('a', 0, &fault)); /* no cool-down at all */
    assert_int_equal(ask_folder_count(&world), 2);
    remove_all();
}

/* Marks that cannot be believed stop nobody for longer than they could, and go. */
static void strange_marks(void **state)
{
    struct aa_entry *a = add("0000-000A 10 1000 a waiting");
    struct aa_fault fault;
    char name[64];
    uint64_t future;

    (void)state;
    now = 100 * 1000000;
    memcpy(name, "denied.", 7);
    aa_hex(digest_of('a'), 16, name + 7);
    aa_queue_note_denial(a);
    assert_int_equal(faccessat(folder, name, F_OK, 0), 0);
    future = now + 1;
    for (int kind = 0; kind < 5; kind++) {
        char path[96];

        snprintf(path, sizeof(path), "run/%s", name);
        (void)unlinkat(folder, name, 0);
        if (kind == 0)
            world_write(&world, path, &future, sizeof(future), 0600); /* of another boot */
        else if (kind == 1)
            world_write(&world, path, &future, 7, 0600);
        else if (kind == 2)
            world_write(&world, path, "", 0, 0600);
        else if (kind == 3)
            assert_int_equal(mkfifoat(folder, name, 0600), 0);
        else
            assert_int_equal(symlinkat("/dev/zero", folder, name), 0);
        check(may_ask('a', 60, &fault), "kind %d", kind);
        check(ask_folder_count(&world) == 1, "kind %d stays", kind);
    }
    aa_queue_note_denial(a); /* in the place of whatever is there */
    assert_false(may_ask('a', 60, &fault));
    assert_int_equal(unlinkat(folder, name, 0), 0);
    assert_int_equal(symlinkat(world_path(&world, "victim"), folder, name), 0);
    aa_queue_note_denial(a);
    assert_false(may_ask('a', 60, &fault));
    assert_int_not_equal(access(world_path(&world, "victim"), F_OK), 0);
    assert_int_equal(unlinkat(folder, name, 0), 0);
    remove_all();
}

/* ---- the folder ---- */

static int open_folder(struct aa_fault *fault)
{
    int fd = -7, r;

    *fault = (struct aa_fault){ 0 };
    r = aa_entry_folder(&world.site, &fd, fault);
    assert_int_equal(r == 0, fd >= 0);
    assert_int_equal(r == 0, fault->id == AA_FAULT_NONE);
    assert_true(r == 0 || fault->id == AA_FAULT_WAITING);
    if (fd >= 0)
        close(fd);
    return r;
}

static void the_folder(void **state)
{
    struct aa_fault fault;
    struct stat st;
    mode_t mask;

    (void)state;
    assert_int_equal(open_folder(&fault), 0);
    assert_int_equal(rmdir(world.run_dir), 0);
    for (int i = 0; i < 2; i++) { /* made, whatever the caller's mask, and found again */
        mask = umask(i > 0 ? 0 : geteuid() == 0 ? 0777 : 077);
        check(open_folder(&fault) == 0, "%s", fault.detail);
        umask(mask);
        assert_int_equal(stat(world.run_dir, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0755);
        assert_int_equal(open_folder(&fault), 0);
        assert_int_equal(rmdir(world.run_dir), 0);
    }
    assert_int_equal(mkdir(world.run_dir, 0755), 0);
    assert_int_equal(chmod(world.run_dir, 0775), 0);
    assert_true(open_folder(&fault) < 0);
    assert_non_null(strstr(fault.detail, "writable by group or others"));
    assert_int_equal(chmod(world.run_dir, 0757), 0);
    assert_true(open_folder(&fault) < 0);
    assert_int_equal(chmod(world.run_dir, 0755), 0);
    if (geteuid() == 0) {
        assert_int_equal(chown(world.run_dir, 65533, 0), 0);
        assert_true(open_folder(&fault) < 0);
        assert_non_null(strstr(fault.detail, "not owned by root"));
    }
    assert_int_equal(rmdir(world.run_dir), 0);
    assert_int_equal(symlink(world.state_dir, world.run_dir), 0);
    assert_true(open_folder(&fault) < 0);
    assert_int_equal(unlink(world.run_dir), 0);
    assert_int_equal(symlink("nowhere", world.run_dir), 0);
    assert_true(open_folder(&fault) < 0);
    assert_int_equal(unlink(world.run_dir), 0);
    world_write_text(&world, "run", "a file");
    assert_true(open_folder(&fault) < 0);
    assert_int_equal(unlink(world.run_dir), 0);
    strcat(world.run_dir, "/below/something");
    assert_true(open_folder(&fault) < 0);
    assert_true(access(world_path(&world, "run"), F_OK) != 0); /* only the last folder is made */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_order_in_which_they_came),
        TEST(who_counts),
        TEST(vanished_ones_make_room),
        TEST(leaders),
        TEST(cool_down),
        TEST(strange_marks),
        TEST(the_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
