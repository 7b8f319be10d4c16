/* SPDX-License-Identifier: ISC */
/*
 * What is in the private root: accounts, programs to decide about (files that are never
 * executed), a configuration, and the state that "actionapprove apply" makes of it.
 */
#ifndef WORLD_H
#define WORLD_H

#include "config.h"

#define WORLD_STATE AA_STATE_DIR

/* Where "actionapprove" was built. */
extern const char *world_tool;

/* Once, as the first thing of a test program; exits 77 where it cannot be. */
void world_enter(const char *build_folder);

/* Before each test: no state, then this policy in force, an empty ledger, a listening journal, and
 * the programs as they were. */
void world_fresh(const char *policy);

/* Puts another policy in force, and keeps the ledger. */
void world_apply(const char *policy);

/* Makes a file with this content. */
void world_file(const char *path, const char *content, unsigned mode);

/* The policy that most tests use: see world.c for what it says about which command. */
extern const char world_policy[];
extern const char world_policy_observe[];
extern const char world_policy_best_effort[];

#endif
