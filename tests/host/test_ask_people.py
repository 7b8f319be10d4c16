# Who counts: nobody but a qualified person who is not the requester, as the host and the policy know it at the verdict.

import pytest

from asking import MARK_RULE, PEOPLE, asking_fixture, people  # noqa: F401  pylint: disable=unused-import

ALICE, BOB, CLAUDE = 1001, 1002, 1004


def refused(asking, answer, status, words):
    """Nothing came of it, and the record says why."""
    assert answer.result == "refused" and words in answer.text, answer
    vote = [r for r in asking.records() if r["AA_EVENT"] == "vote"][-1]
    assert vote["AA_VOTE_REFUSED"] == status
    assert asking.marks() == []


def settle(asking, request):
    """It is still open, and can be answered by who may."""
    assert asking.waits(request)
    asking.vote("cancel", request, "root")
    request.wait()
    assert asking.marks() == []


# ---- self

def test_not_oneself(asking):
    asking.policy(MARK_RULE, people(dba="group dba { person alice bob }"))
    request = asking.ask(user="alice")
    answer = asking.approve(request, "alice")
    assert answer.standing == "requester"
    refused(asking, answer, "self", "you asked for this yourself")
    settle(asking, request)


def test_not_by_ones_second_account(asking):
    asking.policy(MARK_RULE, people(alice="person alice { unix alice carol }", carol=None,
                                    dba="group dba { person alice bob }"))
    request = asking.ask(user="alice")
    answer = asking.approve(request, "carol")
    assert answer.standing != "approver"
    if answer.result is not None:
        refused(asking, answer, "self", "yourself")
    settle(asking, request)


def test_two_accounts_are_one_vote(asking):
    asking.policy(MARK_RULE.replace("from dba", "from dba; quorum 2"),
                  people(bob="person bob { unix bob carol }", carol=None, dba="group dba { person alice bob }"))
    request = asking.ask()
    assert asking.approve(request, "bob").approvals == 1
    refused(asking, asking.approve(request, "carol"), "already", "already")
    settle(asking, request)


def test_not_who_logged_in_as_the_requester(asking):
    """alice logged in, "su bob", and asks as bob: she is the requester too, by either name."""
    asking.policy(MARK_RULE, people(dba="group dba { person alice bob }"))
    request = asking.ask(user="bob", loginuid=ALICE)
    assert asking.look(request, "alice").standing == "requester"
    refused(asking, asking.approve(request, "alice"), "self", "yourself")
    refused(asking, asking.approve(request, "bob"), "self", "yourself")
    settle(asking, request)


def test_not_after_su(asking):
    """uid bob, logged in as alice: after "su bob", alice is still alice."""
    request = asking.ask()
    answer = asking.approve(request, "bob", loginuid=ALICE)
    assert answer.standing != "approver" and answer.result != "over"
    settle(asking, request)


def test_not_after_su_from_the_agent(asking):
    request = asking.ask()
    answer = asking.approve(request, "bob", loginuid=CLAUDE)
    assert answer.standing != "approver" and answer.result != "over"
    settle(asking, request)


def test_own_login_counts(asking):
    request = asking.ask()
    assert asking.approve(request, "bob", loginuid=BOB).verdict == "approved"
    assert request.wait().rc == 0


def test_deny_after_su_stops_nothing(asking):
    request = asking.ask()
    assert asking.deny(request, "bob", loginuid=1003).verdict in (None, "pending")
    settle(asking, request)


# ---- owners

def test_owner_does_not_count(asking):
    asking.policy(MARK_RULE, people(dba="group dba { person alice bob }"))
    request = asking.ask()
    answer = asking.approve(request, "alice")
    assert answer.standing == "owner"
    refused(asking, answer, "owner", "the agent that asks is yours")
    settle(asking, request)


def test_owner_may_approve(asking):
    asking.policy(MARK_RULE.replace("30s", "30s; owner-may-approve"), people(dba="group dba { person alice bob }"))
    request = asking.ask()
    assert asking.approve(request, "claude").result == "refused", "but never the agent itself"
    assert asking.approve(request, "alice").verdict == "approved"
    assert request.wait().rc == 0


def test_owners_deny_is_a_cancel(asking):
    request = asking.ask()
    assert asking.deny(request, "alice").verdict == "cancelled"
    request.wait()


# ---- nobody in particular

def test_root_never_counts(asking):
    asking.policy(MARK_RULE, people(bob="person bob { unix bob root }"))
    request = asking.ask()
    answer = asking.approve(request, "root")
    assert answer.standing == "root"
    refused(asking, answer, "root", "root is nobody in particular")
    refused(asking, asking.deny(request, "root"), "root", "root is nobody in particular")
    refused(asking, asking.approve(request, "root", loginuid=BOB), "root", "root is nobody in particular")
    settle(asking, request)


