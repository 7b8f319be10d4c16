# A private copy of this machine in which tests run the real setuid sudo; it vanishes, and the machine stays
# as it was.
#
#     with Sandbox() as box:
#         result = box.run(["sudo", "id", "-u"], user="alice")
#         assert result.rc == 0 and result.stdout == b"0\n"
#
# Pid 1 of the sandbox is agent.py, which does what is ordered here. world.py says what the copy is made of.

import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time

import channel
import child
import journald
import users
import world
from faults import Faults
from process import PIPE, CommandTimeout, Process, SandboxGone
from product import Product
from world import Unavailable

__all__ = ["DELETED", "PIPE", "CommandTimeout", "Sandbox", "SandboxGone", "Unavailable"]

AGENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "agent.py")
DELETED = child.DELETED
TERMINAL_SIZE = (24, 80)
ORDER_SECONDS = 60                                    # an agent that is silent for longer hangs
POLL_SECONDS = 0.01


class Sandbox(Product, Faults):
    """`expose` names folders under /tmp or /run that are to be seen inside, where both are otherwise empty."""

    def __init__(self, hostname="testhost", expose=()):
        self.hostname = hostname
        _raise_descriptor_limit()
        self.journald = None
        self._lock = threading.Lock()
        self._processes = []
        world.check_privileges()
        ours, agents = socket.socketpair()
        lifeline, self._lifeline = os.pipe()
        with agents:
            self._watcher = subprocess.Popen(
                [sys.executable, "-B", "-E", "-s", AGENT, str(agents.fileno()), str(lifeline)],
                stdin=subprocess.DEVNULL, pass_fds=[agents.fileno(), lifeline], env={"LANG": "C.UTF-8"})
        os.close(lifeline)
        self._control = ours
        self._control.settimeout(ORDER_SECONDS)
        try:
            self._ask({"hostname": hostname, "expose": [os.path.abspath(path) for path in expose]})
            users.settle(self)
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """End every process of the sandbox, and wait until the last is gone."""
        if self._lifeline is None:
            return
        os.close(self._lifeline)
        self._lifeline = None
        self._watcher.wait()
        self._control.close()
        for process in self._processes:
            process.close()

    # Commands

    def run(self, argv, user="root", timeout=30, stdin=None, check=False, **options):
        """Run a command to its end; its Result. If it takes longer it is killed, and CommandTimeout raised.

        Output of what it leaves in the background is not waited for. With check, rc must be 0.
        Options: see spawn().
        """
        process = self.spawn(argv, user, stdin=stdin, **options)
        try:
            result = process.wait(timeout)
        except BaseException:
            process.kill_session()
            raise
        finally:
            process.close()
            self._processes.remove(process)
        return result.expect_success() if check else result

    def spawn(self, argv, user="root", *, env=None, cwd=None, stdin=None, tty=False, executable=None, rlimits=None,
              closed_fds=(), open_fds=None, ignored_signals=(), blocked_signals=(), umask=0o022, nice=0,
              loginuid=None):
        """Start a command in a session of its own; the running Process.

        argv             list of str or bytes
        user             a name, or a uid that need not exist
        env              dict of changes to the default environment (None removes one), or a list of bytes
                         that is the whole environment, however odd
        cwd              None is the user's home, DELETED a folder that is gone
        stdin            None is /dev/null; bytes; or PIPE for Process.write()
        tty              True or (rows, columns): a controlling terminal, which is also stdin, stdout, stderr
        executable       what to execute if it is not argv[0]
        rlimits          {"FSIZE": soft-and-hard, "NOFILE": (soft, hard)}
        closed_fds       e.g. [0, 1, 2]
        open_fds         {7: ("/path", os.O_RDONLY)}, opened as root and inherited
        ignored_signals, blocked_signals, umask, nice, loginuid
        """
        argv = [os.fsencode(word) for word in argv]
        order = {
            "argv": argv,
            "user": user,
            "env": _environment(env or {}),
            "cwd": cwd,
            "tty": TERMINAL_SIZE if tty is True else tty,
            "stdin": stdin is not None and not tty,
            "executable": None if executable is None else os.fsencode(executable),
            "rlimits": rlimits or {},
            "closed_fds": list(closed_fds),
            "open_fds": open_fds or {},
            "ignored_signals": set(ignored_signals),
            "blocked_signals": set(blocked_signals),
            "umask": umask,
            "nice": nice,
            "loginuid": loginuid,
        }
        process = self._spawn_on_terminal(order) if tty else self._spawn_on_pipes(order)
        self._processes.append(process)
        if isinstance(stdin, bytes):
            process.write_all_then_close(stdin)
        return process

    def sh(self, script, user="root", **options):
        return self.run(["/bin/sh", "-c", script], user, **options)

    def kill(self, pid, signum=signal.SIGTERM):
        """Any process of the sandbox, by its pid in there."""
        self.order("kill", pid=pid, signum=signum)

    def processes(self):
        """A dict for each: pid ppid pgrp sid state ruid euid argv."""
        return self.order("processes")

    @staticmethod
    def wait_until(condition, what, timeout=10):
        """Until condition() is true; its value."""
        deadline = time.monotonic() + timeout
        while not (value := condition()):
            if time.monotonic() > deadline:
                raise CommandTimeout(f"not in {timeout} s: {what}")
            time.sleep(POLL_SECONDS)
        return value

    # Files

    def write(self, path, data, mode=0o644, owner="root"):
        """Create or replace a file, and the folders above it. Owner: "alice", "alice:dba", a uid, (uid, gid)."""
        self.order("write", path=path, data=data.encode() if isinstance(data, str) else data, mode=mode, owner=owner)

    def read(self, path):
        return self.order("read", path=path)

    def mkdir(self, path, mode=0o755, owner="root"):
        self.order("mkdir", path=path, mode=mode, owner=owner)

    def remove(self, path):
        """A file or a whole folder; nothing if it is not there."""
        self.order("remove", path=path)

    def exists(self, path):
        return self.order("exists", path=path)

    def stat(self, path, follow=True):
        return self.order("stat", path=path, follow=follow)

    def listdir(self, path):
        return self.order("listdir", path=path)

    # sudo

    def sudoers(self, more):
        """Append to /etc/sudoers."""
        self.write("/etc/sudoers", self.read("/etc/sudoers") + more.encode() + b"\n", mode=0o440)

    def sudo_conf(self, text):
        """Replace /etc/sudo.conf."""
        self.write("/etc/sudo.conf", text)

    # The journal

    def start_journald(self, **settings):
        """A real systemd-journald with these settings, e.g. Storage="none"."""
        self.journald = journald.Journal(self, settings)
        return self.journald

    def stop_journald(self):
        self.journald.stop()

    def journal(self, *matches, complete=True):
        """The records that match, e.g. "SYSLOG_IDENTIFIER=sudo", as dicts. Values: str, bytes, or a list.

        Complete: with all that was sent before. Without it records may be missing, but journald need not work.
        """
        return self.journald.entries(matches, complete)

    # The agent

    def order(self, name, **arguments):
        """Have the agent call a function of orders.py."""
        return self._ask((name, arguments))

    def _ask(self, order, fds=()):
        return self._ask_for_fds(order, fds)[0]

    def _ask_for_fds(self, order, fds):
        if self._lifeline is None:
            raise SandboxGone("the sandbox was closed")
        with self._lock:
            try:
                channel.send(self._control, order, fds)
                answer, answer_fds = channel.receive(self._control)
            except channel.Hangup as error:
                raise SandboxGone("the sandbox's agent ended") from error
            except BaseException:
                self._control.shutdown(socket.SHUT_RDWR)  # the answer would be taken for that to the next order
                raise
        if isinstance(answer, BaseException):
            raise answer
        return answer, answer_fds

    def _spawn_on_pipes(self, order):
        pipes = {name: os.pipe() for name in ("report", "stdout", "stderr")}
        kept, given = {name: pipe[0] for name, pipe in pipes.items()}, [pipe[1] for pipe in pipes.values()]
        if order["stdin"]:
            stdin, kept["stdin"] = os.pipe()
            given.insert(1, stdin)
        pid = self._start(order, given, kept.values())[0]
        return Process(self, order["argv"], pid, kept["report"],
                       {kept["stdout"]: "stdout", kept["stderr"]: "stderr"}, kept.get("stdin"))

    def _spawn_on_terminal(self, order):
        report, given = os.pipe()
        pid, (terminal,) = self._start(order, [given], [report])
        return Process(self, order["argv"], pid, report, {terminal: "stdout"}, terminal)

    def _start(self, order, given, kept):
        """Send an order to spawn; the descriptors that were given away are closed here."""
        try:
            return self._ask_for_fds(("spawn", order), given)
        except BaseException:
            for fd in kept:
                os.close(fd)
            raise
        finally:
            for fd in given:
                os.close(fd)


def _raise_descriptor_limit():
    """Each running command has some descriptors here, and there may be a thousand."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _environment(wanted):
    if isinstance(wanted, list):
        return wanted
    return {os.fsencode(name): None if value is None else os.fsencode(value) for name, value in wanted.items()}
