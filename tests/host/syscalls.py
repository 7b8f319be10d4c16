# The few Linux calls that Python's standard library lacks, as thin wrappers that raise OSError.

import ctypes
import fcntl
import os
import socket
import struct

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 0x1
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_REMOUNT = 0x20
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000

MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_GET_NO_NEW_PRIVS = 39

SIOCGIFFLAGS = 0x8913
SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1

libc = ctypes.CDLL(None, use_errno=True)
libc.mount.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p]


def _bytes(text):
    return None if text is None else os.fsencode(text)


def _check(result, what):
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def unshare(flags):
    _check(libc.unshare(flags), f"unshare({flags:#x})")


def setns(fd, flags):
    _check(libc.setns(fd, flags), "setns")


def mount(source, target, fstype=None, flags=0, data=None):
    _check(libc.mount(_bytes(source), _bytes(target), _bytes(fstype), flags, _bytes(data)),
           f"mount {fstype or source} on {target}")


def umount(target, flags=0):
    _check(libc.umount2(_bytes(target), flags), f"umount {target}")


def pivot_root(new_root, put_old):
    _check(libc.pivot_root(_bytes(new_root), _bytes(put_old)), "pivot_root")


def die_with_parent(signum):
    _check(libc.prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0), "prctl(PR_SET_PDEATHSIG)")


def has_no_new_privs():
    return _check(libc.prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), "prctl(PR_GET_NO_NEW_PRIVS)") == 1


def execve(path, argv, envp):
    """execve(2) with nothing added, checked or decoded: empty argv and odd environments pass."""
    def vector(items):
        return (ctypes.c_char_p * (len(items) + 1))(*items, None)

    _check(libc.execve(_bytes(path), vector(argv), vector(envp)), f"execve {os.fsdecode(path)}")


def bring_up_loopback():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sH22x", b"lo", 0)
        answer = fcntl.ioctl(any_socket, SIOCGIFFLAGS, request)
        flags, = struct.unpack_from("H", answer, 16)
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", flags | IFF_UP))
