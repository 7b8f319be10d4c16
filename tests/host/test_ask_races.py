# Things that happen in the same moment, many times with jitter: whatever wins, there is one end, and only what was
# approved runs.

import dataclasses
import signal
import threading
import time

import pytest

from asking import MARK_RULE, asking_fixture  # noqa: F401  pylint: disable=unused-import

BOB, CAROL, CLAUDE = 1002, 1003, 1004
QUORUM = MARK_RULE.replace("from dba", "from dba; quorum 2")
SPREAD = 0.004                                        # seconds in which all of it happens
TIMES = 20


@dataclasses.dataclass(frozen=True)
class Race:
    name: str
    acts: list                                        # [operation, uid] or ["signal", number]
    ends: set                                         # how it may end
    rules: str = MARK_RULE


APPROVE, DENY = ["approve", BOB], ["deny", CAROL]
RUNS = {"finished", "failed"}                         # approved, and then a stop may still come before the start
RACES = [
    Race("approval and ^C", [APPROVE, ["signal", signal.SIGINT]], RUNS | {"cancelled"}),
    Race("approval and TERM", [APPROVE, ["signal", signal.SIGTERM]], RUNS | {"cancelled"}),
    Race("approval and HUP", [APPROVE, ["signal", signal.SIGHUP]], RUNS | {"cancelled"}),
    Race("approval and kill -9", [APPROVE, ["signal", signal.SIGKILL]], RUNS),
    Race("approval, stop and continue", [APPROVE, ["signal", signal.SIGSTOP], ["signal", signal.SIGCONT]], RUNS),
    Race("approval and the requester's cancel", [APPROVE, ["cancel", CLAUDE]], {"finished", "cancelled"}),
    Race("approval and denial", [APPROVE, DENY], {"finished", "denied"}),
    Race("denial and ^C", [DENY, ["signal", signal.SIGINT]], {"denied", "cancelled"}),
    Race("denial and kill -9", [DENY, ["signal", signal.SIGKILL]], {"denied", "failed"}),
    Race("TERM and kill -9", [["signal", signal.SIGTERM], ["signal", signal.SIGKILL]], {"cancelled", "failed"}),
    Race("two approvals", [APPROVE, ["approve", CAROL]], {"finished"}),
    Race("the same approval four times", [APPROVE] * 4, {"finished"}),
    Race("two approvals of a quorum", [APPROVE, ["approve", CAROL]], {"finished"}, QUORUM),
    Race("one approver twice of a quorum", [APPROVE, APPROVE, APPROVE], {"expired"}, QUORUM.replace("30s", "1s")),
    Race("approvals of a quorum and taking one back", [APPROVE, ["approve", CAROL], ["retract", BOB]],
         {"finished", "expired"}, QUORUM.replace("30s", "1s")),
    Race("approval and denial by one person", [APPROVE, ["deny", BOB]], {"finished", "denied"}),
]


