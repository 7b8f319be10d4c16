/* SPDX-License-Identifier: ISC */
/* "when time", and the examples of the language's description decided on requests made by hand. */
#include "unit.h"
#include "facts.h"
#include "world.h"

#include <unistd.h>

#define PEOPLE                                                                  \
    "channel ops { type local }\nchannel console { type local }\n"               \
    "person bob { unix bob }\nperson carol { unix carol }\n"                     \
    "group dba { person bob }\ngroup security { person carol }\n"                \
    "group admins { person bob carol }\nlabel pii { path \"/srv/customers/**\" }\n" \
    "set timezone UTC\n"
#define ASK PEOPLE "default ask ops; default from admins\n"
#define ID "rule r { when command /usr/bin/id; "

/* 2027-03-01 is a Monday. */
static void one_value(void **state)
{
    static const struct facts_row allow[] = {
        { "at=2027-03-01T08:59", "deny default" }, { "at=2027-03-01T09:00", "allow r" },
        { "at=2027-03-05T16:59", "allow r" },      { "at=2027-03-05T17:00", "deny default" },
        { "at=2027-03-06T12:00", "deny default" }, { "at=2027-03-07T12:00", "deny default" },
    }, allow_not[] = {
        { "at=2027-03-01T08:59", "allow r" }, { "at=2027-03-01T09:00", "deny default" },
        { "at=2027-03-05T17:00", "allow r" }, { "at=2027-03-06T12:00", "allow r" },
    }, deny[] = {
        { "at=2027-03-01T08:59", "ask default" }, { "at=2027-03-01T09:00", "deny r" },
        { "at=2027-03-05T17:00", "ask default" }, { "at=2027-03-06T12:00", "ask default" },
        { "frontend=pam nothing at=2027-03-01T09:00", "deny r" },
    }, deny_not[] = {
        { "at=2027-03-01T08:59", "deny r" }, { "at=2027-03-01T09:00", "ask default" },
        { "at=2027-03-05T17:00", "deny r" }, { "at=2027-03-06T12:00", "deny r" },
        { "frontend=pam nothing at=2027-03-06T12:00", "deny r" },
    }, ask[] = {
        { "at=2027-03-01T08:59", "deny default" }, { "at=2027-03-01T09:00", "ask r" },
    }, ask_not[] = {
        { "at=2027-03-01T08:59", "ask r" }, { "at=2027-03-01T09:00", "deny default" },
    };

    (void)state;
    FACTS_CHECK(PEOPLE ID "when time mon-fri 09:00-17:00; allow }", allow);
    FACTS_CHECK(PEOPLE ID "when not time mon-fri 09:00-17:00; allow }", allow_not);
    FACTS_CHECK(ASK "rule r { when time mon-fri 09:00-17:00; deny }", deny);
    FACTS_CHECK(ASK "rule r { when not time mon-fri 09:00-17:00; deny }", deny_not);
    FACTS_CHECK(PEOPLE "rule r { when time mon-fri 09:00-17:00; ask ops; from dba }", ask);
    FACTS_CHECK(PEOPLE "rule r { when not time mon-fri 09:00-17:00; ask ops; from dba }", ask_not);
}

static void forms(void **state)
{
    static const struct facts_row over_midnight[] = {
        { "at=2027-03-05T21:59", "ask default" }, { "at=2027-03-05T22:00", "deny r" },
        { "at=2027-03-06T05:59", "deny r" },      { "at=2027-03-06T06:00", "ask default" },
        { "at=2027-03-06T22:00", "ask default" }, { "at=2027-03-05T05:59", "ask default" },
    }, wrapped_days[] = {
        { "at=2027-03-04T23:59", "ask default" }, { "at=2027-03-05T00:00", "deny r" },
        { "at=2027-03-06T12:00", "deny r" },      { "at=2027-03-07T12:00", "deny r" },
        { "at=2027-03-08T23:59", "deny r" },      { "at=2027-03-09T00:00", "ask default" },
    }, several[] = {
        { "at=2027-03-01T03:30", "deny r" },      { "at=2027-03-03T03:30", "deny r" },
        { "at=2027-03-03T04:00", "ask default" }, { "at=2027-03-07T23:59", "deny r" },
        { "at=2027-03-02T12:30", "deny r" },      { "at=2027-03-03T12:30", "ask default" },
    }, until_midnight[] = {
        { "at=2027-03-05T17:59", "ask default" }, { "at=2027-03-05T23:59", "deny r" },
        { "at=2027-03-06T00:00", "ask default" },
    }, one_day_range[] = {
        { "at=2027-03-05T12:00", "deny r" }, { "at=2027-03-06T12:00", "ask default" },
    };

    (void)state;
    FACTS_CHECK(ASK "rule r { when time fri 22:00-06:00; deny }", over_midnight);
    FACTS_CHECK(ASK "rule r { when time fri-mon; deny }", wrapped_days);
    FACTS_CHECK(ASK "rule r { when time 03:00-04:00 sun tue 12:00-13:00; deny }", several);
    FACTS_CHECK(ASK "rule r { when time fri 18:00-00:00; deny }", until_midnight);
    FACTS_CHECK(ASK "rule r { when time fri-fri; deny }", one_day_range);
}

