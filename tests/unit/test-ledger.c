/* SPDX-License-Identifier: ISC */
/* The ledger's chain: every record in its place, the file grown ahead of them, and its end found
 * again whatever the mark says and whatever a killed writer left behind. */
#include "unit.h"
#include "ledger-support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "record/fields.h"

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

static void created_once_and_private(void **state)
{
    struct aa_ledger_header before = ledger_header(&world), after;
    int state_fd = world_state_fd(&world);
    struct aa_fault fault = { 0 };
    struct stat st;

    (void)state;
    assert_int_equal(stat(world_path(&world, "state/ledger"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(st.st_size, AA_LEDGER_GROWTH);
    assert_int_equal(aa_ledger_create(&world.site, state_fd, &fault), 0);
    after = ledger_header(&world);
    assert_memory_equal(&before, &after, sizeof(after));
    assert_int_equal(unlink(world_path(&world, "state/ledger")), 0);
    assert_int_equal(aa_ledger_create(&world.site, state_fd, &fault), 1);
    after = ledger_header(&world);
    assert_memory_not_equal(before.genesis, after.genesis, sizeof(after.genesis));
    close(state_fd);
}

static void records_form_a_chain(void **state)
{
    struct aa_ledger_header header = ledger_header(&world);
    unsigned char prev[AA_SHA256_SIZE];
    const struct ledger_content *content;

    (void)state;
    memcpy(prev, header.genesis, sizeof(prev));
    for (unsigned i = 1; i <= 50; i++) {
        struct aa_ledger_position place = ledger_add(&world, i, i * 37 % 700);

        assert_true(place.in_chain);
        assert_int_equal(place.seq, i);
        assert_memory_equal(place.prev, prev, sizeof(prev));
        memcpy(prev, place.hash, sizeof(prev));
    }
    content = ledger_read_whole(&world, 50);
    for (unsigned i = 0; i < 50; i++)
        assert_int_equal(content->numbers[i], i + 1);
    assert_int_equal(content->torn, 0);
    assert_int_equal(ledger_header(&world).mark.next_seq, 51);
}

/* The room for how commands end is there before one may start. */
static void grows_ahead(void **state)
{
    (void)state;
    for (unsigned i = 1; i <= 12; i++) {
        ledger_add(&world, i, 300 * 1024);
        assert_true(ledger_size(&world) >= ledger_header(&world).mark.end + AA_LEDGER_RESERVE);
        assert_int_equal(ledger_size(&world) % AA_LEDGER_GROWTH, 0);
    }
    assert_true(ledger_size(&world) >= 4 * AA_LEDGER_GROWTH);
    ledger_read_whole(&world, 12);
}

static void any_change_is_seen(void **state)
{
    uint64_t end;

    (void)state;
    for (unsigned i = 1; i <= 3; i++)
        ledger_add(&world, i, 64);
    end = ledger_header(&world).mark.end;
    for (uint64_t at = AA_LEDGER_HEADER_SIZE; at < end; at++) {
        struct aa_ledger_reader reader;
        struct aa_fault fault = { 0 };
        const char *why;
        unsigned char byte;
        size_t whole = 0;

        ledger_peek(&world, at, &byte, 1);
        byte ^= 0x04;
        ledger_poke(&world, at, &byte, 1);
        assert_int_equal(aa_ledger_reader_open(&world.site, &reader, &fault), 0);
        while (aa_ledger_reader_next(&reader, &why) == AA_LEDGER_RECORD)
            whole++;
        aa_ledger_reader_close(&reader);
        byte ^= 0x04;
        ledger_poke(&world, at, &byte, 1);
        if (whole < 3)
            continue;
        /* only the seal (not used yet) and the padding are not covered */
        {
            struct aa_ledger_record record;
            uint64_t start = AA_LEDGER_HEADER_SIZE, offset;

            ledger_peek(&world, start, &record, sizeof(record));
            while (at >= start + record.size) {
                start += record.size;
                ledger_peek(&world, start, &record, sizeof(record));
            }
            offset = at - start;
            check((offset >= offsetof(struct aa_ledger_record, seal) &&
                   offset < offsetof(struct aa_ledger_record, side_id)) ||
                      offset >= sizeof(record) + record.payload_length,
                  "a change at byte %llu of a record is not seen", (unsigned long long)offset);
        }
    }
}

static void a_removed_record_is_seen(void **state)
{
    struct aa_ledger_record first, second;
    static char rest[8192];
    uint64_t at = AA_LEDGER_HEADER_SIZE;

    (void)state;
    for (unsigned i = 1; i <= 4; i++)
        ledger_add(&world, i, 100);
    ledger_peek(&world, at, &first, sizeof(first));
    ledger_peek(&world, at + first.size, &second, sizeof(second));
    ledger_peek(&world, at + first.size + second.size, rest, sizeof(rest));
    ledger_poke(&world, at + first.size, rest, sizeof(rest));
    assert_true(ledger_read(&world)->broken > 0);
}

static void stale_and_false_marks(void **state)
{
    struct aa_ledger_mark marks[6], mark;
    unsigned number = 0;

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(marks); i++) {
        marks[i] = ledger_header(&world).mark;
        ledger_add(&world, ++number, 100 + 50 * i);
    }
    for (size_t i = 0; i < AA_ARRAY_SIZE(marks); i++) { /* true once: read on from there */
        ledger_set_mark(&world, marks[i], true);
        ledger_add(&world, ++number, 30);
        assert_int_equal(ledger_header(&world).mark.next_seq, number + 1);
    }
    for (int i = 0; i < 12; i++) { /* false, with a right checksum or without: read it all */
        mark = ledger_header(&world).mark;
        switch (i) {
        case 0: mark.end += 8; break;
        case 1: mark.end += 4; break;
        case 2: mark.end = UINT64_MAX; break;
        case 3: mark.end = 0; break;
        case 4: mark.next_seq += 1; break;
        case 5: mark.last_size = 8; break;
        case 6: mark.last_size = UINT32_MAX; break;
        case 7: mark.last_hash[0] ^= 1; break;
        case 8: memset(&mark, 0, sizeof(mark)); break;
        case 9: memset(&mark, 0xff, sizeof(mark)); break;
        case 10: mark.last_size = 0; break;
        default: mark.end = AA_LEDGER_HEADER_SIZE; break;
        }
        ledger_set_mark(&world, mark, i % 2 == 0);
        ledger_add(&world, ++number, 30);
        ledger_set_mark(&world, mark, i % 2 != 0);
        ledger_add(&world, ++number, 30);
    }
    for (unsigned i = 0; i < number; i++)
        assert_int_equal(ledger_read_whole(&world, number)->numbers[i], i + 1);
}

/* What a writer that was killed left: some first part of a record. */
static void torn_ends_are_removed(void **state)
{
    static const size_t parts[] = { 4, 8, 100, 143, 144, 145, 500, 5000 };
    unsigned number = 0;

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(parts); i++) {
        struct aa_ledger_mark before = ledger_header(&world).mark;
        struct aa_ledger_record record;
        const struct ledger_content *content;
        static char bytes[10000];
        static const char zeros[10000];
        size_t torn = parts[i];

        ledger_add(&world, ++number, 6000); /* the one to be torn */
        ledger_peek(&world, before.end, &record, sizeof(record));
        ledger_peek(&world, before.end, bytes, record.size);
        ledger_poke(&world, before.end, zeros, record.size);
        ledger_poke(&world, before.end, bytes, parts[i]);
        ledger_set_mark(&world, before, true);
        ledger_add(&world, number, 200);
        content = ledger_read_whole(&world, number);
        assert_int_equal(content->torn, i + 1);
        while (torn > 0 && bytes[torn - 1] == 0) /* zeros were there before it */
            torn--;
        check(content->torn_bytes == torn, "%zu bytes were torn, %u are told", torn,
              content->torn_bytes);
        ledger_add(&world, ++number, 10); /* and the one after it is like any other */
        assert_int_equal(ledger_read_whole(&world, number)->torn, i + 1);
    }
}

static void a_whole_record_behind_the_mark_is_kept(void **state)
{
    struct aa_ledger_mark before;

    (void)state;
    ledger_add(&world, 1, 50);
    before = ledger_header(&world).mark;
    ledger_add(&world, 2, 50);
    ledger_set_mark(&world, before, true); /* killed between the record and the mark */
    ledger_add(&world, 3, 50);
    assert_int_equal(ledger_read_whole(&world, 3)->torn, 0);
}

/* Where the numbered record stands; the numbers here are those of the chain. */
static uint64_t place_of(unsigned seq, struct aa_ledger_record *ret)
{
    uint64_t at = AA_LEDGER_HEADER_SIZE;

    for (ledger_peek(&world, at, ret, sizeof(*ret)); ret->seq != seq;
         ledger_peek(&world, at, ret, sizeof(*ret))) {
        assert_int_equal(ret->magic, AA_LEDGER_RECORD_MAGIC);
        at += ret->size;
    }
    return at;
}

/* Power was lost before the last records reached the disk, and the mark did: their numbers are
 * not given again, so that verify sees the gap. */
static void lost_records_leave_a_gap(void **state)
{
    static const char zeros[8192];
    struct aa_ledger_record record;
    const struct ledger_content *content;

    (void)state;
    for (unsigned i = 1; i <= 5; i++)
        ledger_add(&world, i, 300);
    ledger_poke(&world, place_of(4, &record), zeros, sizeof(zeros));
    assert_int_equal(ledger_add(&world, 6, 300).seq, 6);
    assert_int_equal(ledger_add(&world, 7, 300).seq, 7);
    content = ledger_read(&world);
    assert_int_equal(content->n, 4); /* 1 2 3, then 6 with its gap, then 7 */
    assert_int_equal(content->broken, 1);
    assert_false(content->garbage);
}

/* More than one unfinished record is never thrown away: it is kept beside the ledger. */
static void what_is_not_simply_torn_is_kept(void **state)
{
    static char before[4096], kept[4096];
    struct aa_ledger_record record;
    uint64_t at;
    size_t n;
    int fd;

    (void)state;
    for (unsigned i = 1; i <= 4; i++)
        ledger_add(&world, i, 300);
    at = place_of(2, &record);
    n = 3 * (size_t)record.size;
    ledger_poke(&world, at, "JUNK", 4);
    ledger_peek(&world, at, before, n);
    ledger_set_mark(&world, (struct aa_ledger_mark){ 0 }, false);
    ledger_add(&world, 5, 300);
    (void)place_of(2, &record);
    assert_int_equal(record.flags, AA_LEDGER_AFTER_TORN | AA_LEDGER_AFTER_DAMAGE);
    assert_int_equal(ledger_read_whole(&world, 2)->torn, 1);
    fd = open(world_path(&world, "state/ledger.removed-2"), O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_true(read(fd, kept, sizeof(kept)) >= (ssize_t)n - 8); /* but for zeros at its end */
    assert_memory_equal(kept, before, n - 8);
    close(fd);
    ledger_add(&world, 6, 300);
    (void)place_of(3, &record);
    assert_int_equal(record.flags, 0);
}

static enum aa_fault_id append_fault(void)
{
    struct aa_ledger_position place = { .seq = 77 };
    struct aa_fault fault = { 0 };
    int descriptors = world_open_descriptors();
    int r = ledger_append(&world, 1, 50, AA_LEDGER_BEFORE, &place, &fault);

    assert_int_equal(r < 0, fault.id != AA_FAULT_NONE);
    assert_true(r == 0 || place.seq == 77);
    assert_int_equal(world_open_descriptors(), descriptors);
    return fault.id;
}

static void files_that_are_no_ledger(void **state)
{
    struct aa_ledger_header header = ledger_header(&world), bad;
    char other[256];

    (void)state;
    assert_int_equal(chmod(world_path(&world, "state/ledger"), 0640), 0);
    assert_int_equal(append_fault(), AA_FAULT_LEDGER_UNSAFE);
    assert_int_equal(chmod(world_path(&world, "state/ledger"), 0600), 0);
    assert_int_equal(append_fault(), AA_FAULT_NONE);
    for (int i = 0; i < 3; i++) {
        bad = header;
        if (i == 0)
            bad.magic[0] ^= 1;
        else if (i == 1)
            bad.format++;
        else
            bad.header_size++;
        ledger_poke(&world, 0, &bad, sizeof(bad));
        assert_int_equal(append_fault(), AA_FAULT_LEDGER_DAMAGED);
    }
    ledger_poke(&world, 0, &header, sizeof(header));
    assert_int_equal(truncate(world_path(&world, "state/ledger"), 4000), 0);
    assert_int_equal(append_fault(), AA_FAULT_LEDGER_DAMAGED);
    assert_int_equal(truncate(world_path(&world, "state/ledger"), 0), 0);
    assert_int_equal(append_fault(), AA_FAULT_LEDGER_DAMAGED);
    snprintf(other, sizeof(other), "%s", world_path(&world, "state/other"));
    assert_int_equal(rename(world_path(&world, "state/ledger"), other), 0);
    assert_int_equal(append_fault(), AA_FAULT_LEDGER_MISSING);
    assert_int_equal(symlink("other", world_path(&world, "state/ledger")), 0);
    assert_int_equal(append_fault(), AA_FAULT_LEDGER_UNSAFE);
}

static void records_that_cannot_be(void **state)
{
    struct aa_buffer fields = AA_BUFFER_INIT(16 * 1024 * 1024);
    struct aa_ledger_position place;
    struct aa_fault fault = { 0 };
    int state_fd = world_state_fd(&world);

    (void)state;
    for (size_t i = 0; i < AA_LEDGER_RECORD_MAX; i += 8)
        aa_buffer_add(&fields, "12345678", 8);
    assert_int_equal(aa_ledger_append(&world.site, state_fd, &fields, AA_LEDGER_AFTER, false,
                                      &place, &fault), -E2BIG);
    assert_int_equal(fault.id, AA_FAULT_TOO_LARGE);
    aa_buffer_clear(&fields);
    fields.error = -ENOMEM;
    fault.id = AA_FAULT_NONE;
    assert_int_equal(aa_ledger_append(&world.site, state_fd, &fields, AA_LEDGER_AFTER, false,
                                      &place, &fault), -ENOMEM);
    assert_int_equal(fault.id, AA_FAULT_MEMORY);
    fields.error = -E2BIG;
    fault.id = AA_FAULT_NONE;
    assert_int_equal(aa_ledger_append(&world.site, state_fd, &fields, AA_LEDGER_AFTER, false,
                                      &place, &fault), -E2BIG);
    assert_int_equal(fault.id, AA_FAULT_TOO_LARGE);
    aa_buffer_free(&fields);
    close(state_fd);
    ledger_read_whole(&world, 0);
}

static void synced_appends_are_the_same(void **state)
{
    _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT;
    struct aa_ledger_position place;
    struct aa_fault fault = { 0 };
    int state_fd = world_state_fd(&world);

    (void)state;
    aa_field_add(&fields, "N", "1");
    aa_field_add(&fields, "FILL", "");
    assert_int_equal(aa_ledger_append(&world.site, state_fd, &fields, AA_LEDGER_BEFORE, true, &place,
                                      &fault), 0);
    assert_int_equal(place.seq, 1);
    ledger_read_whole(&world, 1);
    close(state_fd);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(created_once_and_private),
        TEST(records_form_a_chain),
        TEST(grows_ahead),
        TEST(any_change_is_seen),
        TEST(a_removed_record_is_seen),
        TEST(stale_and_false_marks),
        TEST(torn_ends_are_removed),
        TEST(a_whole_record_behind_the_mark_is_kept),
        TEST(lost_records_leave_a_gap),
        TEST(what_is_not_simply_torn_is_kept),
        TEST(files_that_are_no_ledger),
        TEST(records_that_cannot_be),
        TEST(synced_appends_are_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
