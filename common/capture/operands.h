/* SPDX-License-Identifier: ISC */
/*
 * The files and folders that a command line names: arguments, files behind options in every
 * spelling, targets of redirections; relative ones against the folder in which the command would
 * run. Looked at only where a rule asks for labels.
 */
#ifndef AA_OPERANDS_H
#define AA_OPERANDS_H

#include "executable.h"

/* Names of the extended attributes that some label asks for. */
struct aa_attribute_names {
    const char *const *v;
    size_t n;
};

/* Fills request->operands from its effective commands. 0, -ENOMEM, -E2BIG (more operands than
 * AA_OPERANDS_MAX), or another error that leaves the question open. */
int aa_capture_operands(const struct aa_walker *walker, struct aa_request *request,
                        const struct aa_attribute_names *names);

#endif
