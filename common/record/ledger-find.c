/* SPDX-License-Identifier: ISC */
#include "ledger-find.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>

#include "base/trusted-file.h"
#include "fields.h"
#include "ledger-read.h"
#include "ledger-side.h"

uint64_t aa_ledger_place(const struct aa_site *site, int state_fd)
{
    _cleanup_close_ int fd = -1;
    struct aa_ledger_header header;
    char why[AA_TRUST_WHY_MAX];

    if (aa_trusted_file(site, state_fd, AA_LEDGER_FILE, O_RDONLY, true, &fd, NULL, why) !=
            AA_TRUST_OK ||
        aa_read_at(fd, &header, sizeof(header), 0) < 0 ||
        header.mark.checksum != aa_ledger_mark_checksum(&header.mark) ||
        header.mark.end < AA_LEDGER_HEADER_SIZE)
        return AA_LEDGER_HEADER_SIZE; /* it was being written: then all of it is looked through */
    return header.mark.end;
}

static bool has_side_records(int state_fd)
{
    int fd = openat(state_fd, AA_LEDGER_SIDE_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *all = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *found;
    bool any = false;

    if (all == NULL) {
        aa_close_at(&fd);
        return false;
    }
    while ((found = readdir(all)) != NULL)
        any |= !aa_streq(found->d_name, ".") && !aa_streq(found->d_name, "..");
    closedir(all);
    return any;
}

static bool is_value(const struct aa_field *field, const char *name, const char *value)
{
    return field->name_length == strlen(name) &&
           memcmp(field->name, name, field->name_length) == 0 &&
           field->value_length == strlen(value) &&
           memcmp(field->value, value, field->value_length) == 0;
}

static bool is_end_of(const struct aa_buffer *payload, const char *id)
{
    static const char *const ends[] = { "finished", "denied", "expired", "cancelled", "failed" };
    struct aa_reader fields = { (const unsigned char *)payload->data, payload->length };
    struct aa_field field;
    bool ours = false, end = false;

    while (aa_field_next(&fields, &field) == 1) {
        ours |= is_value(&field, "AA_ID", id);
        for (size_t i = 0; i < AA_ARRAY_SIZE(ends); i++)
            end |= is_value(&field, "AA_EVENT", ends[i]);
    }
    return ours && end;
}

int aa_ledger_has_end(const struct aa_site *site, int state_fd, uint64_t from, const char *id)
{
    struct aa_ledger_reader reader;
    struct aa_fault ignored = { 0 };
    const char *why;
    bool found = false;
    int item;

    if (has_side_records(state_fd))
        return -EAGAIN;
    if (aa_ledger_reader_open(site, &reader, &ignored) < 0)
        return -EBADMSG;
    if (from > reader.offset)
        reader.offset = from;
    /* whether the chain is whole is verify's to say: here only what is in it counts */
    while (!found && ((item = aa_ledger_reader_next(&reader, &why)) == AA_LEDGER_RECORD ||
                      item == AA_LEDGER_BROKEN))
        found = is_end_of(&reader.payload, id);
    aa_ledger_reader_close(&reader);
    return found ? 1 : item < 0 ? item : 0;
}
