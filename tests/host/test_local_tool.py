# pending, show, approve, deny and cancel, against a stand-in for the waiting processes (fake_requests.py): what people
# and programs read, what goes over the socket, and what the tool makes of a peer that is silent, odd or not root.

import json
import os
import pathlib
import re
import signal
import time

import pytest

import fake_requests as fake
from fake_requests import APPROVER, OWNER, REQUESTER, ROOT, STRANGER
from sandbox import PIPE, Sandbox, Unavailable

SOURCE = pathlib.Path(__file__).resolve().parents[2]
CODE = "7F3K-9QXM"
ID = "0123456789abcdef0123456789abcdef"
DIGEST = "3f9a77c1e0b2" + "5c" * 26
STANDING = {"0": ROOT, "1001": OWNER, "1002": APPROVER, "1003": STRANGER, "1004": REQUESTER}
UTF8 = {"LANG": "C.UTF-8", "TERM": "xterm"}
COMMAND = "/usr/bin/pg_dump --dbname=customers -f /var/backups/customers.sql"


@pytest.fixture(scope="module")
def world():
    """One sandbox for all: its only state is in RUN_DIR, and each test empties that."""
    build = os.environ.get("AA_BUILD")
    if not build:
        pytest.skip("AA_BUILD does not name a build folder")
    build = pathlib.Path(build).resolve(strict=True)
    try:
        sandbox = Sandbox(expose=[SOURCE, build])
    except Unavailable as reason:
        pytest.skip(str(reason))
    with sandbox:
        sandbox.install(build)
        yield sandbox


class Waiting:
    """The stand-ins of one test."""

    def __init__(self, box):
        self.box = box
        self.processes = []

    def start(self, *requests, user="root"):
        self.box.write("/tmp/requests.json", json.dumps(requests), mode=0o644)
        process = self.box.spawn(["/usr/bin/python3", str(SOURCE / "tests/host/fake_requests.py"),
                                  "/tmp/requests.json"], user=user, rlimits={"NOFILE": 8192})
        self.processes.append(process)
        process.read_until("ready\n")
        return process

    def messages(self):
        """What all of them heard so far."""
        heard = []
        for process in self.processes:
            assert not process.ended, process.output
            heard += [json.loads(line) for line in process.output.splitlines() if line.startswith("{")]
        return heard

    def end(self):
        for process in self.processes:
            process.kill_session()
            process.wait()
            process.close()
        self.box.remove(fake.RUN_DIR)


@pytest.fixture
def waiting(world):
    world.mkdir(fake.RUN_DIR)
    stand_ins = Waiting(world)
    yield stand_ins
    stand_ins.end()


def fields(code=CODE, more=(), **changes):
    expires = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime(time.time() + 298))
    plain = {"REQUEST": code, "ID": ID, "TIME": "2026-01-01T00:00:00.000000Z", "EVENT": "requested", "FRONTEND": "sudo",
             "SERVICE": "sudo", "RULE": "customer-export", "RISK": "high", "USER": "claude", "UID": "1004",
             "AGENT": "claude", "OWNER": "alice", "TTY": "pts/3", "RUNAS": "root", "HOST": "web1.example.com",
             "CWD": "/srv/app", "COMMAND": COMMAND, "EXE": "/usr/bin/pg_dump", "DIGEST": DIGEST,
             "REASON": "nightly export", "QUORUM": "2", "APPROVALS": "0", "LEFT_USEC": "298900000",
             "EXPIRES": expires, **changes}
    named = [["AA_" + name, value] for name, value in plain.items() if value is not None]
    return named + [["AA_FROM", "dba"], ["AA_FROM", "security"]] + [list(field) for field in more]


def request(code=CODE, more=(), reply=None, later=None, fault=None, standing=None, **changes):
    description = {"code": code, "standing": standing or STANDING, "fields": fields(code, more, **changes)}
    description["reply"] = reply or {"result": fake.COUNTED, "approvals": 1, "quorum": 2,
                                     "text": f"approved: {code} (1 of 2)"}
    if later is not None:
        description["later"] = later
    if fault is not None:
        description["fault"] = fault
    return description


def tool(box, *words, user="bob", **options):
    options.setdefault("env", {"TERM": "xterm"})
    return box.run(["actionapprove", *words], user=user, **options)


def outcome(result):
    return result.rc, result.out, result.err


def listed(box, user="bob", **options):
    return json.loads(tool(box, "pending", "--json", user=user, **options).stdout)


def plain(text):
    return re.sub(r"\033\[[0-9;]*[A-Za-z]", "", text)


# ---- pending

def test_nothing_waits(world, waiting):
    assert outcome(tool(world, "pending")) == (0, "nothing is waiting for you\n", "")
    assert listed(world) == []
    world.remove(fake.RUN_DIR)                        # before the first request after boot
    assert outcome(tool(world, "pending")) == (0, "nothing is waiting for you\n", "")
    assert tool(world, "pending", "--json").out == "[]\n"


