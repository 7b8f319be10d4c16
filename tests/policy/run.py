#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Golden files: what the tool says of a policy, held against what it said when somebody looked.

    run.py TOOL check FOLDER [--update]     NAME.policy          against NAME.ok
    run.py TOOL explain FOLDER [--update]   NAME.policy + .case  against NAME.ok
    run.py TOOL mask FOLDER [--update]      the same

A .case has one command line a row, as "explain" or "mask" takes it; rows that start with "#" stay in the
answer. A .ok begins with the exit code. --update writes the .ok files: read the difference before
you believe it. A file "prelude" in the folder is put in front of every policy.
"""
import difflib
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

SKIPPED = 77
LINT_DATA = str(pathlib.Path(__file__).resolve().parents[2] / "policies")


def run(tool, words, folder):
    done = subprocess.run([tool, *words], cwd=folder, stdin=subprocess.DEVNULL, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"})
    return f"exit {done.returncode}\n" + done.stdout.decode("utf-8", "backslashreplace")


def check(tool, policy, folder):
    return run(tool, ["check", "--lint-data", LINT_DATA, policy.name], folder)


def explain(tool, policy, folder, command="explain"):
    answers = []
    for row in policy.with_suffix(".case").read_text().splitlines():
        if row.startswith("#") or not row.strip():
            answers.append(row + "\n")
            continue
        answers.append("$ " + row + "\n")
        answers.append(run(tool, [command, "--policy", policy.name, *shlex.split(row)], folder))
    return "".join(answers)


def mask(tool, policy, folder):
    return explain(tool, policy, folder, "mask")


def host_is_ordinary():
    """Decisions depend on files of the host: these have to be root's alone, as on any system."""
    for path in ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
                 "/usr/local", "/usr", "/", "/usr/bin/id", "/usr/bin/env", "/usr/bin/find",
                 "/usr/bin/cat"]:
        try:
            facts = os.stat(path)
        except FileNotFoundError:
            if path.startswith("/usr/local"):
                continue
            return f"{path} is missing"
        if facts.st_uid != 0 or facts.st_mode & 0o022:
            return f"{path} is not root's alone"
    return None


def with_prelude(folder, scratch):
    """The folder itself, or a copy with its prelude in front of every policy."""
    prelude = folder / "prelude"
    if not prelude.exists():
        return folder
    for policy in folder.glob("*.policy"):
        (scratch / policy.name).write_text(prelude.read_text() + policy.read_text())
        case = policy.with_suffix(".case")
        if case.exists():
            (scratch / case.name).write_text(case.read_text())
    return scratch


def main():
    tool, kind, folder = os.path.abspath(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
    update = "--update" in sys.argv[4:]
    make = {"check": check, "explain": explain, "mask": mask}[kind]
    if kind == "explain":
        why = host_is_ordinary()
        if why:
            print(f"skipped: {why}")
            return SKIPPED
    policies = sorted(folder.glob("*.policy"))
    failed = 0
    if not policies:
        print(f"there are no policies in {folder}")
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        place = with_prelude(folder, pathlib.Path(scratch))
        for policy in policies:
            answer = make(tool, place / policy.name, place)
            golden = policy.with_suffix(".ok")
            wanted = golden.read_text() if golden.exists() else ""
            if update:
                golden.write_text(answer)
            elif answer != wanted:
                failed += 1
                sys.stdout.writelines(difflib.unified_diff(
                    wanted.splitlines(True), answer.splitlines(True), golden.name, "now"))
    print(f"{len(policies)} policies, {failed} differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
