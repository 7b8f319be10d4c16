# A request among others: limits, the same one twice, denials of a moment ago, channels that come later, intercept; and
# what happens between the approval and the start.

import collections
import time

import pytest

from asking import MARK_RULE, PEOPLE, STATE, asking_fixture  # noqa: F401  pylint: disable=unused-import

QUORUM = MARK_RULE.replace("from dba", "from dba; quorum 2")


def end_all(asking, *processes):
    for code in asking.entries():
        asking.vote("cancel", code, "root")
    for process in processes:
        process.wait()


def refused(asking, process, identifier):
    result = process.wait()
    assert result.rc == 1 and identifier in result.err, result.err
    assert asking.records()[-1]["AA_EVENT"] == "refused"


# ---- limits

def test_most_of_one_user(asking):
    requests = [asking.ask("mark", str(i)) for i in range(5)]
    refused(asking, asking.start("mark", "6"), "E-TOO-MANY")
    other = asking.ask("mark", "7", user="alice")
    asking.approve(requests[0])
    requests[0].wait()
    again = asking.ask("mark", "8")
    end_all(asking, *requests, other, again)


def test_most_of_one_host(asking):
    asking.policy("set max-waiting 3\nset max-waiting-per-user 2\n" + MARK_RULE)
    requests = [asking.ask("mark", "0"), asking.ask("mark", "1"), asking.ask("mark", "2", user="alice")]
    refused(asking, asking.start("mark", "3", user="alice"), "E-TOO-MANY")
    end_all(asking, *requests)


def test_most_at_once(asking):
    """They all come in the same moment: no more than may wait do."""
    asking.policy("set max-waiting-per-user 4\n" + MARK_RULE)
    processes = [asking.start("mark", str(i)) for i in range(16)]
    asking.box.wait_until(lambda: sum(p.ended for p in processes) >= 12, "12 are refused")
    time.sleep(0.2)
    assert sum(not p.ended for p in processes) == len(asking.entries()) == 4
    end_all(asking, *processes)
    counts = collections.Counter(asking.events())
    assert counts["refused"] == 12 and counts["requested"] == counts["cancelled"] == 4


# ---- the same again

def test_same_waits_with_the_first(asking):
    first = asking.ask("mark", "same")
    second, third = asking.ask("mark", "same"), asking.ask("mark", "same")
    asking.wait_follows([second, third], first)
    asking.box.wait_until(lambda: f"waits already as {first.code}" in second.process.output or second.ended, "it is said")
    answer = asking.approve(second)
    assert answer.result == "refused" and first.code in answer.text
    asking.approve(first)
    assert first.wait().rc == 0
    for request in (second, third):
        result = request.wait()
        assert result.rc == 1 and "E-JOINED" in result.err
        assert asking.events(request) == ["requested", "cancelled"]
    assert asking.marks() == ["same"], "one approval runs one command"


def test_same_at_once(asking):
    """All of them wait with one, whoever that is."""
    processes = [asking.start("mark", "same") for _ in range(5)]
    asking.box.wait_until(lambda: len(asking.records()) == 5, "all wait")
    time.sleep(0.2)
    follows = [entry.follows for entry in asking.entries().values()]
    assert follows.count("") == 1 and len(set(follows)) == 2, follows
    asking.approve(next(code for code, entry in asking.entries().items() if entry.follows == ""))
    assert sorted(p.wait().rc for p in processes) == [0, 1, 1, 1, 1]
    assert asking.marks() == ["same"]


def test_same_of_others_does_not_join(asking):
    """Another requester, another folder, another target, other arguments."""
    requests = [asking.ask("mark", "same"), asking.ask("mark", "same", user="alice"), asking.ask("mark", "same", cwd="/tmp"),
                asking.ask("-u", "bob", "mark", "same"), asking.ask("mark", "same", "")]
    time.sleep(0.2)
    assert {asking.entries()[r.code].follows for r in requests} == {""}
    end_all(asking, *requests)


