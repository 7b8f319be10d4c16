#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Recall and precision of masking over labelled command lines.

    corpus.py TOOL FILE… [--verbose]
    corpus.py --self-test

A line of a corpus is a command line with marks around what has to be hidden: ⟦s:a secret⟧, ⟦p:personal data⟧; "#" at its
start makes it a comment. Each goes through the tool twice: as a text, and split into words as the arguments of a
command. Nothing but figures is printed without --verbose, since a corpus may be one that is not to be looked at.

A value is found if every byte of it that is no shell syntax is covered, and one at least. A token is right if it lies
within one value: a byte too many on either side makes it wrong.
"""
import argparse
import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

SYNTAX = frozenset(b"\0 \t\n\r\v\f$();|&<>`'\"\\")  # aa_mask_is_syntax()
MARK = re.compile("⟦([sp]):(.*?)⟧")
BARS = {"secrets": 0.98, "personal": 0.95, "tokens": 0.95}
KINDS = {"s": "secrets", "p": "personal"}


class Line:
    """One command line: its bytes, and the marked values in it as (kind, first byte, byte behind)."""

    def __init__(self, number, marked):
        self.number = number
        self.values = []
        plain, at = b"", 0
        for mark in MARK.finditer(marked):
            plain += marked[at:mark.start()].encode()
            value = mark[2].encode()
            self.values.append((mark[1], len(plain), len(plain) + len(value)))
            plain += value
            at = mark.end()
        self.bytes = plain + marked[at:].encode()
        if "⟦" in self.bytes.decode() or "⟧" in self.bytes.decode():
            raise ValueError(f"line {number}: its marks are not balanced")
        self.words, self.origins = split(self.bytes.decode())
        if self.words != shlex.split(self.bytes.decode()):
            raise ValueError(f"line {number}: it cannot be split into words")


def split(text):
    """The words of shlex.split(), and for every byte of each its place in the text's bytes."""
    words, origins, at, quote, escaped = [], [], 0, None, None
    word, origin = None, []

    def add(character, place):
        nonlocal word
        word = (word or "") + character
        origin.extend(range(place, place + len(character.encode())))

    for character in text:
        place, at = at, at + len(character.encode())
        if escaped is not None:
            if quote == '"' and character not in '"\\':
                add("\\", escaped)
            add(character, place)
            escaped = None
        elif character == "\\" and quote != "'":
            escaped = place
            word = word or ""
        elif quote is not None:
            if character == quote:
                quote = None
            else:
                add(character, place)
        elif character in "'\"":
            quote = character
            word = word or ""
        elif character in " \t\r\n":
            if word is not None:
                words.append(word)
                origins.append(origin)
            word, origin = None, []
        else:
            add(character, place)
    if word is not None:
        words.append(word)
        origins.append(origin)
    return words, origins


def read(path):
    lines = path.read_text(encoding="utf-8").split("\n")
    return [Line(number, line) for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]


def places(line, found):
    """The bytes of the line that each token covers."""
    if "word" in found:
        return line.origins[found["word"]][found["at"]:found["at"] + found["length"]]
    return list(range(found["at"], found["at"] + found["length"]))


class Score:
    def __init__(self):
        self.lines = self.without = self.left_out = 0
        self.good = dict.fromkeys(BARS, 0)
        self.all = dict.fromkeys(BARS, 0)
        self.notes = []

    def count(self, what, good, note):
        self.all[what] += 1
        self.good[what] += good
        if not good:
            self.notes.append(note)

    def add(self, line, answer):
        self.lines += 1
        self.without += not line.values
        self.left_out += answer["overrun"] is not None
        tokens = [places(line, found) for found in answer["found"]]
        covered = set().union(*tokens)
        for kind, start, end in line.values:
            body = {at for at in range(start, end) if line.bytes[at] not in SYNTAX}
            self.count(KINDS[kind], bool(body) and body <= covered,
                       f"missed  {line.number}: {line.bytes[start:end].decode()!r} in {line.bytes.decode()}")
        for token, found in zip(tokens, answer["found"]):
            right = bool(token) and any(start <= min(token) and max(token) < end for _, start, end in line.values)
            shown = bytes(line.bytes[at] for at in token).decode(errors="replace")
            self.count("tokens", right, f"wrong   {line.number}: {shown!r} ({found['rule']}, {found['type']}) in "
                                        f"{line.bytes.decode()}")

    def share(self, what):
        return self.good[what] / self.all[what] if self.all[what] else 1.0

    def passes(self):
        return self.lines > 0 and self.left_out == 0 and all(self.share(what) >= bar for what, bar in BARS.items())

    def __str__(self):
        figures = ", ".join(f"{what} {self.good[what]}/{self.all[what]} ({self.share(what):.3f})" for what in BARS)
        return f"{self.lines} lines, {self.without} without marks: {figures}" + \
            (f", {self.left_out} LEFT OUT" if self.left_out else "") + ("" if self.passes() else "  UNDER THE BAR")


