# Everything that means "I no longer want this" ends the wait at once as cancelled, and what does not mean it does not.

import signal
import time

import pytest

from asking import MARK_RULE, asking_fixture  # noqa: F401  pylint: disable=unused-import

STOPPED = ["requested", "cancelled"]


def assert_cancelled(asking, request, words):
    record = asking.end(request)
    assert asking.events(request) == STOPPED
    assert record["AA_ERROR"].startswith("E-CANCELLED:") and words in record["AA_ERROR"], record["AA_ERROR"]
    assert asking.marks() == []


@pytest.mark.parametrize("signum, words", [(signal.SIGINT, "Ctrl-C"), (signal.SIGTERM, "TERM"), (signal.SIGHUP, "HUP"),
                                           (signal.SIGQUIT, "QUIT")])
def test_signals(asking, signum, words):
    request = asking.ask()
    started = time.monotonic()
    request.kill(signum)
    result = request.wait()
    assert time.monotonic() - started < 1 and result.rc != 0
    assert result.signal in (None, signum)
    assert_cancelled(asking, request, words)


def test_requester_may_send_them(asking):
    """sudo's real uid stays the requester's, so an ordinary kill by them works."""
    request = asking.ask()
    asking.box.run(["kill", str(request.pid)], user="claude", check=True)
    request.wait()
    assert_cancelled(asking, request, "TERM")


@pytest.mark.parametrize("key, words", [(b"\x03", "Ctrl-C"), (b"\x1c", "QUIT")])
def test_keys_of_a_terminal(asking, key, words):
    request = asking.ask(tty=True)
    request.write(key)
    result = request.wait()
    assert result.rc != 0 and result.duration < 3
    assert_cancelled(asking, request, words)


def test_control_c_is_said(asking):
    request = asking.ask(tty=True)
    request.write(b"\x03")
    assert "stopped by the requester" in request.wait().out


def test_closed_terminal(asking):
    request = asking.ask(tty=True)
    request.hang_up()
    request.wait()
    assert asking.events(request) == STOPPED and asking.marks() == []


def test_closed_terminal_without_a_signal(asking):
    """A background job gets no HUP when its terminal goes; it sees that it is gone."""
    shell = asking.box.spawn(["bash", "-c", "trap : HUP; set -m; sudo mark & while :; do wait; sleep 1; done"], "claude",
                             tty=True)
    code = asking.code_of(shell)
    shell.hang_up()
    asking.box.wait_until(lambda: asking.events(code)[-1] == "cancelled", "it is cancelled")
    assert_cancelled(asking, code, "terminal was closed")
    shell.kill_session()
    shell.wait()


def test_vanished_parent(asking):
    shell = asking.box.spawn(["sh", "-c", "sudo mark; true"], "claude")
    code = asking.code_of(shell)
    shell.kill(signal.SIGKILL)
    asking.box.wait_until(lambda: asking.events(code)[-1] == "cancelled", "it is cancelled")
    assert_cancelled(asking, code, "process that started sudo is gone")


def test_parent_that_went_before(asking):
    """Who has no parent to lose is not cancelled for it."""
    shell = asking.box.spawn(["sh", "-c", "(sleep 0.3; exec sudo mark orphan) & exit"], "claude")
    shell.wait()
    code = asking.box.wait_until(lambda: [c for c, e in asking.entries().items() if e.state == "waiting"], "it waits")[0]
    asking.approve(code)
    asking.box.wait_until(lambda: asking.marks() == ["orphan"], "it runs")


def test_timeout_ends_it(asking):
    """timeout 2 sudo …: at 2 s it is over, and nothing runs, then or later."""
    result = asking.box.run(["timeout", "2", "sudo", "mark"], user="claude")
    assert result.rc == 124 and 1.9 < result.duration < 2.5
    assert [e for e in asking.events() if e != "vote"] == STOPPED
    assert asking.marks() == [] and asking.entries() == {}


def test_nohup_waits_on(asking):
    request = asking.ask("mark", "nohup", ignored_signals=[signal.SIGHUP])
    request.kill(signal.SIGHUP)
    time.sleep(0.3)
    assert asking.waits(request)
    asking.approve(request)
    assert request.wait().rc == 0 and asking.marks() == ["nohup"]


