# The fail-closed table: one line a fault. Without the fault alice's command runs; with it, it does not run and the
# words name the cause, while root can still use sudo. The faults themselves are in breakages.py.

import pytest

import breakages

STATE = breakages.STATE


def runs(box, user, **options):
    """Whether the allowed command runs; and what was said."""
    result = box.run(["sudo", "/usr/bin/id", "-u"], user=user, **options)
    assert result.stdout in (b"", b"0\n")
    assert (result.rc == 0) == (result.stdout == b"0\n")
    return result.stdout != b"", result.out + result.err


@pytest.mark.parametrize("fault", breakages.FAULTS, ids=lambda fault: fault.name)
def test_fault(armed, fault):
    assert runs(armed, "alice")[0], "the command has to run before the fault"
    undo = fault.cause(armed)
    ran, words = runs(armed, "alice", **fault.options)
    assert not ran
    assert fault.words in words, words
    assert "next:" in words or not fault.identifier, words
    if fault.identifier:
        assert fault.identifier in words, words
    assert runs(armed, "root")[0], "root has to be able to mend it"
    if undo is not None:
        undo()
        assert runs(armed, "alice")[0], "it has to run again after the fault"


def test_there_are_enough_faults():
    assert len(breakages.FAULTS) >= 30
    assert len({fault.name for fault in breakages.FAULTS}) == len(breakages.FAULTS)


def test_refusals_are_recorded(armed):
    """A fault that leaves the ledger alone is on record, with its identifier."""
    armed.run(["rm", f"{STATE}/live"], check=True)
    assert not runs(armed, "alice")[0]
    last = armed.ledger()[-1]
    assert last["AA_EVENT"] == "refused"
    assert last["AA_ERROR"].startswith("E-SNAPSHOT-MISSING:")
    assert last["AA_USER"] == "alice" and last["AA_COMMAND"] == "/usr/bin/id -u"


@pytest.mark.parametrize("victim", ["library", "plugin"])
def test_missing_files_stop_all_of_sudo(armed, victim):
    """Then sudo itself refuses, for root too, and names the file; the documentation says how to get back."""
    path = armed.sh("ls /usr/lib/*/libactionapprove.so.0", check=True).out.strip() if victim == "library" \
        else "/usr/libexec/sudo/sudo_approve.so"
    armed.run(["mv", path, path + ".gone"], check=True)
    for user in ("alice", "root"):
        ran, words = runs(armed, user)
        assert not ran
        assert path.rsplit("/", 1)[1] in words
    # the tool does not need the library, and taking the lines out brings sudo back
    armed.run(["actionapprove", "verify"], check=True)
    armed.sudo_conf("")
    assert runs(armed, "root")[0]


def test_documentation_says_how_to_get_back():
    from conftest import SOURCE
    text = (SOURCE / "doc/errors.md").read_text()
    assert "cannot open shared object file" in text and "/etc/sudo.conf" in text


def test_both_lines_missing_is_not_noticed_here(armed):
    """What this version cannot see: both lines gone. The PAM guard line of a later version does."""
    armed.sudo_conf("")
    assert runs(armed, "alice")[0]


def test_best_effort_runs_without_a_ledger(armed):
    armed.policy('set record best-effort\nrule ids { when command "/usr/bin/id"; allow }\n')
    armed.fill_disk(STATE)
    armed.run(["rm", f"{STATE}/ledger"], check=True)
    assert runs(armed, "alice")[0]


def test_observe_mode_blocks_what_policy_decided_and_no_more(armed):
    armed.policy('set mode observe\nrule no { when command whoami; deny "never" }\n')
    result = armed.run(["sudo", "whoami"], user="alice")
    assert result.stdout == b"root\n"
    record = [r for r in armed.ledger() if r["AA_EVENT"] == "allowed"][-1]
    assert record["AA_MODE"] == "observe" and record["AA_ACTION"] == "deny" and record["AA_RULE"] == "no"
    armed.run(["rm", f"{STATE}/live"], check=True)
    assert not runs(armed, "alice")[0], "a fault is no policy decision"
