/* SPDX-License-Identifier: ISC */
#include "option-rows.h"

#include <errno.h>

enum { NAME_MAX_LENGTH = 255 };

static const char damaged[] = "the mask rules are damaged";

/* Cheap: there are a few hundred names, and it is made for each command. */
static size_t head_of(const char *name, size_t length)
{
    const unsigned first = (unsigned char)name[0], last = (unsigned char)name[length - 1];
    const unsigned middle = (unsigned char)name[length / 2];

    return (first * 31 + middle * 7 + last * 131 + (unsigned)length * 61) % AA_MASK_HEADS;
}

static const struct aa_snap_mask_option *options_of(const struct aa_snapshot *set, uint32_t *ret_n)
{
    const uint32_t n = aa_snapshot_count(set, AA_SECTION_MASK_OPTIONS);

    *ret_n = n;
    return aa_snapshot_elements(set, AA_SECTION_MASK_OPTIONS, (struct aa_snap_range){ .count = n });
}

static void add_programs(struct aa_masker *masker, struct aa_mask_rows *rows, uint32_t row,
                         const struct aa_snapshot *set, struct aa_snap_range range)
{
    const struct aa_snap_word *words = aa_snapshot_words(set, range);

    for (uint32_t i = 0; words != NULL && i < range.count; i++) {
        struct aa_mask_program *program = &rows->programs[rows->programs_n];
        const uint32_t length = words[i].text.length;
        const char *name = aa_snapshot_text(set, words[i].text);
        uint32_t *head;

        if (name == NULL || length == 0) {
            masker->overrun = damaged;
            continue;
        }
        head = length == 3 && memcmp(name, "any", 3) == 0 ? &rows->any
                                                          : &rows->heads[head_of(name, length)];
        *program = (struct aa_mask_program){ name, length, row, *head };
        *head = (uint32_t)rows->programs_n++;
    }
}

int aa_mask_rows_read(struct aa_masker *masker, struct aa_arena *arena, struct aa_mask_rows *ret)
{
    size_t rows = 0, programs = 1;
    uint32_t n;

    *ret = (struct aa_mask_rows){ .programs_n = 1 };
    for (size_t i = 0; i < masker->sets_n; i++) {
        const struct aa_snap_mask_option *options = options_of(&masker->sets[i], &n);

        for (uint32_t j = 0; options != NULL && j < n; j++) {
            if (aa_snapshot_words(&masker->sets[i], options[j].programs) == NULL)
                masker->overrun = damaged;
            else
                programs += options[j].programs.count;
        }
        rows += options != NULL ? n : 0;
    }
    if (programs > UINT32_MAX)
        return -ENOMEM;
    ret->v = AA_NEW_ARRAY(arena, struct aa_mask_row, rows);
    ret->programs = AA_NEW_ARRAY(arena, struct aa_mask_program, programs);
    if (ret->v == NULL || ret->programs == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < masker->sets_n; i++) {
        const struct aa_snap_mask_option *options = options_of(&masker->sets[i], &n);

        for (uint32_t j = 0; options != NULL && j < n; j++) {
            ret->v[ret->n].set = &masker->sets[i];
            ret->v[ret->n].range = options[j].spellings;
            add_programs(masker, ret, (uint32_t)ret->n++, &masker->sets[i], options[j].programs);
        }
    }
    return 0;
}

int aa_mask_row_spelled(struct aa_masker *masker, struct aa_arena *arena, struct aa_mask_row *row)
{
    const struct aa_snap_word *words = aa_snapshot_words(row->set, row->range);
    struct aa_mask_spelled *v;
    size_t n = 0;

    if (row->read)
        return 0;
    row->read = true;
    if (words == NULL) {
        masker->overrun = damaged;
        return 0;
    }
    v = AA_NEW_ARRAY(arena, struct aa_mask_spelled, row->range.count);
    if (v == NULL)
        return -ENOMEM;
    for (uint32_t i = 0; i < row->range.count; i++) {
        const char *text = aa_snapshot_text(row->set, words[i].text);

        if (text == NULL || (text[0] == '\0' && words[i].flags != AA_MASK_OPERAND)) {
            masker->overrun = damaged;
            continue;
        }
        v[n++] = (struct aa_mask_spelled){ text, words[i].text.length,
                                           (enum aa_mask_spelling)words[i].flags, words[i].number };
    }
    row->spelled = v;
    row->spelled_n = n;
    return 0;
}

struct aa_mask_row *aa_mask_rows_find(const struct aa_mask_rows *rows, const char *name, size_t length,
                                      const struct aa_mask_program **at)
{
    uint32_t next;

    if (*at != NULL)
        next = (*at)->next;
    else
        next = name == NULL ? rows->any : length == 0 ? 0 : rows->heads[head_of(name, length)];
    for (; next != 0; next = rows->programs[next].next) {
        const struct aa_mask_program *program = &rows->programs[next];

        if (name == NULL || (program->length == length && memcmp(program->name, name, length) == 0)) {
            *at = program;
            return &rows->v[program->row];
        }
    }
    return NULL;
}

static bool has(const char *text, size_t n, const char *part)
{
    const size_t length = strlen(part);

    for (size_t i = 0; i + length <= n; i++) {
        if (text[i] == '/' && memcmp(text + i, part, length) == 0)
            return true;
    }
    return false;
}

static bool names_data(const char *path, size_t n)
{
    static const char *const folders[] = { "/etc/", "/var/", "/run/", "/dev/", "/proc/", "/sys/",
                                           "/usr/share/" };

    if (has(path, n, "/bin/") || has(path, n, "/sbin/") || has(path, n, "/libexec/"))
        return false;
    for (size_t i = 0; i < AA_ARRAY_SIZE(folders); i++) {
        if (n > strlen(folders[i]) && memcmp(path, folders[i], strlen(folders[i])) == 0)
            return true;
    }
    return false;
}

size_t aa_mask_program_name(const struct aa_mask_word *word, bool first, const char **ret)
{
    const char *v = word->v;
    size_t n = word->n;
    const char *slash;

    if (n == 0 || v[0] == '-')
        return 0;
    slash = memrchr(v, '/', n);
    if (slash != NULL) {
        if (!first && v[0] == '/' && names_data(v, n))
            return 0;
        n -= (size_t)(slash + 1 - v);
        v = slash + 1;
    }
    if (n > NAME_MAX_LENGTH || (word->raw && memchr(v, '\0', n) != NULL))
        return 0;
    *ret = v;
    return n;
}

bool aa_mask_program_is_plain(const char *name, size_t length)
{
    static const char *const plain[] = {
        "apk",     "apt",      "apt-get", "chattr",  "chgrp",    "chmod",     "chown",    "cp",
        "dnf",     "dpkg",     "groupadd", "groupdel", "groupmod", "install",  "kill",     "killall",
        "ln",      "mkdir",    "mount",   "mv",      "pacman",   "pkill",     "rm",       "rmdir",
        "rpm",     "setfacl",  "shred",   "systemctl", "tar",    "touch",     "truncate", "umount",
        "unlink",  "useradd",  "userdel", "usermod", "yum",      "zypper",
    };
    size_t low = 0, high = AA_ARRAY_SIZE(plain);

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const char *other = plain[middle];
        int r = strncmp(other, name, length);

        if (r == 0 && strlen(other) == length)
            return true;
        if (r < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}
