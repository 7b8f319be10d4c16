/* SPDX-License-Identifier: ISC */
/* "when command" and "when args": an allow rule looks at the one resolved path of every command,
 * ask and deny rules at every name of any command, and both keys of a rule speak of the same
 * one. */
#include "unit.h"
#include "facts.h"
#include "world.h"

#define PEOPLE                                                       \
    "channel c { type local }\nperson p { unix boss }\ngroup g { person p }\n" \
    "default ask c; default from g\n"

static void allow_by_path(void **state)
{
    static const struct facts_row rows[] = {
        { "command=/usr/bin/id", "allow r" },
        { "command=/usr/bin/ids", "deny default" },
        { "command=/usr/local/bin/id", "deny default" },
        { "command=/usr/local/bin/id name=/usr/bin/id", "deny default" }, /* only a link is named so */
        { "command=/usr/bin/id name=/home/alice/x", "allow r" },
        { "command=/usr/bin/id unresolved", "deny default" },
        { "command=/usr/bin/id unbound", "deny default" },
        { "command=/usr/bin/id second=/usr/bin/id", "allow r" },
        { "command=/usr/bin/id second=/bin/sh", "deny default" },
        { "command=/bin/sh second=/usr/bin/id", "deny default" },
        { "nothing", "deny default" },
    }, globs[] = {
        { "command=/usr/bin/apt-get", "allow r" },
        { "command=/usr/bin/x/apt-get", "deny default" },
        { "command=/opt/a/b/tool", "allow r" },
    };

    (void)state;
    FACTS_CHECK("rule r { when command /usr/bin/id; allow }", rows);
    FACTS_CHECK("rule r { when command /usr/bin/apt* /opt/**; allow }", globs);
}

static void allow_but_not(void **state)
{
    static const struct facts_row rows[] = {
        { "command=/usr/bin/cat", "allow r" },
        { "command=/usr/bin/id", "deny default" },
        { "command=/usr/bin/cat name=/x/id", "deny default" }, /* one name is enough to lose it */
        { "command=/usr/bin/cat name=/usr/bin/passwd", "deny default" },
        { "command=/usr/bin/cat second=/usr/bin/id", "deny default" },
    };

    (void)state;
    FACTS_CHECK("rule r { when command /usr/bin/*; when not command id /usr/bin/passwd; allow }",
                rows);
}

static void deny_by_any_name(void **state)
{
    static const struct facts_row base[] = {
        { "command=/usr/bin/pg_dump", "deny r" },
        { "command=/usr/lib/postgresql/15/bin/pg_dump", "deny r" },
        { "command=/usr/lib/pg_wrapper name=/usr/bin/pg_dump", "deny r" },
        { "command=/tmp/x name=/home/alice/pg_dump unbound", "deny r" },
        { "command=/usr/bin/env second=/usr/bin/pg_dump wrapped", "deny r" },
        { "command=/usr/bin/pg_dumpall", "ask default" },
        { "command=/usr/bin/pg_dump/x", "ask default" },
        { "command=pg_dump unresolved", "deny r" },
        { "nothing", "ask default" },
    }, path[] = {
        { "command=/usr/bin/pg_dump", "deny r" },
        { "command=/opt/pg_dump name=/usr/bin/pg_dump", "deny r" },
        { "command=/opt/pg_dump", "ask default" },
    }, any_path[] = {
        { "command=/a/b/pg_dump", "deny r" },
        { "command=/usr/bin/id", "ask default" },
    };

    (void)state;
    FACTS_CHECK(PEOPLE "rule r { when command pg_dump; deny }", base);
    FACTS_CHECK(PEOPLE "rule r { when command /usr/bin/pg_dump; deny }", path);
    FACTS_CHECK(PEOPLE "rule r { when command **/pg_dump; deny }", any_path);
}

/* The freeze: everything but what is surely this one command. */
static void deny_all_but(void **state)
{
    static const struct facts_row rows[] = {
        { "command=/usr/bin/systemctl", "ask default" },
        { "command=/usr/bin/id", "deny r" },
        { "command=/usr/bin/systemctl unbound", "deny r" },
        { "command=/usr/bin/systemctl opaque", "deny r" },
        { "command=/usr/bin/systemctl second=/bin/sh", "deny r" },
        { "command=/bin/sh second=/usr/bin/systemctl", "deny r" },
        { "command=/usr/bin/systemctl second=/usr/bin/systemctl", "ask default" },
        { "nothing", "deny r" },
    };

    (void)state;
    FACTS_CHECK(PEOPLE "rule r { when not command /usr/bin/systemctl; deny }", rows);
}

