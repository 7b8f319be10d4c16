# Every way in which sudo can be called, and everything odd that a caller can do to it: the decision, what is said,
# and the records stay right.

import re
import signal

import pytest

from sandbox import DELETED

MS_NOEXEC = 8

POLICY = """\
rule ids { when command "/usr/bin/id" "/usr/bin/true" "/usr/bin/false" "/usr/bin/pwd" "/usr/bin/cat"; allow }
rule sleep { when command "/usr/bin/sleep"; allow }
rule steps { when user bob; when command "/usr/local/sbin/steps"; allow }
rule edit { when edit; when args "/etc/motd"; allow }
rule no { when command whoami; deny "nobody asks this" }
"""


@pytest.fixture
def box(armed):
    armed.policy(POLICY)
    return armed


def events(box):
    return [(r["AA_EVENT"], r["AA_COMMAND"]) for r in box.ledger()]


def last(box, event):
    return [r for r in box.ledger() if r["AA_EVENT"] == event][-1]


# ---- what is said, and where

def test_words_of_a_denial(box):
    result = box.run(["sudo", "whoami"], user="alice")
    assert result.stdout == b"" and result.rc == 1
    assert re.fullmatch(r"actionapprove: not run: /usr/bin/whoami\n  why:  nobody asks this\n  rule: no\n"
                        r"  next: .*\n  code: [0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4} \(E-DENIED-RULE\)\n", result.err)


def test_words_go_to_the_terminal(box):
    result = box.run(["sudo", "whoami"], user="alice", tty=True)
    assert "nobody asks this" in result.out and result.rc == 1


def test_nothing_is_said_when_allowed(box):
    result = box.run(["sudo", "id", "-u"], user="alice")
    assert (result.stdout, result.stderr) == (b"0\n", b"")


# ---- options

def test_noninteractive(box):
    assert box.run(["sudo", "-n", "id", "-u"], user="alice").stdout == b"0\n"
    assert "nobody asks" in box.run(["sudo", "-n", "whoami"], user="alice").err


def test_background(box):
    """With -b sudo's first process leaves at once; the end is on record all the same."""
    box.run(["sudo", "-b", "true"], user="alice", check=True)
    box.wait_until(lambda: ("finished", "/usr/bin/true") in events(box), "the record of the end")
    assert "nobody asks" in box.run(["sudo", "-b", "whoami"], user="alice").err


@pytest.mark.parametrize("option", [["-l"], ["-v"], ["-k"], ["-K"], ["-V"], ["-ll"], ["-l", "whoami"]])
def test_options_that_run_nothing(box, option):
    box.run(["sudo", *option], user="alice", check=True)
    assert events(box) == []


def test_version_names_both_halves(box):
    text = box.run(["sudo", "-V"], user="alice", check=True).out
    assert "ActionApprove approval plugin version" in text and "ActionApprove audit plugin version" in text


def test_login_shell(box):
    box.policy('rule shell { when interactive-shell; deny "no shells" }\ndefault allow\n')
    for argv in (["sudo", "-i"], ["sudo", "-s"], ["sudo", "bash"], ["sudo", "sh", "-i"]):
        assert "no shells" in box.run(argv, user="alice", stdin=b"").err, argv
    for argv in (["sudo", "-i", "id"], ["sudo", "-s", "id"], ["sudo", "sh", "-c", "id"]):
        err = box.run(argv, user="alice", stdin=b"").err
        assert "no shells" not in err and "it is wrapped in another command" in err, argv
    err = box.run(["sudo", "sh", "-c", "$X"], user="alice", stdin=b"").err
    assert "no shells" not in err and "cannot be read for certain" in err


def test_another_user_and_group(box):
    assert box.run(["sudo", "-u", "carol", "id", "-un"], user="alice").stdout == b"carol\n"
    assert last(box, "finished")["AA_RUNAS"] == "carol"
    box.policy('rule ids { when command "/usr/bin/id"; when runas root; when not runas-group dba; allow }\n')
    assert box.run(["sudo", "id", "-u"], user="alice").rc != 0       # an absent group: both forms are false in allow
    box.policy('rule no { when runas-group dba; deny "not this group" }\ndefault allow\n')
    assert "not this group" in box.run(["sudo", "-g", "dba", "id"], user="alice").err
    assert box.run(["sudo", "id", "-u"], user="alice").stdout == b"0\n"