def test_what_is_no_request_is_passed_over(world, waiting):
    for name in ("7F3K-9QXM", "7f3k-9qxm.sock", "7F3K-9QXO.sock", "7F3K-9QXM.sock.new", ".sock", "lock"):
        world.write(f"{fake.RUN_DIR}/{name}", "")
    assert tool(world, "pending", user="root").out == "nothing is waiting for you\n"


def test_table(world, waiting):
    waiting.start(request(),
                  request("B000-0002", USER="carol", UID="1003", AGENT=None, OWNER=None, RISK="low", RULE=None,
                          RUNAS="postgres", COMMAND="psql", APPROVALS="1", LEFT_USEC="3661000000",
                          more=[("AA_WARNING", "can change after approval")]),
                  request("A000-0003", JOINED=CODE, USER="bob", AGENT=None, LEFT_USEC="5000000"))
    result = tool(world, "pending")
    assert (result.rc, result.err) == (0, "")
    rows = [re.split(r"  +|(?<=root) ", line) for line in result.out.splitlines()]
    assert rows[0] == ["CODE", "LEFT", "RISK", "WHO", "AS", "WHERE", "RULE", "VOTES", "WHAT"]
    assert rows[1][:1] + rows[1][2:] == ["A000-0003", "high", "bob", "root", "web1:/srv/app", "customer-export", "-",
                                         f"(with {CODE}) {COMMAND}"]
    assert rows[2][:1] + rows[2][2:] == [CODE, "high", "claude (alice's agent)", "root", "web1:/srv/app",
                                         "customer-export", "0/2", COMMAND]
    assert rows[3][:1] + rows[3][2:] == ["B000-0002", "low", "carol", "postgres", "web1:/srv/app", "default", "1/2",
                                         "! psql"]
    assert [re.fullmatch(pattern, row[1]) is not None for pattern, row in
            zip(["0:0[0-4]", "4:5[0-8]", "1:0[01]:[0-5][0-9]"], rows[1:])] == [True] * 3
    assert len(rows) == 4


def test_each_sees_what_they_may(world, waiting):
    waiting.start(request())
    standings = {user: [one["standing"] for one in listed(world, user)] for user in
                 ("alice", "bob", "carol", "claude", "root")}
    assert standings == {"alice": ["owner"], "bob": ["approver"], "carol": [], "claude": ["requester"],
                         "root": ["root"]}
    assert outcome(tool(world, "pending", user="carol")) == (0, "nothing is waiting for you\n", "")


def test_json(world, waiting):
    more = [("AA_APPROVED_BY", "dora"), ("AA_WARNING", "one"), ("AA_WARNING", "two \"words\""), ("AA_ENV", "A=b=c"),
            ("AA_NEW_KIND", "x"), ("AA_TWICE", "1"), ("AA_TWICE", "2"), ("AA_STANDING", "root"),
            ("AA_ANSWERING", "false")]
    waiting.start(request(more=more, REASON="bad \udcff byte", JOINED="A000-0003"),
                  request("A000-0001", LEFT_USEC=None))
    one, other = sorted(listed(world), key=lambda one: one["request"])
    assert one["request"] == CODE and one["standing"] == "approver" and one["answering"] is True
    assert one["from"] == ["dba", "security"] and one["approved_by"] == ["dora"]
    assert one["warning"] == ["one", "two \"words\""] and one["env"] == ["A=b=c"]
    assert one["new_kind"] == "x" and one["twice"] == ["1", "2"] and one["joined"] == "A000-0003"
    assert one["command"] == COMMAND and one["quorum"] == "2" and one["reason"] == "bad \ufffd byte"
    assert one["digest"] == DIGEST and one["id"] == ID and 290_000_000 < int(one["left_usec"]) < 298_900_000
    assert other["warning"] == other["env"] == other["approved_by"] == []
    assert "left_usec" not in other
    shown = tool(world, "show", CODE, "--json")
    assert shown.rc == 0 and {**json.loads(shown.out), "left_usec": one["left_usec"]} == one
    for text in (shown.out, tool(world, "pending", "--json").out):
        assert text.count('"standing"') == text.count('"answering"') == text.count('"request"')


def test_width_of_the_terminal(world, waiting):
    waiting.start(request(COMMAND="/usr/bin/x " + "y" * 300 + " END", HOST="a-host-with-a-long-name-of-its-own",
                          CWD="/srv/" + "deep/" * 40, RULE="a-rule-with-quite-a-long-name"),
                  request("A000-0001", COMMAND="id"))
    for width in (80, 100, 132, 200):
        output = tool(world, "pending", env=UTF8, tty=(24, width)).out
        lines = plain(output).splitlines()
        assert max(len(line) for line in lines) <= width, output
        assert any(line.endswith("y…") for line in lines) and "END" not in output
        assert all(code in output for code in (CODE, "A000-0001"))
        assert ("WHAT" in lines[0]) == (width >= 132)
    assert "END" in tool(world, "pending").out        # no terminal: nothing is cut


