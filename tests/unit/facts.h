/* SPDX-License-Identifier: ISC */
/*
 * Requests made by hand from a line of facts, so that tests of the policy are tables:
 *
 *     "user=bob login=- runas=postgres command=/usr/bin/id args=-u,root env=!LD_PRELOAD"
 *
 * What a line does not say is that alice (1000, logged in as herself, groups users and wheel)
 * runs /usr/bin/id as root from /home/alice on /dev/pts/1 of web-1, with a clean environment.
 *
 *   user login       names; login=- for none. groups held login-groups: a,b
 *   runas runas-group host full tty rhost cwd chroot service: text, "-" for absent (or short of)
 *   frontend=pam     uid=0, runas-uid=0, runas-system
 *   command=/path    the resolved path, its name in the last place. name=/path: one more name
 *   args=a,b         args= for none. unbound: of the last command. wrapped
 *   doubt=.?+        of each argument: "." exact, "?" unknown, "+" spreads. writes=/path
 *   at=2026-11-20T18:00  the time, in UTC
 *   second=/path     a further effective command; args and the like then speak of this one
 *   builtin          the last command is a shell's own. set=NAME: as env, set by the command line; behind
 *                    those of env
 *   env=NAME         a variable that the caller added; env=!NAME: one that is refused; env=~NAME:
 *                    one that sudo set
 *   opaque edit shell intercepted nothing (no effective command) unresolved
 */
#ifndef AA_TEST_FACTS_H
#define AA_TEST_FACTS_H

#include "capture/request.h"
#include "policy/policy.h"

/* Valid until the next call. */
const struct aa_request *facts_request(const char *line);

/* "allow NAME", "deny NAME", "ask NAME", or "error E-…" ; valid until the next call. */
const char *facts_decide(const struct aa_snapshot *snapshot, const struct aa_request *request,
                         struct aa_outcome *ret);

struct facts_row {
    const char *facts, *wanted;
};

/* Compiles a policy and holds each row's answer against the wanted one. */
void facts_check(const char *policy, const struct facts_row *rows, size_t n);
#define FACTS_CHECK(policy, rows) facts_check((policy), (rows), AA_ARRAY_SIZE(rows))

#endif
