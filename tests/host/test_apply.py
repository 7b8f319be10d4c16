# check and apply as an operator uses them: nothing changes by a mistake, and a try undoes itself.

import time

import pytest

CONF = "/etc/actionapprove/actionapprove.conf"
STATE = "/var/lib/actionapprove"
ALLOW = 'rule ids { when command "/usr/bin/id"; allow }\n'
DENY = 'default deny "no longer"\n'


def allowed(box):
    return box.run(["sudo", "id", "-u"], user="alice").stdout == b"0\n"


def test_a_bad_edit_changes_nothing(armed):
    armed.write(CONF, "rule x { when comand id; allow }\n")
    result = armed.run(["actionapprove", "apply"])
    assert result.rc == 1 and 'did you mean "command"' in result.err
    assert allowed(armed)


def test_a_zone_that_is_none(armed):
    armed.write(CONF, "set timezone Europe/Berln\n" + ALLOW)
    result = armed.run(["actionapprove", "apply"])
    assert result.rc == 1 and "time zone" in result.err
    assert allowed(armed)


@pytest.mark.parametrize("script, words", [
    (f"chmod 666 {CONF}", "writable by group or others"),
    (f"chown alice {CONF}", "not owned by root"),
    (f"mv {CONF} /etc/real; ln -s /etc/real {CONF}", "symbolic link"),
    ("chown alice /etc/actionapprove", "not owned by root"),
    ("mkdir -p /etc/actionapprove/policy.d; chmod 777 /etc/actionapprove/policy.d", "writable by group or others"),
    (f"rm {CONF}", "No such file"),
])
def test_files_that_are_not_roots_are_refused(armed, script, words):
    armed.sh(script, check=True)
    result = armed.run(["actionapprove", "apply"])
    assert result.rc == 1 and words in result.err, result.err
    assert allowed(armed)


def test_policy_folder_is_read_in_byte_order(armed):
    armed.write(CONF, "")
    armed.mkdir("/etc/actionapprove/policy.d")
    armed.write("/etc/actionapprove/policy.d/20-b.policy", ALLOW)
    armed.write("/etc/actionapprove/policy.d/10-a.policy", 'rule first { when command id; deny "first" }\n')
    armed.write("/etc/actionapprove/policy.d/ignored.txt", "nonsense {\n")
    armed.run(["actionapprove", "apply"], check=True)
    assert "first" in armed.run(["sudo", "id"], user="alice").err


def test_try_comes_back_by_itself(armed):
    armed.write(CONF, DENY)
    armed.run(["actionapprove", "apply", "--try", "2s"], check=True)
    assert not allowed(armed)
    armed.wait_until(lambda: allowed(armed), "the policy from before", timeout=6)
    result = armed.run(["actionapprove", "apply", "--confirm"])
    assert result.rc == 1 and "too late" in result.err
    assert allowed(armed)


def test_confirmed_try_stays(armed):
    armed.write(CONF, DENY)
    armed.run(["actionapprove", "apply", "--try", "2s"], check=True)
    armed.run(["actionapprove", "apply", "--confirm"], check=True)
    time.sleep(2.2)
    assert not allowed(armed)
    assert armed.run(["actionapprove", "apply", "--confirm"]).rc == 1
    assert not armed.exists(f"{STATE}/live.previous")


def test_second_try_goes_back_to_before_the_first(armed):
    armed.write(CONF, DENY)
    armed.run(["actionapprove", "apply", "--try", "1h"], check=True)
    armed.write(CONF, 'default deny "second"\n')
    armed.run(["actionapprove", "apply", "--try", "1s"], check=True)
    armed.wait_until(lambda: allowed(armed), "the policy from before", timeout=5)


def test_try_needs_something_to_go_back_to(box):
    box.write(CONF, ALLOW)
    assert box.run(["actionapprove", "apply", "--try", "5m"]).rc == 1
    box.run(["actionapprove", "apply"], check=True)


