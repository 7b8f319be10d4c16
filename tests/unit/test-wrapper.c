/* SPDX-License-Identifier: ISC */
/* Wrappers that start what stands behind their options: what the words are read as. wrapper-render.h says how a row reads. */
#include "unit.h"

#include <errno.h>

#include "classify/programs.h"
#include "wrapper-render.h"

struct row {
    const char *line, *wanted;
};

static const struct row plain[] = {
    /* env */
    { "env", "-" },
    { "env ls -l", "ls -l" },
    { "env A=1 B='x y' ls", "+A=1 +'B=x y' ls" },
    { "env -i ls", "+PATH=/bin:/usr/bin ls" },
    { "env - ls", "+PATH=/bin:/usr/bin ls" },
    { "env -i PATH=/x ls", "+PATH=/x ls" },
    { "env -i /bin/ls", "+PATH=/bin:/usr/bin /bin/ls" },
    { "env -u PATH ls", "+PATH=/bin:/usr/bin ls" },
    { "env -uPATH ls", "+PATH=/bin:/usr/bin ls" },
    { "env -u HOME ls", "ls" },
    { "env --unset=PATH ls", "+PATH=/bin:/usr/bin ls" },
    { "env --uns PATH ls", "+PATH=/bin:/usr/bin ls" },
    { "env -iu HOME A=1 ls -i", "+A=1 +PATH=/bin:/usr/bin ls -i" },
    { "env -C /tmp ls", "in=/tmp ls" },
    { "env -C/tmp ls", "in=/tmp ls" },
    { "env --chdir /tmp ls", "in=/tmp ls" },
    { "env --chdir=/tmp ls", "in=/tmp ls" },
    { "env --ch=/tmp ls", "in=/tmp ls" },
    { "env -0 ls", "ls" },
    { "env -v ls", "ls" },
    { "env -vS 'ls -l'", "ls -l" },
    { "env -iS 'ls -l' -a", "+PATH=/bin:/usr/bin ls -l -a" },
    { "env -S 'ls -l'", "ls -l" },
    { "env '-Sls -l' x", "ls -l x" },
    { "env --split-string='A=1 ls -l' x", "+A=1 ls -l x" },
    { "env --split-string 'ls a\\_b' x", "ls a b x" },
    { "env --sp 'ls \"a\\_b\"' x", "ls 'a b' x" },
    { "env --s ls", "ls" },
    { "env -S '-u HOME ls'", "ls" },
    { "env -S '-S \"ls\\_-l\"'", "ls -l" },
    { "env -S 'ls ${HOME}'", "ls ~~" },
    { "env -S 'ls a${HOME}b \"\"'", "ls ~a ''" },
    { "env -S '${HOME} ls'", "ls !" },
    { "env -S 'A=${HOME} ls'", "+~A= ls" },
    { "env -S 'ls $HOME'", "!" },
    { "env -S 'ls # no'", "ls" },
    { "env -S 'ls a#b'", "ls a#b" },
    { "env -S '# ls' id", "id" },
    { "env -S 'ls\\c more' id", "ls id" },
    { "env -S 'ls \\x'", "!" },
    { "env -S 'ls \"open'", "!" },
    { "env -S 'ls \\\\ \\$ \\t'", "ls \\ $ '\t'" },
    { "env -S '${A}# b' id", "id !" },
    { "env ~A=x ls", "+~A=x ls" },
    { "env ~A ls", "ls !" },
    { "env ~ ls", "ls !" },
    { "env ~~ ls", "ls !" },
    { "env ~-x ls", "ls !" },
    { "env ls ~ ~~", "ls ~ ~~" },
    { "env -u ~ ls", "+PATH=/bin:/usr/bin ls" },
    { "env -u ~~ ls", "ls !" },
    { "env -a sh ls", "ls !" },
    { "env --argv0=sh ls", "ls !" },
    { "env --block-signal ls", "ls" },
    { "env --block-signal=INT ls", "ls" },
    { "env --default-signal ls", "ls" },
    { "env --ignore-signal=PIPE ls", "ls" },
    { "env --list-signal-handling ls", "ls" },
    { "env --help ls", "-" },
    { "env --version", "-" },
    { "env --foo ls", "ls !" },
    { "env -Z ls", "ls !" },
    { "env -- ls", "ls" },
    { "env -- A=1 ls", "+A=1 ls" },
    { "env -- -i ls", "-i ls" },
    { "env =x ls", "+=x ls !" },
    { "env A=1", "-" },
    { "env '' ls", "!" },
    { "env -u", "!" },
    { "env -iC /tmp -u A B=2 -- ls", "+B=2 +PATH=/bin:/usr/bin in=/tmp -- ls" },
    { "env -S", "!" },
    { "env --null=1 ls", "ls !" },
    { "env9.1 ls", "ls" },
    /* nice */
    { "nice", "-" },
    { "nice ls", "ls" },
    { "nice -n 5 ls", "ls" },
    { "nice -n5 ls", "ls" },
    { "nice -5 ls", "ls" },
    { "nice -10 ls -5", "ls -5" },
    { "nice --5 ls", "ls" },
    { "nice -+5 ls", "ls" },
    { "nice -5x ls", "ls" },
    { "nice --adjustment=5 ls", "ls" },
    { "nice --adj 5 ls", "ls" },
    { "nice -n -5 ls", "ls" },
    { "nice -5 -n 3 ls", "ls" },
    { "nice -- -5 ls", "-5 ls" },
    { "nice - ls", "- ls" },
    { "nice -x ls", "ls !" },
    { "nice ~ ls", "ls !" },
    { "nice --help ls", "-" },
    /* ionice, chrt, taskset and their kind */
    { "ionice ls -p", "ls -p" },
    { "ionice -c2 -n7 ls", "ls" },
    { "ionice -c idle ls", "ls" },
    { "ionice -tc 3 ls", "ls" },
    { "ionice -p 12", "-" },
    { "ionice -p 12 ls", "ls" },
    { "ionice --class best-effort --classdata=3 ls", "ls" },
    { "ionice -P 1 ls", "ls" },
    { "ionice -h", "-" },
    { "ionice -q ls", "ls !" },
    { "chrt 5 ls -f", "ls -f" },
    { "chrt -f 5 ls", "ls" },
    { "chrt -rR 5 ls", "ls" },
    { "chrt --fifo 5 ls", "ls" },
    { "chrt -T 100 -P 200 -D 300 -d 0 ls", "ls" },
    { "chrt -o ls -l", "ls -l !" },
    { "chrt -p 5 100", "-" },
    { "chrt -m", "-" },
    { "chrt ~ ls", "ls !" },
    { "chrt -Q 5 ls", "5 ls ; ls !" },
    { "taskset 3 ls -p", "ls -p" },
    { "taskset -c 0-3 ls", "ls" },
    { "taskset --cpu-list 1 ls", "ls" },
    { "taskset -p 3 100", "-" },
    { "taskset -ap 3 100", "-" },
    { "taskset -cp 0 100", "-" },
    { "taskset ~~ ls", "ls !" },
    { "taskset ~ ls", "ls !" },
    { "taskset 3", "-" },
    { "uclampset -m 5 -M 9 ls", "ls" },
    { "uclampset -p 5", "-" },
    { "uclampset -s -m 5 ls", "ls !" },
    { "uclampset --reset-on-fork ls", "ls" },
    { "choom -n 5 ls", "ls" },
    { "choom -n 5 -- ls -l", "ls -l" },
    { "choom -n 5 ls -l", "ls -l !" },
    { "choom -p 5", "-" },
    { "prlimit --nofile=10 ls", "ls" },
    { "prlimit --nofile 10 ls", "10 ls" },
    { "prlimit -n10 ls", "ls" },
    { "prlimit -n 10 ls", "10 ls" },
    { "prlimit -n=10:20 -v ls", "ls" },
    { "prlimit -p 12 ls", "ls" },
    { "prlimit --pid=12", "-" },
    { "prlimit --co ls", "ls" },
    { "prlimit --c ls", "ls !" },
    { "timeout 5 ls -s", "ls -s" },
    { "timeout -k 5 10s ls", "ls" },
    { "timeout -k5 10s ls", "ls" },
    { "timeout -s KILL 5 ls", "ls" },
    { "timeout --signal=KILL --kill-after 3 5 ls", "ls" },
    { "timeout --foreground --preserve-status -v 5 ls", "ls" },
    { "timeout --fore --pres 5 ls", "ls" },
    { "timeout -f -p 5 ls", "ls" },
    { "timeout -- 5 ls", "ls" },
    { "timeout 5 -- ls", "-- ls" },
    { "timeout 5", "-" },
    { "timeout ~~ ls", "ls !" },
    { "timeout ~ ls", "ls !" },
    { "timeout --help 5 ls", "-" },
    { "timeout -x 5 ls", "5 ls ; ls !" },
    { "timeout -k ~~ 5 ls", "5 ls ; ls !" },
    { "nohup ls -l", "ls -l" },
    { "nohup -- ls", "ls" },
    { "nohup --help", "-" },
    { "nohup -x ls", "ls !" },
    { "nohup ~ ls", "ls !" },
    { "nohup", "-" },
    { "setsid ls -c", "ls -c" },
    { "setsid -cfw ls", "ls" },
    { "setsid --fork --wait ls", "ls" },
    { "setsid -h", "-" },
    { "setsid -x ls", "ls !" },
    { "stdbuf -oL ls -o", "ls -o" },
    { "stdbuf -o L -e0 -i 0 ls", "ls" },
    { "stdbuf --output=L --err 0 ls", "ls" },
    { "stdbuf -x ls", "ls !" },
    { "time ls -p", "ls -p" },
    { "time -p ls", "ls" },
    { "time -f %e ls", "ls" },
    { "time -o /tmp/x -a ls", "ls" },
    { "time -ao /tmp/x ls", "ls" },
    { "time --output=/tmp/x --format %e ls", "ls" },
    { "time -q -v ls", "ls" },
    { "time -V", "-" },
    { "time --quie ls", "ls" },
    { "setarch x86_64 ls", "ls" },
    { "setarch x86_64 -R ls", "ls" },
    { "setarch -R ls", "ls" },
    { "setarch -R x86_64 ls", "x86_64 ls" },
    { "setarch --list", "-" },
    { "setarch i386", "!" },
    { "setarch ~ ls", "ls !" },
    { "linux32 ls", "ls" },
    { "linux32 -R ls -R", "ls -R" },
    { "linux64 --3gb ls", "ls" },
    { "i386 -3 ls", "ls" },
    { "x86_64 ls", "ls" },
    { "uname26 ls", "ls" },
    { "i386", "!" },
    { "numactl -m 0 ls -m", "ls -m" },
    { "numactl --membind=0 --cpunodebind 1 ls", "ls" },
    { "numactl -l -C0-3 ls", "ls" },
    { "numactl -H", "-" },
    { "numactl --show", "-" },
    { "numactl --foo ls", "ls !" },
    /* who and where */
    { "chroot /x ls", "in=/ root ls" },
    { "chroot /x", "!" },
    { "chroot --userspec=a:b --groups=c /x ls -l", "in=/ root ls -l" },
    { "chroot --userspec a /x ls", "in=/ root ls" },
    { "chroot --skip-chdir / ls", "in= root ls" },
    { "chroot -x /x ls", "root /x ls ; root ls !" },
    { "unshare ls -m", "ls -m" },
    { "unshare -m ls", "ls" },
    { "unshare -mnpf --mount-proc ls", "ls" },
    { "unshare --mount-proc=/p ls", "ls" },
    { "unshare -R /x ls", "in= root ls" },
    { "unshare --root=/x -w /y ls", "in=/y root ls" },
    { "unshare -w /y ls", "in=/y ls" },
    { "unshare --wd=/y ls", "in=/y ls" },
    { "unshare -r", "!" },
    { "unshare -S 0 -G 0 ls", "ls" },
    { "unshare --map-user 0 --map-users 1,2,3 ls", "ls" },
    { "unshare --load-interp x ls", "ls !" },
    { "unshare --kill-child=KILL --propagation slave ls", "ls" },
    { "nsenter -t 1 -m ls", "in= root ls" },
    { "nsenter -t 1 -n ls", "ls" },
    { "nsenter -t1 -a ls", "in= root ls" },
    { "nsenter --target 1 --mount ls", "in= root ls" },
    { "nsenter --target=1 --mount=/x -- ls", "in= root ls" },
    { "nsenter -t 1 -r/x ls", "in= root ls" },
    { "nsenter -t 1 -r /x ls", "in= root /x ls" },
    { "nsenter -t 1 --root=/x ls", "in= root ls" },
    { "nsenter -t 1 -w ls", "in= ls" },
    { "nsenter -t 1 -W /x ls", "in=/x ls" },
    { "nsenter -t 1 -e ls", "ls !" },
    { "nsenter -t 1 -m", "!" },
    { "nsenter -t 1 -n -S 0 -G 0 -F -Z ls", "ls" },
    { "setpriv ls -d", "ls -d" },
    { "setpriv --reuid 1 --regid=1 --clear-groups ls", "ls" },
    { "setpriv --nnp ls", "ls" },
    { "setpriv --reset-env ls", "ls !" },
    { "setpriv --reset-env /bin/ls", "/bin/ls" },
    { "setpriv -d ls", "-" },
    { "setpriv --inh-caps -all ls", "ls" },
    { "setpriv --foo ls", "ls !" },
    { "runcon a:b:c:d ls", "ls" },
    { "runcon -t x ls", "ls" },
    { "runcon -t x -u y -r z -l s0 -c ls", "ls" },
    { "runcon --type=x ls", "ls" },
    { "runcon", "-" },
    { "runcon ~~ ls", "ls !" },
    { "capsh --print", "-" },
    { "capsh -- -c 'ls -l'", "/bin/bash -c 'ls -l'" },
    { "capsh --drop=all -- -c ls", "/bin/bash -c ls" },
    { "capsh --shell=/bin/sh -- -c ls", "/bin/sh -c ls" },
    { "capsh --chroot=/x -- -c ls", "in= root /bin/bash -c ls" },
    { "capsh --user=bob --", "/bin/bash" },
    { "capsh == --print", "!" },
    { "capsh --foo -- -c ls", "/bin/bash -c ls !" },
    { "capsh -+ -c ls", "/bin/bash -c ls" },
    { "aa-exec -p x ls", "ls" },
    { "aa-exec --profile=x -- ls -l", "ls -l" },
    { "aa-exec -p x", "!" },
    { "chpst -u bob ls -u", "ls -u" },
    { "chpst -u bob -/ /x ls", "in= root ls" },
    { "chpst -e /env ls", "ls !" },
    { "chpst -b name ls", "ls !" },
    { "chpst -vP -n 5 ls", "ls" },
    { "chpst --foo ls", "ls !" },
    { "softlimit -m 5 ls", "ls" },
    { "softlimit -m5 -a6 ls", "ls" },
    { "softlimit -x ls", "ls !" },
    { "setuidgid bob ls -l", "ls -l" },
    { "gosu bob ls -l", "ls -l" },
    { "gosu bob:staff ls", "ls" },
    { "su-exec bob ls", "ls" },
    { "gosu -x bob ls", "bob ls ; ls !" },
    { "doas ls -s", "ls -s" },
    { "doas -u bob ls", "ls" },
    { "doas -nu bob ls", "ls" },
    { "doas -s", "!" },
    { "doas -C /x ls", "-" },
    { "doas -L", "-" },
    { "doas -x ls", "ls !" },
    { "pkexec ls -u", "in= ls -u" },
    { "pkexec --user bob ls", "in= ls" },
    { "pkexec -u bob ls", "in= ls" },
    { "pkexec --user=bob ls", "in= ls" },
    { "pkexec --disable-internal-agent ls", "in= ls" },
    { "pkexec", "!" },
    { "cgexec -g cpu:x ls", "ls" },
    { "cgexec --sticky -g cpu:x ls", "ls" },
    { "cgexec -g cpu:x ls -l", "ls -l !" },
    { "ip netns exec x ls -l", "ls -l" },
    { "ip n e x ls", "ls" },
    { "ip net e x ls", "ls" },
    { "ip netn ex x ls", "ls" },
    { "ip vrf exec x ls", "ls" },
    { "ip -n x netns exec y ls", "ls" },
    { "ip -netns x link", "-" },
    { "ip --netns x netns exec y ls", "ls" },
    { "ip -all netns exec ls", "ls !" },
    { "ip -b /x", "!" },
    { "ip -batch /x", "!" },
    { "ip -force -batch /x", "!" },
    { "ip -br link", "-" },
    { "ip -6 route add x", "-" },
    { "ip link set e up", "-" },
    { "ip -f inet netns exec x ls", "ls" },
    { "ip -family inet6 vrf exec x ls", "ls" },
    { "ip -4 -o -s -d -j -p -t netns exec x ls", "ls" },
    { "ip -c=always netns exec x ls", "ls" },
    { "ip -l 5 netns exec x ls", "ls" },
    { "ip -zz netns exec x ls", "x ls ; ls !" },
    { "ip ~ exec x ls", "exec x ls ; x ls ; ls !" },
    { "ip netns ~ x ls", "x ls ; ls !" },
    { "ip netns exec ~~ ls", "ls !" },
    { "ip netns exec x ~", "!" },
    { "ip netns add x", "-" },
    { "ip netns exec x", "-" },
    { "ip", "-" },
};

