# Ways to have "mark" run unseen, with the real sudo and the real programs: by programs that run others, by links of
# one's own, by another PATH, by code that is not there yet. Every line here ran it once.

import pytest

from asking import asking_fixture  # noqa: F401  pylint: disable=unused-import

SEEN = ('rule mark { when command mark; deny "SEEN" }\nrule unread { when opaque; deny "UNREAD" }\n'
        'rule any { when command "/**"; allow; wrapped-ok }\n')
REPOSITORY = """
    mkdir -p /home/claude/repo && cd /home/claude/repo && git init -q && git config core.fsmonitor 'mark x; false'
    chown -R claude /home/claude/repo
"""
UNSEEN = [
    ("fakeroot-sysv", "mark", "x"),
    ("fakeroot-tcp", "mark", "x"),
    ("memusage", "mark", "x"),
    ("sotruss", "mark", "x"),
    ("busybox", "cttyhack", "mark", "x"),
    ("service", "../../usr/bin/mark", "x"),
    ("gcc-12", "-wrapper", "/usr/bin/mark,x", "-c", "-x", "c", "/dev/null", "-o", "/dev/null"),
    ("man", "-C", "/home/claude/man.conf", "ls"),
    ("git", "clone", "-u", "mark x", "/home/claude/repo", "/tmp/clone"),
    ("git", "clone", "-qu", "mark x", "/home/claude/repo", "/tmp/clone"),
    ("git", "-C", "/home/claude/repo", "status"),
    ("git", "-C", "/home/claude/repo", "rebase", "-x", "mark x", "HEAD"),
    ("/home/claude/ionice", "-c", "mark x"),          # a link to bash
    ("nm", "--plugin", "/home/claude/evil.so", "/usr/bin/true"),
    ("gcc-nm-12", "--plugin=/home/claude/evil.so", "/usr/bin/true"),
    ("ssh-keygen", "-D", "/home/claude/evil.so"),
    ("prove", "-e", "mark", "x"),
]


def stand_in(asking, name):
    """Where only the name matters, any program of it will do."""
    asking.box.sh(f"[ -e /usr/bin/{name} ] || cp /usr/bin/true /usr/bin/{name}", check=True)


@pytest.mark.parametrize("argv", UNSEEN, ids=" ".join)
def test_it_is_seen_or_unread(asking, argv):
    asking.box.sh(REPOSITORY, check=False)
    asking.box.write("/home/claude/man.conf", "DEFINE pager mark x\nDEFINE tbl mark x\nDEFINE cat mark x\n", owner="claude")
    asking.box.run(["ln", "-s", "/usr/bin/bash", "/home/claude/ionice"], user="claude", check=True)
    asking.box.write("/home/claude/evil.c", '#include <stdlib.h>\n__attribute__((constructor)) static void f(void)'
                     '{unsetenv("LD_PRELOAD");(void)!system("mark x");}\n', owner="claude")
    asking.box.run(["gcc", "-shared", "-fPIC", "-o", "/home/claude/evil.so", "/home/claude/evil.c"])
    asking.policy(SEEN)
    result = asking.start(*argv).wait()
    if "command not found" in result.err:
        pytest.skip(f"{argv[0]} is not installed")
    assert asking.marks() == [] and ("SEEN" in result.err or "UNREAD" in result.err), result.out + result.err


def test_git_of_root_is_no_more_than_git(asking):
    stand_in(asking, "git")
    asking.box.sh("mkdir /srv/repo && cd /srv/repo && git init -q", check=True)
    asking.policy(SEEN)
    assert asking.start("git", "-C", "/srv/repo", "status", cwd="/").wait().rc == 0


@pytest.mark.parametrize("argv", [("sh", "-c", "command -p tool x"), ("bash", "-c", "command -p tool x")], ids=" ".join)
def test_the_path_that_a_shell_has_by_itself(asking, argv):
    asking.box.sh("cp /usr/bin/mark /usr/bin/tool; cp /usr/bin/true /usr/local/bin/tool", check=True)
    asking.policy("rule tool { when command /usr/local/bin/tool /usr/bin/dash /usr/bin/bash; allow; wrapped-ok }\n")
    assert asking.start("sh", "-c", "tool x").wait().rc == 0
    assert asking.start(*argv).wait().rc == 1 and asking.marks() == []


@pytest.mark.parametrize("argv", [
    ("env", "-i", "sh", "-c", "tool x"), ("env", "-i", "/bin/sh", "-c", "tool x"), ("env", "-u", "PATH", "bash", "-c", "tool x"),
    ("env", "PATH=/home/claude/bin:/usr/local/bin:/usr/bin", "tool", "x"),  # there it is no program
], ids=" ".join)
def test_a_path_in_a_deny_rule_means_where_it_may_be_found(asking, argv):
    asking.box.sh("cp /usr/bin/mark /usr/local/bin/tool; mkdir /home/claude/bin; echo > /home/claude/bin/tool;"
                  "chown -R claude /home/claude/bin", check=True)
    asking.policy('rule tool { when command /usr/local/bin/tool; deny "SEEN" }\ndefault ask console\ndefault from dba\n'
                  'default timeout 2s\ndefault allow-unbound\n')
    assert "SEEN" in asking.start(*argv).wait().err


@pytest.mark.parametrize("argv", [
    ("env", "PATH=/home/claude/bin:/usr/bin:/bin", "/usr/local/bin/tool"),
    ("env", "PATH=/home/claude/nothing-yet:/usr/bin:/bin", "/usr/local/bin/tool"),
    ("PATH=/home/claude/nothing-yet:/usr/bin:/bin", "/usr/local/bin/tool"),
    ("PATH=:/usr/bin:/bin", "/usr/local/bin/tool"),
    ("gdb", "-batch", "-x", "nothing-yet"),
    ("tmux", "-frc", "new-session"),
    ("git", "status"),
], ids=" ".join)
def test_nobody_is_asked_for_what_could_come_to_be_there(asking, argv):
    asking.box.write("/usr/local/bin/tool", "#!/usr/bin/env sh\nmark x\n", mode=0o755)
    asking.box.sh("mkdir /home/claude/bin; cp /bin/sh /home/claude/bin; echo > /home/claude/rc; chown -R claude /home/claude",
                  check=True)
    for name in ("gdb", "tmux", "git"):
        stand_in(asking, name)
    asking.policy("default ask console\ndefault from dba\ndefault timeout 2s\n")
    result = asking.start(*argv, cwd="/home/claude").wait()
    assert result.rc == 1 and "E-UNBOUND" in result.err and asking.marks() == [], result.err


@pytest.mark.parametrize("argv", [("bash", "//dev/stdin"), ("sh", "/home/claude/in"), ("sh", "-c", ". //dev/stdin"), ("tmux",),
                                  ("tmux", "new-session")], ids=" ".join)
def test_deny_of_interactive_shells(asking, argv):
    stand_in(asking, "tmux")
    asking.box.run(["ln", "-s", "/dev/stdin", "/home/claude/in"], user="claude", check=True)
    asking.policy('rule no { when interactive-shell; deny "SEEN" }\ndefault ask console\ndefault from dba\n'
                  'default timeout 2s\ndefault allow-unbound\n')
    assert "SEEN" in asking.start(*argv, stdin=b"mark x\n").wait().err and asking.marks() == []
