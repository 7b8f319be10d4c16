/* SPDX-License-Identifier: ISC */
/* Any bytes behind a ledger's header: they are read to some end, a writer finds where to go on
 * and adds its record, and after that the chain up to that record is whole. */
#include "fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/trusted-file.h"
#include "record/fields.h"
#include "record/ledger-read.h"
#include "record/ledger.h"

enum { IMAGE_MAX = 64 * 1024 };

static char folder[] = "/tmp/aa-fuzz-XXXXXX";
static struct aa_site site;
static int state_fd = -1;

/* The ledger, and what writers put beside it. */
static void empty_folder(void)
{
    int fd = openat(state_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *all = fdopendir(fd);
    struct dirent *entry;

    require(all != NULL);
    while ((entry = readdir(all)) != NULL) {
        if (entry->d_name[0] != '.')
            (void)unlinkat(state_fd, entry->d_name, 0);
    }
    closedir(all);
    (void)unlinkat(state_fd, AA_LEDGER_SIDE_FOLDER, AT_REMOVEDIR);
}

static void remove_folder(void)
{
    empty_folder();
    (void)rmdir(folder);
}

static void make_folder(void)
{
    if (access("/dev/shm", W_OK) == 0)
        memcpy(folder, "/dev/shm/a-XXXXXX", sizeof("/dev/shm/a-XXXXXX"));
    require(mkdtemp(folder) != NULL);
    site = aa_site_system;
    site.state_dir = site.trusted_root = folder;
    site.owner = geteuid();
    state_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    require(state_fd >= 0);
    atexit(remove_folder);
}

/* The input is the mark, then the records. Every hash that could be right is made right where
 * the first byte says so: the fuzzer cannot guess them. True where the mark is under a right
 * checksum, whatever it says. */
static bool make_image(const uint8_t *data, size_t size)
{
    static unsigned char image[AA_LEDGER_HEADER_SIZE + IMAGE_MAX];
    struct aa_ledger_header header = { .magic = AA_LEDGER_MAGIC, .format = AA_LEDGER_FORMAT,
                                       .header_size = AA_LEDGER_HEADER_SIZE };
    bool help = size > 0 && (data[0] & 1) != 0, seal_mark = size > 0 && (data[0] & 2) != 0;
    unsigned char prev[AA_SHA256_SIZE] = { 0 };
    size_t at = 0;
    int fd;

    memset(image, 0, sizeof(image));
    if (size > 0)
        data++, size--;
    if (size >= sizeof(header.mark)) {
        memcpy(&header.mark, data, sizeof(header.mark));
        data += sizeof(header.mark);
        size -= sizeof(header.mark);
    }
    size = AA_MIN(size, (size_t)IMAGE_MAX);
    memcpy(image + AA_LEDGER_HEADER_SIZE, data, size);
    while (help && at + sizeof(struct aa_ledger_record) <= size) {
        unsigned char *bytes = image + AA_LEDGER_HEADER_SIZE + at;
        struct aa_ledger_record record;

        memcpy(&record, bytes, sizeof(record));
        if (!aa_ledger_record_is_plausible(&record, size - at))
            break;
        memcpy(record.prev, prev, sizeof(prev));
        aa_ledger_record_hash(&record, bytes + sizeof(record), record.hash);
        memcpy(prev, record.hash, sizeof(prev));
        memcpy(bytes, &record, sizeof(record));
        at += record.size;
    }
    if (help)
        memcpy(header.mark.last_hash, prev, sizeof(prev));
    if (seal_mark)
        header.mark.checksum = aa_ledger_mark_checksum(&header.mark);
    memcpy(image, &header, sizeof(header));
    fd = openat(state_fd, AA_LEDGER_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    require(fd >= 0);
    require(aa_write_all(fd, image, AA_LEDGER_HEADER_SIZE + size) == 0);
    close(fd);
    return header.mark.checksum == aa_ledger_mark_checksum(&header.mark);
}

static const char our_payload[] = { 3, 0, 0, 0, 'N', '=', '1' };

struct chain {
    size_t whole; /* records in their place before the first thing that is not */
    bool ours;    /* one like append()'s stands in its place */
};

static struct chain read_chain(void)
{
    struct aa_ledger_reader reader;
    struct aa_fault fault = { 0 };
    struct chain chain = { 0, false };
    const char *why = NULL;
    bool in_place = true;
    size_t steps = 0;
    int item;

    require(aa_ledger_reader_open(&site, &reader, &fault) == 0);
    while ((item = aa_ledger_reader_next(&reader, &why)) > 0 && item != AA_LEDGER_GARBAGE) {
        struct aa_reader fields = { (const unsigned char *)reader.payload.data,
                                    reader.payload.length };
        struct aa_field field;

        require(why != NULL && ++steps < 100000);
        while (aa_field_next(&fields, &field) == 1)
            require(field.name_length <= AA_FIELD_NAME_MAX);
        in_place &= item == AA_LEDGER_RECORD;
        chain.whole += in_place;
        chain.ours |= item == AA_LEDGER_RECORD && reader.payload.length == sizeof(our_payload) &&
                      memcmp(reader.payload.data, our_payload, sizeof(our_payload)) == 0;
    }
    require(item >= 0);
    aa_ledger_reader_close(&reader);
    return chain;
}

/* A writer adds its record, or says that the ledger is damaged. */
static bool append(void)
{
    struct aa_buffer fields = AA_FIELDS_INIT;
    struct aa_ledger_position place = { .in_chain = false };
    struct aa_fault fault = { 0 };
    int r;

    aa_field_add(&fields, "N", "1");
    r = aa_ledger_append(&site, state_fd, &fields, AA_LEDGER_AFTER, false, &place, &fault);
    require(r == 0 ? place.in_chain : fault.id == AA_FAULT_LEDGER_DAMAGED);
    aa_buffer_free(&fields);
    return r == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct chain before, after;
    bool mark_is_believed;

    if (state_fd < 0)
        make_folder();
    mark_is_believed = make_image(data, size);
    before = read_chain();
    if (append()) {
        after = read_chain();
        /* what was whole is whole still, and the new one too; a mark that lies under a right
         * checksum is root's doing */
        require(mark_is_believed || (after.whole >= before.whole && after.ours));
        (void)append();
    }
    empty_folder();
    return 0;
}
