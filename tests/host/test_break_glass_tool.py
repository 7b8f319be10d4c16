# break-glass as root uses it: codes are made and shown once, listed, taken back.

import json
import re

import pytest

CODE = re.compile(r"^ +((?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4})$", re.M)
TOOL = ["actionapprove", "break-glass"]
FILE = "/var/lib/actionapprove/break-glass"


@pytest.fixture
def ready(box):
    """A sandbox in which a policy was applied: so there is a key."""
    box.policy('default deny "no"\n')
    return box


def create(box, *options):
    result = box.run([*TOOL, "create", *options], check=True)
    return CODE.findall(result.out), result.out


def listed(box):
    result = box.run([*TOOL, "list", "--json"], check=True)
    return json.loads(result.out)


def test_codes_are_shown_once(ready):
    codes, words = create(ready, "--user", "alice", "--count", "3", "--expires", "30d")
    assert len(set(codes)) == 3
    for text in ["3 break-glass codes for alice", "good for one command each", "until 20", "Shown once", "Print them",
                 "off this host", "press Enter and type the code", "without any network", "policy\nis missing",
                 "revoke --user alice"]:
        assert text in words, text
    status = ready.stat(FILE)
    assert status.st_mode & 0o7777 == 0o600 and status.st_uid == 0
    data = ready.read(FILE)
    for code in codes:
        for form in [code, code.replace("-", "")]:
            assert form.encode() not in data and form not in ready.run([*TOOL, "list"], check=True).out
    assert len(create(ready, "--user", "bob")[0]) == 5
    assert "1 break-glass code for bob" in create(ready, "--user", "bob", "--count", "1")[1]


def test_list(ready):
    assert listed(ready) == []
    assert "there are no break-glass codes" in ready.run([*TOOL, "list"], check=True).out
    create(ready, "--user", "alice", "--count", "2", "--expires", "2h")
    create(ready, "--user", "bob", "--count", "1", "--expires", "1s")
    ready.wait_until(lambda: listed(ready)[2]["state"] == "expired", "the end of a short life")
    assert ready.run([*TOOL, "revoke", "1"], check=True).out == "1 code revoked\n"
    codes = listed(ready)
    assert [(code["number"], code["user"], code["state"]) for code in codes] == [
        (1, "alice", "revoked"), (2, "alice", "ready"), (3, "bob", "expired")]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", code[key]) for code in codes for key in ("created", "expires"))
    assert codes[0]["ended"] and codes[1]["ended"] is None and codes[0]["request"] is None
    table = ready.run([*TOOL, "list"], check=True).out.splitlines()
    assert table[0].split()[:5] == ["NUMBER", "USER", "STATE", "CREATED", "EXPIRES"]
    assert [row.split()[:3] for row in table[1:]] == [
        ["1", "alice", "revoked"], ["2", "alice", "ready"], ["3", "bob", "expired"]]


def test_revoke(ready):
    create(ready, "--user", "alice", "--count", "3")
    create(ready, "--user", "bob", "--count", "2")
    assert ready.run([*TOOL, "revoke", "99"]).rc == 3
    assert ready.run([*TOOL, "revoke", "2"]).rc == 0
    again = ready.run([*TOOL, "revoke", "2"])
    assert again.rc == 0 and "revoked" in again.out
    assert ready.run([*TOOL, "revoke", "--user", "alice"], check=True).out == "2 codes revoked\n"
    assert ready.run([*TOOL, "revoke", "--user", "nobody-such"], check=True).out == "0 codes revoked\n"
    assert ready.run([*TOOL, "revoke", "--all"], check=True).out == "2 codes revoked\n"
    assert {code["state"] for code in listed(ready)} == {"revoked"}


@pytest.mark.parametrize("words, says", [
    ([], "create, list or revoke?"),
    (["make"], 'there is no "make"'),
    (["create"], "A code belongs to one account"),
    (["create", "--user", "no-such"], "there is no account no-such"),
    (["create", "--user", "root"], "root is never refused"),
    (["create", "--user", "alice", "--count", "0"], "no number from 1 to 100"),
    (["create", "--user", "alice", "--count", "101"], "no number from 1 to 100"),
    (["create", "--user", "alice", "--count", "2x"], "no number from 1 to 100"),
    (["create", "--user", "alice", "--expires", "30"], "no duration such as 30d"),
    (["create", "--user", "alice", "--expires", "0d"], "no duration such as 30d"),
    (["create", "--user", "alice", "--expires", "3651d"], "no duration such as 30d"),
    (["create", "--user", "alice", "--expires", "999999d"], "no duration such as 30d"),
    (["create", "--user", "alice", "--expires", "49711d"], "no duration such as 30d"),  # 2^32 s and a day
    (["create", "--user", "alice", "bob"], "too many arguments"),
    (["list", "x"], "too many arguments"),
    (["revoke"], "One of NUMBER, --user NAME, --all"),
    (["revoke", "1", "--all"], "One of NUMBER, --user NAME, --all"),
    (["revoke", "0"], "is no number"),
    (["revoke", "-1"], "unknown option"),
    (["revoke", "99999999999"], "is no number"),
])
def test_usage(ready, words, says):
    result = ready.run([*TOOL, *words])
    assert result.rc == 2 and says in result.err, result.err
    assert not ready.exists(FILE)


@pytest.mark.parametrize("words", [["create", "--user", "alice"], ["list"], ["revoke", "--all"]])
def test_only_for_root(ready, words):
    assert ready.run([*TOOL, *words], user="alice").rc == 4


def test_before_the_first_apply(box):
    for words in (["create", "--user", "alice"], ["list"]):
        result = box.run([*TOOL, *words])
        assert result.rc == 5 and "actionapprove apply" in result.err, result.err


def test_second_name_of_an_account(ready):
    ready.write("/etc/passwd", ready.read("/etc/passwd") + b"allie:x:1001:1001::/home/alice:/bin/sh\n")
    result = ready.run([*TOOL, "create", "--user", "allie"], check=True)
    assert "codes for alice" in result.out and "allie is another name of alice" in result.err
    assert {code["user"] for code in listed(ready)} == {"alice"}


def test_damage_is_told(ready):
    create(ready, "--user", "alice", "--count", "2")
    data = bytearray(ready.read(FILE))
    place = (1 + 1024) * 512 + 100
    data[place] ^= 1
    ready.write(FILE, bytes(data), mode=0o600)
    result = ready.run([*TOOL, "list", "--json"])
    assert result.rc == 5 and "E-BREAK-GLASS" in result.err
    assert [code["number"] for code in json.loads(result.out)] == [2]
    ready.run(["chmod", "644", FILE], check=True)
    result = ready.run([*TOOL, "list"])
    assert result.rc == 5 and "readable by group or others" in result.err


def test_full_disk(ready):
    filler = ready.fill_disk("/var/lib/actionapprove")
    result = ready.run([*TOOL, "create", "--user", "alice"])
    assert result.rc == 5 and "No space left" in result.err and not CODE.search(result.out)
    ready.remove(filler)
    ready.run([*TOOL, "list"], check=True)


def test_codes_that_cannot_be_shown(ready):
    result = ready.sh("actionapprove break-glass create --user alice > /dev/full")
    assert result.rc == 5 and "revoke --user alice" in result.err


def test_help(ready):
    assert "revoke NUMBER | --user NAME | --all" in ready.run([*TOOL, "--help"], check=True).out
    assert "break-glass" in ready.run(["actionapprove", "--help"], check=True).out
