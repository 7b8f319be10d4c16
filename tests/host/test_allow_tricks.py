# Tricks against an allow rule: each would make the allowed name run something of alice's own. None may run. The rule
# allows /usr/bin/id, a bound script of root's, editing /etc/motd and vipw-like nothing else.

import pytest

POLICY = """\
rule ids { when command "/usr/bin/id"; allow }
rule tool { when command "/usr/local/sbin/tool"; when args "status"; allow }
rule motd { when edit; when args "/etc/motd"; allow }
rule reader { when command "/usr/bin/cat"; when args "/etc/hostname"; allow }
"""
EVIL = b"evil ran as "


@pytest.fixture
def box(armed):
    armed.write("/usr/local/sbin/tool", "#!/bin/sh\necho the tool says $1\n", mode=0o755)
    armed.policy(POLICY)
    return armed


def refused(box, argv, user="alice", **options):
    result = box.run(argv, user=user, **options)
    assert EVIL not in result.stdout + result.stderr
    assert b"the tool says" not in result.stdout
    assert b"uid=0" not in result.stdout and b"root:" not in result.stdout
    assert result.rc != 0, result.out + result.err
    return result.err


def evil_program(box, path):
    box.write(path, '#!/bin/sh\necho "evil ran as $(/usr/bin/id -u)"\n', mode=0o755, owner="alice")
    return path


def evil_library(box):
    source = '#include <unistd.h>\n__attribute__((constructor)) static void f(void){write(1,"evil ran as ",12);}\n'
    box.write("/home/alice/evil.c", source, owner="alice")
    box.run(["gcc", "-shared", "-fPIC", "-o", "/home/alice/evil.so", "/home/alice/evil.c"], check=True)
    return "/home/alice/evil.so"


def test_the_rules_work(box):
    assert box.run(["sudo", "id", "-u"], user="alice").stdout == b"0\n"
    assert box.run(["sudo", "/usr/bin/id", "-u"], user="alice").stdout == b"0\n"
    assert box.run(["sudo", "tool", "status"], user="alice").stdout == b"the tool says status\n"
    assert box.run(["sudo", "-n", "id", "-u"], user="alice").stdout == b"0\n"
    assert box.run(["sudo", "-u", "carol", "id", "-un"], user="alice").stdout == b"carol\n"


# ---- the environment

def test_ld_preload(box):
    assert "LD_PRELOAD" in refused(box, ["sudo", "LD_PRELOAD=" + evil_library(box), "/usr/bin/id"])


def test_ld_preload_kept_by_a_careless_sudoers(box):
    library = evil_library(box)
    box.sudoers("Defaults !env_reset\nDefaults env_delete -= LD_*\n")
    assert "variable" in refused(box, ["sudo", "/usr/bin/id"], env={"BASH_ENV": "/home/alice/x"})
    assert "variable" in refused(box, ["sudo", "-E", "/usr/bin/id"], env={"EVIL": library})


@pytest.mark.parametrize("variable", [
    "LD_LIBRARY_PATH=/home/alice", "LD_AUDIT=/home/alice/evil.so", "GCONV_PATH=/home/alice", "BASH_ENV=/home/alice/x",
    "ENV=/home/alice/x", "PYTHONPATH=/home/alice", "PERL5LIB=/home/alice", "PERL5OPT=-Mevil", "NODE_OPTIONS=-r/x",
    "IFS=x", "PS4=$(id)", "TERMINFO=/home/alice", "LOCPATH=/home/alice", "NLSPATH=/home/alice/%N",
    "MALLOC_TRACE=/etc/motd", "GIT_SSH_COMMAND=evil", "PAGER=evil", "EDITOR=evil", "LESSOPEN=|evil",
    "PATH=/home/alice:/usr/bin", "PATH=.:/usr/bin", "PATH=/usr/bin:", "PATH=/tmp:/usr/bin", "HOME=/home/alice",
    "TERM=../../home/alice/x", "LANG=../../home/alice", "LC_ALL=/home/alice", "TZ=/etc/shadow", "TZ=:/etc/shadow",
    "SHELL=/home/alice/sh", "USER=alice", "SUDO_EDITOR=evil", "SUDO_ASKPASS=/home/alice/x", "SUDO_PS1=$(evil)",
    "OPENSSL_CONF=/home/alice/x", "SSLKEYLOGFILE=/home/alice/x", "TMPDIR=/home/alice", "XAUTHORITY=../x",
    "FOO=bar", "BASH_FUNC_id%%=() { echo evil ran as me; }",
])
def test_variable_on_the_command_line(box, variable):
    err = refused(box, ["sudo", variable, "tool", "status"])
    assert "environment" in err or "PATH" in err or "not allowed" in err or "would" in err, err


