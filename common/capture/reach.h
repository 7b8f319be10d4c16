/* SPDX-License-Identifier: ISC */
/* How far a program goes from the folders that it is given: data on well-known programs. Everything
 * that is not known here is taken to reach all that lies below. */
#ifndef AA_REACH_H
#define AA_REACH_H

#include "request.h"

/* Whether the command may reach what lies below a folder that it names. */
bool aa_goes_below(const struct aa_effective *effective);

/* Whether no word of it is ever a file: "echo", "kill". */
bool aa_takes_no_files(const struct aa_effective *effective);

enum aa_own_folder {
    AA_FOLDER_NOT_MEANT,
    AA_FOLDER_IF_ALONE, /* where no file that is there is among its words */
    AA_FOLDER_ALWAYS,
};

/* Whether it means the folder in which it runs though no word says so: "find", "grep -r x". */
enum aa_own_folder aa_means_own_folder(const struct aa_effective *effective);

#endif