def test_colour_only_where_it_can_be_seen(world, waiting):
    waiting.start(request(RISK="critical"))
    seen = {}
    for name, env, tty in (("yes", UTF8, True), ("dumb", {"TERM": "dumb"}, True), ("none", {"TERM": None}, True),
                           ("NO_COLOR", {**UTF8, "NO_COLOR": "1"}, True), ("pipe", UTF8, False)):
        for words in (["pending"], ["show", CODE]):
            seen[name, words[0]] = "\033" in tool(world, *words, env=env, tty=tty).out
    assert {key for key, value in seen.items() if value} == {("yes", "pending"), ("yes", "show")}


def test_no_byte_of_a_stranger_reaches_the_terminal(world, waiting):
    evil = "a\033]0;x\a\x9b31m\u009b31m\u202eb\u200b\r\nc\udcff"
    waiting.start(request(COMMAND=evil, REASON=evil, CWD=evil, RULE=evil, USER=evil, SUBMITTED=evil, RISK=evil,
                          DIGEST="\033[31m" * 20, EXPIRES=evil, TTY=evil,
                          more=[("AA_WARNING", evil), ("AA_ENV", evil), ("AA_APPROVED_BY", evil)]))
    for env in ({"TERM": "dumb"}, {"TERM": "dumb", "LANG": "C.UTF-8"}):
        for words in (["pending"], ["show", CODE]):
            output = tool(world, *words, env=env).stdout
            text = output.decode()                    # every byte of it is UTF-8
            assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e]", text), text
            assert "\\x1b]0;x" in text
    assert b"\033" not in tool(world, "pending", "--json").stdout


def test_ascii_where_the_locale_has_no_utf8(world, waiting):
    waiting.start(request(COMMAND="echo ‹secret:k3f9…:24› – Ûé" + "z" * 200, REASON="für"))
    for words in (["pending"], ["show", CODE]):
        for env in ({"LANG": "C"}, {"LANG": None}, {"LANG": "xx_XX.UTF-8"}):
            output = tool(world, *words, env={**env, "LC_ALL": None, "TERM": "xterm"}, tty=(24, 150)).stdout
            assert output.isascii() and b"<secret:k3f9...:24> - \\u{00db}" in output
    assert b"z..." in tool(world, "pending", env={"LANG": "C", "TERM": "xterm"}, tty=(24, 150)).stdout
    assert "‹secret:k3f9…:24› – Û" in tool(world, "pending", env=UTF8).out
    assert "“für”" in tool(world, "show", CODE, env=UTF8).out


# ---- peers that are not as they should be

def raw(*packets):
    return {"raw": [packet.hex() for packet in packets]}


GOOD = fake.pack_greeting(APPROVER, [["AA_REQUEST", "A000-0001"], ["AA_ID", ID], ["AA_DIGEST", DIGEST]], bytes(16))
GARBLED = {
    "truncated": raw(GOOD[:20]),
    "cut-fields": raw(GOOD[:-1]),
    "more-behind": raw(GOOD + b"x"),
    "version": raw(fake.pack_greeting(APPROVER, fields("A000-0001"), bytes(16), version=2)),
    "oversized": raw(fake.pack_greeting(APPROVER, fields("A000-0001", [("AA_ENV", "x" * 150_000)]), bytes(16))),
    "standing": raw(fake.pack_greeting(77, fields("A000-0001"), bytes(16))),
    "no-standing": raw(fake.pack_greeting(0, fields("A000-0001"), bytes(16))),
    "no-equal-sign": raw(fake.GREETING.pack(1, APPROVER, bytes(16), 7, 0) + b"\3\0\0\0abc"),
    "length-beyond": raw(fake.GREETING.pack(1, APPROVER, bytes(16), 7, 0) + b"\xff\xff\xff\xffA=b"),
    "another-code": raw(fake.pack_greeting(APPROVER, fields("A000-0002"), bytes(16))),
    "babble": raw(*[os.urandom(500)] * 50),
}


def test_the_frame_of_these_is_good(world, waiting):
    """What GARBLED spoils would be taken."""
    waiting.start(request("A000-0001", fault=raw(GOOD)))
    assert [one["standing"] for one in listed(world)] == ["approver"]


@pytest.mark.parametrize("fault", GARBLED)
def test_garbled_greeting(world, waiting, fault):
    waiting.start(request("A000-0001", fault=GARBLED[fault]), request())
    assert [(one["request"], one["answering"]) for one in listed(world)] == [(CODE, True), ("A000-0001", False)]
    table = tool(world, "pending").out
    assert table.splitlines()[-1] == "A000-0001  answers, but not in this version's way" and COMMAND in table
    for words in (["show"], ["approve", "--yes"], ["deny", "--reason", "x"], ["cancel"]):
        result = tool(world, *words, "A000-0001")
        assert result.rc == 5 and "not in this version's way" in result.err and result.out == ""
    assert waiting.messages() == []


def test_babble_behind_a_good_greeting(world, waiting):
    """It is not taken for a reply that says that the answer counted."""
    waiting.start(request("A000-0001", fault=raw(GOOD, b"x" * 30)))
    result = tool(world, "approve", "A000-0001")
    assert result.rc == 5 and "not known" in result.err


