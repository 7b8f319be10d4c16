/* SPDX-License-Identifier: ISC */
#include "programs.h"

#include "base/macros.h"

enum { NAME_SIZE = 64 };

static const char *const wrappers[] = {
    "aa-exec", "at", "batch", "bubblewrap", "busybox", "bwrap", "capsh", "cgexec", "choom", "chpst",
    "chronic", "chroot", "chrt", "coreutils", "cpulimit", "daemonize", "dbus-launch",
    "dbus-run-session", "debconf", "doas", "dpkg-architecture", "eatmydata", "entr", "env",
    "fakeroot", "faketime", "firejail", "flock", "gdb", "gdbserver", "gosu", "hyperfine", "i386",
    "ionice", "linux32", "linux64", "logsave", "ltrace", "machinectl", "newgrp", "nice", "nohup",
    "nsenter", "numactl", "openvt", "parallel", "perf", "pkexec", "prlimit", "proot", "rlwrap",
    "run-parts", "run0", "runcon", "runuser", "schroot", "screen", "script", "scriptlive",
    "setarch", "setpriv", "setsid", "setuidgid", "sg", "softlimit", "ssh", "ssh-agent", "sshpass",
    "start-stop-daemon", "stdbuf", "strace", "su", "su-exec", "sudo", "sudoedit", "systemd-cat",
    "systemd-inhibit", "systemd-nspawn", "systemd-run", "systemd-socket-activate", "taskset",
    "tcpserver", "time", "timeout", "tini", "tmux", "torsocks", "toybox", "trickle", "tsocks",
    "uclampset", "unbuffer", "unshare", "uutils", "valgrind", "watch", "x86_64", "xargs",
    "xvfb-run",
};

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
    if (is_one_of(name, wrappers, AA_ARRAY_SIZE(wrappers)))
        return AA_PROGRAM_WRAPPER;
    if (aa_streq(name, "find") || aa_streq(name, "ip"))
        return AA_PROGRAM_SOMETIMES;
    /* the dynamic loader runs any program given to it */
    if (aa_after(name, "ld-linux") != NULL || aa_after(name, "ld-musl") != NULL ||
        aa_streq(name, "ld.so"))
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
    kind = kind_of_exact(name, ret_known);
    /* bash-static, x86_64-linux-gnu-python3.11: better one program too many than one too few */
    for (char *part; kind == AA_PROGRAM_PLAIN && (part = strsep(&rest, "-")) != NULL;) {
        drop_version(part);
        kind = kind_of_exact(part, ret_known);
        if (kind == AA_PROGRAM_WRAPPER || kind == AA_PROGRAM_SOMETIMES)
            kind = AA_PROGRAM_PLAIN;
    }
    return kind;
}
