# Ways to break the set-up, each a function of the sandbox that may return how to undo it.

import dataclasses
import typing

STATE = "/var/lib/actionapprove"
PLUGIN = "Plugin sudo_approve sudo_approve.so\n"
AUDIT = "Plugin sudo_approve_audit sudo_approve.so\n"


@dataclasses.dataclass(frozen=True)
class Fault:
    name: str
    identifier: str                                   # "" where it is sudo itself that refuses
    words: str                                        # that the requester has to see
    cause: typing.Callable
    options: dict = dataclasses.field(default_factory=dict)   # of the run


def shell(script, undo=None):
    def cause(box):
        box.sh(f"set -e; cd {STATE}; {script}", check=True)
        return (lambda: box.sh(f"set -e; cd {STATE}; {undo}", check=True)) if undo else None
    return cause


def patch(name, offset, data):
    """Overwrite bytes of a state file in place."""
    def cause(box):
        box.sh(f"printf '{data}' | dd of={STATE}/{name} bs=1 seek={offset} conv=notrunc status=none", check=True)
    return cause


def flip_last_byte(box):
    content = bytearray(box.read(f"{STATE}/live"))
    content[-1] ^= 1
    box.write(f"{STATE}/live", bytes(content), mode=0o600)


def append(name, data):
    return shell(f"printf '{data}' >> {name}")


def conf(text):
    return lambda box: box.sudo_conf(text)


def full_disk(box):
    """No room, and the room that was set aside is used up as well."""
    filler = box.fill_disk(STATE)
    # run until the reserve for commands is gone: refusals are recorded, then nothing more runs
    for _ in range(4000):
        if box.run(["sudo", "/usr/bin/id"], user="bob").rc != 0:
            break
    else:
        raise AssertionError("the disk is not full")
    return lambda: box.remove(filler)


def read_only(box):
    box.mount_readonly(STATE)
    return lambda: box.umount(STATE)


def hide_proc(box):
    """/proc without this process's login identity."""
    box.order("mount", source="none", target="/proc", fstype="tmpfs", flags=0, data=None)
    return lambda: box.umount("/proc")


def nothing(box):
    pass


