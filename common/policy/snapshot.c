/* SPDX-License-Identifier: ISC */
#include "snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>

#include "base/trusted-file.h"

const size_t aa_snapshot_element_size[AA_SECTION_COUNT] = {
    [AA_SECTION_TEXT] = 1,
    [AA_SECTION_WORDS] = sizeof(struct aa_snap_word),
    [AA_SECTION_CONDITIONS] = sizeof(struct aa_snap_condition),
    [AA_SECTION_RULES] = sizeof(struct aa_snap_rule),
    [AA_SECTION_ASKS] = sizeof(struct aa_snap_ask),
    [AA_SECTION_CHANNELS] = sizeof(struct aa_snap_channel),
    [AA_SECTION_PAIRS] = sizeof(struct aa_snap_pair),
    [AA_SECTION_PERSONS] = sizeof(struct aa_snap_person),
    [AA_SECTION_ACCOUNTS] = sizeof(struct aa_snap_account),
    [AA_SECTION_GROUPS] = sizeof(struct aa_snap_group),
    [AA_SECTION_MEMBERS] = sizeof(struct aa_snap_member),
    [AA_SECTION_AGENTS] = sizeof(struct aa_snap_agent),
    [AA_SECTION_LABELS] = sizeof(struct aa_snap_label),
    [AA_SECTION_ZONE_CHANGES] = sizeof(struct aa_snap_zone_change),
    [AA_SECTION_MASK_PATTERNS] = sizeof(struct aa_snap_mask_pattern),
    [AA_SECTION_MASK_OPTIONS] = sizeof(struct aa_snap_mask_option),
    [AA_SECTION_MASK_FILTER] = sizeof(uint64_t),
};

/* Behind magic, format, byte order, size and the checksum itself. */
enum { CHECKED_FROM = offsetof(struct aa_snap_header, digest) };

uint64_t aa_snapshot_checksum(const void *data, size_t length)
{
    static const uint64_t multiplier = 0x9e3779b97f4a7c15u;
    const unsigned char *bytes = data;
    uint64_t lanes[4] = { 1, 2, 3, 4 }, sum = length;

    /* four independent lanes: the processor works on them at once */
    for (; length >= 32; bytes += 32, length -= 32) {
        for (size_t i = 0; i < 4; i++) {
            uint64_t word;

            memcpy(&word, bytes + 8 * i, sizeof(word));
            lanes[i] = (lanes[i] ^ word) * multiplier;
            lanes[i] ^= lanes[i] >> 29;
        }
    }
    for (size_t i = 0; i < length; i++)
        sum = (sum ^ bytes[i]) * multiplier;
    for (size_t i = 0; i < 4; i++)
        sum = (sum ^ lanes[i] ^ lanes[i] >> 32) * multiplier;
    return sum ^ sum >> 31;
}

void aa_snapshot_seal(void *data, size_t size)
{
    struct aa_snap_header *header = data;

    header->checksum = aa_snapshot_checksum((const char *)data + CHECKED_FROM, size - CHECKED_FROM);
}

static int check_format(const struct aa_snap_header *header, size_t size, struct aa_fault *fault)
{
    if (size < sizeof(header->magic) + 2 * sizeof(uint32_t) ||
        memcmp(header->magic, AA_SNAPSHOT_MAGIC, sizeof(header->magic)) != 0)
        return aa_fault(fault, AA_FAULT_SNAPSHOT_DAMAGED, -EBADMSG,
                        "the policy snapshot is no snapshot, or was cut short");
    if (header->format != AA_SNAPSHOT_FORMAT || header->byte_order != AA_SNAPSHOT_BYTE_ORDER)
        return aa_fault(fault, AA_FAULT_SNAPSHOT_VERSION, -EPROTONOSUPPORT,
                        "the policy snapshot has another format version (%u; this is %u)",
                        header->format, (unsigned)AA_SNAPSHOT_FORMAT);
    if (size < sizeof(*header) || header->size != size)
        return aa_fault(fault, AA_FAULT_SNAPSHOT_DAMAGED, -EBADMSG,
                        "the policy snapshot was cut short or grew (%zu bytes)", size);
    return 0;
}

int aa_snapshot_from_memory(const void *data, size_t size, struct aa_snapshot *ret,
                            struct aa_fault *fault)
{
    const struct aa_snap_header *header = data;
    int r = check_format(header, size, fault);

    if (r < 0)
        return r;
    if (aa_snapshot_checksum((const char *)data + CHECKED_FROM, size - CHECKED_FROM) !=
        header->checksum)
        return aa_fault(fault, AA_FAULT_SNAPSHOT_DAMAGED, -EBADMSG,
                        "the policy snapshot is damaged (its checksum differs)");
    for (size_t i = 0; i < AA_SECTION_COUNT; i++) {
        const struct aa_snap_section *section = &header->sections[i];

        if (section->offset % 8 != 0 || section->offset > size ||
            section->count > (size - section->offset) / aa_snapshot_element_size[i])
            return aa_fault(fault, AA_FAULT_SNAPSHOT_DAMAGED, -EBADMSG,
                            "the policy snapshot is damaged (section %zu leaves the file)", i);
    }
    if (header->try_boot_id[sizeof(header->try_boot_id) - 1] != '\0')
        return aa_fault(fault, AA_FAULT_SNAPSHOT_DAMAGED, -EBADMSG,
                        "the policy snapshot is damaged (its boot id has no end)");
    *ret = (struct aa_snapshot){ .header = header, .size = size };
    return 0;
}

