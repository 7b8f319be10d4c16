/* SPDX-License-Identifier: ISC */
/*
 * What sudo gives a plugin: vectors of "key=value", the command's arguments and environment. All
 * of it is allocated piece by piece, so that a plugin that keeps or oversteps something is
 * seen by the address sanitizer. A test starts from an ordinary call and changes what it is
 * about.
 */
#ifndef GIVEN_H
#define GIVEN_H

#include <stddef.h>

enum part {
    SETTINGS,
    USER_INFO,
    COMMAND_INFO,
    ARGV, /* of the command */
    ENVP,
    SUBMITTED_ARGV, /* of sudo */
    SUBMITTED_ENVP,
    PARTS
};

struct given {
    char **vectors[PARTS];
};

/* nobody (65534), on a terminal, in /srv: sudo /usr/bin/id -u, for root. */
struct given *given_new(void);
struct given *given_free(struct given *given); /* returns NULL */

/* The command, its arguments, and whatever sudo derives from them; a NULL ends the arguments. */
void given_command(struct given *given, const char *const command[]);

/* Who asks, in all the places in which sudo says it. */
void given_requester(struct given *given, const char *name, unsigned uid);

/* A child of that command, as sudo shows it under intercept and log_subcmds. */
struct given *given_child(const struct given *parent, const char *cwd,
                          const char *const command[]);

struct given *given_copy(const struct given *given);

enum act {
    NOTHING, /* the end of a row */
    SET,     /* "key=value": in the place of the key, or behind all others */
    DROP,    /* "key" */
    ADD,     /* the text as it is, behind all others */
    FIRST,   /* the text as it is, in the place of the first … */
    LAST,    /* … or of the last */
    EMPTY,   /* the vector has no element */
    ABSENT,  /* the vector is NULL */
};

struct change {
    enum act act;
    enum part part;
    const char *text;
};

enum { CHANGES_MAX = 6 };
void given_change(struct given *given, const struct change changes[], size_t n);
void given_set(struct given *given, enum part part, const char *text);

const char *given_value(const struct given *given, enum part part, const char *key);

#endif
