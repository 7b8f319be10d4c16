/* SPDX-License-Identifier: ISC */
/*
 * A channel that does what its "room" (or what follows https:// in its "url") says: for tests of
 * the courier around it, and of the root side. Commands are separated by ";" and run one after the
 * other once the question was asked:
 *
 *   post                    the question is shown
 *   wait MS
 *   approve|deny|retract|cancel ACCOUNT [because WORDS]
 *   trouble WORDS, fail WORDS, done
 *   echo                    from now on answers and outcomes are told as troubles
 *   say NAME                tells a field of the question; say token: the secret
 *   exit, crash, hang, hang-blocked (every signal is), spin
 *   raw NAME                sends bytes past the courier's own code: see scripted-raw.c
 *   try NAME                what the sandbox is to refuse: see scripted-try.c; tells the error
 *   end                     what follows runs when nothing more will be heard. Where this is
 *                           missing the message is closed at once
 *
 * As the first command: prepare-hang, prepare-fail; they happen before the sandbox.
 */
#ifndef SCRIPTED_H
#define SCRIPTED_H

#include "courier.h"

/* 0, or the errno that "name" was refused with; -1: there is no such attempt. */
int scripted_try(const char *name);

/* Sends frames that no honest courier sends; false: there are none of that name. "votes" were
 * cast so far. */
bool scripted_raw(const struct courier *courier, const char *name, uint32_t votes);

#endif