def test_environment_makes_no_other_of_it(asking):
    """It is the same question to a person; what runs is the first one's, with the first one's environment."""
    asking.policy(MARK_RULE.replace("when command mark", "when command printenv"))
    first = asking.ask("AA_TEST=1", "printenv", "AA_TEST")
    second = asking.ask("AA_TEST=2", "printenv", "AA_TEST")
    asking.wait_follows([second], first)
    asking.approve(first)
    assert first.wait().stdout == b"1\n"
    assert second.wait().rc == 1 and second.wait().stdout == b""


def test_denied_for_all(asking):
    first, second = asking.ask(), asking.ask()
    asking.wait_follows([second], first)
    asking.deny(first, reason="no")
    for request in (first, second):
        assert "denied by bob" in request.wait().err
        assert asking.events(request)[-1] == "denied"


def test_follower_may_be_cancelled(asking):
    first, second = asking.ask(), asking.ask()
    asking.wait_follows([second], first)
    assert asking.vote("cancel", second, "claude").verdict == "cancelled"
    second.wait()
    asking.approve(first)
    assert first.wait().rc == 0


@pytest.mark.parametrize("how", ["kill", "kill again", "kill once more", "term", "cancel"])
def test_first_goes(asking, how):
    """One of the others takes over, the rest waits with that one, and it can be approved."""
    first = asking.ask()
    others = [asking.ask(), asking.ask(), asking.ask()]
    asking.wait_follows(others, first)
    if how == "cancel":
        asking.vote("cancel", first, "claude")
    else:
        first.kill(15 if how == "term" else 9)
    first.wait()

    def leaders():
        return [c for c in (r.code for r in others) if asking.entries()[c].follows == ""]

    def settled():
        return all(asking.entries()[r.code].follows != first.code for r in others)

    asking.box.wait_until(settled, "another one leads")
    time.sleep(0.3)
    assert len(leaders()) == 1, leaders()
    assert asking.approve(leaders()[0]).verdict == "approved"
    assert sorted(r.wait().rc for r in others) == [0, 1, 1]
    assert asking.marks() == [""]
    if how.startswith("kill"):
        asking.end_vanished()
        assert asking.end(first)["AA_EVENT"] == "failed"


# ---- after a denial

def test_cool_down(asking):
    asking.policy("set cool-down 2s\n" + MARK_RULE)
    request = asking.ask("mark", "again")
    asking.deny(request)
    request.wait()
    refused(asking, asking.start("mark", "again"), "E-COOL-DOWN")
    other = asking.ask("mark", "other")
    refused(asking, asking.start("mark", "again"), "E-COOL-DOWN")
    time.sleep(2.1)
    again = asking.ask("mark", "again")
    asking.approve(again)
    assert again.wait().rc == 0 and asking.marks() == ["again"]
    end_all(asking, other)


@pytest.mark.parametrize("how", ["cancel", "expire"])
def test_no_cool_down_after_other_ends(asking, how):
    asking.policy(MARK_RULE.replace("30s", "1s" if how == "expire" else "30s"))
    request = asking.ask()
    if how == "cancel":
        asking.vote("cancel", request, "claude")
    request.wait()
    end_all(asking, asking.ask())


# ---- channels that come later

def test_then(asking):
    """Before its time nobody can answer there; then they can."""
    asking.policy(MARK_RULE.replace("ask console", "ask ops then 1s console"),
                  PEOPLE + 'channel ops { type slack; room "C1"; token secret "none"; url "https://127.0.0.1:1" }\n')
    asking.box.write("/etc/actionapprove/secrets/none", "x", mode=0o600)
    request = asking.ask()
    started = time.monotonic()
    assert asking.approve(request).standing == "stranger"
    assert time.monotonic() - started < 1
    time.sleep(started + 1.1 - time.monotonic())
    assert asking.approve(request).verdict == "approved"
    assert request.wait().rc == 0


# ---- sudo's intercept: of a script of root's, whose commands nobody reads in advance

