# What the requester sees and is asked while a request waits.

import json
import re
import time

import pytest

from asking import MARK_RULE, asking_fixture  # noqa: F401  pylint: disable=unused-import

REQUIRED = MARK_RULE.replace("30s", "30s; reason required")


def shown(request):
    """What a terminal got, without waiting for more."""
    _ = request.ended
    return request.process.output


def finish(asking, request):
    asking.approve(request)
    return request.wait()


# ---- without a terminal

def test_two_lines(asking):
    request = asking.ask("mark", "x")
    result = finish(asking, request)
    assert result.stdout == b""
    assert re.fullmatch(rf"actionapprove: {request.code}: /usr/bin/mark x as root waits for dba, up to 0:30 "
                        r"\(digest [0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}\)\n"
                        rf"actionapprove: {request.code}: approved by bob after 0:01\n", result.err), result.err


def test_digest_is_the_one_that_is_asked_about(asking):
    request = asking.ask()
    digest = asking.look(request).fields["AA_DIGEST"]
    assert f"digest {digest[:4]}-{digest[4:8]}-{digest[8:12]}" in finish(asking, request).err


def test_end_of_a_denial(asking):
    request = asking.ask()
    asking.deny(request, reason="too risky")
    result = request.wait()
    assert re.search(rf"{request.code}.*not run.*/usr/bin/mark.*denied by bob, who said: too risky.*E-DENIED", result.err,
                     re.DOTALL) or re.search(r"not run: /usr/bin/mark\n  why:  denied by bob, who said: too risky\n"
                                             rf"  rule: mark\n  next: .*\n  code: {request.code} \(E-DENIED\)\n", result.err)


def test_quorum_is_said(asking):
    asking.policy(MARK_RULE.replace("from dba", "from dba; quorum 2"))
    request = asking.ask()
    asking.approve(request, "bob")
    asking.approve(request, "carol")
    assert "waits for 2 of dba" in request.wait().err


def test_words_go_nowhere(asking):
    """Closed or full streams stop nobody."""
    for options in ({"closed_fds": [1, 2]}, {"closed_fds": [0, 1, 2]}):
        request = asking.ask("mark", "quiet", **options)
        assert finish(asking, request).rc == 0
    request = asking.ask("mark", "pipe")
    request.hang_up()
    asking.approve(request)
    request.wait()
    assert asking.marks() == ["quiet", "quiet", "pipe"]


# ---- JSON

def objects(text):
    return [json.loads(line) for line in text.splitlines()]


def test_json_of_an_approval(asking):
    asking.policy(MARK_RULE.replace("when command mark", "when command printf"))
    request = asking.ask("printf", "%s", "{", env={"SUDO_APPROVE_FORMAT": "json"})
    result = finish(asking, request)
    assert result.stdout == b"{"
    first, last = objects(result.err)
    assert (first["event"], last["event"]) == ("requested", "approved")
    assert {o["request"] for o in (first, last)} == {request.code}
    assert first["command"] == "/usr/bin/printf %s '{'" and first["quorum"] in (1, "1") and first["from"] in ("dba", ["dba"])
    assert len(first["digest"]) == 64


@pytest.mark.parametrize("how", ["denied", "expired", "cancelled", "refused"])
def test_json_of_the_other_ends(asking, how):
    asking.policy((REQUIRED if how == "refused" else MARK_RULE).replace("30s", "1s"))
    process = asking.start(env={"SUDO_APPROVE_FORMAT": "json"})
    if how in ("denied", "cancelled"):
        code = asking.code_of(process)
        asking.vote({"denied": "deny", "cancelled": "cancel"}[how], code, {"denied": "bob", "cancelled": "claude"}[how])
    result = process.wait()
    assert result.stdout == b"" and result.rc == 1
    found = objects(result.err)
    assert found[-1]["event"] == how and found[-1]["error"].startswith("E-"), found
    assert found[-1]["why"] and found[-1]["next"]
    assert len(found) == (1 if how == "refused" else 2)


def test_json_on_a_terminal_draws_nothing(asking):
    asking.policy(MARK_RULE.replace("30s", "2s"))
    request = asking.ask(tty=True, env={"SUDO_APPROVE_FORMAT": "json"})
    text = request.wait().out
    assert "\x1b" not in text and len(objects(text)) == 2


def test_json_of_hostile_text(asking):
    request = asking.ask(b"mark", b"\"\\\n\x1b[2J\xff", env={"SUDO_APPROVE_FORMAT": "json"})
    asking.deny(request, reason="\"}\n\x1b]0;x\x07")
    assert len(objects(request.wait().err)) == 2


# ---- on a terminal

def test_countdown(asking):
    request = asking.ask(tty=True)
    request.read_until(rf"\r{request.code} · 0:(30|29) left · 0/1 approved · Ctrl-C cancels\x1b\[K")
    first = len(shown(request))
    request.read_until(r"0:28 left")
    assert shown(request)[first:].count("\n") == 0, "it writes over its line"
    text = finish(asking, request).out
    assert re.search(r"\r\x1b\[Kactionapprove: \S+ approved by bob after 0:0", text), "and the line is gone at the end"


