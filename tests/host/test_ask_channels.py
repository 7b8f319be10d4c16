# Network channels: the scripted courier in the place of the real one does what its room says. What it reports counts
# only if it may be said now; whatever else it does, nothing runs, and nothing is left.

import os
import re
import signal
import time

import pytest

from asking import asking_fixture, people  # noqa: F401  pylint: disable=unused-import

COURIER = "/usr/libexec/actionapprove/courier"
PEOPLE = people(bob="person bob { unix bob; slack U0BOB }", carol="person carol { unix carol; slack U0CAROL }",
                alice="person alice { unix alice; slack U0ALICE }")
RULE = "rule mark {{ when command mark; ask {channels}; from dba; timeout {timeout}; quorum {quorum} }}\n"


@pytest.fixture(name="chat")
def chat_fixture(asking, build):
    box = asking.box
    box.write("/etc/passwd", box.read("/etc/passwd") + b"_actionapprove:x:979:979::/nonexistent:/usr/sbin/nologin\n")
    box.write("/etc/group", box.read("/etc/group") + b"_actionapprove:x:979:\n")
    box.write(COURIER, (build / "tests/courier/courier-scripted").read_bytes(), mode=0o755)
    box.write("/etc/actionapprove/secrets/chat", "xoxb-secret\n", mode=0o600)
    return Chat(asking)


class Chat:
    def __init__(self, asking):
        self.asking = asking
        self.box = asking.box

    def script(self, room, *, channels="ops", timeout="10s", quorum=1, more=""):
        self.asking.policy(f'channel ops {{ type slack; room "{room}"; token secret chat }}\n{more}' +
                           RULE.format(channels=channels, timeout=timeout, quorum=quorum), PEOPLE)

    def run(self, *, env=None):
        return self.box.run(["sudo", "mark", "x"], user="claude", timeout=40, env=env)

    def couriers(self):
        return [p for p in self.box.processes() if p["argv"] and p["argv"][0] == b"actionapprove-courier"]

    def ended(self, result, event, words):
        assert result.rc == 1 and words in result.err, result.err
        assert self.asking.marks() == []
        assert self.asking.events()[-1] == event
        self.settled()

    def settled(self):
        self.box.wait_until(lambda: not self.couriers(), "the courier ends", timeout=14)


# ---- what people say

def test_approved(chat):
    chat.script("post; wait 200; approve U0BOB because looks fine")
    result = chat.run()
    assert result.rc == 0, result.err
    assert "approved by bob" in result.err and chat.asking.marks() == ["x"]
    approved = next(r for r in chat.asking.records() if r["AA_EVENT"] == "approved")
    assert approved["AA_APPROVER"] == "bob" and approved["AA_APPROVER_ID"] == "slack:U0BOB"
    assert approved["AA_APPROVER_REASON"] == "looks fine"
    vote = next(r for r in chat.asking.records() if r["AA_EVENT"] == "vote")
    assert vote["AA_CHANNEL"] == "ops"
    chat.settled()


def test_denied(chat):
    chat.script("post; deny U0CAROL because not today")
    chat.ended(chat.run(), "denied", "denied by carol, who said: not today")


@pytest.mark.parametrize("account, status", [("U0ALICE", "owner"), ("U0NOBODY", "unlinked")])
def test_who_does_not_count(chat, account, status):
    chat.script(f"post; approve {account}; wait 60000", timeout="2s")
    chat.ended(chat.run(), "expired", "nobody answered")
    assert next(r for r in chat.asking.records() if r["AA_EVENT"] == "vote")["AA_VOTE_REFUSED"] == status


def test_one_person_on_two_channels_is_one(chat):
    chat.script("post; approve U0BOB; wait 60000", channels="ops console", quorum=2, timeout="3s")
    request = chat.asking.ask("mark", "x")
    chat.box.wait_until(lambda: "vote" in chat.asking.events(request), "bob's vote is heard")
    assert chat.asking.approve(request, "bob").result == "refused"
    chat.ended(request.wait(), "expired", "1 of 2 approved")


