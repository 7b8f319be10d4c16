/* SPDX-License-Identifier: ISC */
/* Zone files, as RFC 8536 describes them. */
#include "zone.h"

#include <errno.h>
#include <string.h>
#include <time.h>

enum { HEADER_SIZE = 44, TYPE_SIZE = 6, RULE_MAX = 256, YEAR_SECONDS = 366 * 24 * 3600 };

/* What lies where in one of the file's blocks. */
struct block {
    const unsigned char *times, *indexes, *types, *characters;
    uint32_t times_n, types_n, characters_n, leaps_n, time_size;
    size_t length;
};

struct reading {
    const unsigned char *data;
    size_t left;
};

static uint64_t big_endian(const unsigned char *data, size_t size)
{
    uint64_t value = 0;

    for (size_t i = 0; i < size; i++)
        value = value << 8 | data[i];
    return value;
}

static int64_t signed_at(const unsigned char *data, size_t size)
{
    uint64_t value = big_endian(data, size);

    return size == 4 ? (int64_t)(int32_t)(uint32_t)value : (int64_t)value;
}

static bool read_block(struct reading *reading, uint32_t time_size, struct block *ret,
                       unsigned char *ret_version)
{
    const unsigned char *header = reading->data, *at;
    uint32_t utc_n, standard_n;
    struct block block = { .time_size = time_size };

    if (reading->left < HEADER_SIZE || memcmp(header, "TZif", 4) != 0)
        return false;
    utc_n = (uint32_t)big_endian(header + 20, 4);
    standard_n = (uint32_t)big_endian(header + 24, 4);
    block.leaps_n = (uint32_t)big_endian(header + 28, 4);
    block.times_n = (uint32_t)big_endian(header + 32, 4);
    block.types_n = (uint32_t)big_endian(header + 36, 4);
    block.characters_n = (uint32_t)big_endian(header + 40, 4);
    if (block.times_n > AA_ZONE_TIMES_MAX || block.types_n > AA_ZONE_TYPES_MAX ||
        block.characters_n > AA_ZONE_CHARACTERS_MAX || block.leaps_n > AA_ZONE_TIMES_MAX ||
        utc_n > AA_ZONE_TYPES_MAX || standard_n > AA_ZONE_TYPES_MAX)
        return false;
    block.length = HEADER_SIZE + (size_t)block.times_n * (time_size + 1) +
                   (size_t)block.types_n * TYPE_SIZE + block.characters_n +
                   (size_t)block.leaps_n * (time_size + 4) + standard_n + utc_n;
    if (block.length > reading->left)
        return false;
    at = header + HEADER_SIZE;
    block.times = at;
    block.indexes = at += (size_t)block.times_n * time_size;
    block.types = at += block.times_n;
    block.characters = at + (size_t)block.types_n * TYPE_SIZE;
    *ret = block;
    *ret_version = header[4];
    reading->data += block.length;
    reading->left -= block.length;
    return true;
}

static bool is_abbreviation(const char *text, size_t n)
{
    if (n == 0 || n > AA_ZONE_ABBREVIATION_MAX)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (strchr("+-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", text[i]) ==
            NULL)
            return false;
    }
    return true;
}

/* Every type's offset and name; -EBADMSG where one is out of bounds. */
static int read_types(const struct block *block, struct aa_arena *arena,
                      struct aa_zone_change **ret)
{
    struct aa_zone_change *types = AA_NEW_ARRAY(arena, struct aa_zone_change, block->types_n);

    if (types == NULL)
        return -ENOMEM;
    for (uint32_t i = 0; i < block->types_n; i++) {
        const unsigned char *type = block->types + (size_t)i * TYPE_SIZE;
        int64_t offset = signed_at(type, 4);
        uint32_t name = type[5];
        const char *text = (const char *)block->characters + name;
        size_t n = name < block->characters_n ? strnlen(text, block->characters_n - name) : 0;

        if (offset > AA_ZONE_OFFSET_MAX || offset < -AA_ZONE_OFFSET_MAX ||
            name + n >= block->characters_n || !is_abbreviation(text, n))
            return -EBADMSG;
        types[i].offset_seconds = (int32_t)offset;
        types[i].abbreviation = aa_arena_strndup(arena, text, n);
        if (types[i].abbreviation == NULL)
            return -ENOMEM;
    }
    *ret = types;
    return 0;
}

/* ---- the list of changes ---- */

struct collecting {
    struct aa_zone zone;
    int64_t from, until;
};

