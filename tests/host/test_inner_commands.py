# Commands inside of commands, with the real sudo: what a wrapper, a shell string or a script would run is looked for,
# held against the policy, has to be bound, and is what runs in the end.

import pytest

from asking import MARK_RULE, asking_fixture  # noqa: F401  pylint: disable=unused-import

ASK_MARK = 'rule mark { when command mark; ask console; from dba; timeout 30s }\ndefault deny "no"\n'
WRAPPED = [
    ("env", "A=1", "mark", "x"),
    ("env", "-i", "/usr/bin/mark", "x"),
    ("nice", "-n", "5", "timeout", "9", "mark", "x"),
    ("sh", "-c", "mark x"),
    ("sh", "-ec", "true; mark x"),
    ("bash", "-c", "if true; then mark x; fi"),
    ("bash", "-c", "( cd /tmp && mark x )"),
    ("sh", "-c", 'm""ark x'),
    ("sh", "-c", "echo $(mark x)"),
    ("setsid", "-w", "mark", "x"),
    ("nohup", "mark", "x"),
    ("sh", "-c", "sh -c 'sh -c \"mark x\"'"),
    ("find", "/etc/hostname", "-exec", "mark", "x", ";"),
    ("flock", "/tmp/lock", "mark", "x"),
    ("flock", "/tmp/lock", "-c", "mark x"),
    ("stdbuf", "-o0", "/usr/bin/mark", "x"),
    ("/lib64/ld-linux-x86-64.so.2", "/bin/sh", "/usr/bin/mark", "x"),
    ("sh", "/usr/bin/mark", "x"),
]


@pytest.mark.parametrize("argv", WRAPPED, ids=" ".join)
def test_a_rule_sees_it_inside(asking, argv):
    """It waits for the rule about the inner command, and runs once that is approved."""
    asking.policy(ASK_MARK)
    request = asking.ask(*argv)
    assert asking.look(request).fields["AA_RULE"] == "mark" and asking.marks() == []
    assert asking.approve(request).verdict == "approved"
    assert request.wait().rc == 0 and asking.marks() == ["x"]


UNBOUND = [
    ("sh", "-c", "/home/claude/bin/tool x; mark x"),
    ("env", "/home/claude/bin/tool", "mark"),
    ("sh", "-c", ". /home/claude/bin/tool; mark x"),
    ("sh", "/home/claude/bin/tool", "mark"),
    ("sh", "-c", "cd /home/claude && ./bin/tool; mark x"),
    ("python3", "/home/claude/bin/tool"),
    ("nice", "sh", "-c", "sh /home/claude/bin/tool"),
    ("env", "PATH=/home/claude/bin:/usr/bin", "sh", "-c", "tool x"),
    ("sudo", "PATH=/home/claude/bin:/usr/bin", "-s", "tool", "x"),
]


@pytest.mark.parametrize("argv", UNBOUND, ids=" ".join)
def test_nobody_is_asked_for_what_others_can_change(asking, argv):
    asking.box.write("/home/claude/bin/tool", "#!/bin/sh\nmark $1\n", mode=0o755, owner="claude")
    asking.policy('default ask console\ndefault from dba\ndefault timeout 30s\n')
    result = asking.start(*argv).wait()
    assert result.rc == 1 and "E-UNBOUND" in result.err and asking.marks() == [], result.err


@pytest.mark.parametrize("argv", [("sh", "-c", "tool x"), ("env", "tool", "x"), ("sh", "/usr/bin/tool", "x")], ids=" ".join)
def test_the_inner_command_is_compared_before_it_runs(asking, argv):
    """What is approved is the file behind the inner command, too."""
    asking.box.sh("cp /usr/bin/mark /usr/bin/tool", check=True)
    asking.policy('rule tool { when command tool; ask console; from dba; timeout 30s }\n')
    request = asking.ask(*argv)
    asking.box.sh("printf '#!/bin/sh\\nmark swapped\\n' > /usr/bin/new; chmod 755 /usr/bin/new; mv /usr/bin/new /usr/bin/tool",
                  check=True)
    asking.approve(request)
    result = request.wait()
    assert result.rc == 1 and "E-CHANGED" in result.err and asking.marks() == [], result.err


NOT_ALLOWED = [
    ("env", "mark", "x"),                             # wrapped, and the rule does not say that it may be
    ("sh", "-c", "mark x"),
    ("sh", "-c", "mark x; id"),
]


@pytest.mark.parametrize("argv", NOT_ALLOWED, ids=" ".join)
def test_an_allow_rule_does_not_reach_inside(asking, argv):
    asking.policy('rule mark { when command /usr/bin/mark /usr/bin/env /usr/bin/dash; allow }\n')
    result = asking.start(*argv).wait()
    assert result.rc == 1 and asking.marks() == []


OK = "rule mark { when command /usr/bin/mark /usr/bin/env /usr/bin/dash /usr/bin/timeout; allow; wrapped-ok }\n"
WRAPPED_OK = [
    (("env", "mark", "x"), True),
    (("sh", "-c", "mark x"), True),
    (("env", "LANG=C", "mark", "x"), True),
    (("timeout", "9", "sh", "-c", "mark x && mark x"), True),
    (("env", "A=1", "mark", "x"), False),             # a variable that no rule names
    (("env", "LD_PRELOAD=/tmp/x", "mark", "x"), False),
    (("env", "PATH=/tmp", "mark", "x"), False),
    (("sh", "-c", "PATH=/tmp; mark x"), False),
    (("sh", "-c", "mark x; id"), False),
    (("sh", "-c", "mark x > /etc/motd"), False),      # it writes
    (("sh", "-c", "mark $(id)"), False),
    (("sh", "-c", "$0 x", "mark"), False),            # opaque
    (("sh", "-c", "cd /tmp; mark x"), False),         # cd is no file that a rule could name
    (("env", "-S", "mark ${A}"), True),                # whatever it is, the rule takes any argument
    (("env", "-S", "${A} x"), False),
    (("env", "./mark"), False),
]


@pytest.mark.parametrize("argv, runs", WRAPPED_OK, ids=lambda v: " ".join(v) if isinstance(v, tuple) else str(v))
def test_wrapped_ok(asking, argv, runs):
    asking.policy(OK)
    result = asking.start(*argv).wait()
    assert (result.rc == 0) == runs and bool(asking.marks()) == runs, result.err


def test_a_bound_script_is_a_command(asking):
    asking.policy(MARK_RULE.replace("when command mark", "when command /usr/bin/mark"))
    request = asking.ask("sh", "/usr/bin/mark", "x")
    assert asking.approve(request).verdict == "approved"
    assert request.wait().rc == 0 and asking.marks() == ["x"]


def test_an_approver_sees_what_is_inside(asking):
    asking.policy(ASK_MARK)
    request = asking.ask("env", "A=1", "sh", "-c", 'cd /tmp && mark "$X" y')
    shown = asking.box.run(["actionapprove", "show", request.code], user="bob").stdout.decode()
    inside = shown[shown.index("inside"):].splitlines()[:4]
    assert [line.split(maxsplit=1)[-1] if i == 0 else line.strip() for i, line in enumerate(inside)] == [
        "/usr/bin/dash -c 'cd /tmp && mark \"$X\" y'", "cd /tmp", "/usr/bin/mark '…' y", inside[3].strip()], shown
    assert asking.approve(request).verdict == "approved"
    assert request.wait().rc == 0
