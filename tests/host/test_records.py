# The ledger and the journal under attack and in accidents: floods, forgeries, stopped and killed writers.

import collections
import random
import re
import signal
import threading
import time

import pytest


STATE = "/var/lib/actionapprove"
MESSAGE_IDS = {"allowed": "60cdd8220d21411e8276007c9313ac5c", "refused": "e3b6f9e4f4254724ba8abed3d47acdba",
               "finished": "d5ee0e183fd443178a6e7081cb9fd46f"}


def send_signal(process, signum):
    """To a sudo that may have ended already."""
    try:
        process.kill(signum)
    except ProcessLookupError:
        pass


def whole(box, records=None):
    result = box.run(["actionapprove", "verify"])
    assert result.rc == 0, result.out
    if records is not None:
        assert f"whole: {records} records" in result.out, result.out
    return result.out


def test_fields_of_a_record(armed):
    armed.start_journald()
    armed.run(["sudo", "id", "-u"], user="alice", tty=True)
    allowed, finished = armed.ledger()
    assert allowed["AA_EVENT"] == "allowed" and finished["AA_EVENT"] == "finished"
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", allowed["AA_REQUEST"])
    assert re.fullmatch(r"[0-9a-f]{32}", allowed["AA_ID"])
    assert re.fullmatch(r"[0-9a-f]{64}", allowed["AA_DIGEST"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", allowed["AA_TIME"])
    expected = {"AA_USER": "alice", "AA_UID": "1001", "AA_RUNAS": "root", "AA_COMMAND": "/usr/bin/id -u",
                "AA_EXE": "/usr/bin/id", "AA_RULE": "ids", "AA_ACTION": "allow", "AA_FRONTEND": "sudo",
                "AA_SERVICE": "sudo", "AA_MODE": "enforce", "AA_HOST": "testhost", "AA_CWD": "/home/alice"}
    assert {k: allowed.get(k) for k in expected} == expected
    assert allowed["AA_TTY"].startswith("/dev/pts/") and len(allowed["AA_POLICY"]) == 16
    assert finished["AA_ID"] == allowed["AA_ID"] and finished["AA_PREV"] == allowed["AA_HASH"]
    for record in (allowed, finished):
        entry, = armed.journal(f"AA_ID={record['AA_ID']}", f"AA_EVENT={record['AA_EVENT']}")
        assert {k: entry.get(k) for k in record} == record, "the journal has what the ledger has"
        assert entry["_UID"] == "0" and entry["SYSLOG_IDENTIFIER"] == "actionapprove"
        assert entry["MESSAGE_ID"] == MESSAGE_IDS[record["AA_EVENT"]] and "/usr/bin/id -u" in entry["MESSAGE"]


def test_large_records_reach_the_journal(armed):
    armed.start_journald()
    armed.run(["sudo", "id"] + ["x" * 100000] * 4, user="alice")
    entry, = armed.journal("AA_EVENT=allowed")
    assert entry["_UID"] == "0" and len(entry["AA_COMMAND"]) > 200 * 1024


def test_refusals_are_cheap_to_keep(armed):
    """What never ran is kept in a short form, so that nobody fills the disk with it."""
    for _ in range(20):
        armed.run(["sudo", "whoami"] + ["x" * 100000] * 4, user="alice")
    assert armed.stat(f"{STATE}/ledger").st_size <= 1024 * 1024
    assert "left out" in armed.ledger()[-1]["AA_COMMAND"]


def test_catalog_explains_each_event(armed):
    armed.start_journald()
    armed.run(["journalctl", "--update-catalog"], check=True)
    text = armed.run(["journalctl", "--list-catalog"], check=True).out
    for identifier in MESSAGE_IDS.values():
        assert identifier in text


def test_forged_record_is_not_roots(armed):
    """A user can send what looks like a record; its _UID gives it away, and the ledger does not have it."""
    armed.start_journald()
    forgery = b"MESSAGE=mallory may run anything\nAA_EVENT=allowed\nAA_USER=alice\nAA_ID=" + b"f" * 32 + \
        b"\nSYSLOG_IDENTIFIER=actionapprove\nMESSAGE_ID=60cdd8220d21411e8276007c9313ac5c\n"
    armed.write("/home/alice/forgery", forgery, owner="alice")
    sender = "import socket; s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); " \
             "s.sendto(open('/home/alice/forgery', 'rb').read(), '/run/systemd/journal/socket')"
    armed.run(["python3", "-c", sender], user="alice", check=True)
    entry, = armed.journal("AA_ID=" + "f" * 32)
    assert entry["_UID"] == "1001"
    assert armed.journal("AA_EVENT=allowed", "_UID=0") == [] and armed.ledger() == []


def test_flood_loses_no_ledger_record(armed):
    armed.start_journald(RateLimitIntervalSec="30s", RateLimitBurst="100")
    flood = "import socket\ns = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n" \
            "s.connect('/run/systemd/journal/socket')\n" \
            "for i in range(200000): s.send(b'MESSAGE=flood\\nPRIORITY=6\\nSYSLOG_IDENTIFIER=actionapprove\\n')\n"
    process = armed.spawn(["python3", "-c", flood], user="alice")
    for _ in range(30):
        assert armed.run(["sudo", "id", "-u"], user="alice").stdout == b"0\n"
    process.kill(signal.SIGKILL)
    process.wait()
    counts = collections.Counter(r["AA_EVENT"] for r in armed.ledger())
    assert counts == {"allowed": 30, "finished": 30}
    whole(armed, 60)


def test_without_journald(armed):
    armed.start_journald()
    armed.stop_journald()
    assert armed.run(["sudo", "id", "-u"], user="alice").stdout == b"0\n"
    armed.run(["rm", "-rf", "/run/systemd/journal"], check=True)
    assert armed.run(["sudo", "id", "-u"], user="alice").stdout == b"0\n"
    assert [r["AA_EVENT"] for r in armed.ledger()] == ["allowed", "finished"] * 2


def test_journald_that_does_not_read(armed):
    """A socket whose queue is full must not make anybody wait."""
    armed.sh("mkdir -p /run/systemd/journal", check=True)
    deaf = armed.spawn(["python3", "-c", "import socket, time\ns = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
                        "s.bind('/run/systemd/journal/socket')\nprint('bound', flush=True)\ntime.sleep(600)"])
    deaf.read_until(b"bound")
    for _ in range(20):
        result = armed.run(["sudo", "id", "-u"], user="alice")
        assert result.stdout == b"0\n" and result.duration < 2
    whole(armed, 40)


def hold_lock(box):
    """A stopped process that holds the ledger's lock."""
    holder = box.spawn(["flock", f"{STATE}/ledger", "-c", "echo held; sleep 600"])
    holder.read_until(b"held")
    return holder


def test_lock_held_by_a_stopped_process(armed):
    holder = hold_lock(armed)
    holder.kill(signal.SIGSTOP)
    result = armed.run(["sudo", "id", "-u"], user="alice")
    assert result.stdout == b"0\n" and result.duration < 4 * 0.5
    assert len(armed.listdir(f"{STATE}/ledger.side")) == 2 and armed.ledger() == []
    assert "2 records wait beside the chain" in whole(armed)
    holder.kill_session()
    holder.wait()
    assert armed.run(["sudo", "id", "-u"], user="alice").stdout == b"0\n"
    assert not armed.exists(f"{STATE}/ledger.side")
    records = armed.ledger()
    assert [r["AA_EVENT"] for r in records] == ["allowed", "finished"] * 2
    assert [int(r["AA_SEQ"]) for r in records] == [1, 2, 3, 4]
    assert "2 records were written beside the chain" in whole(armed, 4)


def test_own_sudo_stopped_at_any_time(armed):
    """alice stops her sudo at random moments, lock or no lock: others go on, and nothing is lost."""
    stopped = []
    for _ in range(20):
        process = armed.spawn(["sudo", "id", "-u"], user="alice")
        time.sleep(random.uniform(0, 0.008))
        send_signal(process, signal.SIGSTOP)
        stopped.append(process)
        assert armed.run(["sudo", "id", "-u"], user="bob", timeout=5).stdout == b"0\n"
    for process in stopped:
        send_signal(process, signal.SIGCONT)
        process.wait()
    armed.run(["sudo", "id", "-u"], user="bob", check=True)
    whole(armed)
    ends = collections.Counter(r["AA_ID"] for r in armed.ledger() if r["AA_EVENT"] == "finished")
    assert set(ends.values()) == {1}


def test_64_at_once(armed):
    processes = [armed.spawn(["sudo", "id", "-u"], user=user) for user in ("alice", "bob", "carol", "claude") * 16]
    assert [p.wait(60).stdout for p in processes] == [b"0\n"] * 64
    counts = collections.Counter(r["AA_EVENT"] for r in armed.ledger())
    if armed.exists(f"{STATE}/ledger.side"):           # the last ones may have stepped aside
        armed.run(["sudo", "id", "-u"], user="alice", check=True)
        counts = collections.Counter(r["AA_EVENT"] for r in armed.ledger())
    assert counts["allowed"] == counts["finished"] >= 64
    whole(armed, counts["allowed"] * 2)


def test_kill_9_at_any_point(armed):
    """alice's sudo dies at every moment of the writing; bob's goes on."""
    stop = threading.Event()
    survived = []

    def go_on():
        while not stop.is_set():
            survived.append(armed.run(["sudo", "id", "-u"], user="bob", timeout=10).stdout)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        for _ in range(150):
            process = armed.spawn(["sudo", "id", "-u"], user="alice")
            time.sleep(random.uniform(0.001, 0.009))
            send_signal(process, signal.SIGKILL)
            process.wait()
    finally:
        stop.set()
        thread.join()
    assert set(survived) == {b"0\n"}
    armed.run(["sudo", "id", "-u"], user="alice", check=True)
    whole(armed)


@pytest.mark.parametrize("script, words", [
    ("printf X | dd of=ledger bs=1 seek=4300 conv=notrunc status=none", "NOT whole"),
    ("truncate -s 5000 ledger", "NOT whole"),
    ("dd if=/dev/zero of=ledger bs=1 seek=4096 count=2000 conv=notrunc status=none", "NOT whole"),
])
def test_verify_names_damage(armed, script, words):
    for _ in range(3):
        armed.run(["sudo", "id", "-u"], user="alice", check=True)
    armed.sh(f"cd {STATE} && {script}", check=True)
    result = armed.run(["actionapprove", "verify"])
    assert result.rc == 1 and words in result.out, result.out


def test_only_root_reads_it(armed):
    armed.run(["sudo", "id"], user="alice", check=True)
    for argv in (["actionapprove", "log"], ["actionapprove", "verify"], ["actionapprove", "apply"]):
        assert armed.run(argv, user="alice").rc == 4
    assert armed.run(["cat", f"{STATE}/ledger"], user="alice").rc != 0
    assert armed.stat(STATE).st_mode & 0o777 == 0o700
