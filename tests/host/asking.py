# The host tests' hold on waiting requests: start them, answer them from inside of the sandbox, and look at what is
# left of them.
#
#     request = asking.ask("mark", "x")                 # claude's "sudo mark x", and now it waits
#     assert asking.approve(request).verdict == "approved"
#     assert request.wait().rc == 0 and asking.marks() == ["x"]
#
# "mark" is a command that leaves a visible mark. When a test ends, `check` holds the records and what is left on the
# host against what must be true of every request, whatever happened to it.

import collections
import concurrent.futures
import dataclasses
import json
import pathlib
import signal
import struct

import pytest

from asking_client import parse_fields

HERE = pathlib.Path(__file__).resolve().parent
RUN = "/run/actionapprove"
STATE = "/var/lib/actionapprove"
MARK = "#!/bin/sh\necho \"$*\" >> /root/marks\n"
PYTHON = ["/usr/bin/python3", "-I"]

STATEMENTS = {
    "console": "channel console { type local }",
    "alice": "person alice { unix alice }",
    "bob": "person bob { unix bob }",
    "carol": "person carol { unix carol }",
    "dba": "group dba { person bob carol }",
    "claude": "agent claude { unix claude; owner alice }",
}


def people(**changes):
    """The policy without its rules; None leaves a statement out."""
    return "".join(f"{line}\n" for line in {**STATEMENTS, **changes}.values() if line)


PEOPLE = people()
MARK_RULE = "rule mark { when command mark; ask console; from dba; timeout 30s }\n"

ENTRY = struct.Struct("=8sIIIIQ32s10s33s5sQ")
STATES = {1: "arriving", 2: "waiting", 3: "running", 4: "ending"}
ENDS = {"finished", "denied", "expired", "cancelled", "failed", "refused"}

# Loaded behind our approval half: stops sudo between the approval and the start.
FREEZER = """
#include <signal.h>
#include <sudo_plugin.h>
static int o(unsigned v,sudo_conv_t c,sudo_printf_t p,char*const s[],char*const u[],int i,char*const a[],char*const e[],
             char*const x[],const char**r){return 1;}
static int check(char*const i[],char*const a[],char*const e[],const char**r){raise(SIGSTOP);return 1;}
static int version(int v){return 1;}
struct approval_plugin freezer={SUDO_APPROVAL_PLUGIN,SUDO_API_VERSION,o,0,check,version};
"""


@dataclasses.dataclass(frozen=True)
class Answer:
    """What somebody who answered saw. Result: counted, refused, over, malformed; None: no reply."""

    standing: str = None
    result: str = None
    verdict: str = None
    approvals: int = None
    quorum: int = None
    text: str = ""
    fields: dict = dataclasses.field(default_factory=dict)
    gone: str = None


@dataclasses.dataclass(frozen=True)
class Entry:
    """A file in the folder of waiting requests."""

    code: str
    state: str
    uid: int
    follows: str
    fields: dict
    inode: str


class Request:
    """A sudo that waits."""

    def __init__(self, process, code):
        self.process = process
        self.code = code

    def wait(self, timeout=20):
        return self.process.wait(timeout)

    def __getattr__(self, name):
        return getattr(self.process, name)


