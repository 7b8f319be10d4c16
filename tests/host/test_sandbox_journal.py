# The harness itself: a box's journald is real, and what was sent to it can be read back, all of it.

import signal

import journald


def test_journal_reads_native_datagrams(bare_box):
    bare_box.start_journald()
    record = b"MESSAGE=hello\nAA_EVENT=allowed\nAA_X=1\nAA_X=2\nAA_BIN\n" + (4).to_bytes(8, "little") + b"a\n\xff\0\n"
    bare_box.order("datagram", path=journald.SOCKET, payload=record)
    entry, = bare_box.journal("AA_EVENT=allowed")
    assert entry["MESSAGE"] == "hello" and entry["_UID"] == "0" and entry["_HOSTNAME"] == "testhost"
    assert entry["AA_X"] == ["1", "2"] and entry["AA_BIN"] == b"a\n\xff\0"
    assert entry in bare_box.journal()
    assert bare_box.journal("AA_EVENT=denied") == []


def test_journal_has_all_records_of_a_flood(bare_box):
    bare_box.start_journald()
    script = "import socket; s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n" \
             "for i in range(5000): s.sendto(b'MESSAGE=x\\nN=%d\\n' % i, '/run/systemd/journal/socket')"
    bare_box.run(["/usr/bin/python3", "-c", script], user="alice", check=True)
    assert [int(entry["N"]) for entry in bare_box.journal("MESSAGE=x")] == list(range(5000))


def test_journal_waits_for_a_slow_journald(bare_box):
    daemon = bare_box.start_journald().process.pid
    bare_box.kill(daemon, signal.SIGSTOP)
    for number in range(5):
        bare_box.order("datagram", path=journald.SOCKET, payload=b"MESSAGE=x\nN=%d\n" % number)
    bare_box.spawn(["sh", "-c", f"sleep 0.3; kill -CONT {daemon}"])
    assert [int(entry["N"]) for entry in bare_box.journal("MESSAGE=x")] == list(range(5))


def test_journal_has_what_sudo_logs(bare_box):
    bare_box.start_journald()
    bare_box.run(["sudo", "true"], user="alice", check=True)
    entry, = [entry for entry in bare_box.journal("SYSLOG_IDENTIFIER=sudo") if "COMMAND=" in entry["MESSAGE"]]
    assert entry["_UID"] == "1001"


def test_journald_can_be_stopped(bare_box):
    bare_box.start_journald()
    bare_box.run(["sudo", "true"], user="alice", check=True)
    before = bare_box.journal("_COMM=sudo")
    bare_box.stop_journald()
    assert bare_box.journal("_COMM=sudo") == before != []
    assert not any(b"journald" in b" ".join(process["argv"]) for process in bare_box.processes())


def test_journald_settings(bare_box):
    bare_box.start_journald(MaxLevelStore="warning")
    for priority in range(8):
        bare_box.order("datagram", path=journald.SOCKET, payload=f"MESSAGE=x\nPRIORITY={priority}\n".encode())
    assert [int(entry["PRIORITY"]) for entry in bare_box.journal("MESSAGE=x")] == [0, 1, 2, 3, 4]


def test_journald_can_lose_everything(bare_box):
    bare_box.start_journald(Storage="none")
    bare_box.run(["sudo", "true"], user="alice", check=True)
    assert bare_box.journal("_COMM=sudo", complete=False) == []
