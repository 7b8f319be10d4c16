/* SPDX-License-Identifier: ISC */
/* From rules to an outcome: the first that holds decides, the limits that hold for every allow,
 * the default, and what is told of a rule that only just did not apply. */
#include "unit.h"
#include "facts.h"
#include "world.h"

#define PEOPLE                                                       \
    "channel c { type local }\nperson p { unix boss }\ngroup g { person p }\n"
#define ALLOW_ID "rule r { when command /usr/bin/id; allow "

static void order(void **state)
{
    static const struct facts_row rows[] = {
        { "", "deny first" },
        { "user=bob login=bob", "allow second" },
        { "user=carol login=carol", "ask third" },
        { "user=dave login=dave", "deny default" },
    };

    (void)state;
    FACTS_CHECK(PEOPLE "rule first { when user alice; deny }\n"
                "rule second { when user bob; when command /usr/bin/id; allow }\n"
                "rule third { when user alice bob carol; ask c; from g }\n"
                "rule fourth { when user carol; deny }\n", rows);
}

static void defaults(void **state)
{
    static const struct facts_row none[] = { { "", "deny default" } };
    static const struct facts_row ask[] = { { "", "ask default" }, { "frontend=pam", "ask default" } };
    static const struct facts_row allow[] = {
        { "", "allow default" },
        { "frontend=pam nothing", "allow default" },
        /* the limits of every allow */
        { "opaque", "deny default" },
        { "unbound", "deny default" },
        { "wrapped", "deny default" },
        { "chroot=/x", "deny default" },
        { "edit", "deny default" },
        { "env=!LD_PRELOAD", "deny default" },
        { "env=LANG", "allow default" },
        { "runas=boss runas-uid=1001", "deny default" },
        { "runas=other runas-uid=1002", "allow default" },
        { "nothing", "deny default" },
        { "second=/bin/x unbound", "deny default" },
        { "frontend=pam runas=boss runas-uid=1001", "deny default" },
    };

    (void)state;
    FACTS_CHECK("", none);
    FACTS_CHECK("default deny \"no\"", none);
    FACTS_CHECK(PEOPLE "default ask c; default from g", ask);
    FACTS_CHECK(PEOPLE "default allow", allow);
}

static void limits(void **state)
{
    static const struct facts_row plain[] = {
        { "", "allow r" },
        { "opaque", "deny default" },
        { "unbound", "deny default" },
        { "wrapped", "deny default" },
        { "chroot=/srv/jail", "deny default" },
        { "edit", "deny default" },
        { "env=!LD_PRELOAD", "deny default" },
        { "env=~LD_PRELOAD", "allow r" },
        { "env=TERM", "allow r" },
        { "runas=boss runas-uid=1001", "deny default" },
    }, opaque_ok[] = {
        { "opaque", "allow r" }, { "opaque unbound", "deny default" },
        { "opaque env=!X", "deny default" }, { "opaque wrapped", "deny default" },
        { "opaque set=!X", "allow r" }, { "set=!X", "allow r" }, { "env=!X set=!X", "deny default" },
        { "second=/usr/bin/id wrapped", "deny default" }, { "second=cd unresolved builtin wrapped", "deny default" },
    }, both_ok[] = {
        { "opaque second=cd unresolved builtin wrapped", "allow r" },
        { "second=cd unresolved builtin wrapped", "allow r" },
        { "second=cd unresolved wrapped", "deny default" },
        { "second=/usr/bin/cat wrapped", "deny default" },
        { "second=/usr/bin/id wrapped unbound", "deny default" },
        { "second=/usr/bin/id wrapped writes=/etc/motd", "allow r" },
        { "second=/usr/bin/id wrapped set=!X", "allow r" },
        { "second=/usr/bin/id wrapped env=!X", "deny default" },
        { "command=/usr/bin/cat second=cd unresolved builtin wrapped", "deny default" },
    }, not_ok[] = {
        { "second=cd unresolved builtin wrapped", "deny default" },
        { "second=echo unresolved builtin wrapped", "allow r" },
    }, wrapped_ok[] = {
        { "wrapped", "allow r" },
        { "second=/usr/bin/id wrapped", "allow r" },
        { "second=/usr/bin/cat wrapped", "deny default" },
        { "wrapped opaque", "deny default" },
        { "wrapped unbound", "deny default" },
    }, env_ok[] = {
        { "set=!FOO", "allow r" }, { "set=!BAZ", "deny default" },
        { "env=!FOO", "allow r" }, { "env=!FOO env=!BAR", "allow r" },
        { "env=!FOO env=!LD_PRELOAD", "deny default" }, { "env=!FOOBAR", "deny default" },
    }, approver_ok[] = {
        { "runas=boss runas-uid=1001", "allow r" },
        { "runas=boss runas-uid=1001 chroot=/x", "deny default" },
    };

    (void)state;
    FACTS_CHECK(PEOPLE ALLOW_ID "}", plain);
    FACTS_CHECK(PEOPLE ALLOW_ID "; opaque-ok }", opaque_ok);
    FACTS_CHECK(PEOPLE ALLOW_ID "; wrapped-ok }", wrapped_ok);
    FACTS_CHECK(PEOPLE ALLOW_ID "; wrapped-ok; opaque-ok }", both_ok);
    FACTS_CHECK(PEOPLE ALLOW_ID "; when not command cd; wrapped-ok; opaque-ok }", not_ok);
    FACTS_CHECK(PEOPLE ALLOW_ID "; env-ok FOO BAR }", env_ok);
    FACTS_CHECK(PEOPLE ALLOW_ID "; approver-ok }", approver_ok);
}

