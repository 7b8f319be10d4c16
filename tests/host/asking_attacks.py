# What bad or hurried peers do to a waiting request, from inside of a sandbox. Runs as root, and as whom it says from
# there on; prints what came of it as JSON.
#
#     python3 -I asking_attacks.py '{"attack": "race", …}'

import array
import json
import os
import random
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from asking_client import Connection, Gone, answer, waiting  # noqa: E402  pylint: disable=wrong-import-position

BOB, CAROL, CLAUDE, STRANGER = 1002, 1003, 1004, 4242


class Child:
    """A function in a process of its own, as another user; `result()` is what it returned."""

    def __init__(self, uid, function, *arguments):
        reader, writer = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.setgroups([])
                os.setresgid(uid, uid, uid)
                os.setresuid(uid, uid, uid)
                os.write(writer, json.dumps(function(*arguments)).encode())
            finally:
                os._exit(0)
        os.close(writer)
        self.reader = reader

    def result(self):
        with os.fdopen(self.reader) as stream:
            text = stream.read()
        os.waitpid(self.pid, 0)
        return json.loads(text) if text else {"died": True}


def until(moment):
    """To the microsecond, as far as the machine lets us."""
    while time.monotonic() < moment:
        if moment - time.monotonic() > 0.002:
            time.sleep(0.001)


# ---- several things in one moment

def vote_at(code, op, ready, moment, offset):
    try:
        connection = Connection(code)
        data = connection.message(op)
        os.write(ready, b"+")
        until(moment + offset)
        connection.send(data)
        return connection.reply() or {"result": None}
    except Gone as gone:
        return {"gone": str(gone)}


def race(code, pid, acts, spread):
    """acts: [["approve", 1002], ["signal", 2]]. All votes are greeted before; then all happens within `spread` seconds."""
    ready, tell = os.pipe()
    moment = time.monotonic() + 0.06 + 0.02 * len(acts)
    children = [Child(who, vote_at, code, op, tell, moment, random.uniform(0, spread))
                for op, who in acts if op != "signal"]
    numbers = [who for op, who in acts if op == "signal"]                # in their order
    signals = zip(sorted(moment + random.uniform(0, spread) for _ in numbers), numbers)
    late = 0
    for _ in children:
        os.read(ready, 1)
        late += time.monotonic() > moment
    for when, number in signals:
        until(when)
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass
    return {"answers": [child.result() for child in children], "late": late}


def kill_behind_mark(code, pid, name, spread):
    """bob approves; as soon as the command left its mark, and a little later, its sudo is killed."""
    as_bob(lambda: answer({"code": code, "op": "approve"}))
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            with open("/root/marks", encoding="utf-8") as marks:
                if name in marks.read().split():
                    break
        except FileNotFoundError:
            pass
    until(time.monotonic() + random.uniform(0, spread))
    try:
        os.kill(pid, 9)
    except ProcessLookupError:
        pass
    return {}


# ---- answers that are not those of the process that was greeted

def as_bob(function, *arguments):
    return Child(BOB, function, *arguments).result()


def sent_by_a_child(code):
    """Same account, but not the process whose login identity was read."""
    def attack():
        connection = Connection(code)
        pid = os.fork()
        if pid == 0:
            connection.send(connection.message("approve"))
            os._exit(0)
        os.waitpid(pid, 0)
        return connection.reply()
    return as_bob(attack)


def over_a_passed_descriptor(code, sender):
    """bob connects and is greeted; somebody else sends over his connection."""
    ours, bobs = socket.socketpair()

    def connect():
        connection = Connection(code)
        socket.send_fds(bobs, [connection.message("approve")], [connection.socket.fileno()])
        bobs.recv(1)
        return None

    def send():
        data, fds, _flags, _address = socket.recv_fds(ours, 65536, 1)
        with socket.socket(fileno=fds[0]) as passed:
            passed.settimeout(5)
            passed.send(data)
            reply = passed.recv(65536)
        return struct.unpack_from("=II", reply)[1] if reply else None

    bob = Child(BOB, connect)
    other = Child(sender, send)
    result = {"result": {1: "counted", 2: "refused", 3: "over", 4: "malformed", None: None}[other.result()]}
    ours.send(b"+")
    bob.result()
    return result


