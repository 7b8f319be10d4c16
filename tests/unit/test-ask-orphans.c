/* SPDX-License-Identifier: ISC */
/* A request whose process vanished is ended exactly once, by whoever finds it, also where several
 * do at once, and where the process was killed around its last record. */
#include "unit.h"
#include "ask-support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "ask/queue.h"
#include "base/io.h"
#include "record/ledger.h"

#define CODE "7F3K-9QXM"

static struct world world;
static int folder, state_fd, descriptors;

static struct {
    unsigned n, orphans;
    struct aa_entry_seen last;
    char request[64];
} seen;

static int set_up(void **state)
{
    (void)state;
    world_make(&world);
    world_apply(&world, "default deny");
    descriptors = world_open_descriptors();
    folder = ask_folder(&world);
    state_fd = world_state_fd(&world);
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

static void count_each(void *context, const struct aa_entry_seen *found)
{
    assert_ptr_equal(context, &seen);
    seen.n++;
    seen.last = *found;
}

static bool count_orphan(void *context, const struct aa_entry_seen *found,
                         const struct aa_buffer *fields)
{
    assert_ptr_equal(context, &seen);
    seen.orphans++;
    seen.last = *found;
    snprintf(seen.request, sizeof(seen.request), "%s", world_field(fields, "AA_REQUEST"));
    return true;
}

/* Who looks only, and who also ends what is left behind. */
static void scan(bool ends)
{
    memset(&seen, 0, sizeof(seen));
    assert_int_equal(aa_entry_scan(&world.site, folder, state_fd, count_each,
                                   ends ? count_orphan : NULL, &seen), 0);
}

static bool is_there(const char *name)
{
    struct stat st;

    return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void vanished_ones(void **state)
{
    static const struct {
        enum aa_entry_state state;
        bool recorded;
    } rows[] = {
        { AA_ENTRY_ARRIVING, false }, { AA_ENTRY_WAITING, true }, { AA_ENTRY_RUNNING, true },
        { AA_ENTRY_ENDING, true }, /* and the ledger has no end of it */
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_entry entry = ask_shown_entry(&world, CODE, rows[i].state);

        ask_vanish(&entry);
        world_write_text(&world, "run/" CODE ".sock", "");
        scan(false); /* who only looks leaves it alone */
        assert_int_equal(seen.n + seen.orphans, 0);
        assert_int_equal(ask_folder_count(&world), 2);
        scan(true);
        check(seen.orphans == rows[i].recorded, "state %d", (int)rows[i].state);
        if (rows[i].recorded) {
            assert_int_equal(seen.last.header.state, rows[i].state);
            assert_string_equal(seen.last.name, CODE);
            assert_string_equal(seen.request, CODE);
        }
        assert_int_equal(seen.n, 0);
        check(ask_folder_count(&world) == 0, "state %d: something stays", (int)rows[i].state);
    }
}

/* Whoever was to end it was killed itself, before or behind the record. */
static bool keep_and_die(void *context, const struct aa_entry_seen *found,
                         const struct aa_buffer *fields)
{
    _cleanup_buffer_ struct aa_buffer record = AA_FIELDS_INIT;

    (void)found;
    aa_field_add(&record, "AA_EVENT", "failed");
    aa_buffer_add(&record, fields->data, fields->length);
    if (context != NULL)
        assert_int_equal(aa_ledger_append(&world.site, state_fd, &record, AA_LEDGER_AFTER, false,
                                          &(struct aa_ledger_position){ .seq = 0 },
                                          &(struct aa_fault){ 0 }), 0);
    return false;
}

static void killed_while_ending_it(void **state)
{
    (void)state;
    for (int kept = 0; kept < 2; kept++) {
        struct aa_entry entry = ask_shown_entry(&world, CODE, AA_ENTRY_WAITING);
        struct aa_entry_header header;
        size_t before = world_ledger_count(&world, NULL);

        ask_vanish(&entry);
        assert_int_equal(aa_entry_scan(&world.site, folder, state_fd, NULL, keep_and_die,
                                       kept ? &entry : NULL), 0);
        assert_true(is_there(CODE));
        entry.fd = openat(folder, CODE, O_RDONLY | O_CLOEXEC);
        assert_int_equal(aa_read_at(entry.fd, &header, sizeof(header), 0), 0);
        close(entry.fd);
        assert_int_equal(header.state, AA_ENTRY_ENDING);
        assert_int_equal(world_ledger_count(&world, NULL), before + (kept ? 1u : 0u));
        aa_queue_sweep(&world.site, folder, state_fd);
        assert_int_equal(world_ledger_count(&world, NULL), before + 1);
        assert_int_equal(ask_folder_count(&world), 0);
    }
}

/* Its own process marked it, and was killed before or behind its record. */
static void killed_at_its_end(void **state)
{
    static const char *const ends[] = { "expired", "denied", "cancelled", "failed", "finished" };

    (void)state;
    for (size_t i = 0; i <= AA_ARRAY_SIZE(ends); i++) {
        _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT;
        struct aa_entry entry = ask_shown_entry(&world, CODE, AA_ENTRY_RUNNING);
        struct aa_ledger_position place;
        struct aa_fault fault = { 0 };
        size_t before = world_ledger_count(&world, NULL);

        assert_int_equal(aa_entry_ending(&entry, state_fd), 0);
        aa_field_add(&fields, "AA_EVENT", i < AA_ARRAY_SIZE(ends) ? ends[i] : "vote");
        aa_field_add(&fields, "AA_REQUEST", CODE);
        aa_field_add(&fields, "AA_ID", entry.header.id);
        assert_int_equal(aa_ledger_append(&world.site, state_fd, &fields, AA_LEDGER_AFTER, false,
                                          &place, &fault), 0);
        ask_vanish(&entry);
        aa_queue_sweep(&world.site, folder, state_fd);
        check(world_ledger_count(&world, NULL) == before + (i < AA_ARRAY_SIZE(ends) ? 1 : 2),
              "behind %s: %s", i < AA_ARRAY_SIZE(ends) ? ends[i] : "vote",
              ask_events(&world, NULL));
        assert_int_equal(ask_folder_count(&world), 0);
    }
}

/* ---- several finders ---- */

enum { FINDERS = 6, ORPHANS = 60 };

static void name_of(unsigned i, char ret[AA_CODE_SIZE])
{
    snprintf(ret, AA_CODE_SIZE, "7F3K-%04u", i % 10000);
}

struct shared {
    volatile unsigned ready, go, found[ORPHANS];
};

static bool count_found(void *context, const struct aa_entry_seen *found,
                        const struct aa_buffer *fields)
{
    struct shared *shared = context;

    (void)fields;
    __atomic_fetch_add(&shared->found[strtoul(found->name + 5, NULL, 10) % ORPHANS], 1,
                       __ATOMIC_SEQ_CST);
    return true;
}

static int find(void *context)
{
    struct shared *shared = context;
    int fd = open(world.run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    __atomic_fetch_add(&shared->ready, 1, __ATOMIC_SEQ_CST);
    while (shared->go == 0)
        usleep(50);
    if (shared->go == 1)
        return aa_entry_scan(&world.site, fd, state_fd, NULL, count_found, shared) != 0;
    aa_queue_sweep(&world.site, fd, world_state_fd(&world));
    return 0;
}

static void let_them_find(struct shared *shared, unsigned go)
{
    int pids[FINDERS];

    for (unsigned i = 0; i < ORPHANS; i++) {
        char name[AA_CODE_SIZE];
        struct aa_entry entry;

        name_of(i, name);
        entry = ask_shown_entry(&world, name, i % 2 == 0 ? AA_ENTRY_WAITING : AA_ENTRY_RUNNING);
        ask_vanish(&entry);
    }
    shared->ready = shared->go = 0;
    for (int i = 0; i < FINDERS; i++)
        pids[i] = ask_fork(geteuid(), find, shared);
    while (shared->ready < FINDERS)
        usleep(100);
    shared->go = go;
    for (int i = 0; i < FINDERS; i++)
        assert_int_equal(ask_join(pids[i]), 0);
    assert_int_equal(ask_folder_count(&world), 0);
}

static void ended_exactly_once(void **state)
{
    struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    (void)state;
    for (int turn = 0; turn < 10; turn++) {
        memset(shared, 0, sizeof(*shared));
        let_them_find(shared, 1);
        for (unsigned i = 0; i < ORPHANS; i++)
            check(shared->found[i] == 1, "%u was ended %u times", i, shared->found[i]);
    }
    let_them_find(shared, 2); /* with records */
    assert_int_equal(world_ledger_count(&world, NULL), ORPHANS);
    for (unsigned i = 0; i < ORPHANS; i++) {
        char name[AA_CODE_SIZE];

        name_of(i, name);
        check(aa_streq(ask_events(&world, name), "failed"), "%s: %s", name,
              ask_events(&world, name));
    }
    munmap(shared, sizeof(*shared));
}

static void what_the_record_says(void **state)
{
    static const struct {
        enum aa_entry_state state;
        const char *error;
    } rows[] = {
        { AA_ENTRY_WAITING, "E-VANISHED: the process that waited was killed; nothing was run" },
        { AA_ENTRY_RUNNING, "E-VANISHED: sudo was killed after the answer; how it ended is not known" },
    };
    _cleanup_buffer_ struct aa_buffer kept = AA_BUFFER_INIT(0);

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_entry entry = ask_shown_entry(&world, CODE, rows[i].state);

        ask_vanish(&entry);
        aa_queue_sweep(&world.site, folder, state_fd);
        assert_int_equal(world_ledger_count(&world, &kept), i + 1);
        assert_string_equal(world_field(&kept, "AA_EVENT"), "failed");
        assert_string_equal(world_field(&kept, "AA_REQUEST"), CODE);
        assert_string_equal(world_field(&kept, "AA_ERROR"), rows[i].error);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(vanished_ones),
        TEST(killed_while_ending_it),
        TEST(killed_at_its_end),
        TEST(ended_exactly_once),
        TEST(what_the_record_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
