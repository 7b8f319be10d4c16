# Who lives in a sandbox: accounts, a sudoers that permits everything, and name lookups without a network.

import os

PASSWORD = "password"                                 # of every account, root's too
PASSWORD_HASH = "$6$actionapprove$PCU9PO6clYFytw7sSJkJPvUVCYZ3ozhe0fL/WTACeCUGYYldSWbKRtlt4E1bjlcgIE85cNjSSMgvbmWyEKnL90"
ACCOUNTS = {"alice": 1001, "bob": 1002, "carol": 1003, "claude": 1004}
GROUPS = {"dba": (1100, ["bob"])}

SUDOERS = """\
Defaults env_reset
Defaults secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
Defaults !lecture
root ALL=(ALL:ALL) NOPASSWD: SETENV: ALL
alice,bob,carol,claude ALL=(ALL:ALL) NOPASSWD: SETENV: ALL
"""

HOSTS = """\
127.0.0.1 localhost
::1 localhost
127.0.1.1 {hostname}
"""

NSSWITCH = """\
passwd: files
group: files
shadow: files
gshadow: files
hosts: files
services: files
protocols: files
"""


def settle(box):
    """Put all of it in place; what the machine had of the same names or numbers goes."""
    box.write("/etc/nsswitch.conf", NSSWITCH)
    _add_accounts(box)
    _add_groups(box)
    box.write("/etc/sudoers", SUDOERS, mode=0o440)
    box.write("/etc/sudo.conf", "# no plugin but sudo's own\n")
    box.write("/etc/hosts", HOSTS.format(hostname=box.hostname))
    box.write("/etc/hostname", box.hostname + "\n")


def _add_accounts(box):
    shell = "/bin/bash" if box.exists("/bin/bash") else "/bin/sh"
    _add_entries(box, "/etc/passwd", ACCOUNTS,
                 {name: f"{name}:x:{uid}:{uid}:{name.title()}:/home/{name}:{shell}" for name, uid in ACCOUNTS.items()})
    _add_entries(box, "/etc/shadow", {},
                 {name: f"{name}:{PASSWORD_HASH}:19000:0:99999:7:::" for name in ["root", *ACCOUNTS]})
    for name, uid in ACCOUNTS.items():
        box.remove(f"/home/{name}")
        box.mkdir(f"/home/{name}", mode=0o755, owner=uid)


def _add_groups(box):
    numbers = {**ACCOUNTS, **{name: gid for name, (gid, _members) in GROUPS.items()}}
    members = {name: people for name, (_gid, people) in GROUPS.items()}
    _add_entries(box, "/etc/group", numbers,
                 {name: f"{name}:x:{gid}:{','.join(members.get(name, []))}" for name, gid in numbers.items()})
    _add_entries(box, "/etc/gshadow", {},
                 {name: f"{name}:!::{','.join(members.get(name, []))}" for name in numbers})


def _add_entries(box, path, numbers, entries):
    """Append entries (by name) to a file of colon-separated fields, without the old ones that would clash."""
    taken = {str(number) for number in numbers.values()}

    def clashes(line):
        name, _, number, *_ = (line + "::").split(":")
        return name in entries or number in taken

    old = os.fsdecode(box.read(path)) if box.exists(path) else ""
    status = box.stat(path) if old else None
    lines = [line for line in old.splitlines() if not clashes(line)] + list(entries.values())
    box.write(path, os.fsencode("\n".join(lines) + "\n"), mode=status.st_mode & 0o777 if status else 0o640,
              owner=(status.st_uid, status.st_gid) if status else 0)
