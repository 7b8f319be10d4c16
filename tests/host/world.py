# Builds the private world: a writable copy of the whole machine that vanishes with its last process.
#
# The new root is an overlay over the old one, every other file system that is mounted below it gets an
# overlay of its own, and all that is written lands on one tmpfs. So not only /etc or /usr but any path can
# be changed. /run and /tmp start empty; /proc, /dev and /dev/pts are new.
#
# Runs in pid 1 of the new pid namespace, before anything else does.

import os
import re
import socket
import stat

import syscalls
from syscalls import MS_BIND, MS_NODEV, MS_NOSUID, MS_PRIVATE, MS_RDONLY, MS_REC, MS_REMOUNT

STAGE = "/tmp"                                        # exists everywhere, and is covered anyway
REPLACED = ("/proc", "/sys", "/dev", "/run", "/tmp")  # what the world has of its own
DEVICES = ("null", "zero", "full", "random", "urandom", "tty", "fuse")
DEVICE_LINKS = {
    "fd": "/proc/self/fd",
    "stdin": "fd/0",
    "stdout": "fd/1",
    "stderr": "fd/2",
    "ptmx": "pts/ptmx",
    "log": "/run/systemd/journal/dev-log",
}


class Unavailable(Exception):
    """This machine cannot make a private world; the text says why."""


def check_privileges():
    if os.geteuid() != 0:
        raise Unavailable("a private world needs root")
    if syscalls.has_no_new_privs():
        raise Unavailable("no_new_privs is set, so setuid programs like sudo cannot work")


def build(hostname, expose):
    """Move the calling process into a new world. `expose` names folders that stay visible in any case."""
    _unshare()
    # What the old world provides is opened first: once the mounts change, no name leads there any more.
    old = OldWorld()
    below = old.folders(path for path in _mount_points() if not _is_replaced(path))
    hidden = old.folders(path for path in expose if _is_replaced(path))
    _make_mounts_private(old.root)
    syscalls.mount("aa-world", STAGE, "tmpfs", 0, "mode=0700")
    new_root = f"{STAGE}/root"
    os.mkdir(new_root)
    layers = Layers(f"{STAGE}/layers")
    try:
        layers.overlay(old.root, new_root)
    except OSError as error:
        raise Unavailable(f"no overlay over / is possible here ({error.strerror}); "
                          "an overlay can only lie over one other overlay") from error
    for path, folder in below:
        layers.overlay_or_readonly(folder, new_root + path)
    _mount_replaced(new_root, old)
    for path, folder in hidden:
        os.makedirs(new_root + path, exist_ok=True)
        layers.overlay_or_readonly(folder, new_root + path)

    old.close()
    _enter(new_root)
    socket.sethostname(hostname)
    _lengthen_datagram_queues()


class OldWorld:
    """Open descriptors of what is taken over from the machine."""

    def __init__(self):
        self.opened = []
        self.root = self._open("/", os.O_DIRECTORY)
        self.sysfs = self._open("/sys", os.O_DIRECTORY) if os.path.isdir("/sys/fs") else None
        self.devices = {name: self._open(f"/dev/{name}") for name in DEVICES}

    def folders(self, paths):
        opened = ((path, self._open(path, os.O_DIRECTORY)) for path in paths)
        return [(path, fd) for path, fd in opened if fd is not None]

    def close(self):
        for fd in self.opened:
            os.close(fd)

    def _open(self, path, flags=0):
        try:
            fd = os.open(path, os.O_PATH | flags)
        except OSError:
            return None
        self.opened.append(fd)
        return fd


class Layers:
    """The writable halves of the overlays, in a folder of a tmpfs."""

    def __init__(self, folder):
        self.folder = folder
        self.count = 0
        os.mkdir(folder)

    def overlay(self, lower, target):
        upper, work = (f"{self.folder}/{self.count}-{name}" for name in ("upper", "work"))
        self.count += 1
        os.mkdir(upper)
        os.mkdir(work)
        status = os.fstat(lower)
        os.chown(upper, status.st_uid, status.st_gid)
        os.chmod(upper, stat.S_IMODE(status.st_mode))
        # A path relative to the open folder, as neither its name nor /proc need lead there any more.
        os.fchdir(lower)
        # redirect_dir: folders can be renamed; xino: a file keeps its inode number when it is first changed.
        syscalls.mount("overlay", target, "overlay", 0,
                       f"lowerdir=.,upperdir={upper},workdir={work},redirect_dir=on,xino=on")

    def overlay_or_readonly(self, lower, target):
        """For what lies below the root. Some file systems cannot be under an overlay."""
        if not os.path.isdir(target):
            return
        try:
            self.overlay(lower, target)
        except OSError:
            os.fchdir(lower)
            syscalls.mount(".", target, None, MS_BIND)
            syscalls.mount(None, target, None, MS_BIND | MS_REMOUNT | MS_RDONLY)


