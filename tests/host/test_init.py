# init: from nothing to a configuration that applies, decides and is understood; and nothing is lost by it.

import pytest

from conftest import SOURCE

CONF = "/etc/actionapprove/actionapprove.conf"
INIT = ["actionapprove", "init"]
AGENT = ["--kind", "agent", "--person", "alice", "--agent", "claude"]
TEAM = ["--kind", "team", "--approver", "alice", "bob"]


def explain(box, user, *command, options=()):
    return box.run(["actionapprove", "explain", "--user", user, *options, "--", *command]).out


@pytest.mark.parametrize("words", [AGENT, TEAM])
def test_what_it_writes_applies(box, words):
    result = box.run([*INIT, *words], check=True)
    assert f"written: {CONF}" in result.out and "valid: " in result.out
    status = box.stat(CONF)
    assert status.st_mode & 0o7777 == 0o644 and (status.st_uid, status.st_gid) == (0, 0)
    assert box.stat("/etc/actionapprove").st_mode & 0o7777 == 0o755
    assert box.listdir("/etc/actionapprove") == ["actionapprove.conf"]
    assert box.run(["actionapprove", "check"], check=True).err == "", "not even a warning"
    assert box.run(["actionapprove", "apply"], check=True).err == ""


@pytest.mark.parametrize("name, words", [("agent", AGENT), ("team", TEAM)])
def test_examples_are_what_it_prints(box, name, words):
    example = (SOURCE / "doc" / "examples" / f"{name}.conf").read_text()
    assert box.run([*INIT, *words, "--print"], check=True).out == example
    assert not box.exists("/etc/actionapprove")
    assert box.run([*INIT, *words, "--print"], user="alice", check=True).out == example


def test_agent(box):
    result = box.run([*INIT, *AGENT, "--apply"], check=True)
    assert "applied: " in result.out and "Put it in force" not in result.out
    for text in ["Plugin sudo_approve sudo_approve.so\n", "Plugin sudo_approve_audit sudo_approve.so\n",
                 "/etc/systemd/system/claude.service", "User=claude\n", "claude ALL=(ALL:ALL) NOPASSWD: ALL",
                 "nobody may approve their\n  own request", "break-glass create --user alice\n"]:
        assert text in result.out, text
    text = box.read(CONF).decode()
    assert "set mode enforce\n" in text and "default owner-may-approve\n" in text and "set timeout 5m\n" in text
    for command in [["id"], ["systemctl", "--no-pager", "status", "--", "ssh"], ["systemctl", "--no-pager", "--failed"],
                    ["journalctl", "--no-pager", "--lines=50", "--unit=ssh"], ["dmesg"]]:
        assert explain(box, "claude", *command).startswith("allow: "), command
    for command in [["id", "-u"], ["systemctl", "--no-pager", "status", "-Hevil"], ["systemctl", "status", "--", "ssh"],
                    ["systemctl", "--no-pager", "status", "--", "a", "--root=/x"], ["dmesg", "-C"],
                    ["journalctl", "--no-pager", "--lines=1", "--vacuum-size=1"], ["journalctl", "--unit=ssh"],
                    ["systemctl", "--no-pager", "stop", "ssh"], ["sh"], ["apt-get", "install", "x"]]:
        assert explain(box, "claude", *command).startswith("ask: no rule"), command
    # the person is not locked out, the agent under the person's name gains nothing
    for command in [["sh"], ["env", "X=1", "id"], ["systemctl", "stop", "ssh"], ["python3", "-c", "1"]]:
        assert "allow: rule own-commands " in explain(box, "alice", *command), command
    assert "allow: rule own-edits " in explain(box, "alice", "/etc/motd", options=["--edit"])
    assert explain(box, "carol", "true").startswith("ask: no rule")


def test_agent_from_the_persons_session_is_asked_about(box):
    box.run([*INIT, *AGENT, "--apply"], check=True)
    box.plugin_lines()
    assert box.run(["sudo", "true"], user="alice", loginuid=1001).rc == 0
    assert box.run(["sudo", "id"], user="claude", loginuid=1001).rc == 0
    for login in (1001, None):
        with box.spawn(["sudo", "true"], user="claude", loginuid=login) as waiting:
            waiting.read_until("true|E-")  # it waits, or this build cannot ask yet
    events = {(record["AA_USER"], record["AA_RULE"]) for record in box.ledger()}
    assert ("alice", "own-commands") in events and ("claude", "default") in events
    assert ("claude", "own-commands") not in events


