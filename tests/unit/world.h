/* SPDX-License-Identifier: ISC */
/*
 * A host of the test's own: folders, /proc, clocks and a journal, all behind one struct aa_site,
 * so that decisions can be made and records kept without touching the host that runs the tests.
 */
#ifndef AA_TEST_WORLD_H
#define AA_TEST_WORLD_H

#include <sys/types.h>

#include "actionapprove.h"
#include "base/buffer.h"
#include "base/site.h"
#include "policy/snapshot.h"

enum { WORLD_PATH_MAX = 160 };

struct world {
    char root[64]; /* the trusted root: nothing above it is looked at */
    char state_dir[WORLD_PATH_MAX], config_dir[WORLD_PATH_MAX], pack_dir[WORLD_PATH_MAX];
    char proc_dir[WORLD_PATH_MAX], journal[WORLD_PATH_MAX], machine_id[WORLD_PATH_MAX];
    char hosts[WORLD_PATH_MAX], run_dir[WORLD_PATH_MAX], secrets_dir[WORLD_PATH_MAX];
    struct aa_site site;
    int journal_fd; /* the socket on which the journal would hear */
};

/* A new folder with everything in it but a policy. Its owner is who runs the test. */
void world_make(struct world *world);
/* The same in memory where that can be: there a kill can tear a write, on a disk it seldom does. */
void world_make_in_memory(struct world *world);
void world_remove(struct world *world);

/* The clocks run on, from where a test puts them. */
extern int64_t world_boottime_offset_usec, world_realtime_offset_usec;

/* What "apply" leaves behind: live, key and ledger. The text has to be without errors. */
void world_apply(struct world *world, const char *policy);
/* The same, tried until the given boot time. */
void world_apply_try(struct world *world, const char *policy, uint64_t until_usec);
/* Compiles; the test fails with the complaints where there are any. */
void world_compile(const char *policy, struct aa_buffer *ret);

/* A file below the root, made or replaced; parts of printf's format in the name are not read. */
void world_write(const struct world *world, const char *name, const void *data, size_t length,
                 mode_t mode);
void world_write_text(const struct world *world, const char *name, const char *text);
const char *world_path(const struct world *world, const char *name); /* valid until the next call */
int world_state_fd(const struct world *world);

/* The fields of the next record that the journal was sent: 1, or 0 where there is none. Large
 * records that come as a file are read from it. */
int world_journal_next(struct world *world, struct aa_buffer *ret);
void world_journal_drop_all(struct world *world);
/* The value of a journal field in such a datagram, or NULL; valid until the next call. */
const char *world_journal_value(const struct aa_buffer *datagram, const char *name);

/* The records in the ledger; the test fails where the chain is not whole. The last one's fields
 * go to "last" (may be NULL). */
size_t world_ledger_count(const struct world *world, struct aa_buffer *last);
/* The value of a field in the ledger's form, or NULL; valid until the next call. */
const char *world_field(const struct aa_buffer *fields, const char *name);

/* A question about "/usr/bin/id -u" by somebody who is not root, with sudo's environment. */
struct aa_question world_question(void);

int world_open_descriptors(void); /* of this process, to see that none is left behind */

/* One of its own for each test: what cmocka_unit_test_setup_teardown wants. */
#define WORLD_FOR_EACH_TEST              \
    static struct world world;           \
                                         \
    static int set_up(void **state)      \
    {                                    \
        (void)state;                     \
        world_make(&world);              \
        return 0;                        \
    }                                    \
                                         \
    static int tear_down(void **state)   \
    {                                    \
        (void)state;                     \
        world_remove(&world);            \
        return 0;                        \
    }                                    \
    struct world /* takes the semicolon */

#endif