static void editing(void **state)
{
    static const struct facts_row allow[] = {
        { "edit command=sudoedit unresolved args=/etc/motd", "allow r" },
        { "edit command=sudoedit unresolved args=/etc/motd unbound", "deny default" },
        { "edit command=sudoedit unresolved args=/etc/motd env=!EDITOR", "allow r" },
        { "edit command=sudoedit unresolved args=/etc/motd chroot=/x", "deny default" },
        { "edit command=sudoedit unresolved args=/etc/shadow", "deny default" },
        { "command=sudoedit unresolved args=/etc/motd", "deny default" },
    }, not_edit[] = {
        { "edit", "deny default" }, { "", "allow r" },
    }, deny[] = {
        { "edit command=sudoedit unresolved args=/etc/shadow", "deny r" },
        { "command=/usr/bin/id", "ask default" },
    };

    (void)state;
    FACTS_CHECK("rule r { when edit; when args /etc/motd; allow }", allow);
    FACTS_CHECK("rule r { when command /usr/bin/id; when not edit; allow }", not_edit);
    FACTS_CHECK(PEOPLE "default ask c; default from g\n"
                "rule r { when command sudoedit; deny }", deny);
}

/* Whoever may answer requests could answer them from the account that the command runs as. */
static void who_is_an_approver(void **state)
{
    static const struct facts_row named[] = {
        { "runas=boss runas-uid=1001", "deny default" },
        { "runas=idle runas-uid=1002", "allow r" }, /* a person, but in no group */
        { "runas=root runas-uid=0", "allow r" },
        { "runas=postgres runas-uid=110 runas-system", "allow r" },
    }, open_group[] = {
        { "runas=boss runas-uid=1001", "deny default" },
        { "runas=idle runas-uid=1002", "deny default" }, /* could be in the Unix group */
        { "runas=other runas-uid=1003", "allow r" },     /* no person */
    }, by_email[] = {
        { "runas=other runas-uid=1003", "deny default" }, /* could be a person by mail */
        { "runas=postgres runas-uid=110 runas-system", "allow r" },
        { "runas=root runas-uid=0", "allow r" },
    }, email_closed[] = {
        { "runas=other runas-uid=1003", "allow r" },
        { "runas=boss runas-uid=1001", "deny default" },
    };

    (void)state;
    FACTS_CHECK(PEOPLE "person i { unix idle }\n" ALLOW_ID "}", named);
    FACTS_CHECK(PEOPLE "person i { unix idle }\ngroup h { unix-group dba }\n" ALLOW_ID "}",
                open_group);
    FACTS_CHECK(PEOPLE "people by-email example.com\ngroup h { unix-group dba }\n" ALLOW_ID "}",
                by_email);
    FACTS_CHECK(PEOPLE "people by-email example.com\n" ALLOW_ID "}", email_closed);
}

