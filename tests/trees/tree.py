#!/usr/bin/python3
# Root trees of other Debian releases: made once with debootstrap, then commands run in throw-away copies.
#
#     tree.py make SUITE DIR [--include PACKAGES] [--mirror URL] [--keyring FILE]
#     tree.py run DIR [--bind HOST:TREE[:ro]]... [--copy HOST:TREE]... -- COMMAND...
#
# All work is done by pid 1 of a pid and a mount namespace and its children. When that ends, for whatever reason,
# no process and no mount is left, and a copy is gone with the tmpfs that it was on.

import argparse
import contextlib
import fcntl
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "host"))

import syscalls  # noqa: E402  pylint: disable=wrong-import-position

FALLBACK_MIRROR = "http://deb.debian.org/debian"
DEBIAN_SUITES = {"bookworm", "trixie", "sid", "stable", "testing", "unstable"}
APT = pathlib.Path("/etc/apt")
RUN = pathlib.Path("/run")                            # a tmpfs of ours in the namespace: copies, systemd's state

HOSTNAME = "tree"
HOSTS = f"127.0.0.1 localhost\n::1 localhost\n127.0.1.1 {HOSTNAME}\n"

# The command has the network of the host, and may set up networks in namespaces of its own.
NSPAWN = ["systemd-nspawn", "--quiet", "--keep-unit", "--register=no", "--pipe", "--as-pid2",
          f"--hostname={HOSTNAME}", "--link-journal=no", "--resolv-conf=off", "--timezone=off",
          "--capability=CAP_NET_ADMIN"]


class Failure(Exception):
    """Said to the user as it is."""


def main():
    arguments = parse(sys.argv[1:])
    try:
        if os.geteuid() != 0:
            raise Failure("only root can make and enter trees")
        return arguments.function(arguments)
    except (Failure, OSError, subprocess.CalledProcessError) as error:
        print(f"tree.py: {error}", file=sys.stderr)
        return 1


def parse(words):
    parser = argparse.ArgumentParser(prog="tree.py", description="Root trees of other Debian releases.")
    commands = parser.add_subparsers(required=True, metavar="make|run")

    make = commands.add_parser("make", help="make a tree, unless it is there")
    make.add_argument("suite", help="bookworm, trixie or sid")
    make.add_argument("tree", metavar="DIR", type=pathlib.Path)
    make.add_argument("--include", metavar="PACKAGES", default="", help="more packages, separated by commas")
    make.add_argument("--mirror", metavar="URL", help="by default the one in apt's sources")
    make.add_argument("--keyring", metavar="FILE", help="that signs the suite; by default the machine's own")
    make.set_defaults(function=make_tree)

    run = commands.add_parser("run", help="run a command in a throw-away copy of a tree; its exit status")
    run.add_argument("tree", metavar="DIR", type=pathlib.Path)
    run.add_argument("--bind", metavar="HOST:TREE[:ro]", action="append", default=[], help="show a folder in the tree")
    run.add_argument("--copy", metavar="HOST:TREE", action="append", default=[], help="copy a file or folder into it")
    run.add_argument("command", metavar="COMMAND", nargs="+", help="after --")
    run.set_defaults(function=run_in_tree)
    return parser.parse_args(words)


# make

def make_tree(arguments):
    tree = arguments.tree.absolute()
    packages = [name for name in arguments.include.split(",") if name]
    tree.parent.mkdir(parents=True, exist_ok=True)
    with locked(tree.with_name(tree.name + ".lock")):
        if is_made(tree, arguments.suite, packages):
            return 0
        unfinished = tree.with_name(tree.name + ".tmp")
        remove_folder(unfinished)
        options = ["--variant=minbase"]
        if packages:
            options.append(f"--include={','.join(packages)}")
        if arguments.keyring:
            options.append(f"--keyring={arguments.keyring}")
        mirror = arguments.mirror or mirror_of_apt()
        command = ["debootstrap", *options, arguments.suite, str(unfinished), mirror]
        status = in_namespaces(lambda: subprocess.run(command, check=False).returncode)
        if status != 0:
            raise Failure(f"{' '.join(command)} ended with {status}")
        remove_folder(tree)
        unfinished.rename(tree)
    return 0


