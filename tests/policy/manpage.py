#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The manual page of the language: every word has its entry, and every example is valid.

    manpage.py TOOL PAGE [PAGE…]

Of further pages only the format is checked.

The examples stand in the page between ".Bd -literal" and ".Ed", behind a comment that says what
they are; the words are those that "check" itself lists.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from words import words_of_the_language

PRELUDE = """\
channel ops { type slack; room "C0123456789"; token secret "slack" }
channel console { type local }
person bob { unix bob; slack U0BOB }
person carol { unix carol; slack U0CAROL }
group dba { person bob }
group security { person carol }
group admins { person bob carol }
agent bot { unix bot; owner bob }
label pii { path "/srv/customers/**" }
"""
FORMS = {  # what stands in front and behind
    "whole": ("", ""),
    "fragment": (PRELUDE, ""),
    "when": (PRELUDE + "rule x {\n", "deny\n}\n"),
    "allow": (PRELUDE + "rule x {\nwhen command /usr/bin/id\nallow\n", "}\n"),
    "mask": (PRELUDE + "mask {\n", "}\n"),
    "ask": (PRELUDE + "default from admins\nrule x {\nask ops\n", "}\n"),
}
SECTIONS = {
    "at the top level": "STATEMENTS", 'behind "set"': "STATEMENTS", "in a channel": "STATEMENTS",
    "in a person": "STATEMENTS", "in a group": "STATEMENTS", "in an agent": "STATEMENTS",
    "in a label": "STATEMENTS", "in a rule": "RULES", 'behind "when"': "CONDITIONS",
    "in a mask": "MASKS", "in a pattern": "MASKS", "in an option": "MASKS",
}

LINT_DATA = pathlib.Path(__file__).resolve().parents[2] / "policies"


def examples(page):
    """(kind, text) of each."""
    found = re.findall(r'^\.\\" example: (\w+)\n\.Bd -literal -offset indent\n(.*?)^\.Ed$', page,
                       re.MULTILINE | re.DOTALL)
    return [(kind, text.replace("\\e", "\\").replace("\\&", "")) for kind, text in found]


def section(page, name):
    """The source of one section."""
    return re.search(rf"^\.Sh {name}\n(.*?)(?=^\.Sh |\Z)", page, re.MULTILINE | re.DOTALL).group(1)


def check_examples(tool, page):
    """What "check" says of those that are not valid."""
    failures = []
    for kind, text in examples(page):
        with tempfile.NamedTemporaryFile("w", suffix=".policy") as policy:
            policy.write(FORMS[kind][0] + text + FORMS[kind][1])
            policy.flush()
            done = subprocess.run([tool, "check", "--lint-data", str(LINT_DATA), "--accept",
                                   "default,allow-unbound,opaque-ok,approver-ok,automation",
                                   policy.name], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, check=False, timeout=60)
        said = done.stdout.decode()
        if done.returncode != 0 or "warning" in said:
            failures.append(f"an example ({kind}):\n{text}{said}")
    return failures


def check_entries(tool, page):
    """The words that have no entry, or no example."""
    places, values = words_of_the_language(tool)
    shown = {kind: "".join(text for k, text in examples(page) if k == kind) for kind in FORMS}
    shown["statements"] = shown["whole"] + shown["fragment"]
    failures = []
    for place, name in SECTIONS.items():
        text = section(page, name)
        for word in places[place]:
            start = "set " if place == 'behind "set"' else ""
            entry = rf"^\.(It )?(Ic |.* Ic )(.* )?{start}{word}(?![\w-])"
            if name == "CONDITIONS":
                entry = rf"^\.It Ic {word}(?![\w-])"
                if not re.search(rf"^when (not )?{word}(?![\w-])", shown["when"], re.MULTILINE):
                    failures.append(f"{word} {place}: no example")
            if word == "when" and name == "RULES":
                entry = r"^\.Ic when$"
            if not re.search(entry, text, re.MULTILINE):
                failures.append(f"{word} {place}: no entry")
            if name == "STATEMENTS" and word not in ("rule", "include") and \
                    not re.search(rf"(?<![\w-]){word}(?![\w-])", shown["statements"]):
                failures.append(f"{word} {place}: no example")
            if name == "MASKS" and not re.search(rf"^ *{word}(?![\w-])", shown["mask"],
                                                 re.MULTILINE):
                failures.append(f"{word} {place}: no example")
            if name == "RULES" and word not in ("when", "allow", "deny", "ask") and not re.search(
                    rf"^{word}(?![\w-])", shown["ask"] + shown["allow"], re.MULTILINE):
                failures.append(f"{word} {place}: no example")
    for word in values:
        if not re.search(rf"^\..*(?<![\w-]){word}(?![\w-])", page, re.MULTILINE):
            failures.append(f"{word}, a value: no entry")
    return failures, sum(len(words) for words in places.values())


def check_format(path):
    """What the formatters of this host have against it."""
    failures = []
    for command in (["groff", "-ww", "-mandoc", "-Tutf8", "-z", path],
                    ["mandoc", "-Tlint", "-Wwarning", path]):
        if shutil.which(command[0]) is None:
            print(f"{command[0]} is not installed: not asked")
            continue
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              timeout=60)
        if done.stdout or done.returncode != 0:
            failures.append(f"{command[0]}: {done.stdout.decode()}")
    return failures


def main():
    tool, path = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
    page = path.read_text()
    failures, words = check_entries(tool, page)
    failures += check_examples(tool, page)
    for each in sys.argv[2:]:
        failures += check_format(each)
    n = len(examples(page))
    print(f"{words} words, {n} examples, {len(failures)} failures")
    print("".join(f"  {line}\n" for line in failures), end="")
    return 1 if failures or n < 48 else 0


if __name__ == "__main__":
    sys.exit(main())
