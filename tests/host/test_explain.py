# explain is the same code as the real decision: what it says of a command is what sudo then does with it, and who it
# says could answer is who can.

import json

import pytest

from asking import MARK_RULE, PEOPLE, asking_fixture, people  # noqa: F401  pylint: disable=unused-import

POLICY = PEOPLE + """
rule no-shells { when interactive-shell; deny "no shells" }
rule preload { when env LD_* GREETING; deny "no such variables" }
rule carols { when user carol; when command id; ask console; from dba; timeout 1s; risk high }
rule groups { when group dba; when command "/usr/bin/whoami"; allow }
rule agents { when agent any; when not command id whoami; deny "not for agents" }
rule others { when runas bob; when command "/usr/bin/id"; allow }
rule by-group { when runas-group dba; when command "/usr/bin/true"; allow }
rule exact { when command "/usr/bin/id"; when args "-u"; allow }
rule star { when command "/usr/bin/id"; when args "-*" "alice"; allow }
rule tmp { when cwd "/tmp/**" "/tmp"; when command "/usr/bin/true"; allow }
rule terminal { when not tty none; when command "/usr/bin/tty"; deny "not on a terminal" }
rule edits { when edit; when args "/etc/motd"; allow }
rule edits-no { when edit; deny "not that file" }
rule here { when host "testhost"; when command "/usr/bin/uname"; allow }
rule own-tool { when command "/home/alice/tool"; allow }
default deny "nothing holds"
"""

# words behind sudo, the same for explain, and the user
ROWS = [
    ("alice", ["id", "-u"], []),
    ("alice", ["id", "-u", "alice"], []),
    ("alice", ["id", "-g", "alice"], []),
    ("alice", ["id"], []),
    ("alice", ["/usr/bin/id", "-u"], []),
    ("alice", ["/usr/bin/../bin/id", "-u"], []),
    ("alice", ["/bin/id", "-u"], []),
    ("carol", ["id", "-u"], []),
    ("carol", ["id"], []),
    ("bob", ["id"], []),
    ("bob", ["whoami"], []),
    ("alice", ["whoami"], []),
    ("claude", ["whoami"], []),
    ("claude", ["id", "-u"], []),
    ("claude", ["uname"], []),
    ("claude", ["env", "id"], []),
    ("alice", ["-u", "bob", "id"], ["--runas", "bob"]),
    ("alice", ["-u", "bob", "id", "-u"], ["--runas", "bob"]),
    ("alice", ["-u", "carol", "id", "-u"], ["--runas", "carol"]),
    ("alice", ["-u", "bob", "-g", "dba", "true"], ["--runas", "bob", "--runas-group", "dba"]),
    ("alice", ["-g", "dba", "true"], ["--runas", "alice", "--runas-group", "dba"]),
    ("alice", ["true"], []),
    ("alice", ["uname"], []),
    ("alice", ["uname", "-a"], []),
    ("alice", ["LD_PRELOAD=/x", "id", "-u"], ["--env", "LD_PRELOAD=/x"]),
    ("alice", ["GREETING=x", "uname"], ["--env", "GREETING=x"]),
    ("alice", ["FOO=x", "uname"], ["--env", "FOO=x"]),
    ("alice", ["LANG=C", "uname"], ["--env", "LANG=C"]),
    ("alice", ["bash"], []),
    ("alice", ["sh", "-c", "id -u"], []),
    ("alice", ["bash", "-i", "-c", "true"], []),
    ("alice", ["-s"], ["--shell"]),
    ("alice", ["-s", "id", "-u"], ["--shell"]),
    ("alice", ["-e", "/etc/motd"], ["--edit"]),
    ("alice", ["-e", "/etc/../etc/motd"], ["--edit"]),
    ("alice", ["-e", "/etc/passwd"], ["--edit"]),
    ("alice", ["-e", "/etc/motd", "/etc/passwd"], ["--edit"]),
    ("alice", ["/home/alice/tool"], []),
    ("alice", ["./tool"], []),
    ("alice", ["find", "/", "-maxdepth", "0", "-exec", "id", ";"], []),
    ("alice", ["python3", "-c", "1"], []),
    ("alice", ["tty"], []),
    ("alice", ["id", "-u\n"], []),
    ("alice", ["id", "-\x1b[31m", "alice"], []),
]


def words_of(row):
    """sudo's own options and variables are told to explain by its options."""
    words = list(row)
    while words and (words[0] in ("-u", "-g") or "=" in words[0]):
        words = words[1:] if "=" in words[0] else words[2:]
    return words[1:] if words[:1] in (["-s"], ["-e"]) else words


@pytest.fixture(name="ready")
def ready_fixture(box):
    box.write("/home/alice/tool", "#!/bin/sh\n", mode=0o755, owner="alice")
    box.policy(POLICY)
    box.plugin_lines()
    return box


