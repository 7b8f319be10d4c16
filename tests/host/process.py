# A command that runs in a sandbox, seen from the host side: its output, input, terminal, signals and end.
#
# Output is only read while a method of the handle runs, in the thread that called it.

import dataclasses
import errno
import os
import pickle
import re
import resource
import select
import signal
import time

PIPE = "pipe"                                         # stdin that Process.write() feeds
CHUNK = 65536


class CommandTimeout(TimeoutError):
    """What was waited for did not come; the text shows what did."""


class SandboxGone(Exception):
    """The sandbox ended, or was ended, meanwhile."""


class CommandFailed(AssertionError):
    """A command that had to succeed did not."""


@dataclasses.dataclass(frozen=True)
class Result:
    """How a command ended. On a terminal everything is in stdout."""

    argv: list
    rc: int                                           # exit status, or minus the signal
    signal: int | None                                # the signal that ended it
    stdout: bytes
    stderr: bytes
    duration: float                                   # seconds from fork to end, measured in the sandbox
    usage: resource.struct_rusage

    @property
    def out(self):
        return readable(self.stdout)

    @property
    def err(self):
        return readable(self.stderr)

    def expect_success(self):
        if self.rc != 0:
            raise CommandFailed(f"{show(self.argv)} ended with {self.rc}\n{self.out}{self.err}")
        return self


def readable(output):
    return output.decode("utf-8", "backslashreplace").replace("\r\n", "\n")


def show(argv):
    return " ".join(readable(word) for word in argv)


class Process:
    """Returned by Sandbox.spawn(). As a context manager it kills what still runs at the end."""

    def __init__(self, box, argv, pid, report, streams, stdin):
        self.pid = pid                                # in the sandbox's namespace
        self.argv = argv
        self._box = box
        self._report = report                         # becomes readable when the command ends
        self._streams = streams                       # descriptor: "stdout" or "stderr"
        self._stdin = stdin                           # on a terminal the descriptor that is read, too
        self._unsent = b""
        self._close_when_sent = False
        self._result = None
        self._output = {"stdout": bytearray(), "stderr": bytearray()}
        self._seen = {"stdout": 0, "stderr": 0}       # how far read() and read_until() came
        for fd in self._open_fds():
            os.set_blocking(fd, False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not self.ended:
            self.kill_session()
            self.wait()
        self.close()

    # Its end

    @property
    def ended(self):
        return self._pump(0, lambda: self._result is not None)

    def wait(self, timeout=30):
        """The Result. A timeout raises and leaves the command alone."""
        if not self._pump(timeout, lambda: self._result is not None):
            self._give_up(f"still runs after {timeout} s")
        return self._result

    def kill(self, signum=signal.SIGTERM):
        self._box.kill(self.pid, signum)

    def kill_session(self):
        """SIGKILL to the command and to all that it started without a new session."""
        self._box.order("kill_session", sid=self.pid)

    def hang_up(self):
        """Close its terminal, or our ends of its pipes. Its end can still be waited for."""
        for fd in self._open_fds() - {self._report}:
            os.close(fd)
        self._stdin = None
        self._streams = {}

    def close(self):
        self.hang_up()
        if self._report is not None:
            os.close(self._report)
            self._report = None

    # Its output

    @property
    def output(self):
        """The text of both streams so far."""
        return "".join(readable(data) for data in self._output.values())

    def read(self, timeout=10, stream="stdout"):
        """The bytes since the last read, waiting for some; empty if the command ended."""
        def has_news():
            return len(self._output[stream]) > self._seen[stream] or self._result is not None

        if not self._pump(timeout, has_news):
            self._give_up(f"wrote nothing new to {stream} in {timeout} s")
        return self._take(stream, len(self._output[stream]))

    def read_until(self, pattern, timeout=10):
        """Wait until a regular expression (text or bytes) matches new output of either stream; the match."""
        expression = re.compile(pattern.encode() if isinstance(pattern, str) else pattern)
        match = None

        def matches():
            nonlocal match
            for stream, data in self._output.items():
                match = expression.search(bytes(data), self._seen[stream])
                if match:
                    self._take(stream, match.end())
                    break
            return match is not None

        if not self._pump(timeout, lambda: matches() or self._result is not None):
            self._give_up(f"went on for {timeout} s without {pattern!r}")
        if match is None:
            self._give_up(f"ended without {pattern!r}")
        return match

    def _take(self, stream, end):
        data = bytes(self._output[stream][self._seen[stream]:end])
        self._seen[stream] = end
        return data

    def _give_up(self, reason):
        raise CommandTimeout(f"{show(self.argv)} {reason}; its output:\n{self.output}")

    # Its input

    def write(self, data, timeout=10):
        """To its terminal, or to its stdin if that is PIPE."""
        if self._stdin is None:
            raise ValueError(f"{show(self.argv)} has no open stdin")
        self._unsent += data.encode() if isinstance(data, str) else data
        if not self._pump(timeout, lambda: not self._unsent):
            self._give_up(f"did not take its input in {timeout} s")

    def write_all_then_close(self, data):
        """Have the data written, and stdin closed after it, while other methods wait."""
        self._unsent += data
        self._close_when_sent = True
        self._send()

    def close_stdin(self):
        if self._stdin is not None and self._stdin not in self._streams:
            os.close(self._stdin)
        self._stdin = None
        self._unsent = b""

    # How all of it moves

    def _open_fds(self):
        return {self._report, self._stdin, *self._streams} - {None}

    def _pump(self, timeout, is_done):
        """Move data until is_done() or the time is over; return is_done()."""
        deadline = time.monotonic() + timeout
        self._move(0)
        while not is_done():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._move(left)
        return True

    def _move(self, seconds):
        if self._report is None and self._result is None:
            raise SandboxGone(f"{show(self.argv)} was closed before it ended")
        poller = select.poll()
        for fd in self._streams:
            poller.register(fd, select.POLLIN)
        if self._report is not None:
            poller.register(self._report, select.POLLIN)
        if self._unsent and self._stdin is not None:
            both = select.POLLIN if self._stdin in self._streams else 0
            poller.register(self._stdin, select.POLLOUT | both)
        ready = [fd for fd, _events in poller.poll(seconds * 1000)]
        if self._stdin in ready:
            self._send()
        for fd in list(self._streams):
            self._read_stream(fd)
        if self._report in ready:                     # came before the streams were read, so they are complete
            self._conclude()

    def _send(self):
        try:
            while self._unsent:
                self._unsent = self._unsent[os.write(self._stdin, self._unsent):]
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno not in (errno.EPIPE, errno.EIO):
                raise
            self._unsent = b""                        # it does not want any more
        if self._close_when_sent:
            self.close_stdin()

    def _read_stream(self, fd):
        try:
            while chunk := os.read(fd, CHUNK):
                self._output[self._streams[fd]] += chunk
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.EIO:              # a terminal whose last user is gone
                raise
        del self._streams[fd]
        if fd != self._stdin:
            os.close(fd)

    def _conclude(self):
        report = os.read(self._report, CHUNK)         # written at once, and small, so whole
        os.close(self._report)
        self._report = None
        if not report:
            raise SandboxGone(f"{show(self.argv)} ended with its sandbox")
        status, duration, usage = pickle.loads(report)
        code = os.waitstatus_to_exitcode(status)
        self._result = Result(self.argv, code, -code if code < 0 else None, bytes(self._output["stdout"]),
                              bytes(self._output["stderr"]), duration, usage)
