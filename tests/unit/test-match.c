/* SPDX-License-Identifier: ISC */
/* Each key of the language, positive and negated: in allow rules only what is certain holds, in
 * ask and deny rules everything that could be meant, and "not" never helps the requester. */
#include "unit.h"
#include "facts.h"

#define ID " when command /usr/bin/id "
#define PEOPLE                                                       \
    "channel c { type local }\nperson p { unix boss }\ngroup g { person p }\n" \
    "default ask c; default from g\n"

static void user(void **state)
{
    static const struct facts_row allow[] = {
        { "", "allow r" },
        { "login=-", "allow r" },
        { "user=bob", "deny default" },
        { "login=bob", "deny default" }, /* both have to be inside */
        { "user=bob login=-", "deny default" },
        { "user=alice2", "deny default" },
    }, allow_not[] = {
        { "", "deny default" },
        { "login=-", "deny default" },
        { "user=bob", "deny default" }, /* one inside is enough to lose it */
        { "login=bob", "deny default" },
        { "user=bob login=bob", "allow r" },
        { "user=bob login=-", "allow r" },
    }, deny[] = {
        { "", "deny r" },
        { "user=bob", "deny r" },
        { "login=bob", "deny r" },
        { "user=bob login=bob", "ask default" },
        { "user=bob login=-", "ask default" },
    }, deny_not[] = {
        { "", "ask default" },
        { "login=-", "ask default" },
        { "user=bob", "deny r" }, /* one outside is enough */
        { "login=bob", "deny r" },
        { "user=bob login=bob", "deny r" },
    }, globs[] = {
        { "user=svc-web login=svc-db", "deny r" },
        { "user=svc- login=-", "deny r" },
        { "user=xsvc-a login=-", "ask default" },
        { "user=carol login=-", "deny r" },
    };

    (void)state;
    FACTS_CHECK("rule r {" ID "; when user alice; allow }", allow);
    FACTS_CHECK("rule r {" ID "; when not user alice; allow }", allow_not);
    FACTS_CHECK(PEOPLE "rule r { when user alice; deny }", deny);
    FACTS_CHECK(PEOPLE "rule r { when not user alice; deny }", deny_not);
    FACTS_CHECK(PEOPLE "rule r { when user svc-* carol; deny }", globs);
}

static void group(void **state)
{
    static const struct facts_row allow[] = {
        { "", "allow r" },
        { "groups=users", "deny default" },
        { "login-groups=users", "deny default" },
        { "login=- login-groups=", "allow r" },
        { "groups= held=wheel", "deny default" }, /* held, but not by the database */
        { "groups=", "deny default" },
    }, allow_not[] = {
        { "", "deny default" },
        { "groups=users login-groups=users", "allow r" },
        { "groups=users login-groups=users held=wheel", "deny default" },
        { "groups=users", "deny default" },
        { "groups= login-groups=", "allow r" },
    }, deny[] = {
        { "", "deny r" },
        { "groups=users", "deny r" }, /* the login identity is in it */
        { "groups=users login-groups=users", "ask default" },
        { "groups=users login-groups=users held=wheel", "deny r" },
        { "groups= login=-", "ask default" },
    }, deny_not[] = {
        { "", "ask default" },
        { "groups=users", "deny r" },
        { "groups=users login-groups=users held=wheel", "deny r" },
        { "groups= login-groups=", "deny r" },
    };

    (void)state;
    FACTS_CHECK("rule r {" ID "; when group wheel; allow }", allow);
    FACTS_CHECK("rule r {" ID "; when not group wheel; allow }", allow_not);
    FACTS_CHECK(PEOPLE "rule r { when group wheel; deny }", deny);
    FACTS_CHECK(PEOPLE "rule r { when not group wheel; deny }", deny_not);
}

#define AGENTS                                                            \
    PEOPLE "agent bot { unix bot1 bot2; owner p }\nagent other { unix o; owner p }\n"

static void agent(void **state)
{
    static const struct facts_row allow[] = {
        { "user=bot1 login=bot2", "allow r" },
        { "user=bot1 login=-", "allow r" },
        { "user=bot1", "ask default" }, /* logged in as alice */
        { "user=o login=-", "ask default" },
        { "", "ask default" },
    }, any[] = {
        { "user=bot2 login=-", "deny r" },
        { "login=o", "deny r" },
        { "", "ask default" },
    }, deny_not[] = {
        { "user=bot1 login=-", "ask default" },
        { "user=bot1 login=o", "deny r" },
        { "", "deny r" },
    }, allow_not_any[] = {
        { "", "allow r" },
        { "login=bot1", "ask default" },
        { "user=o login=-", "ask default" },
    };

    (void)state;
    FACTS_CHECK(AGENTS "rule r {" ID "; when agent bot; allow }", allow);
    FACTS_CHECK(AGENTS "rule r { when agent any; deny }", any);
    FACTS_CHECK(AGENTS "rule r { when not agent bot; deny }", deny_not);
    FACTS_CHECK(AGENTS "rule r {" ID "; when not agent any; allow }", allow_not_any);
}