def explained(box, user, words, options=(), cwd=None):
    result = box.run(["actionapprove", "explain", "--json", "--user", user, "--cwd", cwd or f"/home/{user}", *options,
                      "--", *words])
    assert result.rc in (0, 1), result.err
    answer = json.loads(result.out)
    assert (result.rc == 1) == (answer["decision"] == "deny")
    return answer


def test_the_same_as_the_real_decision(ready):
    rules = set()
    for user, words, options in ROWS:
        before = len(ready.ledger())
        ready.run(["sudo", "-n", *words], user=user, env={"EDITOR": "/bin/true"}, cwd=f"/home/{user}")
        real = ready.ledger()[before]
        said = explained(ready, user, words_of(words), options)
        assert (said["decision"], said["rule"]) == (real["AA_ACTION"], real["AA_RULE"]), (user, words, said, real)
        if "AA_EXE" in real:
            assert said["exe"] == real["AA_EXE"]
        rules.add(real["AA_RULE"])
    assert len(ROWS) >= 40 and len(rules) >= 11, rules


def test_terminal_folder_and_login(ready):
    def real(words, **options):
        before = len(ready.ledger())
        ready.run(["sudo", "-n", *words], user="alice", **options)
        return ready.ledger()[before]["AA_RULE"]

    assert real(["tty"], tty=True) == explained(ready, "alice", ["tty"], ["--tty", "pts/0"])["rule"] == "terminal"
    assert real(["true"], cwd="/tmp") == explained(ready, "alice", ["true"], cwd="/tmp")["rule"] == "tmp"
    assert real(["id"], loginuid=1003) == explained(ready, "alice", ["id"], ["--login", "carol"])["rule"] == "carols"
    assert real(["id", "-u"], loginuid=1004) == \
        explained(ready, "alice", ["id", "-u"], ["--login", "claude"])["rule"] == "exact"
    assert explained(ready, "alice", ["uname"], ["--host", "otherhost"])["rule"] == "default"
    assert explained(ready, "alice", ["uname"], ["--host", "TESTHOST.example.org"])["rule"] == "here"


def test_hostile_words_do_not_act_on_the_terminal(ready):
    result = ready.run(["actionapprove", "explain", "--user", "alice", "--cwd", "/tmp", "--tty", "x\x1b[2J", "--",
                        "id", "\x1b[2J\x9b\u202e", "a\nallow: rule x"])
    assert result.out.startswith("deny: no rule holds") and "\x1b" not in result.out and "\u202e" not in result.out
    assert "\nallow:" not in result.out


def test_words_of_earlier_rules(ready):
    out = ready.run(["actionapprove", "explain", "--user", "alice", "--cwd", "/", "--", "id", "-u"], check=True).out
    assert out.startswith("allow: rule exact (/etc/actionapprove/actionapprove.conf:")
    for line in ["carols                   no: when user carol: it is alice",
                 "groups                   no: when group dba: alice is in alice",
                 "agents                   no: when agent any: it is alice",
                 "others                   no: when runas bob: it is root",
                 "by-group                 no: when runas-group dba: none was asked for",
                 "no-shells                no: when interactive-shell: it is none",
                 "preload                  no: when env LD_* GREETING: the caller adds none"]:
        assert line in out, line


def test_root_is_let_pass(ready):
    assert ready.run(["sudo", "whoami"]).rc == 0 and ready.ledger()[0]["AA_RULE"] == "root"
    said = explained(ready, "root", ["whoami"], cwd="/")
    assert said["decision"] == "deny" and said["exempt"] is True
    assert explained(ready, "alice", ["whoami"])["exempt"] is False
    out = ready.run(["actionapprove", "explain", "--", "whoami"]).out
    assert out.startswith("deny: ") and "root under sudo is let pass all the same" in out


@pytest.mark.parametrize("text, shown", [("2026-03-27 18:30", "at fri 2026-03-27 18:30 UTC"), ("fri 18:30", "at fri "),
                                         ("mon 00:00", "at mon "), ("2028-02-29T23:59", "at tue 2028-02-29 23:59 UTC"),
                                         ("7:05", " 07:05 UTC")])
def test_time(ready, text, shown):
    ready.write("/root/t.policy", "set timezone UTC\n")
    out = ready.run(["actionapprove", "explain", "--policy", "/root/t.policy", "--time", text, "--", "id"]).out
    line, = [line for line in out.splitlines() if line.startswith("  at ")]
    assert shown in line


def test_policy_folder(ready):
    ready.write("/root/new/actionapprove.conf", PEOPLE)
    ready.write("/root/new/policy.d/20-b.policy", 'rule second { when command id; deny "b" }\n')
    ready.write("/root/new/policy.d/10-a.policy", 'rule first { when command id; deny "a" }\n')
    out = ready.run(["actionapprove", "explain", "--user", "alice", "--policy", "/root/new", "--", "id"]).out
    assert out.startswith("deny: rule first (/root/new/policy.d/10-a.policy:1)\n  why: a\n")


