/* SPDX-License-Identifier: ISC */
/*
 * What the courier may do from now on: talk over sockets that it has, make new ones of IPv4 and
 * IPv6, and use its memory. No file, no program, no process, no local socket, no listening.
 * Everything else is an error, not the end: libraries try things that they can do without.
 */
#ifndef COURIER_SANDBOX_H
#define COURIER_SANDBOX_H

/* 0, or negative errno: then nothing of the network may be touched. */
int sandbox_enter(void);

/* sandbox-landlock.c: the kernel's second opinion, where it has one. 0 or negative errno. */
int sandbox_landlock(void);

#endif