def test_sudoedit(box):
    box.write("/home/alice/ed", "#!/bin/sh\necho by alice > $1\n", mode=0o755, owner="alice")
    box.run(["sudo", "-e", "/etc/motd"], user="alice", env={"SUDO_EDITOR": "/home/alice/ed"}, check=True)
    assert box.read("/etc/motd") == b"by alice\n"
    record = last(box, "finished")
    assert record["AA_COMMAND"] == "sudoedit /etc/motd" and record["AA_EXIT_STATUS"] == "0"


def test_chdir_option(box):
    box.sudoers("Defaults runcwd=*\n")
    assert box.run(["sudo", "-D", "/etc", "pwd"], user="alice", cwd="/tmp").stdout == b"/etc\n"
    assert last(box, "allowed")["AA_CWD"] == "/etc"


# ---- how it ended

@pytest.mark.parametrize("argv, field, value", [
    (["true"], "AA_EXIT_STATUS", "0"),
    (["false"], "AA_EXIT_STATUS", "1"),
    (["cat", "/nonexistent"], "AA_EXIT_STATUS", "1"),
])
def test_exit_status(box, argv, field, value):
    box.run(["sudo", *argv], user="alice")
    record = last(box, "finished")
    assert record[field] == value and int(record["AA_RUN_USEC"]) > 0
    assert record["AA_ID"] == last(box, "allowed")["AA_ID"]


def test_ended_by_a_signal(box):
    process = box.spawn(["sudo", "sleep", "60"], user="alice")
    box.wait_until(lambda: box.run(["pkill", "-9", "-x", "sleep"]).rc == 0, "sleep")
    process.wait()
    assert last(box, "finished")["AA_SIGNAL"] == str(int(signal.SIGKILL))


def test_cannot_be_executed(box):
    box.order("mount", source="none", target="/opt", fstype="tmpfs", flags=MS_NOEXEC, data="mode=0755")
    box.run(["cp", "/usr/bin/id", "/opt/id"], check=True)
    box.policy('rule ids { when command "/opt/id"; allow }\n')
    assert box.run(["sudo", "/opt/id"], user="alice").rc != 0
    assert last(box, "failed")["AA_ERROR"].startswith("E-EXEC:")


def test_sudo_killed_while_it_runs(box):
    """Then the end is missing, and everything else is whole."""
    process = box.spawn(["sudo", "sleep", "60"], user="alice")
    box.wait_until(lambda: any(e == "allowed" for e, _ in events(box)), "the record")
    process.kill(signal.SIGKILL)
    process.wait()
    box.run(["pkill", "-9", "-x", "sleep"])
    assert [e for e, _ in events(box)] == ["allowed"]
    assert box.run(["sudo", "id", "-u"], user="alice").stdout == b"0\n"
    box.run(["actionapprove", "verify"], check=True)


# ---- hostile bytes and sizes

def test_hostile_bytes_are_recorded_visibly(box):
    argument = b"a\n\x1b[2J\xff\xe2\x80\xae'\"$(id)"
    result = box.run([b"sudo", b"whoami", argument], user="alice")
    assert b"\x1b" not in result.stderr and b"\xe2\x80\xae" not in result.stderr
    command = last(box, "refused")["AA_COMMAND"]
    echoed = box.run(["bash", "-c", "printf %s " + command.split(" ", 1)[1]], check=True)
    assert echoed.stdout == argument, "AA_COMMAND can be pasted"


def test_folder_with_hostile_name(box):
    name = b"/tmp/x\n\x1b[31m\xff"
    box.run([b"mkdir", b"-m", b"777", name], check=True)
    assert box.run([b"sh", b"-c", b'cd "$1" && exec sudo id -u', b"sh", name], user="alice").stdout == b"0\n"
    assert last(box, "allowed")["AA_CWD"] == "/tmp/x\\n\\x1b[31m\\xff"


@pytest.mark.parametrize("size, count", [(131071, 1), (131071, 10), (1, 20000)])
def test_long_command_lines(box, size, count):
    argv = ["sudo", "id", "-u", "--"] + ["x" * size] * count
    assert box.run(argv, user="alice").rc == 1                       # id refuses them itself
    record = last(box, "allowed")
    assert len(record["AA_COMMAND"]) < 300 * 1024
    assert ("left out" in record["AA_COMMAND"]) == (size * count > 300 * 1024)
    box.run(["sudo", "whoami", "y" * 131071], user="alice")
    box.run(["actionapprove", "verify"], check=True)