class Asking:
    """A sandbox in which sudo is armed and `mark` is asked about."""

    def __init__(self, box):
        self.box = box
        self.journald_works = True
        self.ledger_is_whole = True
        self.killed_between = False                   # a process may have been, at any moment
        box.write("/usr/bin/mark", MARK, mode=0o755)
        box.start_journald()
        self.policy(MARK_RULE)
        box.plugin_lines()

    def policy(self, rules, people=PEOPLE):
        self.box.policy(people + rules)

    # Requests

    def start(self, *argv, user="claude", **options):
        """sudo, without waiting for anything."""
        return self.box.spawn(["sudo", *(argv or ["mark"])], user, **options)

    def ask(self, *argv, **options):
        """sudo, and it waits now."""
        process = self.start(*argv, **options)
        return Request(process, self.code_of(process))

    def code_of(self, process):
        """Of the request that this process, or a child of it, waits with."""
        def came():
            if process.ended:
                raise AssertionError(f"it did not wait: {process.output}")
            holders = self.holders()
            own = {p["pid"] for p in self.box.processes() if process.pid in (p["pid"], p["ppid"])} if holders else ()
            return [code for code, pid in holders.items() if pid in own]

        return self.box.wait_until(came, "the request waits")[0]

    def holders(self):
        """By code, the process that holds the entry of a waiting request locked."""
        locks = [line.split() for line in self.box.read("/proc/locks").decode().splitlines()]
        pids = {words[5].rpartition(":")[2]: int(words[4]) for words in locks if words[1] == "FLOCK"}
        codes = {}
        for code, entry in self.entries().items():
            if entry.state == "waiting" and entry.inode in pids:
                codes[code] = pids[entry.inode]
        return codes

    def entries(self):
        """By code, those that wait or run."""
        found = {}
        if self.box.exists(RUN):
            for name in self.box.listdir(RUN):
                if len(name) == 9 and name[4] == "-":
                    try:
                        inode = str(self.box.stat(f"{RUN}/{name}").st_ino)
                        data = self.box.read(f"{RUN}/{name}")
                        header = ENTRY.unpack_from(data)
                    except (FileNotFoundError, struct.error):
                        continue                      # it ended meanwhile
                    found[name] = Entry(name, STATES[header[2]], header[3], header[7].rstrip(b"\0").decode(),
                                        parse_fields(data[ENTRY.size:ENTRY.size + header[4]]), inode)
        return found

    def wait_follows(self, requests, leader):
        """Until all of them wait with this one."""
        def follow():
            entries = self.entries()
            return all(entries[r.code].follows == leader.code for r in requests)

        self.box.wait_until(follow, "they wait with the first", timeout=3)

    def waits(self, request):
        return request.code in self.entries() and not request.ended

    # Answers

    def vote(self, op, request, user="bob", loginuid=None, **more):
        code = request if isinstance(request, str) else request.code
        result = self.client("asking_client.py", {"op": op, "code": code, **more}, user=user, loginuid=loginuid,
                             cwd="/")
        return Answer(**result)

    def start_client(self, order, user="bob"):
        """For an answer that takes its time; "greeted" on stderr says that it was let in."""
        return self.box.spawn([*PYTHON, str(HERE / "asking_client.py"), json.dumps(order)], user, cwd="/")

    def start_attack(self, name, **arguments):
        """One of asking_attacks.py, beside whatever else happens."""
        return self.box.spawn([*PYTHON, str(HERE / "asking_attacks.py"), json.dumps({"attack": name, **arguments})])

    @staticmethod
    def answer_of(client):
        return Answer(**json.loads(client.wait().expect_success().stdout))

    def approve(self, request, user="bob", **more):
        return self.vote("approve", request, user, **more)

    def wait_until_approver(self, request, user="bob"):
        """A stranger is not looked up again for a second."""
        self.box.wait_until(lambda: self.look(request, user).standing == "approver", f"{user} may answer", timeout=3)

    def deny(self, request, user="bob", **more):
        return self.vote("deny", request, user, **more)

    def look(self, request, user="bob"):
        return self.vote("look", request, user)

    def client(self, script, order, user="root", timeout=60, **options):
        """Runs a script of this folder in the sandbox; what it prints."""
        result = self.box.run([*PYTHON, str(HERE / script), json.dumps(order)], user, timeout=timeout, check=True,
                              **options)
        return json.loads(result.stdout)

    # What came of it

    def marks(self):
        return self.box.read("/root/marks").decode().splitlines() if self.box.exists("/root/marks") else []

    def records(self, request=None):
        code = getattr(request, "code", request)
        return [r for r in self.box.ledger() if code is None or r["AA_REQUEST"] == code]

    def events(self, request=None):
        return [r["AA_EVENT"] for r in self.records(request)]

    def end(self, request):
        """Its last record, once its sudo ended."""
        return self.records(request)[-1]

    # What can be done to it

    def freeze_after_approval(self):
        """From now on sudo stops between the approval and the start."""
        self.box.write("/root/freezer.c", FREEZER)
        self.box.run(["gcc", "-shared", "-fPIC", "-w", "-o", "/usr/libexec/sudo/freezer.so", "/root/freezer.c"],
                     check=True)
        self.box.sudo_conf("Plugin sudo_approve sudo_approve.so\nPlugin freezer freezer.so\n"
                           "Plugin sudo_approve_audit sudo_approve.so\n")

    def wait_frozen(self, process):
        self.box.wait_until(lambda: self.state(process) == "T", "sudo is stopped")

    def state(self, process):
        """As ps shows it; None: it is gone."""
        return next((p["state"] for p in self.box.processes() if p["pid"] == process.pid), None)

    def stop(self, process):
        process.kill(signal.SIGSTOP)
        self.wait_frozen(process)

    def go_on(self, process):
        process.kill(signal.SIGCONT)

    @staticmethod
    def kill_if_there(process, signum):
        try:
            process.kill(signum)
        except ProcessLookupError:
            pass

    def end_vanished(self):
        """Whoever asks next finds the requests whose process is gone."""
        request = self.ask("mark", "finder", user="bob")
        self.vote("cancel", request, "root")
        request.wait()

    @staticmethod
    def lanes(function, count):
        """function(0), function(1) … at the same time, each in a thread."""
        with concurrent.futures.ThreadPoolExecutor(count) as pool:
            for future in [pool.submit(function, lane) for lane in range(count)]:
                future.result()

    def join_ledger(self):
        """What was written beside the chain is joined by the next who writes."""
        if self.box.exists(f"{STATE}/ledger.side"):
            self.box.run(["sudo", "/usr/bin/false"], user="alice")

    # What must be true of everything

    def check(self, timeout=3):
        self.check_nothing_runs(timeout)
        if self.ledger_is_whole:
            self.join_ledger()
            records = self.box.ledger()
            exactly_one_end(records)
            self.check_journal(records)
            verified = self.box.run(["actionapprove", "verify"])
            assert verified.rc == 0, verified.out + verified.err
        if self.box.exists(RUN):
            left = [name for name in self.box.listdir(RUN) if not name.startswith("denied.")]
            if self.killed_between:                   # a socket has a name before its request; cleared a minute later
                left = [name for name in left if not name.endswith(".sock")]
            assert left == [], f"left of requests that are over: {left}"

    def check_nothing_runs(self, timeout=3):
        def others():
            return [p["argv"] for p in self.box.processes() if p["pid"] != 1 and p["state"] != "Z" and
                    p["argv"] and b"systemd-journald" not in p["argv"][0]]

        try:
            self.box.wait_until(lambda: not others(), "nothing runs", timeout)
        except TimeoutError as error:
            raise AssertionError(f"still there: {others()}") from error

    def check_journal(self, records):
        """Every record of the ledger, and no other, each once."""
        if not self.journald_works:
            return

        def key(record):                              # journald does not keep the order of a field that repeats
            values = [record.get(n) for n in ("AA_ID", "AA_EVENT", "AA_TIME", "AA_VOTE", "AA_ERROR", "AA_APPROVER")]
            return tuple(str(sorted(v) if isinstance(v, list) else v) for v in values)

        entries = self.box.journal("SYSLOG_IDENTIFIER=actionapprove")
        assert all(e["_UID"] == "0" for e in entries)
        entries = [e for e in entries if "AA_ID" in e]
        sent, kept = collections.Counter(map(key, entries)), collections.Counter(map(key, records))
        assert sent - kept == collections.Counter(), f"the journal has more: {sent - kept}"
        assert kept - sent == collections.Counter() or self.killed_between, "the ledger has more"


def exactly_one_end(records):
    """Whatever happened: each request came to one end, and only what was approved (or allowed) ran."""
    by_id = collections.defaultdict(list)
    for record in records:
        if "AA_ID" in record:
            by_id[record["AA_ID"]].append(record["AA_EVENT"])
    for events in by_id.values():
        ends = [event for event in events if event in ENDS]
        assert len(ends) == 1, events
        assert events[-1] == ends[0], events
        assert events.count("requested") <= 1 and events.count("approved") <= 1, events
        if {"requested", "vote", "approved", "denied", "expired", "cancelled"} & set(events):
            assert events[0] == "requested", events
            assert ends[0] != "refused", events
        if ends[0] == "finished":
            assert "approved" in events or "allowed" in events, events
        if ends[0] in ("denied", "expired", "cancelled", "refused"):
            assert "approved" not in events, events


@pytest.fixture(name="asking")
def asking_fixture(box):
    asking = Asking(box)
    yield asking
    asking.check()
