# Fixtures of the host tests: a sandbox with the build installed, and one without.
#
# AA_BUILD names the build folder; meson test sets it. A test that cannot run here is skipped with the reason, and
# if that is true of all, pytest ends with 77.

import os
import pathlib
import shutil
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from sandbox import Sandbox, Unavailable  # noqa: E402  pylint: disable=wrong-import-position

SOURCE = pathlib.Path(__file__).resolve().parents[2]
EXIT_SKIPPED = 77
outcomes = {"passed": 0, "failed": 0, "skipped": []}


@pytest.fixture
def build():
    """The build folder."""
    folder = os.environ.get("AA_BUILD")
    if not folder:
        pytest.skip("AA_BUILD does not name a build folder")
    return pathlib.Path(folder).resolve(strict=True)


@pytest.fixture
def make_box():
    """Sandbox(), for a test that wants several or with options of its own; they end with the test."""
    boxes = []

    def make(**options):
        box = _sandbox(**options)
        boxes.append(box)
        return box

    yield make
    for box in boxes:
        box.close()


@pytest.fixture
def bare_box():
    """A sandbox as the machine is, but for its users and sudoers."""
    with _sandbox() as box:
        yield box


@pytest.fixture
def box(build):
    """A sandbox with the build installed; no policy, and sudo not armed yet."""
    with _sandbox(expose=[SOURCE, build]) as box:
        box.install(build)
        yield box


def _sandbox(**options):
    if not shutil.which("sudo"):
        pytest.skip("sudo is not installed")
    try:
        return Sandbox(**options)
    except Unavailable as reason:
        pytest.skip(str(reason))


def pytest_runtest_logreport(report):
    if report.skipped:
        outcomes["skipped"].append(report.longrepr[2].removeprefix("Skipped: "))
    elif report.failed or report.when == "call":
        outcomes["failed" if report.failed else "passed"] += 1


def pytest_sessionfinish(session):
    if outcomes["skipped"] and not outcomes["passed"] and not outcomes["failed"]:
        session.exitstatus = EXIT_SKIPPED


def pytest_terminal_summary(terminalreporter):
    for reason in sorted(set(outcomes["skipped"])):
        terminalreporter.write_line(f"skipped: {reason}")


ALLOW_ID = """\
rule ids { when command "/usr/bin/id"; allow }
"""


@pytest.fixture
def armed(box):
    """A sandbox in which sudo is armed and the policy allows /usr/bin/id to everybody, and nothing else."""
    box.policy(ALLOW_ID)
    box.plugin_lines()
    return box
