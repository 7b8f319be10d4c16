/* SPDX-License-Identifier: ISC */
/* Entries of waiting requests: who sees one and when, and that what is no entry is left alone or
 * cleared away. Linked with --wrap, since the age of a file is measured by the host's clock. */
#include "unit.h"
#include "ask-support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

#include "base/io.h"

int __real_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);

static time_t later; /* seconds that the host's wall clock is ahead */

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
    int r = __real_clock_gettime(clock, ret);

    if (clock == CLOCK_REALTIME)
        ret->tv_sec += later;
    return r;
}

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
    later = 0;
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

static void from_start_to_end(void **state)
{
    uint64_t before = world.site.boottime_usec();
    struct aa_fault fault = { 0 };
    struct aa_entry entry;
    struct stat st;
    mode_t mask = umask(0);

    (void)state;
    assert_int_equal(ask_create_entry(&world, &entry, CODE, &fault), 0);
    umask(mask);
    scan(true);
    assert_int_equal(seen.n, 0);
    assert_int_equal(ask_folder_count(&world), 0);
    assert_int_equal(aa_entry_show(&entry, &fault), 0);
    assert_int_equal(ask_folder_count(&world), 1);
    assert_int_equal(fstatat(folder, CODE, &st, AT_SYMLINK_NOFOLLOW), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    for (int is = AA_ENTRY_ARRIVING; is <= AA_ENTRY_ENDING; is++) {
        if (is != AA_ENTRY_ARRIVING)
            assert_int_equal(aa_entry_set_state(&entry, (enum aa_entry_state)is), 0);
        scan(true);
        assert_int_equal(seen.n, 1);
        assert_int_equal(seen.orphans, 0);
        assert_string_equal(seen.last.name, CODE);
        assert_int_equal(seen.last.header.state, is);
        assert_int_equal(seen.last.header.uid, 1234);
        assert_string_equal(seen.last.header.follows, "");
        assert_memory_equal(seen.last.header.digest, "01234567890123456789012345678901", 32);
        assert_in_range(seen.last.header.started_boottime_usec, before, world.site.boottime_usec());
    }
    aa_entry_set_follows(&entry, "AAAA-BBBB");
    scan(false);
    assert_string_equal(seen.last.header.follows, "AAAA-BBBB");
    aa_entry_set_follows(&entry, NULL);
    scan(false);
    assert_string_equal(seen.last.header.follows, "");
    aa_entry_remove(&entry);
    aa_entry_remove(&entry); /* once is enough */
    assert_int_equal(ask_folder_count(&world), 0);
    assert_int_equal(ask_create_entry(&world, &entry, CODE, &fault), 0); /* one that nobody ever saw */
    aa_entry_remove(&entry);
    assert_int_equal(ask_folder_count(&world), 0);
}

/* Two with one code: the second does not wait, and the first is not touched. */
static void one_code_is_one_request(void **state)
{
    struct aa_fault fault = { 0 };
    struct aa_entry first, second;

    (void)state;
    assert_int_equal(ask_create_entry(&world, &first, CODE, &fault), 0);
    assert_int_equal(ask_create_entry(&world, &second, CODE, &fault), 0);
    assert_int_equal(aa_entry_show(&first, &fault), 0);
    assert_int_equal(aa_entry_show(&second, &fault), -EEXIST);
    assert_int_equal(fault.id, AA_FAULT_WAITING);
    aa_entry_remove(&second);
    scan(true);
    assert_int_equal(seen.n, 1);
    aa_entry_remove(&first);
    fault = (struct aa_fault){ 0 };
    assert_int_equal(aa_entry_create(&world.site, &first, &(struct aa_request_id){ .code = CODE }, 0,
                                     first.header.digest, &(struct aa_buffer){ .error = -ENOMEM },
                                     &fault), -ENOMEM);
    assert_int_equal(fault.id, AA_FAULT_MEMORY);
    assert_int_equal(ask_folder_count(&world), 0);
}

/* ---- what is no entry ---- */

/* What a kill leaves of one that was never shown; a new one is only not finished yet. */
static void remains(void **state)
{
    static const struct {
        const char *name;
        bool with_entry, goes;
    } rows[] = {
        { "." CODE, false, true },        { "." CODE, true, true },
        { "." CODE ".sock", false, true }, { "." CODE ".sock", true, true },
        { CODE ".sock", false, true },     { CODE ".sock", true, false },
        { CODE ".sockx", false, false },   { CODE "x", false, false },
        { "." CODE ".sock.", false, false }, { ".." CODE, false, false },
        { ".7f3k-9qxm.sock", false, false },
    };
    static const time_t ages[] = { 0, 59, 63, 3600, -3600 };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows) * AA_ARRAY_SIZE(ages); i++) {
        const char *name = rows[i / AA_ARRAY_SIZE(ages)].name;
        bool goes = rows[i / AA_ARRAY_SIZE(ages)].goes, old = ages[i % AA_ARRAY_SIZE(ages)] > 60;
        struct aa_entry entry = { .fd = -1, .folder_fd = -1 };
        char path[64];

        snprintf(path, sizeof(path), "run/%s", name);
        world_write_text(&world, path, "");
        if (rows[i / AA_ARRAY_SIZE(ages)].with_entry)
            entry = ask_shown_entry(&world, CODE, AA_ENTRY_WAITING);
        later = ages[i % AA_ARRAY_SIZE(ages)];
        scan(false);
        check(is_there(name), "%s, only looked at", name);
        scan(true);
        later = 0;
        check(is_there(name) == !(goes && old), "%s, %d seconds old", name,
              (int)ages[i % AA_ARRAY_SIZE(ages)]);
        assert_int_equal(seen.n, entry.fd >= 0);
        aa_entry_remove(&entry);
        (void)unlinkat(folder, name, 0);
    }
}

