/* SPDX-License-Identifier: ISC */
/* A snapshot for a test that damages it: each test of a group begins with a new copy of a whole one. */
#ifndef AA_TEST_SNAPSHOT_COPY_H
#define AA_TEST_SNAPSHOT_COPY_H

#include "unit.h"
#include "world.h"

static struct aa_buffer original; /* a whole one */
static char *copy; /* exactly as large as it says, so that the sanitizer sees its end */
static struct aa_snap_header *header;

static int copy_make(const char *policy)
{
    world_compile(policy, &original);
    copy = malloc(original.length);
    assert_non_null(copy);
    memcpy(copy, original.data, original.length);
    header = (struct aa_snap_header *)(void *)copy;
    return 0;
}

static int copy_free(void **state)
{
    (void)state;
    free(copy);
    aa_buffer_free(&original);
    return 0;
}

static void *element(enum aa_section section, size_t index)
{
    return copy + header->sections[section].offset + index * aa_snapshot_element_size[section];
}

#endif
