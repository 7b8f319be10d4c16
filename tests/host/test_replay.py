# replay: real sudo under one policy, then another policy over its records, with exact numbers.

import json

import pytest

from asking import MARK_RULE, PEOPLE, asking_fixture  # noqa: F401  pylint: disable=unused-import

A = PEOPLE + MARK_RULE + """
rule ids { when command "/usr/bin/id"; allow }
rule trues { when command "/usr/bin/true"; allow }
rule no-uname { when command uname; deny "no" }
rule edits { when edit; when args "/etc/motd"; allow }
default deny "nothing"
"""
B = PEOPLE + """
rule ids { when command "/usr/bin/id"; ask console; from dba }
rule trues { when command "/usr/bin/true"; deny "no longer" }
rule uname-ok { when command "/usr/bin/uname"; allow }
rule mark { when command mark; ask console; from dba; timeout 30s }
rule edits { when edit; when args "/etc/motd"; allow }
default deny "nothing"
"""


def replay(box, policy, *options, rc=None):
    box.write("/root/b.policy", policy)
    result = box.run(["actionapprove", "replay", "--policy", "/root/b.policy", "--json", *options])
    assert result.rc in (0, 1), result.err
    answer = json.loads(result.out)
    assert result.rc == (1 if answer["changes"] else 0) and rc in (None, result.rc)
    return answer


def by_change(answer):
    return {(c["before"]["action"], c["before"]["rule"], c["after"]["action"], c["after"]["rule"]): c["count"]
            for c in answer["changes"]}


def reasons(answer):
    return {row["why"]: row["count"] for row in answer["not_replayed"]}


@pytest.fixture(name="recorded")
def recorded_fixture(asking):
    """Ten requests of policy A, decided for real."""
    asking.box.policy(A)
    for words, user in [(["id"], "alice"), (["id"], "alice"), (["id", "-u"], "claude"), (["true"], "bob"),
                        (["uname"], "alice"), (["whoami"], "carol"), (["-e", "/etc/motd"], "alice")]:
        asking.box.run(["sudo", "-n", *words], user=user, env={"EDITOR": "/bin/true"})
    request = asking.ask("mark", "x y", "it's")
    asking.approve(request)
    assert request.wait().rc == 0
    request = asking.ask("mark", "no")
    asking.deny(request)
    assert request.wait().rc == 1
    asking.box.policy(A.replace("timeout 30s", "timeout 1s"))
    assert "E-EXPIRED" in asking.box.run(["sudo", "mark", "late"], user="claude").err
    asking.box.run(["sudo", "id"], user="root")
    asking.box.policy(A)
    return asking.box


def test_exact_numbers(recorded):
    answer = replay(recorded, B, rc=1)
    assert answer["requests"] == 10 and answer["by_root"] == 1 and answer["distinct"] == 9
    assert answer["was"] == {"allow": {"allow": 1, "deny": 1, "ask": 3}, "deny": {"allow": 1, "deny": 1, "ask": 0},
                             "ask": {"allow": 0, "deny": 0, "ask": 3}}
    assert by_change(answer) == {("deny", "no-uname", "allow", "uname-ok"): 1, ("allow", "trues", "deny", "trues"): 1,
                                 ("allow", "ids", "ask", "ids"): 3}
    assert [c["after"]["action"] for c in answer["changes"]] == ["allow", "deny", "ask"], "the gravest first"
    assert {p["name"]: (p["before"], p["after"]) for p in answer["prompts"]["requesters"]} == \
        {"alice": (0, 2), "claude": (3, 4)}
    assert {p["name"]: p["after"] for p in answer["prompts"]["approvers"]} == {"bob": 6, "carol": 6}
    assert reasons(answer) == {} and answer["without_policy"] == 0 and answer["days"] == 1.0
    example, = [e for c in answer["changes"] for e in c["examples"] if c["after"]["rule"] == "trues"]
    assert example == {"user": "bob", "runas": "root", "command": "/usr/bin/true", "count": 1}