@pytest.mark.parametrize("variable", ["TERM=xterm-256color", "LANG=de_DE.UTF-8", "LC_TIME=C.UTF-8", "TZ=Europe/Berlin",
                                      "COLORTERM=truecolor", "DISPLAY=:0"])
def test_harmless_variable(box, variable):
    assert box.run(["sudo", variable, "id", "-u"], user="alice").stdout == b"0\n"


def test_env_ok_names_one_variable(box):
    box.policy('rule ids { when command "/usr/bin/id"; allow; env-ok DEBIAN_FRONTEND }\n')
    assert box.run(["sudo", "DEBIAN_FRONTEND=x", "id", "-u"], user="alice").stdout == b"0\n"
    refused(box, ["sudo", "DEBIAN_FRONTEND=x", "LD_PRELOAD=/x", "id"])


# ---- names, copies, links, folders

def test_base_name_of_ones_own(box):
    evil_program(box, "/home/alice/id")
    refused(box, ["sudo", "./id"], cwd="/home/alice")
    refused(box, ["sudo", "/home/alice/id"])


def test_own_copy(box):
    box.run(["cp", "/usr/bin/id", "/home/alice/id"], user="alice", check=True)
    refused(box, ["sudo", "/home/alice/id"])


def test_own_link_to_an_allowed_program(box):
    """Runs the allowed program, but through a link that alice can turn while sudo looks."""
    box.run(["ln", "-s", "/usr/bin/id", "/home/alice/id"], user="alice", check=True)
    refused(box, ["sudo", "/home/alice/id"])


def test_link_in_a_sticky_folder(box):
    box.run(["ln", "-s", "/usr/bin/id", "/tmp/id"], user="alice", check=True)
    refused(box, ["sudo", "/tmp/id"])


def test_link_of_roots_in_a_users_folder(box):
    box.sh("ln -s /usr/bin/id /home/alice/rid; chown -h root /home/alice/rid", check=True)
    refused(box, ["sudo", "/home/alice/rid"])


def test_dotdot_through_ones_own_folder(box):
    refused(box, ["sudo", "/home/alice/../../usr/bin/id"])


def test_link_of_roots_is_followed(box):
    box.run(["ln", "-s", "/usr/bin/id", "/usr/local/bin/whoami2"], check=True)
    assert box.run(["sudo", "whoami2", "-u"], user="alice").stdout == b"0\n"


@pytest.mark.parametrize("script, words", [
    ("chmod 775 /usr/local/sbin/tool", "writable by group"),
    ("chmod 757 /usr/local/sbin/tool", "writable by group or others"),
    ("chown alice /usr/local/sbin/tool", "not root's own"),
    ("chmod 775 /usr/local/sbin", "writable by group"),
    ("chmod 777 /usr/local", "writable by group or others"),
    ("chown alice /usr/local", "not root's own"),
    ("setfacl -m u:alice:rwx /usr/local/sbin/tool", "writable by group"),
    ("setfacl -m u:alice:rwx /usr/local/sbin", "writable by group"),
])
def test_program_that_others_can_change(box, script, words):
    box.sh(script, check=True)
    err = refused(box, ["sudo", "/usr/local/sbin/tool", "status"])
    assert words in err or "secure" in err or "PATH" in err, err