static void runas(void **state)
{
    static const struct facts_row allow[] = {
        { "", "allow r" },
        { "runas=postgres", "deny default" },
        { "runas=Root", "deny default" },
    }, deny_not[] = {
        { "", "ask default" },
        { "runas=postgres", "deny r" },
    }, group_allow[] = {
        { "runas-group=adm", "allow r" },
        { "runas-group=x", "deny default" },
        { "", "deny default" }, /* absent */
    }, group_allow_not[] = {
        { "runas-group=x", "allow r" },
        { "runas-group=adm", "deny default" },
        { "", "deny default" }, /* absent: false both ways */
    }, group_deny[] = {
        { "runas-group=adm", "deny r" },
        { "", "ask default" },
    }, group_deny_not[] = {
        { "runas-group=x", "deny r" },
        { "runas-group=adm", "ask default" },
        { "", "deny r" }, /* absent: "not" is true */
    };

    (void)state;
    FACTS_CHECK("rule r {" ID "; when runas root admin; allow }", allow);
    FACTS_CHECK(PEOPLE "rule r { when not runas root; deny }", deny_not);
    FACTS_CHECK("rule r {" ID "; when runas-group adm; allow }", group_allow);
    FACTS_CHECK("rule r {" ID "; when not runas-group adm; allow }", group_allow_not);
    FACTS_CHECK(PEOPLE "rule r { when runas-group adm; deny }", group_deny);
    FACTS_CHECK(PEOPLE "rule r { when not runas-group adm; deny }", group_deny_not);
}

static void host(void **state)
{
    static const struct facts_row short_name[] = {
        { "", "deny r" },
        { "host=db-1", "ask default" },
        { "host=web-1 full=-", "deny r" },
    }, full_name[] = {
        { "", "deny r" },
        { "full=web-1.example.org", "ask default" },
        { "full=-", "deny r" }, /* not known: never to the requester's advantage */
    }, negated[] = {
        { "", "ask default" },
        { "host=db-1 full=db-1.example.com", "deny r" },
    }, folded[] = {
        { "", "deny r" },
    };

    (void)state;
    FACTS_CHECK(PEOPLE "rule r { when host web-*; deny }", short_name);
    FACTS_CHECK(PEOPLE "rule r { when host *.example.com; deny }", full_name);
    FACTS_CHECK(PEOPLE "rule r { when not host web-* x.example.com; deny }", negated);
    FACTS_CHECK(PEOPLE "rule r { when host WEB-1; deny }", folded);
}

static void frontend(void **state)
{
    static const struct facts_row rows[] = {
        { "", "deny s" },
        { "frontend=pam service=sshd nothing", "deny p" },
    }, negated[] = {
        { "", "ask default" },
        { "frontend=pam", "deny r" },
    }, both[] = {
        { "", "deny r" },
        { "frontend=pam", "deny r" },
    };

    (void)state;
    FACTS_CHECK(PEOPLE "rule p { when frontend pam; deny }\nrule s { when frontend sudo; deny }",
                rows);
    FACTS_CHECK(PEOPLE "rule r { when not frontend sudo; deny }", negated);
    FACTS_CHECK(PEOPLE "rule r { when user alice; deny }", both);
}

static void cwd(void **state)
{
    static const struct facts_row allow[] = {
        { "", "allow r" },
        { "cwd=/home", "deny default" },
        { "cwd=/home/alice/src", "allow r" },
        { "cwd=-", "deny default" },
    }, allow_not[] = {
        { "", "deny default" },
        { "cwd=/srv", "allow r" },
        { "cwd=-", "deny default" },
    }, deny[] = {
        { "", "deny r" },
        { "cwd=/srv", "ask default" },
        { "cwd=-", "deny r" }, /* unknown: could be anything */
    }, deny_not[] = {
        { "", "ask default" },
        { "cwd=/srv", "deny r" },
        { "cwd=-", "deny r" },
    };

    (void)state;
    FACTS_CHECK("rule r {" ID "; when cwd /home/**; allow }", allow);
    FACTS_CHECK("rule r {" ID "; when not cwd /home/**; allow }", allow_not);
    FACTS_CHECK(PEOPLE "rule r { when cwd /home/**; deny }", deny);
    FACTS_CHECK(PEOPLE "rule r { when not cwd /home/**; deny }", deny_not);
}