static void test_plain(void **state)
{
    char got[RENDER_SIZE];

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(plain); i++) {
        render_line(plain[i].line, got);
        check(aa_streq(got, plain[i].wanted), "%s\n  is read as %s\n  and not as %s", plain[i].line, got,
              plain[i].wanted);
    }
}

/* Each of them has to be read, or opaque: none may pass for a program that runs nothing. */
static void test_names(void **state)
{
    static const char *const names[] = {
        "aa-exec", "at", "batch", "bubblewrap", "busybox", "bwrap", "capsh", "cgexec", "choom", "chpst",
        "chronic", "chroot", "chrt", "coreutils", "cpulimit", "daemonize", "dbus-launch",
        "dbus-run-session", "debconf", "doas", "dpkg-architecture", "eatmydata", "entr", "env",
        "fakeroot", "faketime", "find", "firejail", "flock", "gdb", "gdbserver", "gosu", "hyperfine", "i386",
        "ionice", "ip", "ld-linux-x86-64.so.2", "ld-linux.so.2", "ld-musl-x86_64.so.1", "ld.so",
        "linux32", "linux64", "logsave", "ltrace", "machinectl", "newgrp", "nice", "nohup",
        "nsenter", "numactl", "openvt", "parallel", "perf", "pkexec", "prlimit", "proot", "rlwrap",
        "run-parts", "run0", "runcon", "runuser", "schroot", "screen", "script", "scriptlive",
        "setarch", "setpriv", "setsid", "setuidgid", "sg", "softlimit", "ssh", "ssh-agent", "sshpass",
        "start-stop-daemon", "stdbuf", "strace", "su", "su-exec", "sudo", "sudoedit", "systemd-cat",
        "systemd-inhibit", "systemd-nspawn", "systemd-run", "systemd-socket-activate", "taskset",
        "tcpserver", "time", "timeout", "tini", "tmux", "torsocks", "toybox", "trickle", "tsocks",
        "uclampset", "unbuffer", "unshare", "uutils", "valgrind", "watch", "x86_64", "xargs",
        "xvfb-run", "dumb-init", "ifne", "env9.1", "find4",
    };
    static const char *const others[] = { "ls", "", "rm", "sh", "python3", "l", "ld", "ip2route", "envsubst",
                                          "finder", "9", "." };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(names); i++) {
        check(aa_is_wrapper(names[i]), "%s is not read", names[i]);
        check(aa_program_kind(names[i]) == AA_PROGRAM_WRAPPER ||
              aa_program_kind(names[i]) == AA_PROGRAM_SOMETIMES, "%s passes for a plain program", names[i]);
    }
    for (size_t i = 0; i < AA_ARRAY_SIZE(others); i++)
        check(!aa_is_wrapper(others[i]), "%s is read as a wrapper", others[i]);
}