def test_nohup_waits_on_without_its_terminal(asking):
    request = asking.ask("mark", "nohup", tty=True, ignored_signals=[signal.SIGHUP])
    request.hang_up()
    time.sleep(0.3)
    assert asking.waits(request)
    asking.approve(request)
    asking.box.wait_until(lambda: asking.marks() == ["nohup"], "it runs")


@pytest.mark.parametrize("signum", [signal.SIGCHLD, signal.SIGWINCH, signal.SIGCONT, signal.SIGPIPE])
def test_signals_that_mean_nothing(asking, signum):
    request = asking.ask()
    request.kill(signum)
    time.sleep(0.2)
    assert asking.waits(request), request.output
    asking.approve(request)
    assert request.wait().rc == 0


@pytest.mark.parametrize("signum", [signal.SIGALRM, signal.SIGUSR1, signal.SIGUSR2])
def test_signals_that_end_sudo(asking, signum):
    """sudo notes these and dies of them before it starts a command, so nobody is to be asked on its behalf then."""
    request = asking.ask()
    request.kill(signum)
    request.wait(2)
    assert_cancelled(asking, request, "stopped by a signal")


def job(asking):
    """An interactive shell with job control, in which sudo waits; its process."""
    shell = asking.box.spawn(["bash", "--norc", "-i"], "claude", tty=True, env={"PS1": "ready> ", "TERM": "xterm"})
    shell.read_until("ready> ")
    shell.write("sudo mark job\n")
    code = asking.code_of(shell)
    pid = next(p["pid"] for p in asking.box.processes() if p["argv"][:1] == [b"sudo"])
    return shell, code, pid


def wait_state(asking, pid, states):
    def state():
        return next((p["state"] for p in asking.box.processes() if p["pid"] == pid), None)

    asking.box.wait_until(lambda: state() in states, f"state {states}")


def leave(shell):
    shell.write("exit\n")
    shell.wait()


def test_stop_and_continue(asking):
    """^Z stops it as it would any program; fg goes on waiting, and then it can be approved."""
    shell, code, pid = job(asking)
    shell.write(b"\x1a")
    wait_state(asking, pid, "T")
    shell.read_until("Stopped")
    assert code in asking.entries()
    shell.write("fg\n")
    shell.read_until("still waiting")
    wait_state(asking, pid, "S")
    asking.approve(code)
    asking.box.wait_until(lambda: asking.marks() == ["job"], "it runs")
    asking.box.wait_until(lambda: code not in asking.entries(), "it ended")
    leave(shell)


def test_stopped_once_only(asking):
    """No second stop is left over for the time after the approval."""
    shell, code, pid = job(asking)
    for _ in range(3):
        shell.write(b"\x1a")
        wait_state(asking, pid, "T")
        shell.read_until("Stopped")
        shell.write("fg\n")
        shell.read_until("still waiting")
    asking.approve(code)
    asking.box.wait_until(lambda: code not in asking.entries(), "it ended")
    assert asking.marks() == ["job"]
    leave(shell)


def test_cancelled_while_stopped(asking):
    """What came while it was stopped is found when it goes on: the stop by ^C wins over the approval."""
    shell, code, pid = job(asking)
    shell.write(b"\x1a")
    wait_state(asking, pid, "T")
    voter = asking.start_client({"op": "approve", "code": code})
    asking.box.kill(pid, signal.SIGINT)
    shell.write("fg\n")
    asking.box.wait_until(lambda: code not in asking.entries(), "it ended")
    voter.wait()
    assert asking.events(code)[-1] == "cancelled" and asking.marks() == []
    leave(shell)


def test_expired_while_stopped(asking):
    """The time goes on while it is stopped, and an answer behind it is late."""
    asking.policy(MARK_RULE.replace("30s", "1s"))
    request = asking.ask()
    asking.stop(request)
    voter = asking.start_client({"op": "approve", "code": request.code})
    time.sleep(1.2)
    asking.go_on(request)
    request.wait()
    assert asking.answer_of(voter).verdict in (None, "expired")
    assert asking.events(request)[-1] == "expired" and asking.marks() == []