# ---- the caller's process

def test_deleted_folder(box):
    assert box.run(["sudo", "id", "-u"], user="alice", cwd=DELETED).stdout == b"0\n"
    assert "AA_CWD" not in last(box, "allowed")
    box.policy('rule away { when not cwd "/home/**"; deny "outside" }\ndefault allow\n')
    assert "outside" in box.run(["sudo", "id"], user="alice", cwd=DELETED).err
    box.policy('rule home { when cwd "/home/**"; deny "inside" }\ndefault allow\n')
    assert "inside" in box.run(["sudo", "id"], user="alice", cwd=DELETED).err
    box.policy('rule ids { when command "/usr/bin/id"; when not cwd "/etc"; allow }\n')
    assert box.run(["sudo", "id"], user="alice", cwd=DELETED).rc != 0


def test_relative_command(box):
    box.sh("mkdir /opt/tools; cp /usr/bin/id /opt/tools/", check=True)
    box.policy('rule ids { when command "/opt/tools/id"; allow }\n')
    assert box.run(["sudo", "./id", "-u"], user="alice", cwd="/opt/tools").stdout == b"0\n"
    assert last(box, "allowed")["AA_EXE"] == "/opt/tools/id"


@pytest.mark.parametrize("fds", [[0], [1], [2], [0, 1, 2]])
def test_closed_descriptors(box, fds):
    result = box.run(["sudo", "true"], user="alice", closed_fds=fds)
    assert result.rc == 0
    assert box.run(["sudo", "whoami"], user="alice", closed_fds=fds).rc == 1
    assert [e for e, _ in events(box)] == ["allowed", "finished", "refused"]


@pytest.mark.parametrize("signals", [[signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD, signal.SIGPIPE,
                                      signal.SIGALRM, signal.SIGXFSZ, signal.SIGQUIT, signal.SIGTSTP]])
def test_ignored_and_blocked_signals(box, signals):
    for options in ({"ignored_signals": signals}, {"blocked_signals": signals}):
        assert box.run(["sudo", "id", "-u"], user="alice", **options).stdout == b"0\n"
        assert box.run(["sudo", "whoami"], user="alice", **options).rc == 1


@pytest.mark.parametrize("limits", [
    {"NOFILE": 16}, {"NOFILE": 8}, {"NOFILE": 5}, {"NPROC": 10}, {"STACK": 1 << 20}, {"MEMLOCK": 0}, {"CORE": 0},
    {"AS": 64 << 20}, {"DATA": 4 << 20}, {"CPU": 5}, {"FSIZE": 0}, {"FSIZE": 1 << 30}, {"NICE": 0}, {"SIGPENDING": 0},
    {"MSGQUEUE": 0}, {"RTPRIO": 0},
], ids=str)
def test_tiny_limits(box, limits):
    """Whatever the limit: what policy denies never runs, and what it allows runs or is denied with a cause."""
    denied = box.run(["sudo", "whoami"], user="alice", rlimits=limits)
    assert denied.stdout == b"" and denied.rc != 0
    allowed = box.run(["sudo", "id", "-u"], user="alice", rlimits=limits)
    assert allowed.stdout == b"0\n" or (allowed.rc != 0 and allowed.err.strip() != "")


@pytest.mark.parametrize("env", [
    {"TZ": ":/etc/shadow"}, {"TZ": "Pacific/Kiritimati"}, {"LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"},
    {"LC_ALL": "ja_JP.SJIS"}, {"LANGUAGE": "de:fr"}, {"SUDO_APPROVE_FORMAT": "json"}, {"HOME": "/nonexistent"},
    {"TERM": "dumb"}, {"COLUMNS": "1"}, {"MALLOC_CHECK_": "3", "MALLOC_PERTURB_": "165"}, {"LD_BIND_NOW": "1"},
    {"GLIBC_TUNABLES": "glibc.malloc.check=3"}, {"LD_DEBUG": "all"}, {"LD_PRELOAD": "/nonexistent.so"},
], ids=str)
def test_environment_of_the_caller(box, env):
    """None of it changes a decision; the times in records are UTC whatever TZ says."""
    assert box.run(["sudo", "id", "-u"], user="alice", env=env).stdout == b"0\n"
    assert box.run(["sudo", "whoami"], user="alice", env=env).stdout == b""
    times = [r["AA_TIME"] for r in box.ledger()]
    assert times == sorted(times) and all(t.endswith("Z") for t in times)


