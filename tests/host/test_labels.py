# Labels with the real sudo: what is said to be personal data is so by every spelling of its name, and an allow rule
# that leaves it out cannot be talked into it.

import os

import pytest

from asking import asking_fixture  # noqa: F401  pylint: disable=unused-import

PII = 'label pii { path "/srv/customers/**" "/var/backups/*.sql*"; xattr user.data.class pii }\n'
DENY = 'rule pii { when label pii; deny "personal data" }\n'
ALLOW = 'rule rest { when command true cat sh; opaque-ok; wrapped-ok; allow }\n'
ALLOW_NOT = 'rule rest { when command true cat sh; when not label pii; opaque-ok; wrapped-ok; allow }\n'
SECRET = b"alice, 1 Main Street\n"


def commands(text):
    """Allow rules want resolved paths."""
    return text.replace("true cat sh", " ".join(f'"{os.path.realpath("/usr/bin/" + name)}"'
                                                for name in ("true", "cat", "sh")))


@pytest.fixture
def box(armed):
    armed.sh("mkdir -p /srv/customers/new /srv/other /var/backups; echo 'alice, 1 Main Street' > /srv/customers/list;"
             "cp /srv/customers/list /var/backups/all.sql; echo fine > /srv/other/file; chmod 700 /srv/customers;"
             "ln -s /srv/customers /srv/link", check=True)
    armed.sh("mkdir -p ~/d; ln -s /srv/customers ~/c; ln -s /srv/customers/list ~/l; ln -s c/list ~/ll; ln -s /srv ~/s;"
             "echo mine > ~/mine; mkfifo ~/fifo", user="alice", check=True)
    return armed


# (arguments, folder)
INSIDE = [
    (["/srv/customers/list"], "/"),
    (["//srv///customers//list"], "/"),
    (["/srv/./customers/../customers/list"], "/"),
    (["/srv/other/../customers/list"], "/"),
    (["srv/customers/list"], "/"),
    (["customers/list"], "/srv"),
    (["./customers/list"], "/srv"),
    (["../customers/list"], "/srv/other"),
    (["../../../../srv/customers/list"], "/home/alice"),
    (["/srv/customers"], "/"),
    (["/srv/customers/"], "/"),
    (["/srv/customers/not-yet"], "/"),
    (["/srv/link/list"], "/"),
    (["/home/alice/l"], "/"),
    (["l"], "/home/alice"),
    (["ll"], "/home/alice"),
    (["c/list"], "/home/alice"),
    (["c/new/x"], "/home/alice"),
    (["s/customers/list"], "/home/alice"),
    (["d/../c/list"], "/home/alice"),
    (["c/../customers/list"], "/home/alice"),
    (["s/other/../customers/list"], "/home/alice"),
    (["/proc/self/root/srv/customers/list"], "/"),
    (["-f", "/srv/customers/list"], "/"),
    (["-f/srv/customers/list"], "/"),
    (["-f=/srv/customers/list"], "/"),
    (["-xzf/srv/customers/list"], "/"),
    (["-fl"], "/home/alice"),
    (["-xzfl"], "/home/alice"),
    (["--file", "/srv/customers/list"], "/"),
    (["--file=/srv/customers/list"], "/"),
    (["--file=l"], "/home/alice"),
    (["--file=../alice/l"], "/home/alice"),
    (["of=/srv/customers/list"], "/"),
    (["if=l", "of=/dev/null"], "/home/alice"),
    (["-d", "@/srv/customers/list"], "/"),
    (["-F", "a=@/srv/customers/list;type=x"], "/"),
    (["file:///srv/customers/list"], "/"),
    (["file:///srv/%63ustomers/list"], "/"),
    (["file://localhost/srv/customers/list"], "/"),
    (["host:/srv/customers/list"], "/"),
    (["-v", "/srv/customers:/data"], "/"),
    (["--mount=type=bind,source=/srv/customers,target=/x"], "/"),
    (["copy x from '/srv/customers/list'"], "/"),
    (["--", "/srv/customers/list"], "/"),
    (["/var/backups/all.sql"], "/"),
    (["/var/backups/new.sql.gz"], "/"),
    (["harmless", "/srv/other/file", "/srv/customers/list"], "/"),
    (["new"], "/srv/customers"),
    (["/srv"], "/"),       # a program that is not known may go below
    (["."], "/srv"),
    ([".."], "/srv/other"),
    (["/"], "/home/alice"),
]

