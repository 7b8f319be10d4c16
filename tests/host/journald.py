# A real systemd-journald inside a sandbox, without systemd as pid 1, and what it wrote as Python dicts.

import json
import signal
import uuid

PROGRAM = "/lib/systemd/systemd-journald"
SOCKET = "/run/systemd/journal/socket"
SOCKETS = (SOCKET, "/run/systemd/journal/dev-log", "/run/systemd/journal/stdout")
JOURNAL = "/run/log/journal"
CONFIGURATION = "/run/systemd/journald.conf.d/zz-tests.conf"  # sorts after, and so overrides, all others
MACHINE_ID = "0123456789abcdef0123456789abcdef"
SENTINEL = "AA_TEST_SENTINEL"

SETTINGS = {
    "Storage": "volatile",
    "RateLimitIntervalSec": "0",
    "RateLimitBurst": "0",
    "ReadKMsg": "no",
    "Audit": "no",
    "ForwardToSyslog": "no",
    "ForwardToWall": "no",
}


class Journal:
    """Started by Sandbox.start_journald()."""

    def __init__(self, box, settings):
        self.box = box
        self.box.write("/etc/machine-id", MACHINE_ID + "\n", mode=0o444)
        lines = [f"{key}={value}" for key, value in {**SETTINGS, **settings}.items()]
        self.box.write(CONFIGURATION, "\n".join(["[Journal]", *lines, ""]))
        for path in SOCKETS:
            box.remove(path)
        self.process = box.spawn([PROGRAM], user="root")
        self.box.wait_until(self._listens, "systemd-journald listens")

    def stop(self):
        self.process.kill(signal.SIGTERM)
        self.process.wait()
        self.process.close()

    def entries(self, matches, complete=True):
        """The records that match (all terms of journalctl), oldest first. If complete, all that was sent before."""
        if not complete or self.process.ended:
            return read(self.box, matches)
        token = uuid.uuid4().hex
        # Datagrams arrive in order: once our own can be read, so can all that were sent before it.
        self.box.order("datagram", path=SOCKET, payload=f"PRIORITY=0\n{SENTINEL}={token}\n".encode())
        wanted = [*matches, "+", f"{SENTINEL}={token}"] if matches else []
        found = []

        def arrived():
            nonlocal found
            found = read(self.box, wanted)
            return any(entry.get(SENTINEL) == token for entry in found)

        self.box.wait_until(arrived, "systemd-journald has written what it was sent")
        return [entry for entry in found if SENTINEL not in entry]

    def _listens(self):
        if self.process.ended:
            self.process.wait().expect_success()
            raise RuntimeError(f"systemd-journald ended: {self.process.output}")
        return all(self.box.exists(path) for path in SOCKETS)


def read(box, matches):
    """Needs no running journald."""
    if not box.exists(JOURNAL):
        return []
    result = box.run(["journalctl", "-D", JOURNAL, "-q", "-a", "--no-pager", "-o", "json", *matches], user="root")
    if result.rc != 0 and result.stdout == b"" and result.stderr == b"":
        return []                                     # how newer ones say that nothing matched
    result.expect_success()
    return [_entry(line) for line in result.stdout.splitlines()]


def _entry(line):
    return {name: _value(value) for name, value in json.loads(line).items()}


def _value(value):
    """Text, bytes if it is not text, or a list of those if the field occurs more than once."""
    if isinstance(value, list):
        if all(isinstance(item, int) for item in value):
            return bytes(value)
        return [_value(item) for item in value]
    return value