static void names(void **state)
{
    static const char *const good[] = { "7F3K-9QXM", "0000-0000", "ZZZZ-ZZZZ" };
    static const char *const bad[] = {
        "", "7F3K-9QX", "7F3K-9QXMM", "7F3K_9QXM", "7f3k-9qxm", "7F3K-9QXI", "7F3K-9QXL",
        "7F3K-9QXO", "7F3K-9QXU", "7F3-K9QXM", "7F3K--QXM", ".7F3K-9QX", "7F3K-9Q/M", "7F3K-9QX\n",
        "7F3K-9QXM.sock", "..", "denied.00", "7F3K-9QX\xc3",
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(good); i++)
        check(aa_entry_is_name(good[i]), "%s", good[i]);
    for (size_t i = 0; i < AA_ARRAY_SIZE(bad); i++)
        check(!aa_entry_is_name(bad[i]), "%s", bad[i]);
}

static void strange_things(void **state)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct aa_entry entry = ask_shown_entry(&world, "0000-0000", AA_ENTRY_WAITING);

    (void)state;
    ask_vanish(&entry); /* a real one, outside of the folder: only a link leads to it */
    assert_int_equal(renameat(folder, "0000-0000", AT_FDCWD, world_path(&world, "outside")), 0);
    assert_int_equal(symlinkat(world_path(&world, "outside"), folder, "0000-0001"), 0);
    assert_int_equal(symlinkat("nowhere", folder, "0000-0002"), 0);
    assert_int_equal(mkdirat(folder, "0000-0003", 0700), 0);
    assert_int_equal(mkdirat(folder, ".0000-0003", 0700), 0);
    snprintf(address.sun_path, sizeof(address.sun_path), "%.90s/0000-0004", world.run_dir);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    close(fd);
    world_write_text(&world, "run/README", "0000");
    world_write_text(&world, "run/0000-000U", "0000");
    world_write_text(&world, "run/0000-00000", "0000");
    assert_int_equal(mkfifoat(folder, "fifo", 0600), 0);
    later = 3600;
    scan(true);
    later = 0;
    assert_int_equal(seen.n + seen.orphans, 0);
    assert_int_equal(ask_folder_count(&world), 9);
    assert_int_equal(access(world_path(&world, "outside"), F_OK), 0);
    /* a fifo by a code's name: nobody waits at it, and it is no entry */
    assert_int_equal(mkfifoat(folder, CODE, 0600), 0);
    scan(true);
    assert_int_equal(seen.n + seen.orphans, 0);
}

static void damage(struct aa_entry_header *header, size_t row)
{
    switch (row) {
    case 0: header->magic[0] ^= 1; break;
    case 1: header->magic[7] = 'x'; break;
    case 2: header->format = 0; break;
    case 3: header->format++; break;
    case 4: header->fields_length = AA_FIELDS_MAX + 1; break;
    default: header->fields_length = UINT32_MAX; break;
    }
}

/* What cannot be read is nobody's request: locked it is left alone, else it is removed. */
static void damaged_headers(void **state)
{
    enum { KINDS = 6 };

    (void)state;
    for (size_t row = 0; row < KINDS + sizeof(struct aa_entry_header); row++) {
        struct aa_entry entry = ask_shown_entry(&world, CODE, AA_ENTRY_WAITING);

        damage(&entry.header, row);
        if (row < KINDS)
            assert_int_equal(aa_write_at(entry.fd, &entry.header, sizeof(entry.header), 0), 0);
        else
            assert_int_equal(ftruncate(entry.fd, (off_t)(row - KINDS)), 0);
        scan(true);
        check(seen.n + seen.orphans == 0 && is_there(CODE), "row %zu, locked", row);
        ask_vanish(&entry);
        scan(false);
        check(seen.n + seen.orphans == 0 && is_there(CODE), "row %zu, only looked at", row);
        world_write_text(&world, "run/" CODE ".sock", "");
        scan(true);
        check(seen.n + seen.orphans == 0, "row %zu was taken for an entry", row);
        check(ask_folder_count(&world) == 0, "row %zu stays", row);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(from_start_to_end),
        TEST(one_code_is_one_request),
        TEST(remains),
        TEST(names),
        TEST(strange_things),
        TEST(damaged_headers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
