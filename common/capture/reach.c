/* SPDX-License-Identifier: ISC */
#include "reach.h"

/* Programs that look at a folder itself and no further, but with one of these options. */
static const struct {
    const char *name, *letters;
} staying[] = {
    { "[", "" },        { "basename", "" }, { "cat", "" },     { "cd", "" },       { "chgrp", "R" },
    { "chmod", "R" },   { "chown", "R" },   { "cp", "Rra" },   { "dd", "" },       { "df", "" },
    { "dir", "R" },     { "dirname", "" },  { "echo", "" },    { "file", "" },     { "findmnt", "" },
    { "head", "" },     { "id", "" },       { "install", "" }, { "ln", "" },       { "ls", "R" },
    { "mkdir", "" },    { "printf", "" },   { "pwd", "" },     { "readlink", "" }, { "realpath", "" },
    { "rm", "Rr" },     { "rmdir", "" },    { "stat", "" },    { "sudoedit", "" }, { "tail", "" },
    { "tee", "" },      { "test", "" },     { "touch", "" },   { "truncate", "" }, { "umount", "R" },
    { "unlink", "" },   { "vdir", "R" },    { "wc", "" },      { "whoami", "" },
};

static const char *const long_options[] = { "--recursive", "--archive" };

/* A long option may be cut short; in a cluster each letter counts, a value's letters too. */
static bool asks_for_more(const char *argument, const char *letters)
{
    if (argument[0] != '-')
        return false;
    if (argument[1] != '-')
        return strpbrk(argument + 1, letters) != NULL;
    for (size_t i = 0; i < AA_ARRAY_SIZE(long_options); i++) {
        if (argument[2] != '\0' && aa_after(long_options[i], argument) != NULL)
            return true;
    }
    return false;
}

static bool any_asks_for_more(const struct aa_words *args, const char *letters)
{
    for (size_t i = 0; i < args->n; i++) {
        if (aa_doubt_of(args, i) != AA_EXACT || asks_for_more(args->v[i], letters))
            return true;
    }
    return false;
}

/* A program is known by a name only where all of its names say the same, and root chose them. */
bool aa_goes_below(const struct aa_effective *effective)
{
    if (effective->unbound_why != NULL || effective->names_n == 0)
        return true;
    for (size_t i = 0; i < effective->names_n; i++) {
        bool stays = false;

        for (size_t j = 0; j < AA_ARRAY_SIZE(staying) && !stays; j++)
            stays = aa_streq(effective->names[i].base, staying[j].name) &&
                    (staying[j].letters[0] == '\0' ||
                     !any_asks_for_more(&effective->args, staying[j].letters));
        if (!stays)
            return true;
    }
    return false;
}

bool aa_takes_no_files(const struct aa_effective *effective)
{
    static const char *const names[] = { ":", "echo", "exit", "expr", "id", "kill", "printf", "pwd", "return",
                                         "seq", "shift", "sleep", "wait", "whoami" };

    if (effective->unbound_why != NULL || effective->names_n == 0)
        return false;
    for (size_t i = 0; i < effective->names_n; i++) {
        bool known = false;

        for (size_t j = 0; j < AA_ARRAY_SIZE(names) && !known; j++)
            known = aa_streq(effective->names[i].base, names[j]);
        if (!known)
            return false;
    }
    return true;
}

static bool is_named(const struct aa_effective *effective, const char *const *names, size_t n)
{
    for (size_t i = 0; i < effective->names_n; i++) {
        for (size_t j = 0; j < n; j++) {
            if (aa_streq(effective->names[i].base, names[j]))
                return true;
        }
    }
    return false;
}

/* "find -L -name x": options of its own, and no folder before its first test. */
static bool names_no_folder(const struct aa_words *args)
{
    size_t i = 0;

    while (i < args->n && (aa_streq(args->v[i], "-H") || aa_streq(args->v[i], "-L") ||
                           aa_streq(args->v[i], "-P") || aa_after(args->v[i], "-O") != NULL))
        i++;
    return i == args->n || args->v[i][0] == '-' || args->v[i][0] == '(' || args->v[i][0] == '!' ||
           aa_doubt_of(args, i) == AA_SPREADS;
}

enum aa_own_folder aa_means_own_folder(const struct aa_effective *effective)
{
    static const char *const find[] = { "find" };
    static const char *const listing[] = { "ls", "dir", "vdir", "du", "tree", "ncdu" };
    static const char *const grep[] = { "grep", "egrep", "fgrep" };
    static const char *const searching[] = { "rgrep", "rg", "ag", "ack", "fd", "fdfind", "git", "make" };

    if (is_named(effective, find, AA_ARRAY_SIZE(find)))
        return names_no_folder(&effective->args) ? AA_FOLDER_ALWAYS : AA_FOLDER_IF_ALONE;
    if (is_named(effective, listing, AA_ARRAY_SIZE(listing)))
        return AA_FOLDER_IF_ALONE;
    if (is_named(effective, searching, AA_ARRAY_SIZE(searching)))
        return AA_FOLDER_ALWAYS;
    if (!is_named(effective, grep, AA_ARRAY_SIZE(grep)))
        return AA_FOLDER_NOT_MEANT;
    for (size_t i = 0; i < effective->args.n; i++) {
        const char *argument = effective->args.v[i];

        if (aa_doubt_of(&effective->args, i) != AA_EXACT || asks_for_more(argument, "rRd") ||
            aa_after(argument, "--de") != NULL || aa_after(argument, "--di") != NULL)
            return AA_FOLDER_ALWAYS;
    }
    return AA_FOLDER_NOT_MEANT;
}
