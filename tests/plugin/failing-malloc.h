/* SPDX-License-Identifier: ISC */
/*
 * An allocator that can be told to fail. It comes before libc's for the whole program, libc's
 * own calls and the plugin's included; memory itself is libc's.
 */
#ifndef FAILING_MALLOC_H
#define FAILING_MALLOC_H

#include <stdbool.h>

/* The n-th allocation (from 1) while it is armed fails; and, with "onwards", all behind it. */
void failing_malloc_set(long n, bool onwards);
void failing_malloc_arm(void);
void failing_malloc_disarm(void);

/* Allocations so far while it was armed, the failed ones included. */
long failing_malloc_count(void);

#endif