def test_interpreter_that_others_can_change(box):
    box.sh("cp /bin/sh /home/alice/sh; chown root /home/alice/sh", check=True)
    box.write("/usr/local/sbin/tool", "#!/home/alice/sh\necho the tool says $1\n", mode=0o755)
    assert "/home/alice" in refused(box, ["sudo", "/usr/local/sbin/tool", "status"])


def test_interpreter_by_env(box):
    box.write("/usr/local/sbin/tool", "#!/usr/bin/env sh\necho the tool says $1\n", mode=0o755)
    assert box.run(["sudo", "tool", "status"], user="alice").stdout == b"the tool says status\n"
    refused(box, ["sudo", "PATH=/home/alice:/usr/bin", "/usr/local/sbin/tool", "status"])


# ---- arguments

@pytest.mark.parametrize("arguments", [[], ["status", "more"], ["Status"], ["status "], [""], ["--", "status"],
                                       ["status\n"], ["statu", "s"]])
def test_other_arguments(box, arguments):
    refused(box, ["sudo", "tool", *arguments])


# ---- wrappers, shells, editors

@pytest.mark.parametrize("argv", [
    ["env", "id"], ["env", "-i", "id"], ["nice", "id"], ["nohup", "id"], ["timeout", "5", "id"], ["setsid", "id"],
    ["sh", "-c", "id"], ["bash", "-c", "id"], ["bash"], ["dash", "-c", "id"], ["perl", "-e", "exec 'id'"],
    ["python3", "-c", "import os; os.system('id')"], ["xargs", "id"], ["find", "/etc/hostname", "-exec", "id", ";"],
    ["sudo", "id"], ["su", "-c", "id"], ["/lib64/ld-linux-x86-64.so.2", "/usr/bin/id"], ["stdbuf", "-o0", "id"],
    ["busybox", "id"], ["awk", "BEGIN{system(\"id\")}"], ["script", "-c", "id", "/dev/null"], ["flock", "/tmp/l", "id"],
    ["unshare", "id"], ["chroot", "/", "id"],
])
def test_wrapper(box, argv):
    refused(box, ["sudo", *argv])


def test_a_rule_for_a_wrapper_needs_wrapped_ok(box):
    box.policy('rule env { when command "/usr/bin/env"; allow; wrapped-ok; opaque-ok }\n')
    refused(box, ["sudo", "env", "id"])
    box.policy('rule env { when command "/usr/bin/env" "/usr/bin/id"; allow; opaque-ok }\n')
    assert "wrapped" in refused(box, ["sudo", "env", "id", "-u"])
    box.policy('rule env { when command "/usr/bin/env" "/usr/bin/id"; allow; wrapped-ok }\n')
    assert box.run(["sudo", "env", "id", "-u"], user="alice").stdout == b"0\n"


@pytest.mark.parametrize("option", ["-i", "-s"])
def test_shell_options(box, option):
    refused(box, ["sudo", option], stdin=b"echo evil ran as me\n")
    refused(box, ["sudo", option, "id"])


def test_shell_of_ones_own(box):
    evil_program(box, "/home/alice/id")
    refused(box, ["sudo", "-s"], env={"SHELL": "/home/alice/id"})
    refused(box, ["sudo", "-s"], env={"SHELL": "/usr/bin/id"})


def test_chroot(box):
    box.sudoers("Defaults runchroot=*\n")
    box.sh("mkdir -p /home/alice/root/usr/bin; chown -R alice /home/alice/root", check=True)
    evil_program(box, "/home/alice/root/usr/bin/id")
    refused(box, ["sudo", "-R", "/home/alice/root", "/usr/bin/id"])


# ---- sudoedit