static void args(void **state)
{
    static const struct facts_row exact[] = {
        { "args=restart,app-web", "deny r" },
        { "args=restart,app-", "deny r" },
        { "args=restart,app-a/b", "ask default" },
        { "args=restart", "ask default" },
        { "args=restart,app-web,more", "ask default" },
        { "args=", "ask default" },
        { "args=app-web,restart", "ask default" },
    }, rest[] = {
        { "args=status", "deny r" },
        { "args=status,a,b,c", "deny r" },
        { "args=", "ask default" },
        { "args=x,status", "ask default" },
    }, none[] = {
        { "args=", "deny r" },
        { "args=x", "ask default" },
    }, anything[] = {
        { "args=", "deny r" },
        { "args=a/b,c", "deny r" },
    }, negated[] = {
        { "args=status", "ask default" },
        { "args=restart", "deny r" },
        { "args=status opaque", "deny r" },
        { "args=status second=/x args=stop", "deny r" },
    };

    (void)state;
    FACTS_CHECK(PEOPLE "rule r { when args restart app-*; deny }", exact);
    FACTS_CHECK(PEOPLE "rule r { when args status ...; deny }", rest);
    FACTS_CHECK(PEOPLE "rule r { when args; deny }", none);
    FACTS_CHECK(PEOPLE "rule r { when args ...; deny }", anything);
    FACTS_CHECK(PEOPLE "rule r { when not args status; deny }", negated);
}

static void allow_needs_all_args(void **state)
{
    static const struct facts_row rows[] = {
        { "args=-u", "allow r" },
        { "args=-u second=/usr/bin/id args=-u", "allow r" },
        { "args=-u second=/usr/bin/id args=-g", "deny default" },
        { "args=-u second=/usr/bin/id", "deny default" },
        { "args=-u opaque", "deny default" },
    }, negated[] = {
        { "args=-g", "allow r" },
        { "args=-u", "deny default" },
        { "args=-g second=/usr/bin/id args=-u", "deny default" },
    };

    (void)state;
    FACTS_CHECK("rule r { when command /usr/bin/id; when args -u; allow }", rows);
    FACTS_CHECK("rule r { when command /usr/bin/id; when not args -u; allow }", negated);
}

/* One command's name and another's arguments are not one command. */
static void one_rule_one_command(void **state)
{
    static const struct facts_row rows[] = {
        { "command=/bin/a args=x second=/bin/b args=y", "ask default" },
        { "command=/bin/a args=y second=/bin/b args=x", "deny r" },
        { "command=/bin/b args=x second=/bin/a args=y", "deny r" },
    };

    (void)state;
    FACTS_CHECK(PEOPLE "rule r { when command a; when args y; deny }", rows);
    FACTS_CHECK(PEOPLE "rule r { when args y; when command a; deny }", rows);
}

static void quoted_stars_and_dots(void **state)
{
    static const struct facts_row star[] = {
        { "args=*", "deny r" }, { "args=x", "ask default" },
    }, dots[] = {
        { "args=...", "deny r" }, { "args=x", "ask default" }, { "args=", "ask default" },
    };

    (void)state;
    FACTS_CHECK(PEOPLE "rule r { when args \"\\*\"; deny }", star);
    FACTS_CHECK(PEOPLE "rule r { when args \"...\"; deny }", dots);
}

/* A subject on which the pattern could run for hours is an answer of its own: never allowed. */
static void a_hostile_argument_is_a_fault(void **state)
{
    static char argument[60000];
    static struct aa_request request;
    static struct aa_effective effective;
    const char *args_list[] = { argument };

    (void)state;
    memset(argument, 'a', sizeof(argument) - 1);
    request = *facts_request("");
    effective = request.effective[0];
    effective.args = (struct aa_words){ args_list, NULL, 1 };
    request.effective = &effective;
    for (int i = 0; i < 2; i++) {
        static const char *const policies[] = {
            "rule r { when command /usr/bin/id; when args **a*b; allow }",
            PEOPLE "rule r { when args **a*b; deny }",
        };
        _cleanup_buffer_ struct aa_buffer data = AA_BUFFER_INIT(0);
        struct aa_snapshot snapshot;
        struct aa_outcome outcome;
        struct aa_fault fault = { 0 };

        world_compile(policies[i], &data);
        assert_int_equal(aa_snapshot_from_memory(data.data, data.length, &snapshot, &fault), 0);
        assert_string_equal(facts_decide(&snapshot, &request, &outcome), "error E-TOO-LARGE");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allow_by_path),
        cmocka_unit_test(allow_but_not),
        cmocka_unit_test(deny_by_any_name),
        cmocka_unit_test(deny_all_but),
        cmocka_unit_test(args),
        cmocka_unit_test(allow_needs_all_args),
        cmocka_unit_test(one_rule_one_command),
        cmocka_unit_test(quoted_stars_and_dots),
        cmocka_unit_test(a_hostile_argument_is_a_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
