#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Every word of the language is among the golden errors: misspelt, and with nothing behind it.

    words.py TOOL ERRORS

The words are those that "check" itself names when it meets one that it does not know.
"""
import os
import pathlib
import re
import subprocess
import sys

# where words stand, and a text that makes "check" list them
PLACES = {
    "at the top level": "zzzzzzzz",
    'behind "set"': "set zzzzzzzz x",
    'behind "default"': "default zzzzzzzz",
    'behind "when"': "rule r { when zzzzzzzz; deny }",
    "in a rule": "rule r { zzzzzzzz }",
    "in a channel": "channel c { zzzzzzzz }",
    "in a person": "person p { zzzzzzzz }",
    "in a group": "group g { zzzzzzzz }",
    "in an agent": "agent a { zzzzzzzz }",
    "in a label": "label l { zzzzzzzz }",
    "in a mask": "mask { zzzzzzzz }",
    "in a pattern": "mask { pattern p { zzzzzzzz } }",
    "in an option": "mask { option p { zzzzzzzz } }",
}
VALUES = ["channel c { type zzzzzzzz }", "set record zzzzzzzz", "set mode zzzzzzzz",
          "rule r { ask c; reason zzzzzzzz }", "rule r { ask c; risk zzzzzzzz }",
          "rule r { ask c; break-glass zzzzzzzz }", "rule r { when frontend zzzzzzzz; deny }",
          "mask { pattern p { check zzzzzzzz } }", "people zzzzzzzz x", "include zzzzzzzz x"]
ALONE = {"allow", "deny", "ask", "wrapped-ok", "opaque-ok", "approver-ok", "refuse-truncated",
         "allow-unbound", "show-code", "intercept-wait", "owner-may-approve", "args", "edit",
         "interactive-shell", "intercepted", "opaque", "wrapped"}


def words_of(tool, text):
    """What is expected in place of zzzzzzzz."""
    done = subprocess.run([tool, "check", "-"], input=text.encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, timeout=60)
    found = re.search(r'"zzzzzzzz".* expected ([^;\n]+)', done.stdout.decode())
    if found is None:
        raise AssertionError(f"no list of words for: {text}\n{done.stdout.decode()}")
    return re.split(r", | or ", found.group(1))


def words_of_the_language(tool):
    """{place: words}, and the words that are values."""
    places = {place: words_of(tool, text) for place, text in PLACES.items()}
    return places, sorted({word for text in VALUES for word in words_of(tool, text)})


def main():
    tool, folder = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
    golden = "".join(path.read_text() for path in sorted(folder.glob("*.ok")))
    sources = "".join(path.read_text(errors="replace") for path in sorted(folder.glob("*.policy")))
    places, values = words_of_the_language(tool)
    missing, n = [], 0
    for place, words in places.items():
        for word in words:
            n += 1
            if place != 'behind "default"' and \
                    not re.search(rf'unknown word "[^"]+" {re.escape(place)};.*did you mean "{word}"', golden):
                missing.append(f"{word} {place}: misspelt")
            if word not in ALONE and f'something is missing behind "{word}"' not in golden:
                missing.append(f"{word} {place}: with nothing behind it")
            if not re.search(rf"(?<![\w-]){word}(?![\w-])", sources):
                missing.append(f"{word} {place}: at all")
    for word in values:
        if not re.search(rf"(?<![\w-]){word}(?![\w-])", golden):
            missing.append(f"{word}, a value: at all")
    print(f"{n} words in {len(places)} places, {len(values)} values, {len(missing)} left out")
    print("".join(f"  {line}\n" for line in missing), end="")
    return 1 if missing or n < 90 else 0


if __name__ == "__main__":
    sys.exit(main())
