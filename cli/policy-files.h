/* SPDX-License-Identifier: ISC */
/* The policy that a command of the tool speaks of: the one in force, or the one that named files
 * and folders would make. */
#ifndef AA_CLI_POLICY_FILES_H
#define AA_CLI_POLICY_FILES_H

#include "language/compile.h"
#include "policy/snapshot.h"

struct policy_files {
    char *v[AA_SOURCES_MAX];
    size_t n;
    struct aa_arena arena;
};

struct policy {
    struct aa_compilation compilation;
    struct aa_snapshot snapshot;
    struct aa_emit_options emit;
};

/* A file, or a folder with actionapprove.conf and policy.d as in /etc/actionapprove; false: one too
 * many. */
bool policy_files_add(struct policy_files *files, char *path);

/* EXIT_YES, or the exit code, with the words on stderr. No files: the policy in force. */
int policy_open(const char *command, const struct policy_files *files, struct policy *ret);
void policy_close(struct policy *policy);

#endif