def test_silent_ones_hold_up_nobody(world, waiting):
    waiting.start(request(), *[request(f"A000-00{number}", fault=fault) for number in range(10, 40)
                               for fault in ("silent",)], request("B000-0001", fault="deaf"))
    stopped = waiting.start(request("C000-0001"))
    stopped.kill(signal.SIGSTOP)
    result = tool(world, "pending")
    stopped.kill(signal.SIGCONT)
    lines = result.out.splitlines()
    assert result.rc == 0 and CODE in lines[1] and len(lines) == 2 + 32
    assert all(line.endswith("  does not answer (stopped?)") for line in lines[2:])
    assert 1.8 < result.duration < 4
    result = tool(world, "approve", "A000-0010")
    assert result.rc == 5 and "does not answer (stopped?)" in result.err and result.duration < 4
    assert tool(world, "show", "B000-0001").rc == 5


def test_vanished_process(world, waiting):
    waiting.start(request(fault="dead"))
    assert outcome(tool(world, "pending")) == (0, "nothing is waiting for you\n", "")
    assert tool(world, "pending", user="root").out == f"{CODE}  its process is gone\n"
    for words in (["show"], ["approve"], ["deny"], ["cancel"]):
        result = tool(world, *words, CODE)
        assert result.rc == 1 and f"{CODE} is over: its process is gone" in result.err


def test_hanging_up(world, waiting):
    waiting.start(request(fault="hangs-up"))
    result = tool(world, "pending", "--json")
    assert json.loads(result.out) == [{"request": CODE, "answering": False, "problem": "does not answer (hangs up)"}]
    assert result.usage.ru_utime + result.usage.ru_stime < 0.5  # it does not call without a pause


def test_only_root_is_believed(world, waiting):
    """In the real folder nobody else can make a socket; and if one could?"""
    world.mkdir(fake.RUN_DIR, mode=0o777)
    waiting.start(request(), user="alice")
    assert listed(world) == [{"request": CODE, "answering": False, "problem": "its socket is not root's: not asked"}]
    for user in ("bob", "root", "alice"):
        result = tool(world, "cancel", CODE, user=user)
        assert result.rc == 5 and "not root's" in result.err
    assert waiting.messages() == []


def test_folder_that_cannot_be_read(world, waiting):
    world.mkdir(fake.RUN_DIR, mode=0o700)
    result = tool(world, "pending")
    assert result.rc == 5 and fake.RUN_DIR in result.err and "Permission denied" in result.err


CODES = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def many(count):
    return [f"{CODES[n // 1024]}{CODES[n // 32 % 32]}{CODES[n % 32]}A-0000" for n in range(count)]


def test_a_thousand(world, waiting):
    waiting.start(*[request(code) for code in many(1000)])
    result = tool(world, "pending", "--json")
    assert sorted(one["request"] for one in json.loads(result.stdout)) == sorted(many(1000))
    assert all(one["answering"] for one in json.loads(result.stdout))
    assert result.duration < 4
    # and with few descriptors, of which it takes what it gets
    few = tool(world, "pending", "--json", rlimits={"NOFILE": (40, 40)})
    assert few.rc == 0 and all(one["answering"] for one in json.loads(few.stdout)) and few.duration < 8
    assert len(json.loads(few.stdout)) == 1000


def test_a_thousand_of_which_many_are_silent(world, waiting):
    waiting.start(*[request(code, fault="silent" if n % 2 else None) for n, code in enumerate(many(1000))])
    result = tool(world, "pending", "--json", rlimits={"NOFILE": (256, 4096)})
    answers = [one["answering"] for one in json.loads(result.stdout)]
    assert (answers.count(True), answers.count(False)) == (500, 500)
    assert answers == sorted(answers, reverse=True)
    assert result.duration < 5


# ---- show

def test_block(world, waiting):
    command = "/usr/bin/sh -c " + "x" * 100_000
    waiting.start(request(COMMAND=command, LOGIN_USER="alice", SUBMITTED="sh -c …", APPROVALS="1", RHOST="10.0.0.9",
                          more=[("AA_WARNING", "can change after approval"), ("AA_WARNING", "root shell"),
                                ("AA_ENV", "LD_PRELOAD=x"), ("AA_ENV", "PATH=."), ("AA_APPROVED_BY", "dora")]))
    result = tool(world, "show", CODE, env={**UTF8, "TZ": "Europe/Berlin"})
    assert (result.rc, result.err) == (0, "")
    lines = result.out.splitlines()
    assert lines[:3] == ["  ! can change after approval", "  ! root shell", ""]
    assert lines[3] == "    " + command
    rest = "\n".join(lines[5:]) + "\n"
    assert re.fullmatch(r"""  runs     /usr/bin/pg_dump
  typed    sh -c …
  who      claude \(alice's agent, login alice\), uid 1004, on pts/3, from 10\.0\.0\.9
  as       root
  why      “nightly export” \(the requester's words\)
  where    web1\.example\.com:/srv/app
  rule     customer-export, risk high
  needs    2 from dba, security; so far 1: dora
  adds     LD_PRELOAD=x
           PATH=\.
  left     4:5\d, until (\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d CES?T
  code     7F3K-9QXM, digest 3f9a-77c1-e0b2
  answer   actionapprove approve 7F3K-9QXM
           actionapprove deny 7F3K-9QXM --reason TEXT
""", rest), rest


