# The fault table of asking (asking_faults.py): whatever breaks, and whenever, a command runs only after a proper
# approval, each request has exactly one end, and nothing is left behind.

import collections
import signal
import time

import pytest

from asking import MARK_RULE, RUN, STATE, asking_fixture  # noqa: F401  pylint: disable=unused-import
import asking_faults
import test_ask_messages
import test_ask_races
from asking_client import MISTAKES

ids = {"ids": lambda fault: fault.name}


def prepare(asking, fault):
    asking.box.write(asking_faults.TOOL, asking.box.read("/usr/bin/mark"), mode=0o755, owner="claude")
    asking.box.sh("chown claude /home/claude/bin; ln -s bin /home/claude/current", check=True)
    asking.ledger_is_whole = fault.ledger and fault.end_is_kept
    asking.journald_works = fault.journal
    asking.policy(fault.rules)


def works(asking):
    """Afterwards all is well again."""
    asking.policy(MARK_RULE)
    before = asking.marks()
    request = asking.ask("mark", "afterwards")
    assert asking.approve(request).verdict == "approved"
    assert request.wait().rc == 0 and asking.marks() == before + ["afterwards"]


@pytest.mark.parametrize("fault", asking_faults.BEFORE, **ids)
def test_before(asking, fault):
    prepare(asking, fault)
    undo = fault.cause(asking)
    result = asking.start(*fault.argv).wait()
    assert result.rc == 1 and fault.words in result.err and "next:" in result.err, result.err
    assert asking.marks() == []
    if undo:
        undo()
    if fault.ledger and "LEDGER" not in fault.words:
        assert asking.events()[-1] == "refused"
        works(asking)


@pytest.mark.parametrize("fault", asking_faults.MEANWHILE, **ids)
def test_meanwhile(asking, fault):
    prepare(asking, fault)
    request = asking.ask(*fault.argv)
    undo = fault.cause(asking)
    answer = asking.approve(request)
    assert answer.standing == "approver" and asking.marks() == [] or fault.runs
    result = request.wait()
    if fault.runs:
        assert result.rc == 0 and asking.marks() == ["x"], result.err
    else:
        assert result.rc == 1 and fault.words in result.err, result.err
        assert asking.marks() == []
    if undo:
        undo()
    asking.join_ledger()
    end = "finished" if fault.runs else "failed"
    if asking.ledger_is_whole:
        assert asking.events(request)[-1] == end
    else:
        assert asking.box.journal(f"AA_REQUEST={request.code}")[-1]["AA_EVENT"] == end


@pytest.mark.parametrize("fault", asking_faults.DEAF, **ids)
def test_deaf(asking, fault):
    prepare(asking, fault)
    request = asking.ask(*fault.argv)
    undo = fault.cause(asking)
    answer = asking.vote("approve", request, 1002)
    assert answer.verdict in (None, "pending"), answer
    undo()
    assert asking.waits(request) and asking.marks() == []
    asking.wait_until_approver(request)
    assert asking.approve(request).verdict == "approved"
    assert request.wait().rc == 0 and asking.marks() == ["x"]


@pytest.mark.parametrize("fault", asking_faults.UNREACHABLE, **ids)
def test_unreachable(asking, fault):
    prepare(asking, fault)
    asking.policy(MARK_RULE.replace("30s", "2s"))
    request = asking.ask(*fault.argv)
    undo = fault.cause(asking)
    assert asking.approve(request).gone
    result = request.wait()
    assert result.rc == 1 and fault.words in result.err and asking.marks() == []
    if undo:
        undo()
    asking.box.sh(f"cd {RUN} && rm -f *.sock")
    works(asking)


def test_folder_fills_meanwhile(asking):
    asking.box.mkdir(RUN)
    asking.box.order("mount", source="small", target=RUN, fstype="tmpfs", flags=0, data="size=64k,mode=0755")
    request = asking.ask("mark", "x")
    asking.box.order("fill", path=f"{RUN}/filler")
    asking.approve(request)
    assert request.wait().rc == 0 and asking.marks() == ["x"]
    asking.box.umount(RUN)