def run_once(asking, race, name):
    """The code of a request, after all of it happened and its sudo ended."""
    request = asking.ask("mark", name)
    outcome = asking.client("asking_attacks.py", {"attack": "race", "code": request.code, "pid": request.pid,
                                                  "acts": race.acts, "spread": SPREAD})
    request.wait()
    return request.code, outcome


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.name)
def test_race(asking, race):
    asking.policy("set max-waiting-per-user 50\n" + race.rules)
    asking.killed_between = ["signal", signal.SIGKILL] in race.acts
    jobs = {}

    def one_lane(lane):
        for i in range(2 if "expired" in race.ends else TIMES // 2):
            name = f"{lane}-{i}"
            jobs[name] = run_once(asking, race, name)

    asking.lanes(one_lane, 10 if "expired" in race.ends else 2)
    asking.end_vanished()
    marks, records = asking.marks(), asking.records()
    assert len(set(marks)) == len(marks), "each at most once"
    for name, (code, outcome) in jobs.items():
        mine = [r for r in records if r["AA_REQUEST"] == code]
        events, end = [r["AA_EVENT"] for r in mine], mine[-1]
        assert end["AA_EVENT"] in race.ends, (name, events, end, outcome)
        assert ("approved" in events) == (end["AA_EVENT"] in RUNS) or "E-VANISHED" in end["AA_ERROR"], events
        if name in marks:
            assert "approved" in events, (name, events, outcome)
        elif end["AA_EVENT"] == "finished":
            assert "AA_SIGNAL" in end or end["AA_EXIT_STATUS"] != "0", end
        told = [a for a in outcome["answers"] if a.get("verdict") == "approved" and a["result"] == "counted"]
        assert not told or "approved" in events or end["AA_EVENT"] in ("cancelled", "failed"), (outcome, events)


def test_vote_at_the_deadline(asking):
    """Some come before, some behind; none behind it counts."""
    asking.policy("set max-waiting-per-user 50\n" + MARK_RULE.replace("30s", "1s"))

    def one_lane(lane):
        for i in range(4):
            request = asking.ask("mark", f"{lane}-{i}")
            time.sleep(0.87)                          # the client needs some of the rest
            asking.approve(request)
            request.wait()

    asking.lanes(one_lane, 6)
    records = asking.records()
    by_code = {r["AA_REQUEST"]: r for r in records}
    assert {r["AA_EVENT"] for r in by_code.values()} <= {"finished", "expired"}
    for record in records:
        if record["AA_EVENT"] == "approved":
            assert int(record["AA_WAIT_USEC"]) < 1_050_000
    assert len(asking.marks()) == sum(r["AA_EVENT"] == "finished" for r in by_code.values())


def test_ten_finders_of_a_vanished_one(asking):
    """Killed requests are ended exactly once, however many come by at the same time."""
    asking.policy("set max-waiting-per-user 50\n" + MARK_RULE)
    for lap in range(4):
        victims = [asking.ask("mark", f"victim-{lap}-{i}") for i in range(3)]
        for victim in victims:
            victim.kill(signal.SIGKILL)
            victim.wait()
        finders = [asking.start("mark", f"finder-{lap}-{i}") for i in range(10)]
        asking.box.wait_until(lambda: len(asking.entries()) == 10, "all wait")
        for victim in victims:
            assert asking.events(victim) == ["requested", "failed"]
            assert asking.end(victim)["AA_ERROR"].startswith("E-VANISHED:")
        for finder in finders:
            finder.kill()
        for finder in finders:
            finder.wait()
    assert asking.marks() == []


def test_finders_that_are_killed(asking):
    """Who finds a vanished one may be killed over it: it is still ended once, or by the next."""
    asking.killed_between = True
    asking.policy("set max-waiting-per-user 50\n" + MARK_RULE)
    for i in range(15):
        victim = asking.ask("mark", f"victim-{i}")
        victim.kill(signal.SIGKILL)
        victim.wait()
        finder = asking.start("mark", f"finder-{i}", user="alice")
        time.sleep(0.006 + 0.0006 * i)
        asking.kill_if_there(finder, signal.SIGKILL)
        finder.wait()
    asking.end_vanished()
    assert asking.marks() == []


def test_killed_at_any_moment(asking):
    """From the start of sudo to the end of its command, while somebody approves whatever there is."""
    asking.killed_between = True
    asking.policy("set max-waiting-per-user 50\n" + MARK_RULE)
    stop = threading.Event()

    def approve_all():
        while not stop.is_set():
            asking.client("asking_attacks.py", {"attack": "approve_whatever_waits", "seconds": 1})

    thread = threading.Thread(target=approve_all)
    thread.start()
    try:
        for i in range(60):
            process = asking.start("mark", f"killed-{i}")
            time.sleep(0.004 + 0.0006 * i)
            asking.kill_if_there(process, signal.SIGKILL)
            process.wait()
    finally:
        stop.set()
        thread.join()
    asking.end_vanished()
    marks = asking.marks()
    assert len(set(marks)) == len(marks)
    approved = {r["AA_COMMAND"].split()[-1] for r in asking.records() if r["AA_EVENT"] == "approved"}
    assert set(marks) <= approved


def test_killed_at_its_end(asking):
    """Around the record of how the command ended: there is one such record, whoever writes it."""
    asking.killed_between = True
    asking.policy("set max-waiting-per-user 50\n" + MARK_RULE)

    def one_lane(lane):
        for i in range(20):
            name = f"{lane}-{i}"
            request = asking.ask("mark", name)
            asking.client("asking_attacks.py", {"attack": "kill_behind_mark", "code": request.code, "pid": request.pid,
                                                "name": name, "spread": 0.0015})
            request.wait()

    asking.lanes(one_lane, 2)
    asking.end_vanished()
    assert len(asking.marks()) == len(set(asking.marks())) == 40
    ends = [r["AA_EVENT"] for r in asking.records() if r["AA_EVENT"] in ("finished", "failed")]
    assert len(ends) == 40


def test_leader_and_follower(asking):
    """The first is killed in the moment of the approval: the other one never runs on that approval."""
    asking.killed_between = True
    for i in range(10):
        first, second = asking.ask("mark", str(i)), asking.ask("mark", str(i))
        asking.client("asking_attacks.py", {"attack": "race", "code": first.code, "pid": first.pid, "spread": SPREAD,
                                            "acts": [APPROVE, ["signal", signal.SIGKILL]]})
        first.wait()
        time.sleep(0.1)
        asking.vote("cancel", second, "root")
        second.wait()
        assert "approved" not in asking.events(second)
        assert asking.marks().count(str(i)) <= 1
    asking.end_vanished()


def test_policy_applied_all_the_time(asking):
    """Votes while `apply` runs over and over: none is lost, and nothing ends for it."""
    stop = threading.Event()

    def apply_over_and_over():
        while not stop.is_set():
            asking.box.run(["actionapprove", "apply"], check=True)

    thread = threading.Thread(target=apply_over_and_over)
    thread.start()
    try:
        for i in range(10):
            request = asking.ask("mark", str(i))
            assert asking.approve(request).verdict == "approved"
            assert request.wait().rc == 0, request.output
    finally:
        stop.set()
        thread.join()
    assert asking.marks() == [str(i) for i in range(10)]
