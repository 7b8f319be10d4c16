# A command that a person has to approve, from the question to its one end: who says what, what runs, what is recorded.

import re

import pytest

from asking import MARK_RULE, RUN, asking_fixture  # noqa: F401  pylint: disable=unused-import

CODE = r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}"


def rule(text, timeout="30s"):
    return f"rule mark {{ when command mark printf false id; ask console; from dba; timeout {timeout}; {text} }}\n"


# ---- the ways to an end

def test_approved_runs_once(asking):
    request = asking.ask("mark", "x")
    assert re.fullmatch(CODE, request.code) and asking.marks() == []
    answer = asking.approve(request, reason="go on")
    assert (answer.standing, answer.result, answer.verdict) == ("approver", "counted", "approved")
    assert answer.text == f"{request.code}: approved by bob"
    result = request.wait()
    assert result.rc == 0 and result.stdout == b"" and asking.marks() == ["x"]
    assert f"{request.code}: approved by bob" in result.err
    requested, vote, approved, finished = asking.records(request)
    assert [r["AA_EVENT"] for r in (requested, vote, approved, finished)] == ["requested", "vote", "approved", "finished"]
    assert vote["AA_VOTE"] == "approve" and "AA_VOTE_REFUSED" not in vote
    for record in (vote, approved):
        assert (record["AA_APPROVER"], record["AA_APPROVER_ID"]) == ("bob", "unix:bob")
        assert record["AA_APPROVER_REASON"] == "go on"
    assert approved["AA_QUORUM"] == "1" and int(approved["AA_WAIT_USEC"]) > 0
    assert finished["AA_EXIT_STATUS"] == "0"
    assert {r["AA_COMMAND"] for r in asking.records(request)} == {"/usr/bin/mark x"}
    assert {r["AA_USER"] for r in asking.records(request)} == {"claude"}


def test_what_an_approver_sees(asking):
    request = asking.ask("mark", "a b", cwd="/tmp", env={"SUDO_APPROVE_REASON": "a ticket"})
    fields = asking.look(request).fields
    expected = {"AA_REQUEST": request.code, "AA_COMMAND": "/usr/bin/mark 'a b'", "AA_USER": "claude", "AA_AGENT": "claude",
                "AA_OWNER": "alice", "AA_RUNAS": "root", "AA_CWD": "/tmp", "AA_REASON": "a ticket", "AA_RULE": "mark",
                "AA_QUORUM": "1", "AA_FROM": "dba", "AA_HOST": "testhost", "AA_APPROVALS": "0"}
    assert {name: fields.get(name) for name in expected} == expected
    assert 0 < int(fields["AA_LEFT_USEC"]) <= 30_000_000
    assert fields["AA_DIGEST"] == asking.records(request)[0]["AA_DIGEST"]
    assert asking.waits(request), "who looks changes nothing"
    asking.approve(request)
    request.wait()


def test_arguments_arrive_as_they_were(asking):
    asking.policy(rule(""))
    arguments = [b"a  b", b"$(id)", b"\n\x1b[2J", b"\xff\xe2\x80\xae", b"", b"'\""]
    request = asking.ask(b"printf", b"%s|", *arguments)
    asking.approve(request)
    assert request.wait().stdout == b"".join(a + b"|" for a in arguments)


def test_exit_status_is_the_commands(asking):
    asking.policy(rule(""))
    request = asking.ask("false")
    asking.approve(request)
    assert request.wait().rc == 1
    assert asking.end(request)["AA_EXIT_STATUS"] == "1"


def test_as_another_user(asking):
    asking.policy(rule(""))
    request = asking.ask("-u", "bob", "id", "-un")
    assert asking.look(request).fields["AA_RUNAS"] == "bob"
    asking.approve(request)
    assert request.wait().stdout == b"bob\n"


def test_denied(asking):
    request = asking.ask()
    assert asking.deny(request, reason="not \x1b[2J today").verdict == "denied"
    result = request.wait()
    assert result.rc == 1 and asking.marks() == []
    assert "bob" in result.err and "today" in result.err and "E-DENIED" in result.err and "\x1b" not in result.err
    assert asking.events(request) == ["requested", "vote", "denied"]
    assert asking.end(request)["AA_APPROVER"] == "bob"