STEPS = 'rule steps { when command "/usr/local/sbin/steps"; allow }\n'


def intercepted_script(asking, text):
    asking.box.write("/usr/local/sbin/steps", "#!/usr/bin/dash\n" + text, mode=0o755)
    asking.box.sudoers("Defaults intercept\n")
    return "/usr/local/sbin/steps"


def test_intercepted(asking):
    """Inside of a shell nobody is asked; the shell goes on."""
    asking.policy(MARK_RULE + STEPS)
    result = asking.start(intercepted_script(asking, "/usr/bin/mark i; exit 7")).wait()
    assert result.rc == 7 and "E-INTERCEPTED" in result.err and asking.marks() == []


def test_intercept_wait(asking):
    asking.policy(MARK_RULE.replace("30s", "30s; intercept-wait") + STEPS)
    request = asking.ask(intercepted_script(asking, "/usr/bin/mark i; exit 7"))
    asking.approve(request)
    result = request.wait()
    assert result.rc == 7 and asking.marks() == ["i"], result.err


# ---- between the approval and the start

def approved_and_frozen(asking, *argv, **options):
    asking.freeze_after_approval()
    request = asking.ask(*argv, **options)
    assert asking.approve(request).verdict == "approved"
    asking.wait_frozen(request)
    return request


def test_nothing_changed_meanwhile(asking):
    request = approved_and_frozen(asking)
    assert asking.marks() == []
    asking.go_on(request)
    assert request.wait().rc == 0 and asking.marks() == [""]


@pytest.mark.parametrize("rules, runs", [
    ('rule mark { when command mark; deny "no more" }\n', False),
    (QUORUM, False),
    ("rule first { when command mark; ask console; from dba }\n", False),
    (MARK_RULE + 'rule other { when command "/usr/bin/id"; allow }\n', True),
], ids=["denied now", "two are wanted now", "another rule asks now", "changed elsewhere"])
def test_policy_changed_after_the_approval(asking, rules, runs):
    request = approved_and_frozen(asking)
    asking.policy(rules)
    asking.go_on(request)
    result = request.wait()
    assert (result.rc == 0) == runs == (asking.marks() == [""]), result.err
    assert asking.events(request)[-2:] == ["approved", "finished" if runs else "failed"]
    assert runs or "E-CHANGED" in result.err


@pytest.mark.parametrize("script", ["mv live away", ": > live", "rm key"])
def test_broken_after_the_approval(asking, script):
    """What can no longer be held against the policy does not run; the key is needed for the digest."""
    request = approved_and_frozen(asking)
    asking.box.sh(f"cd {STATE} && cp -a . /root/saved && {script}", check=True)
    asking.go_on(request)
    request.wait()
    asking.box.sh(f"cp -a /root/saved/live /root/saved/key {STATE}/", check=True)
    if script != "rm key":                            # it was read before, and is kept until the start
        assert asking.marks() == [] and asking.events(request)[-1] == "failed"


def test_killed_after_the_approval(asking):
    request = approved_and_frozen(asking)
    request.kill(9)
    request.wait()
    asking.end_vanished()
    assert asking.events(request)[-2:] == ["approved", "failed"] and asking.marks() == []
    assert "E-VANISHED" in asking.end(request)["AA_ERROR"]


def test_cancel_after_the_approval(asking):
    """It is over for the channels: nobody can answer any more; a signal still keeps it from running."""
    request = approved_and_frozen(asking)
    assert asking.vote("cancel", request, "claude").gone
    request.kill(15)
    asking.go_on(request)
    request.wait()
    assert asking.marks() == [] and asking.events(request)[-1] == "failed"


def test_stale_approval(asking):
    """Slow: 31 seconds between the approval and the start."""
    request = approved_and_frozen(asking)
    time.sleep(31)
    asking.go_on(request)
    result = request.wait()
    assert "E-STALE" in result.err and asking.marks() == []
    assert asking.events(request)[-2:] == ["approved", "failed"]