def test_ledger_fills_meanwhile(asking):
    """What cannot be recorded as approved does not run; that it did not is still kept."""
    asking.policy(MARK_RULE + 'rule ids { when command "/usr/bin/id"; allow }\n')
    asking.journald_works = False                     # it has the refusals that the ledger had no room for
    filler = asking.box.fill_disk(STATE)
    request = asking.ask("mark", "x")
    for _ in range(50):
        if "E-LEDGER-FULL" in asking.start("id", *["x" * 100000] * 2, user="bob").wait().err:
            break
    else:
        raise AssertionError("the ledger is not full")
    assert asking.approve(request).standing == "approver"
    result = request.wait()
    assert result.rc == 1 and "E-LEDGER-FULL" in result.err and asking.marks() == []
    assert asking.events(request)[-1] == "failed"
    asking.box.remove(filler)
    works(asking)


# ---- its own process

def test_killed_while_it_waits(asking):
    """Whoever asks next ends it, once."""
    request = asking.ask()
    request.kill(signal.SIGKILL)
    request.wait()
    assert asking.events(request) == ["requested"]
    asking.end_vanished()
    asking.end_vanished()
    assert asking.events(request) == ["requested", "failed"]
    assert "nothing was run" in asking.end(request)["AA_ERROR"]


def test_roots_look_ends_a_vanished_one(asking):
    request = asking.ask()
    request.kill(signal.SIGKILL)
    request.wait()
    asking.box.run(["actionapprove", "pending"], check=True)
    assert asking.events(request) == ["requested", "failed"]


@pytest.mark.parametrize("use_pty", [False, True])
def test_killed_while_the_command_runs(asking, use_pty):
    """How it ended is not known, and that is on record."""
    if use_pty:
        asking.box.sudoers("Defaults use_pty\n")
    asking.policy('rule sleep { when command sleep; ask console; from dba }\n' + MARK_RULE)
    request = asking.ask("sleep", "60", tty=use_pty)
    asking.approve(request)
    asking.box.wait_until(lambda: any(p["argv"][:1] == [b"sleep"] for p in asking.box.processes()), "it runs")
    assert asking.entries()[request.code].state == "running"
    request.kill(signal.SIGKILL)
    request.wait()
    asking.box.run(["pkill", "-9", "-x", "sleep"])
    asking.box.wait_until(lambda: not any(p["argv"][:1] == [b"sudo"] for p in asking.box.processes()), "sudo is gone")
    asking.end_vanished()
    assert asking.events(request)[-2:] == ["approved", "failed"]
    assert "not known" in asking.end(request)["AA_ERROR"]


def test_a_running_command_is_left_alone(asking):
    """Others who ask meanwhile do not take it for a vanished one."""
    asking.policy('rule sleep { when command sleep; ask console; from dba }\n' + MARK_RULE)
    request = asking.ask("sleep", "1")
    asking.approve(request)
    asking.end_vanished()
    assert request.wait().rc == 0 and asking.events(request)[-1] == "finished"


def test_frozen_one_holds_up_nobody(asking):
    frozen = asking.ask("mark", "frozen")
    asking.stop(frozen)
    started = time.monotonic()
    other = asking.ask("mark", "other", user="alice")
    assert asking.approve(other).verdict == "approved"
    assert other.wait().rc == 0 and time.monotonic() - started < 1.5
    asking.go_on(frozen)
    assert asking.approve(frozen).verdict == "approved"
    assert frozen.wait().rc == 0 and asking.marks() == ["other", "frozen"]