def test_team(box):
    result = box.run([*INIT, *TEAM, "--apply"], check=True)
    text = box.read(CONF).decode()
    assert "set mode observe\n" in text and "only observes" in result.out and "owner-may-approve" not in text
    assert "    person alice\n    person bob\n" in text and "systemd" not in result.out
    assert explain(box, "alice", "true").startswith("ask: no rule")
    box.run([*INIT, *TEAM, "--enforce", "--timeout", "90s", "--force"], check=True)
    text = box.read(CONF).decode()
    assert "set mode enforce\n" in text and "set timeout 90s\n" in text


def test_team_of_a_unix_group(box):
    box.run(["usermod", "-a", "-G", "dba", "carol"], check=True)
    box.run([*INIT, "--approvers-group", "dba", "--apply"], check=True)
    text = box.read(CONF).decode()
    assert "person bob { unix bob }\nperson carol { unix carol }\n" in text
    assert "group approvers { unix-group dba }\n" in text and "person alice" not in text
    # a group that somebody is in by their account alone
    box.run([*INIT, "--approvers-group", "alice", "--force", "--apply"], check=True)
    assert "person alice { unix alice }\n" in box.read(CONF).decode()


def test_team_of_one_is_told(box):
    result = box.run([*INIT, "--approver", "alice"], check=True)
    assert "alice is the only one who may answer" in result.err and "Name a second person" in " ".join(result.err.split())
    assert "only one" in box.run([*INIT, "--approver", "alice", "--force"], check=True).err
    assert "only one" not in box.run([*INIT, *TEAM, "--force"], check=True).err


def test_observe(box):
    box.run([*INIT, *AGENT, "--observe", "--apply"], check=True)
    box.plugin_lines()
    assert box.run(["sudo", "true"], user="claude").rc == 0
    assert [record["AA_MODE"] for record in box.ledger() if record["AA_USER"] == "claude"][0] == "observe"


def test_nothing_is_overwritten(box):
    box.write(CONF, "# mine\n")
    result = box.run([*INIT, *AGENT])
    assert result.rc == 1 and "--force" in result.err and box.read(CONF) == b"# mine\n"
    result = box.run([*INIT, *AGENT, "--force"], check=True)
    old = [name for name in box.listdir("/etc/actionapprove") if ".before-" in name]
    assert len(old) == 1 and old[0] in result.out and box.read(f"/etc/actionapprove/{old[0]}") == b"# mine\n"
    assert b"agent claude" in box.read(CONF)
    assert len(box.listdir("/etc/actionapprove")) == 2


def test_it_is_not_written_through_a_link(box):
    box.mkdir("/etc/actionapprove")
    box.write("/home/alice/target", "untouched", owner="alice")
    for name in (CONF, CONF + ".new"):
        box.run(["ln", "-s", "/home/alice/target", name], check=True)
    assert box.run([*INIT, *AGENT]).rc == 1
    box.run([*INIT, *AGENT, "--force"], check=True)
    assert box.read("/home/alice/target") == b"untouched" and b"agent claude" in box.read(CONF)
    box.run(["chown", "alice", "/etc/actionapprove"], check=True)
    result = box.run([*INIT, *AGENT, "--force"])
    assert result.rc == 5 and "not owned by root" in result.err


def test_a_full_disk_changes_nothing(box):
    box.write(CONF, "# mine\n")
    filler = box.fill_disk("/etc/actionapprove")
    result = box.run([*INIT, *AGENT, "--force"])
    assert result.rc == 5 and "nothing was changed" in result.err
    box.remove(filler)
    assert box.listdir("/etc/actionapprove") == ["actionapprove.conf"] and box.read(CONF) == b"# mine\n"


def test_policy_folder_counts(box):
    box.write("/etc/actionapprove/policy.d/x.policy", "nonsense\n")
    result = box.run([*INIT, *AGENT, "--apply"])
    assert result.rc == 1 and "x.policy" in result.err and not box.exists("/var/lib/actionapprove/live")