/* The clock is that of the zone: 18:00 in Berlin is 17:00 or 16:00 UTC. */
static void in_a_zone(void **state)
{
    static const char policy[] =
        "set timezone Europe/Berlin\nrule r { when time fri 18:00-24:00; deny \"late\" }\n"
        "channel c { type local }\nperson p { unix p }\ngroup g { person p }\n"
        "default ask c; default from g\n";
    static const struct facts_row rows[] = {
        { "at=2027-01-15T16:59", "ask default" }, { "at=2027-01-15T17:00", "deny r" },
        { "at=2027-07-16T15:59", "ask default" }, { "at=2027-07-16T16:00", "deny r" },
        { "at=2027-07-16T21:59", "deny r" },      { "at=2027-07-16T22:00", "ask default" },
    };

    (void)state;
    if (access("/usr/share/zoneinfo/Europe/Berlin", R_OK) != 0)
        skip_because("there is no zone database");
    FACTS_CHECK(policy, rows);
}

/* ---- the examples ---- */

static void deploy(void **state)
{
    static const struct facts_row rows[] = {
#define CI "user=ci login=- command=/usr/bin/systemctl "
        { CI "args=--no-pager,restart,app-web", "allow deploy" },
        { CI "args=--no-pager,restart,app-", "allow deploy" },
        { CI "args=--no-pager,restart,sshd", "deny default" },
        { CI "args=--no-pager,stop,app-web", "deny default" },
        { CI "args=restart,app-web", "deny default" },
        { CI "args=--no-pager,restart,app-web,sshd", "deny default" },
        { CI "args=--no-pager,restart,app-web doubt=..?", "deny default" },
        { CI "args=--no-pager,restart,app-web doubt=..+", "deny default" },
        { CI "args=--no-pager,restart,app-web runas=postgres", "deny default" },
        { CI "args=--no-pager,restart,app-web wrapped", "deny default" },
        { CI "args=--no-pager,restart,app-web writes=/etc/passwd", "deny default" },
        { "user=ci login=alice command=/usr/bin/systemctl args=--no-pager,restart,app-web",
          "deny default" },
        { "command=/usr/bin/systemctl args=--no-pager,restart,app-web", "deny default" },
        { "user=ci login=- command=/opt/systemctl args=--no-pager,restart,app-web",
          "deny default" },
    };

    (void)state;
    FACTS_CHECK(PEOPLE "rule deploy { when user ci; when runas root; when command "
                "\"/usr/bin/systemctl\"; when args \"--no-pager\" \"restart\" \"app-*\"; allow }",
                rows);
}

static void freeze(void **state)
{
    static const struct facts_row rows[] = {
#define PROD "host=prod-1 "
        { PROD "at=2027-03-05T17:59", "ask default" },
        { PROD "at=2027-03-05T18:00", "deny freeze" },
        { PROD "at=2027-03-05T23:59", "deny freeze" },
        { PROD "at=2027-03-06T23:59", "deny freeze" },
        { PROD "at=2027-03-07T23:59", "deny freeze" },
        { PROD "at=2027-03-08T00:00", "ask default" },
        { PROD "at=2027-03-06T12:00 command=/usr/bin/systemctl", "ask default" },
        { PROD "at=2027-03-06T12:00 command=/usr/bin/systemctl opaque", "deny freeze" },
        { PROD "at=2027-03-06T12:00 command=/usr/bin/systemctl unbound", "deny freeze" },
        { PROD "at=2027-03-06T12:00 command=/usr/bin/systemctl second=/usr/bin/id wrapped",
          "deny freeze" },
        { PROD "at=2027-03-06T12:00 frontend=pam nothing", "ask default" },
        { "host=dev-1 at=2027-03-06T12:00", "ask default" },
    };

    (void)state;
    FACTS_CHECK(ASK "rule freeze { when frontend sudo; when host \"prod-*\"; when time fri "
                "18:00-24:00 sat-sun; when not command \"/usr/bin/systemctl\"; deny "
                "\"change freeze\" }", rows);
}

static void root_ssh(void **state)
{
    static const struct facts_row rows[] = {
#define SSH "frontend=pam service=sshd nothing user=root "
        { SSH "rhost=192.0.2.1", "ask root-ssh" },
        { SSH "rhost=10.1.2.3", "deny default" },
        { SSH "rhost=::ffff:10.1.2.3", "deny default" },
        { SSH "rhost=2001:db8::1", "ask root-ssh" },
        { SSH "rhost=-", "ask root-ssh" },
        { SSH "rhost=bastion.example.com", "ask root-ssh" },
        { SSH "rhost=192.0.2.1 runas=alice", "deny default" },
        { "frontend=pam service=login nothing rhost=192.0.2.1", "deny default" },
        { "rhost=192.0.2.1", "deny default" },
    };

    (void)state;
    FACTS_CHECK(PEOPLE "rule root-ssh { when frontend pam; when service sshd; when runas root; "
                "when not rhost 10.0.0.0/8; ask ops; from admins; timeout 90s }", rows);
}

/* The agent's example, without its label. */
static void agents_apt(void **state)
{
    static const struct facts_row rows[] = {
        { "user=claude login=- command=/usr/bin/apt-get args=install,x", "ask apt" },
        { "login=claude command=/usr/bin/apt args=update", "ask apt" },
        { "user=claude login=- command=/bin/sh second=/usr/bin/apt wrapped", "ask apt" },
        { "user=claude login=- command=/usr/bin/dpkg", "deny default" },
        { "command=/usr/bin/apt", "deny default" },
    };

    (void)state;
    FACTS_CHECK("channel console { type local }\nperson alice { unix alice }\n"
                "agent claude { unix claude; owner alice }\ngroup seniors { person alice }\n"
                "rule apt { when agent claude; when command apt-get apt; ask console; "
                "from seniors; owner-may-approve }\ndefault deny \"not for agents\"\n", rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_value), cmocka_unit_test(forms),    cmocka_unit_test(in_a_zone),
        cmocka_unit_test(deploy),    cmocka_unit_test(freeze),   cmocka_unit_test(root_ssh),
        cmocka_unit_test(agents_apt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