def test_expiry_is_in_the_readers_zone(world, waiting):
    waiting.start(request(EXPIRES="2036-07-01T22:30:00.500000Z"))
    for zone, shown in (("UTC", "2036-07-01 22:30:00 UTC"), ("Asia/Tokyo", "2036-07-02 07:30:00 JST")):
        assert f", until {shown}\n" in tool(world, "show", CODE, env={"TZ": zone}).out


def test_block_says_what_one_may_do(world, waiting):
    waiting.start(request(), request("A000-0001", JOINED=CODE, REASON=None))
    commands = {user: re.findall(r"actionapprove (\w+) 7F3K", tool(world, "show", CODE, user=user).out)
                for user in ("alice", "bob", "claude", "root")}
    assert commands == {"alice": ["approve", "deny", "cancel"], "bob": ["approve", "deny"], "claude": ["cancel"],
                        "root": ["cancel"]}
    joined = tool(world, "show", "A000-0001").out
    assert f"it waits with {CODE}" in joined and "approve" not in joined and "no reason given" in joined


# ---- the code

@pytest.mark.parametrize("spelling", ["7F3K-9QXM", "7f3k-9qxm", "7F3K9QXM", "7f3k9QXM", "7-f-3-k-9qxm"])
def test_spellings(world, waiting, spelling):
    waiting.start(request())
    assert tool(world, "show", spelling).rc == 0


@pytest.mark.parametrize("spelling", ["oi1l-0o00", "OIIL-OOOO", "0111-0000", "0lLi000o"])
def test_letters_that_look_like_digits(world, waiting, spelling):
    waiting.start(request("0111-0000"))
    assert tool(world, "show", spelling).rc == 0


@pytest.mark.parametrize("spelling", ["", "-", "7F3K-9QX", "7F3K-9QXM0", "7F3K-9QXU", "7F3K 9QXM", "7F3K-9QX\u00e9",
                                      "../../etc", "7F3K-9QXM.sock", "\033[31mred"])
def test_no_code(world, waiting, spelling):
    waiting.start(request())
    result = tool(world, "show", "--", spelling)
    assert result.rc == 2 and "is no code" in result.err and "\033" not in result.err


def test_unknown_code(world, waiting):
    waiting.start(request())
    for words in (["show"], ["approve"], ["approve", "--yes"], ["deny"], ["cancel"]):
        for user in ("bob", "root"):
            result = tool(world, *words, "7F3K-9QXN", user=user)
            assert result.rc == 3 and "no request 7F3K-9QXN waits" in result.err and result.out == ""


@pytest.mark.parametrize("words", [["show"], ["show", CODE, CODE], ["approve"], ["deny", CODE, "x"], ["cancel"],
                                   ["cancel", CODE, "--reason", "x"], ["deny", CODE, "--yes"], ["pending", CODE],
                                   ["approve", CODE, "--reason"], ["pending", "--all"]])
def test_usage(world, words):
    result = tool(world, *words)
    assert result.rc == 2 and "usage: actionapprove " + words[0] in result.err


# ---- answers

def only_message(waiting):
    heard, = waiting.messages()
    return heard, fake.MESSAGE.unpack(bytes.fromhex(heard["message"]))


@pytest.mark.parametrize("words, op, reason", [
    (["approve"], fake.APPROVE, ""), (["approve", "--yes", "--reason", "für mich"], fake.APPROVE, "für mich"),
    (["approve", "--take-back"], fake.RETRACT, ""), (["deny"], fake.DENY, ""),
    (["deny", "--reason", "not on a Friday"], fake.DENY, "not on a Friday"), (["cancel"], fake.CANCEL, "")])
def test_message(world, waiting, words, op, reason):
    waiting.start(request(reply={"result": fake.COUNTED, "approvals": 1, "quorum": 2, "text": "it counts (1 of 2)"}))
    assert outcome(tool(world, *words, CODE)) == (0, "it counts (1 of 2)\n", "")
    heard, _parts = only_message(waiting)
    assert heard["uid"] == 1002 and heard["code"] == CODE
    encoded = reason.encode()
    expected = fake.MESSAGE.pack(1, op, bytes.fromhex(heard["nonce"]), DIGEST.encode(), len(encoded), encoded)
    assert heard["message"] == expected.hex() and len(expected) == 1096


