# What the agent does beside starting commands: files, mounts, processes and datagrams of the sandbox.
#
# Each function is an order that the host side gives by name; what it raises is raised there.

import errno
import grp
import os
import pwd
import shutil
import signal
import socket

import syscalls


def write(path, data, mode, owner):
    ids = _ids(owner)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        os.chown(file.fileno(), *ids)
        os.fchmod(file.fileno(), mode)
        file.write(data)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def mkdir(path, mode, owner):
    os.makedirs(path, exist_ok=True)
    os.chown(path, *_ids(owner))
    os.chmod(path, mode)


def remove(path):
    """A file, a link or a whole folder; nothing if it is not there."""
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


def exists(path):
    return os.path.lexists(path)


def stat(path, follow):
    return os.stat(path, follow_symlinks=follow)


def listdir(path):
    return sorted(os.listdir(path))


def _ids(owner):
    """`owner` is "alice", "alice:dba", a uid, or (uid, gid)."""
    if isinstance(owner, str):
        name, _, group = owner.partition(":")
        account = pwd.getpwnam(name)
        return account.pw_uid, grp.getgrnam(group).gr_gid if group else account.pw_gid
    return (owner, owner) if isinstance(owner, int) else owner


def mount(source, target, fstype, flags, data):
    syscalls.mount(source, target, fstype, flags, data)


def umount(target):
    syscalls.umount(target, syscalls.MNT_DETACH)


def fill(path):
    """Write to a new file until its disk is full."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        for size in (1 << 20, 1 << 12, 1):
            while True:
                os.write(fd, bytes(size))
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
    finally:
        os.close(fd)


def kill(pid, signum):
    os.kill(pid, signum)


def kill_session(sid):
    """SIGKILL to every process of the session."""
    for process in processes():
        if process["sid"] == sid:
            try:
                os.kill(process["pid"], signal.SIGKILL)
            except ProcessLookupError:
                pass


def processes():
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                found.append(_process(int(name)))
            except (FileNotFoundError, ProcessLookupError):
                pass                                  # it ended meanwhile
    return sorted(found, key=lambda process: process["pid"])


def _process(pid):
    # The name in parentheses may hold anything, so the fields are counted from its end.
    state, ppid, pgrp, sid = read(f"/proc/{pid}/stat").rpartition(b")")[2].split()[:4]
    uids = next(line for line in read(f"/proc/{pid}/status").splitlines() if line.startswith(b"Uid:"))
    return {
        "pid": pid,
        "ppid": int(ppid),
        "pgrp": int(pgrp),
        "sid": int(sid),
        "state": state.decode(),
        "ruid": int(uids.split()[1]),
        "euid": int(uids.split()[2]),
        "argv": read(f"/proc/{pid}/cmdline").split(b"\0")[:-1],
    }


def datagram(path, payload):
    """As a local service would send it, from root."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.settimeout(10)
        sender.sendto(payload, path)