def test_in_words(recorded):
    recorded.write("/root/b.policy", B)
    result = recorded.run(["actionapprove", "replay", "--policy", "/root/b.policy"])
    assert result.rc == 1
    assert result.out.startswith("10 requests, 9 different, from ")
    for line in ["  !! NEWLY ALLOWED: deny (rule no-uname) -> allow (rule uname-ok): 1\n"
                 "           1  alice as root: /usr/bin/uname\n",
                 "  newly denied: allow (rule trues) -> deny (rule trues): 1\n",
                 "  newly asked: allow (rule ids) -> ask (rule ids): 3\n"
                 "           2  alice as root: /usr/bin/id\n           1  claude as root: /usr/bin/id -u\n",
                 "  allow           1        3        1\n", "  ask             0        3        0\n",
                 "         0.0     2.0  alice\n", "         3.0     4.0  claude\n", "         6.0  bob\n",
                 "  - the environment is not recorded"]:
        assert line in result.out, (line, result.out)
    short = recorded.run(["actionapprove", "replay", "--policy", "/root/b.policy", "--changes-only", "--limit", "0"]).out
    assert "prompts" not in short and "      and 2 different ones more\n" in short and "/usr/bin/id" not in short


def test_the_same_policy_changes_nothing(recorded):
    answer = replay(recorded, A, rc=0)
    assert answer["requests"] == 10 and answer["changes"] == []
    assert {p["name"]: (p["before"], p["after"]) for p in answer["prompts"]["requesters"]} == {"claude": (3, 3)}
    assert "nothing would change" in recorded.run(["actionapprove", "replay", "--policy", "/root/b.policy"]).out


def test_from_a_file_as_anybody(recorded):
    recorded.sh("actionapprove log --json > /tmp/records", check=True)
    recorded.write("/tmp/b.policy", B)
    words = ["actionapprove", "replay", "--policy", "/tmp/b.policy", "--json"]
    result = recorded.run([*words, "--records", "/tmp/records"], user="alice")
    assert json.loads(result.out)["was"] == replay(recorded, B)["was"]
    assert recorded.run([*words, "--records", "-"], user="alice",
                        stdin=recorded.read("/tmp/records")).out == result.out
    twice = recorded.run([*words, "--records", "-"], user="alice", stdin=2 * recorded.read("/tmp/records"))
    assert twice.out == result.out, "each request counts once, however many records it has"
    assert recorded.run(words, user="alice").rc == 4
    broken = recorded.run([*words, "--records", "-"], user="alice", stdin=b"nonsense\n{}\n\n{\"AA_EVENT\":\"allowed\"}\n")
    assert json.loads(broken.out)["unreadable"] == 3 and broken.rc == 0


def test_what_cannot_be_replayed(recorded):
    box = recorded
    box.write("/usr/bin/gone", "#!/bin/sh\n", mode=0o755)
    box.run(["sudo", "gone"], user="alice")
    box.run(["sudo", "id"] + ["x" * 100000] * 4, user="alice")
    box.run(["sudo", "whoami"] + ["y" * 100000] * 4, user="alice")
    box.remove("/usr/bin/gone")
    box.run(["sudo", "-u", "carol", "id"], user="alice")
    passwd = box.read("/etc/passwd")
    box.write("/etc/passwd", b"".join(line for line in passwd.splitlines(True) if not line.startswith(b"carol:")))
    answer = replay(box, B)
    assert reasons(answer) == {"the command is no longer there": 1, "its record has a part of the command only": 2,
                               "an account, a group or a folder of it is not there": 2}
    assert answer["requests"] == 14 and sum(sum(row.values()) for row in answer["was"].values()) == 9
    box.write("/etc/passwd", passwd.replace(b"alice:x:1001", b"alice:x:1009"))
    assert reasons(replay(box, B))["its user has another uid now"] >= 4


