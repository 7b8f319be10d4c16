#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The story that ./demo tells, with the real sudo, the real plugin and a real journald in a private copy of this
machine. Ends with 0 only if everything went as the story says."""
import pathlib
import re
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/host"))

from sandbox import Sandbox, Unavailable  # noqa: E402  pylint: disable=wrong-import-position

POLICY = """\
channel console { type local }

person alice { unix alice }                 # owns the agent, so she may not answer for it
person bob   { unix bob }
group admins { person alice bob }
agent claude { unix claude; owner alice }

rule look {                                 # safe: decided here, at once
    when command "/usr/bin/du"
    allow
}
rule brief {
    when command truncate
    ask console; from admins; timeout 3s
}
default ask console
default from admins
default timeout 2m
default risk high
default reason optional
"""
BOLD, DIM, PLAIN = ("\033[1m", "\033[2m", "\033[0m") if sys.stdout.isatty() else ("", "", "")


def say(text=""):
    print(text, flush=True)


def heading(text):
    say(f"\n{BOLD}== {text}{PLAIN}")


def indented(text):
    for line in text.rstrip("\n").splitlines():
        say(f"    {line}")


class Story:
    def __init__(self, box, automatic):
        self.box = box
        self.automatic = automatic
        self.wrong = []

    def expect(self, condition, what):
        if not condition:
            self.wrong.append(what)
            say(f"!! not as it should be: {what}")

    def agent(self, *command, reason=None):
        """claude, without a terminal, as an agent is."""
        env = {"SUDO_APPROVE_REASON": reason} if reason else {}
        say(f"{DIM}claude${PLAIN} " + (f"SUDO_APPROVE_REASON='{reason}' " if reason else "") +
            "sudo " + " ".join(command))
        return self.box.spawn(["sudo", *command], user="claude", env=env)

    def show_end(self, process):
        result = process.wait(130)
        indented(result.out + result.err)
        say(f"    {DIM}(exit status {result.rc}, after {result.duration:.2f} s){PLAIN}")
        return result

    def waiting_code(self):
        """The code of the request that waits, as its approver sees it."""
        def look():
            text = self.box.run(["actionapprove", "pending"], user="bob").out
            return re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", text)
        return self.box.wait_until(look, "a request that waits", timeout=10).group(0)

    def answer(self, scripted):
        """bob answers: the person at this terminal, or by script."""
        code = self.waiting_code()
        say(f"\n{DIM}bob${PLAIN} actionapprove show {code}")
        indented(self.box.run(["actionapprove", "show", code], user="bob").out)
        say()
        verb = scripted
        if not self.automatic:
            typed = input(f"You are bob. Approve {code}? [y/N] (here the story goes on best with "
                          f"{'y' if scripted == 'approve' else 'n'}) ")
            verb = "approve" if typed.strip().lower() in ("y", "yes") else "deny"
        words = {"approve": ["--yes"], "deny": ["--reason", "agents do not make administrators"]}[verb]
        say(f"{DIM}bob${PLAIN} actionapprove {verb} {code}" + ("" if verb == "approve" else f" --reason '{words[1]}'"))
        result = self.box.run(["actionapprove", verb, code, *words], user="bob")
        indented(result.out + result.err)
        return verb


def tell(box, automatic):
    story = Story(box, automatic)
    box.write("/srv/customers/export-2019.csv", "name,iban\n", mode=0o600)
    box.write("/var/log/old.log", "x" * 1000)

    heading("The policy: looking is allowed, everything else asks an administrator")
    indented(POLICY)

    heading("An agent runs a safe command: nobody is asked")
    result = story.show_end(story.agent("du", "-sh", "/srv/customers"))
    story.expect(result.rc == 0 and b"/srv/customers" in result.stdout, "the safe command runs at once")

    heading("A risky one: it waits until a person says yes")
    waiting = story.agent("rm", "/srv/customers/export-2019.csv", reason="retention: older than five years")
    verb = story.answer("approve")
    result = story.show_end(waiting)
    gone = not box.exists("/srv/customers/export-2019.csv")
    story.expect((result.rc == 0 and gone) if verb == "approve" else (result.rc != 0 and not gone),
                 "it runs if and only if it was approved")

    heading("One that a person denies: it does not run, and the agent hears why")
    waiting = story.agent("usermod", "--append", "--groups", "sudo", "claude")
    verb = story.answer("deny")
    result = story.show_end(waiting)
    if verb == "deny":
        story.expect(result.rc != 0 and "denied by bob" in result.err, "it is denied by bob")
        story.expect(not re.search(r"^sudo:.*claude", box.read("/etc/group").decode(), re.M), "nothing ran")

    heading("One that nobody answers: the time is over, nothing runs")
    result = story.show_end(story.agent("truncate", "--size", "0", "/var/log/old.log"))
    story.expect(result.rc != 0 and "nobody answered" in result.err, "it expires")
    story.expect(box.stat("/var/log/old.log").st_size == 1000, "nothing ran")

    tell_records(story)
    return story.wrong


def tell_records(story):
    box = story.box
    heading("The records: journalctl -t actionapprove")
    result = box.run(["journalctl", "-D", "/run/log/journal", "-t", "actionapprove", "-o", "cat", "--no-pager"])
    journal = box.journal("SYSLOG_IDENTIFIER=actionapprove")
    indented(result.out)
    heading("… and one of them whole: journalctl -o verbose AA_EVENT=approved")
    result = box.run(["journalctl", "-D", "/run/log/journal", "-o", "verbose", "--no-pager", "AA_EVENT=approved"])
    indented("\n".join(line.strip() for line in result.out.splitlines() if " AA_" in line))

    heading("The ledger: actionapprove log, actionapprove verify")
    indented(box.run(["actionapprove", "log"]).out)
    verified = box.run(["actionapprove", "verify"])
    indented(verified.out)
    ledger = box.ledger()
    events = [record["AA_EVENT"] for record in ledger]
    story.expect(verified.rc == 0, "the ledger's chain is whole")
    story.expect([record["AA_EVENT"] for record in journal] == events, "journal and ledger agree")
    story.expect(all(record["_UID"] == "0" for record in journal), "the journal has them from root")
    if story.automatic:
        promised = ["allowed", "finished", "requested", "vote", "approved", "finished", "requested", "vote", "denied",
                    "requested", "expired"]
        story.expect(events == promised, f"the events are {promised}, not {events}")


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    automatic = "--auto" in sys.argv[2:] or not (sys.stdin.isatty() and sys.stdout.isatty())
    started = time.monotonic()
    try:
        with Sandbox(hostname="demo", expose=[ROOT, build]) as box:
            box.install(build)
            box.policy(POLICY)
            box.plugin_lines()
            box.start_journald()
            wrong = tell(box, automatic)
    except Unavailable as reason:
        sys.exit(f"./demo cannot run here: {reason}")
    heading("Nothing of this touched your host" if not wrong else "Something went wrong")
    for what in wrong:
        say(f"  {what}")
    say(f"  {time.monotonic() - started:.0f} s. Next: README.md, \"A first policy\".")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
