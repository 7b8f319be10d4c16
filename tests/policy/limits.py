#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What is too much for the language, to the byte; and how "check" takes files and options.

    limits.py TOOL
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

MIB = 1024 * 1024
RULES_MAX = 20000
FILES_MAX = 1024

LINT_DATA = str(pathlib.Path(__file__).resolve().parents[2] / "policies")
TOOL = os.path.abspath(sys.argv[1])
failures = []


def check(*words, text=None, folder=None):
    done = subprocess.run([TOOL, "check", "--lint-data", LINT_DATA, *words], cwd=folder, input=text, timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"})
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def expect(name, answer, code, *parts):
    said = answer[1] + answer[2]
    missing = [part for part in parts if part not in said]
    if answer[0] != code or missing:
        failures.append(f"{name}: exit {answer[0]}, wanted {code} and {missing}\n{said[:600]}")


def rules(n, first=0):
    return "".join(f"rule r{i}{{deny}}\n" for i in range(first, first + n)).encode()


def sizes():
    whole = rules(1)
    for more, code, says in [(0, 0, "valid: 1 rules"),
                             (1, 1, f"the file has {MIB + 1} bytes; the maximum is {MIB}"),
                             (2, 1, "the file is larger than 1 MiB"),
                             (4 * MIB, 1, "the file is larger than 1 MiB")]:
        filler = b"#" + b"x" * (MIB + more - len(whole) - 2) + b"\n"
        expect(f"1 MiB and {more}", check("-", text=whole + filler), code, says)


def attributes():
    for n, code, says in [(64, 0, "valid"), (65, 1, "labels name more than 64 extended attributes")]:
        labels = "".join(f"label l{i} {{ xattr user.a{i} x; xattr user.a0 y }}\n" for i in range(n))
        expect(f"{n} attributes", check("-", text=labels.encode()), code, says)


def masks():
    """So many of each, and one more."""
    def block(n, *lines):
        return "mask {\n" + "\n".join(line.format(i=i) for i in range(n) for line in lines) + "\n}\n"

    kinds = {
        "more than 256 patterns": (256, lambda n: block(n, 'pattern own-{i} {{ match "own{i}" }}')),
        "more than 1024 option blocks": (1024, lambda n: block(n, "option own {{ value -p }}")),
        "more than 1024 words of": (1024, lambda n: block(n, "name own{i}")),
        'more than 1024 words of "harmless" and "name"':
            (1024, lambda n: block(1000, "name own{i}") + block(n - 1000, "harmless path{i}")),
        "more than 64 literals of one pattern":
            (64, lambda n: 'mask { pattern own { match "own"\n' +
             "".join(f"near own{i}\n" for i in range(n)) + "} }\n"),
        "more than 256 words in one option block":
            (256, lambda n: "mask { option own {\n" + "".join(f"value --o{i}\n" for i in range(n)) + "} }\n"),
        "more than 64 examples in one block":
            (64, lambda n: 'mask { pattern own { match "own"\n' + 'spares "nothing"\n' * n + "} }\n"),
    }
    for says, (most, text) in kinds.items():
        expect(f"{most}: {says}", check("-", text=text(most).encode()), 0, "valid")
        expect(f"{most + 1}: {says}", check("-", text=text(most + 1).encode()), 1, says)
    for size, code in [(1, 1), (2, 0), (64, 0), (65, 1)]:
        expect(f"a literal of {size} bytes",
               check("-", text=f'mask {{ pattern own {{ match "own"; near {"x" * size} }} }}'.encode()), code)
    for name, code in [("x" * 64, 0), ("x" * 65, 1)]:
        expect(f"a name of {len(name)}", check("-", text=f'mask {{ pattern {name} {{ match "own" }} }}'.encode()), code)
    for part, code in [("x" * 32, 0), ("x" * 33, 1)]:
        expect(f"a part of {len(part)}", check("-", text=f"mask {{ name {part} }}".encode()), code)
    for kind, code in [("x" * 16, 0), ("x" * 17, 1)]:
        expect(f"a type of {len(kind)}",
               check("-", text=f'mask {{ pattern own {{ type {kind}; match "own" }} }}'.encode()), code)
    expect("an allow rule beside it", check("-", text=b"mask { name own }\n" + rules(1)), 0, "valid: 1 rules")


def many_rules():
    start = time.monotonic()
    expect("20,000 rules", check("-", text=rules(RULES_MAX)), 0, f"valid: {RULES_MAX} rules")
    spent = time.monotonic() - start
    if spent > 20:
        failures.append(f"20,000 rules took {spent:.1f} s")
    expect("20,001 rules", check("-", text=rules(RULES_MAX + 1)), 1,
           "(standard input):20001:6: error: more than 20000 rules")


def lint_time(folder):
    """Rules of a kind, as many as there may be: none takes longer than a person would notice."""
    kinds = {
        "services": 'when command "/usr/bin/systemctl"; when args "--no-pager" "restart" "app{i}"; allow',
        "globs of users": 'when user "u{i}*"; when command id; deny',
        "only globs": 'when user "u{i}*"; deny',
        "every program": 'when user u{i}; when command "/usr/bin/*"; allow',
        "one rule again and again": 'when user x; when not command id; deny',
        "exceptions": 'when not user x{i}; when command id; ask c; from g',
    }
    for kind, body in kinds.items():
        for part in range(2):
            text = 'default deny "x"\nchannel c { type local }\nperson p { unix p }\ngroup g { person p }\n' \
                if part == 0 else ""
            for i in range(part * RULES_MAX // 2, (part + 1) * RULES_MAX // 2):
                text += f"rule r{i} {{ {body.format(i=i)} }}\n"
            (folder / f"lint{part}.policy").write_text(text)
        spent = []
        for hidden in ["never,escape,star", "data"]:
            start = time.monotonic()
            expect(kind, check("--accept", hidden, "lint0.policy", "lint1.policy", folder=folder), 0,
                   f"valid: {RULES_MAX} rules")
            spent.append(time.monotonic() - start)
        print(f"{RULES_MAX} rules, {kind}: {spent[0]:.2f} s without looking for shadows, {spent[1]:.2f} s with it")
        if spent[1] > 10:
            failures.append(f"{kind}: lint took {spent[1]:.1f} s")


def files(folder):
    (folder / "a.policy").write_bytes(rules(2))
    (folder / "b.policy").write_bytes(rules(3, first=2))
    (folder / "same.policy").write_bytes(b"\n\n" + rules(1, first=1))
    expect("two files", check("a.policy", "b.policy", folder=folder), 0,
           "valid: 5 rules in 2 files")
    expect("a name of another file", check("a.policy", "same.policy", folder=folder), 1,
           "same.policy:3:6: error: there is a rule named r1 already, in a.policy line 2")
    (folder / "half.policy").write_bytes(rules(RULES_MAX // 2, first=10))
    (folder / "rest.policy").write_bytes(rules(RULES_MAX // 2 + 1, first=100000))
    expect("20,001 rules in two files", check("half.policy", "rest.policy", folder=folder), 1,
           "rest.policy:10001:6: error: more than 20000 rules")
    expect("missing", check("a.policy", "none.policy", folder=folder), 1,
           "error: none.policy: No such file or directory")
    os.symlink("a.policy", folder / "link.policy")
    expect("a link", check("link.policy", folder=folder), 1,
           "error: link.policy: a symbolic link, which is refused")
    expect("a folder", check(".", folder=folder), 1, "error: .: a folder")
    names = []
    for i in range(FILES_MAX + 1):
        names.append(f"{i}.policy")
        (folder / names[-1]).write_bytes(rules(1, first=i))
    expect("1024 files", check(*names[:FILES_MAX], folder=folder), 0,
           f"valid: {FILES_MAX} rules in {FILES_MAX} files")
    expect("1025 files", check(*names, folder=folder), 1,
           "more files than a configuration may have")


def options():
    good = rules(1)
    bad = (b'rule "\xe2\x82\xac" { when usr x; deny }\n'
           b'rule t { when time mon 01:00-02:00 03:00-04:00; deny }\n')
    expect("quiet and valid", check("--quiet", "-", text=good), 0)
    if check("--quiet", "-", text=good)[1:] != ("", ""):
        failures.append("--quiet says something of a valid policy")
    expect("quiet and not valid", check("-q", "-", text=bad), 1, "unknown word")
    expect("unknown option", check("--bogus"), 2, "usage: actionapprove check")
    expect("a fragment", check("--fragment", "-", text=b"rule a { ask ops; from dba }\n"), 0)
    expect("the whole of it", check("-", text=b"rule a { ask ops; from dba }\n"), 1,
           'there is no channel "ops"')
    code, out, err = check("--json", "-", text=bad)
    said = json.loads(out)
    if code != 1 or err or said["valid"] or len(said["complaints"]) != 2:
        failures.append(f"--json: {code}, {out}, {err}")
    first, second = said["complaints"]
    if (first["severity"], first["line"], first["column"]) != ("error", 1, 17) or \
       (second["severity"], second["line"]) != ("warning", 2) or \
       first["file"] != "(standard input)" or "unknown word" not in first["message"]:
        failures.append(f"--json: {said}")
    code, out, err = check("--json", "-", text=good)
    if [c["lint"] for c in json.loads(out)["complaints"]] != ["default"] or "[default]" in out:
        failures.append(f"--json of a warning: {out}")
    less = b'rule l { when command "/usr/bin/less"; allow; opaque-ok }\n'
    expect("warnings", check("-", text=less), 0, "[escape]", "[opaque-ok]", "[default]")
    expect("strict", check("--strict", "-", text=less), 1, "[escape]", "valid: 1 rules")
    expect("strict and quiet", check("--strict", "--quiet", "-", text=less), 1, "[escape]")
    if check("--quiet", "-", text=less) != (0, "", ""):
        failures.append("--quiet says something of what is only warned of")
    answer = check("--accept", "escape,default", "--accept=opaque-ok", "--strict", "-", text=less)
    expect("accepted", answer, 0, "valid: 1 rules")
    if answer[2]:
        failures.append(f"--accept: {answer}")
    expect("accepted one", check("--accept", "escape", "--strict", "-", text=less), 1, "[opaque-ok]")
    for wrong in ["nothing", "escape,,star", "escape nothing", "x" * 1000]:
        expect("--accept " + wrong[:20], check("--accept", wrong, "-", text=less), 2, "usage: actionapprove check")
    expect("a fragment has no default", check("--fragment", "--strict", "-", text=good), 0)
    expect("data missing", check("--lint-data", "/nonexistent", "-", text=less), 0,
           "lint data missing: /nonexistent/escapes.list", "[data]", "valid: 1 rules")
    good += b"default deny\n"
    if json.loads(check("--json", "-", text=good)[1]) != {"valid": True, "rules": 1,
                                                          "complaints": []}:
        failures.append("--json of a valid policy")


def main():
    sizes()
    attributes()
    masks()
    many_rules()
    with tempfile.TemporaryDirectory() as folder:
        files(pathlib.Path(folder))
        lint_time(pathlib.Path(folder))
    options()
    for failure in failures:
        print(failure)
    print(f"{len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
