# What leaves the host is masked, by the real sudo: what approvers are shown, the ledger, the journal, the requester's
# terminal; and what runs has the true words.

import json
import re

from asking import MARK_RULE, asking_fixture  # noqa: F401  pylint: disable=unused-import

TOKEN = re.compile("‹([a-z][a-z0-9-]*):([0-9a-z]{8}):([0-9]+)›")
PASSWORD = "Tr0ub4dor-und-3"
MAIL = "jane.roe@example.com"
CARD = "4111111111111111"
CODE_RULE = ("rule code { when command python3; ask console; from dba; timeout 30s }\n"
             "rule shown { when command perl; ask console; from dba; timeout 30s; show-code }\n")


def tokens(text):
    return [match.groups() for match in TOKEN.finditer(text)]


def everything(asking):
    """All that left the root side so far: ledger and journal. Not what journald adds by itself: it reads the command
    line of whoever sends (_CMDLINE), as ps does."""
    journal = [{name: value for name, value in entry.items() if not name.startswith("_")}
               for entry in asking.box.journal("SYSLOG_IDENTIFIER=actionapprove")]
    return json.dumps([asking.records(), journal], ensure_ascii=False)


def test_what_is_shown_and_kept(asking):
    """The approver sees tokens, the command gets the values, no record has them."""
    request = asking.ask("mark", f"--password={PASSWORD}", "--to", MAIL, CARD,
                         env={"SUDO_APPROVE_REASON": f"{MAIL} asked, PASSWORD={PASSWORD}"})
    fields = asking.look(request).fields
    found = tokens(fields["AA_COMMAND"])
    assert [(kind, int(n)) for kind, _, n in found] == [("secret", len(PASSWORD)), ("email", len(MAIL)), ("card", 16)]
    assert [kind for kind, _, _ in tokens(fields["AA_REASON"])] == ["email", "secret"]
    assert tokens(fields["AA_REASON"])[0] == found[1] and tokens(fields["AA_REASON"])[1] == found[0]
    assert tokens(fields["AA_SUBMITTED"]) == found
    assert not any(secret in json.dumps(fields) for secret in (PASSWORD, MAIL, CARD))
    assert asking.deny(request, reason=f"write to {MAIL} first").verdict == "denied"
    result = request.wait()
    assert MAIL not in result.err and PASSWORD not in result.err and "‹email:" in result.err
    assert not tokens(result.err)
    kept = everything(asking)
    assert not any(secret in kept for secret in (PASSWORD, MAIL, CARD)), kept
    assert tokens(asking.end(request)["AA_APPROVER_REASON"])[0] == found[1]


def test_the_command_gets_the_values(asking):
    request = asking.ask("mark", f"--password={PASSWORD}", MAIL)
    assert asking.approve(request).verdict == "approved"
    assert request.wait().rc == 0
    assert asking.marks() == [f"--password={PASSWORD} {MAIL}"]
    assert PASSWORD not in everything(asking)


def test_variables(asking):
    """Their values are shown masked, their names are not covered."""
    asking.box.sudoers("Defaults setenv")
    request = asking.ask(f"DB_PASSWORD={PASSWORD}", f"OWNER={MAIL}", "COLOR=blue", "mark")
    shown = asking.look(request).fields["AA_ENV"]
    shown = shown if isinstance(shown, list) else [shown]
    assert any(re.fullmatch("DB_PASSWORD=‹secret:[^‹]*›", v) for v in shown), shown
    assert any(re.fullmatch("OWNER=‹email:[^‹]*›", v) for v in shown), shown
    assert "COLOR=blue" in shown
    asking.vote("cancel", request, "root")
    request.wait()


def test_a_folder(asking):
    asking.box.sh(f"mkdir -p /srv/customers/{MAIL} && chmod -R 755 /srv", check=True)
    request = asking.ask(cwd=f"/srv/customers/{MAIL}")
    assert re.fullmatch("/srv/customers/‹email:[^‹]*›", asking.look(request).fields["AA_CWD"])
    asking.vote("cancel", request, "root")
    request.wait()


def test_same_value_same_token_elsewhere_another(asking):
    """On this host a value can be known again; on another one its token is another."""
    seen = []
    for word in ("one", "two"):
        request = asking.ask("mark", word, f"--token={PASSWORD}")
        seen += tokens(asking.look(request).fields["AA_COMMAND"])
        asking.vote("cancel", request, "root")
        request.wait()
    assert seen[0] == seen[1]
    asking.box.run(["mv", "/var/lib/actionapprove/key", "/root/key"], check=True)
    asking.box.write("/var/lib/actionapprove/key", bytes(range(32)), mode=0o600)
    request = asking.ask("mark", "three", f"--token={PASSWORD}")
    other = tokens(asking.look(request).fields["AA_COMMAND"])
    assert len(other) == 1 and other[0] != seen[0] and other[0][2] == seen[0][2]
    asking.box.run(["mv", "/root/key", "/var/lib/actionapprove/key"], check=True)
    asking.vote("cancel", request, "root")
    request.wait()


