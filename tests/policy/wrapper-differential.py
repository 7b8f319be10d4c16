#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Runs the real env, nice, timeout … with random spellings of their options and stubs for commands,
and holds what ran against the reading: each command that ran has to be in it, or it has to be
opaque. Usage: wrapper-differential.py PRINTER STUB [ROUNDS [SEED]]"""
import json
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile

STUBS = ["one", "two", "5", "0x1", "echo", "KEY", "-stub"]
COMMANDS = ["one", "two", "one", "./one", "5", "0x1"]
BEHIND = ["a", "-i", "-n", "5", "--", "-c", "one", "x y", "{}", "+", "A=1"]

# what may stand before the command: each entry is one word or several
PROGRAMS = {
    "env": ["-i", "-v", "-", ["-u", "A"], "-uB", "--unset=A", ["--uns", "B"], ["-C", "sub"], "-Csub",
            "--chdir=sub", ["--ch", "sub"], "A=1", "B=x y", "--", "--block-signal", "--default-signal=INT",
            "--ignore-signal=PIPE", "--list-signal-handling", ["-iu", "A"], ["-viC", "sub"], "--debug",
            "--foo", "-0", "--s", "=x", "-x", "SPLIT"],
    "nice": ["-5", "--5", "-+5", "-n5", ["-n", "5"], ["-n", "-1"], "--adjustment=1", ["--adj", "2"], "--",
             "-", "-1x", "--help", "-x", ["-n", "--"]],
    "timeout": ["5", "5s", ["-k", "5"], "-k5", ["-s", "KILL"], "-sKILL", "--signal=KILL",
                ["--kill-after", "5"], "--foreground", "--fore", "--preserve-status", "-v", "--verbose", "--",
                "-f", "-p", "-vk5", "--s=KILL", "--help"],
    "nohup": ["--", "--help", "-x"],
    "setsid": ["-w", "-c", "--wait", "--w", "--", "-wc", "-x", "--ctty"],
    "stdbuf": ["-oL", ["-o", "L"], "-e0", ["-i", "0"], "--output=L", ["--err", "0"], "--", "-x"],
    "time": ["-p", "-v", "-q", ["-f", "%e"], "-f%e", ["-o", "out"], "-ao5", ["-ao", "out"], "--verbose",
             "--quiet", ["--format", "x"], "--output=out", "--port", "--", "-V", "-x"],
    "ionice": ["-c2", ["-c", "3"], ["-n", "5"], "-n5", "-t", "--ignore", "--class=2", ["--classd", "5"],
               ["-tc", "2"], "--", "-h", "--class"],
    "chrt": ["0", "-o", "-b", "-i", "--other", "--batch", "-R", "-v", "-bR", "--", "1", "-T5", "-x"],
    "taskset": ["1", "-c", "0", "--cpu-list", "-a", "0x1", "--", "-ac", "--cpu", "-x"],
    "choom": [["-n", "5"], "-n5", "--adjust=5", ["--adj", "5"], "--"],
    "setpriv": ["--clear-groups", "--keep-groups", "--no-new-privs", "--nnp", "--ruid=0", ["--reuid", "0"],
                "--inh-caps=-all", "--reset-env", ["--pdeathsig", "clear"], "--", "--init", "--d", "-d"],
    "prlimit": ["-n500", ["-n", "5"], "--nofile=500", ["--nofile", "5"], "--nproc", "-v", "-n=500:500", "--",
                "--core=0", "-c0", "--raw", "--noh", "-x"],
    "setarch": ["x86_64", "linux64", "-R", "-v", "--addr-no-randomize", "-RS", "--uname-2.6", "--", "--list",
                "--3gb", "-3", "--sticky"],
    "linux64": ["-R", "-v", "--addr-no-r", "-RS", "--", "--foo"],
    "flock": ["lock", "lock", "-n", "-x", ["-w", "5"], "-w5", ["-E", "5"], "--nb", "-nE5", "--close", "-o", "-F",
              "-c", "--command", "--", "--timeout=5", "-x", "--verbose", "--no", "9"],
    "chroot": ["/", "--skip-chdir", "--userspec=0:0", ["--groups", ""], "--"],
    "runuser": [["-u", "root"], "-uroot", "--user=root", "--", "root", ["-c", "one a"], "--command=two b",
                ["-s", "/bin/sh"], ["-c", "-x"], "-f", "-P"],
    "xargs": ["-0", "-r", "-t", "-x", ["-n", "1"], "-n2", ["-L", "1"], "-l", "-l1", ["-I", "{}"], "-I{}",
              "-i", "-iKEY", ["-I", "KEY"], "--replace", "--replace=a", ["-P", "1"], "-P1", ["-a", "items"],
              "--arg-file=items", ["-d", ","], "-d,", ["-E", "i2"], "-e", "-ei2", ["-s", "500"], "--max-args=1",
              ["--max-p", "1"], "--", "-rt", ["-rn", "1"], "--null", "--verbose", "-o", "--open", "--foo",
              "--process-slot-var=A"],
    "tini": ["-s", "-v", "-g", "-w", ["-e", "5"], "-e5", ["-p", "KILL"], "--", "-vg"],
    "dumb-init": ["-c", "-v", ["-r", "15:2"], "--rewrite=15:2", "--single-child", "--", "--ver"],
    "gosu": ["root", "0:0", "--"],
    "chpst": ["-v", "-P", ["-n", "1"], "-n1", "-0", "-1", ["-u", "root"], "-vP", "--", "-x", ["-o", "500"],
              ["-b", "x"]],
    "softlimit": [["-o", "500"], "-o500", ["-c", "0"], "--", "-x"],
    "setuidgid": ["root", "--"],
    "chronic": ["-v", "-e", "-ve", "--"],
    "ifne": ["-n", "--"],
    "numactl": ["-l", "--localalloc", "-a", "--all", ["-C", "0"], "-C0", "--physcpubind=0", "--"],
    "strace": ["-f", ["-o", "out"], "-oout", "-q", "-qq", ["-e", "trace=file"], ["-E", "A=1"], "-EB=2", "--",
               "--quiet", "--output=out", "-fo5", "--foll", "-x"],
    "find": [],
}
OPERANDS = {"timeout": "5", "chrt": "0", "taskset": "0x1", "flock": "lock", "chroot": "/",
            "gosu": "root", "setuidgid": "root"}
FRAGMENTS = ["one", "two", " ", " ", "\\_", '"', "'", "#", "$", "${A}", "\\c", "\\n", "a", "A=1", "-i", "-u",
             "\\\\", "\\'", "\t", "-C", "sub", "--", "-S"]
FIND = ["-name", "*", "-type", "f", "-o", "!", "(", ")", "-true", "-print", "-exec", "-execdir", "-exec", "one",
        "two", ";", "+", "{}", "{}", "x{}y", ";", "-maxdepth", "1", "sub", "-prune", "-ok"]


def flat(entry):
    return [entry] if isinstance(entry, str) else list(entry)


def command_line(program, dice):
    if program == "find":
        words = [] if dice.random() < 0.3 else ["sub"]
        for _ in range(dice.choice([0, 0, 0, 2])):
            words.append(dice.choice(FIND))
        for _ in range(dice.randint(1, 3)):
            words += [dice.choice(["-exec", "-execdir", "-exec", "-ok"]), dice.choice(["one", "two", "{}", "./one"])]
            words += [dice.choice(FIND) for _ in range(dice.choice([0, 0, 0, 1, 3]))]
            words += dice.choice([[";"], ["{}", "+"], ["{}", ";"], ["a{}b", ";"], [";"], ["+"]])
        return words
    words = []
    for _ in range(dice.randint(0, 4)):
        entry = dice.choice(PROGRAMS[program])
        if entry == "SPLIT":
            text = "".join(dice.choice(FRAGMENTS) for _ in range(dice.randint(1, 8)))
            entry = dice.choice([["-S", text], "-S" + text, "-iS" + text, "--split-string=" + text,
                                 ["--sp", text], ["-vS", text]])
        words += flat(entry)
    if program in OPERANDS and dice.random() < 0.7:
        words.append(OPERANDS[program])
    if dice.random() < 0.9:
        words.append(dice.choice(COMMANDS))
    return words + [dice.choice(BEHIND) for _ in range(dice.randint(0, 3))]


def fits(wanted, got):
    """Whether words with doubts can be these words."""
    if not wanted:
        return not got
    (text, doubt), rest = wanted[0], wanted[1:]
    if doubt == 2:
        return any(fits(rest, got[i:]) for i in range(len(got) + 1))
    if not got or (got[0] != text if doubt == 0 else not got[0].startswith(text)):
        return False
    return fits(rest, got[1:])


def explains(inner, run, folder):
    words = inner["words"]
    if inner["shell"]:
        try:
            words = [[word, 0] for word in shlex.split(words[0][0])]
        except ValueError:
            return False
    elif os.path.basename(words[0][0]) in ("sh", "bash") and len(words) > 2 and words[1][0] == "-c":
        words = [[word, 0] for word in shlex.split(words[2][0])]
    if not words or not fits([[os.path.basename(words[0][0]), 0]] + words[1:], run["words"]):
        return False
    for variable in run["variables"]:
        if not any(text == variable or (doubt and variable.startswith(text)) for text, doubt in inner["assigned"]):
            return False
    said = inner["folder"]
    return said == "" or os.path.realpath(os.path.join(folder, said or ".")) == run["folder"]


def runs_of(log):
    if not os.path.exists(log):
        return []
    with open(log, "rb") as file:
        fields = file.read().decode("utf-8", "surrogateescape").split("\0")
    os.unlink(log)
    runs = []
    for field in fields:
        if field[:1] == "0":
            runs.append({"words": [field[1:]], "variables": [], "folder": None})
        elif field[:1] == "w":
            runs[-1]["words"].append(field[1:])
        elif field[:1] == "f":
            runs[-1]["folder"] = field[1:]
        elif field[:1] == "v":
            runs[-1]["variables"].append(field[1:])
    return runs


def main():
    printer, stub = sys.argv[1:3]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 40
    dice = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 4)
    failures = 0
    total_ran = 0
    with tempfile.TemporaryDirectory(prefix="wrapper-") as folder:
        folder = os.path.realpath(folder)
        for name in STUBS:
            shutil.copy(stub, os.path.join(folder, name))
        path = os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/sbin:/sbin"
        for program in PROGRAMS:
            file = shutil.which(program, path=path)
            if file is None:
                print(f"{program}: not installed, left out")
                continue
            lines = [command_line(program, dice) for _ in range(rounds)]
            answer = subprocess.run([printer], check=True, capture_output=True, encoding="utf-8",
                                    input="".join("".join(word + "\x1f" for word in [program] + line) + "\x1e"
                                                  for line in lines))
            readings = [json.loads(line) for line in answer.stdout.splitlines()]
            assert len(readings) == len(lines)
            ran = opaque = 0
            for line, reading in zip(lines, readings):
                for name in os.listdir(folder):
                    if name not in STUBS:
                        shutil.rmtree(os.path.join(folder, name), ignore_errors=True)
                        if os.path.exists(os.path.join(folder, name)):
                            os.unlink(os.path.join(folder, name))
                work = os.path.join(folder, "work")
                os.makedirs(os.path.join(work, "sub"))
                for name in ("sub/f1", "sub/f2"):
                    with open(os.path.join(work, name), "w", encoding="utf-8"):
                        pass
                with open(os.path.join(work, "items"), "w", encoding="utf-8") as items:
                    items.write("j1 j2\n")
                for place in (work, os.path.join(work, "sub")):
                    os.symlink(os.path.join(folder, "one"), os.path.join(place, "one"))
                try:
                    subprocess.run([program] + line, executable=file, cwd=work, timeout=3, check=False,
                                   input=b"i1 i2\ni3\n", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env={"PATH": folder, "LC_ALL": "C"})
                except subprocess.TimeoutExpired:
                    print(f"{program} {line}: took too long")
                runs = runs_of(os.path.join(folder, "log"))
                ran += bool(runs) and reading["opaque"] is None
                opaque += reading["opaque"] is not None
                if reading["opaque"] is not None:
                    continue
                for run in runs:
                    if not any(explains(inner, run, work) for inner in reading["inner"]):
                        failures += 1
                        print(f"{shlex.join([program] + line)}\n  ran {run}\n  and was read as {reading}")
            total_ran += ran
            print(f"{program}: {len(lines)} command lines, {ran} ran what was read, {opaque} opaque")
    if total_ran == 0:
        print("none of the programs ran anything here")
        return 77
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
