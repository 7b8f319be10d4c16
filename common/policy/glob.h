/* SPDX-License-Identifier: ISC */
/*
 * Globs of the configuration language: "*" never crosses "/", "**" does, nothing else is
 * special. In their compiled form the two stars are bytes that UTF-8 never contains, so that a
 * literal star needs no escape.
 */
#ifndef AA_GLOB_H
#define AA_GLOB_H

#include <stddef.h>

enum {
    AA_GLOB_STAR = 0xff,
    AA_GLOB_STARSTAR = 0xfe,
    AA_GLOB_STEPS_MAX = 20 * 1000 * 1000, /* a hostile subject costs its owner this much time */
};

/* 1 matches, 0 does not, -E2BIG: took more than AA_GLOB_STEPS_MAX steps to tell. */
int aa_glob_match(const char *pattern, const char *subject);

#endif
