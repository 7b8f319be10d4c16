/* SPDX-License-Identifier: ISC */
/*
 * Programs that take words of theirs as a text of commands, as "sh -c" does: ssh, watch, su -c. What looks
 * like a value there may be followed by a command: watch --token='x; reboot'. In doubt one is such a program.
 */
#ifndef AA_MASK_TEXT_RUNNER_H
#define AA_MASK_TEXT_RUNNER_H

#include "finders.h"

struct aa_mask_runner {
    bool shell; /* one that does so behind -c alone */
    bool env;
    bool text; /* each word from here on may be one */
};

/* To be called for each word of a command, in order. */
void aa_mask_runner_see(struct aa_mask_runner *runner, const struct aa_mask_word *word);
/* Whether the word that was seen last may be such a text, or a part of one. */
bool aa_mask_runner_is_text(const struct aa_mask_runner *runner, const struct aa_mask_word *word);

#endif