def test_sudoedit_by_its_rule(box):
    box.write("/home/alice/ed", "#!/bin/sh\necho changed > $1\n", mode=0o755, owner="alice")
    box.run(["sudoedit", "/etc/motd"], user="alice", env={"SUDO_EDITOR": "/home/alice/ed"}, check=True)
    assert box.read("/etc/motd") == b"changed\n"


def test_sudoedit_of_another_file(box):
    refused(box, ["sudoedit", "/etc/shadow"], env={"SUDO_EDITOR": "/usr/bin/cat"})
    refused(box, ["sudoedit", "/etc/motd", "/etc/shadow"], env={"SUDO_EDITOR": "/usr/bin/cat"})


def test_editor_that_an_allow_rule_names(box):
    """sudo hands over the editor as the command: /usr/bin/cat with the right arguments must not match."""
    box.policy('rule reader { when command "/usr/bin/cat"; allow }\n')
    refused(box, ["sudoedit", "/etc/hostname"], env={"SUDO_EDITOR": "/usr/bin/cat -"})
    refused(box, ["sudoedit", "/etc/shadow"], env={"EDITOR": "/usr/bin/cat"})


def test_sudoedit_through_a_link(box):
    box.run(["ln", "-s", "/etc/motd", "/home/alice/motd"], user="alice", check=True)
    refused(box, ["sudoedit", "/home/alice/motd"], env={"SUDO_EDITOR": "/usr/bin/cat"})


def test_default_allow_has_the_limits_too(box):
    box.policy("default allow\n")
    assert box.run(["sudo", "id", "-u"], user="alice").stdout == b"0\n"
    evil_program(box, "/home/alice/id")
    refused(box, ["sudo", "/home/alice/id"])
    refused(box, ["sudo", "FOO=bar", "id"])
    refused(box, ["sudo", "sh", "-c", "id"])
    refused(box, ["sudoedit", "/etc/motd"], env={"SUDO_EDITOR": "/usr/bin/cat"})


def test_never_as_an_approver(box):
    box.policy('channel c { type local }\nperson bob { unix bob }\ngroup g { person bob }\n'
               'rule ids { when command "/usr/bin/id"; allow }\n')
    assert "approver" in refused(box, ["sudo", "-u", "bob", "id"])
    assert box.run(["sudo", "-u", "carol", "id", "-un"], user="alice").stdout == b"carol\n"


# ---- ask and deny are wide

@pytest.mark.parametrize("make", [
    lambda box: ["id"],
    lambda box: ["/usr/bin/id"],
    lambda box: [box.run(["ln", "-s", "/usr/bin/id", "/home/alice/x"], check=True) and "/home/alice/x"],
    lambda box: [box.run(["cp", "/usr/bin/id", "/home/alice/id"], check=True) and "/home/alice/id"],
    lambda box: ["/usr/bin/../bin/id"],
])
def test_deny_by_base_name(box, make):
    box.policy('rule no { when command id; deny "no ids here" }\ndefault allow\n')
    assert "no ids here" in refused(box, ["sudo", *make(box)])


def test_not_command_is_no_way_out(box):
    """A program of alice's own with the excepted name is not the excepted program."""
    box.policy('rule freeze { when not command cat; deny "frozen" }\ndefault allow\n')
    evil_program(box, "/home/alice/cat")
    assert "frozen" in refused(box, ["sudo", "/home/alice/cat"])
    assert box.run(["sudo", "cat", "/etc/hostname"], user="alice").rc == 0


def test_agent_by_login_identity(box):
    """The kernel's loginuid stays claude's after claude became alice."""
    box.policy('person alice { unix alice }\nagent claude { unix claude; owner alice }\n'
               'rule no { when agent any; deny "not for agents" }\nrule ids { when command "/usr/bin/id"; allow }\n')
    assert "not for agents" in refused(box, ["sudo", "id"], user="claude")
    assert box.run(["sudo", "id", "-u"], user="alice").stdout == b"0\n"
    try:
        result = box.run(["sudo", "id", "-u"], user="alice", loginuid=1004)
    except OSError as error:
        pytest.skip(f"loginuid cannot be set here: {error}")
    assert b"not for agents" in result.stderr and result.stdout == b""