OUTSIDE = [
    ([], "/srv/customers"),
    (["-l", "--verbose", "-"], "/srv/customers"),
    (["/srv/other/file"], "/"),
    (["/srv/customers-not/list"], "/"),
    (["/srv/customers/../other/file"], "/"),
    (["/var/backups/all.txt"], "/"),
    (["/var/backups/sub/all.sql"], "/"),
    (["/srv/other"], "/"),
]

# Outside, and in a folder of hers: a link of that name could take its place before the command starts.
MOVABLE = [
    (["mine"], "/home/alice"),
    (["fifo"], "/home/alice"),
    (["--file=mine"], "/home/alice"),
    (["customers/list"], "/home/alice"),
    (["/home/alice/mine"], "/"),
    (["/tmp/not-yet"], "/"),
]


def name(row):
    return " ".join(row[0]) + " in " + row[1]


@pytest.mark.parametrize("rule", ["deny", "not"])
def test_every_spelling(box, rule):
    box.policy(commands(PII + (DENY + ALLOW if rule == "deny" else ALLOW_NOT)))
    box.sh("chmod 711 /srv/customers", check=True)    # so that alice can stand in it
    wrong = []
    for row in INSIDE:
        result = box.run(["sudo", "true", *row[0]], user="alice", cwd=row[1])
        if result.rc == 0 or (rule == "deny" and "personal data" not in result.err):
            wrong.append((name(row), result.err))
    for row in OUTSIDE:
        result = box.run(["sudo", "true", *row[0]], user="alice", cwd=row[1])
        if result.rc != 0:
            wrong.append((name(row), result.err))
    for row in MOVABLE:
        result = box.run(["sudo", "true", *row[0]], user="alice", cwd=row[1])
        if (result.rc == 0) != (rule == "deny"):
            wrong.append((name(row), result.err))
    assert not wrong


@pytest.mark.parametrize("script", [
    "cat /srv/customers/list", "cd /srv; cat customers/list", "cat < /srv/customers/list", "cat '/srv/customers/list'",
    "cat ~/x /srv/customers/list", "exec cat \"/srv/customers/list\"", "true >/srv/customers/list",
])
def test_text_for_a_shell(box, script):
    """What can be seen counts, however it is run."""
    box.policy(commands(PII + DENY + ALLOW))
    result = box.run(["sudo", "sh", "-c", script], user="alice", cwd="/srv")
    assert result.rc != 0 and "personal data" in result.err and SECRET not in result.stdout


def test_files_that_are_edited(box):
    box.policy(PII + DENY + "rule e { when edit; allow }\n")
    editor = {"SUDO_EDITOR": "/usr/bin/true"}
    for path in ("/srv/customers/list", "/srv/other/../customers/list", "/srv/link/new-one"):
        result = box.run(["sudoedit", path], user="alice", env=editor)
        assert result.rc != 0 and "personal data" in result.err, path
    assert box.run(["sudoedit", "/srv/other/file"], user="alice", env=editor).rc == 0


def test_folder_given_to_sudo(box):
    box.policy(commands(PII + DENY + ALLOW))
    box.sudoers("Defaults:alice runcwd=*\n")
    result = box.run(["sudo", "-D", "/srv/customers", "true", "list"], user="alice")
    assert result.rc != 0 and "personal data" in result.err
    assert box.run(["sudo", "-D", "/srv/other", "true", "list"], user="alice").rc == 0


def test_links_of_others(box):
    """A friend's link is not followed, so it may lead anywhere."""
    box.sh("ln -s /srv/other/file ~/x; chmod 755 ~", user="bob", check=True)
    box.policy(commands(PII + DENY + ALLOW))
    assert "personal data" in box.run(["sudo", "cat", "/home/bob/x"], user="alice").err
    assert box.run(["sudo", "-u", "bob", "cat", "/home/bob/x"], user="alice").stdout == b"fine\n"


def test_extended_attribute(box):
    if box.sh("setfattr -n user.data.class -v pii /srv/other/file").rc != 0:
        pytest.skip("no extended attributes of users here")
    box.policy(commands(PII + DENY + ALLOW))
    assert "personal data" in box.run(["sudo", "cat", "/srv/other/file"], user="alice").err
    assert "personal data" in box.run(["sudo", "cat", "file"], user="alice", cwd="/srv/other").err
    box.sh("setfattr -n user.data.class -v public /srv/other/file", check=True)
    assert box.run(["sudo", "cat", "/srv/other/file"], user="alice").stdout == b"fine\n"


