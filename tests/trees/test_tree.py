# tree.py: how it reads apt's sources, and that a throw-away copy is one. The machine's own root serves as the tree.

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import uuid

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import tree  # noqa: E402  pylint: disable=wrong-import-position

TREE = [sys.executable, "-B", tree.__file__]

needs_nspawn = pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("systemd-nspawn"),
                                  reason="needs root and systemd-nspawn")


def run(*words, **options):
    return subprocess.run([*TREE, "run", "/", *words], capture_output=True, check=False, timeout=60, **options)


def started(marker):
    """A run that goes on until it is killed, and that has come as far as its command."""
    process = subprocess.Popen([*TREE, "run", "/", "--", "sh", "-c", f"echo ready; sleep 1000; : {marker}"],
                               stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"ready\n"
    return process


def pids(marker):
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if marker.encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


ONE_LINE = """\
# deb http://a/ sid main
deb-src http://b/ sid main
deb [arch=amd64 signed-by=/k] http://c/debian bookworm main contrib # x
"""
VENDOR_AND_UPDATES = """\
deb http://vendor/ bookworm stable
deb http://c/debian bookworm-updates main
"""
DEB822 = """\
# the mirror
Types: deb deb-src
URIs: http://c/debian
Suites: bookworm
 bookworm-updates
Components: main
Signed-By:
 -----BEGIN
 .
 x
"""
DISABLED_FIRST = """\
Types: deb
URIs: http://a
Suites: sid
Components: main
Enabled: no

Types: deb
URIs: http://c http://d
Suites: sid
Components: main
"""


@pytest.mark.parametrize("name, text, mirror", [
    ("sources.list", ONE_LINE, "http://c/debian"),
    ("sources.list", VENDOR_AND_UPDATES, tree.FALLBACK_MIRROR),
    ("sources.list", "deb file:/cdrom bookworm main\ndeb https://c/debian trixie main\n", "https://c/debian"),
    ("sources.list.d/debian.sources", DEB822, "http://c/debian"),
    ("sources.list.d/a.sources", DISABLED_FIRST, "http://c"),
    ("sources.list.d/a.disabled", "deb http://a sid main\n", tree.FALLBACK_MIRROR),
])
def test_mirror_is_that_of_apt(tmp_path, monkeypatch, name, text, mirror):
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(tree, "APT", tmp_path)
    assert tree.mirror_of_apt() == mirror


def test_tree_is_made_once(tmp_path):
    (tmp_path / "etc/apt").mkdir(parents=True)
    (tmp_path / "var/lib/dpkg").mkdir(parents=True)
    (tmp_path / "etc/apt/sources.list").write_text("deb http://c/debian trixie main\n", encoding="utf-8")
    (tmp_path / "var/lib/dpkg/status").write_text(
        "Package: sudo\nStatus: install ok installed\nX: y\n\nPackage: gone\nStatus: deinstall ok config-files\n",
        encoding="utf-8")
    assert tree.is_made(tmp_path, "trixie", ["sudo"])
    assert not tree.is_made(tmp_path, "sid", ["sudo"])
    assert not tree.is_made(tmp_path, "trixie", ["sudo", "gone"])
    assert not tree.is_made(tmp_path / "nowhere", "trixie", [])


@needs_nspawn
def test_command_runs_with_its_status_and_streams():
    result = run("--", "sh", "-c", "cat; id -u; echo error >&2; exit 7", input=b"input\n")
    assert (result.returncode, result.stdout, result.stderr) == (7, b"input\n0\n", b"error\n")


@needs_nspawn
def test_copy_is_thrown_away():
    name = uuid.uuid4().hex
    mounts = pathlib.Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    assert run("--", "sh", "-c", f"touch /{name} /etc/{name} && rm /etc/passwd").returncode == 0
    assert not os.path.exists(f"/{name}") and not os.path.exists(f"/etc/{name}") and os.path.exists("/etc/passwd")
    assert pathlib.Path("/proc/self/mountinfo").read_text(encoding="utf-8") == mounts
    assert not os.path.exists("/run/tree")


@needs_nspawn
def test_bind_and_copy(tmp_path):
    (tmp_path / "file").write_text("text\n", encoding="utf-8")
    script = "cat /ro/file /rw/file /a/copy/file /a/file; ! touch /ro/x; touch /rw/new /a/copy/x"
    result = run("--bind", f"{tmp_path}:/ro:ro", "--bind", f"{tmp_path}:/rw", "--copy", f"{tmp_path}:/a/copy",
                 "--copy", f"{tmp_path}/file:/a/file", "--", "sh", "-c", script)
    assert (result.returncode, result.stdout) == (0, b"text\n" * 4)
    assert sorted(os.listdir(tmp_path)) == ["file", "new"]


@needs_nspawn
@pytest.mark.parametrize("words", [["--bind", "/etc", "--", "true"], ["--bind", "/etc:/x:rw", "--", "true"],
                                   ["--copy", "/no/such:/x", "--", "true"], ["--bind", "/run:/x", "--", "true"]])
def test_wrong_words_are_refused(words):
    result = run(*words)
    assert result.returncode == 1 and result.stderr.startswith(b"tree.py: ")


@needs_nspawn
@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signal_ends_everything(signum):
    marker = uuid.uuid4().hex
    with started(marker) as process:
        process.send_signal(signum)
        assert process.wait(timeout=10) == 128 + signum
    assert pids(marker) == []


@needs_nspawn
def test_sigkill_ends_everything():
    marker = uuid.uuid4().hex
    with started(marker) as process:
        process.kill()
    deadline = time.monotonic() + 10
    while pids(marker) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert pids(marker) == []


@needs_nspawn
@pytest.mark.skipif(not shutil.which("sudo"), reason="sudo is not installed")
def test_sandboxes_work_inside():
    harness = pathlib.Path(tree.__file__).parents[1] / "host"
    script = "import sys; sys.path.insert(0, '/mnt/host'); from sandbox import Sandbox\n" \
             "with Sandbox() as box: print(box.run(['sudo', 'id', '-u'], user='alice').stdout)"
    result = run("--bind", f"{harness}:/mnt/host:ro", "--", sys.executable, "-B", "-c", script)
    assert (result.returncode, result.stdout, result.stderr) == (0, b"b'0\\n'\n", b"")