# ---- what a walk by names cannot see

def elsewhere(box):
    """A process of alice's that sees her own file at /usr/bin/id, in a mount namespace of hers."""
    evil_program(box, "/home/alice/evil")
    process = box.spawn(["unshare", "-Urm", "sh", "-c",
                         "mount --bind /home/alice/evil /usr/bin/id && echo ready && exec sleep 60"], user="alice")
    try:
        process.read_until(b"ready", timeout=5)
    except Exception:  # pylint: disable=broad-except
        pytest.skip("users cannot make mount namespaces here")
    return process


@pytest.mark.parametrize("path", ["/proc/self/fd/0", "/dev/stdin", "/dev/fd/0"])
def test_magic_link_to_another_namespace(box, path):
    process = elsewhere(box)
    refused(box, ["sh", "-c", f"exec sudo {path} -u < /proc/{process.pid}/root/usr/bin/id"])


def test_magic_link_to_a_process(box):
    process = elsewhere(box)
    refused(box, ["sudo", f"/proc/{process.pid}/root/usr/bin/id", "-u"])


def test_magic_link_to_the_current_folder(box):
    box.sudoers("Defaults runcwd=*\n")
    evil_program(box, "/home/alice/id")
    refused(box, ["sudo", "-D", "/home/alice", "/proc/self/cwd/id"], cwd="/usr/bin")
    refused(box, ["sudo", "/proc/self/cwd/id"], cwd="/usr/bin")
    refused(box, ["sudoedit", "/proc/self/cwd/motd"], cwd="/etc", env={"SUDO_EDITOR": "/usr/bin/cat"})


def test_empty_path(box):
    box.write("/usr/local/sbin/tool", "#!/bin/sh\nhostname\n", mode=0o755)
    evil_program(box, "/home/alice/hostname")
    refused(box, ["sudo", "PATH=", "/usr/local/sbin/tool", "status"], cwd="/home/alice")


@pytest.mark.parametrize("variable", ["SUDO_GID=0", "SUDO_COMMAND=x", "SUDO_HOME=/home/alice", "SUDO_TTY=/dev/tty",
                                      "_=/bin/sh", "PATH=/usr/share/doc:/usr/bin", "PWD=/"])
def test_what_is_sudos_to_set(box, variable):
    refused(box, ["sudo", variable, "id"])


def test_words_behind_the_command_are_no_variables(box):
    box.policy('rule cat { when command "/usr/bin/echo"; allow }\n')
    assert box.run(["sudo", "echo", "PATH=x"], user="alice").stdout == b"PATH=x\n"


def test_deny_by_a_path_through_a_linked_folder(box):
    box.policy('rule no { when command "/bin/dash"; deny "no dashes" }\ndefault allow\n')
    assert "no dashes" in refused(box, ["sudo", "dash", "-c", "id"])
    assert "no dashes" in refused(box, ["sudo", "/usr/bin/dash", "-c", "id"])


def test_deny_by_another_name_of_the_target(box):
    box.sh("echo 'toor:x:0:0::/root:/bin/sh' >> /etc/passwd", check=True)
    box.policy('rule no { when runas root; when command id; deny "not as root" }\ndefault allow\n')
    assert "not as root" in refused(box, ["sudo", "-u", "toor", "id"])


@pytest.mark.parametrize("argv", [["bash", "-"], ["bash", "-norc"], ["bash", "-o", "vi"], ["bash", "--rcfile", "/dev/null"],
                                  ["sh", "-s", "x"], ["bash", "-i"], ["bash", "/dev/stdin"]])
def test_deny_of_interactive_shells(box, argv):
    box.policy('rule no { when interactive-shell; deny "no shells" }\ndefault allow\n')
    assert "no shells" in refused(box, ["sudo", *argv], stdin=b"id\n")