static void tty(void **state)
{
    static const struct facts_row named[] = {
        { "", "deny r" },
        { "tty=/dev/pts/12", "deny r" },
        { "tty=/dev/tty1", "ask default" },
        { "tty=-", "ask default" },
        { "tty=ssh", "ask default" },
    }, none[] = {
        { "tty=-", "deny r" },
        { "", "ask default" },
    }, not_none[] = {
        { "tty=-", "ask default" },
        { "", "deny r" },
    }, full_path[] = {
        { "tty=/dev/tty1", "deny r" },
        { "tty=tty1", "ask default" },
    };

    (void)state;
    FACTS_CHECK(PEOPLE "rule r { when tty pts/*; deny }", named);
    FACTS_CHECK(PEOPLE "rule r { when tty none; deny }", none);
    FACTS_CHECK(PEOPLE "rule r { when not tty none; deny }", not_none);
    FACTS_CHECK(PEOPLE "rule r { when tty /dev/tty*; deny }", full_path);
}

static void env(void **state)
{
    static const struct facts_row deny[] = {
        { "", "ask default" },
        { "env=LD_PRELOAD", "deny r" },
        { "env=!LD_PRELOAD", "deny r" },
        { "env=~LD_PRELOAD", "ask default" }, /* sudo's, not the caller's */
        { "env=X env=LD_DEBUG", "deny r" },
        { "env=X", "ask default" },
    }, deny_not[] = {
        { "env=LANG", "ask default" },
        { "env=LANG env=X", "deny r" },
        { "", "deny r" },
    }, allow_not[] = {
        { "", "allow r" },
        { "env=LANG", "deny default" },
        { "env=X env=LANG", "deny default" },
        { "env=X", "allow r" },
    }, allow[] = {
        { "env=LANG env=X", "allow r" },
        { "env=X", "deny default" },
        { "", "deny default" },
    };

    (void)state;
    FACTS_CHECK(PEOPLE "rule r { when env LD_*; deny }", deny);
    FACTS_CHECK(PEOPLE "rule r { when not env LANG; deny }", deny_not);
    FACTS_CHECK("rule r {" ID "; when not env LANG; allow }", allow_not);
    FACTS_CHECK("rule r {" ID "; when env LANG; allow }", allow);
}

static void flags(void **state)
{
    static const struct facts_row shell[] = {
        { "shell", "deny r" }, { "", "ask default" },
    }, not_shell[] = {
        { "shell", "ask default" }, { "", "deny r" },
    }, edit[] = {
        { "edit", "deny r" }, { "", "ask default" },
    }, not_edit[] = {
        { "edit", "ask default" }, { "", "deny r" },
    }, intercepted[] = {
        { "intercepted", "deny r" }, { "", "ask default" },
    };

    (void)state;
    FACTS_CHECK(PEOPLE "rule r { when interactive-shell; deny }", shell);
    FACTS_CHECK(PEOPLE "rule r { when not interactive-shell; deny }", not_shell);
    FACTS_CHECK(PEOPLE "rule r { when edit; deny }", edit);
    FACTS_CHECK(PEOPLE "rule r { when not edit; deny }", not_edit);
    FACTS_CHECK(PEOPLE "rule r { when intercepted; deny }", intercepted);
}

/* A login has no command: rules that speak of one do not hold there, negated or not. */
static void commands_are_sudos(void **state)
{
    static const char *const keys[] = { "command /bin/x", "args", "edit", "env X" };
    static const struct facts_row pam[] = {
        { "frontend=pam", "ask default" },
        { "frontend=pam nothing", "ask default" },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(keys); i++) {
        for (int negated = 0; negated < 2; negated++) {
            char policy[512];

            snprintf(policy, sizeof(policy), PEOPLE "rule r { when %s%s; deny }",
                     negated ? "not " : "", keys[i]);
            FACTS_CHECK(policy, pam);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(user),  cmocka_unit_test(group),    cmocka_unit_test(agent),
        cmocka_unit_test(runas), cmocka_unit_test(host),     cmocka_unit_test(frontend),
        cmocka_unit_test(cwd),   cmocka_unit_test(tty),      cmocka_unit_test(env),
        cmocka_unit_test(flags), cmocka_unit_test(commands_are_sudos),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
