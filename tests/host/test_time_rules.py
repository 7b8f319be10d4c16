# "when time" under the real sudo: it is the configured zone's clock that counts, or the host's at the time of apply;
# whoever calls sudo or apply has no say by their own TZ.

import datetime
import os
import zoneinfo

import pytest

HERE = "Asia/Kolkata"
THERE = "Pacific/Apia"  # far enough that no window of two hours is the same
IDS = 'rule ids {{ when command "/usr/bin/id"; when time {window}; allow }}\n'


@pytest.fixture(autouse=True)
def database():
    if not os.path.exists(f"/usr/share/zoneinfo/{HERE}"):
        pytest.skip("there is no zone database on this host")


def window(zone):
    """From an hour ago until in an hour, as the clocks of that zone show it."""
    now = datetime.datetime.now(zoneinfo.ZoneInfo(zone))
    hour = datetime.timedelta(hours=1)
    return f"{now - hour:%H:%M}-{now + hour:%H:%M}"


def allowed(box, zone):
    result = box.run(["sudo", "id", "-u"], user="alice", env={"TZ": zone})
    assert (result.rc == 0) == (result.stdout == b"0\n")
    return result.rc == 0


def apply(box, policy, zone="UTC"):
    box.write("/etc/actionapprove/actionapprove.conf", policy)
    result = box.run(["actionapprove", "apply"], env={"TZ": zone})
    assert result.rc == 0, result.err


@pytest.mark.parametrize("applied_in", ["UTC", THERE])
def test_the_configured_zone_counts(armed, applied_in):
    apply(armed, f"set timezone {HERE}\n" + IDS.format(window=window(HERE)), zone=applied_in)
    assert all(allowed(armed, zone) for zone in ("UTC", HERE, THERE, ":/home/alice/zone", ""))
    apply(armed, f"set timezone {HERE}\n" + IDS.format(window=window(THERE)), zone=applied_in)
    assert not any(allowed(armed, zone) for zone in ("UTC", HERE, THERE, "<A>-13", ""))


def test_else_the_zone_of_the_host(armed):
    armed.sh(f"ln -sfn /usr/share/zoneinfo/{HERE} /etc/localtime", check=True)
    apply(armed, IDS.format(window=window(HERE)), zone=THERE)
    assert allowed(armed, THERE)
    apply(armed, IDS.format(window=window(THERE)), zone=THERE)
    assert not allowed(armed, THERE)
    # what apply wrote down counts until the next one
    apply(armed, IDS.format(window=window(HERE)))
    armed.sh(f"ln -sfn /usr/share/zoneinfo/{THERE} /etc/localtime", check=True)
    assert allowed(armed, THERE)
    armed.run(["actionapprove", "apply"], check=True)
    assert not allowed(armed, THERE)


def test_a_host_without_a_zone_has_utc(armed):
    armed.sh("rm -f /etc/localtime", check=True)
    apply(armed, IDS.format(window=window("UTC")), zone=THERE)
    assert allowed(armed, THERE)
    armed.write("/etc/localtime", "no zone\n")
    result = armed.run(["actionapprove", "apply"])
    assert result.rc == 1 and "/etc/localtime" in result.err
    assert allowed(armed, THERE), "the policy in force is the one from before"


def test_a_host_without_a_zone_database(armed):
    armed.sh("mount -t tmpfs none /usr/share/zoneinfo", check=True)
    armed.write("/etc/actionapprove/actionapprove.conf", f"set timezone {HERE}\n")
    result = armed.run(["actionapprove", "apply"])
    assert result.rc == 1 and "there is no time zone" in result.err
    apply(armed, "set timezone UTC\n" + IDS.format(window=window("UTC")))
    assert allowed(armed, THERE)


def test_the_time_of_the_day(armed):
    today = datetime.datetime.now(datetime.timezone.utc)
    if today.hour == 23 and today.minute >= 58:
        pytest.skip("the day is about to end")
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    day, other = days[today.weekday()], days[(today.weekday() + 1) % 7]
    apply(armed, "set timezone UTC\n" + IDS.format(window=day))
    assert allowed(armed, THERE)
    apply(armed, "set timezone UTC\n" + IDS.format(window=other))
    assert not allowed(armed, THERE)
    apply(armed, 'set timezone UTC\nrule no { when not time %s; deny "not today" }\n' % other + IDS.format(window="mon-sun"))
    result = armed.run(["sudo", "id"], user="alice")
    assert result.rc != 0 and "not today" in result.err
