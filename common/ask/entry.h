/* SPDX-License-Identifier: ISC */
/*
 * A request's entry in the folder of waiting requests: a file RUN_DIR/CODE that only root can read,
 * locked for as long as its process lives. It holds what somebody else needs to end the request
 * when that process vanished: the common fields of its records.
 *
 *   CODE   waiting, running, or its process is gone and it is unlocked
 *   .CODE  being made, where a file without a name cannot be made
 */
#ifndef AA_ENTRY_H
#define AA_ENTRY_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/request-id.h"
#include "base/sha256.h"
#include "base/site.h"

enum aa_entry_state {
    AA_ENTRY_ARRIVING = 1, /* nothing is recorded of it yet */
    AA_ENTRY_WAITING,
    AA_ENTRY_RUNNING, /* answered: its command runs, or is about to */
    AA_ENTRY_ENDING,  /* its last record is being kept, or is: the ledger knows */
};

struct aa_entry_header {
    char magic[8];
    uint32_t format;
    uint32_t state; /* enum aa_entry_state */
    uint32_t uid;
    uint32_t fields_length;
    uint64_t started_boottime_usec;
    unsigned char digest[AA_SHA256_SIZE];
    char follows[AA_CODE_SIZE]; /* the request that this one waits with; "" */
    char id[AA_ID_HEX];
    char reserved[5];
    uint64_t ledger_place; /* of an ending one: its last record is not before this */
};

struct aa_entry {
    const struct aa_site *site;
    int folder_fd, fd;
    char name[AA_CODE_SIZE];
    struct aa_entry_header header;
    bool hidden, linked; /* under which name it can be found, if any */
};

/* The folder, made where there is none, checked; or a fault. */
int aa_entry_folder(const struct aa_site *site, int *ret_fd, struct aa_fault *fault);

/* Makes a locked entry, seen by nobody before aa_entry_show(). */
int aa_entry_create(const struct aa_site *site, struct aa_entry *ret,
                    const struct aa_request_id *id, uid_t uid,
                    const unsigned char digest[AA_SHA256_SIZE], const struct aa_buffer *fields,
                    struct aa_fault *fault);
int aa_entry_show(struct aa_entry *entry, struct aa_fault *fault);
int aa_entry_set_state(struct aa_entry *entry, enum aa_entry_state state);
/* Before its last record: from here on whoever finds it looks whether there is one. */
int aa_entry_ending(struct aa_entry *entry, int state_fd);
void aa_entry_set_follows(struct aa_entry *entry, const char *code);
/* Unlocks it, and leaves it to whoever finds it. */
void aa_entry_leave(struct aa_entry *entry);
/* Takes it away and unlocks it. */
void aa_entry_remove(struct aa_entry *entry);

/* One entry of the folder, looked at by somebody else. */
struct aa_entry_seen {
    struct aa_entry_header header;
    char name[AA_CODE_SIZE];
};

/*
 * Looks at every entry. Those whose process is gone are ended: "orphan" keeps the record (fields as
 * in the entry), then the entry is removed, if it says so; NULL: they are left alone. "each" hears
 * of the others. "state_fd" is that of the ledger.
 */
int aa_entry_scan(const struct aa_site *site, int folder_fd, int state_fd,
                  void (*each)(void *context, const struct aa_entry_seen *seen),
                  bool (*orphan)(void *context, const struct aa_entry_seen *seen,
                                 const struct aa_buffer *fields),
                  void *context);

/* Whether "name" is the name of an entry: a request's code. */
bool aa_entry_is_name(const char *name);

#endif
