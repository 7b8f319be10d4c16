# Stands in for the processes that wait for an answer: the server side of local/local-message.h, with faults to order.
#
# Started as `fake_requests.py FILE`, where the JSON list in FILE describes one request an element:
#
#   code        names the socket
#   standing    {uid: number} of enum aa_local_standing, "*" for everybody else
#   fields      [[name, value], ...] of the greeting (AA_LEFT_USEC as at the start); "later": those from the second
#               connection on
#   reply       {"result", "verdict", "approvals", "quorum", "text"}; "close"; "never"; or {"raw": hex}
#   fault       "silent" never greets; "deaf" never accepts; "dead" no longer listens; "hangs-up" closes at once;
#               "leaves" greets and closes; {"raw": [hex, ...]} sends these packets as a greeting
#
# Prints "ready", then a JSON object for each message that it gets: code, message in hex, and who sent it.

import json
import os
import selectors
import socket
import struct
import sys
import time

RUN_DIR = "/run/actionapprove"
VERSION = 1
GREETING = struct.Struct("=II16sII")
MESSAGE = struct.Struct("=II16s65s3xI1000s")
REPLY = struct.Struct("=IIIII512s")
STRANGER, REQUESTER, OWNER, APPROVER, ROOT = range(1, 6)
APPROVE, DENY, RETRACT, CANCEL = range(1, 5)
COUNTED, REFUSED, OVER, MALFORMED = range(1, 5)
PENDING, APPROVED, DENIED, CANCELLED = range(4)
CREDENTIALS = struct.Struct("=iII")


def pack_fields(fields):
    packed = b""
    for name, value in fields:
        field = name.encode() + b"=" + value.encode("utf-8", "surrogateescape")
        packed += struct.pack("<I", len(field)) + field
    return packed


def pack_greeting(standing, fields, nonce, version=VERSION):
    packed = pack_fields(fields)
    return GREETING.pack(version, standing, nonce, len(packed), 0) + packed


def pack_reply(result, verdict=PENDING, approvals=0, quorum=0, text=""):
    return REPLY.pack(VERSION, result, verdict, approvals, quorum, text.encode())


class Request:
    def __init__(self, server, description):
        self.server = server
        self.code = description["code"]
        self.description = description
        self.greeted = 0
        self.begun = time.monotonic()
        self.fault = description.get("fault")
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK)
        path = f"{RUN_DIR}/{self.code}.sock"
        self.listener.bind(path)
        os.chmod(path, 0o666)
        self.listener.listen(0 if self.fault == "deaf" else 64)
        if self.fault == "dead":
            self.listener.close()
        elif self.fault == "deaf":                    # its queue is full, so that nobody gets in any more
            self.callers = []
            try:
                while True:
                    self.callers.append(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK))
                    self.callers[-1].connect(path)
            except BlockingIOError:
                pass
        else:
            server.register(self.listener, selectors.EVENT_READ, self.accept)

    def accept(self):
        connection, _address = self.listener.accept()
        self.greeted += 1
        if self.fault == "hangs-up":
            connection.close()
            return
        if self.fault == "silent":
            self.server.register(connection, selectors.EVENT_READ, lambda: self.forget(connection))
            return
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        nonce = os.urandom(16)
        for packet in self.greeting(connection, nonce):
            try:
                connection.send(packet)
            except OSError:
                break                                 # it had enough
        if self.fault == "leaves":
            connection.close()
            return
        self.server.register(connection, selectors.EVENT_READ, lambda: self.hear(connection, nonce))

    def greeting(self, connection, nonce):
        if isinstance(self.fault, dict):
            return [bytes.fromhex(packet) for packet in self.fault["raw"]]
        uid = CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size))[1]
        standings = self.description["standing"]
        standing = standings.get(str(uid), standings.get("*", STRANGER))
        fields = self.description["fields"]
        if self.greeted > 1:
            fields = self.description.get("later", fields)
        passed = int((time.monotonic() - self.begun) * 1_000_000)
        fields = [[name, str(max(int(value) - passed, 0)) if name == "AA_LEFT_USEC" else value]
                  for name, value in fields]
        return [pack_greeting(standing, [] if standing == STRANGER else fields, nonce)]

    def hear(self, connection, nonce):
        try:
            data, ancillary, _flags, _address = connection.recvmsg(65536, socket.CMSG_SPACE(CREDENTIALS.size))
        except OSError:
            data = b""
        if not data:
            self.forget(connection)
            return
        pid, uid, _gid = CREDENTIALS.unpack(ancillary[0][2])
        print(json.dumps({"code": self.code, "message": data.hex(), "nonce": nonce.hex(), "pid": pid, "uid": uid}),
              flush=True)
        reply = self.description.get("reply", "close")
        if reply == "never":
            return
        if reply != "close":
            connection.send(bytes.fromhex(reply["raw"]) if "raw" in reply else pack_reply(**reply))
        self.forget(connection)

    def forget(self, connection):
        self.server.unregister(connection)
        connection.close()


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        descriptions = json.load(file)
    server = selectors.DefaultSelector()
    requests = [Request(server, description) for description in descriptions]
    print("ready", flush=True)
    while requests:
        for key, _events in server.select():
            key.data()


if __name__ == "__main__":
    main()
