#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The shipped packs: each alone and all together are a valid configuration, and keep the house's rules.

    packs.py TOOL PACKS-FOLDER FOLDER DOCUMENT [--update]

FOLDER holds the prelude and the golden list of every rule with what it decides. DOCUMENT names each pack and each of
its rules.
"""
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ORDER = ["baseline", "ai-agents", "privilege", "data-export", "deletion", "schema-change", "containers",
         "infrastructure"]
REFERENCE = re.compile(r"(when label )([a-z0-9-]+)")
RISKS = ("low", "medium", "high", "critical")
complaints = []


def complain(pack, text):
    complaints.append(f"{pack}: {text}")


def statements(text):
    """(kind, name, body) of every rule and label."""
    found, at = [], 0
    lines = text.splitlines()
    while at < len(lines):
        start = re.match(r"(rule|label) (\S+) \{", lines[at])
        if start is None:
            at += 1
            continue
        body = [lines[at]]
        while not body[-1].rstrip().endswith("}"):
            at += 1
            body.append(lines[at])
        found.append((start[1], start[2], "\n".join(body)))
        at += 1
    return found


def check(tool, text, what):
    with tempfile.NamedTemporaryFile("w", suffix=".policy") as file:
        file.write(text)
        file.flush()
        done = subprocess.run([tool, "check", file.name], stdin=subprocess.DEVNULL, timeout=60, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = [line for line in done.stdout.splitlines() if ("error:" in line or "warning:" in line) and
            "is not supported yet" not in line and "lint data missing" not in line]
    if done.returncode != 0 or said:
        complain(what, f"exit {done.returncode}\n" + done.stdout)
    return done.stdout.splitlines()[-1].replace(os.path.basename(file.name), "")


def house_rules(pack, text):
    if not text.startswith(f"# {pack}: ") or f'include pack "{pack}"' not in text or "eft out" not in text:
        complain(pack, "its first comment does not say what it is for, how to include it and what it leaves out")
    for kind, name, body in statements(text):
        code = re.sub(r"(^|\s)#.*", "", body)
        asks = re.search(r"\bask\b", re.sub(r'"[^"]*"', "", code)) is not None
        if kind == "label":
            continue
        if pack == "baseline":
            allow_rule(name, code)
        elif re.search(r"\ballow\b", code):
            complain(pack, f"{name} allows")
        if asks and not re.search(r"\brisk (%s)\b" % "|".join(RISKS), code):
            complain(pack, f"{name} asks without a risk")
        if pack == "ai-agents" and "when agent any" not in code:
            complain(pack, f"{name} holds for people, too")


def allow_rule(name, code):
    """Only full paths of programs, only exact words, and a star only where no option can stand."""
    words = [word for line in re.findall(r"when args(.*?)[;\n]", code) for word in line.split()]
    paths = re.findall(r"when command(.*?)[;\n]", code)
    if len(paths) != 1 or "when args" not in code or "..." in words:
        complain("baseline", f"{name} needs one line of commands, and exact args")
    for path in paths[0].split():
        if not re.fullmatch(r'"/usr/s?bin/[a-z-]+"', path):
            complain("baseline", f"{name}: {path} is no exact path")
    for i, word in enumerate(words):
        if "*" in word and word != '"*"' and re.fullmatch(r'"(\+|--[a-z]+=)\*"', word) is None:
            complain("baseline", f"{name}: {word} may be more than one would think")
        if word == '"*"' and (i == 0 or words[i - 1] not in ('"--"',)):
            complain("baseline", f"{name}: an option can stand at {word}")


def renamed(pack, text):
    """As an include would name them."""
    text = re.sub(r"^(rule|label) ([a-z0-9-]+)", rf"\1 {pack}_\2", text, flags=re.M)
    return REFERENCE.sub(rf"\g<1>{pack}_\2", text)


def main():
    tool, packs, folder, document = sys.argv[1], *map(pathlib.Path, sys.argv[2:5])
    prelude = (folder / "prelude").read_text()
    texts = {path.stem: path.read_text() for path in sorted(packs.glob("*.policy"))}
    if sorted(texts) != sorted(ORDER):
        complain("packs", f"they are {sorted(texts)}, expected {sorted(ORDER)}")
    described = document.read_text()
    listing = []
    for pack in (name for name in ORDER if name in texts):
        listing.append(f"{pack}: {check(tool, prelude + texts[pack], pack)}\n")
        house_rules(pack, texts[pack])
        section = described.partition(f"## {pack}\n")[2].partition("\n## ")[0]
        for kind, name, body in statements(texts[pack]):
            decides = re.search(r"\b(allow|deny|ask)\b", re.sub(r"#.*", "", body)) if kind == "rule" else None
            risk = re.search(r"\brisk (\w+)", body)
            listing.append(f"    {kind} {name}" + (f": {decides[1]}" if decides else "") +
                           (f", {risk[1]}" if risk else "") + "\n")
            if f"`{name}`" not in section:
                complain(pack, f"{document.name} does not name the {kind} {name}")
    together = prelude + "".join(renamed(pack, texts[pack]) for pack in ORDER if pack in texts)
    listing.append(f"together: {check(tool, together, 'together')}\n")

    golden = folder / "packs.ok"
    wanted = golden.read_text() if golden.exists() else ""
    if "--update" in sys.argv[5:]:
        golden.write_text("".join(listing))
    elif "".join(listing) != wanted:
        sys.stdout.writelines(difflib.unified_diff(wanted.splitlines(True), listing, golden.name, "now"))
        complain("packs", "not as when somebody looked; --update writes the list anew")
    print("\n".join(complaints) or f"{len(texts)} packs as they should be")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
