/* SPDX-License-Identifier: ISC */
/* The other side of a request that waits: processes of other users that connect to its socket, see
 * what they are greeted with, and answer. */
#ifndef AA_TEST_ASK_SUPPORT_H
#define AA_TEST_ASK_SUPPORT_H

#include "ask/entry.h"
#include "local/local.h"
#include "record/fields.h"
#include "world.h"

enum { ASK_CLOSED = 0, ASK_MESSAGE = 1, ASK_MALFORMED = 2, ASK_SILENT = 3 };

/* Makes the folder of waiting requests and lets other users reach it; its descriptor. */
int ask_folder(struct world *world);
/* How many names the folder of waiting requests holds. */
size_t ask_folder_count(const struct world *world);
/* The name of the one request in it; the test fails where there is another number of them. */
void ask_only_code(const struct world *world, char ret[AA_CODE_SIZE]);

/* An entry of a request, seen by nobody yet; one that is shown; and as if its process were killed. */
int ask_create_entry(const struct world *world, struct aa_entry *ret, const char *code,
                     struct aa_fault *fault);
struct aa_entry ask_shown_entry(const struct world *world, const char *code,
                                enum aa_entry_state state);
void ask_vanish(struct aa_entry *entry);

/* What the world's /proc says of a process: its login identity as text, NULL: no such file. */
void ask_set_login(const struct world *world, int pid, const char *login);

/* A connected socket, or negative errno. */
int ask_connect(const struct world *world, const char *code);
/* Puts it into a socket that is there already, so that another process may hold it too. */
int ask_connect_by(int fd, const struct world *world, const char *code);
/* One of the above: what came within a while, and the fields behind the greeting (may be NULL). */
int ask_read_greeting(int fd, struct aa_local_greeting *ret, struct aa_buffer *fields, int msec);
int ask_read_reply(int fd, struct aa_local_reply *ret, int msec);
/* The well-formed answer to a greeting. */
struct aa_local_message ask_message(const struct aa_local_greeting *greeting, uint32_t op,
                                    const char *digest, const char *reason);
/* Sends it, and with it as many descriptors as are wanted. */
bool ask_send(int fd, const void *data, size_t length, int passed);

/* Runs a function in a process of its own, as that user: its pid. Its result is the exit status. */
int ask_fork(uid_t uid, int (*function)(void *context), void *context);
/* Waits for its end: the exit status, or 1000 + the signal. */
int ask_join(int pid);

/* An owner of a local channel that remembers what it was told, and says of everybody the same. */
struct ask_heard {
    enum aa_local_standing standing; /* to say: an approver's */
    int describe_result;             /* to say */
    uint32_t verdict;                /* to say: pending */
    unsigned asked, n; /* how often it was asked who somebody is, and heard an answer */
    uint32_t op;
    struct aa_peer peer;
    bool has_reason;
    char reason[AA_LOCAL_REASON_MAX + 1];
};
extern struct ask_heard ask_heard;
struct aa_local_owner ask_fake_owner(void);
/* One turn of the wait, without waiting. */
void ask_turn(struct aa_local *local);

/* A person who answers a request, in a process of its own: "as" a user of the host, with that login
 * identity. It goes on step by step, so that a test can say what comes first. */
struct ask_voter {
    int pid, from, to;
};
/* It has connected when this returns; until it is told to it is greeted only. */
struct ask_voter ask_voter_start(struct world *world, const char *code, uid_t uid, uint32_t op);
/* Lets it answer; with "sent" its answer has been sent when this returns. */
void ask_voter_go(struct ask_voter *voter, bool sent);
/* What it got: a result of the reply; 0: it was closed without a word; 200 + its standing: it was
 * greeted so and could not answer. */
int ask_voter_end(struct ask_voter *voter, struct aa_local_reply *ret);

/* What a requester was told, and what it does then. */
struct ask_talk {
    unsigned told, prompts, objects;
    char text[64 * 1024];                         /* all that was said, in one */
    void (*step)(unsigned told, const char *text); /* in the place of its eyes; may be NULL */
    const char *const *typed;                      /* a line each time it is asked; NULL: no more */
    char asked[256];                               /* the last prompt; "(hidden) " in front */
};
extern struct ask_talk ask_talk;
/* The world's question about /usr/bin/head, by somebody who listens; forgets what was told before. */
struct aa_question ask_question(void (*step)(unsigned told, const char *text));

/* For children, which have no cmocka: says what is wrong, and the child ends with 1. */
#define ask_must(condition)                                                                  \
    do {                                                                                     \
        if (!(condition)) {                                                                  \
            fprintf(stderr, "%s:%d: in a child: %s\n", __FILE__, __LINE__, #condition);      \
            _exit(1);                                                                        \
        }                                                                                    \
    } while (0)

/* Events of a request in the ledger, in order: "requested expired"; of all where the code is NULL. */
const char *ask_events(const struct world *world, const char *code);
/* A field of the last record of that event, or NULL. */
const char *ask_field_of(const struct world *world, const char *code, const char *event,
                         const char *field);

#define ASK_REQUIRE_ROOT()                                                    \
    do {                                                                      \
        if (geteuid() != 0)                                                   \
            skip_because("only root can send others to answer");              \
    } while (0)

#endif