def _unshare():
    try:
        syscalls.unshare(syscalls.CLONE_NEWNS | syscalls.CLONE_NEWUTS | syscalls.CLONE_NEWIPC)
        _unshare_network()
    except OSError as error:
        raise Unavailable(f"namespaces are not allowed here: {error}") from error


def _unshare_network():
    syscalls.unshare(syscalls.CLONE_NEWNET)
    try:
        syscalls.bring_up_loopback()
    except PermissionError:
        _adopt_network_of_helper()


def _lengthen_datagram_queues():
    """As systemd does at boot. With the kernel's 10, senders to the journal wait, or lose, much sooner."""
    try:
        with open("/proc/sys/net/unix/max_dgram_qlen", "w", encoding="ascii") as setting:
            setting.write("512")
    except OSError:
        pass                                          # not ours to set in an adopted network


def _adopt_network_of_helper():
    """systemd-nspawn without a private network withholds CAP_NET_ADMIN. A child that is root of its own user
    namespace has it over its own network, and we may enter that."""
    ready_read, ready_write = os.pipe()
    done_read, done_write = os.pipe()
    helper = os.fork()
    if helper == 0:
        try:
            os.close(done_write)
            syscalls.unshare(syscalls.CLONE_NEWUSER | syscalls.CLONE_NEWNET)
            syscalls.bring_up_loopback()
            os.write(ready_write, b"+")
            os.read(done_read, 1)
        finally:
            os._exit(0)
    os.close(ready_write)
    try:
        if not os.read(ready_read, 1):
            raise OSError("no network with a loopback device can be made")
        process = os.pidfd_open(helper)
        syscalls.setns(process, syscalls.CLONE_NEWNET)
        os.close(process)
    finally:
        for fd in (ready_read, done_read, done_write):
            os.close(fd)
        os.waitpid(helper, 0)


def _is_replaced(path):
    return any(path == top or path.startswith(top + "/") for top in REPLACED)


def _mount_points():
    """Every mount point below the root, parents first."""
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as lines:
            entries = [line.split(" ") for line in lines]
    except FileNotFoundError:
        return []                                     # a chroot without /proc
    points = {_unescape(entry[4]) for entry in entries if " - autofs " not in " ".join(entry)}
    return sorted(points - {"/"})


def _unescape(text):
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)


def _make_mounts_private(root):
    try:
        syscalls.mount(None, "/", None, MS_REC | MS_PRIVATE)
    except OSError:
        # "/" is no mount point: a chroot. Its real root is, so climb out; `root` still leads back in.
        try:
            _leave_chroot(root)
            syscalls.mount(None, "/", None, MS_REC | MS_PRIVATE)
        except OSError as error:
            raise Unavailable(f"the root is a chroot whose mounts cannot be made private: {error}") from error


def _leave_chroot(root):
    os.fchdir(root)
    os.chroot("tmp")                                  # now the working folder is outside of the root
    while not os.path.samefile(".", ".."):
        os.chdir("..")
    os.chroot(".")


def _mount_replaced(new_root, old):
    for path in REPLACED:
        os.makedirs(new_root + path, exist_ok=True)
    syscalls.mount("proc", f"{new_root}/proc", "proc")
    if old.sysfs is not None:
        os.fchdir(old.sysfs)
        syscalls.mount(".", f"{new_root}/sys", None, MS_BIND | MS_REC)
    else:
        syscalls.mount("sysfs", f"{new_root}/sys", "sysfs")
        syscalls.mount("cgroup2", f"{new_root}/sys/fs/cgroup", "cgroup2")
    syscalls.mount("run", f"{new_root}/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755")
    syscalls.mount("tmp", f"{new_root}/tmp", "tmpfs", 0, "mode=1777")
    _make_folder(f"{new_root}/run/lock", 0o1777)
    _mount_dev(new_root, old.devices)


def _mount_dev(new_root, devices):
    dev = f"{new_root}/dev"
    syscalls.mount("dev", dev, "tmpfs", MS_NOSUID, "mode=0755")
    for name, fd in devices.items():
        if fd is not None:
            os.close(os.open(f"{dev}/{name}", os.O_CREAT))
            syscalls.mount(f"{new_root}/proc/self/fd/{fd}", f"{dev}/{name}", None, MS_BIND)
    for name, target in DEVICE_LINKS.items():
        os.symlink(target, f"{dev}/{name}")
    _make_folder(f"{dev}/pts", 0o755)
    syscalls.mount("devpts", f"{dev}/pts", "devpts", MS_NOSUID, "newinstance,gid=5,mode=0620,ptmxmode=0666")
    _make_folder(f"{dev}/shm", 0o1777)


def _make_folder(path, mode):
    os.mkdir(path)
    os.chmod(path, mode)


def _enter(new_root):
    os.chdir(new_root)
    syscalls.pivot_root(".", ".")                     # the old root now lies over the new one
    syscalls.umount(".", syscalls.MNT_DETACH)
    os.chdir("/")
