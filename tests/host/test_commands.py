# The table of command lines: what each of them runs, whether that is certain, and what the packs decide. And the
# attempts to get past the packs: none is allowed, and each is caught by the rule that is meant to, or by one as strict.

import pytest

import commands_table
import commands_world
from commands_world import PERMISSIVE, base

MULTI_CALL = ("busybox",)
STATED_LINES, STATED_BYPASSES = 300, 120              # as many are promised, at least

# Through the real sudo. Each would run the program that says so.
END_TO_END = [
    ["pg_dump", "prod"],
    ["/usr/bin/../bin/pg_dump", "prod"],
    ["/srv/desk/linked-twice", "prod"],
    ["env", "nice", "pg_dump", "prod"],
    ["env", "-S", "pg_dump prod"],
    ["timeout", "5", "sh", "-c", "exec pg_dump prod"],
    ["sh", "-c", "p=pg_dump; $p prod"],
    ["find", ".", "-maxdepth", "0", "-exec", "pg_dump", "prod", ";"],
    ["bash", "-c", "$'pg_\\x64ump' prod"],
    ["python3", "-c", "import os; os.system('pg_dump prod')"],
    ["busybox", "env", "pg_dump", "prod"],
    ["sh", "-c", "id() { pg_dump prod; }; id"],
]


@pytest.fixture
def packed(armed):
    commands_world.settle(armed, commands_table.everything())
    return armed


def told(wrong):
    assert not wrong, f"{len(wrong)} lines:\n" + "\n".join(wrong)


def test_there_are_as_many_as_stated():
    lines = {(case.user, case.text) for name in commands_table.TABLES for case in commands_table.table(name)}
    assert len(lines) >= STATED_LINES
    assert len({(case.user, case.text) for case in commands_table.bypasses()}) >= STATED_BYPASSES
    assert len({tuple(words) for words in END_TO_END}) >= 10


def fits(words, found, outer, names):
    """Whether a command that was found is the expected one. A link may be shown by the file behind it, an applet by
    its multi-call program; a last "..." stands for any further arguments."""
    name = base(found["command"])
    if name not in (words[0], names.get(words[0])) and not (name in MULTI_CALL and name in outer):
        return False
    arguments = words[1:]
    if arguments[-1:] == ["..."]:
        return found["args"][:len(arguments) - 1] == arguments[:-1]
    return found["args"] == arguments


def what_is_wrong(case, answer, names):
    wrong = []
    if (answer["decision"], answer["rule"]) != (case.decision, case.rules[0]):
        wrong.append(f"{answer['decision']} by {answer['rule']}, expected {case.decision} by {case.rules[0]}")
    if answer["opaque"] != case.opaque:
        wrong.append(f"opaque is {answer['opaque']} ({answer.get('opaque_why')})")
    first, *rest = answer["effective"]
    itself = ["sudoedit", *case.argv] if case.edit else [base(case.argv[0]), *case.argv[1:]]
    if not fits(itself, first, (), names) or first["wrapped"]:
        wrong.append(f"the command itself: {first}")
    # The order is not compared: no rule looks at it.
    missing = [words for words in case.inner]
    for found in rest:
        outer = [base(case.argv[0]), *(words[0] for words in case.inner)]
        match = next((words for words in missing if fits(words, found, outer, names)), None)
        if match is None:
            wrong.append(f"not expected inside: {found}")
            continue
        missing.remove(match)
        if not found["wrapped"]:
            wrong.append(f"not said to be wrapped: {found}")
    wrong.extend(f"not seen inside: {words}" for words in missing)
    return wrong


@pytest.mark.parametrize("name", commands_table.TABLES)
def test_table(packed, name):
    cases = commands_table.table(name)
    answers, names = commands_world.explain(packed, cases)
    told([f"{case.place}: {case.text}: {what}" for case, answer in zip(cases, answers, strict=True)
          for what in what_is_wrong(case, answer, names)])