def test_environment_without_equals_sign(box):
    environment = [b"PATH=/usr/bin:/bin", b"NOEQUALS", b"=empty", b"A=\xff\n", b"A=2"]
    assert box.run(["sudo", "id", "-u"], user="alice", env=environment).stdout == b"0\n"


def test_umask_and_nice(box):
    assert box.run(["sudo", "id", "-u"], user="alice", umask=0o777, nice=19).stdout == b"0\n"
    assert box.stat("/var/lib/actionapprove/ledger").st_mode & 0o777 == 0o600


# ---- intercept: a script of root's, whose commands nobody reads in advance

def script(box, text):
    box.write("/usr/local/sbin/steps", "#!/usr/bin/dash\n" + text, mode=0o755)
    return ["sudo", "/usr/local/sbin/steps"]


def test_intercept(box):
    """Each child is decided on; a refusal does not end the command."""
    box.sudoers("Defaults intercept\n")
    result = box.run(script(box, "/usr/bin/id -u; /usr/bin/whoami; /usr/bin/true; exit 7"), user="bob")
    assert result.rc == 7, result.err
    assert b"0\n" in result.stdout and b"root" not in result.stdout
    assert "nobody asks this" in result.err
    found = events(box)
    assert ("allowed", "/usr/bin/id -u") in found and ("refused", "/usr/bin/whoami") in found
    ends = [r for r in box.ledger() if r["AA_EVENT"] == "finished"]
    assert len(ends) == 1 and ends[0]["AA_EXIT_STATUS"] == "7" and "steps" in ends[0]["AA_COMMAND"]


def test_intercepted_is_a_condition(box):
    box.policy('rule no { when intercepted; when command id; deny "not from a shell" }\n'
               'rule ids { when command "/usr/bin/id"; allow }\n'
               'rule steps { when command "/usr/local/sbin/steps"; allow }\n')
    box.sudoers("Defaults intercept\n")
    result = box.run(script(box, "/usr/bin/id -u; true"), user="bob")
    assert result.stdout == b"" and "not from a shell" in result.err
    assert box.run(["sudo", "id", "-u"], user="bob").stdout == b"0\n"


def test_log_subcmds(box):
    """sudo only tells of children here: nothing is refused and nothing is said."""
    box.sudoers("Defaults log_subcmds\n")
    result = box.run(script(box, "/usr/bin/whoami; exit 0"), user="bob")
    assert result.stdout == b"root\n" and result.rc == 0, result.err
    assert events(box)[-1][0] == "finished"


def test_on_a_terminal_with_use_pty(box):
    box.sudoers("Defaults use_pty\n")
    assert "0" in box.run(["sudo", "id", "-u"], user="alice", tty=True).out
    assert last(box, "finished")["AA_TTY"].startswith("/dev/pts/")


def test_another_plugin_refuses_after_us(box):
    source = """
#include <sudo_plugin.h>
static int o(unsigned v,sudo_conv_t c,sudo_printf_t p,char*const s[],char*const u[],int i,char*const a[],char*const e[],
             char*const x[],const char**r){return 1;}
static int check(char*const i[],char*const a[],char*const e[],const char**r){*r="not by me";return 0;}
static int version(int v){return 1;}
struct approval_plugin other={SUDO_APPROVAL_PLUGIN,SUDO_API_VERSION,o,0,check,version};
"""
    box.write("/root/other.c", source)
    box.run(["gcc", "-shared", "-fPIC", "-w", "-o", "/usr/libexec/sudo/other.so", "/root/other.c"], check=True)
    box.plugin_lines()
    box.sh("echo 'Plugin other other.so' >> /etc/sudo.conf", check=True)
    assert box.run(["sudo", "id"], user="alice").stdout == b""
    assert last(box, "failed")["AA_ERROR"].startswith("E-NOT-RUN:")