def test_login(ready):
    ready.write("/root/p.policy", 'rule pam { when frontend pam; when user alice; deny "no" }\ndefault deny "other"\n')
    pam = ["actionapprove", "explain", "--policy", "/root/p.policy", "--frontend", "pam", "--service", "sshd"]
    assert ready.run([*pam, "--user", "alice", "--rhost", "10.1.2.3"]).out.startswith("deny: rule pam ")
    assert ready.run([*pam, "--user", "bob"]).out.startswith("deny: no rule holds")
    assert ready.run([*pam, "--user", "bob", "--", "id"]).rc == 2
    assert ready.run(pam[:-2]).rc == 2


@pytest.mark.parametrize("options", [["--time", "31:00"], ["--time", "soon"], ["--user", "nobody-here"], ["--env", "X"],
                                     ["--cwd", "/no/such"], ["--runas-group", "none-such"], ["--frontend", "x"]])
def test_usage(ready, options):
    assert ready.run(["actionapprove", "explain", *options, "--", "id"]).rc == 2


# ---- who could answer

def answerers(asking, user, *command, options=()):
    said = explained(asking.box, user, command, options)
    return {a["person"]: a["counts"] for a in said["answerers"]}, said


def really(asking, request, users):
    """Who of these has the standing of an approver, as the waiting request itself says."""
    return {user for user in users if asking.look(request, user).standing == "approver"}


@pytest.mark.parametrize("user, changes, counting", [
    ("claude", {}, {"bob", "carol"}),
    ("alice", {}, {"bob", "carol"}),
    ("bob", {}, {"carol"}),
    ("claude", {"dba": "group dba { person alice bob }"}, {"bob"}),
    ("carol", {"dba": "group dba { unix-group dba }"}, {"bob"}),
    ("alice", {"alice": "person alice { unix alice carol }", "carol": None, "dba": "group dba { person alice bob }"},
     {"bob"}),
])
def test_who_could_answer_is_who_can(asking, user, changes, counting):
    asking.policy(MARK_RULE, people(**changes))
    request = asking.ask("mark", user=user)
    said, whole = answerers(asking, user, "mark")
    assert {name for name, counts in said.items() if counts} == counting, whole
    assert really(asking, request, ["alice", "bob", "carol", "claude"]) == counting
    assert whole["quorum_reached"] is True and whole["refused_before_asking"] is None
    who = sorted(counting)[0]
    assert asking.approve(request, who).verdict == "approved"
    assert request.wait().rc == 0


def test_people_by_email(asking):
    """Nobody's statement: the account in the group is a person by its address."""
    asking.policy(MARK_RULE, "people by-email example.org\n" + people(bob=None, dba="group dba { unix-group dba }"))
    request = asking.ask("mark")
    said, _whole = answerers(asking, "claude", "mark")
    assert said == {"bob@example.org": True} and really(asking, request, ["alice", "bob", "carol"]) == {"bob"}
    assert asking.approve(request, "bob").verdict == "approved"
    assert request.wait().rc == 0
    request = asking.ask("mark", user="bob")
    said, whole = answerers(asking, "bob", "mark")
    assert said == {"bob@example.org": False} and whole["quorum_reached"] is False
    assert really(asking, request, ["alice", "bob", "carol"]) == set()
    asking.vote("cancel", request, "root")
    request.wait()


def test_words_for_who_does_not_count(asking):
    asking.policy(MARK_RULE.replace("from dba", "from dba; quorum 2"),
                  people(bob="person bob { slack U1 }", dba="group dba { person alice bob carol; unix-group root }"))
    out = asking.box.run(["actionapprove", "explain", "--user", "claude", "--", "mark"], check=True).out
    assert "    alice (unix alice) by dba: does not count, owns the agent that asks\n" in out
    assert "    bob by dba: does not count, has no Unix account on this host\n" in out
    assert "    carol (unix carol) by dba\n" in out
    assert "    root by dba: does not count, uid 0 is nobody in particular\n" in out
    assert "it could not be approved by anybody now: 2 of them are needed, and 1 could\n" in out
    out = asking.box.run(["actionapprove", "explain", "--user", "carol", "--", "mark"], check=True).out
    assert "carol (unix carol) by dba: does not count, would ask for this themselves\n" in out


def test_refused_before_anybody_is_asked(asking):
    box = asking.box
    box.write("/home/claude/mark", "#!/bin/sh\n", mode=0o755, owner="claude")
    box.run(["sudo", "-n", "/home/claude/mark"], user="claude")
    real = box.ledger()[-1]
    assert real["AA_EVENT"] == "refused" and real["AA_ERROR"].startswith("E-UNBOUND")
    said = explained(box, "claude", ["/home/claude/mark"])
    assert said["decision"] == "ask" and "somebody other than root could change" in said["refused_before_asking"]
    assert real["AA_ERROR"].endswith(said["refused_before_asking"])
    said = explained(box, "claude", ["mark"], ["--intercepted"])
    assert "intercept would freeze" in said["refused_before_asking"]
    assert explained(box, "claude", ["mark"])["refused_before_asking"] is None
