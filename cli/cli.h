/* SPDX-License-Identifier: ISC */
/* The tool: one file per command, this is what they share. */
#ifndef AA_CLI_H
#define AA_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "base/fault.h"
#include "base/macros.h"
#include "base/site.h"

enum exit_code {
    EXIT_YES = 0,       /* done, or yes */
    EXIT_NO = 1,        /* denied, invalid, found something */
    EXIT_USAGE = 2,
    EXIT_UNKNOWN = 3,   /* no such code */
    EXIT_NOT_PERMITTED = 4,
    EXIT_UNREACHABLE = 5, /* could not be reached or read */
};

struct command {
    const char *name;
    const char *summary;
    const char *usage;
    int (*run)(const struct command *command, int argc, char **argv);
};

extern const struct command command_init, command_check, command_apply, command_explain,
    command_pending, command_show, command_approve, command_deny, command_cancel, command_log,
    command_verify, command_break_glass, command_replay, command_mask;

/* "actionapprove NAME: …" on stderr, and the usage line. */
int usage_error(const struct command *command, const char *format, ...) AA_PRINTF(2, 3);
/* Handles --help: true when the command should end with success. */
bool wants_help(const struct command *command, int argc, char **argv);

/* What went wrong, why, what to do next; returns the exit code for it. */
int report_fault(const struct aa_fault *fault);

/* EXIT_NOT_PERMITTED with words, unless the caller is root. */
int require_root(const struct command *command);

/* "90s", "5m", "2h", "30d": false where it is none. */
bool parse_duration(const char *text, unsigned *ret_seconds);

#endif