@contextlib.contextmanager
def locked(path):
    with open(path, "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_made(tree, suite, packages):
    """Whether the tree is of this suite and has the packages."""
    try:
        sources = (tree / "etc/apt/sources.list").read_text(encoding="utf-8")
        status = (tree / "var/lib/dpkg/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    installed = re.findall(r"^Package: (\S+)\nStatus: \S+ \S+ installed$", status, re.MULTILINE)
    return suite in sources.split() and set(packages) <= set(installed)


def remove_folder(path):
    if path.exists():
        shutil.rmtree(path)


def mirror_of_apt():
    """The first mirror in apt's sources that has a Debian suite."""
    for path in [APT / "sources.list", *sorted((APT / "sources.list.d").glob("*"))]:
        entries = {".list": one_line_entries, ".sources": deb822_entries}.get(path.suffix)
        if entries is None or not path.is_file():
            continue
        for uri, suites, components in entries(path.read_text(encoding="utf-8")):
            if "main" in components and DEBIAN_SUITES & set(suites) and uri.startswith("http"):
                return uri
    return FALLBACK_MIRROR


def one_line_entries(text):
    """deb [options] URI SUITE COMPONENT..."""
    for line in text.splitlines():
        match = re.match(r"deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+([^#]*)", line)
        if match:
            yield match[1], [match[2]], match[3].split()


def deb822_entries(text):
    """Types: deb, URIs: ..., Suites: ..., Components: ..., in stanzas"""
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)
    for stanza in re.split(r"\n\s*\n", text):
        lines = re.findall(r"^([\w-]+):(.*(?:\n[ \t].*)*)", stanza, re.MULTILINE)
        fields = {name.lower(): value.split() for name, value in lines}
        if "deb" in fields.get("types", []) and fields.get("enabled") != ["no"]:
            for uri in fields.get("uris", []):
                yield uri, fields.get("suites", []), fields.get("components", [])


# run

def run_in_tree(arguments):
    tree = on_host(arguments.tree)
    if not (tree / "usr").is_dir():
        raise Failure(f"{tree} is no tree; make it first")
    binds = [bind_option(text) for text in arguments.bind]
    copies = [split(text, "HOST:TREE", 2) for text in arguments.copy]
    resolver = read_or_empty("/etc/resolv.conf")

    def run():
        syscalls.mount("run", str(RUN), "tmpfs", 0, "mode=0755,size=90%")
        root = copy_of(tree)
        replace(root / "etc/hosts", HOSTS.encode())
        replace(root / "etc/resolv.conf", resolver)
        for host, target in copies:
            copy_into(on_host(host), root / target.lstrip("/"))
        command = [*NSPAWN, *binds, f"--directory={root}", "--", *arguments.command]
        return subprocess.run(command, check=False).returncode

    return in_namespaces(run)


def split(text, form, *counts):
    parts = text.split(":")
    if len(parts) not in counts or not all(parts):
        raise Failure(f"{text!r} is not {form}")
    return parts


def bind_option(text):
    form = "HOST:TREE[:ro]"
    host, target, *options = split(text, form, 2, 3)
    if options not in ([], ["ro"]):
        raise Failure(f"{text!r} is not {form}")
    return f"--bind{'-ro' if options else ''}={on_host(host)}:{target}"


def on_host(path):
    """The path without links, if it is there and will be in the namespace."""
    path = pathlib.Path(path).resolve(strict=True)
    if path.is_relative_to(RUN):
        raise Failure(f"{path}: nothing below {RUN} can be used")
    return path


def read_or_empty(path):
    try:
        return pathlib.Path(path).read_bytes()
    except FileNotFoundError:
        return b""


def replace(path, data):
    path.unlink(missing_ok=True)                      # it may be a link that leads nowhere
    path.write_bytes(data)


def copy_of(tree):
    """A root that can be written to, and whose end the tree does not notice."""
    root = RUN / "tree/root"
    root.mkdir(parents=True)
    try:
        mount_overlay(tree, root, "copy")
    except OSError:
        pass
    else:
        if can_be_under_overlay(root):
            return root
        syscalls.umount(str(root))
    subprocess.run(["cp", "-a", "--reflink=auto", f"{tree}/.", str(root)], check=True)
    return root


def mount_overlay(lower, target, name):
    upper, work = RUN / f"tree/{name}-upper", RUN / f"tree/{name}-work"
    upper.mkdir(mode=0o755)
    work.mkdir()
    os.chdir(lower)                                   # so that its name may have commas and colons
    try:
        syscalls.mount("overlay", str(target), "overlay", 0, f"lowerdir=.,upperdir={upper},workdir={work}")
    finally:
        os.chdir("/")


def can_be_under_overlay(root):
    """The tests in the tree make a sandbox, which is an overlay, and overlays can be stacked only twice."""
    probe = RUN / "tree/probe"
    probe.mkdir()
    try:
        mount_overlay(root, probe, "probe")
    except OSError:
        return False
    syscalls.umount(str(probe))
    return True


def copy_into(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    source = f"{source}/." if source.is_dir() else str(source)
    subprocess.run(["cp", "-a", "--reflink=auto", source, str(target)], check=True)


# Both

def in_namespaces(function):
    """Call it in pid 1 of a private world; its result is the exit status. Whatever ends us ends that, too."""
    sys.stdout.flush()
    syscalls.unshare(syscalls.CLONE_NEWPID)
    pid = os.fork()
    if pid == 0:
        os._exit(as_pid1(function))

    def end(signum, _frame):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)                            # returns when every process of the namespace is gone
        os._exit(128 + signum)

    for signum in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, end)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return code if code >= 0 else 128 - code


def as_pid1(function):
    try:
        syscalls.die_with_parent(signal.SIGKILL)
        syscalls.unshare(syscalls.CLONE_NEWNS)
        syscalls.mount(None, "/", None, syscalls.MS_REC | syscalls.MS_PRIVATE)
        syscalls.mount("proc", "/proc", "proc")
        return function()
    except (Failure, OSError, subprocess.CalledProcessError) as error:
        print(f"tree.py: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