def in_bobs_name(code):
    """root may claim any sender; the connection is still root's."""
    connection = Connection(code)

    def wait():
        time.sleep(3)

    bob = Child(BOB, wait)
    credentials = struct.pack("=iII", bob.pid, BOB, BOB)
    connection.socket.sendmsg([connection.message("approve")], [(socket.SOL_SOCKET, socket.SCM_CREDENTIALS, credentials)])
    reply = connection.reply()
    os.kill(bob.pid, 9)
    bob.result()
    return reply


def with_descriptors(code, count):
    def attack():
        connection = Connection(code)
        fds = array.array("i", [0] * count)
        connection.socket.sendmsg([connection.message("approve", nonce=bytes(16))],
                                  [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
        return connection.reply()
    return as_bob(attack)


def replayed(code, other):
    """What was a good answer to another request, byte by byte."""
    def attack():
        good = Connection(other).message("approve")
        connection = Connection(code)
        connection.send(good)
        return connection.reply()
    return as_bob(attack)


def twice(code):
    """The second of two answers on one connection is not read."""
    def attack():
        connection = Connection(code)
        connection.send(connection.message("retract"))
        try:
            connection.send(connection.message("approve"))
        except Gone:
            pass
        return connection.reply()
    return as_bob(attack)


def exits_at_once(code, op):
    def attack():
        connection = Connection(code)
        connection.send(connection.message(op))
        os._exit(0)
    return as_bob(attack)


def becomes_another_program(code):
    """bob's process is greeted, then runs a setuid program that becomes root in full: it is not bob's by then."""
    def attack():
        connection = Connection(code)
        os.set_inheritable(connection.socket.fileno(), True)
        data = connection.message("approve").hex()
        script = (f"import os, socket; os.setresuid(0, 0, 0); s = socket.socket(fileno={connection.socket.fileno()}); "
                  f"s.send(bytes.fromhex('{data}')); s.settimeout(5); r = s.recv(9999); "
                  "open('/tmp/reply', 'wb').write(r)")
        os.execv("/usr/bin/setuid-python", ["python3", "-I", "-c", script])
    as_bob(attack)
    with open("/tmp/reply", "rb") as file:
        return {"result": {1: "counted", 2: "refused", 3: "over", 4: "malformed"}[struct.unpack_from("=II", file.read())[1]]}


# ---- many of them

def hold(code, count, seconds):
    """That many connections, and not a word."""
    held = []
    for _ in range(count):
        try:
            held.append(Connection(code))
        except (Gone, OSError):
            pass
    print(json.dumps({"held": len(held)}), flush=True)
    time.sleep(seconds)


def connect_in_a_loop(code, seconds):
    deadline, tries = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as peer:
            peer.settimeout(1)                        # in this way a full queue does not hold us up
            try:
                peer.connect(f"/run/actionapprove/{code}.sock")
                tries += 1
            except OSError:
                pass
    return tries


def silent(code, uid, count, seconds):
    Child(uid, hold, code, count, seconds).result()
    return {}


def flood(code, uid, processes, seconds):
    print("flooding", file=sys.stderr, flush=True)
    children = [Child(uid, connect_in_a_loop, code, seconds) for _ in range(processes)]
    return {"connections": sum(child.result() for child in children)}


def approve_whatever_waits(seconds):
    def attack():
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for code in waiting():
                answer({"code": code, "op": "approve"})
            time.sleep(0.001)
        return {}
    return {"answers": as_bob(attack)}


def twenty_twice(codes):
    """bob approves all of them twice, in threads, with no regard for what came of it."""
    def attack():
        answers = []
        threads = [threading.Thread(target=lambda c=code: answers.append(answer({"code": c, "op": "approve"})))
                   for code in codes * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [a.get("result") for a in answers]
    return {"answers": as_bob(attack)}


if __name__ == "__main__":
    order = json.loads(sys.argv[1])
    print(json.dumps(globals()[order.pop("attack")](**order) or {"result": None}))
