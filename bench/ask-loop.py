# SPDX-License-Identifier: ISC
"""Runs inside the sandbox as root, for bench/ask-latency: claude's sudos wait, bob approves them, and prints figures."""
import collections
import json
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.environ["AA_HOST_TESTS"])

from asking_client import Connection, RUN  # noqa: E402  pylint: disable=wrong-import-position

BOB, CLAUDE = 1002, 1004
TIMES = "/root/ask-times"
ENVIRONMENT = {"PATH": "/usr/bin", "TERM": "dumb", "LANG": "C.UTF-8"}
WAITING = 2                                           # state in an entry's header, behind magic and format
IDLE_SECONDS = 10
SETTLE_SECONDS = 5


class Worker:
    """A process of another user that calls a function for each order, as long as it gets some."""

    def __init__(self, uid, function):
        order_read, order_write = os.pipe()
        answer_read, answer_write = os.pipe()
        if os.fork() == 0:
            os.close(order_write)
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            os.chdir("/")
            with os.fdopen(order_read) as orders:
                for line in orders:
                    os.write(answer_write, (json.dumps(function(json.loads(line))) + "\n").encode())
            os._exit(0)
        os.close(order_read)
        os.close(answer_write)
        self.orders = order_write
        self.answers = os.fdopen(answer_read)

    def __call__(self, order):
        os.write(self.orders, (json.dumps(order) + "\n").encode())
        return json.loads(self.answers.readline())


def start_sudo(argv):
    null = os.open("/dev/null", os.O_RDWR)
    quiet = [(os.POSIX_SPAWN_DUP2, null, fd) for fd in range(3)]
    pid = os.posix_spawn("/usr/bin/sudo", ["sudo", *argv], ENVIRONMENT, file_actions=quiet)
    os.close(null)
    return pid


def claude(order):
    if "start" in order:
        return start_sudo(order["start"])
    return [os.waitpid(pid, 0)[1] for pid in order["wait"]]


def approve(code):
    """When the vote was sent, and what was answered."""
    connection = Connection(code)
    message = connection.message("approve")
    sent = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    connection.send(message)
    reply = connection.reply()
    connection.close()
    return [sent, None if reply is None else reply["verdict"]]


def waiting():
    codes = []
    for name in os.listdir(RUN) if os.path.isdir(RUN) else ():
        if len(name) == 9 and name[4] == "-":
            with open(f"{RUN}/{name}", "rb") as entry:
                if entry.read(16)[12] == WAITING:
                    codes.append(name)
    return codes


def wait_for(count):
    deadline = time.monotonic() + 300
    while len(found := waiting()) < count:
        if time.monotonic() > deadline:
            raise SystemExit(f"only {len(found)} of {count} wait")
        time.sleep(0.001 if count == 1 else 0.2)
    return found


def starts():
    """Name of a command: when it started, each time."""
    found = collections.defaultdict(list)
    with open(TIMES, encoding="ascii") as lines:
        for line in lines:
            name, when = line.split()
            found[name].append(int(when))
    return found


def latency(rounds, requester, approver):
    sent = {}
    for i in range(rounds):
        pid = requester({"start": ["/usr/bin/ask-mark", f"l{i}"]})
        code, = wait_for(1)
        time.sleep(0.005)                             # let it reach its poll
        sent[f"l{i}"], _verdict = approver(code)
        requester({"wait": [pid]})
    began = starts()
    assert all(len(began[name]) == 1 for name in sent)
    times = sorted((began[name][0] - when) / 1e6 for name, when in sent.items())
    return {"median": statistics.median(times), "p99": times[max(0, -(-len(times) * 99 // 100) - 1)], "worst": times[-1]}


def cpu_ticks(pids):
    ticks = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
            words = stat.read().rpartition(")")[2].split()
        ticks += int(words[11]) + int(words[12])
    return ticks


def pss(pids):
    """Mean of KiB."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as rollup:
            total += next(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
    return total / len(pids)


def many(count, requester, approver):
    began = time.monotonic()
    pids = [requester({"start": ["/usr/bin/ask-mark", f"m{i}"]}) for i in range(count)]
    codes = wait_for(count)
    arrived = time.monotonic() - began
    time.sleep(SETTLE_SECONDS)
    before = cpu_ticks(pids)
    time.sleep(IDLE_SECONDS)
    ticks = cpu_ticks(pids) - before
    memory = pss(pids)
    began = time.monotonic()
    verdicts = collections.Counter(approver(code)[1] for code in codes)
    statuses = collections.Counter(requester({"wait": pids}))
    answered = time.monotonic() - began
    ran = collections.Counter(len(times) for name, times in starts().items() if name.startswith("m"))
    return {"cpu_seconds": ticks / os.sysconf("SC_CLK_TCK"), "pss_kib": memory, "verdicts": verdicts,
            "statuses": statuses, "ran": ran, "seconds_to_arrive": arrived, "seconds_to_answer": answered}


def bare(count, requester):
    """As many sudos without us, each with a command that waits."""
    pids = [requester({"start": ["/usr/bin/sleep", "1000"]}) for _ in range(count)]
    time.sleep(SETTLE_SECONDS)
    memory = pss(pids)
    subprocess.run(["pkill", "-x", "sleep"], check=True)
    requester({"wait": pids})
    return memory


def main(what, number):
    requester, approver = Worker(CLAUDE, claude), Worker(BOB, approve)
    if what == "bare":
        figures = {"pss_kib": bare(number, requester)}
    else:
        figures = {"latency": latency, "many": many}[what](number, requester, approver)
    print(json.dumps(figures))


main(sys.argv[1], int(sys.argv[2]))
