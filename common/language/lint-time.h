/* SPDX-License-Identifier: ISC */
/* The week as minutes: what "when time" lines have in common. */
#ifndef AA_LINT_TIME_H
#define AA_LINT_TIME_H

#include "config-model.h"

enum { AA_WEEK_MINUTES = 7 * 24 * 60 };

struct aa_week {
    unsigned char minutes[AA_WEEK_MINUTES / 8];
};

void aa_week_of(const struct aa_word_list *words, struct aa_week *ret);
bool aa_weeks_meet(const struct aa_week *a, const struct aa_week *b);
bool aa_week_is_within(const struct aa_week *inner, const struct aa_week *outer);

#endif
