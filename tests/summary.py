#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Adds up what the suites reported, and ends with the line "N passed, N failed, N skipped"."""
import json
import pathlib
import re
import sys
import xml.etree.ElementTree

PASSED, FAILED, SKIPPED = range(3)


def from_meson(path, counts):
    for line in path.read_text().splitlines():
        result = json.loads(line)["result"]
        index = PASSED if result in ("OK", "EXPECTEDFAIL") else SKIPPED if result == "SKIP" else FAILED
        counts[index] += 1
        if index == FAILED:
            print("failed:", json.loads(line)["name"])


def from_pytest(path, counts):
    for case in xml.etree.ElementTree.parse(path).getroot().iter("testcase"):
        kinds = {child.tag for child in case}
        index = FAILED if kinds & {"failure", "error"} else SKIPPED if "skipped" in kinds else PASSED
        counts[index] += 1
        if index == FAILED:
            print("failed:", case.get("classname"), case.get("name"))


def from_counts(path, counts):
    for index, number in enumerate(path.read_text().split()):
        counts[index] += int(number)


LINE = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", re.M)


def keep_counts(log, target):
    """What a run elsewhere printed as its last line, for from_counts."""
    found = LINE.findall(pathlib.Path(log).read_text(errors="replace"))
    if not found:
        return 1
    pathlib.Path(target).write_text(" ".join(found[-1]))
    return 0


def main(arguments):
    if arguments[0] == "--from-log":
        return keep_counts(*arguments[1:])
    counts = [0, int(arguments[1]), 0]
    readers = {".json": from_meson, ".xml": from_pytest, ".counts": from_counts}
    for path in sorted(pathlib.Path(arguments[0]).iterdir()):
        before = list(counts)
        readers[path.suffix](path, counts)
        print(f"{path.name:24} " + ", ".join(
            f"{counts[i] - before[i]} {word}" for i, word in enumerate(("passed", "failed", "skipped"))))
    print("{} passed, {} failed, {} skipped".format(*counts))
    return 1 if counts[FAILED] or not counts[PASSED] else 0


sys.exit(main(sys.argv[1:]))