static void outcome_says_what_was_near(void **state)
{
    static const struct {
        const char *policy, *facts;
        const char *near_rule, *near_limit, *near_detail;
    } rows[] = {
        { ALLOW_ID "}", "", NULL, NULL, NULL },
        { ALLOW_ID "}", "opaque=why", "r", "cannot be read", "why" },
        { ALLOW_ID "}", "env=!FOO", "r", "refused", "FOO" },
        { ALLOW_ID "}", "unbound", "r", "could change", "unbound" },
        { ALLOW_ID "}", "chroot=/jail", "r", "root folder", "/jail" },
        { ALLOW_ID "}", "edit", "r", "when edit", "" },
        { PEOPLE ALLOW_ID "}", "runas=boss runas-uid=9", "r", "approver", "boss" },
        { "default allow", "unbound", "default", "could change", "unbound" },
        { ALLOW_ID "}\nrule s { when command /usr/bin/*; allow }", "unbound", "r", "could", "unb" },
        { "rule x { when user bob; when command /usr/bin/id; allow }", "unbound", NULL, NULL, NULL },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        _cleanup_buffer_ struct aa_buffer data = AA_BUFFER_INIT(0);
        struct aa_snapshot snapshot;
        struct aa_outcome outcome;
        struct aa_fault fault = { 0 };

        world_compile(rows[i].policy, &data);
        assert_int_equal(aa_snapshot_from_memory(data.data, data.length, &snapshot, &fault), 0);
        (void)facts_decide(&snapshot, facts_request(rows[i].facts), &outcome);
        check((outcome.near_rule == NULL) == (rows[i].near_rule == NULL), "row %zu", i);
        if (rows[i].near_rule == NULL)
            continue;
        assert_string_equal(outcome.near_rule, rows[i].near_rule);
        check(strstr(outcome.near_limit, rows[i].near_limit) != NULL, "row %zu: %s", i,
              outcome.near_limit);
        check(strstr(outcome.near_detail, rows[i].near_detail) != NULL, "row %zu: %s", i,
              outcome.near_detail);
    }
}

static void deny_says_why(void **state)
{
    static const struct {
        const char *policy, *why;
    } rows[] = {
        { "rule r { when user alice; deny \"change freeze\" }", "change freeze" },
        { "rule r { when user alice; deny }", "" },
        { "default deny \"not for agents\"", "not for agents" },
        { "", "" },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        _cleanup_buffer_ struct aa_buffer data = AA_BUFFER_INIT(0);
        struct aa_snapshot snapshot;
        struct aa_outcome outcome;
        struct aa_fault fault = { 0 };

        world_compile(rows[i].policy, &data);
        assert_int_equal(aa_snapshot_from_memory(data.data, data.length, &snapshot, &fault), 0);
        (void)facts_decide(&snapshot, facts_request(""), &outcome);
        assert_string_equal(outcome.why, rows[i].why);
        assert_int_equal(outcome.action, AA_ACTION_DENY);
    }
}

struct trace {
    char text[512];
};

static void note(void *context, uint32_t rule, const struct aa_rule_result *result)
{
    struct trace *trace = context;
    size_t n = strlen(trace->text);

    snprintf(trace->text + n, sizeof(trace->text) - n, "%u:%s:%d:%s ", rule,
             result->holds ? "holds" : "no", result->failed_condition,
             result->limit != NULL ? "limit" : "-");
}

static void trace_names_the_condition_that_failed(void **state)
{
    _cleanup_buffer_ struct aa_buffer data = AA_BUFFER_INIT(0);
    struct trace trace = { "" };
    struct aa_snapshot snapshot;
    struct aa_outcome outcome;
    struct aa_fault fault = { 0 };

    (void)state;
    world_compile("rule a { when user alice; when runas postgres; when tty none; deny }\n"
                  "rule b { when user bob; deny }\n"
                  "rule c { when command /usr/bin/id; allow }\n"
                  "rule d { when user alice; deny }\n"
                  "rule e { when user alice; deny }\n", &data);
    assert_int_equal(aa_snapshot_from_memory(data.data, data.length, &snapshot, &fault), 0);
    assert_int_equal(aa_decide_policy(&snapshot, facts_request("unbound"), &outcome, note, &trace,
                                      &fault), 0);
    assert_string_equal(trace.text, "0:no:1:- 1:no:0:- 2:no:-1:limit 3:holds:-1:- ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order),
        cmocka_unit_test(defaults),
        cmocka_unit_test(limits),
        cmocka_unit_test(editing),
        cmocka_unit_test(who_is_an_approver),
        cmocka_unit_test(outcome_says_what_was_near),
        cmocka_unit_test(deny_says_why),
        cmocka_unit_test(trace_names_the_condition_that_failed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
