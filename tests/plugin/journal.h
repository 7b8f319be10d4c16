/* SPDX-License-Identifier: ISC */
/* The other end of the journal's socket: takes what the plugin sends and reads it by the native
 * protocol's documentation. */
#ifndef JOURNAL_END_H
#define JOURNAL_END_H

#include "records.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

void journal_listen(void);
void journal_stop(void); /* nobody is there any more */

/* Reads what has come; to be called before the socket's queue of ten is full. */
void journal_drain(void);

/* What came since the last time. */
void journal_take(struct records *ret);

#endif
