# What can go wrong around a request, each with the moment at which it does and what has to come of it. Each cause is a
# function of `Asking` that may return how to undo it.

import dataclasses
import signal
import typing

from asking import MARK_RULE, RUN, STATE

MS_REMOUNT = 32

# Code of every request: the same, so that names in the folder can be taken before.
SAME_CODE = """
#define _GNU_SOURCE
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>
ssize_t getrandom(void *buffer, size_t size, unsigned flags)
{
    ssize_t n = syscall(SYS_getrandom, buffer, size, flags);
    if (n == 16) memset(buffer, 0, 5);
    return n;
}
"""
TAKEN = "0000-0000"


@dataclasses.dataclass(frozen=True)
class Fault:
    name: str
    cause: typing.Callable
    words: str = ""                                   # that the requester sees where it does not run
    runs: bool = False                                # after a proper approval
    argv: tuple = ("mark", "x")
    rules: str = MARK_RULE
    ledger: bool = True                               # it has all records afterwards
    journal: bool = True
    end_is_kept: bool = True                          # where it runs: its last record is not in the journal alone


def shell(script, undo=None, folder=RUN):
    def cause(asking):
        asking.box.sh(f"set -e; cd {folder}; {script}", check=True)
        return (lambda: asking.box.sh(f"set -e; cd {folder}; {undo}", check=True)) if undo else None
    return cause


def in_state(script, undo=None):
    return shell(script, undo, STATE)


def elsewhere(script, undo=None):
    return shell(script, undo, "/")


def tmpfs(options, fill=False):
    """A disk of its own for the folder."""
    def cause(asking):
        asking.box.mkdir(RUN)
        asking.box.order("mount", source="small", target=RUN, fstype="tmpfs", flags=0, data="mode=0755," + options)
        if fill:
            asking.box.order("fill", path=f"{RUN}/filler")
        return lambda: asking.box.umount(RUN)
    return cause


def read_only_folder(asking):
    asking.box.mkdir(RUN)
    asking.box.mount_readonly(RUN)
    return lambda: asking.box.umount(RUN)


def name_taken(script):
    """Root put something where a request's file is to be."""
    def cause(asking):
        asking.box.write("/root/same.c", SAME_CODE)
        asking.box.run(["gcc", "-shared", "-fPIC", "-w", "-o", "/usr/lib/same.so", "/root/same.c"], check=True)
        asking.box.preload("/usr/lib/same.so")
        elsewhere(script)(asking)

        def undo():
            asking.box.preload()
            asking.box.sh(f"rm -rf {RUN}/{TAKEN} {RUN}/.{TAKEN} {RUN}/{TAKEN}.sock {RUN}/.{TAKEN}.sock")
        return undo
    return cause


WRITABLE = "writable by group"

# Before anybody is asked: then nobody is, and it is a refusal.
BEFORE = [
    Fault("the folder is a file", elsewhere(f"rm -rf {RUN}; touch {RUN}", f"rm {RUN}"), "E-WAITING"),
    Fault("the folder is a link to a good one", elsewhere(f"rm -rf {RUN}; mkdir /run/real; ln -s real {RUN}", f"rm {RUN}"),
          "E-WAITING"),
    Fault("the folder is a link to a user's", elsewhere(f"rm -rf {RUN}; ln -s /home/alice {RUN}", f"rm {RUN}"), "E-WAITING"),
    Fault("the folder is a link to nowhere", elsewhere(f"rm -rf {RUN}; ln -s /nowhere {RUN}", f"rm {RUN}"), "E-WAITING"),
    Fault("the folder is group-writable", elsewhere(f"mkdir -p {RUN}; chmod 775 {RUN}", f"chmod 755 {RUN}"), WRITABLE),
    Fault("the folder is world-writable", elsewhere(f"mkdir -p {RUN}; chmod 1777 {RUN}", f"chmod 755 {RUN}"), WRITABLE),
    Fault("the folder is a user's", elsewhere(f"mkdir -p {RUN}; chown alice {RUN}", f"chown root {RUN}"),
          "not owned by root"),
    Fault("a user may write it by an ACL", elsewhere(f"mkdir -p {RUN}; setfacl -m u:alice:rwx {RUN}", f"setfacl -b {RUN}"),
          "E-WAITING"),
    Fault("its parent is world-writable", elsewhere("chmod 777 /run", "chmod 755 /run"), WRITABLE),
    Fault("its parent is a user's", elsewhere("chown alice /run", "chown root /run"), "not owned by root"),
    Fault("the folder is read-only", read_only_folder, "E-WAITING"),
    Fault("the disk is full", tmpfs("size=4k", fill=True), "E-WAITING"),
    Fault("no room for more files", tmpfs("nr_inodes=2"), "E-WAITING"),
    Fault("no room for any file", tmpfs("nr_inodes=1"), "E-WAITING"),
    Fault("the entry's name is taken by a file", name_taken(f"mkdir -p {RUN}; touch {RUN}/{TAKEN}"), "E-WAITING"),
    Fault("the entry's name is taken by a folder", name_taken(f"mkdir -p {RUN}/{TAKEN}"), "E-WAITING"),
    Fault("the socket's first name is taken by a folder", name_taken(f"mkdir -p {RUN}/.{TAKEN}.sock/full"), "E-WAITING"),
    Fault("the socket's name is taken by a folder", name_taken(f"mkdir -p {RUN}/{TAKEN}.sock/full"), "E-WAITING"),
    Fault("unbound command", elsewhere("cp /usr/bin/mark /home/alice/mark; chown alice /home/alice/mark"), "E-UNBOUND",
          argv=("/home/alice/mark",)),
    Fault("unbound folder above the command", elsewhere("mkdir -p /srv/o; cp /usr/bin/mark /srv/o; chmod 777 /srv/o"),
          "E-UNBOUND", argv=("/srv/o/mark",)),
    Fault("interpreter with an unbound script", elsewhere("cp /usr/bin/mark /home/alice/script"), "E-UNBOUND",
          argv=("sh", "/home/alice/script"), rules="rule sh { when command sh; ask console; from dba }\n"),
    Fault("script with an unbound interpreter", elsewhere(
        "cp /bin/sh /home/alice/sh; chown alice /home/alice/sh; echo '#!/home/alice/sh' > /usr/bin/odd; "
        "chmod 755 /usr/bin/odd"), "E-UNBOUND", argv=("odd",), rules="rule odd { when command odd; ask console; from dba }\n"),
    Fault("the ledger is gone", in_state("mv ledger away", "mv away ledger"), "E-LEDGER-MISSING", journal=False),
    Fault("the ledger is a user's", in_state("chown alice ledger", "chown root ledger"), "E-LEDGER-UNSAFE", ledger=False),
    Fault("the key is gone", in_state("mv key away", "mv away key"), "E-KEY"),
]


