/* SPDX-License-Identifier: ISC */
/* What could not be read for certain: words of a command, commands inside others, and files that
 * a redirection writes. None of it ever widens what is allowed. */
#include "unit.h"
#include "facts.h"

#define PEOPLE                                                       \
    "channel c { type local }\nperson p { unix boss }\ngroup g { person p }\n" \
    "default ask c; default from g\n"
#define ID "rule r { when command /usr/bin/id; "

static void args_certain(void **state)
{
    static const struct facts_row exact[] = {
        { "args=a,b doubt=..", "allow r" },
        { "args=a,b doubt=.?", "deny default" },
        { "args=a,b doubt=?.", "deny default" },
        { "args=a,b doubt=.+", "deny default" },
        { "args=a,b,x doubt=..+", "deny default" }, /* it may be nothing, or more */
        { "args=a doubt=.", "deny default" },
    }, rest[] = {
        { "args=a doubt=.", "allow r" },
        { "args=a,b doubt=.?", "allow r" }, /* "..." is anything */
        { "args=a,b,c doubt=.+?", "allow r" },
        { "args=a doubt=?", "deny default" },
        { "args=a,b doubt=+.", "deny default" },
    }, none[] = {
        { "args=", "allow r" },
        { "args=a doubt=+", "deny default" },
    };

    (void)state;
    FACTS_CHECK(ID "when args a b; allow }", exact);
    FACTS_CHECK(ID "when args a ...; allow }", rest);
    FACTS_CHECK(ID "when args; allow }", none);
}

/* A negated allow has to be sure that nothing fits; a negated deny that everything does. */
static void args_negated(void **state)
{
    static const struct facts_row allow_not[] = {
        { "args=a,x doubt=..", "allow r" },
        { "args=a,b doubt=..", "deny default" },
        { "args=a,x doubt=.?", "deny default" },
        { "args=x,x doubt=.?", "allow r" },
        { "args=x,+ doubt=.+", "allow r" },
        { "args=a,x doubt=.+", "deny default" },
        { "args=+ doubt=+", "deny default" },
        { "args=a,b,+ doubt=..+", "deny default" },
    }, deny_not[] = {
        { "args=a,b doubt=..", "ask default" },
        { "args=a,b doubt=.?", "deny r" },
        { "args=a,b,+ doubt=..+", "deny r" },
        { "args=a doubt=.", "deny r" },
    }, deny_not_rest[] = {
        { "args=a,b,+ doubt=..+", "ask default" },
        { "args=a doubt=?", "deny r" },
        { "args=x doubt=.", "deny r" },
    };

    (void)state;
    FACTS_CHECK(ID "when not args a b; allow }", allow_not);
    FACTS_CHECK(PEOPLE "rule r { when not args a b; deny }", deny_not);
    FACTS_CHECK(PEOPLE "rule r { when not args a ...; deny }", deny_not_rest);
}

static void args_wide(void **state)
{
    static const struct facts_row rows[] = {
        { "args=a,b doubt=..", "deny r" },
        { "args=a,x doubt=.?", "deny r" },
        { "args=x,b doubt=?.", "deny r" },
        { "args=x,b doubt=..", "ask default" },
        { "args=x,x doubt=.?", "ask default" },
        { "args=a,x doubt=?.", "ask default" },
        { "args=+ doubt=+", "deny r" },
        { "args=a,+ doubt=.+", "deny r" },
        { "args=x,+ doubt=.+", "ask default" },
        { "args=+,x,y,z doubt=+...", "deny r" },
        { "args=a,b,+ doubt=..+", "deny r" },
        { "args=a,b,c doubt=..?", "ask default" }, /* one word is one too many */
        { "args=a doubt=?", "ask default" },
    }, none[] = {
        { "args=", "deny r" },
        { "args=+ doubt=+", "deny r" },
        { "args=x doubt=?", "ask default" },
    }, rest[] = {
        { "args=x doubt=?", "deny r" },
        { "args=+ doubt=+", "deny r" },
        { "args=", "ask default" },
    }, one_command[] = {
        { "command=/bin/b args=a doubt=. second=/bin/a args=x doubt=?", "deny r" },
        { "command=/bin/a args=x doubt=. second=/bin/b args=a doubt=?", "ask default" },
    };

    (void)state;
    FACTS_CHECK(PEOPLE "rule r { when args a b; deny }", rows);
    FACTS_CHECK(PEOPLE "rule r { when args; deny }", none);
    FACTS_CHECK(PEOPLE "rule r { when args a ...; deny }", rest);
    FACTS_CHECK(PEOPLE "rule r { when command a; when args a; deny }", one_command);
}

