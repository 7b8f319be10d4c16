/* SPDX-License-Identifier: ISC */
/*
 * sudo's front end, played: loads the real plugin and calls its two halves in the order in which
 * sudo does, for as many lines as /etc/sudo.conf is said to have. It also plays sudo's
 * leniences: a plugin whose open returns 0 is dropped, and the command runs without it.
 */
#ifndef FRONT_END_H
#define FRONT_END_H

#include <stdbool.h>

#include <sudo_plugin.h>

#include "given.h"

enum halves {
    APPROVAL_HALF = 1,
    AUDIT_HALF = 2,
    BOTH_HALVES = 3,
};

enum { ERRSTR_MAX = 32 * 1024 };

/* What a half answered. */
struct answer {
    bool was_asked;
    int result;
    bool has_errstr;
    char errstr[ERRSTR_MAX]; /* as it reads at the last moment at which sudo may read it */
};

struct front_end {
    void *library;
    struct approval_plugin *approval;
    struct audit_plugin *audit;
    unsigned halves;
    const struct given *given; /* of sudo itself */
    int audit_opened, approval_opened; /* what open returned */
    int told; /* what the audit half said to the other's "no"; 1 if there was none */
    struct answer checked, accepted;
    /* around every call into the plugin; may be NULL */
    void (*before_call)(void);
    void (*after_call)(void);
};

/* The one sudo process that is played. */
extern struct front_end front_end;

/* Where the plugin was built. */
extern const char *front_end_plugin;

void front_end_load(void);
void front_end_unload(void);

/* sudo starts: loads the plugin unless it is there, and opens the audit half. */
void front_end_start(unsigned halves, const struct given *given);

/* The parts of one command; true where sudo would go on. */
bool front_end_policy_accepts(const struct given *given);
bool front_end_check(const struct given *given);
bool front_end_accept(const struct given *given);
/* All three: whether sudo would start the command. */
bool front_end_decide(const struct given *given);

/* audit close; type is SUDO_PLUGIN_…; and whatever a half opens again later starts anew. */
void front_end_end(int status_type, int status);

/* start, decide, end: with the status if the command would have run, else as sudo ends then. */
bool front_end_sudo(unsigned halves, const struct given *given, int status_type, int status);

#endif
