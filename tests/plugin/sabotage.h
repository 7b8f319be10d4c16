/* SPDX-License-Identifier: ISC */
/* Ways in which the state of a host can be broken, each done to the private world. */
#ifndef SABOTAGE_H
#define SABOTAGE_H

#include <stdbool.h>
#include <stddef.h>

struct sabotage {
    const char *name;
    void (*break_it)(void);
    void (*mend)(void); /* NULL: world_fresh does */
    const char *cause;  /* of the denial */
    bool ledger_lives;  /* the denial is in the ledger */
    bool best_effort_runs; /* "set record best-effort" lets the command through */
};

extern const struct sabotage sabotages[];
extern const size_t sabotages_n;

#endif