int aa_snapshot_open_named(const struct aa_site *site, int state_fd, const char *name,
                           struct aa_snapshot *ret, struct aa_fault *fault)
{
    _cleanup_close_ int fd = -1;
    char why[AA_TRUST_WHY_MAX];
    struct aa_snapshot snapshot;
    struct stat st;
    void *data;
    int r = aa_trusted_file(site, state_fd, name, O_RDONLY, false, &fd, &st, why);

    if (r == AA_TRUST_MISSING)
        return aa_fault(fault, AA_FAULT_SNAPSHOT_MISSING, -ENOENT,
                        "there is no policy snapshot: %s/%s is missing", site->state_dir, name);
    if (r == AA_TRUST_UNSAFE)
        return aa_fault(fault, AA_FAULT_SNAPSHOT_UNSAFE, -EPERM,
                        "the policy snapshot cannot be trusted: %s/%s", site->state_dir, why);
    if (r < 0)
        return aa_fault(fault, AA_FAULT_SNAPSHOT_UNSAFE, r,
                        "the policy snapshot cannot be opened: %s/%s", site->state_dir, why);
    if (st.st_size <= 0 || st.st_size > AA_SNAPSHOT_SIZE_MAX)
        return aa_fault(fault, AA_FAULT_SNAPSHOT_DAMAGED, -EBADMSG,
                        "the policy snapshot is empty or over its maximum (%lld bytes)",
                        (long long)st.st_size);
    data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    if (data == MAP_FAILED)
        return aa_fault(fault, AA_FAULT_MEMORY, -errno, "the policy snapshot cannot be mapped: %s",
                        strerror(errno));
    r = aa_snapshot_from_memory(data, (size_t)st.st_size, &snapshot, fault);
    if (r < 0) {
        munmap(data, (size_t)st.st_size);
        return r;
    }
    snapshot.mapped = true;
    *ret = snapshot;
    return 0;
}

bool aa_snapshot_try_is_over(const struct aa_site *site, const struct aa_snapshot *snapshot)
{
    const struct aa_snap_header *header = snapshot->header;
    char path[256], boot_id[sizeof(header->try_boot_id)];

    if (header->try_until_boottime_usec == 0)
        return false;
    snprintf(path, sizeof(path), "%s/sys/kernel/random/boot_id", site->proc_dir);
    return aa_read_line(path, boot_id, sizeof(boot_id)) < 0 ||
           !aa_streq(boot_id, header->try_boot_id) ||
           site->boottime_usec() >= header->try_until_boottime_usec;
}

int aa_snapshot_open(const struct aa_site *site, int state_fd, struct aa_snapshot *ret,
                     struct aa_fault *fault)
{
    struct aa_snapshot snapshot;
    int r = aa_snapshot_open_named(site, state_fd, AA_SNAPSHOT_LIVE, &snapshot, fault);

    if (r < 0)
        return r;
    if (aa_snapshot_try_is_over(site, &snapshot)) {
        aa_snapshot_close(&snapshot);
        return aa_snapshot_open_named(site, state_fd, AA_SNAPSHOT_PREVIOUS, ret, fault);
    }
    *ret = snapshot;
    return 0;
}

void aa_snapshot_close(struct aa_snapshot *snapshot)
{
    if (snapshot->mapped)
        munmap((void *)(uintptr_t)snapshot->header, snapshot->size);
    *snapshot = (struct aa_snapshot){ 0 };
}

void aa_snapshot_policy_id(const struct aa_snapshot *snapshot, char ret[AA_POLICY_ID_SIZE])
{
    aa_hex(snapshot->header->digest, (AA_POLICY_ID_SIZE - 1) / 2, ret);
}

uint32_t aa_snapshot_count(const struct aa_snapshot *snapshot, enum aa_section section)
{
    return snapshot->header->sections[section].count;
}

const void *aa_snapshot_elements(const struct aa_snapshot *snapshot, enum aa_section section,
                                 struct aa_snap_range range)
{
    const struct aa_snap_section *place = &snapshot->header->sections[section];

    if (range.first > place->count || range.count > place->count - range.first)
        return NULL;
    return (const char *)snapshot->header + place->offset + range.first * aa_snapshot_element_size[section];
}

const char *aa_snapshot_text(const struct aa_snapshot *snapshot, struct aa_snap_text text)
{
    const struct aa_snap_section *place = &snapshot->header->sections[AA_SECTION_TEXT];
    const char *start = (const char *)snapshot->header + place->offset;

    if (text.offset >= place->count || text.length >= place->count - text.offset ||
        start[text.offset + text.length] != '\0')
        return NULL;
    return start + text.offset;
}