@pytest.mark.parametrize("reply, words, code, said", [
    ({"result": fake.REFUSED, "text": "you asked for this yourself"}, ["approve"], 1, "you asked for this yourself"),
    ({"result": fake.REFUSED}, ["approve"], 1, f"{CODE}: it does not count"),
    ({"result": fake.OVER, "verdict": fake.DENIED, "text": "too late: denied by dora"}, ["approve"], 1, "too late"),
    ({"result": fake.OVER, "verdict": 100, "text": "too late: expired"}, ["deny"], 1, "too late: expired"),
    ({"result": fake.OVER, "verdict": 100}, ["deny"], 1, "it is over"),
    ({"result": fake.OVER, "verdict": fake.APPROVED, "text": "approved"}, ["approve"], 1, "approved"),
    ({"result": fake.OVER, "verdict": fake.APPROVED, "text": "approved"}, ["approve", "--take-back"], 1, "approved"),
    ({"result": fake.OVER, "verdict": fake.APPROVED, "text": "approved"}, ["cancel"], 1, "approved"),
    ({"result": fake.OVER, "verdict": fake.CANCELLED, "text": "cancelled"}, ["deny"], 1, "cancelled"),
    ({"result": fake.OVER, "verdict": fake.CANCELLED, "text": "cancelled"}, ["cancel"], 1, "cancelled"),
    ({"result": fake.COUNTED, "approvals": 1, "quorum": 2}, ["approve"], 0, f"approved: {CODE} (1 of 2)"),
    ({"result": fake.COUNTED}, ["approve", "--take-back"], 0, f"taken back: {CODE}"),
    ({"result": fake.MALFORMED, "text": "cannot be read"}, ["approve"], 5, "cannot be read"),
    ({"result": 77, "text": "?"}, ["approve"], 1, "?"),
    ({"result": fake.COUNTED, "text": "\033[31m\u202ered"}, ["approve"], 0, "\\x1b[31m\\u{202e}red"),
    ({"raw": "00"}, ["approve"], 5, "whether it counted is not known"),
    ({"raw": fake.pack_reply(fake.COUNTED).hex() + "00"}, ["approve"], 5, "whether it counted is not known"),
    ({"raw": "02" + fake.pack_reply(fake.COUNTED).hex()[2:]}, ["approve"], 5, "whether it counted is not known"),
    ({"raw": fake.pack_reply(fake.COUNTED, text="x" * 512).hex()}, ["approve"], 0, "x" * 511),
    ("close", ["approve"], 5, "whether it counted is not known"),
])
def test_reply(world, waiting, reply, words, code, said):
    waiting.start(request(reply=reply))
    result = tool(world, *words, CODE, env={**UTF8})
    assert result.rc == code, result
    assert said in (result.out if code == 0 else result.err)
    assert (result.err if code == 0 else result.out) == ""
    assert len(waiting.messages()) == 1


def test_no_reply_at_all(world, waiting):
    waiting.start(request(reply="never"))
    result = tool(world, "approve", CODE, timeout=40)
    assert result.rc == 5 and "not known" in result.err and 9 < result.duration < 25


def test_gone_before_it_had_the_answer(world, waiting):
    waiting.start(request(fault="leaves"))
    terminal = world.spawn(["actionapprove", "approve", CODE], user="bob", tty=True, env=UTF8)
    with terminal:
        terminal.read_until(r"approve\? \[y/N\] ")
        terminal.write("y\n")
        result = terminal.wait()
    assert result.rc == 1 and "too late" in result.out


def test_reason_of_the_greatest_length(world, waiting):
    waiting.start(request())
    longest = "r" * 1000
    for words in (["approve"], ["deny"]):
        result = tool(world, *words, CODE, "--reason", longest + "x")
        assert result.rc == 2 and "longer than 1000 bytes" in result.err
    assert waiting.messages() == []
    assert tool(world, "deny", CODE, "--reason", longest).rc == 0
    assert only_message(waiting)[1][4:] == (1000, longest.encode())


@pytest.mark.parametrize("words", [["approve"], ["approve", "--yes"], ["approve", "--take-back"], ["deny"]])
def test_root_never_counts(world, waiting, words):
    waiting.start(request())
    result = tool(world, *words, CODE, user="root", tty=True)
    assert result.rc == 4 and "root's answers never count" in result.out and "[y/N]" not in result.out
    assert waiting.messages() == []


def test_root_cancels(world, waiting):
    waiting.start(request(reply={"result": fake.COUNTED, "verdict": fake.CANCELLED, "text": "cancelled"}))
    assert outcome(tool(world, "cancel", CODE, user="root")) == (0, "cancelled\n", "")
    assert only_message(waiting)[1][1] == fake.CANCEL


@pytest.mark.parametrize("words", [["show"], ["approve"], ["deny"], ["cancel"]])
def test_stranger(world, waiting, words):
    waiting.start(request())
    result = tool(world, *words, CODE, user="carol")
    assert result.rc == 4 and "not yours" in result.err and waiting.messages() == []


def test_no_digest_no_answer(world, waiting):
    waiting.start(request(DIGEST=None), request("A000-0001", DIGEST=DIGEST[:-1]))
    for code in (CODE, "A000-0001"):
        assert tool(world, "approve", code).rc == 5
    assert waiting.messages() == []


def test_joined_goes_to_the_leader(world, waiting):
    waiting.start(request(), request("A000-0001", JOINED=CODE, DIGEST="0" * 64))
    result = tool(world, "approve", "A000-0001")
    assert result.rc == 0 and f"A000-0001 waits with {CODE}" in result.err
    heard, parts = only_message(waiting)
    assert heard["code"] == CODE and parts[3][:64] == DIGEST.encode()


