# Messages that are no answer: none of them counts, none of them ends the wait, and a proper one does so afterwards.

import dataclasses
import time
import typing

import pytest

from asking import MARK_RULE, asking_fixture  # noqa: F401  pylint: disable=unused-import
from asking_client import MISTAKES

CLAUDE, CAROL, ROOT = 1004, 1003, 0


@dataclasses.dataclass(frozen=True)
class Attack:
    name: str
    function: str
    arguments: dict = dataclasses.field(default_factory=dict)
    results: tuple = ("malformed", None)              # what the peer may be told
    before: typing.Callable = None


def setuid_python(asking):
    asking.box.sh("cp /usr/bin/python3 /usr/bin/setuid-python; chmod 4755 /usr/bin/setuid-python", check=True)


ATTACKS = [
    Attack("sent by a child of the one that was greeted", "sent_by_a_child"),
    Attack("sent by the requester over a passed descriptor", "over_a_passed_descriptor", {"sender": CLAUDE}),
    Attack("sent by another approver over a passed descriptor", "over_a_passed_descriptor", {"sender": CAROL}),
    Attack("sent by root over a passed descriptor", "over_a_passed_descriptor", {"sender": ROOT}),
    Attack("sent by root in bob's name", "in_bobs_name"),
    Attack("with a descriptor", "with_descriptors", {"count": 1}),
    Attack("with 200 descriptors", "with_descriptors", {"count": 200}),
    Attack("from a program that became setuid after the greeting", "becomes_another_program", before=setuid_python),
    Attack("two on one connection", "twice", results=("refused", None)),
]


def attack(asking, name, **arguments):
    return asking.client("asking_attacks.py", {"attack": name, **arguments})


def still_open(asking, request, marks=0):
    """Nothing came of it, and it can be answered."""
    assert asking.waits(request) and len(asking.marks()) == marks
    assert [r["AA_EVENT"] for r in asking.records(request) if "AA_VOTE_REFUSED" not in r] == ["requested"]
    assert asking.approve(request).verdict == "approved"
    assert request.wait().rc == 0 and len(asking.marks()) == marks + 1


def test_mistakes(asking):
    """Each to a request of its own."""
    for i, mistake in enumerate(MISTAKES):
        request = asking.ask("mark", str(i))
        answer = asking.approve(request, mistake=mistake)
        assert answer.standing == "approver" and answer.result in ("malformed", None), (mistake, answer)
        still_open(asking, request, marks=i)


@pytest.mark.parametrize("case", ATTACKS, ids=lambda case: case.name)
def test_attack(asking, case):
    if case.before:
        case.before(asking)
    request = asking.ask()
    result = attack(asking, case.function, code=request.code, **case.arguments)
    assert result["result"] in case.results, result
    still_open(asking, request)


def test_replayed_from_another_request(asking):
    request, other = asking.ask("mark", "1"), asking.ask("mark", "2")
    assert attack(asking, "replayed", code=request.code, other=other.code)["result"] == "malformed"
    asking.vote("cancel", other, "root")
    other.wait()
    still_open(asking, request)


def test_voter_that_exits_at_once(asking):
    """Either its answer came in time and counts, or it does not count; then somebody else's does."""
    request = asking.ask()
    attack(asking, "exits_at_once", code=request.code, op="approve")
    time.sleep(0.3)
    if asking.waits(request):
        asking.approve(request)
    assert request.wait().rc == 0 and len(asking.marks()) == 1


# ---- many connections

def test_silent_connections_of_one_approver(asking):
    request = asking.ask()
    silent = asking.start_attack("silent", code=request.code, uid=1002, count=200, seconds=3)
    silent.read_until('"held": 8')
    started = time.monotonic()
    assert asking.approve(request, "carol").verdict == "approved"
    assert request.wait().rc == 0 and time.monotonic() - started < 1.5
    silent.kill_session()
    silent.wait()


def test_silent_connections_end(asking):
    """Who was let in and says nothing gives the place back after five seconds."""
    request = asking.ask()
    silent = asking.start_attack("silent", code=request.code, uid=1002, count=9, seconds=20)
    silent.read_until('"held": 8')
    assert asking.approve(request).gone, "no ninth at once"
    time.sleep(5.2)
    assert asking.approve(request).verdict == "approved"
    assert request.wait().rc == 0
    silent.kill_session()
    silent.wait()


@pytest.mark.parametrize("uid", [4242, CLAUDE, CAROL], ids=["stranger", "requester", "another approver"])
def test_connections_in_a_tight_loop(asking, uid):
    request = asking.ask()
    flood = asking.start_attack("flood", code=request.code, uid=uid, processes=2, seconds=30)
    flood.read_until("flooding")
    time.sleep(0.5)
    started = time.monotonic()
    assert asking.approve(request).verdict == "approved"
    assert time.monotonic() - started < 3
    assert request.wait().rc == 0
    flood.kill_session()
    flood.wait()


def test_tool_gets_through(asking):
    """The tool, too, comes in while strangers connect as fast as they can."""
    request = asking.ask()
    flood = asking.start_attack("flood", code=request.code, uid=4242, processes=2, seconds=30)
    flood.read_until("flooding")
    time.sleep(0.5)
    result = asking.box.run(["actionapprove", "approve", request.code], user="bob")
    assert result.rc == 0, result.out + result.err
    assert request.wait().rc == 0
    flood.kill_session()
    flood.wait()


def test_twenty_approvals_sent_twice(asking):
    asking.policy("set max-waiting-per-user 20\n" + MARK_RULE)
    processes = [asking.start("mark", str(i)) for i in range(20)]
    asking.box.wait_until(lambda: len(asking.records()) == 20, "all wait")
    codes = list(asking.entries())
    answers = attack(asking, "twenty_twice", codes=codes)["answers"]
    assert answers.count("counted") == 20
    assert [p.wait().rc for p in processes] == [0] * 20
    assert sorted(asking.marks(), key=int) == [str(i) for i in range(20)], "each once"