/* In the order of time. What is over before "from" only says how it was then. */
static int add(struct collecting *c, int64_t since, int32_t offset, const char *abbreviation)
{
    struct aa_zone *zone = &c->zone;
    struct aa_zone_change *last = zone->n == 0 ? NULL : &zone->changes[zone->n - 1];

    if (since > c->until)
        return 0;
    if (since <= c->from)
        since = INT64_MIN;
    if (last != NULL && last->since > since)
        return -EBADMSG;
    if (last != NULL && last->since == since) {
        last->offset_seconds = offset;
        last->abbreviation = abbreviation;
        return 0;
    }
    if (last != NULL && last->offset_seconds == offset &&
        strcmp(last->abbreviation, abbreviation) == 0)
        return 0;
    if (zone->n == AA_ZONE_CHANGES_MAX)
        return -EBADMSG;
    zone->changes[zone->n++] = (struct aa_zone_change){ since, offset, abbreviation };
    return 0;
}

static int add_from_block(struct collecting *c, const struct block *block,
                          const struct aa_zone_change *types, int64_t *ret_last)
{
    int64_t last = INT64_MIN;
    int r = add(c, INT64_MIN, types[0].offset_seconds, types[0].abbreviation);

    for (uint32_t i = 0; r == 0 && i < block->times_n; i++) {
        int64_t since = signed_at(block->times + (size_t)i * block->time_size, block->time_size);
        uint32_t type = block->indexes[i];

        if (type >= block->types_n || (i > 0 && since <= last))
            return -EBADMSG;
        last = since;
        r = add(c, since, types[type].offset_seconds, types[type].abbreviation);
    }
    *ret_last = last;
    return r;
}

static int year_of(int64_t seconds)
{
    time_t when = (time_t)seconds;
    struct tm parts;

    return gmtime_r(&when, &parts) == NULL ? 1970 : parts.tm_year + 1900;
}

/* Behind the last change of the file its rule goes on. */
static int add_from_rule(struct collecting *c, const struct aa_zone_rule *rule, int64_t last,
                         struct aa_arena *arena)
{
    const char *names[2] = { aa_arena_strdup(arena, rule->names[0]),
                             rule->has_daylight ? aa_arena_strdup(arena, rule->names[1]) : "" };
    int64_t begin = last > c->from - YEAR_SECONDS ? last : c->from - YEAR_SECONDS;
    int r = 0;

    if (names[0] == NULL || names[1] == NULL)
        return -ENOMEM;
    if (last >= c->until)
        return 0;
    if (!rule->has_daylight)
        return add(c, last, rule->offsets[0], names[0]);
    for (int year = year_of(begin) - 1; r == 0 && year <= year_of(c->until) + 1; year++) {
        int64_t when[2] = { aa_zone_rule_end(rule, year), aa_zone_rule_start(rule, year) };
        int earlier = when[1] < when[0];

        for (int i = 0; r == 0 && i < 2; i++) {
            int which = i == 0 ? earlier : !earlier;

            if (when[which] > last)
                r = add(c, when[which], rule->offsets[which], names[which]);
        }
    }
    return r;
}

/* The line behind the second block; an empty one says that nothing goes on. */
static int read_rule(const struct reading *reading, char ret[RULE_MAX])
{
    const char *text = (const char *)reading->data;
    const char *end;

    if (reading->left < 2 || text[0] != '\n')
        return -EBADMSG;
    end = memchr(text + 1, '\n', reading->left - 1);
    if (end == NULL || end - text - 1 >= RULE_MAX || memchr(text, '\0', (size_t)(end - text)) != NULL)
        return -EBADMSG;
    memcpy(ret, text + 1, (size_t)(end - text - 1));
    ret[end - text - 1] = '\0';
    return 0;
}

int aa_zone_file_read(const void *data, size_t size, int64_t from, int64_t until,
                      struct aa_arena *arena, struct aa_zone *ret)
{
    struct reading reading = { data, size };
    struct collecting c = { .from = from, .until = until };
    struct aa_zone_change *types;
    struct aa_zone_rule rule;
    struct block block;
    char text[RULE_MAX] = "";
    unsigned char version;
    int64_t last;
    int r;

    if (!read_block(&reading, 4, &block, &version))
        return -EBADMSG;
    if (version >= '2' && (!read_block(&reading, 8, &block, &version) ||
                           read_rule(&reading, text) < 0))
        return -EBADMSG;
    /* leap seconds: such a zone counts other seconds than the kernel's clock */
    if (block.types_n == 0 || block.leaps_n > 0)
        return -EBADMSG;
    if (text[0] != '\0' && !aa_zone_rule_parse(text, &rule))
        return -EBADMSG;
    r = read_types(&block, arena, &types);
    if (r < 0)
        return r;
    c.zone.changes = AA_NEW_ARRAY(arena, struct aa_zone_change, AA_ZONE_CHANGES_MAX);
    if (c.zone.changes == NULL)
        return -ENOMEM;
    r = add_from_block(&c, &block, types, &last);
    if (r == 0 && text[0] != '\0')
        r = add_from_rule(&c, &rule, last, arena);
    if (r < 0)
        return r;
    *ret = c.zone;
    return 0;
}