def test_expired(asking):
    asking.policy(rule("", timeout="1s"))
    request = asking.ask()
    result = request.wait()
    assert result.rc == 1 and 1 <= result.duration < 2
    assert "E-EXPIRED" in result.err
    assert asking.events(request) == ["requested", "expired"]
    assert int(asking.end(request)["AA_WAIT_USEC"]) >= 1_000_000
    assert asking.approve(request).gone


@pytest.mark.parametrize("user, standing", [("claude", "requester"), ("alice", "owner"), ("root", "root")])
def test_cancelled_by_who_may(asking, user, standing):
    request = asking.ask()
    answer = asking.vote("cancel", request, user)
    assert (answer.standing, answer.verdict) == (standing, "cancelled")
    result = request.wait()
    assert result.rc == 1 and "E-CANCELLED" in result.err
    assert asking.events(request) == ["requested", "vote", "cancelled"]


def test_requesters_deny_is_a_cancel(asking):
    request = asking.ask()
    assert asking.deny(request, "claude").verdict == "cancelled"
    request.wait()
    assert asking.events(request)[-1] == "cancelled"


def test_approvers_cancel_is_a_deny(asking):
    request = asking.ask()
    assert asking.vote("cancel", request).verdict == "denied"
    request.wait()
    assert asking.events(request)[-1] == "denied"


# ---- quorum

def test_quorum(asking):
    asking.policy(rule("quorum 2"))
    request = asking.ask()
    first = asking.approve(request, "bob")
    assert (first.result, first.verdict, first.approvals, first.quorum) == ("counted", "pending", 1, 2)
    again = asking.approve(request, "bob")
    assert again.result == "refused" and "already" in again.text and again.approvals == 1
    assert asking.look(request, "carol").fields["AA_APPROVED_BY"] == "bob"
    assert asking.waits(request) and asking.marks() == []
    second = asking.approve(request, "carol")
    assert (second.result, second.verdict, second.approvals) == ("counted", "approved", 2)
    assert "approved by bob, carol" in request.wait().err
    approved = asking.records(request)[-2]
    assert approved["AA_APPROVER"] == ["bob", "carol"] and approved["AA_QUORUM"] == "2"
    refused = [r.get("AA_VOTE_REFUSED") for r in asking.records(request) if r["AA_EVENT"] == "vote"]
    assert refused == [None, "already", None]


def test_retracted(asking):
    asking.policy(rule("quorum 2"))
    request = asking.ask()
    asking.approve(request, "bob")
    assert asking.vote("retract", request, "carol").result == "refused"
    assert asking.vote("retract", request, "bob").approvals == 0
    assert asking.approve(request, "carol").verdict == "pending", "what was taken back is as if never cast"
    assert asking.waits(request)
    assert asking.approve(request, "bob").verdict == "approved", "and its person may answer again"
    assert request.wait().rc == 0


def test_deny_wins(asking):
    asking.policy(rule("quorum 2"))
    request = asking.ask()
    asking.approve(request, "bob")
    assert asking.deny(request, "carol").verdict == "denied"
    assert request.wait().rc == 1 and asking.marks() == []


def test_deny_of_who_approved(asking):
    asking.policy(rule("quorum 2"))
    request = asking.ask()
    asking.approve(request, "bob")
    assert asking.deny(request, "bob").verdict == "denied"
    request.wait()
    assert asking.events(request)[-1] == "denied"


def test_late(asking):
    """Carol was greeted and thinks; bob decides. She is told, and her answer changes nothing."""
    request = asking.ask()
    late = asking.start_client({"op": "approve", "code": request.code, "after": "/tmp/go"}, "carol")
    late.read_until("greeted")
    asking.deny(request)
    request.wait()
    asking.box.write("/tmp/go", "")
    answer = asking.answer_of(late)
    assert answer.gone or answer.verdict == "denied"
    assert asking.marks() == [] and asking.events(request)[-1] == "denied"


def test_who_listens_hears_the_end(asking):
    request = asking.ask()
    listener = asking.start_client({"op": "listen", "code": request.code}, "carol")
    listener.read_until("greeted")
    asking.approve(request)
    answer = asking.answer_of(listener)
    assert (answer.result, answer.verdict, answer.text) == ("over", "approved", f"{request.code}: approved by bob")
    request.wait()


