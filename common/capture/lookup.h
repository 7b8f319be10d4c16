/* SPDX-License-Identifier: ISC */
/* Answers the classification's questions about files (classify/classify.h), and keeps the facts of
 * each file that it was asked about: they are what the digest covers. */
#ifndef AA_CAPTURE_LOOKUP_H
#define AA_CAPTURE_LOOKUP_H

#include "classify/classify.h"
#include "executable.h"

enum { AA_FILES_MAX = 256, AA_FILES_FIRST = 1 + AA_INTERPRETERS_MAX };

struct aa_file_lookup {
    const struct aa_walker *walker;
    const char *path;   /* PATH of the command's environment, or NULL */
    const char *cwd;    /* where the command would run, or NULL */
    struct aa_file_facts *files; /* room for AA_FILES_FIRST at first, for AA_FILES_MAX at most */
    size_t files_n;
};

/* What to hand to aa_classify; "files" has to outlive it. */
struct aa_lookup aa_lookup_of(struct aa_file_lookup *files);

#endif
