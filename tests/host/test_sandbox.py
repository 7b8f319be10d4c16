# The harness itself: what tests build on has to hold before any of them means something.

import concurrent.futures
import os
import pathlib
import signal
import subprocess
import sys
import time
import uuid

import pytest
from sandbox import DELETED, PIPE, CommandTimeout, Sandbox, SandboxGone

ODD_WORDS = [b"", b"two words", b"line\nbreak", b"\x1b[31m", bytes(range(1, 256)), "ü".encode()]

needs_proc = pytest.mark.skipif(not os.path.exists("/proc/self"), reason="looks outside, and there is no /proc")


def on_host(marker):
    """Pids, as the machine sees them, of processes with the marker in their arguments."""
    found = []
    for cmdline in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if marker.encode() in cmdline.read_bytes():
                found.append(int(cmdline.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


# The machine is left alone

@pytest.mark.parametrize("path", ["/etc/passwd", "/etc/sudoers", "/usr/bin/sudo", "/etc/hostname"])
def test_changes_stay_in_the_box(bare_box, path):
    host = pathlib.Path(path)
    before = host.read_bytes(), host.stat()
    bare_box.write(path, b"changed")
    assert bare_box.read(path) == b"changed"
    assert (host.read_bytes(), host.stat()) == before


@pytest.mark.parametrize("folder", ["/", "/etc", "/usr/lib", "/var/lib", "/var/tmp", "/home", "/root", "/srv", "/opt",
                                    "/run", "/tmp", "/dev", "/dev/shm"])
def test_new_files_stay_in_the_box(bare_box, folder):
    path = f"{folder}/{uuid.uuid4().hex}"
    bare_box.write(path, b"new")
    assert bare_box.exists(path)
    assert not os.path.lexists(path)


def test_removed_and_renamed_folders_stay_on_the_host(bare_box):
    rename = "import os; os.rename('/etc/security', '/etc/moved')"
    bare_box.run(["rm", "-r", "/etc/pam.d"], check=True)
    bare_box.run(["/usr/bin/python3", "-c", rename], check=True)
    assert os.path.isdir("/etc/pam.d") and os.path.isdir("/etc/security")
    assert not bare_box.exists("/etc/pam.d") and bare_box.exists("/etc/moved")


def test_hostname_and_network_are_its_own(bare_box):
    host = os.uname().nodename
    assert bare_box.run(["uname", "-n"]).stdout == b"testhost\n"
    assert os.uname().nodename == host
    assert bare_box.listdir("/proc/sys/net/ipv4/conf") == ["all", "default", "lo"]


def test_loopback_is_up(bare_box):
    script = "import socket; s = socket.create_server(('127.0.0.1', 0)); socket.create_connection(s.getsockname())"
    bare_box.run(["/usr/bin/python3", "-c", script], user="alice", check=True)


@needs_proc
def test_its_mounts_are_not_seen_outside(bare_box):
    before = pathlib.Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    bare_box.mkdir("/mnt/here")
    bare_box.order("mount", source="x", target="/mnt/here", fstype="tmpfs", flags=0, data=None)
    assert pathlib.Path("/proc/self/mountinfo").read_text(encoding="utf-8") == before


# Its end

@needs_proc
def test_everything_dies_with_the_box(make_box):
    box = make_box()
    marker = uuid.uuid4().hex
    command = f"sleep 1000 & setsid sh -c 'trap \"\" TERM HUP; sleep 1000; : {marker}' & wait; : {marker}"
    process = box.spawn(["sh", "-c", command], user="alice")
    box.wait_until(lambda: len(on_host(marker)) == 2, "both shells run")
    box.close()
    assert on_host(marker) == []
    with pytest.raises(SandboxGone):
        box.run(["true"])
    with pytest.raises(SandboxGone):
        process.kill()


@needs_proc
@pytest.mark.usefixtures("bare_box")                  # skips where there can be none
def test_everything_dies_with_the_harness():
    marker = uuid.uuid4().hex
    script = f"""
import os, signal, sys
sys.path.insert(0, {os.path.dirname(__file__)!r})
from sandbox import Sandbox
box = Sandbox()
box.spawn(["sh", "-c", "echo started; sleep 1000; : " + sys.argv[1]], tty=True).read_until("started")
print(any(sys.argv[1].encode() in b" ".join(process["argv"]) for process in box.processes()), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    harness = subprocess.run([sys.executable, "-B", "-c", script, marker], stdout=subprocess.PIPE, check=False)
    assert (harness.returncode, harness.stdout) == (-signal.SIGKILL, b"True\n")
    Sandbox.wait_until(lambda: on_host(marker) == [], "the orphaned sandbox is gone")


# Commands

def test_sudo_becomes_root(bare_box):
    assert bare_box.run(["id", "-un"], user="alice").stdout == b"alice\n"
    result = bare_box.run(["sudo", "id", "-u"], user="alice")
    assert (result.rc, result.signal, result.stdout, result.stderr) == (0, None, b"0\n", b"")


@pytest.mark.parametrize("user, uid", [("alice", 1001), ("bob", 1002), ("carol", 1003), ("claude", 1004)])
def test_users_run_sudo_without_a_password(bare_box, user, uid):
    assert bare_box.run(["sudo", "-n", "sh", "-c", "echo $SUDO_UID"], user=user).stdout == f"{uid}\n".encode()


def test_groups_are_those_of_the_user(bare_box):
    assert bare_box.run(["id", "-Gn"], user="bob").stdout == b"bob dba\n"
    assert bare_box.run(["id", "-Gn"], user="alice").stdout == b"alice\n"
    assert bare_box.run(["id", "-u"], user=4711).stdout == b"4711\n"


def test_password_is_known_to_pam(bare_box):
    result = bare_box.run(["su", "bob", "-c", "id -un"], user="alice", stdin=b"password\n")
    assert result.stdout == b"bob\n"


def test_words_arrive_byte_for_byte(bare_box):
    result = bare_box.run(["sudo", "printf", "%s\\0", *ODD_WORDS], user="alice")
    assert result.stdout.split(b"\0")[:-1] == ODD_WORDS


def test_environment_is_small_and_can_be_changed(bare_box):
    names = [line.split(b"=")[0] for line in bare_box.run(["env"], user="alice").stdout.splitlines()]
    assert sorted(names) == [b"HOME", b"LANG", b"LOGNAME", b"PATH", b"SHELL", b"TERM", b"USER"]
    changed = bare_box.run(["env"], user="alice", env={"TERM": None, "A": "1", b"B": b"\xff"}).stdout
    assert b"TERM=" not in changed and b"A=1\n" in changed and b"B=\xff\n" in changed
    assert bare_box.run(["env"], env=[b"X=1", b"X=2", b"odd"]).stdout == b"X=1\nX=2\nodd\n"


def test_streams_status_and_signal(bare_box):
    result = bare_box.sh("cat; echo error >&2; exit 3", stdin=b"input")
    assert (result.rc, result.signal, result.stdout, result.stderr) == (3, None, b"input", b"error\n")
    assert bare_box.sh("kill -KILL $$").signal == signal.SIGKILL
    assert bare_box.sh("exec 2>&1; cat", stdin=None).stdout == b""


def test_much_data_in_both_directions(bare_box):
    data = os.urandom(1 << 20)
    assert bare_box.run(["cat"], stdin=data).stdout == data
    assert bare_box.run(["true"], stdin=data).rc == 0


def test_failure_to_start_is_raised(bare_box):
    with pytest.raises(FileNotFoundError):
        bare_box.run(["no-such-program"])
    with pytest.raises(PermissionError):
        bare_box.run(["/etc/passwd"])
    with pytest.raises(FileNotFoundError):
        bare_box.run(["true"], cwd="/no/such/folder")


def test_timeout_kills_and_raises(bare_box):
    with pytest.raises(CommandTimeout, match="started"):
        bare_box.sh("echo started; sleep 1000", timeout=0.5)
    bare_box.wait_until(lambda: not any(b"1000" in process["argv"] for process in bare_box.processes()), "sleep ended")


def test_background_output_is_not_waited_for(bare_box):
    start = time.monotonic()
    assert bare_box.sh("sleep 1000 & echo done").stdout == b"done\n"
    assert time.monotonic() - start < 5


def test_circumstances(bare_box):
    assert bare_box.run(["pwd"], user="alice").stdout == b"/home/alice\n"
    assert bare_box.run(["sh", "-c", "readlink /proc/$$/cwd"], cwd=DELETED).stdout.endswith(b" (deleted)\n")
    assert bare_box.sh("ulimit -f; umask; nice", rlimits={"FSIZE": 1024}, umask=0o77, nice=5).stdout == b"2\n0077\n5\n"
    assert bare_box.sh("cat <&7", user="alice", open_fds={7: ("/etc/shadow", os.O_RDONLY)}).stdout.count(b"alice:") == 1
    assert bare_box.sh("test -e /proc/$$/fd/0 || test -e /proc/$$/fd/1", closed_fds=[0, 1]).rc == 1
    assert bare_box.sh("kill -TERM $$; echo on", ignored_signals=[signal.SIGTERM]).stdout == b"on\n"
    assert bare_box.run(["x"], executable="/bin/true").rc == 0


@pytest.mark.skipif(not os.path.exists("/proc/self/loginuid"), reason="a kernel without login uids")
def test_login_uid(bare_box):
    result = bare_box.run(["sudo", "cat", "/proc/self/loginuid"], user="alice", loginuid=1002)
    assert result.stdout == b"1002"


def test_nothing_of_the_harness_is_inherited(bare_box):
    assert sorted(bare_box.run(["ls", "/proc/self/fd"]).stdout.split()) == [b"0", b"1", b"2", b"3"]
    status = bare_box.run(["grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"]).stdout
    assert bare_box.sh("ulimit -Sn").stdout == b"1024\n"
    assert status.split() == [b"SigBlk:", b"0" * 16, b"SigIgn:", b"0" * 16]


# Terminals and handles

def test_terminal(bare_box):
    result = bare_box.sh("tty; tty >&2; stty size; ps -o tty= -p $$; ls -l $(tty)", user="alice", tty=(30, 100))
    first, second, size, controlling, listing = result.out.splitlines()
    assert first == second and first.startswith("/dev/pts/")
    assert size == "30 100"
    assert controlling.strip() == first.removeprefix("/dev/")
    assert listing.startswith("crw--w---- 1 alice tty ")


def test_no_terminal(bare_box):
    assert bare_box.sh("exec 3</dev/tty", user="alice").rc != 0


def test_all_terminal_output_arrives(bare_box):
    for _ in range(20):
        assert bare_box.run(["seq", "2000"], tty=True).out.splitlines()[-1] == "2000"


def test_terminal_that_nobody_has_open(bare_box):
    script = "while ! test -e /tmp/go; do sleep 0.01; done; echo text >/dev/tty"
    with bare_box.spawn(["sh", "-c", script], user="alice", tty=True, closed_fds=[0, 1, 2]) as shell:
        assert not shell.ended
        bare_box.write("/tmp/go", b"")
        assert shell.wait().out == "text\n"


def test_conversation_on_a_terminal(bare_box):
    with bare_box.spawn(["sh", "-c", "read -p 'name? ' x </dev/tty; echo hello $x; cat"], "alice", tty=True) as shell:
        shell.read_until(r"name\? ")
        shell.write("bob\n")
        assert shell.read_until("hello (.*)\r\n")[1] == b"bob"
        shell.write("again\n")
        shell.read_until("again\r\nagain\r\n")      # the terminal's echo, and cat's
        shell.write(b"\x03")
        assert shell.wait().rc == -signal.SIGINT


def test_hang_up(bare_box):
    with bare_box.spawn(["sh", "-c", "trap 'exit 3' HUP; echo ready; sleep 1000 & wait"], tty=True) as shell:
        shell.read_until("ready")
        shell.hang_up()
        assert shell.wait().rc == 3
    with bare_box.spawn(["sh", "-c", "echo ready; read x; exec cat /dev/zero"], stdin=PIPE) as shell:
        shell.read_until("ready")
        shell.hang_up()
        assert shell.wait().signal == signal.SIGPIPE


def test_handle(bare_box):
    with bare_box.spawn(["sh", "-c", "echo $$; echo waiting >&2; read x; echo $x; sleep 1000"], stdin=PIPE) as shell:
        assert int(shell.read()) == shell.pid
        shell.read_until("waiting")
        shell.write("text\n")
        shell.read_until(b"text\n")
        assert not shell.ended
        with pytest.raises(CommandTimeout):
            shell.wait(timeout=0.1)
        shell.kill(signal.SIGKILL)
        assert shell.wait().signal == signal.SIGKILL
    with bare_box.spawn(["sleep", "1000"]) as sleeper:
        pass
    assert sleeper.wait().signal == signal.SIGKILL


def test_many_commands_at_once(bare_box):
    commands = [bare_box.spawn(["sh", "-c", "read x; echo $x"], "alice", stdin=PIPE) for _ in range(1000)]
    for number, command in enumerate(commands):
        command.write(f"{number}\n")
    assert [int(command.wait().stdout) for command in commands] == list(range(1000))


def test_boxes_in_parallel(make_box):
    def work(number):
        box = make_box(hostname=f"host{number}")
        box.write("/etc/number", str(number))
        box.start_journald()
        command = ["sudo", "sh", "-c", "uname -n; cat /etc/number; echo"]
        outputs = {box.run(command, user="alice").stdout for _ in range(10)}
        return outputs, {entry["_HOSTNAME"] for entry in box.journal("_COMM=sudo")}

    with concurrent.futures.ThreadPoolExecutor() as threads:
        results = list(threads.map(work, range(4)))
    assert results == [({f"host{number}\n{number}\n".encode()}, {f"host{number}"}) for number in range(4)]


# Its contents

def test_files(bare_box):
    bare_box.write("/srv/a/b", "text", mode=0o4640, owner="alice:dba")
    status = bare_box.stat("/srv/a/b")
    assert (status.st_mode & 0o7777, status.st_uid, status.st_gid) == (0o4640, 1001, 1100)
    assert bare_box.run(["cat", "/srv/a/b"], user="bob").stdout == b"text"
    assert bare_box.run(["cat", "/srv/a/b"], user="carol").rc == 1
    bare_box.remove("/srv/a")
    assert not bare_box.exists("/srv/a")
    with pytest.raises(FileNotFoundError):
        bare_box.read("/srv/a/b")


def test_extended_attributes_and_inodes(bare_box):
    """Labels are user attributes; a digest holds inode numbers, which the overlay must not change."""
    before = bare_box.stat("/etc/passwd")
    assert before.st_dev == bare_box.stat("/").st_dev
    script = "import os; os.setxattr('/etc/passwd', 'user.x', b'1'); print(os.listxattr('/etc/passwd'))"
    assert bare_box.run(["/usr/bin/python3", "-c", script]).out == "['user.x']\n"
    after = bare_box.stat("/etc/passwd")
    assert (after.st_dev, after.st_ino) == (before.st_dev, before.st_ino)


def test_sudoers_and_sudo_conf(bare_box):
    bare_box.sudoers("claude ALL=(ALL) !ALL")
    assert bare_box.run(["sudo", "-n", "true"], user="claude").rc == 1
    bare_box.sudo_conf("Plugin no_such no_such.so\n")
    assert b"no_such.so" in bare_box.run(["sudo", "true"], user="alice").stderr


def test_faults(bare_box):
    bare_box.write("/var/lib/thing/data", b"x" * 10000, owner="alice")
    filler = bare_box.fill_disk("/var/lib/thing")
    assert bare_box.read("/var/lib/thing/data") == b"x" * 10000
    assert b"No space left" in bare_box.run(["tee", "/var/lib/thing/new"], stdin=b"x").stderr
    bare_box.remove(filler)
    bare_box.sh("echo >> /var/lib/thing/new", check=True)
    bare_box.umount("/var/lib/thing")
    bare_box.mount_readonly("/var/lib/thing")
    assert b"Read-only" in bare_box.sh("echo >> /var/lib/thing/data").stderr
    bare_box.umount("/var/lib/thing")
    bare_box.sh("echo >> /var/lib/thing/data", check=True)
    bare_box.preload("/no/such/library.so")
    assert b"no/such/library.so" in bare_box.run(["true"]).stderr
    bare_box.preload()
    assert bare_box.run(["true"]).stderr == b""


# The product

def test_build_is_installed_and_not_armed(box):
    assert box.exists("/usr/bin/actionapprove")
    assert box.run(["sudo", "id", "-u"], user="alice").stdout == b"0\n"