def test_joined_is_cancelled_itself(world, waiting):
    waiting.start(request(), request("A000-0001", JOINED=CODE, reply={"result": fake.COUNTED}))
    assert tool(world, "cancel", "A000-0001", user="claude").rc == 0
    assert only_message(waiting)[0]["code"] == "A000-0001"


@pytest.mark.parametrize("leader, code", [("7F3K-9QXN", 3), ("no code", 5), ("A000-0001", 5)])
def test_joined_to_nothing(world, waiting, leader, code):
    waiting.start(request("A000-0001", JOINED=leader))
    assert tool(world, "approve", "A000-0001").rc == code
    assert waiting.messages() == []


# ---- on a terminal

def at_terminal(box, *words, typed, question=r"approve\? \[y/N\] ", before=None, user="bob"):
    with box.spawn(["actionapprove", *words], user=user, tty=True, env=UTF8) as process:
        process.read_until(question)
        if before:
            before()
        process.write(typed)
        return process.wait()


@pytest.mark.parametrize("typed", ["y\n", "Yes\n", "YES\n"])
def test_question_yes(world, waiting, typed):
    waiting.start(request(more=[("AA_WARNING", "can change after approval")]))
    result = at_terminal(world, "approve", CODE, typed=typed)
    assert result.rc == 0 and f"approved: {CODE} (1 of 2)" in result.out
    text = plain(result.out)
    assert text.index("! can change") < text.index(COMMAND) < text.index("3f9a-77c1-e0b2") < text.index("[y/N]")
    assert only_message(waiting)[1][1] == fake.APPROVE


@pytest.mark.parametrize("typed", ["\n", "n\n", "yo\n", "\x04", "yes, if it must be so, for once\n", " y\n"])
def test_question_no(world, waiting, typed):
    waiting.start(request())
    result = at_terminal(world, "approve", CODE, typed=typed)
    assert result.rc == 1 and "not approved" in result.out and waiting.messages() == []


def test_what_was_typed_before_the_question_is_no_answer(world, waiting):
    stopped = waiting.start(request())
    stopped.kill(signal.SIGSTOP)
    with world.spawn(["actionapprove", "approve", CODE], user="bob", tty=True, env=UTF8) as process:
        time.sleep(0.3)
        process.write("y\ny\n")
        time.sleep(0.2)
        stopped.kill(signal.SIGCONT)
        process.read_until(r"\[y/N\] ")
        time.sleep(0.3)
        assert not process.ended and waiting.messages() == []


def test_no_question_with_yes_or_without_a_terminal(world, waiting):
    waiting.start(request())
    result = tool(world, "approve", CODE, "--yes", tty=True)
    assert result.rc == 0 and "[y/N]" not in result.out and COMMAND not in result.out
    result = tool(world, "approve", CODE, stdin=b"n\n")
    assert outcome(result) == (0, f"approved: {CODE} (1 of 2)\n", "")
    assert len(waiting.messages()) == 2


def test_question_where_standard_output_is_no_terminal(world, waiting):
    waiting.start(request())
    with world.spawn(["/bin/sh", "-c", f"actionapprove approve {CODE} >/tmp/out"], user="bob", tty=True) as process:
        process.read_until(r"\[y/N\] ")
        process.write("n\n")
        assert process.wait().rc == 1
    assert waiting.messages() == []


@pytest.mark.parametrize("changed", [{"DIGEST": "0" * 64}, {"ID": "f" * 32}, {"DIGEST": None}])
def test_changed_between_showing_and_answering(world, waiting, changed):
    waiting.start(request(later=fields(**changed)))
    result = at_terminal(world, "approve", CODE, typed="y\n")
    assert result.rc == 1 and "not what was shown any more; nothing was sent" in result.out
    assert waiting.messages() == []


def test_the_nonce_is_of_the_second_greeting(world, waiting):
    waiting.start(request(later=fields(APPROVALS="1")))
    assert at_terminal(world, "approve", CODE, typed="y\n").rc == 0
    heard, parts = only_message(waiting)
    assert parts[2].hex() == heard["nonce"]


def test_ended_between_showing_and_answering(world, waiting):
    waiting.start(request())
    result = at_terminal(world, "approve", CODE, typed="y\n",
                         before=lambda: world.remove(f"{fake.RUN_DIR}/{CODE}.sock"))
    assert result.rc == 1 and "may be over" in result.out


@pytest.mark.parametrize("typed, reason", [("\n", ""), ("not today\n", "not today"), ("r" * 1000 + "\n", "r" * 1000)])
def test_deny_asks_why(world, waiting, typed, reason):
    waiting.start(request(reply={"result": fake.COUNTED, "verdict": fake.DENIED, "text": f"denied: {CODE}"}))
    result = at_terminal(world, "deny", CODE, typed=typed, question=r"why\? \(Enter for none\) ")
    assert result.rc == 0 and f"denied: {CODE}" in result.out
    assert only_message(waiting)[1][4:] == (len(reason), reason.encode().ljust(1000, b"\0"))


def test_deny_with_a_reason_asks_nothing(world, waiting):
    waiting.start(request())
    assert "why?" not in tool(world, "deny", CODE, "--reason", "", tty=True).out
    assert len(waiting.messages()) == 1


