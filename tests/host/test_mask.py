# mask: lines in, lines out, one for one; what is covered, and that a value is never said.

import json
import os
import re

import pytest

from asking import PEOPLE
from sandbox import PIPE

PASSWORD, EMAIL = "n0-Way-4711", "grete.muster@example.com"
LINE = f"mysql --password={PASSWORD} -e 'select 1 -- {EMAIL}'"
TOKEN = re.compile("‹([a-z][a-z0-9-]{0,15}):([a-z0-9]{8}):([0-9]+)›")
HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
POLICY = PEOPLE + 'default deny "nothing"\n'
OWN = """
mask {
    pattern staff-number { type staff; match "STAFF-[0-9]{6}"; near "STAFF-"
        finds "id STAFF-123456" "STAFF-123456" }
}
"""


@pytest.fixture(name="ready")
def ready_fixture(box):
    box.policy(POLICY)
    return box


def mask(box, text, *options, rc=0, user="root", err=""):
    result = box.run(["actionapprove", "mask", *options], user=user,
                     stdin=text if isinstance(text, bytes) else text.encode())
    assert result.rc == rc, result.err
    if err is not None:
        assert result.err == err
    return result.out


def masks(box, text, *options, **more):
    return [json.loads(line) for line in mask(box, text, "--json", *options, **more).splitlines()]


def tokens(text):
    return [match[0] for match in TOKEN.finditer(text)]


def test_line(ready):
    out = mask(ready, LINE + "\n")
    secret, email = TOKEN.findall(out)
    assert PASSWORD not in out and EMAIL not in out
    assert secret[0] == "secret" and int(secret[2]) == len(PASSWORD)
    assert email[0] == "email" and int(email[2]) == len(EMAIL)
    rest = TOKEN.sub("*", out)
    assert rest == "mysql --password=* -e 'select 1 -- *'\n"


def test_the_same_value_has_the_same_token(ready):
    first, second = tokens(mask(ready, f"a --password={PASSWORD}\nb --password {PASSWORD}\n"))
    assert first == second, "in two lines"
    assert tokens(mask(ready, f"env db_password={PASSWORD} x\n")) == [first], "in another run"
    assert tokens(mask(ready, f"a --password={PASSWORD}x\n")) != [first]
    masked = ready.run(["actionapprove", "mask", "--", "a", f"--password={PASSWORD}"], check=True).out
    assert tokens(masked) == [first] and PASSWORD not in masked, "as a command"


def test_as_anybody(ready):
    result = ready.run(["actionapprove", "mask"], user="alice", stdin=f"{LINE}\n{LINE}\n".encode())
    first, second = result.out.splitlines()
    assert result.rc == 0 and first == second and PASSWORD not in first
    assert result.err.count("\n") == 2 and result.err.count("only root may") == 2
    assert tokens(first) != tokens(mask(ready, LINE + "\n")), "not the key of the host"
    again = ready.run(["actionapprove", "mask"], user="alice", stdin=LINE.encode()).out
    assert tokens(again) != tokens(first), "a key for each run"


def test_named_files(ready):
    ready.write("/tmp/key", bytes(range(32)))
    ready.write("/tmp/own.policy", POLICY + OWN)
    one = mask(ready, "id STAFF-123456\n", "--policy", "/tmp/own.policy", "--key-file", "/tmp/key", user="alice")
    assert [match[:1] for match in TOKEN.findall(one)] == [("staff",)]
    assert mask(ready, "id STAFF-123456\n", "--policy", "/tmp/own.policy", "--key-file", "/tmp/key") == one
    assert mask(ready, "id STAFF-123456\n") == "id STAFF-123456\n", "no pattern of the policy in force"
    ready.policy(POLICY + OWN)
    assert tokens(mask(ready, "id STAFF-123456\n"))
    for content, words in [(b"short", "has to have 32 bytes"), (bytes(33), "has to have 32 bytes")]:
        ready.write("/tmp/key", content)
        result = ready.run(["actionapprove", "mask", "--key-file", "/tmp/key"], stdin=b"x\n")
        assert result.rc == 5 and words in result.err and result.out == ""


def test_without_a_policy(box):
    result = box.run(["actionapprove", "mask"], stdin=LINE.encode())
    assert result.rc == 0 and len(tokens(result.out)) == 2
    assert result.err.count("\n") == 2 and "the shipped masks alone are used" in result.err


def test_explain(ready):
    out = mask(ready, f"ls\n{LINE}\n", "--explain").splitlines()
    assert out[0] == "ls" and len(out) == 4
    at = LINE.index(PASSWORD)
    assert re.fullmatch(f"    {len(PASSWORD)} bytes at {at}: secret, by (option|name)", out[2])
    assert re.fullmatch(f"    {len(EMAIL)} bytes at {LINE.index(EMAIL)}: email, by [a-z-]+", out[3])
    assert PASSWORD not in "\n".join(out) and EMAIL not in "\n".join(out)
    command = ready.run(["actionapprove", "mask", "--explain", "--", "app", "--password", PASSWORD], check=True).out
    assert re.search(f"\n    argument 2, {len(PASSWORD)} bytes at 0: secret, by option\n", command)
    assert PASSWORD not in command