@pytest.mark.parametrize("user", ["carol", 4242, 65534])
def test_strangers_see_nothing(asking, user):
    """Who has no person in the policy, or is not in the group; who has no account at all; nobody."""
    asking.policy(MARK_RULE, people(carol=None, dba="group dba { person bob }"))
    request = asking.ask()
    answer = asking.approve(request, user)
    assert answer.standing == "stranger" and answer.fields == {} and answer.result is None
    settle(asking, request)


def test_not_in_the_group(asking):
    asking.policy(MARK_RULE, people(dba="group dba { person bob }"))
    request = asking.ask()
    assert asking.approve(request, "carol").standing == "stranger"
    settle(asking, request)


def test_ambiguous(asking):
    """bob's account is two persons': apply refuses it, or it is nobody's."""
    asking.box.write("/etc/actionapprove/actionapprove.conf",
                     people(carol="person carol { unix carol bob }") + MARK_RULE)
    if asking.box.run(["actionapprove", "apply"]).rc == 0:
        request = asking.ask()
        assert asking.approve(request, "bob").verdict in (None, "pending")
        settle(asking, request)


# ---- what changes meanwhile

UNIX_GROUP = people(dba="group dba { unix-group dba }")


def members(asking, names):
    text = asking.box.read("/etc/group").decode()
    lines = [f"dba:x:1100:{names}" if line.startswith("dba:") else line for line in text.splitlines()]
    asking.box.write("/etc/group", "\n".join(lines) + "\n")


def test_group_left_meanwhile(asking):
    """bob's approval goes with his membership; it is back when he is."""
    members(asking, "bob,carol,alice")
    asking.policy(MARK_RULE.replace("from dba", "from dba; quorum 2"), UNIX_GROUP)
    request = asking.ask()
    assert asking.approve(request, "bob").approvals == 1
    members(asking, "carol,alice")
    answer = asking.approve(request, "carol")
    assert (answer.verdict, answer.approvals) == ("pending", 1)
    settle(asking, request)


def test_group_entered_meanwhile(asking):
    asking.policy(MARK_RULE, UNIX_GROUP)
    request = asking.ask()
    assert asking.approve(request, "carol").standing == "stranger"
    members(asking, "bob,carol")
    asking.wait_until_approver(request, "carol")
    assert asking.approve(request, "carol").verdict == "approved"
    assert request.wait().rc == 0


def test_account_deleted_meanwhile(asking):
    asking.policy(MARK_RULE.replace("from dba", "from dba; quorum 2"))
    request = asking.ask()
    asking.approve(request, "bob")
    asking.box.sh("sed -i /^bob:/d /etc/passwd", check=True)
    answer = asking.approve(request, "carol")
    assert (answer.verdict, answer.approvals) == ("pending", 1)
    assert asking.approve(request, BOB).verdict in (None, "pending")
    settle(asking, request)


def changed(asking, rules, people_now=PEOPLE, first=MARK_RULE.replace("from dba", "from dba; quorum 2")):
    """bob approved, one more was wanted; then the policy changes, and carol approves."""
    asking.policy(first)
    request = asking.ask()
    asking.approve(request, "bob")
    asking.policy(rules, people_now)
    return request, asking.approve(request, "carol")


def test_policy_raises_the_quorum(asking):
    request, answer = changed(asking, MARK_RULE.replace("from dba", "from dba; quorum 3"), people(
        dba="group dba { person bob carol alice }"))
    assert (answer.verdict, answer.approvals, answer.quorum) == ("pending", 2, 3)
    settle(asking, request)


def test_policy_lowers_the_quorum(asking):
    request, answer = changed(asking, MARK_RULE)
    assert answer.verdict == "approved"
    assert request.wait().rc == 0


def test_policy_forgets_an_approver(asking):
    request, answer = changed(asking, MARK_RULE.replace("from dba", "from dba; quorum 2"),
                              people(dba="group dba { person carol alice }"))
    assert (answer.verdict, answer.approvals) == ("pending", 1)
    settle(asking, request)


def test_policy_changes_elsewhere(asking):
    """What does not touch this request does not end it."""
    request, answer = changed(asking, MARK_RULE.replace("from dba", "from dba; quorum 2") +
                              'rule other { when command "/usr/bin/id"; allow }\n')
    assert answer.verdict == "approved"
    assert request.wait().rc == 0


@pytest.mark.parametrize("rules", [
    'rule mark { when command mark; deny "no more" }\n',
    'rule new { when user claude; deny "no more" }\n' + MARK_RULE,
    "rule new { when command mark; ask console; from dba; quorum 2 }\n" + MARK_RULE,
    'rule mark { when command "/usr/bin/mark"; allow }\n',
    'rule nothing { when command "/usr/bin/id"; allow }\n',
])
def test_another_rule_decides_now(asking, rules):
    request, answer = changed(asking, rules)
    assert answer.verdict == "failed"
    result = request.wait()
    assert result.rc == 1 and "E-CHANGED" in result.err
    assert asking.events(request)[-1] == "failed" and asking.marks() == []


def test_same_policy_applied_again(asking):
    request, answer = changed(asking, MARK_RULE.replace("from dba", "from dba; quorum 2"))
    assert answer.verdict == "approved"
    assert request.wait().rc == 0