def stop_journald(asking):
    asking.journald_works = False
    asking.box.stop_journald()


FILL_QUEUE = """
import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.setblocking(False)
try:
    while True:
        s.sendto(b"MESSAGE=x\\n", "/run/systemd/journal/socket")
except BlockingIOError:
    pass
"""


def freeze_journald(asking):
    """It does not read, and its queue is full. (Its other queue is sudo's own, which waits for that.)"""
    asking.box.journald.process.kill(signal.SIGSTOP)
    asking.box.run(["/usr/bin/python3", "-c", FILL_QUEUE], check=True)
    asking.journald_works = False
    return lambda: asking.box.journald.process.kill(signal.SIGCONT)


def hide_proc(asking):
    asking.box.order("mount", source="none", target="/proc", fstype="tmpfs", flags=0, data=None)
    return lambda: asking.box.umount("/proc")


def hidepid(asking):
    asking.box.order("mount", source="proc", target="/proc", fstype=None, flags=MS_REMOUNT, data="hidepid=2")


def hold_ledger(asking):
    holder = asking.box.spawn(["flock", f"{STATE}/ledger", "-c", "echo held; sleep 600"])
    holder.read_until(b"held")

    def undo():
        holder.kill_session()
        holder.wait()
    return undo


UNBOUND = "rule mark { when command tool; ask console; from dba; timeout 30s; allow-unbound }\n"
TOOL = "/home/claude/bin/tool"
SWAPS = {"argv": (TOOL, "x"), "rules": UNBOUND, "words": "E-CHANGED"}
NEW = "printf '#!/bin/sh\\necho swapped >> /root/marks\\n'"

