# Pid 1 of a sandbox: builds the private world, then does what the host side orders over a socket.
#
# Started as `agent.py CONTROL LIFELINE` (descriptor numbers). The first process only forks pid 1 and watches
# the lifeline, whose other end nobody but the host side holds: when that goes, pid 1 is killed, and the
# kernel kills everything else in the namespace with it.

import os
import pickle
import resource
import select
import signal
import socket
import sys
import time

import channel
import child
import orders
import syscalls
import world


def watch_over(control, lifeline):
    agent = Agent(control)
    try:
        syscalls.unshare(syscalls.CLONE_NEWPID)
    except OSError as error:
        agent.refuse(world.Unavailable(f"namespaces are not allowed here: {error}"))
        return
    pid = os.fork()
    if pid == 0:
        os.close(lifeline)
        syscalls.die_with_parent(signal.SIGKILL)
        agent.live()
        os._exit(0)
    agent.control.close()
    ended = os.pidfd_open(pid)
    select.select([lifeline, ended], [], [])
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)                                # returns when every process of the namespace is gone


class Agent:
    """Executes one order at a time; the commands that it started run beside it."""

    def __init__(self, control):
        self.control = socket.socket(fileno=control)
        self.reports = {}                             # pid of a command: Report

    def refuse(self, error):
        channel.receive(self.control)
        channel.send(self.control, error)

    def live(self):
        try:
            order, _fds = channel.receive(self.control)
            world.build(**order)
        except (world.Unavailable, OSError) as error:
            channel.send(self.control, error)
            return
        channel.send(self.control, None)
        # A thousand commands may run at once, each with descriptors here.
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        try:
            self._serve()
        except channel.Hangup:
            return

    def _serve(self):
        wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        poller = select.poll()
        poller.register(self.control, select.POLLIN)
        poller.register(wake_read, select.POLLIN)
        while True:
            for fd, _events in poller.poll():
                if fd == wake_read:
                    os.read(wake_read, 4096)
                    self._reap()
                else:
                    self._obey(*channel.receive(self.control))

    def _obey(self, order, fds):
        name, arguments = order
        try:
            if name == "spawn":
                answer, answer_fds = self._spawn(arguments, fds)
            else:
                answer, answer_fds = getattr(orders, name)(**arguments), []
        except Exception as error:                    # pylint: disable=broad-except  (raised on the host side)
            answer, answer_fds = error, []
        channel.send(self.control, answer, answer_fds)
        close(*answer_fds)

    def _spawn(self, order, fds):
        """`fds` are those for the report, for stdin if it is not /dev/null, for stdout and stderr; with a terminal
        only the first. The answer: the pid, and the terminal's other end."""
        report, *stdio = fds
        master = slave = None
        try:
            account = child.Account.of(order["user"])
            if order["tty"]:
                master, slave = child.open_terminal(account, order["tty"])
                stdio = [slave] * 3
            elif not order["stdin"]:
                stdio.insert(0, None)
            start = time.monotonic()
            pid = child.start(order, account, stdio)
        except BaseException:
            close(report, master, slave)
            raise
        finally:
            close(*fds[1:])
        # We keep the terminal open, as a command may close and reopen it meanwhile.
        self.reports[pid] = Report(report, slave, start)
        return pid, [] if master is None else [master]

    def _reap(self):
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in self.reports:                   # else an orphan that came to us
                self.reports.pop(pid).send(status, usage)


class Report:
    """To be sent when a command ends."""

    def __init__(self, fd, terminal, start):
        self.fd = fd
        self.terminal = terminal
        self.start = start

    def send(self, status, usage):
        report = status, time.monotonic() - self.start, usage
        try:
            os.write(self.fd, pickle.dumps(report))
        except BrokenPipeError:
            pass                                      # nobody waits for it any more
        close(self.fd, self.terminal)


def close(*fds):
    for fd in fds:
        if fd is not None:
            os.close(fd)


if __name__ == "__main__":
    os.umask(0o022)
    os.setsid()
    os.chdir("/")
    ends = [int(number) for number in sys.argv[1:3]]
    for end in ends:
        os.set_inheritable(end, False)
    watch_over(*ends)