static void opaque(void **state)
{
    static const struct facts_row deny[] = {
        { "opaque", "deny r" }, { "", "ask default" }, { "opaque nothing", "deny r" },
        { "frontend=pam opaque", "ask default" },
    }, deny_not[] = {
        { "opaque", "ask default" }, { "", "deny r" }, { "frontend=pam", "ask default" },
    }, allow[] = {
        { "opaque", "allow r" }, { "", "deny default" }, { "frontend=pam opaque", "deny default" },
    }, allow_not[] = {
        { "opaque", "deny default" }, { "", "allow r" },
    }, allow_without_ok[] = {
        { "opaque", "deny default" }, { "", "deny default" },
    };

    (void)state;
    FACTS_CHECK(PEOPLE "rule r { when opaque; deny }", deny);
    FACTS_CHECK(PEOPLE "rule r { when not opaque; deny }", deny_not);
    FACTS_CHECK(ID "when opaque; opaque-ok; allow }", allow);
    FACTS_CHECK(ID "when not opaque; opaque-ok; allow }", allow_not);
    FACTS_CHECK(ID "when opaque; allow }", allow_without_ok);
}

static void wrapped(void **state)
{
    static const struct facts_row deny[] = {
        { "wrapped", "deny r" }, { "second=/bin/x wrapped", "deny r" }, { "", "ask default" },
        { "frontend=pam wrapped", "ask default" }, { "nothing", "ask default" },
    }, deny_not[] = {
        { "", "deny r" }, { "second=/bin/x wrapped", "ask default" },
        { "second=/bin/x wrapped opaque", "deny r" }, /* who knows what else is in it */
        { "opaque", "deny r" }, { "frontend=pam", "ask default" },
    }, allow[] = {
        { "second=/usr/bin/id wrapped", "allow r" }, { "", "deny default" },
        { "second=/bin/x wrapped", "deny default" },
    }, allow_not[] = {
        { "", "allow r" }, { "second=/usr/bin/id wrapped", "deny default" },
    };

    (void)state;
    FACTS_CHECK(PEOPLE "rule r { when wrapped; deny }", deny);
    FACTS_CHECK(PEOPLE "rule r { when not wrapped; deny }", deny_not);
    FACTS_CHECK(ID "when wrapped; wrapped-ok; allow }", allow);
    FACTS_CHECK(ID "when not wrapped; wrapped-ok; allow }", allow_not);
}

static void redirections_that_write(void **state)
{
    static const struct facts_row allow[] = {
        { "", "allow r" },
        { "writes=/etc/passwd", "deny default" },
        { "second=/usr/bin/id wrapped writes=/etc/passwd", "deny default" },
        { "opaque writes=/etc/passwd", "deny default" },
    }, by_default[] = {
        { "", "allow default" }, { "writes=/x", "deny default" },
    }, ask[] = {
        { "writes=/etc/passwd", "ask r" },
    };
    static const char everything[] =
        ID "wrapped-ok; approver-ok; env-ok X; allow }";

    (void)state;
    FACTS_CHECK(everything, allow);
    FACTS_CHECK("default allow", by_default);
    FACTS_CHECK("channel c { type local }\nperson p { unix boss }\ngroup g { person p }\n"
                "rule r { when command id; ask c; from g }", ask);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(args_certain), cmocka_unit_test(args_negated),
        cmocka_unit_test(args_wide),    cmocka_unit_test(opaque),
        cmocka_unit_test(wrapped),      cmocka_unit_test(redirections_that_write),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