/* The reason is for people, and none of the words is lost where all of them are exact. */
static void test_why_and_exact(void **state)
{
    static const char *const v[] = { "--foo", "ls" };
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(1024 * 1024);
    const struct aa_words words = { v, NULL, 2 }, behind = { v + 1, NULL, 1 };
    struct aa_wrapped wrapped;

    (void)state;
    assert_int_equal(aa_wrapper_read(&arena, "env", &words, &wrapped), 0);
    assert_string_equal(wrapped.opaque_why, "env's option --foo is not known here");
    assert_int_equal(aa_wrapper_read(&arena, "env", &behind, &wrapped), 0);
    assert_null(wrapped.opaque_why);
    assert_int_equal(wrapped.n, 1);
    assert_int_equal(aa_doubt_of(&wrapped.inner[0].words, 0), AA_EXACT);
}

/* Memory that ends anywhere is an error, never a shorter reading. */
static void test_no_memory(void **state)
{
    static const char *const v[] = { "-S", "A=1 -i ls ${X} b", "c" };
    const struct aa_words words = { v, NULL, 3 };
    struct aa_wrapped before = { .n = 77 }, wrapped;
    bool failed = false, read = false;

    (void)state;
    for (size_t memory = 0; memory < 8192; memory += 16) {
        struct aa_arena arena = AA_ARENA_INIT(memory);
        int r;

        wrapped = before;
        r = aa_wrapper_read(&arena, "env", &words, &wrapped);
        if (r < 0) {
            failed = true;
            assert_int_equal(r, -ENOMEM);
            assert_int_equal(wrapped.n, 77);
        } else {
            read = true;
            assert_int_equal(wrapped.n, 1);
        }
        aa_arena_clear(&arena);
    }
    assert_true(failed && read);
}

/* Very many words take time in proportion. */
static void test_many_words(void **state)
{
    enum { MANY = 300000 };
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(256 * 1024 * 1024);
    _cleanup_free_ const char **v = calloc(MANY, sizeof(*v));
    const struct aa_words words = { v, NULL, MANY };
    static const char *const programs[] = { "find", "env", "xargs", "ip", "sudo", "su", "nice", "capsh" };
    static const char *const repeated[] = { "-exec", "-i", "A=1", "{}", "-S", "-x", "--", "-5" };
    struct aa_wrapped wrapped;

    (void)state;
    assert_non_null(v);
    for (size_t k = 0; k < AA_ARRAY_SIZE(repeated); k++) {
        for (size_t i = 0; i < MANY; i++)
            v[i] = repeated[k];
        for (size_t p = 0; p < AA_ARRAY_SIZE(programs); p++) {
            assert_int_equal(aa_wrapper_read(&arena, programs[p], &words, &wrapped), 0);
            aa_arena_clear(&arena);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_why_and_exact),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_many_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
