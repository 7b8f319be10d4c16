/* SPDX-License-Identifier: ISC */
/*
 * What a path really is: every link on it followed by hand and remembered, and whether what
 * stands at its end is bound, that is, whether nobody but root can change what a later open of
 * the same path finds.
 *
 * Bound means: the file, every folder and every link on the path is root's own and not writable
 * by group or others (an access list cannot grant more than the group bits show), and none of
 * it is on FUSE or a network file system.
 */
#ifndef AA_EXECUTABLE_H
#define AA_EXECUTABLE_H

#include <sys/stat.h>

#include "base/site.h"
#include "request.h"

struct aa_resolved {
    struct aa_file_facts facts;
    struct aa_known_name names[AA_LINKS_MAX + 2]; /* as given, through links, resolved */
    size_t names_n;
};

/* Steps of paths that were looked at: many of a request's paths share their folders. */
enum { AA_STEPS_MAX = 64 };

struct aa_step {
    const char *path;
    struct stat st;
    bool foreign; /* on FUSE or a network file system */
};

struct aa_walked {
    struct aa_step steps[AA_STEPS_MAX];
    size_t n;
};

/* What every walk of one request shares. */
struct aa_walker {
    const struct aa_site *site;
    struct aa_arena *arena;
    struct aa_walked *walked;
};

/* 0, also where the path does not lead to a file (facts.found is false then and unbound_why says
 * it); -ENOMEM; or another error that leaves the question open, such as an I/O error. */
int aa_resolve(const struct aa_walker *walker, const char *path, struct aa_resolved *ret);

/* Whether "path" is a folder (or could only become one by root's hand) in which nobody but root
 * can put anything: NULL, or why not. */
int aa_folder_is_bound(const struct aa_walker *walker, const char *path, const char **ret_why);

/* Whether it is on FUSE, a network file system or /proc (or cannot be told). Follows links. */
bool aa_is_foreign_filesystem(const char *path);

enum { AA_INTERPRETERS_MAX = 4 };

/*
 * For a script: appends the interpreters named by "#!" to files, and says in *ret_why why one of
 * them is not bound. "path" finds the program of "#!/usr/bin/env NAME".
 */
int aa_resolve_interpreters(const struct aa_walker *walker, const struct aa_file_facts *script,
                            const char *path, struct aa_file_facts files[AA_INTERPRETERS_MAX],
                            size_t *ret_n, const char **ret_why);

#endif