def test_json(ready):
    plain, line = masks(ready, f"ls -l\n{LINE}\n")
    assert plain == {"masked": "ls -l", "found": [], "overrun": None}
    secret, email = line["found"]
    assert set(secret) == {"at", "length", "rule", "type", "token"} and line["overrun"] is None
    for found, value, kind in [(secret, PASSWORD, "secret"), (email, EMAIL, "email")]:
        assert (found["at"], found["length"], found["type"]) == (LINE.index(value), len(value), kind)
        assert found["token"] in line["masked"] and value not in json.dumps(line)


def test_words(ready):
    words = ["app", "--password", f"{PASSWORD} x", "-e", f"select '{EMAIL}'"]
    given = masks(ready, json.dumps(words) + "\n", "--arguments")
    one = json.loads(ready.run(["actionapprove", "mask", "--json", "--", *words], check=True).out)
    assert given == [one] and one["overrun"] is None
    assert [(f["word"], f["at"], f["length"]) for f in one["found"]] == \
        [(2, 0, len(PASSWORD)), (2, len(PASSWORD) + 1, 1), (4, 8, len(EMAIL))]
    assert PASSWORD not in json.dumps(one) and EMAIL not in json.dumps(one)


@pytest.mark.parametrize("line", ["", "x", "[]", "{}", '["a"', '["a",]', '["a"]x', "[1]", '["a", null]', '["\\u0000"]',
                                  '["a\\'])
def test_words_that_are_none(ready, line):
    answer, after = masks(ready, f'{line}\n["ls"]\n', "--arguments", rc=1, err=None)
    assert answer == {"masked": None, "found": [], "overrun": "the line is no JSON array of words"}
    assert after["masked"] == "ls"


def test_binary_input(ready):
    odd = bytes(range(1, 10)) + bytes(range(11, 256)) + b"\0x " + "é ‹id:k3f9x2m7:24› \u202e".encode()
    out = mask(ready, odd + b"\n" + os.urandom(100000).replace(b"\n", b"") + b"\n\n")
    first, second, third = out.removesuffix("\n").split("\n")
    assert first.startswith("\\x01") and "\\x00x é \\u{2039}id:k3f9x2m7:24\\u{203a} \\u{202e}" in first
    assert tokens(first) == [] and not HIDDEN.search(out) and third == ""
    assert mask(ready, b"") == "" and mask(ready, b"x") == "x\n" and mask(ready, b"\n\n") == "\n\n"


def test_long_lines(ready):
    longest = (("x" * 50 + " ") * 21000)[:1048575] + "x"
    assert mask(ready, longest + "\n") == longest + "\n"
    out = mask(ready, f"a\n{longest}y\n{LINE}", rc=1,
               err="actionapprove mask: line 2 is left out: the line is longer than 1048576 bytes\n")
    first, second, third = out.splitlines()
    assert first == "a" and second == "[… left out: the line is longer than 1048576 bytes …]"
    assert len(tokens(third)) == 2
    assert masks(ready, longest + "y", rc=1, err=None) == \
        [{"masked": None, "found": [], "overrun": "the line is longer than 1048576 bytes"}]


def test_each_line_at_once(ready):
    process = ready.spawn(["actionapprove", "mask"], stdin=PIPE)
    for number in range(3):
        process.write(f"line {number} --password={PASSWORD}\n".encode())
        process.read_until(f"line {number} --password=‹secret:")
    process.close_stdin()
    assert process.wait().rc == 0
    process.close()


def test_broken_pipe(ready):
    def bash(script):
        return ready.run(["/usr/bin/bash", "-c", script])

    result = bash("yes ls | actionapprove mask | head -1; echo ${PIPESTATUS[1]}")
    assert result.out == "ls\n141\n"
    result = bash("trap '' PIPE; yes ls 2>/dev/null | actionapprove mask | head -1; echo ${PIPESTATUS[1]}")
    assert result.out == "ls\n5\n" and "it cannot be written: Broken pipe" in result.err
    assert bash("echo ls | actionapprove mask > /dev/full; echo $?").out == "5\n"
    assert bash("actionapprove mask < /; echo $?").out == "5\n"


def test_explain_of_a_decision(ready):
    words = ["explain", "--user", "alice", "--", "id", f"--password={PASSWORD}", EMAIL]
    told = ready.run(["actionapprove", *words]).out
    assert re.search(f"\nan approver would not see:\n"
                     f"    argument 1, {len(PASSWORD)} bytes at 11: secret, by (option|name)\n"
                     f"    argument 2, {len(EMAIL)} bytes at 0: email, by [a-z-]+\n", told)
    answer = json.loads(ready.run(["actionapprove", words[0], "--json", *words[1:]]).out)
    assert [(m["argument"], m["at"], m["length"], m["type"]) for m in answer["masked"]] == \
        [(1, 11, len(PASSWORD), "secret"), (2, 0, len(EMAIL), "email")]
    assert answer["masked_overrun"] is None