def test_only_within_a_label(box):
    """Allow with a label: all that is a file has to be in it, really."""
    box.policy(commands('label fine { path "/srv/other/**" }\nrule f { when command true cat sh; when label fine; allow }\n'))
    assert box.run(["sudo", "cat", "/srv/other/file"], user="alice").stdout == b"fine\n"
    assert box.run(["sudo", "true", "word", "/srv/other/file"], user="alice").rc == 0
    box.sh("ln -s /srv/customers/list /srv/other/l", check=True)
    for arguments in ([], ["word"], ["/srv/customers/list"], ["/srv/other/file", "/srv/customers/list"], ["/srv/other/l"],
                      ["/srv/other/../customers/list"], ["/srv"]):
        assert box.run(["sudo", "cat", *arguments], user="alice", stdin=b"").rc != 0, arguments


def test_outside_of_a_label(box):
    box.policy(commands('label fine { path "/srv/other/**" }\nrule f { when not label fine; deny "not fine" }\n' + ALLOW))
    assert box.run(["sudo", "cat", "/srv/other/file"], user="alice").stdout == b"fine\n"
    for arguments in ([], ["/srv/customers/list"], ["/srv/other/file", "/srv/customers/list"], ["word", "/srv/other/file"]):
        assert "not fine" in box.run(["sudo", "cat", *arguments], user="alice", stdin=b"").err, arguments


def test_more_files_than_can_be_looked_at(box):
    box.policy(commands(PII + DENY + ALLOW))
    result = box.run(["sudo", "true", *["x"] * 1025], user="alice")
    assert result.rc != 0 and "E-TOO-LARGE" in result.err and "more files" in result.err
    assert box.run(["sudo", "true", *["x"] * 1024], user="alice").rc == 0


def test_recorded(box):
    box.policy(commands(PII + 'label other { path "/srv/**" }\n' + DENY + ALLOW))
    box.run(["sudo", "true", "/srv/customers/list"], user="alice")
    box.run(["sudo", "true", "/srv/other/file"], user="alice", check=True)
    box.run(["sudo", "true"], user="alice", check=True)
    labels = [record.get("AA_LABELS") for record in box.ledger() if record["AA_EVENT"] != "finished"]
    assert labels == ["pii other", "other", None]


def test_explained(box):
    box.policy(commands(PII + DENY + ALLOW))
    explain = ["actionapprove", "explain", "--user", "alice"]
    assert "personal data" in box.run([*explain, "--cwd", "/srv", "--", "true", "customers/list"]).out
    assert box.run([*explain, "--cwd", "/srv", "--", "true", "other/file"]).rc == 0


def test_people_see_it(asking):
    asking.policy(PII + "rule mark { when command mark; when label pii; ask console; from dba; timeout 30s }\n")
    request = asking.ask("mark", "customers/list", cwd="/srv")
    assert asking.look(request).fields["AA_LABELS"] == "pii"
    shown = asking.box.run(["actionapprove", "show", request.code], user="bob").out
    assert "  labels   pii\n" in shown
    asking.approve(request)
    assert request.wait().rc == 0
    assert {record["AA_LABELS"] for record in asking.records(request)} == {"pii"}


def test_a_link_that_is_turned_while_people_think(asking):
    """What was asked for is not the file that would be read: under another rule it is another question."""
    asking.box.sh("mkdir -p /srv/customers; echo x > /srv/customers/list; echo y > /srv/plain", check=True)
    asking.box.sh("ln -s /srv/plain ~/l", user="claude", check=True)
    asking.policy(PII + 'rule pii { when label pii; ask console; from dba; quorum 2 }\n'
                  "rule cat { when command cat; ask console; from dba; timeout 30s }\n")
    request = asking.ask("cat", "/home/claude/l")
    assert asking.look(request).fields["AA_RULE"] == "cat"
    asking.box.sh("ln -sfn /srv/customers/list ~/l", user="claude", check=True)
    asking.approve(request)
    result = request.wait()
    assert result.rc == 1 and "E-CHANGED" in result.err and result.stdout == b"", result.err
