# A sandbox for the tables of command lines: the packs in force, every program that is named there, and the files that
# the attempts need. And one way to have all lines explained at once.

import json
import os
import sys

PACKS = ["baseline", "ai-agents", "privilege", "data-export", "deletion", "schema-change", "containers",
         "infrastructure"]
PEOPLE = """\
set cool-down 0s
channel console { type local }
person alice { unix alice }
person bob { unix bob }
person carol { unix carol }
group admins { person bob carol }
agent claude { unix claude; owner alice }
"""
WORK = "/srv/desk"                                    # where all of it is typed
PERMISSIVE = "/etc/actionapprove/permissive"
FOLDERS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin")
AS_THEY_ARE = ("sh", "bash", "dash", "python3", "perl", "sudo")
OF_THE_SHELL = (".", ":", "cd", "eval", "f", "trap")  # no files

# Runs inside: every line through the real tool, all answers as one JSON text.
EXPLAIN = """
import json, os, subprocess, sys
order = json.load(sys.stdin)
answers = []
for words in order["lines"]:
    done = subprocess.run(["actionapprove", "explain", "--json", *words], capture_output=True)
    answers.append([done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")])
names = {}
for name in order["names"]:
    for folder in order["folders"]:
        if os.path.exists(folder + "/" + name):
            names[name] = os.path.basename(os.path.realpath(folder + "/" + name))
            break
json.dump({"answers": answers, "names": names}, sys.stdout)
"""

# Runs inside: a copy of a harmless program for every name that is missing, a link, or a script.
STUBS = """
import json, os, shutil, sys
order = json.load(sys.stdin)
stub = os.path.realpath("/usr/bin/true")
for name in order["names"]:
    places = [folder + "/" + name for folder in order["folders"] if os.path.lexists(folder + "/" + name)]
    for place in [place for place in places if place.startswith("/usr/local/")]:
        os.unlink(place)
        places.remove(place)
    if places and not os.path.islink(places[0]) and open(places[0], "rb").read(4) == b"\\x7fELF":
        continue
    target = places[0] if places else "/usr/bin/" + name
    if places:
        os.unlink(target)
    shutil.copyfile(stub, target)
    os.chmod(target, 0o755)
"""


def configuration(default, ask="ask console; from admins"):
    """As doc/packs.md says: the packs in their order, then what could not be read, then all else."""
    packs = "".join(f'include pack "{pack}" {{ {ask} }}\n' for pack in PACKS)
    return PEOPLE + packs + f"rule unreadable {{ when opaque; risk critical; {ask} }}\n" + default + "\n"


def settle(box, cases):
    """Programs, files and both policies: all else denied (in force), all else allowed."""
    names = {case.argv[0] for case in cases} | {words[0] for case in cases for words in case.inner}
    names |= {"pg_dump", "rm"}
    stubs = sorted(name for name in names if "/" not in name and name not in AS_THEY_ARE + OF_THE_SHELL)
    _inside(box, STUBS, {"names": stubs, "folders": FOLDERS})
    box.sh(f"""
        mkdir -p {WORK}/folder {WORK}/data {WORK}/app
        cp /usr/bin/true {WORK}/pg_dump; cp /usr/bin/true {WORK}/folder/pg_dump; cp /usr/bin/true /usr/local/bin/pg_dump
        cp /usr/bin/true {WORK}/id; cp /usr/bin/true {WORK}/copied-dump; cp /bin/sh {WORK}/copied-sh
        echo 'echo hello' > {WORK}/job.sh; echo 'print(1)' > {WORK}/job.py; chmod 755 {WORK}/job.sh
        chown -R alice {WORK}
        ln -s /usr/bin/pg_dump {WORK}/linked-dump; ln -s {WORK}/linked-dump {WORK}/linked-twice
        ln -s /usr/bin/rm {WORK}/linked-rm; ln -s /bin/sh {WORK}/linked-sh; ln -s /usr/bin/id {WORK}/linked-id
        ln -s /usr/bin/env {WORK}/linked-env; ln -s /etc/shadow {WORK}/linked-shadow
        ln -s /etc/actionapprove/actionapprove.conf {WORK}/linked-conf
        mkdir -p /var/lib/postgresql /var/lib/mysql /home/alice/.aws
    """, check=True)
    box.policy(configuration('default deny "no rule names it"'))
    box.write(PERMISSIVE, configuration("default allow"))


def explain(box, cases, policy=None):
    """One answer a case, and the base names of the files behind names that are links."""
    lines = [["--user", case.user, "--cwd", WORK, "--tty", "none", *(["--policy", policy] if policy else []),
              *case.options, "--", *case.argv] for case in cases]
    names = sorted({words[0] for case in cases for words in [case.argv, *case.inner] if "/" not in words[0]})
    said = _inside(box, EXPLAIN, {"lines": lines, "names": names, "folders": FOLDERS})
    answers = []
    for case, (code, out, err) in zip(cases, said["answers"], strict=True):
        if code not in (0, 1) or not out.startswith("{"):
            raise AssertionError(f"{case.place}: {case.text}: exit {code}: {err}")
        answers.append(json.loads(out))
    return answers, said["names"]


def _inside(box, script, order):
    done = box.run([sys.executable, "-B", "-c", script], stdin=json.dumps(order).encode(), check=True, timeout=300)
    return json.loads(done.stdout) if done.stdout else None


def base(path):
    return os.path.basename(path)