FAULTS = [
    # the snapshot
    Fault("snapshot missing", "E-SNAPSHOT-MISSING", "there is no policy snapshot",
          shell("mv live away", "mv away live")),
    Fault("snapshot empty", "E-SNAPSHOT-DAMAGED", "is empty", shell(": > live")),
    Fault("snapshot truncated", "E-SNAPSHOT-DAMAGED", "cut short", shell("truncate -s 400 live")),
    Fault("snapshot cut by one byte", "E-SNAPSHOT-DAMAGED", "cut short", shell("truncate -s -1 live")),
    Fault("snapshot grown", "E-SNAPSHOT-DAMAGED", "cut short or grew", append("live", "more")),
    Fault("snapshot is text", "E-SNAPSHOT-DAMAGED", "no snapshot", shell("echo allow everything > live")),
    Fault("snapshot of a foreign version", "E-SNAPSHOT-VERSION", "run actionapprove apply",
          patch("live", 8, r"\377\001\000\000")),
    Fault("snapshot of another byte order", "E-SNAPSHOT-VERSION", "another format version",
          patch("live", 12, r"\001\002\003\004")),
    Fault("snapshot with one bit changed", "E-SNAPSHOT-DAMAGED", "checksum", flip_last_byte),
    Fault("snapshot group-writable", "E-SNAPSHOT-UNSAFE", "writable by group",
          shell("chmod 660 live", "chmod 600 live")),
    Fault("snapshot world-writable", "E-SNAPSHOT-UNSAFE", "writable by group or others",
          shell("chmod 666 live", "chmod 600 live")),
    Fault("snapshot user-owned", "E-SNAPSHOT-UNSAFE", "not owned by root",
          shell("chown alice live", "chown root live")),
    Fault("snapshot is a symbolic link", "E-SNAPSHOT-UNSAFE", "symbolic link",
          shell("mv live real; ln -s real live", "mv real live")),
    Fault("snapshot is a folder", "E-SNAPSHOT-UNSAFE", "not a regular file",
          shell("mv live real; mkdir live", "rmdir live; mv real live")),
    Fault("snapshot is a fifo", "E-SNAPSHOT-UNSAFE", "not a regular file",
          shell("mv live real; mkfifo -m 600 live", "rm live; mv real live")),
    # the folder
    Fault("state folder missing", "E-FOLDER", "No such file",
          lambda box: _move_state(box)),
    Fault("state folder group-writable", "E-FOLDER", "writable by group",
          shell("chmod 770 .", "chmod 700 .")),
    Fault("state folder user-owned", "E-FOLDER", "not owned by root",
          shell("chown alice .", "chown root .")),
    Fault("state folder is a symbolic link", "E-FOLDER", "symbolic link", lambda box: _link_state(box)),
    Fault("a folder above it world-writable", "E-FOLDER", "writable by group or others",
          shell("chmod 777 /var/lib", "chmod 755 /var/lib")),
    Fault("a folder above it user-owned", "E-FOLDER", "not owned by root",
          shell("chown alice /var/lib", "chown root /var/lib")),
    # the key
    Fault("key missing", "E-KEY", "key cannot be used", shell("mv key away", "mv away key")),
    Fault("key cut short", "E-KEY", "cut short", shell("truncate -s 31 key")),
    Fault("key readable by others", "E-KEY", "readable by group or others",
          shell("chmod 644 key", "chmod 600 key")),
    Fault("key user-owned", "E-KEY", "not owned by root", shell("chown alice key", "chown root key")),
    # the ledger
    Fault("ledger missing", "E-LEDGER-MISSING", "there is no ledger", shell("mv ledger away", "mv away ledger")),
    Fault("ledger is a symbolic link", "E-LEDGER-UNSAFE", "symbolic link",
          shell("mv ledger real; ln -s real ledger", "mv real ledger")),
    Fault("ledger user-owned", "E-LEDGER-UNSAFE", "not owned by root",
          shell("chown alice ledger", "chown root ledger")),
    Fault("ledger group-writable", "E-LEDGER-UNSAFE", "writable by group",
          shell("chmod 620 ledger", "chmod 600 ledger")),
    Fault("ledger with a damaged first block", "E-LEDGER-DAMAGED", "first block", patch("ledger", 0, "XXXX")),
    Fault("ledger empty", "E-LEDGER-DAMAGED", "first block", shell(": > ledger")),
    Fault("disk full", "E-LEDGER-FULL", "disk of the ledger is full", full_disk),
    Fault("state folder read-only", "E-LEDGER-WRITE", "cannot be", read_only),
    # sudo.conf
    Fault("approval half missing from sudo.conf", "E-NO-APPROVAL-HALF", "approval half", conf(AUDIT)),
    Fault("audit half missing from sudo.conf", "E-NO-AUDIT-HALF", "audit half", conf(PLUGIN)),
    Fault("approval half misspelt in sudo.conf", "E-NO-APPROVAL-HALF", "approval half",
          conf("Plugins sudo_approve sudo_approve.so\n" + AUDIT)),
    Fault("audit half misspelt in sudo.conf", "E-NO-AUDIT-HALF", "audit half", conf(PLUGIN + "Plug" + AUDIT[6:])),
    # the host
    Fault("no /proc", "E-IDENTITY", "login identity cannot be read", hide_proc),
    # the caller's limits and environment
    Fault("tiny limit on file sizes", "E-LIMITS", "ulimit -f", nothing, {"rlimits": {"FSIZE": 1024}}),
]


def _move_state(box):
    box.run(["mv", STATE, STATE + ".away"], check=True)
    return lambda: box.run(["mv", STATE + ".away", STATE], check=True)


def _link_state(box):
    box.run(["mv", STATE, STATE + ".real"], check=True)
    box.run(["ln", "-s", STATE + ".real", STATE], check=True)

    def undo():
        box.run(["rm", STATE], check=True)
        box.run(["mv", STATE + ".real", STATE], check=True)
    return undo