@pytest.mark.parametrize("typed, code", [("r" * 1001 + "\n", 2), ("\x04", 1)])
def test_deny_that_was_not_sent(world, waiting, typed, code):
    waiting.start(request())
    assert at_terminal(world, "deny", CODE, typed=typed, question=r"why\?.*\) ").rc == code
    assert waiting.messages() == []


# ---- watch

def test_watch_on_a_terminal(world, waiting):
    with world.spawn(["actionapprove", "pending", "--watch"], user="bob", tty=(10, 150), env=UTF8) as process:
        process.read_until("nothing is waiting for you")
        waiting.start(request())
        process.read_until(CODE, timeout=3)
        first = process.read_until(r"4:5\d").group(0)
        process.read_until(rf"(?!{first.decode()})4:5\d", timeout=4)  # it counts
        waiting.start(request("A000-0001", LEFT_USEC="1000000000"))
        process.read_until("A000-0001", timeout=3)
        world.remove(f"{fake.RUN_DIR}/{CODE}.sock")
        process.read()
        deadline = time.monotonic() + 5
        while CODE.encode() in process.read() and time.monotonic() < deadline:
            pass
        assert time.monotonic() < deadline
        process.write("\x03")
        result = process.wait(5)
    assert result.rc == 0
    assert result.stdout.count(b"\033[2J") == 1 and b"\033[H" in result.stdout


def test_watch_keeps_to_the_screen(world, waiting):
    waiting.start(*[request(code) for code in many(50)])
    with world.spawn(["actionapprove", "pending", "--watch"], user="bob", tty=(10, 150), env=UTF8) as process:
        process.read_until(r"and 43 more")
        picture = plain(process.output).splitlines()
        process.write("\x03")
        assert process.wait(5).rc == 0
    assert len(picture) == 9 and max(map(len, picture)) <= 150


def test_watch_refreshes_votes_without_waking_each_second(world, waiting):
    server = waiting.start(request(later=fields(APPROVALS="1")))
    with world.spawn(["actionapprove", "pending", "--watch"], user="bob", tty=(10, 150), env=UTF8) as process:
        process.read_until("0/2")
        begun = time.monotonic()
        process.read_until("1/2", timeout=12)
        assert 3 < time.monotonic() - begun < 10
    assert not server.ended


@pytest.mark.parametrize("options", [{}, {"tty": True, "env": {"TERM": "dumb"}}])
def test_watch_by_lines(world, waiting, options):
    first = waiting.start(request())
    with world.spawn(["actionapprove", "pending", "--watch"], user="bob", **options) as process:
        process.read_until(rf"\d\d:\d\d:\d\d  ?{CODE} waits: claude \(alice's agent\) as root: {COMMAND}\r?\n")
        waiting.start(request("A000-0001", standing={"*": STRANGER}), request("A000-0002", COMMAND="id"))
        process.read_until(r"A000-0002 waits: .*: id\r?\n", timeout=3)
        world.remove(f"{fake.RUN_DIR}/{CODE}.sock")
        process.read_until(rf"{CODE} ended\r?\n", timeout=3)
        process.kill(signal.SIGINT)
        result = process.wait(5)
    assert result.rc == 0 and "\033" not in result.out and "A000-0001" not in result.out
    assert not first.ended


def test_watch_json(world, waiting):
    waiting.start(request(later=fields(APPROVALS="1")), request("A000-0001"))  # the other only grows older
    with world.spawn(["actionapprove", "pending", "--watch", "--json"], user="bob") as process:
        process.read_until(r"\"change\":\"appeared\".*\n")
        process.read_until(r"\"change\":\"changed\".*\n", timeout=12)
        world.remove(f"{fake.RUN_DIR}/{CODE}.sock")
        process.read_until(r"\"change\":\"ended\".*\n", timeout=3)
        process.kill(signal.SIGINT)
        result = process.wait(5)
    changes = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(one["change"], one["request"]) for one in changes] == [
        ("appeared", CODE), ("appeared", "A000-0001"), ("changed", CODE), ("ended", CODE)]
    assert changes[0]["approvals"] == "0" and changes[2]["approvals"] == "1" and changes[2]["warning"] == []


def test_watch_waits_for_the_folder(world, waiting):
    world.remove(fake.RUN_DIR)
    with world.spawn(["actionapprove", "pending", "--watch"], user="bob") as process:
        time.sleep(0.3)
        world.mkdir(fake.RUN_DIR)
        waiting.start(request())
        process.read_until(f"{CODE} waits", timeout=4)


def test_watch_does_not_tell_of_a_stranger_that_was_stopped(world, waiting):
    stopped = waiting.start(request("A000-0001", standing={"*": STRANGER}))
    with world.spawn(["actionapprove", "pending", "--watch"], user="bob", stdin=PIPE) as process:
        time.sleep(0.5)
        stopped.kill(signal.SIGSTOP)
        time.sleep(7)                                 # one refresh
        stopped.kill(signal.SIGCONT)
        assert not process.ended and process.output == ""
