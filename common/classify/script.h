/* SPDX-License-Identifier: ISC */
/*
 * Which files beside the executable would give a command its code: the script of an interpreter,
 * the program behind a wrapper. What cannot be told for certain is not bound, so that nobody is
 * asked about one thing while another runs.
 */
#ifndef AA_SCRIPT_H
#define AA_SCRIPT_H

#include "capture/request.h"

enum { AA_SCRIPTS_MAX = 16 };

struct aa_scripts {
    const char *paths[AA_SCRIPTS_MAX]; /* relative ones are below the working folder */
    size_t n;
    bool surely;         /* each is code; else words that may be something else, or no file at all */
    bool loads_from_folder; /* code may also come from the working folder */
    const char *why_not; /* NULL: what runs is in these and in the command line, and nowhere else */
};

void aa_scripts_of(const struct aa_effective *effective, struct aa_scripts *ret);

#endif
