/* SPDX-License-Identifier: ISC */
/* The words that a requester reads: what happened, why, and what to do next. */
#ifndef AA_WORDS_H
#define AA_WORDS_H

#include "base/buffer.h"
#include "base/fault.h"
#include "capture/request.h"
#include "mask/masker.h"
#include "policy/policy.h"

/* A short form of the command: at most about 200 bytes, for one line. */
void aa_words_command(struct aa_buffer *buffer, const struct aa_buffer *command,
                      const struct aa_request *request);

/* Several lines: the denial, its cause, the rule, the code, the remedy. */
void aa_words_denial(struct aa_buffer *buffer, struct aa_masker *masker,
                     const struct aa_buffer *command, const char *code,
                     const struct aa_outcome *outcome, const struct aa_fault *fault);

/* The same in one line, for who waited without a terminal. */
void aa_words_denial_line(struct aa_buffer *buffer, struct aa_masker *masker,
                          const struct aa_buffer *command, const char *code,
                          const struct aa_outcome *outcome, const struct aa_fault *fault);

/* The same for a program: one JSON object and a newline. "event" is that of the record. */
void aa_words_denial_object(struct aa_buffer *buffer, struct aa_masker *masker, const char *event,
                            const struct aa_buffer *command, const struct aa_request_id *id,
                            const struct aa_outcome *outcome, const struct aa_fault *fault);

#endif