def test_since_and_until(recorded):
    assert replay(recorded, B, "--since", "1h")["requests"] == 10
    assert 1.9 < replay(recorded, B, "--since", "2 days ago")["days"] <= 2.0
    assert replay(recorded, B, "--until", "1h", rc=0)["requests"] == 0
    middle = recorded.ledger()[5]["AA_TIME"]
    before, after = (replay(recorded, B, option, middle)["requests"] for option in ("--until", "--since"))
    assert before + after == 10 and before > 0 and after > 0
    today = recorded.ledger()[0]["AA_TIME"][:10]
    for whole in [["--since", "today"], ["--since", today], ["--since", f"{today} 00:00"], ["--since", "1 week ago"],
                  ["--since", "yesterday", "--until", "2200-01-01"]]:
        assert replay(recorded, "set timezone UTC\n" + B, *whole)["requests"] == 10, whole
    for nothing in [["--until", "today"], ["--until", "yesterday"], ["--until", today]]:
        assert replay(recorded, "set timezone UTC\n" + B, *nothing, rc=0)["requests"] == 0, nothing
    for bad in ["yesteryear", "7x", "2026-13-01", ""]:
        assert recorded.run(["actionapprove", "replay", "--policy", "/root/b.policy", "--since", bad]).rc == 2, bad


def test_observed_requests_are_replayed_as_what_policy_said(asking):
    box = asking.box
    box.policy("set mode observe\n" + A)
    assert box.run(["sudo", "uname"], user="alice").rc == 0
    assert box.run(["sudo", "mark", "seen"], user="claude").rc == 0
    answer = replay(box, A, rc=0)
    assert answer["was"]["deny"]["deny"] == 1 and answer["was"]["ask"]["ask"] == 1
    assert {p["name"]: (p["before"], p["after"]) for p in answer["prompts"]["requesters"]} == {"claude": (1, 1)}


def test_hostile_arguments_come_back_as_they_were(asking):
    """The rule holds for exactly these bytes: only a perfect inverse of the record's quoting finds it again."""
    box = asking.box
    words = ["a b", "it's", "", "\n", "\x1b[2J", "$(id)", "\\", "'", "é", "\u202e", "*"]
    quoted = " ".join('"' + w.replace("\\", "\\\\").replace('"', '\\"').replace("*", "\\*") + '"' for w in words
                      if "\n" not in w)
    box.policy(f'rule exact {{ when command "/usr/bin/echo"; when args {quoted}; allow }}\ndefault deny "no"\n')
    assert box.run(["sudo", "echo", *[w for w in words if "\n" not in w]], user="alice").rc == 0
    policy = f'rule exact {{ when command "/usr/bin/echo"; when args {quoted}; deny "that" }}\ndefault allow\n'
    assert by_change(replay(box, policy)) == {("allow", "exact", "deny", "exact"): 1}
    box.run(["sudo", "echo", "\n\x01", b"\xff\xfe"], user="alice")
    assert reasons(replay(box, policy)) == {}
    shown = box.run(["actionapprove", "replay", "--policy", "/root/b.policy"]).out
    assert "\x1b" not in shown and "\u202e" not in shown


def test_a_hundred_thousand_records(asking):
    """Each distinct request is decided once."""
    box = asking.box
    box.policy(A)
    box.run(["sudo", "id"], user="alice")
    record = box.ledger()[0]
    lines = []
    for i in range(100000):
        record.update(AA_ID=f"{i:032x}", AA_COMMAND=f"/usr/bin/id {i % 2000}")
        lines.append(json.dumps(record))
    box.write("/root/records", "\n".join(lines) + "\n")
    box.write("/root/b.policy", B)
    result = box.run(["actionapprove", "replay", "--policy", "/root/b.policy", "--records", "/root/records", "--json"],
                     timeout=60)
    answer = json.loads(result.out)
    assert (answer["requests"], answer["distinct"]) == (100000, 2000)
    assert by_change(answer) == {("allow", "ids", "ask", "ids"): 100000}


def test_usage(armed):
    for options in [[], ["--policy", "/no/such"], ["--policy", "/etc/actionapprove", "--limit", "x"],
                    ["--policy", "/etc/actionapprove", "more"]]:
        assert armed.run(["actionapprove", "replay", *options]).rc in (1, 2), options
    armed.run(["sudo", "id"], user="alice")
    assert armed.run(["actionapprove", "replay", "--policy", "/etc/actionapprove"], check=True).rc == 0
