/* SPDX-License-Identifier: ISC */
#include "unit.h"
#include "ledger-support.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "record/fields.h"

void ledger_payload(struct aa_buffer *fields, unsigned number, size_t size)
{
    char piece[16], block[4096];
    size_t begun, piece_n = (size_t)snprintf(piece, sizeof(piece), "%u,", number), block_n = 0;

    for (; block_n + piece_n <= sizeof(block); block_n += piece_n)
        memcpy(block + block_n, piece, piece_n);
    aa_field_printf(fields, "N", "%u", number);
    begun = aa_field_begin(fields, "FILL");
    while (fields->length + block_n <= size && fields->error == 0)
        aa_buffer_add(fields, block, block_n);
    while (fields->length < size && fields->error == 0)
        aa_buffer_add(fields, piece, piece_n);
    aa_field_end(fields, begun);
}

int ledger_append(const struct world *world, unsigned number, size_t size, enum aa_ledger_use use,
                  struct aa_ledger_position *ret, struct aa_fault *fault)
{
    _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT;
    int state_fd = world_state_fd(world), r;

    ledger_payload(&fields, number, size);
    r = aa_ledger_append(&world->site, state_fd, &fields, use, false, ret, fault);
    close(state_fd);
    return r;
}

struct aa_ledger_position ledger_add(const struct world *world, unsigned number, size_t size)
{
    struct aa_ledger_position place = { .seq = 77 };
    struct aa_fault fault = { 0 };

    check(ledger_append(world, number, size, AA_LEDGER_BEFORE, &place, &fault) == 0,
          "record %u: %s", number, fault.detail);
    return place;
}

static unsigned number_of(const struct aa_buffer *payload)
{
    _cleanup_buffer_ struct aa_buffer wanted = AA_FIELDS_INIT;
    const char *text = world_field(payload, "N");
    unsigned number;

    assert_non_null(text);
    number = (unsigned)strtoul(text, NULL, 10);
    ledger_payload(&wanted, number, payload->length);
    check(wanted.length == payload->length &&
              memcmp(wanted.data, payload->data, payload->length) == 0,
          "record %u has a payload of another", number);
    return number;
}

const struct ledger_content *ledger_read(const struct world *world)
{
    static struct ledger_content content;
    struct aa_ledger_reader reader;
    struct aa_fault fault = { 0 };
    const char *why;
    int item;

    memset(&content, 0, sizeof(content));
    check(aa_ledger_reader_open(&world->site, &reader, &fault) == 0, "%s", fault.detail);
    while ((item = aa_ledger_reader_next(&reader, &why)) == AA_LEDGER_RECORD ||
           item == AA_LEDGER_BROKEN) {
        if (item == AA_LEDGER_BROKEN) {
            content.broken++;
            continue;
        }
        assert_true(content.n < LEDGER_RECORDS_MAX);
        content.numbers[content.n++] = number_of(&reader.payload);
        content.from_side += (reader.record.flags & AA_LEDGER_FROM_SIDE) != 0;
        if ((reader.record.flags & AA_LEDGER_AFTER_TORN) != 0) {
            content.torn++;
            content.torn_bytes = reader.record.torn_bytes;
        }
    }
    assert_true(item >= 0);
    content.garbage = item == AA_LEDGER_GARBAGE;
    aa_ledger_reader_close(&reader);
    return &content;
}

const struct ledger_content *ledger_read_whole(const struct world *world, size_t n)
{
    const struct ledger_content *content = ledger_read(world);

    check(content->broken == 0 && !content->garbage && content->n == n,
          "%zu records, %zu broken, garbage %d; wanted %zu whole", content->n, content->broken,
          content->garbage, n);
    return content;
}

static int open_file(const struct world *world)
{
    int fd = open(world_path(world, "state/ledger"), O_RDWR | O_CLOEXEC);

    assert_true(fd >= 0);
    return fd;
}

void ledger_peek(const struct world *world, uint64_t offset, void *data, size_t length)
{
    int fd = open_file(world);

    assert_int_equal(pread(fd, data, length, (off_t)offset), (ssize_t)length);
    close(fd);
}

void ledger_poke(const struct world *world, uint64_t offset, const void *data, size_t length)
{
    int fd = open_file(world);

    assert_int_equal(pwrite(fd, data, length, (off_t)offset), (ssize_t)length);
    close(fd);
}

struct aa_ledger_header ledger_header(const struct world *world)
{
    struct aa_ledger_header header;

    ledger_peek(world, 0, &header, sizeof(header));
    return header;
}

void ledger_set_mark(const struct world *world, struct aa_ledger_mark mark, bool sealed)
{
    if (sealed)
        mark.checksum = aa_ledger_mark_checksum(&mark);
    ledger_poke(world, offsetof(struct aa_ledger_header, mark), &mark, sizeof(mark));
}

uint64_t ledger_size(const struct world *world)
{
    struct stat st;

    assert_int_equal(stat(world_path(world, "state/ledger"), &st), 0);
    return (uint64_t)st.st_size;
}

size_t ledger_sides(const struct world *world)
{
    DIR *folder = opendir(world_path(world, "state/" AA_LEDGER_SIDE_FOLDER));
    struct dirent *entry;
    size_t n = 0;

    if (folder == NULL)
        return 0;
    while ((entry = readdir(folder)) != NULL)
        n += entry->d_name[0] != '.';
    closedir(folder);
    return n;
}

struct ledger_holder ledger_hold(const struct world *world)
{
    struct ledger_holder holder;
    int ready[2], stop[2];
    char byte;

    assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
    assert_int_equal(pipe2(stop, O_CLOEXEC), 0);
    holder.pid = fork();
    assert_true(holder.pid >= 0);
    if (holder.pid == 0) {
        int fd = open(world_path(world, "state/ledger"), O_RDWR | O_CLOEXEC);

        close(stop[1]);
        if (flock(fd, LOCK_EX) == 0 && write(ready[1], "x", 1) == 1)
            (void)!read(stop[0], &byte, 1);
        _exit(0);
    }
    close(ready[1]);
    close(stop[0]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    holder.pipe_fd = stop[1];
    return holder;
}

void ledger_let_go(struct ledger_holder *holder)
{
    close(holder->pipe_fd);
    waitpid(holder->pid, NULL, 0);
}
