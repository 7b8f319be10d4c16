/* SPDX-License-Identifier: ISC */
/*
 * Programs that run other programs, one row each: GNU coreutils and findutils, util-linux, sudo,
 * shadow and systemd of today and of some years ago. An option of which the versions disagree is
 * left out or under "opaque". Where nothing is said of options behind operands, the program stops
 * at the first word that is no option (a "+" before its getopt(3) string).
 */
#include "wrapper-internal.h"

#define LIMITS "core=? data=? nice=? fsize=? sigpending=? memlock=? rss=? nofile=? msgqueue=? rtprio=? " \
               "stack=? cpu=? nproc=? as=? locks=? rttime=? "

const struct aa_wrapper aa_wrapper_table[] = {
    /* environment, priority, time: what follows is run as it stands */
    { .names = "env", .shorts = "0a:C:iS:u:v",
      .longs = "argv0= block-signal=? chdir= debug default-signal=? help ignore-environment "
               "ignore-signal=? list-signal-handling null split-string= unset= version",
      .nothing = "help version", .opaque = "a argv0", .folder = "C chdir",
      .option = aa_read_env_option, .command = aa_read_env },
    { .names = "nice", .shorts = "n:", .longs = "adjustment= help version", .nothing = "help version",
      .instead = aa_read_nice },
    { .names = "ionice", .shorts = "n:c:p:P:u:tVh",
      .longs = "class= classdata= help ignore pgid= pid= uid= version",
      .nothing = "h V help version", .process = "p P u pid pgid uid" },
    { .names = "chrt", .shorts = "abdD:efiphmoP:T:rRvV", .operands = 1, .flags = AA_WRAPPER_NUMERIC,
      .longs = "all-tasks batch deadline ext fifo help idle max other pid reset-on-fork rr "
               "sched-deadline= sched-period= sched-runtime= verbose version",
      .nothing = "m max h V help version", .process = "p pid" },
    { .names = "taskset", .shorts = "apchV", .longs = "all-tasks cpu-list help pid version", .operands = 1,
      .nothing = "h V help version", .process = "p pid" },
    { .names = "uclampset", .shorts = "asRp:hm:M:vV", .opaque = "s system",
      .longs = "all-tasks help pid= reset-on-fork system verbose version",
      .nothing = "h V help version", .process = "p pid" },
    { .names = "choom", .shorts = "hn:p:V", .longs = "adjust= help pid= version",
      .nothing = "h V help version", .process = "p pid", .flags = AA_WRAPPER_PERMUTES },
    { .names = "prlimit", .shorts = "c::d::e::f::i::l::m::n::q::r::s::t::u::v::x::y::p:o:hV",
      .longs = LIMITS "help noheadings output= pid= raw verbose version",
      .nothing = "h V help version", .process = "p pid" },
    { .names = "timeout", .shorts = "fk:ps:v", .operands = 1, .nothing = "help version",
      .longs = "foreground help kill-after= preserve-status signal= verbose version" },
    { .names = "nohup", .longs = "help version", .nothing = "help version" },
    { .names = "setsid", .shorts = "cfhVw", .longs = "ctty fork help version wait",
      .nothing = "h V help version" },
    { .names = "stdbuf", .shorts = "e:i:o:", .longs = "error= help input= output= version",
      .nothing = "help version" },
    { .names = "time", .shorts = "af:ho:pqvV", .nothing = "h V help version",
      .longs = "append format= help output= portability quiet verbose version" },
    { .names = "setarch linux32 linux64 i386 i486 i586 i686 x86_64 uname26", .shorts = "3BFhILpRSTvVXZ",
      .longs = "32bit 3gb 4gb addr-compat-layout addr-no-randomize fdpic-funcptrs help list "
               "mmap-page-zero read-implies-exec short-inode show=? sticky-timeouts uname-2.6 verbose "
               "version whole-seconds",
      .nothing = "h V help list version", .opaque = "p show", .instead = aa_read_setarch },
    { .names = "numactl", .shorts = "abc:C:dDf:HhI:i:L:lM:m:N:o:P:p:S:sTtuw:",
      .longs = "all balancing cpubind= cpunodebind= dump dump-nodes file= hardware huge interleave= length= "
               "localalloc membind= offset= physcpubind= preferred= preferred-many= shm= shmid= shmmode= "
               "show strict touch weighted-interleave=",
      .nothing = "H h s hardware show" },

    /* who and where */
    { .names = "chroot", .longs = "groups= help skip-chdir userspec= version", .operands = 1, .in = "/",
      .folder = "skip-chdir",
      .nothing = "help version", .flags = AA_WRAPPER_OTHER_ROOT | AA_WRAPPER_SHELL },
    { .names = "unshare", .shorts = "cCfG:hil:mnpR:rS:TuUVw:",
      .longs = "boottime= cgroup=? fork forward-signals help ipc=? keep-caps kill-child=? load-interp= "
               "map-auto map-current-user map-group= map-groups= map-root-user map-subids map-user= "
               "map-users= monotonic= mount=? mount-binfmt=? mount-proc=? net=? owner= pid=? "
               "propagation= root= setgid= setgroups= setuid= time=? user=? uts=? version wd=",
      .nothing = "h V help version", .opaque = "l load-interp mount-binfmt", .folder = "w wd",
      .root = "R root", .flags = AA_WRAPPER_SHELL },
    { .names = "nsenter", .shorts = "aC::cehFG:i::m::n::N:p::r::S:T::t:u::U::Vw::W:Z",
      .longs = "all cgroup=? env follow-context help ipc=? join-cgroup keep-caps mount=? net=? "
               "net-socket= no-fork pid=? preserve-credentials root=? setgid= setuid= target= time=? "
               "user=? user-parent uts=? version wd=? wdns=",
      .nothing = "h V help version", .opaque = "e env c join-cgroup", .folder = "w W wd wdns",
      .root = "a m r all mount root", .flags = AA_WRAPPER_SHELL },
    { .names = "setpriv", .shorts = "dhV",
      .longs = "ambient-caps= apparmor-profile= bounding-set= clear-groups dump egid= euid= groups= help "
               "inh-caps= init-groups keep-groups landlock-access= landlock-rule= list-caps nnp "
               "no-new-privs pdeathsig= ptracer= regid= reset-env reuid= rgid= ruid= seccomp-filter= "
               "securebits= selinux-label= version",
      .nothing = "d h V dump help list-caps version", .option = aa_read_setpriv_option },
    { .names = "runcon", .shorts = "ct:u:r:l:", .longs = "compute help level= range= role= type= user= version",
      .nothing = "help version", .option = aa_read_runcon_option, .command = aa_read_runcon },
    { .names = "capsh", .instead = aa_read_capsh },
    { .names = "aa-exec", .shorts = "dhin:p:v", .nothing = "h help", .flags = AA_WRAPPER_SHELL,
      .longs = "debug help immediate namespace= profile= verbose" },
    { .names = "chpst", .shorts = "012/:a:b:c:d:e:f:l:L:m:n:o:p:Pr:s:t:u:U:vV", .opaque = "b e",
      .root = "/", .nothing = "V" },
    { .names = "softlimit", .shorts = "a:c:d:f:l:m:o:p:r:s:t:" },
    { .names = "setuidgid gosu su-exec", .longs = "help version", .nothing = "help version", .operands = 1 },
    { .names = "doas", .shorts = "a:C:Lnsu:", .nothing = "C L", .opaque = "s" },
    { .names = "pkexec", .shorts = "hu:", .longs = "disable-internal-agent help keep-cwd user= version",
      .nothing = "h help version", .in = "", .flags = AA_WRAPPER_SHELL },
    { .names = "cgexec", .shorts = "g:hr", .longs = "help sticky", .nothing = "h help",
      .flags = AA_WRAPPER_PERMUTES },
    { .names = "ip", .instead = aa_read_ip },

    /* those that may start a shell with a string */
    { .names = "su", .shorts = "c:fg:G:hlmpPs:TVw:",
      .longs = "command= fast group= help login no-pty preserve-environment pty session-command= shell= "
               "supp-group= version whitelist-environment=",
      .nothing = "h V help version", .option = aa_read_su_option, .command = aa_read_su },
    { .names = "runuser", .shorts = "c:fg:G:hlmpPs:Tu:Vw:",
      .longs = "command= fast group= help login no-pty preserve-environment pty session-command= shell= "
               "supp-group= user= version whitelist-environment=",
      .nothing = "h V help version", .option = aa_read_su_option, .command = aa_read_su },
    { .names = "sudo", .shorts = "Aa:bBC:c:D:eEg:hHiKklNnPp:R:r:sSt:T:u:U:vV",
      .longs = "askpass auth-type= background bell chdir= chroot= close-from= command-timeout= edit group= "
               "help host= list login login-class= no-update non-interactive other-user= "
               "preserve-env=? preserve-groups prompt= remove-timestamp reset-timestamp role= set-home "
               "shell stdin type= user= validate version",
      .nothing = "K l v V help list remove-timestamp validate version", .opaque = "A askpass e edit h host",
      .folder = "D chdir", .root = "R chroot", .option = aa_read_sudo_option, .command = aa_read_sudo },
    { .names = "sudoedit", .instead = aa_read_sudoedit },
    { .names = "sg", .instead = aa_read_sg },
    { .names = "flock", .shorts = "?E:eFhnosuVw:x", .nothing = "? h V help version", .command = aa_read_flock,
      .longs = "close conflict-exit-code= exclusive fcntl help nb no-fork nonblock nonblocking shared "
               "timeout= unlock verbose version wait=" },
    { .names = "watch", .shorts = "bcCd::eghn:pq:rs:tvwx", .nothing = "h v help version",
      .longs = "beep chgexit color differences=? equexit= errexit exec help interval= no-color no-rerun "
               "no-title no-wrap precise shotsdir= version",
      .option = aa_read_watch_option, .command = aa_read_watch },
    { .names = "script", .shorts = "aB:c:eE:fhI:m:O:o:qT:t::V", .nothing = "h V help version",
      .longs = "append command= echo= flush force help log-in= log-io= log-out= log-timing= "
               "logging-format= output-limit= quiet return timing=? version",
      .flags = AA_WRAPPER_PERMUTES, .option = aa_read_script_option, .command = aa_read_script },

    /* a command for each of many */
    { .names = "find", .instead = aa_read_find },
    { .names = "xargs", .shorts = "0a:d:e::E:i::I:l::L:n:opP:rs:tx",
      .longs = "arg-file= delimiter= eof=? exit help interactive max-args= max-chars= max-lines=? "
               "max-procs= no-run-if-empty null open-tty process-slot-var= replace=? show-limits verbose "
               "version",
      .nothing = "help version", .opaque = "process-slot-var", .option = aa_read_xargs_option,
      .command = aa_read_xargs },
    { .names = "entr", .shorts = "acdnprsxz", .opaque = "s", .command = aa_read_entr },
    { .names = "parallel", .shorts = "0a:C:d:E:I:j:J:kL:l:mN:n:P:pqrs:S:tuvXx",
      .longs = "arg-file= bar colsep= delay= dry-run env= eta group halt= jobs= joblog= keep-order "
               "line-buffer link load= max-args= max-procs= memfree= nice= no-notice no-run-if-empty null "
               "pipe progress quote results= resume retries= sshlogin= tag tagstring= timeout= tmpdir= "
               "ungroup verbose will-cite workdir= xargs",
      .instead = aa_read_parallel },

    /* many programs in one file */
    { .names = "busybox toybox", .instead = aa_read_multi_call },
    { .names = "coreutils uutils", .instead = aa_read_multi_call },
    { .names = "ld.so", .longs = "argv0= audit= glibc-hwcaps-mask= glibc-hwcaps-prepend= help inhibit-cache "
                                 "inhibit-rpath= library-path= list list-diagnostics list-tunables "
                                 "preload= verify version",
      .nothing = "help list-diagnostics list-tunables version",
      .opaque = "argv0 audit glibc-hwcaps-mask glibc-hwcaps-prepend library-path list preload verify",
      .instead = aa_read_loader },

    /* services and sessions */
    { .names = "systemd-run", .shorts = "C:dE:GhH:M:p:PqrStu:v",
      .longs = "background= capsule= collect description= expand-environment= gid= help host= "
               "ignore-failure job-mode= json= machine= nice= no-ask-password no-block no-pager "
               "on-active= on-boot= on-calendar= on-clock-change on-startup= on-timezone-change "
               "on-unit-active= on-unit-inactive= path-property= pipe property= pty pty-late quiet "
               "remain-after-exit root-directory= same-dir same-root-dir scope send-sighup "
               "service-type= setenv= shell slice-inherit slice= socket-property= timer-property= uid= "
               "unit= user verbose version wait working-directory=",
      .nothing = "h help version",
      .opaque = "C capsule H host M machine path-property root-directory same-root-dir S shell "
                "socket-property timer-property user",
      .folder = "working-directory", .root = "H host M machine root-directory", .adds = "E setenv",
      .option = aa_read_systemd_run_option, .command = aa_read_systemd_run },
    { .names = "systemd-inhibit", .shorts = "h", .nothing = "h help list version",
      .longs = "help json= list mode= no-ask-password no-legend no-pager version what= who= why=" },
    { .names = "systemd-cat", .shorts = "hp:t:", .nothing = "h help version",
      .longs = "help identifier= level-prefix= namespace= priority= stderr-priority= version" },
    { .names = "start-stop-daemon", .shorts = "a:bCc:d:g:HI:KmN:n:oO:P:p:qR:r:Ss:Ttu:vVx:k:",
      .longs = "background chdir= chroot= chuid= exec= group= help iosched= make-pidfile name= nicelevel= "
               "no-close notify-await notify-timeout= oknodo output= pid= pidfile= ppid= procsched= quiet "
               "remove-pidfile retry= signal= start startas= status stop test umask= user= verbose version",
      .nothing = "H K T t V help status stop test version", .folder = "d chdir", .root = "r chroot",
      .flags = AA_WRAPPER_PERMUTES, .option = aa_read_start_stop_option, .command = aa_read_start_stop },
    { .names = "daemonize", .shorts = "ac:e:E:l:o:p:u:v", .folder = "c", .in = "/", .adds = "E",
      .flags = AA_WRAPPER_PERMUTES },
    { .names = "dbus-run-session", .longs = "config-file= dbus-daemon= help version",
      .nothing = "help version", .opaque = "config-file dbus-daemon" },
    { .names = "tini", .shorts = "e:ghlp:svw", .longs = "version", .nothing = "h l version",
      .flags = AA_WRAPPER_PERMUTES },
    { .names = "dumb-init", .shorts = "chr:vV", .longs = "help rewrite= single-child verbose version",
      .nothing = "h V help version" },

    /* what is written or waited for */
    { .names = "logsave", .shorts = "asv", .command = aa_read_logsave },
    { .names = "unbuffer", .shorts = "p" },
    { .names = "eatmydata catchsegv" },
    { .names = "chronic", .shorts = "ev" },
    { .names = "ifne", .shorts = "n" },
    { .names = "fakeroot", .shorts = "b:f:hi:l:s:uv", .nothing = "h v help version", .opaque = "f faked l lib",
      .longs = "faked= help lib= unknown-is-real version", .flags = AA_WRAPPER_SHELL },
    { .names = "sshpass", .shorts = "d:e::f:hP:p:vV", .nothing = "h V" },
    { .names = "strace", .shorts = "a:Ab:cCdDe:E:fFhiI:kno:O:p:P:qrs:S:tTu:U:vVwxX:yYzZ",
      .longs = "attach= columns= const-print-style= daemonize=? debug decode-fds=? decode-pids= detach-on= "
               "env= failed-only follow-forks help instruction-pointer interruptible= no-abbrev output= "
               "output-append-mode output-separately quiet=? relative-timestamps=? seccomp-bpf "
               "stack-traces=? string-limit= strings-in-hex=? successful-only summary summary-columns= "
               "summary-only summary-sort-by= summary-syscall-overhead= summary-wall-clock "
               "syscall-limit= syscall-number syscall-times=? tips=? trace= trace-path= user= version",
      .nothing = "h V help version", .adds = "E env", .option = aa_read_strace_option },

    /* not read: what may be a command in them is kept */
    { .names = "at batch debconf dbus-launch dpkg-architecture faketime gdb gdbserver hyperfine ltrace newgrp "
               "openvt perf proxychains proxychains4 rlwrap run-parts run0 scriptlive ssh-agent "
               "systemd-socket-activate tcpserver torsocks trickle tsocks valgrind xvfb-run cpulimit "
               "coresched cttyhack enosys envdir envuidgid fakeroot-ng fakeroot-sysv fakeroot-tcp "
               "gpg-agent memusage pipesz run-init setpgid sotruss switch_root tcpsvd udpsvd xtrace",
      .flags = AA_WRAPPER_OPAQUE },
    { .names = "screen tmux", .flags = AA_WRAPPER_OPAQUE | AA_WRAPPER_SHELL },
    { .names = "bubblewrap bwrap firejail machinectl proot schroot ssh systemd-nspawn",
      .flags = AA_WRAPPER_OPAQUE | AA_WRAPPER_OTHER_ROOT },
};

const size_t aa_wrapper_table_n = AA_ARRAY_SIZE(aa_wrapper_table);
