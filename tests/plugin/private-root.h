/* SPDX-License-Identifier: ISC */
/*
 * A root folder of the test's own. The product's paths are fixed when it is built, so the tests
 * do not move the paths but the world around them: a mount namespace whose root is a tmpfs, with
 * the host's libraries, /proc, /dev and the build folder bound into it. All else is made by the
 * tests and belongs to root, also where root is only a user namespace's.
 */
#ifndef PRIVATE_ROOT_H
#define PRIVATE_ROOT_H

/* Where the host's programs are inside; nothing that is decided about lives there. */
#define HOST_PROGRAMS "/host-bin"

/* Exits with 77 and the reason where this host does not let us. */
void private_root_enter(const char *build_folder);

/* Makes the folders of "path"; the last part of it too where "whole". */
void private_root_folders(const char *path, int whole);

#endif
