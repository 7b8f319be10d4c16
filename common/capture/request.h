/* SPDX-License-Identifier: ISC */
/*
 * A request as the policy sees it: plain facts, gathered once by capture, and never changed
 * afterwards. Tests build one by hand; nothing here does I/O.
 */
#ifndef AA_REQUEST_H
#define AA_REQUEST_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/request-id.h"
#include "base/sha256.h"
#include "base/vocabulary.h"

enum {
    AA_REQUEST_MEMORY_MAX = 64 * 1024 * 1024,
    AA_ARGUMENTS_MAX = 1024 * 1024,          /* arguments, and variables, one each */
    AA_ARGUMENT_BYTES_MAX = 16 * 1024 * 1024, /* all of them together */
    AA_LINKS_MAX = 40,
    AA_EFFECTIVE_MAX = 64,
    AA_OPERANDS_MAX = 1024,
    AA_GROUPS_MAX = 65536,
};

struct aa_strings {
    const char *const *v;
    size_t n;
};

/* One of the two people that a requester is: by real uid, and by the kernel's loginuid. */
struct aa_identity {
    bool known;       /* a loginuid may be unset */
    uid_t uid;
    const char *name; /* "#1234" for a uid without an account */
    struct aa_strings groups;      /* by the group database, now */
    struct aa_strings held_groups; /* those that the process carries beside them */
};

/* What identifies one file that would be executed. */
struct aa_file_facts {
    const char *path; /* resolved: absolute, no links */
    dev_t device;
    ino_t inode;
    uint64_t size;
    int64_t mtime_nsec, ctime_nsec;
    bool found, regular;
    const char *unbound_why; /* NULL: bound, nobody but root can change what stands there */
    bool hashed;             /* of an unbound file that somebody is asked about */
    unsigned char content[AA_SHA256_SIZE];
};

/* A name by which an executable is known: as given, each link on the way, resolved. */
struct aa_known_name {
    const char *path;
    const char *base;
};

/* How sure a word of a command is. */
enum aa_doubt {
    AA_EXACT = 0,
    AA_UNKNOWN, /* one word; its text is only what it surely begins with */
    AA_SPREADS, /* no word, one or several; so the place of every word behind it is unknown too */
};

/* Words as they were read. "doubt" has an enum aa_doubt for each, or is NULL: all are exact. */
struct aa_words {
    const char *const *v;
    const unsigned char *doubt;
    size_t n;
};

static inline enum aa_doubt aa_doubt_of(const struct aa_words *words, size_t i)
{
    return words->doubt == NULL ? AA_EXACT : (enum aa_doubt)words->doubt[i];
}

/* A command that would run: the one of sudo itself first, then those inside it. */
struct aa_effective {
    const struct aa_known_name *names;
    size_t names_n;
    const char *resolved;    /* NULL where it could not be resolved */
    const char *unbound_why; /* NULL: bound, interpreters of a script included */
    const char *code_unbound_why; /* NULL: so is the code that it is given in files (opaque-ok does not
                                   * mind, a person who is asked does) */
    struct aa_words args;
    struct aa_words targets;  /* files of its redirections, which are operands as well */
    const char *writes_to;    /* the first file that a redirection would write; NULL: none */
    const char *folder; /* where it would run, or else in the request's folder: absolute, or below
                         * that; "": not known; NULL: surely in the request's own */
    bool wrapped;       /* found inside another command */
    bool builtin;       /* a shell's own: there is no file */
};

/* An extended attribute that a label names, as the operand has it. */
struct aa_attribute {
    const char *name, *value;
    bool bound; /* nobody but root could have set it */
};

/* A file or folder that a command line names, as far as the labels' sake goes. */
struct aa_operand {
    size_t effective;       /* of which command: index into the request's */
    const char *text;       /* as written */
    bool exact;             /* false: "path" is only what its path surely begins with */
    const char *path;       /* absolute, "." and ".." taken out; "" where nothing of it is known */
    const char *resolved;   /* the same with all links followed, as far as it exists; NULL: the same
                             * as "path", or not to be found out (then "doubtful") */
    bool doubtful;          /* where it leads could not be looked at */
    bool movable;           /* somebody other than root can make it lead elsewhere */
    bool below;             /* the command may reach what lies below this folder */
    bool is_file;           /* no mere word: written as a path, there already, or redirected to */
    const struct aa_attribute *attributes;
    size_t attributes_n;
};

/* One variable of the environment that the command would get. */
struct aa_variable {
    const char *name;
    const char *refused_why; /* NULL: on the built-in list with a harmless value */
    bool added;              /* by the caller, not by sudo */
};

struct aa_walked;

struct aa_request {
    struct aa_arena arena;
    struct aa_request_id id;
    uint64_t realtime_usec, boottime_usec;

    enum aa_frontend frontend;
    const char *service;

    struct aa_identity user;
    struct aa_identity login;
    uint32_t session;
    bool session_known;
    const char *tty;   /* NULL: none */
    const char *rhost; /* NULL: absent */
    const char *cwd;   /* where the command would run; NULL: absent */

    const char *runas_user;
    const char *runas_alias; /* another name of the same uid; NULL: none */
    uid_t runas_uid;
    const char *runas_group; /* NULL: absent */
    gid_t runas_gid;
    bool runas_is_system; /* a uid that by-email never covers */

    const char *host, *host_full; /* lower case; host_full NULL where it is not known */
    const char *machine;

    bool edit, intercepted, interactive_shell;
    const char *chroot; /* NULL: none */

    bool complete;       /* what follows was captured to its end */
    const char *command; /* as sudo names it */
    struct aa_strings argv;
    const unsigned char *argv_doubt; /* struct aa_words' of argv; NULL: all are exact, as they are but
                                      * where a record is read back in which values are masked */
    struct aa_file_facts *files; /* executable first, then interpreters and scripts; or the edited
                                  * files */
    size_t files_n;
    const struct aa_variable *variables;
    size_t variables_n;
    size_t handed_over_n; /* the first ones are the environment's own, in its order; the others are
                           * set by the command line */

    const struct aa_effective *effective;
    size_t effective_n;
    const char *opaque_why; /* NULL: every command in it is known */
    const char *code_why;   /* NULL: of that, nothing stands in the command line itself. Else it has code
                             * that is not read here, so no word of it may be covered */
    struct aa_words assigned; /* "NAME=value": variables that the command line itself sets */
    const struct aa_operand *operands; /* only where a rule asks for labels */
    size_t operands_n;

    struct aa_walked *walked; /* capture's own: steps of paths that it looked at */
};

#endif
