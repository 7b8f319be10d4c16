# replay of records in which values are masked: what does not depend on them is decided as ever, what could is said to
# be uncertain. The records are real ones with another command put in.

import json

import pytest

TOKEN = "‹secret:k3f9x2m7:24›"
IDS = 'rule ids { when command "/usr/bin/id"; allow }\n'
EXACT = 'rule exact { when command "/usr/bin/id"; when args "-u" "alice"; allow }\n'
NOT_BOB = 'rule not-bob { when command id; when args "-u" "bob"; deny "no" }\n'
ANY_ARGS = 'rule any-args { when command id; when args "-u" ...; deny "no" }\n'
NOT_ARGS = 'rule not-args { when command id; when not args "-u" "bob"; deny "no" }\n'
NO_WHOAMI = 'rule no-whoami { when command whoami; deny "no" }\n'
IN_SHELLS = 'rule in-shells { when command "/usr/bin/id" "/usr/bin/dash"; wrapped-ok; allow }\n'
OPAQUE = 'rule opaque { when opaque; deny "no" }\n'
LABEL = 'label conf { path "/etc/**" }\nrule label { when label conf; deny "no" }\n'
EDITS = 'rule edits { when edit; when args "/etc/motd"; allow }\n'

ROWS = [  # command, rules, what comes out: an action, or what it is without the values
    (f"/usr/bin/id {TOKEN}", IDS, "allow"),
    (f"/usr/bin/id -u '{TOKEN} and {TOKEN}'", IDS, "allow"),
    (f"/usr/bin/id -u {TOKEN}", EXACT, ("deny", "default", 1)),
    (f"/usr/bin/id -g {TOKEN}", EXACT, "deny"),
    (f"/usr/bin/id -u {TOKEN} x", EXACT, "deny"),
    (f"/usr/bin/id -u b{TOKEN}", NOT_BOB + IDS, ("deny", "not-bob", 1)),
    (f"/usr/bin/id -g {TOKEN}", NOT_BOB + IDS, "allow"),
    (f"/usr/bin/id -u {TOKEN}", ANY_ARGS + IDS, "deny"),
    (f"/usr/bin/id -u {TOKEN}", NOT_ARGS + IDS, ("deny", "not-args", 1)),
    (f"/usr/bin/id -u {TOKEN}", "rule first { when user bob; deny }\n" + NO_WHOAMI + IDS, "allow"),
    # of "env id" the words of id alone are meant
    (f"/usr/bin/env id -u '{TOKEN}'", ANY_ARGS, "deny"),
    (f"/usr/bin/env A={TOKEN} id -u",
     'rule w { when command "/usr/bin/id" "/usr/bin/env"; wrapped-ok; env-ok A; allow }\n', "allow"),
    # a text for a shell: commands may be in what is not known
    (f"/usr/bin/dash -c 'id {TOKEN}'", NO_WHOAMI + IN_SHELLS, ("deny", "default", 1)),
    (f"/usr/bin/dash -c 'id {TOKEN}{TOKEN}'", OPAQUE, ("deny", "opaque", 2)),
    # code that is not read in any case
    (f"/usr/bin/python3 -c 'print(\"{TOKEN}\")'", NO_WHOAMI + OPAQUE, "deny"),
    (f"/usr/bin/cat {TOKEN}", LABEL, ("deny", "label", 1)),
    (f"/usr/bin/cat /etc/motd {TOKEN}", LABEL, "deny"),
    (f"sudoedit /etc/{TOKEN}", EDITS, (None, None, 1)),
    ("/usr/bin/id -u $'\\342\\200\\271secret:k3f9x2m7:24\\342\\200\\272'", EXACT, "deny"),  # typed by somebody
]


@pytest.fixture(name="record")
def record_fixture(armed):
    armed.run(["sudo", "id"], user="alice", check=True)
    record = next(row for row in armed.ledger() if row["AA_EVENT"] == "allowed")

    def write(*commands):
        lines = []
        for number, command in enumerate(commands):
            changed = dict(record, AA_COMMAND=command, AA_ID=f"{number:032x}", AA_EXE=command.split(" ", 1)[0])
            if command.startswith("sudoedit"):
                del changed["AA_EXE"]
            lines.append(json.dumps(changed) + "\n")
        armed.write("/tmp/records", "".join(lines))
        return armed

    return write


def replay(box, rules, *options):
    box.write("/root/b.policy", rules + 'default deny "nothing holds"\n')
    result = box.run(["actionapprove", "replay", "--policy", "/root/b.policy", "--records", "/tmp/records", *options])
    assert result.rc in (0, 1), result.err
    return result.out


@pytest.mark.parametrize("command,rules,outcome", ROWS)
def test_one(record, command, rules, outcome):
    answer = json.loads(replay(record(command), rules, "--json"))
    assert answer["requests"] == 1 and answer["not_replayed"] == []
    decided = {action: count for action, count in answer["was"]["allow"].items() if count}
    if isinstance(outcome, str):
        assert decided == {outcome: 1} and answer["uncertain"] == \
            {"count": 0, "distinct": 0, "values": 0, "examples": []}
        return
    action, rule, values = outcome
    example, = answer["uncertain"]["examples"]
    assert decided == {} and answer["changes"] == [] and answer["uncertain"]["count"] == 1
    assert answer["uncertain"]["values"] == values == example["values"] and example["command"] == command
    assert example["without"] == (action and {"action": action, "rule": rule})


def test_rows_say_both():
    assert sum(isinstance(row[2], str) for row in ROWS) >= 8 and sum(not isinstance(row[2], str) for row in ROWS) >= 7


def test_in_words(record):
    box = record(f"/usr/bin/id -u {TOKEN}", f"/usr/bin/id -u {TOKEN}", f"/usr/bin/id -u {TOKEN}{TOKEN}",
                 f"sudoedit {TOKEN}", "/usr/bin/id -u alice", f"/usr/bin/i{TOKEN} x")
    out = replay(box, EXACT)
    assert out.startswith("6 requests, 5 different, from ") and "nothing would change" not in out
    assert f"""\
uncertain: 4, since values in their records are masked
           2  alice as root: /usr/bin/id -u {TOKEN}
              uncertain: 1 value is masked; without them deny (rule default)
           1  alice as root: /usr/bin/id -u {TOKEN}{TOKEN}
              uncertain: 2 values are masked; without them deny (rule default)
           1  alice as root: sudoedit {TOKEN}
              uncertain: 1 value is masked
""" in out
    assert f"         1  the name of the command is masked in its record: /usr/bin/i{TOKEN} x\n" in out
    assert "      and 2 different ones more\n" in replay(box, EXACT, "--limit", "1")
    out = replay(record(f"/usr/bin/id -u {TOKEN}"), EXACT)
    assert "nothing would change, as far as it is known\nuncertain: 1, since" in out