# While it waits: a proper approval follows.
MEANWHILE = [
    Fault("the folder's permissions change", elsewhere(f"chmod 777 {RUN}", f"chmod 755 {RUN}"), runs=True),
    Fault("the entry is removed", shell("rm ????-????"), runs=True),
    Fault("the ledger is read-only to others", lambda a: (a.box.mount_readonly(STATE), lambda: a.box.umount(STATE))[1],
          runs=True, end_is_kept=False),
    Fault("the ledger is removed", in_state("rm ledger"), "E-LEDGER", ledger=False),
    Fault("the ledger is moved away and replaced", in_state("mv ledger away; touch ledger; chmod 600 ledger"), "E-LEDGER",
          ledger=False),
    Fault("the ledger becomes a user's", in_state("chown alice ledger", "chown root ledger"), "E-LEDGER", ledger=False),
    Fault("the ledger's lock is held", hold_ledger, runs=True),
    Fault("the state folder is moved away", elsewhere(f"mv {STATE} {STATE}.away", f"mv {STATE}.away {STATE}"), runs=True,
          end_is_kept=False),
    Fault("the key is removed", in_state("rm key"), runs=True),
    Fault("the snapshot is removed", in_state("mv live away", "mv away live"), "E-SNAPSHOT-MISSING"),
    Fault("the snapshot is replaced by another version's", in_state(
        "cp live new; printf '\\377\\001' | dd of=new bs=1 seek=8 conv=notrunc status=none; mv live away; mv new live",
        "mv away live"), "E-SNAPSHOT-VERSION"),
    Fault("the snapshot is replaced by an empty one", in_state("mv live away; touch live; chmod 600 live", "mv away live"),
          "E-SNAPSHOT-DAMAGED"),
    Fault("the snapshot is replaced by a writable one", in_state("cp live new; chmod 666 new; mv live away; mv new live",
                                                                 "mv away live"), "E-SNAPSHOT-UNSAFE"),
    Fault("journald is gone", stop_journald, runs=True, journal=False),
    Fault("journald does not read", freeze_journald, runs=True, journal=False),
    Fault("/proc hides other users' processes", hidepid, runs=True),
    Fault("the command is replaced by root", elsewhere(f"{NEW} > /usr/bin/new; chmod 755 /usr/bin/new; "
                                                       "mv /usr/bin/new /usr/bin/mark"), "E-CHANGED"),
    Fault("the command is removed", elsewhere("rm /usr/bin/mark"), "E-CHANGED"),
    Fault("the command becomes a user's", elsewhere("chown alice /usr/bin/mark"), "E-CHANGED"),
    Fault("the interpreter is replaced", elsewhere("cp /bin/dash /bin/dash.new; mv /bin/dash.new /bin/dash"), "E-CHANGED"),
    Fault("an unbound script is replaced", elsewhere(f"{NEW} > {TOOL}.new; chmod 755 {TOOL}.new; mv {TOOL}.new {TOOL}"),
          **SWAPS),
    Fault("an unbound script is rewritten in place", elsewhere(f"{NEW} > {TOOL}"), **SWAPS),
    Fault("an unbound script is rewritten, its times put back", elsewhere(
        f"touch -r {TOOL} /root/stamp; sed -i s/mark/MARK/ {TOOL}; touch -r /root/stamp {TOOL}"), **SWAPS),
    Fault("its folder is replaced", elsewhere(
        f"cd /home/claude; cp -a bin new; {NEW} > new/tool; mv bin old; mv new bin"), **SWAPS),
    Fault("a link to it is turned", elsewhere(
        f"cd /home/claude; cp -a bin two; {NEW} > two/tool; ln -sfn two current"),
        **{**SWAPS, "argv": ("/home/claude/current/tool", "x")}),
    Fault("a folder on the way becomes a link", elsewhere(
        f"cd /home/claude; mv bin real; mkdir evil; {NEW} > evil/tool; chmod 755 evil/tool; ln -s evil bin"), **SWAPS),
]


# While it waits, and nobody can answer then; undone, they can.
DEAF = [
    Fault("the account database is gone", elsewhere("mv /etc/passwd /etc/away", "mv /etc/away /etc/passwd"), runs=True),
    Fault("the account database is empty", elsewhere("cp -p /etc/passwd /etc/away; : > /etc/passwd",
                                                     "mv /etc/away /etc/passwd"), runs=True),
    Fault("accounts are looked up nowhere", elsewhere(
        "cp -p /etc/nsswitch.conf /etc/away; sed -i '/^passwd:/s/:.*/: nosuch/' /etc/nsswitch.conf",
        "mv /etc/away /etc/nsswitch.conf"), runs=True),
    Fault("the approver's account is deleted", elsewhere("cp -p /etc/passwd /etc/away; sed -i /^bob:/d /etc/passwd",
                                                         "mv /etc/away /etc/passwd"), runs=True),
    Fault("the approver's account has another number", elsewhere(
        "cp -p /etc/passwd /etc/away; sed -i s/:1002:1002:/:1099:1002:/ /etc/passwd", "mv /etc/away /etc/passwd"), runs=True),
    Fault("/proc is not mounted", hide_proc, runs=True),
]


def stop_it(asking):
    process = next(p for p in asking.box.processes() if p["argv"][:1] == [b"sudo"])
    asking.box.kill(process["pid"], signal.SIGSTOP)


# While it waits, and it can no longer be answered: it ends by itself.
UNREACHABLE = [
    Fault("the folder is removed", elsewhere(f"rm -rf {RUN}"), "E-EXPIRED"),
    Fault("the folder is moved away", elsewhere(f"mv {RUN} {RUN}.away", f"rm -rf {RUN}.away"), "E-EXPIRED"),
    Fault("the socket is removed", shell("rm *.sock"), "E-EXPIRED"),
    Fault("the socket is replaced by a user's", shell(
        "rm *.sock; for e in ????-????; do python3 -c \"import socket, sys; socket.socket(socket.AF_UNIX, "
        "socket.SOCK_SEQPACKET).bind(sys.argv[1])\" $e.sock; chown alice $e.sock; done"), "E-EXPIRED"),
]

ALL = BEFORE + MEANWHILE + DEAF + UNREACHABLE


