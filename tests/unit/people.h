/* SPDX-License-Identifier: ISC */
/*
 * The accounts and groups of a host as a table, and voters made from a word, so that tests of who
 * counts are tables:
 *
 *     bob                  local, uid and login identity of bob
 *     bob/alice  bob/-     logged in as alice; with no login identity
 *     bob:5000             uid 5000, which the host calls bob
 *     slack:U0BOB<bob@example.com>+S0DBA    with a confirmed address, in a chat group
 *     matrix:@bob:x^50     with a power
 *
 * The host: root 0, alice 1000, ally (a second name of 1000), alice2 1010, bob 1001, bobby 1011,
 * carol 1002, dave 1003, claude 1004, claude2 (a second name of 1004), erin 1005, fay 1006,
 * grace 1007, Erin 1008, svc 990, dyn 62000, nobody 65534, toor (a second name of 0). carol is in
 * the Unix groups wheel and staff, erin in staff, root in wheel.
 */
#ifndef AA_TEST_PEOPLE_H
#define AA_TEST_PEOPLE_H

#include "verdict/verdict.h"

/* As above again, and nothing fails. */
void people_reset(void);
void people_remove(const char *account);
void people_leave(const char *group, const char *account);
/* The n-th question from now on, and all behind it, fails; -1: none. */
extern int people_fail_at;
extern int people_asked;

extern const struct aa_directory people_directory;

/* Valid until people_reset(). */
struct aa_voter people_voter(const char *word);
uid_t people_uid(const char *account);

#endif