def test_two_people_on_two_channels(chat):
    chat.script("post; approve U0BOB; wait 60000", channels="ops console", quorum=2)
    request = chat.asking.ask("mark", "x")
    chat.box.wait_until(lambda: "vote" in chat.asking.events(request), "bob's vote is heard")
    assert chat.asking.approve(request, "carol").verdict == "approved"
    assert request.wait().rc == 0 and chat.asking.marks() == ["x"]
    chat.settled()


def test_taken_back(chat):
    chat.script("post; approve U0BOB; wait 100; retract U0BOB; wait 100; approve U0CAROL; wait 60000", quorum=2,
                timeout="2s")
    chat.ended(chat.run(), "expired", "1 of 2 approved")


def test_then(chat):
    chat.script("post; approve U0BOB; wait 60000", channels="console then 2s ops")
    result = chat.run()
    assert result.rc == 0 and result.duration > 1.9 and chat.asking.marks() == ["x"]
    chat.settled()


# ---- what goes wrong with it: each ends in a denial, at once where nobody else is asked

FAULTS = {
    "it gives up": "post; fail the workspace is gone",
    "it ends": "post; exit",
    "it crashes": "post; crash",
    "it ends before it is asked": "prepare-fail",
    "a foreign namespace": "post; raw lie-namespace",
    "another request's number": "post; raw other-request",
    "the same vote twice": "post; approve U0NOBODY; raw duplicate",
    "votes out of order": "post; raw out-of-order",
    "a vote of nobody": "post; raw nobody",
    "posted twice": "post; raw post",
    "half a frame, and the end": "post; raw truncated; exit",
    "a frame too large": "post; raw oversize",
    "another version": "post; raw wrong-version",
    "an unknown frame": "post; raw unknown-type",
    "noise": "post; raw noise",
    "bytes behind a message": "post; raw leftover",
    "a signature": "post; raw signature",
    "babbling": "post; raw babble",
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(chat, name):
    chat.script(FAULTS[name])
    result = chat.run()
    assert result.duration < 6
    chat.ended(result, "failed", "E-CHANNEL")


@pytest.mark.parametrize("name", ["a foreign namespace", "it crashes", "babbling"])
def test_fault_after_a_vote_that_counted(chat, name):
    """One of two votes, and then the courier shows that it cannot be believed."""
    chat.script("post; approve U0BOB; wait 300; " + FAULTS[name].removeprefix("post; "), channels="ops console",
                quorum=2, timeout="3s")
    request = chat.asking.ask("mark", "x")
    chat.box.wait_until(lambda: "vote" in chat.asking.events(request), "the vote is on record")
    chat.box.wait_until(lambda: not chat.couriers(), "the courier is gone")
    assert chat.asking.approve(request, "carol").verdict == "pending"
    chat.ended(request.wait(), "expired", "1 of 2 approved")


@pytest.mark.parametrize("room", ["post; hang", "post; hang-blocked", "post; spin", "hang", "prepare-hang"])
def test_hangs(chat, room):
    chat.script(room, timeout="2s")
    chat.ended(chat.run(), "expired", "nobody answered")


def break_missing(box):
    box.remove(COURIER)


def break_writable(box):
    box.run(["chmod", "0777", COURIER], check=True)


def break_owner(box):
    box.run(["chown", "claude", COURIER], check=True)


def break_garbage(box):
    box.write(COURIER, "garbage", mode=0o755)


def break_user(box):
    box.run(["sed", "-i", "/^_actionapprove/d", "/etc/passwd"], check=True)


def break_secret(box):
    box.remove("/etc/actionapprove/secrets/chat")


def break_secret_mode(box):
    box.run(["chmod", "0644", "/etc/actionapprove/secrets/chat"], check=True)


@pytest.mark.parametrize("break_it", [break_missing, break_writable, break_owner, break_garbage, break_user,
                                      break_secret, break_secret_mode])
def test_set_up(chat, break_it):
    chat.script("post; approve U0BOB")
    break_it(chat.box)
    result = chat.run()
    chat.ended(result, "failed", "E-CHANNEL")
    assert "xoxb" not in result.err + str(chat.asking.records())


def test_the_other_channel_goes_on(chat):
    chat.script("post; crash", channels="ops console")
    request = chat.asking.ask("mark", "x")
    chat.box.wait_until(lambda: not chat.couriers(), "the courier is gone")
    assert chat.asking.approve(request).verdict == "approved"
    result = request.wait()
    assert result.rc == 0 and "channel ops: " in result.err and chat.asking.marks() == ["x"]


def test_killed_and_stopped(chat):
    chat.script("post; wait 60000", timeout="4s")
    for signum, event in ((signal.SIGKILL, "failed"), (signal.SIGSTOP, "expired")):
        request = chat.asking.ask("mark", "x")
        chat.box.wait_until(chat.couriers, "the courier runs")
        time.sleep(0.3)
        for courier in chat.couriers():
            chat.box.kill(courier["pid"], signum)
        result = request.wait()
        assert result.rc == 1 and chat.asking.events(request)[-1] == event
    assert chat.asking.marks() == []
    chat.settled()


def test_sudo_is_killed(chat):
    chat.script("post; wait 60000")
    request = chat.asking.ask("mark", "x")
    chat.box.wait_until(chat.couriers, "the courier runs")
    request.kill(signal.SIGKILL)
    request.wait()
    started = time.monotonic()
    chat.settled()
    assert time.monotonic() - started < 12
    chat.asking.end_vanished()


def test_no_vendor_is_built_yet(chat, build):
    chat.script("C0123")
    chat.box.write(COURIER, (build / "courier/courier").read_bytes(), mode=0o755)
    result = chat.run()
    chat.ended(result, "failed", "E-CHANNEL")
    assert "no courier for channels of type slack" in result.err


# ---- what the courier has and knows

def test_it_hears_how_things_end(chat):
    """The question, the answers, the outcome and the end of the command."""
    chat.script("post; say AA_COMMAND; say AA_REASON; say AA_HASH; say token; echo; approve U0NOBODY; approve U0BOB; "
                "wait 60000")
    result = chat.run(env={"SUDO_APPROVE_REASON": "ticket 12"})
    assert result.rc == 0
    assert "AA_COMMAND=/usr/bin/mark x" in result.err and "AA_REASON=ticket 12" in result.err
    requested = next(r for r in chat.asking.records() if r["AA_EVENT"] == "requested")
    assert f"AA_HASH={requested['AA_HASH']}" in result.err
    # this script tells it, which real ones must not; what it says is masked like anything else
    assert re.search("token=‹secret:11›", result.err) and "xoxb-secret" not in result.err
    chat.settled()


def test_process(chat):
    """Who it is and what it holds, as root sees it."""
    chat.script("post; wait 60000", timeout="5s")
    request = chat.asking.ask("mark", "x", env={"SECRET": "1"}, open_fds={9: ("/etc/shadow", os.O_RDONLY)})
    chat.box.wait_until(chat.couriers, "the courier runs")
    time.sleep(0.3)
    pid = chat.couriers()[0]["pid"]
    status = dict(line.split(":\t", 1) for line in chat.box.read(f"/proc/{pid}/status").decode().splitlines()
                  if ":\t" in line)
    assert status["Uid"].split() == ["979"] * 4 and status["Gid"].split() == ["979"] * 4
    assert status["NoNewPrivs"] == "1" and status["Seccomp"] == "2" and status["Groups"].strip() == ""
    assert chat.box.read(f"/proc/{pid}/environ") == b""
    links = chat.box.sh(f"ls -l /proc/{pid}/fd").out
    assert "/etc/shadow" not in links and links.count("->") <= 5, links
    request.kill(signal.SIGTERM)
    request.wait()
    chat.settled()