def test_countdown_shows_approvals(asking):
    asking.policy(MARK_RULE.replace("from dba", "from dba; quorum 2"))
    request = asking.ask(tty=True)
    asking.approve(request, "bob")
    request.read_until("1/2 approved", timeout=1)
    asking.approve(request, "carol")
    request.wait()


@pytest.mark.parametrize("columns", [20, 40])
def test_countdown_fits(asking, columns):
    request = asking.ask(tty=(24, columns))
    request.read_until(r"\x1b\[K")
    lines = [part for part in re.split(r"[\r\n]", shown(request)) if part.endswith("\x1b[K")]
    assert lines and all(len(line.removesuffix("\x1b[K")) < columns for line in lines), lines
    finish(asking, request)


@pytest.mark.parametrize("term", ["dumb", "unknown", "", None])
def test_dumb_terminal(asking, term):
    request = asking.ask(tty=True, env={"TERM": term})
    time.sleep(1.2)
    assert shown(request).count("\n") == 1 and "\x1b" not in shown(request) and "\r" not in shown(request)
    text = finish(asking, request).out
    assert "\x1b" not in text and text.count("\n") == 2


@pytest.mark.parametrize("env", [{"LANG": "C", "LC_ALL": None}, {"LANG": None}, {"LC_ALL": "POSIX", "LANG": "C.UTF-8"},
                                 {"LANG": "de_DE.ISO-8859-1"}], ids=str)
def test_locale_without_utf8(asking, env):
    request = asking.ask("mark", "ä·…", tty=True, env=env)
    request.read_until(r"left - 0/1 approved - Ctrl-C")
    text = finish(asking, request).stdout
    assert text.isascii(), text


def test_control_characters_are_visible(asking):
    request = asking.ask(b"mark", b"\x1b[2J\x07\xe2\x80\xae")
    err = finish(asking, request).stderr
    assert b"\x1b" not in err and b"\x07" not in err and b"\xe2\x80\xae" not in err


# ---- the reason

def test_reason_of_the_variable(asking):
    asking.policy(REQUIRED)
    request = asking.ask(env={"SUDO_APPROVE_REASON": "  ticket 7"})
    assert asking.look(request).fields["AA_REASON"] == "ticket 7"
    finish(asking, request)
    assert asking.records(request)[0]["AA_REASON"] == "ticket 7"


@pytest.mark.parametrize("reason", [None, "", "  \t "])
def test_without_the_reason_that_is_required(asking, reason):
    asking.policy(REQUIRED)
    result = asking.start(env={"SUDO_APPROVE_REASON": reason}).wait()
    assert result.rc == 1 and "E-REASON" in result.err and "SUDO_APPROVE_REASON" in result.err
    assert asking.events() == ["refused"] and asking.entries() == {}


def test_reason_that_is_too_long(asking):
    asking.policy(REQUIRED)
    assert "over 1000 bytes" in asking.start(env={"SUDO_APPROVE_REASON": "x" * 1001}).wait().err
    request = asking.ask(env={"SUDO_APPROVE_REASON": "x" * 1000})
    assert len(asking.look(request).fields["AA_REASON"]) == 1000
    finish(asking, request)


def test_reason_is_typed(asking):
    asking.policy(REQUIRED)
    process = asking.start(tty=True)
    process.read_until("why do you need this\\? ")
    assert asking.entries() == {}, "nobody is asked before"
    process.write("it broke\n")
    code = asking.code_of(process)
    assert asking.look(code).fields["AA_REASON"] == "it broke"
    asking.approve(code)
    assert process.wait().rc == 0


def test_nothing_typed(asking):
    asking.policy(REQUIRED)
    process = asking.start(tty=True)
    process.read_until("why do you need this\\? ")
    process.write("\n")
    assert "E-REASON" in process.wait().out
    assert asking.events() == ["refused"]


def test_control_c_at_the_prompt(asking):
    asking.policy(REQUIRED)
    process = asking.start(tty=True)
    process.read_until("why do you need this\\? ")
    while not process.ended:                          # sudo's own prompt misses one that comes before it reads
        process.write(b"\x03")
        time.sleep(0.1)
    result = process.wait()
    assert result.rc != 0 and asking.entries() == {} and asking.marks() == []


def test_noninteractive_never_prompts(asking):
    asking.policy(REQUIRED)
    result = asking.start("-n", "mark", tty=True).wait()
    assert "why do you need" not in result.out and "E-REASON" in result.out
    request = asking.ask("-n", "mark", "n", tty=True, env={"SUDO_APPROVE_REASON": "because"})
    assert finish(asking, request).rc == 0 and asking.marks() == ["n"]


def test_reason_off(asking):
    asking.policy(MARK_RULE.replace("30s", "30s; reason off"))
    request = asking.ask(env={"SUDO_APPROVE_REASON": "nobody wants to know"})
    assert "AA_REASON" not in asking.look(request).fields
    finish(asking, request)
