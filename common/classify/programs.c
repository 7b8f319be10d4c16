/* SPDX-License-Identifier: ISC */
#include "programs.h"

#include "base/macros.h"
#include "wrapper.h"

enum { NAME_SIZE = 64 };

static const char *const shells[] = {
    "ash", "bash", "csh", "dash", "elvish", "fish", "ksh", "ksh93", "lksh", "mksh", "nu", "oksh",
    "pdksh", "posh", "pwsh", "rbash", "rksh", "rzsh", "sash", "sh", "tcsh", "xonsh", "yash",
    "zsh",
};

static const char *const interpreters[] = {
    "R", "Rscript", "awk", "bun", "clojure", "deno", "ed", "elixir", "erl", "escript", "expect",
    "gawk", "ghci", "gmake", "groovy", "guile", "iex", "ipython", "irb", "java", "jjs", "jshell",
    "julia", "lua", "luajit", "m4", "make", "mawk", "nawk", "ninja", "node", "nodejs", "ocaml",
    "octave", "original-awk", "perl", "php", "pypy", "pypy3", "python", "qjs", "racket",
    "rscript", "ruby", "rust-script", "scala", "tclsh", "wish",
};

static const char *is_one_of(const char *name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (aa_streq(name, list[i]))
            return list[i];
    }
    return NULL;
}

static enum aa_program_kind kind_of_exact(const char *name, const char **ret_known)
{
    const char *known;

    if ((known = is_one_of(name, shells, AA_ARRAY_SIZE(shells))) != NULL) {
        *ret_known = known;
        return AA_PROGRAM_SHELL;
    }
    if ((known = is_one_of(name, interpreters, AA_ARRAY_SIZE(interpreters))) != NULL) {
        *ret_known = known;
        return AA_PROGRAM_INTERPRETER;
    }
    if (aa_streq(name, "find") || aa_streq(name, "ip"))
        return AA_PROGRAM_SOMETIMES;
    if (aa_is_wrapper(name))
        return AA_PROGRAM_WRAPPER;
    return AA_PROGRAM_PLAIN;
}

/* "python3.11" is python. */
static void drop_version(char *name)
{
    size_t n = strlen(name);

    while (n > 1 && strchr("0123456789.", name[n - 1]) != NULL)
        name[--n] = '\0';
}

enum aa_program_kind aa_program_kind(const char *base)
{
    const char *ignored;

    return aa_program_known(base, &ignored);
}

enum aa_program_kind aa_program_known(const char *base, const char **ret_known)
{
    enum aa_program_kind kind;
    char name[NAME_SIZE], *rest = name;

    *ret_known = base;
    kind = kind_of_exact(base, ret_known);
    if (kind != AA_PROGRAM_PLAIN || strlen(base) >= sizeof(name))
        return kind;
    memcpy(name, base, strlen(base) + 1);
    drop_version(name);
    if (!aa_streq(name, base))
        kind = kind_of_exact(name, ret_known);
    if (strchr(name, '-') == NULL)
        return kind;
    /* bash-static, x86_64-linux-gnu-python3.11: better one program too many than one too few */
    for (char *part; kind == AA_PROGRAM_PLAIN && (part = strsep(&rest, "-")) != NULL;) {
        drop_version(part);
        kind = kind_of_exact(part, ret_known);
        if (kind == AA_PROGRAM_WRAPPER || kind == AA_PROGRAM_SOMETIMES)
            kind = AA_PROGRAM_PLAIN;
    }
    return kind;
}

bool aa_is_multi_call(const char *base)
{
    return aa_after(base, "busybox") != NULL || aa_after(base, "toybox") != NULL ||
           aa_streq(base, "coreutils") || aa_streq(base, "uutils");
}