def not_caught(case, answer, all_else):
    """Why this answer lets the attempt past, or None."""
    decision, rule = answer["decision"], answer["rule"]
    if decision == "allow" and not ("default" in case.rules and all_else == "allow" and rule == "default"):
        return f"allowed by {rule}"
    if case.opaque and answer["opaque"] and rule != "default":
        return None
    wanted = ["default" if name == "limits" else name for name in case.rules]
    return None if rule in wanted else f"{decision} by {rule}, expected {' or '.join(wanted)}"


@pytest.mark.parametrize("all_else", ["deny", "allow"])
def test_bypass(packed, all_else):
    cases = commands_table.bypasses()
    answers, _ = commands_world.explain(packed, cases, PERMISSIVE if all_else == "allow" else None)
    found = [(case, not_caught(case, answer, all_else)) for case, answer in zip(cases, answers, strict=True)]
    told([f"{case.place}: {case.text}: {what}" for case, what in found if what])


def test_no_allow_rule_takes_what_is_no_line_of_its_own(packed):
    """Every allowed line of the table with one more word at its end, at its start, or behind a wrapper."""
    lines = [case for name in commands_table.TABLES for case in commands_table.table(name) if case.decision == "allow"]
    assert len(lines) > 50
    changed = []
    for case in lines:
        for argv in ([*case.argv, "--help"], [*case.argv, ""], [case.argv[0], "-x", *case.argv[1:]],
                     ["env", *case.argv], ["nice", *case.argv], ["/srv/desk/id", *case.argv[1:]]):
            changed.append(commands_table.Case(case.place, " ".join(argv), case.user, [], argv, [], False))
    answers, _ = commands_world.explain(packed, changed)
    told([f"{case.place}: {case.text}" for case, answer in zip(changed, answers, strict=True)
          if answer["decision"] == "allow"])


def test_nothing_runs_through_the_real_sudo(packed):
    packed.policy(commands_world.configuration('default deny "no rule names it"', "ask console; from admins; timeout 1s"))
    for path in ("/usr/bin/pg_dump", "/usr/local/bin/pg_dump", "/srv/desk/pg_dump"):
        packed.remove(path)
    packed.write("/usr/bin/pg_dump", "#!/bin/sh\necho it ran >> /root/it-ran\n", mode=0o755)
    packed.run(["/usr/bin/pg_dump"], check=True)
    assert packed.exists("/root/it-ran"), "the program works"
    packed.remove("/root/it-ran")
    for user in ("alice", "claude"):
        for words in END_TO_END:
            result = packed.run(["sudo", *words], user=user, cwd="/srv/desk",
                             env={"SUDO_APPROVE_REASON": "a test"})
            assert result.rc != 0 and "E-" in result.err, (user, words, result.out + result.err)
            assert not packed.exists("/root/it-ran"), (user, words)
    events = {record["AA_EVENT"] for record in packed.ledger()}
    assert not events & {"allowed", "approved", "finished"}, events


def test_packs_by_include(packed):
    """Each pack alone, and all together: valid, without a warning, and their names are PACK/NAME."""
    for pack in commands_world.PACKS:
        packed.write("/root/one.conf", commands_world.PEOPLE + f'include pack "{pack}" {{ ask console; from admins }}\n'
                                                            'default deny "no rule names it"\n')
        result = packed.run(["actionapprove", "check", "/root/one.conf"])
        assert result.rc == 0 and result.err == "", result.err
    result = packed.run(["actionapprove", "check"], check=True)
    assert result.err == "" and result.out.startswith("valid: ")
    for pack in commands_world.PACKS:
        assert packed.exists(f"/usr/share/actionapprove/policies/{pack}.policy")


def test_what_a_pack_leaves_open_comes_from_its_include(packed):
    """A pack without an ask of its own cannot be answered unless the include block or the default names a channel."""
    packed.write("/root/one.conf", commands_world.PEOPLE + 'include pack "containers"\n')
    assert packed.run(["actionapprove", "check", "/root/one.conf"]).rc == 1
    packed.write("/root/one.conf", commands_world.PEOPLE + 'include pack "containers"\ndefault ask console\n'
                                                        'default from admins\n')
    assert packed.run(["actionapprove", "check", "/root/one.conf"]).rc == 0
