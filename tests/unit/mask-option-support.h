/* SPDX-License-Identifier: ISC */
/*
 * Rules of options made by hand, without the language: "mysql mysqldump { joined -p value
 * --password behind password 1 operand last spare email } …". The words are those of the language;
 * a kind holds until the next one.
 */
#ifndef AA_TEST_MASK_OPTION_SUPPORT_H
#define AA_TEST_MASK_OPTION_SUPPORT_H

#include "mask/finders.h"

struct option_rules {
    _Alignas(8) char memory[64 * 1024];
    struct aa_masker masker;
};

void option_rules_make(struct option_rules *rules, const char *text);

/* What is covered of the text, each value in its place, with "|" between; valid until the next call. */
const char *option_rules_covered(struct option_rules *rules, const char *text);

#endif
