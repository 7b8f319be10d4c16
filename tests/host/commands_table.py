# Reads the tables of command lines in commands/.
#
#     DECISION RULE [opaque] | COMMAND LINE | INNER ;; INNER …     a table
#     RULE[, RULE]…[, opaque] | COMMAND LINE                       a list of bypass attempts
#
# COMMAND LINE is quoted as for a shell and becomes an argv: sudo gets words. "⏎" is a newline. Words in front of it
# that begin with "--" are options of explain. A line "user NAME" says who asks from there on.

import pathlib
import shlex
from dataclasses import dataclass, field

FOLDER = pathlib.Path(__file__).parent / "commands"
TABLES = ("plain", "wrapped", "agents")
DEFAULT_USER = "alice"
WITH_VALUE = ("--env", "--runas")


@dataclass
class Case:
    place: str                                        # file:line
    text: str
    user: str
    options: list                                     # of explain
    argv: list
    rules: list
    opaque: bool
    decision: str = ""
    inner: list = field(default_factory=list)         # [[base name, argument, …], …]

    @property
    def edit(self):
        return "--edit" in self.options


def _lines(name):
    user = DEFAULT_USER
    for number, line in enumerate((FOLDER / f"{name}.table").read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("user "):
            user = line.split()[1]
        elif line and not line.startswith("#"):
            yield f"{name}.table:{number}", user, [part.strip() for part in line.split(" | ")]


def _words(text):
    words = shlex.split(text.replace("⏎", "\n"))
    options = []
    while words[0].startswith("--"):
        for _ in range(2 if words[0] in WITH_VALUE else 1):
            options.append(words.pop(0))
    return options, words


def table(name):
    cases = []
    for place, user, parts in _lines(name):
        text, inner = _split_inner(parts[1:])
        decision, rule, *opaque = parts[0].split()
        if decision not in ("allow", "ask", "deny") or opaque not in ([], ["opaque"]):
            raise ValueError(f"{place}: {parts[0]}")
        options, argv = _words(text)
        cases.append(Case(place, text, user, options, argv, [rule], bool(opaque), decision, inner))
    return cases


def _split_inner(parts):
    """The command line ends where its quotes do."""
    for n in range(1, len(parts) + 1):
        text = " | ".join(parts[:n])
        try:
            shlex.split(text)
        except ValueError:
            continue
        inner = " | ".join(parts[n:])
        return text, [shlex.split(part) for part in inner.split(" ;; ")] if inner else []
    raise ValueError(f"unfinished quotes: {' | '.join(parts)}")


def bypasses():
    cases = []
    for place, user, parts in _lines("bypass"):
        rules = [word.strip() for word in parts[0].split(",")]
        text = " | ".join(parts[1:])
        options, argv = _words(text)
        cases.append(Case(place, text, user, options, argv, [rule for rule in rules if rule != "opaque"],
                          "opaque" in rules))
    return cases


def everything():
    return [case for name in TABLES for case in table(name)] + bypasses()