@pytest.mark.parametrize("words, says", [
    ([], "there is no terminal to ask on"),
    (["--kind", "agent"], "there is no terminal to ask on"),
    (["--kind", "crowd"], "is no kind"),
    (["--person", "alice", "--agent", "no-such"], "--agent: there is no account no-such"),
    (["--person", "no-such", "--agent", "claude"], "--person: there is no account no-such"),
    (["--person", "root", "--agent", "claude"], "root, who is nobody in particular"),
    (["--person", "alice", "--agent", "root"], "root, who is nobody in particular"),
    (["--person", "alice", "--agent", "alice"], "an account of its own"),
    (["--approver", "alice", "root"], "root, who is nobody in particular"),
    (["--approver", "alice", "no-such"], "--approver: there is no account"),
    (["--approvers-group", "no-such"], "there is no group no-such"),
    (["--approvers-group", "root"], "nobody is in the group"),
    (["--approvers-group", "nogroup"], "nobody is in the group"),  # though a daemon's account is
    (["--approver", "alice", "--approvers-group", "dba"], "not both"),
    (["--kind", "team", "--agent", "claude"], "--kind agent"),
    (["--kind", "agent", "--approver", "bob"], "--kind agent"),
    ([*AGENT, "--timeout", "1d"], "no duration"),
    ([*AGENT, "--timeout", "soon"], "no duration"),
    ([*AGENT, "what"], 'what is "what"?'),
    ([*AGENT, "--", "what"], "too many arguments"),
    ([*AGENT, "--such"], "unknown option"),
])
def test_usage(box, words, says):
    result = box.run([*INIT, *words])
    assert result.rc == 2 and says in result.err, result.err
    assert not box.exists(CONF)


def test_only_for_root(box):
    assert box.run([*INIT, *AGENT], user="alice").rc == 4


def answers(process, *pairs):
    for question, answer in pairs:
        process.read_until(question)
        process.write(answer + "\n")
    return process.wait()


def test_questions_about_an_agent(box):
    with box.spawn(INIT, tty=True, env={"SUDO_USER": "alice"}) as process:
        result = answers(process, (r"agent or team \[agent\]: ", ""), (r"person's account \[alice\]: ", ""),
                         (r"agent's account \[claude\]: ", "no-such"), (r"(?s)no account no-such.*agent's account", "alice"),
                         (r"(?s)account of its own.*agent's account", ""), (r"\[enforce\]: ", "what"),
                         (r"\[enforce\]: ", "observe"))
    assert result.rc == 0, result.out
    text = box.read(CONF).decode()
    assert "agent claude { unix claude; owner alice }" in text and "set mode observe\n" in text


def test_questions_about_a_team(box):
    with box.spawn(INIT, tty=True) as process:
        result = answers(process, ("agent or team", "team"), ("Who may approve", "alice, no-such"),
                         ("(?s)no account no-such.*Who may approve", "alice, root"),
                         ("(?s)nobody in particular.*Who may approve", "  alice,bob carol "), (r"\[observe\]: ", ""))
    assert result.rc == 0, result.out
    text = box.read(CONF).decode()
    assert "    person alice\n    person bob\n    person carol\n" in text and "set mode observe\n" in text
    with box.spawn([*INIT, "--force"], tty=True) as process:
        result = answers(process, ("agent or team", "team"), ("Who may approve", "%no-such"),
                         ("no group no-such", "%dba"), (r"\[observe\]: ", "enforce"))
    assert result.rc == 0, result.out
    assert "group approvers { unix-group dba }" in box.read(CONF).decode()


def test_only_what_is_missing_is_asked(box):
    with box.spawn([*INIT, "--person", "bob", "--observe"], tty=True) as process:
        result = answers(process, (r"^[^:]*agent's account \[claude\]: ", ""))
    assert result.rc == 0 and "person bob { unix bob }" in box.read(CONF).decode()


def test_no_answer_writes_nothing(box):
    with box.spawn(INIT, tty=True) as process:
        process.read_until("agent or team")
        process.write("\x04")
        result = process.wait()
    assert result.rc == 1 and "nothing was written" in result.out and not box.exists(CONF)


def test_names_that_need_quotes(box):
    box.write("/etc/passwd", box.read("/etc/passwd") + b"odd{name:x:1050:1050::/:/bin/sh\n")
    box.run([*INIT, "--person", "odd{name", "--agent", "claude", "--apply"], check=True)
    assert 'person "odd{name" { unix "odd{name" }' in box.read(CONF).decode()
    assert "allow: rule own-commands " in explain(box, "odd{name", "sh")


def test_an_agent_that_no_rule_could_name(box):
    box.write("/etc/passwd", box.read("/etc/passwd") + b"any:x:1050:1050::/:/bin/sh\n")
    result = box.run([*INIT, "--person", "alice", "--agent", "any"])
    assert result.rc == 1 and '"any" stands for every agent' in result.err and not box.exists(CONF)
