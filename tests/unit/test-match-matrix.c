/* SPDX-License-Identifier: ISC */
/* Every key, in every action, as it is and negated, with a request that is surely inside, one
 * that is surely outside, and where it can be absent without it. What is between them stands in
 * the tests of the single keys; "label" has one of its own. */
#include "unit.h"
#include "facts.h"

#define PEOPLE                                                                \
    "set timezone UTC\nchannel c { type local }\nperson p { unix boss }\n"     \
    "group g { person p }\nagent bot { unix bot; owner p }\n"
#define LOGIN "frontend=pam nothing service=sshd "

enum absence { NEVER_ABSENT, IS_NO, IS_EITHER /* in ask and deny rules both hold */ };

static const struct row {
    const char *condition, *inside, *outside;
    const char *absent;
    enum absence absence;
    bool login;
} rows[] = {
    { "user bob", "user=bob login=bob", "user=al login=al" },
    { "user \"b*\"", "user=bob login=-", "user=al login=-" },
    { "group wheel", "groups=wheel login-groups=wheel", "groups=x login-groups=y" },
    { "agent bot", "user=bot login=bot", "user=al login=al" },
    { "agent any", "user=bot login=-", "user=al login=-" },
    { "runas postgres", "runas=postgres runas-uid=70", "runas=root" },
    { "runas-group adm", "runas-group=adm", "runas-group=x", "runas-group=-", IS_NO },
    { "host web-1", "host=web-1", "host=db-1" },
    { "host \"*.example.com\"", "full=a.example.com", "full=a.example.org" },
    { "frontend sudo", "", LOGIN },
    { "frontend pam", LOGIN, "", .login = true },
    { "service sshd", LOGIN, "frontend=pam nothing service=su",
      "frontend=pam nothing service=-", IS_NO, true },
    { "service sudo", "", "service=other", "service=-", IS_NO },
    { "command /usr/bin/id", "command=/usr/bin/id", "command=/usr/bin/cat" },
    { "command \"/usr/bin/i*\"", "command=/usr/bin/id", "command=/usr/bin/cat" },
    { "args a \"b*\"", "args=a,bc", "args=a,c" },
    { "args", "args=", "args=a" },
    { "args a ...", "args=a,b,c", "args=b" },
    { "cwd \"/srv/**\"", "cwd=/srv/a", "cwd=/home/a", "cwd=-", IS_EITHER },
    { "tty \"pts/*\"", "tty=/dev/pts/1", "tty=/dev/tty1" },
    { "tty none", "tty=-", "tty=/dev/tty1" },
    { "rhost 10.0.0.0/8", LOGIN "rhost=10.1.1.1", LOGIN "rhost=11.1.1.1", LOGIN "rhost=-", IS_NO,
      true },
    { "rhost 2001:db8::1", LOGIN "rhost=2001:db8::1", LOGIN "rhost=2001:db8::2", LOGIN "rhost=",
      IS_NO, true },
    { "rhost \"*.example.com\"", LOGIN "rhost=a.example.com", LOGIN "rhost=a.example.org",
      LOGIN "rhost=-", IS_NO, true },
    { "time sat", "at=2027-03-06T10:00", "at=2027-03-05T10:00" },
    { "time 08:00-09:00", "at=2027-03-06T08:59", "at=2027-03-06T09:00" },
    { "env FOO", "env=FOO", "env=BAR" },
    { "interactive-shell", "shell", "" },
    { "edit", "edit", "" },
    { "intercepted", "intercepted", "" },
    { "opaque", "opaque", "" },
    { "wrapped", "wrapped", "" },
};

static const struct action {
    const char *name, *words, *before;
} actions[] = {
    { "allow", "wrapped-ok; opaque-ok; allow", PEOPLE },
    { "deny", "deny", PEOPLE "default ask c; default from g\n" },
    { "ask", "ask c; from g", PEOPLE },
};

static void check_one(const struct row *row, const struct action *action, bool negated,
                      const char *facts, bool holds)
{
    bool allow = strcmp(action->name, "allow") == 0;
    const char *needed = !allow ? "" : row->login ? "when frontend pam; " :
                         "when command \"/usr/bin/*\"; ";
    char policy[1024], wanted[64];
    struct facts_row one;

    if (allow && strcmp(row->condition, "edit") == 0 && !negated)
        needed = "";
    snprintf(policy, sizeof(policy), "%srule r { %swhen %s%s; %s }", action->before, needed,
             negated ? "not " : "", row->condition, action->words);
    snprintf(wanted, sizeof(wanted), "%s %s",
             holds ? action->name : strcmp(action->name, "deny") == 0 ? "ask" : "deny",
             holds ? "r" : "default");
    one = (struct facts_row){ facts, wanted };
    facts_check(policy, &one, 1);
}

static void all_of_them(void **state)
{
    unsigned n = 0;

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        for (size_t j = 0; j < AA_ARRAY_SIZE(actions); j++) {
            bool allow = j == 0;

            for (int negated = 0; negated < 2; negated++) {
                const struct row *row = &rows[i];
                /* a frontend that the rule has to name already cannot be another */
                bool never = allow && negated && strncmp(row->condition, "frontend", 8) == 0;

                check_one(row, &actions[j], negated, row->inside, !negated);
                check_one(row, &actions[j], negated, row->outside, negated && !never);
                n += 2;
                if (row->absence == NEVER_ABSENT)
                    continue;
                check_one(row, &actions[j], negated, row->absent,
                          !allow && (negated || row->absence == IS_EITHER));
                n++;
            }
        }
    }
    print_message("%u decisions\n", n);
    assert_true(n > 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(all_of_them) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