def test_the_requester_sees_no_digits(asking):
    """Who can type a guess and read its token could find out what stands behind those of others."""
    bare = f"‹secret:{len(PASSWORD)}›"
    request = asking.ask("mark", f"--password={PASSWORD}", env={"SUDO_APPROVE_FORMAT": "json"})
    assert len(tokens(asking.look(request).fields["AA_COMMAND"])) == 1
    own = asking.look(request, "alice").fields["AA_COMMAND"]
    assert bare in own and not tokens(own)
    asking.deny(request)
    result = request.wait()
    assert bare in result.err and not tokens(result.err), result.err
    result = asking.start("/usr/bin/id", f"--password={PASSWORD}").wait()
    assert result.rc != 0 and bare in result.err and not tokens(result.err), result.err


def test_a_value_goes_on(asking):
    """What a covered value is used for has to be seen: denied, or shown where the rule says so."""
    asking.policy("rule sh { when command sh dash bash; ask console; from dba; timeout 30s }\n")
    result = asking.start("sh", "-c", "PASSWORD=etc; ls -d /$PASSWORD", cwd="/").wait()
    assert result.rc != 0 and "E-MASK-CODE" in result.err and "etc;" not in result.err
    asking.policy("rule sh { when command sh dash bash; ask console; from dba; timeout 30s; show-code }\n")
    request = asking.ask("sh", "-c", "PASSWORD=etc; ls -d /$PASSWORD", cwd="/")
    assert "PASSWORD=etc;" in asking.look(request).fields["AA_COMMAND"]
    asking.vote("cancel", request, "root")
    request.wait()


def test_a_value_in_a_command_inside(asking):
    """What gave it away stands beside the command: it is covered in AA_INSIDE too."""
    asking.policy("rule sh { when command sh dash bash; ask console; from dba; timeout 30s }\n")
    request = asking.ask("sh", "-c", "echo 'root:Tr0ub4dor9' | cat | chpasswd", cwd="/")
    assert "Tr0ub4dor9" not in json.dumps(asking.look(request).fields)
    asking.vote("cancel", request, "root")
    request.wait()


def test_allowed_and_denied_commands(asking):
    """Nobody is asked, and the records are masked all the same."""
    asking.policy('rule all { when command "/usr/bin/mark"; allow }\n')
    assert asking.start("mark", f"--password={PASSWORD}").wait().rc == 0
    assert asking.start("/usr/bin/id", f"--password={PASSWORD}", MAIL).wait().rc != 0
    kept = everything(asking)
    assert PASSWORD not in kept and MAIL not in kept
    assert [len(tokens(r["AA_COMMAND"])) for r in asking.records()] == [1, 1, 2]


def test_code_is_denied_or_shown(asking):
    """A value that may be code is neither covered nor sent: the request is denied, or shown where the rule says so."""
    asking.policy(MARK_RULE + CODE_RULE)
    result = asking.start("python3", "-c", f"password = '{PASSWORD}'", cwd="/").wait()
    assert result.rc != 0 and "E-MASK-CODE" in result.err and "show-code" in result.err
    assert PASSWORD not in everything(asking)
    assert asking.events()[-1] == "refused"
    request = asking.ask("python3", "-c", "print(1)", cwd="/")
    asking.vote("cancel", request, "root")
    request.wait()
    request = asking.ask("perl", "-e", f"$password = '{PASSWORD}'", cwd="/")
    assert PASSWORD in asking.look(request).fields["AA_COMMAND"]
    asking.vote("cancel", request, "root")
    request.wait()


def test_a_variable_that_code_would_run(asking):
    asking.policy(MARK_RULE + CODE_RULE)
    asking.box.sudoers("Defaults setenv")
    result = asking.start("API_TOKEN=reboot", "python3", "-c", "print(1)", cwd="/").wait()
    assert result.rc != 0 and "E-MASK-CODE" in result.err


def test_own_patterns(asking):
    """What the operator's mask block says counts from the next apply on."""
    asking.policy('mask { pattern customer { type id; match "C-[0-9]{6}"; near "C-" } }\n' + MARK_RULE)
    request = asking.ask("mark", "C-123456", "C-12")
    assert [kind for kind, _, _ in tokens(asking.look(request).fields["AA_COMMAND"])] == ["id"]
    asking.vote("cancel", request, "root")
    request.wait()
    asking.policy("mask { off email-address }\n" + MARK_RULE)
    request = asking.ask("mark", MAIL)
    assert MAIL in asking.look(request).fields["AA_COMMAND"]
    asking.vote("cancel", request, "root")
    request.wait()


def test_nobody_writes_a_token(asking):
    request = asking.ask("mark", "‹secret:abcdefgh:5›")
    assert "‹secret:abcdefgh" not in asking.look(request).fields["AA_COMMAND"]
    assert asking.approve(request).verdict == "approved"
    assert request.wait().rc == 0 and asking.marks() == ["‹secret:abcdefgh:5›"]


def test_tokens_that_make_a_variable_too_long(asking):
    """A value that only its tokens make too long to be shown is cut as well, and a rule can refuse that."""
    asking.box.sudoers("Defaults setenv")
    many = "NOTE=" + " ".join(f"a{i:02}@b.example" for i in range(30))
    assert len(many) < 512
    asking.policy("rule mark { when command mark; ask console; from dba; timeout 30s; refuse-truncated }\n")
    result = asking.start(many, "mark").wait()
    assert result.rc != 0 and "E-CUT" in result.err
