# The other end of a waiting request's local socket, bare of any niceness: runs inside of a sandbox as the user who
# answers, and prints what came of it as JSON. What goes over the socket is in common/local/local-message.h.
#
#     python3 -I asking_client.py '{"op": "approve", "code": "7F3K-9QXM"}'
#
# Keys beside these two: reason; mistake, one of MISTAKES, which makes the message a wrong one; after, a file that is
# waited for between the greeting and the message. Operations beside those of the socket: look, and listen, which says
# nothing and waits for the end.

import json
import os
import socket
import struct
import sys
import time

RUN = "/run/actionapprove"
GREETING = struct.Struct("=II16sII")
MESSAGE = struct.Struct("=II16s65s3xI1000s")
REPLY = struct.Struct("=IIIII512s")
OPS = {"approve": 1, "deny": 2, "retract": 3, "cancel": 4, "join": 5}
STANDINGS = (None, "stranger", "requester", "owner", "approver", "root")
RESULTS = (None, "counted", "refused", "over", "malformed")
VERDICTS = {0: "pending", 1: "approved", 2: "denied", 3: "cancelled", 100: "expired", 101: "failed"}
SECONDS = 10


class Gone(Exception):
    """There is no such request, or it was over before anything was said."""


class Connection:
    """Greeted: `standing`, `nonce` and `fields` are set."""

    def __init__(self, code):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        timeout = struct.pack("@ll", SECONDS, 0)      # not settimeout(), with which a full queue is an error at once
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, timeout)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, timeout)
        try:
            self.socket.connect(f"{RUN}/{code}.sock")
            greeting = self.socket.recv(256 * 1024)
        except (FileNotFoundError, PermissionError, ConnectionError, BlockingIOError) as error:
            raise Gone(str(error)) from error
        if len(greeting) < GREETING.size:
            raise Gone("no greeting")
        self.version, standing, self.nonce, length, _ = GREETING.unpack_from(greeting)
        self.standing = STANDINGS[standing]
        assert len(greeting) == GREETING.size + length
        self.fields = parse_fields(greeting[GREETING.size:])

    @property
    def digest(self):
        return self.fields.get("AA_DIGEST", "").encode()

    def message(self, op, reason=b"", **changes):
        """As it should be, but for the changes to its parts."""
        reason = reason.encode() if isinstance(reason, str) else reason
        parts = {"version": 1, "op": OPS.get(op, op), "nonce": self.nonce, "digest": self.digest, "length": len(reason),
                 "reason": reason, **changes}
        return MESSAGE.pack(*parts.values())

    def send(self, data):
        try:
            self.socket.send(data)
        except ConnectionError as error:
            raise Gone(str(error)) from error

    def reply(self):
        """None: it was closed without one."""
        try:
            data = self.socket.recv(65536)
        except (ConnectionError, BlockingIOError):
            return None
        if not data:
            return None
        _version, result, verdict, approvals, quorum, text = REPLY.unpack(data)
        return {"result": RESULTS[result], "verdict": VERDICTS[verdict], "approvals": approvals, "quorum": quorum,
                "text": text.split(b"\0")[0].decode()}

    def close(self):
        self.socket.close()


def parse_fields(data):
    """Fields that repeat become a list."""
    fields, at = {}, 0
    while at < len(data):
        length, = struct.unpack_from("=I", data, at)
        name, _, value = data[at + 4:at + 4 + length].decode("utf-8", "backslashreplace").partition("=")
        at += 4 + length
        if name in fields:
            value = (fields[name] if isinstance(fields[name], list) else [fields[name]]) + [value]
        fields[name] = value
    return fields


def waiting():
    return sorted(name[:-5] for name in os.listdir(RUN) if name.endswith(".sock"))


# ---- messages that are wrong in one way each

def other_connection(connection, code, change):
    other = Connection(code)
    return connection.message("approve", **change(other))


MISTAKES = {
    "empty": lambda c, code: b"",
    "one byte": lambda c, code: b"\1",
    "cut by one byte": lambda c, code: c.message("approve")[:-1],
    "cut behind the header": lambda c, code: c.message("approve")[:8],
    "longer by one byte": lambda c, code: c.message("approve") + b"\0",
    "100 KB": lambda c, code: c.message("approve") + bytes(100 * 1024),
    "two in one": lambda c, code: c.message("approve") * 2,
    "version 0": lambda c, code: c.message("approve", version=0),
    "version 2": lambda c, code: c.message("approve", version=2),
    "operation 0": lambda c, code: c.message(0),
    "operation 6": lambda c, code: c.message(6),
    "largest operation": lambda c, code: c.message(0xffffffff),
    "joins without being root": lambda c, code: c.message("join"),
    "wrong nonce": lambda c, code: c.message("approve", nonce=bytes(b ^ 1 for b in c.nonce)),
    "nonce of zeros": lambda c, code: c.message("approve", nonce=bytes(16)),
    "nonce of another connection": lambda c, code: other_connection(c, code, lambda o: {"nonce": o.nonce}),
    "wrong digest": lambda c, code: c.message("approve", digest=c.digest[::-1]),
    "no digest": lambda c, code: c.message("approve", digest=b""),
    "digest in capitals": lambda c, code: c.message("approve", digest=c.digest.upper()),
    "digest without its end": lambda c, code: c.message("approve", digest=c.digest + b"0"),
    "reason longer than said": lambda c, code: c.message("approve", b"abc", length=2),
    "reason shorter than said": lambda c, code: c.message("approve", b"abc", length=4),
    "reason longer than possible": lambda c, code: c.message("approve", b"a" * 1000, length=1001),
    "length of 4 GB": lambda c, code: c.message("approve", length=0xffffffff),
    "NUL in the reason": lambda c, code: c.message("approve", b"a\0b"),
}


def answer(order):
    """What the peer of one message sees."""
    try:
        connection = Connection(order["code"])
        seen = {"standing": connection.standing, "fields": connection.fields}
        if order["op"] == "look" or connection.standing == "stranger":
            return seen
        if order["op"] == "listen" or "after" in order:
            print("greeted", file=sys.stderr, flush=True)
        while "after" in order and not os.path.exists(order["after"]):
            time.sleep(0.002)
        if order["op"] == "listen":
            pass
        elif "mistake" in order:
            connection.send(MISTAKES[order["mistake"]](connection, order["code"]))
        else:
            connection.send(connection.message(order["op"], order.get("reason", "")))
        return {**seen, **(connection.reply() or {})}
    except Gone as gone:
        return {"gone": str(gone)}


if __name__ == "__main__":
    print(json.dumps(answer(json.loads(sys.argv[1]))))