def ask(tool, lines, arguments):
    """What the tool says of each line."""
    with tempfile.TemporaryDirectory() as folder:
        # neither what this host has in force nor its key
        policy, key = pathlib.Path(folder, "none.policy"), pathlib.Path(folder, "key")
        policy.write_text('default deny "nothing"\n')
        key.write_bytes(bytes(32))
        rows = [json.dumps(line.words).encode() if arguments else line.bytes for line in lines]
        done = subprocess.run([tool, "mask", "--json", *(["--arguments"] if arguments else []), "--policy", policy,
                               "--key-file", key], input=b"\n".join(rows) + b"\n", capture_output=True, check=False,
                              timeout=600)
    answers = [json.loads(row) for row in done.stdout.split(b"\n") if row]
    if done.returncode not in (0, 1) or len(answers) != len(lines):
        sys.exit(f"the tool ended with {done.returncode} after {len(answers)} of {len(lines)} lines: "
                 f"{done.stderr.decode(errors='replace')[-500:]}")
    return answers


def measure(tool, path, verbose):
    lines = read(path)
    good = True
    for route in ("text", "arguments"):
        score = Score()
        for line, answer in zip(lines, ask(tool, lines, route == "arguments")):
            score.add(line, answer)
        print(f"{path.name}, {route}: {score}")
        if verbose:
            print("".join(f"    {note}\n" for note in score.notes), end="")
        good = good and score.passes()
    return good


# ---- whether the scoring itself can fail ----

TINY = """mysql -u root -p'⟦s:it ok⟧' shop
ls -l /etc
curl -u bob:⟦s:hunter2⟧ https://example.com/?mail=⟦p:a@example.com⟧
echo "x \\"⟦s:p\\"w⟧\\" 'ü' \\$HOME" ''
"""


def score_of(lines, found):
    """"found": for each line a list of texts (which have to stand in it once), or of (text, bytes less in front, bytes
    more behind)."""
    score = Score()
    for line, texts in zip(lines, found):
        spans = []
        for text in texts:
            text, before, behind = text if isinstance(text, tuple) else (text, 0, 0)
            assert line.bytes.count(text.encode()) == 1, text
            at = line.bytes.index(text.encode()) - before
            spans.append({"at": at, "length": len(text.encode()) + before + behind, "rule": "r", "type": "t"})
        score.add(line, {"found": spans, "overrun": None})
    return score


def self_test():
    lines = [Line(number, line) for number, line in enumerate(TINY.splitlines(), 1)]
    right = [["it", "ok"], [], ["hunter2", "a@example.com"], ['p\\"w']]
    cases = [  # found, secrets, personal data, tokens right, all tokens
        (right, 3, 1, 5, 5),
        ([["it ok"], *right[1:]], 3, 1, 4, 4),
        ([["it"], *right[1:]], 2, 1, 4, 4),                                       # a half is no find
        ([["it", ("ok", 0, 1)], *right[1:]], 3, 1, 4, 5),                         # nor is a quote a value
        ([right[0], [], [("hunter2", 1, 0), "a@example.com"], right[3]], 3, 1, 4, 5),
        ([right[0], ["/etc"], *right[2:]], 3, 1, 5, 6),
        ([right[0], [], ["hunter2"], right[3]], 3, 0, 4, 4),
        ([right[0], [], ["hunter2 https://example.com/?mail=a@example.com"], right[3]], 3, 1, 3, 4),
        ([[], [], [], []], 0, 0, 0, 0),
    ]
    for found, secrets, personal, good, tokens in cases:
        score = score_of(lines, found)
        figures = (score.good["secrets"], score.good["personal"], score.good["tokens"], score.all["tokens"])
        assert figures == (secrets, personal, good, tokens), (found, figures)
        assert score.all["secrets"] == 3 and score.all["personal"] == 1 and score.lines == 4 and score.without == 1
        assert score.passes() == (figures[:3] == (3, 1, tokens)), found
    # words: the places are those of the line
    assert lines[3].words == ["echo", "x \"p\"w\" 'ü' \\$HOME", ""], lines[3].words
    score = Score()
    word = lines[3].words[1].encode()
    score.add(lines[3], {"overrun": None, "found": [{"word": 1, "at": word.index(b'p"w'), "length": 3, "rule": "r",
                                                     "type": "t"}]})
    assert score.good["secrets"] == 1 and score.good["tokens"] == 1
    score.add(lines[3], {"overrun": None, "found": [{"word": 1, "at": word.index(b'p"w'), "length": 4, "rule": "r",
                                                     "type": "t"}]})
    assert score.good["tokens"] == 1 and score.all["tokens"] == 2
    score = Score()
    score.add(lines[1], {"overrun": "a limit", "found": []})
    assert not score.passes() and not Score().passes()
    for broken in ("a ⟦s:b", "a ⟦x:b⟧", "a 'b", "a ⟦s:⟦p:b⟧⟧"):
        try:
            Line(1, broken)
        except ValueError:
            continue
        raise AssertionError(broken)
    print(f"{len(cases)} scores")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("tool", nargs="?")
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if options.self_test:
        self_test()
        return 0
    if not options.files:
        parser.error("the tool and a corpus have to be named")
    return 0 if all([measure(options.tool, path, options.verbose) for path in options.files]) else 1


sys.exit(main())
