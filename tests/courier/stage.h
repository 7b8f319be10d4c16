/* SPDX-License-Identifier: ISC */
/* A host on which aa_courier_start() finds a courier of the test's choice, and the channel "ops"
 * (type slack, token "xoxb-secret") with a script. Needs root, since the courier changes its user. */
#ifndef AA_TEST_STAGE_H
#define AA_TEST_STAGE_H

#include "unit.h"
#include "world.h"

#include "channel/courier.h"

struct stage {
    struct world world;
    char program[WORLD_PATH_MAX], secrets[WORLD_PATH_MAX];
    struct aa_buffer live;
    struct aa_snapshot snapshot;
    struct aa_courier *courier;
    struct aa_courier_event event; /* the last one */
};

/* Exits with 77 where the process is not root. */
void stage_needs_root(void);

/* "program" is copied to where the courier is looked for. */
void stage_make(struct stage *stage, const char *program, const char *script);
void stage_remove(struct stage *stage); /* the courier is killed, and gone when this returns */

/* Starts the courier of the channel; fails the test where that fails. */
void stage_start(struct stage *stage);
void stage_ask(struct stage *stage);
void stage_outcome(struct stage *stage, const char *event, bool last);
/* stage_make, start and ask. */
void stage_play(struct stage *stage, const char *program, const char *script);

/* The next event of any kind: false where none comes within the time. */
bool stage_next(struct stage *stage, int milliseconds);
/* The next one has to be this one, soon; its text has to hold "text". */
void stage_expect(struct stage *stage, enum aa_courier_event_kind kind, const char *text);
/* Nothing of note, for a while. */
void stage_expect_nothing(struct stage *stage, int milliseconds);

/* The courier's process: found by its program. 0: it is gone. */
pid_t stage_pid(const struct stage *stage);
/* How long until it was gone, in milliseconds; fails the test after "at_most". */
unsigned stage_wait_gone(const struct stage *stage, unsigned at_most);

/* For a stage whose program is the puppet: a socket that waits for it, before the start; and behind
 * the start the courier's end of the socket. Closing "strings" ends the puppet. */
int stage_listen_for_puppet(const struct stage *stage);
int stage_take_socket(int door, int *ret_strings);

uint64_t stage_now(void); /* milliseconds */

#endif
