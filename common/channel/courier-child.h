/* SPDX-License-Identifier: ISC */
/*
 * The birth of a courier: how a process of its own comes out of one that belongs to sudo or sshd,
 * which must neither hear of its death nor reap it, and keeps nothing of what that one holds.
 *
 * A child that is started with no exit signal is silent only until its exec, which gives it SIGCHLD
 * again. So there are two steps: a first child, with no exit signal and no exec, starts the
 * courier and ends; the courier then belongs to init (or to the nearest process that asked for
 * orphans). The first child shares our table of descriptors, so that the courier's pidfd, which
 * the kernel puts there, is ours.
 */
#ifndef AA_COURIER_CHILD_H
#define AA_COURIER_CHILD_H

#include <sys/types.h>

/* Shared with the children until exec, so that what went wrong there can be told. */
struct aa_courier_cradle {
    volatile int pidfd;
    volatile int step;  /* enum aa_courier_step: the one that failed */
    volatile int error;
};

enum aa_courier_step {
    AA_COURIER_STEP_NONE,
    AA_COURIER_STEP_CLONE,
    AA_COURIER_STEP_SESSION,
    AA_COURIER_STEP_DESCRIPTORS,
    AA_COURIER_STEP_FOLDER,
    AA_COURIER_STEP_LIMITS,
    AA_COURIER_STEP_USER,
    AA_COURIER_STEP_PRIVILEGES,
    AA_COURIER_STEP_EXEC,
};

struct aa_courier_birth {
    int socket, null, program; /* become 3; 0, 1 and 2; and what is executed */
    uid_t uid;
    gid_t gid;
    struct aa_courier_cradle *cradle; /* in shared memory, pidfd -1 */
};

/* 0, or negative errno. The courier's own failures show in the cradle, later. */
int aa_courier_bear(const struct aa_courier_birth *birth);

#endif
