/* SPDX-License-Identifier: ISC */
/*
 * What went wrong, in a form that a person, a record and a program can use: a stable
 * identifier (explained in doc/errors.md), and one sentence on what was tried on what.
 * The remedy belongs to the identifier, so that it is the same wherever the fault shows.
 */
#ifndef AA_FAULT_H
#define AA_FAULT_H

#include "macros.h"

enum aa_fault_id {
    AA_FAULT_NONE,
    /* decisions: nothing is broken, the answer is no */
    AA_DENIED_BY_RULE,
    AA_DENIED_BY_DEFAULT,
    AA_DENIED_BY_PERSON,
    AA_DENIED_EXPIRED,
    AA_DENIED_CANCELLED,
    AA_DENIED_JOINED,
    AA_DENIED_REASON,
    AA_DENIED_UNBOUND,
    AA_DENIED_INTERCEPTED,
    AA_DENIED_CUT,
    AA_DENIED_TOO_MANY,
    AA_DENIED_COOL_DOWN,
    AA_DENIED_MASK_CODE,
    AA_DENIED_MASK_LIMIT,
    /* faults: no decision could be made or kept, so the answer is no */
    AA_FAULT_MEMORY,
    AA_FAULT_TOO_LARGE,
    AA_FAULT_QUESTION,
    AA_FAULT_IDENTITY,
    AA_FAULT_LIMITS,
    AA_FAULT_FOLDER,
    AA_FAULT_SNAPSHOT_MISSING,
    AA_FAULT_SNAPSHOT_UNSAFE,
    AA_FAULT_SNAPSHOT_DAMAGED,
    AA_FAULT_SNAPSHOT_VERSION,
    AA_FAULT_KEY,
    AA_FAULT_LEDGER_MISSING,
    AA_FAULT_LEDGER_UNSAFE,
    AA_FAULT_LEDGER_FULL,
    AA_FAULT_LEDGER_DAMAGED,
    AA_FAULT_LEDGER_WRITE,
    AA_FAULT_JOURNAL,
    AA_FAULT_NO_AUDIT_HALF,
    AA_FAULT_NO_APPROVAL_HALF,
    AA_FAULT_CHANGED,
    AA_FAULT_STALE,
    AA_FAULT_NOT_RUN,
    AA_FAULT_VANISHED,
    AA_FAULT_WAITING,
    AA_FAULT_CHANNEL,
    AA_FAULT_BREAK_GLASS,
    AA_FAULT_EXEC,
    AA_FAULT_COUNT
};

enum { AA_FAULT_DETAIL_MAX = 1024 };

struct aa_fault {
    enum aa_fault_id id;
    char detail[AA_FAULT_DETAIL_MAX];
};

/* Fills the fault (unless one is already there: the first cause counts); returns "error". */
int aa_fault(struct aa_fault *fault, enum aa_fault_id id, int error, const char *format, ...)
    AA_PRINTF(4, 5);

const char *aa_fault_name(enum aa_fault_id id);   /* E-SNAPSHOT-MISSING */
const char *aa_fault_remedy(enum aa_fault_id id); /* what to do next */

#endif