def test_frozen_one_leads_nobody(asking):
    """The same command again while the first is frozen: it does not wait for that one for ever."""
    first = asking.ask("mark", "same")
    asking.stop(first)
    second = asking.ask("mark", "same")
    asking.box.wait_until(lambda: asking.look(second).standing == "approver", "the second can be answered", timeout=4)
    asking.approve(second)
    assert second.wait().rc == 0
    asking.go_on(first)
    asking.deny(first)
    first.wait()
    assert asking.marks() == ["same"]


def test_snapshot_is_cut_in_place(asking):
    """What is mapped goes away under it: it may die of that, and never runs."""
    request = asking.ask()
    asking.box.sh(f"cp {STATE}/live /root/live; : > {STATE}/live", check=True)
    asking.approve(request)
    result = request.wait()
    assert result.rc != 0 and asking.marks() == []
    asking.box.sh(f"cat /root/live > {STATE}/live", check=True)
    asking.end_vanished()
    assert asking.events(request)[-1] == "failed"


def test_working_folder_is_replaced(asking):
    """What was shown as the folder is another one now."""
    asking.box.mkdir("/home/claude/work", owner="claude")
    request = asking.ask("mark", "x", cwd="/home/claude/work")
    assert asking.look(request).fields["AA_CWD"] == "/home/claude/work"
    asking.box.sh("cd /home/claude; mv work old; mkdir work; chown claude work", check=True)
    asking.approve(request)
    request.wait()
    assert asking.marks() == [] and asking.end(request)["AA_ERROR"].startswith("E-CHANGED")


# ---- limits of the caller's

def tiny_limits(asking, limits):
    """With each limit at the same time: what waits is approved and runs, what does not says why."""
    asking.policy("set max-waiting-per-user 60\n" + MARK_RULE)
    processes = {str(limit): asking.start("mark", str(i), rlimits=limit) for i, limit in enumerate(limits)}

    def settled():
        holders = set(asking.holders().values())
        return all(p.ended or p.pid in holders for p in processes.values())

    asking.box.wait_until(settled, "each waits or is refused")
    approved = 0
    for code in asking.entries():
        approved += asking.approve(code).verdict == "approved"
    results = {name: p.wait(40) for name, p in processes.items()}
    outcome = {name: (r.rc, r.err[-300:]) for name, r in results.items()}
    for name, result in results.items():
        assert result.rc == 0 or result.err.strip() or result.signal, outcome
    assert approved and len(asking.marks()) == len(set(asking.marks())) <= approved, outcome
    ends = collections.Counter(asking.events())
    assert ends["approved"] <= approved
    asking.end_vanished()
    return outcome


def test_few_descriptors(asking):
    tiny_limits(asking, [{"NOFILE": n} for n in (3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 24, 32)])


def test_little_memory(asking):
    tiny_limits(asking, [{"AS": n << 20} for n in (4, 8, 12, 13, 14, 15, 16, 17, 18, 20, 24, 32, 64)])


@pytest.mark.parametrize("limit", [{"FSIZE": 0}, {"FSIZE": 100}, {"FSIZE": 4096}], ids=str)
def test_small_files(asking, limit):
    """Nothing can be written then, so nobody is asked, and the requester hears why."""
    asking.journald_works = False                     # the ledger cannot take the refusal
    result = asking.start("mark", "x", rlimits=limit).wait()
    assert result.rc != 0 and asking.marks() == [] and "requested" not in asking.events()
    assert result.signal is None and "E-LIMITS" in result.err, result


def test_other_limits(asking):
    tiny_limits(asking, [{"NPROC": 1}, {"STACK": 1 << 18}, {"MEMLOCK": 0}, {"CPU": 5}, {"DATA": 1 << 20}, {"SIGPENDING": 0},
                         {"MSGQUEUE": 0}, {"CORE": 0}])


# ---- the table itself

def test_there_are_enough_faults():
    names = [fault.name for fault in asking_faults.ALL + test_ask_races.RACES + test_ask_messages.ATTACKS] + list(MISTAKES)
    assert len(names) >= 80 and len(set(names)) == len(names)