# ---- other ways to call it

def test_several_at_once_are_told_apart(asking):
    requests = [asking.ask("mark", str(i)) for i in range(4)]
    digests = {asking.look(r).fields["AA_DIGEST"] for r in requests}
    assert len(digests) == 4
    asking.deny(requests[0])
    asking.approve(requests[2])
    requests[2].wait()
    assert asking.marks() == ["2"]
    asking.approve(requests[1], "carol")
    requests[1].wait()
    assert asking.marks() == ["2", "1"] and asking.waits(requests[3])
    asking.vote("cancel", requests[3], "root")


def test_in_the_background(asking):
    """sudo -b: the wait is in the foreground, and its end is on record although another process ends it."""
    request = asking.ask("-b", "mark", "b")
    asking.approve(request)
    request.wait()
    asking.box.wait_until(lambda: asking.events(request)[-1] == "finished", "the record of the end")
    assert asking.marks() == ["b"]


def test_on_a_pseudo_terminal_of_sudo(asking):
    asking.box.sudoers("Defaults use_pty\n")
    request = asking.ask("mark", "p", tty=True)
    asking.approve(request)
    assert request.wait().rc == 0 and asking.marks() == ["p"]


def test_sudoedit(asking):
    asking.policy('rule motd { when edit; ask console; from dba }\n')
    asking.box.write("/home/alice/ed", "#!/bin/sh\necho by alice > $1\n", mode=0o755, owner="alice")
    before = asking.box.read("/etc/motd")
    request = asking.ask("-e", "/etc/motd", user="alice", env={"SUDO_EDITOR": "/home/alice/ed"})
    fields = asking.look(request).fields
    assert fields["AA_COMMAND"] == "sudoedit /etc/motd" and "not known yet" in str(fields["AA_WARNING"])
    assert asking.box.read("/etc/motd") == before
    asking.approve(request)
    assert request.wait().rc == 0 and asking.box.read("/etc/motd") == b"by alice\n"


def test_observe_mode_asks_nobody(asking):
    asking.policy("set mode observe\n" + MARK_RULE)
    result = asking.start("mark", "o").wait()
    assert result.rc == 0 and asking.marks() == ["o"] and asking.entries() == {}
    allowed, finished = asking.records()
    assert (allowed["AA_EVENT"], allowed["AA_MODE"], allowed["AA_ACTION"]) == ("allowed", "observe", "ask")
    assert finished["AA_EVENT"] == "finished"


def test_root_is_never_asked(asking):
    assert asking.start("mark", "r", user="root").wait().rc == 0
    assert asking.marks() == ["r"]


def test_folder_of_waiting_requests(asking):
    """Made where there is none, whatever the caller's umask; entries are root's alone, sockets are for everybody."""
    asking.box.remove(RUN)
    request = asking.ask(umask=0o777)
    assert asking.box.stat(RUN).st_mode & 0o7777 == 0o755 and asking.box.stat(RUN).st_uid == 0
    assert asking.box.stat(f"{RUN}/{request.code}").st_mode & 0o7177 == 0
    assert asking.box.stat(f"{RUN}/{request.code}.sock").st_mode & 0o777 == 0o666
    asking.approve(request)
    assert request.wait().rc == 0


def test_check_finds_what_is_wrong(asking):
    """The helper itself can fail: on a command that ran twice, on an end too many, on what is left behind."""
    from asking import exactly_one_end
    good = [{"AA_ID": "1", "AA_EVENT": e} for e in ("requested", "vote", "approved", "finished")]
    exactly_one_end(good)
    for bad in (good[:-1], good + good[-1:], good[:2] + good[3:], good + [{"AA_ID": "1", "AA_EVENT": "cancelled"}],
                good[1:], good[:3] + [{"AA_ID": "1", "AA_EVENT": "denied"}]):
        with pytest.raises(AssertionError):
            exactly_one_end(bad)
    asking.box.write(f"{RUN}/AAAA-AAAA", "")
    with pytest.raises(AssertionError):
        asking.check()
    asking.box.remove(f"{RUN}/AAAA-AAAA")
    stray = asking.box.spawn(["sleep", "100"])
    with pytest.raises(AssertionError):
        asking.check(timeout=0.5)
    stray.kill()
    stray.wait()