def test_apply_keeps_key_and_ledger(armed):
    armed.run(["sudo", "id"], user="alice", check=True)
    key = armed.read(f"{STATE}/key")
    armed.run(["actionapprove", "apply"], check=True)
    assert armed.read(f"{STATE}/key") == key and len(armed.ledger()) == 2


def test_full_disk_changes_nothing(armed):
    armed.write(CONF, DENY)
    filler = armed.fill_disk(STATE)
    result = armed.run(["actionapprove", "apply"])
    assert result.rc == 5 and "nothing was changed" in result.err
    armed.remove(filler)
    assert allowed(armed)


@pytest.mark.parametrize("text, words", [
    ("channel c { type local }\nrule x { when command id; ask c }\n", "nobody could answer"),
    ("channel c { type local }\nperson p { slack U1 }\ngroup g { person p }\n"
     "rule x { when command id; ask c; from g }\n", "nobody could answer"),
    ("channel c { type local }\nperson p { unix bob }\ngroup g { unix-group nogroup }\n"
     "rule x { when command id; ask c; from g }\n", "nobody could answer"),
    ("channel c { type local }\nperson p { unix bob }\ngroup g { unix-group no-such }\n"
     "rule x { when command id; ask c; from g }\n", "nobody could answer"),
    ("rule x { when command id; ask }\n", "asks nobody"),
])
def test_ask_that_nobody_could_answer(armed, text, words):
    armed.write(CONF, text)
    result = armed.run(["actionapprove", "apply"])
    assert result.rc == 1 and words in result.err, result.err


def test_answerable_by_unix_group(armed):
    armed.policy("channel c { type local }\nperson p { unix bob }\ngroup g { unix-group dba }\n"
                 "rule x { when command id; ask c; from g; timeout 1s }\n")
    assert "E-EXPIRED" in armed.run(["sudo", "id"], user="alice").err


def test_ten_thousand_rules(armed):
    rules = "".join(f'rule r{i} {{ when command "/opt/tool{i}"; when user carol; allow }}\n' for i in range(9999))
    armed.policy(rules + ALLOW)
    assert allowed(armed)


def test_check_needs_no_privilege(armed):
    armed.write("/tmp/x.policy", ALLOW)
    assert armed.run(["actionapprove", "check", "/tmp/x.policy"], user="alice").rc == 0
    assert armed.run(["actionapprove", "check", "-"], user="alice", stdin=b"nonsense\n").rc == 1
    assert armed.run(["actionapprove", "explain", "--policy", "/tmp/x.policy", "--", "id"], user="alice").rc == 0
    assert armed.run(["actionapprove", "explain", "--", "id"], user="alice").rc == 4
    assert armed.run(["actionapprove", "explain", "--user", "alice", "--", "whoami"]).rc == 1


def test_shipped_pack(armed):
    armed.policy('include pack "baseline"\ndefault deny "not here"\n')
    assert armed.run(["sudo", "id"], user="alice").stdout.startswith(b"uid=0(root)")
    assert "E-DENIED" in armed.run(["sudo", "id", "-u"], user="alice").err
    assert armed.ledger()[0]["AA_RULE"] == "baseline/who-am-i"


def test_warnings_hold_nothing_up(armed):
    """apply says what check says, with the lists as they are installed, and puts it in force all the same."""
    armed.write(CONF, 'rule pager { when command "/usr/bin/less"; allow; env-ok LD_PRELOAD }\n' + ALLOW)
    for command in ["check", "apply"]:
        result = armed.run(["actionapprove", command])
        assert result.rc == 0 and "less can start a shell" in result.err and "[escape]" in result.err, result.err
        assert "LD_PRELOAD" in result.err and "[env-ok]" in result.err and "[data]" not in result.err, result.err
    assert armed.run(["actionapprove", "check", "--strict"]).rc == 1
    assert allowed(armed)
