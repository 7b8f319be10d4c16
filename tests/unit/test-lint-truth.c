/* SPDX-License-Identifier: ISC */
/* "never" held against the engine: policies and requests by chance, and no rule of which lint says
 * that it never decides may decide one. */
#include "unit.h"

#include "language/lint.h"
#include "policy/policy.h"

enum { POLICIES = 4000, REQUESTS = 60, RULES = 8 };

static uint64_t seed = 20;

static uint32_t below(uint32_t n)
{
    return next_random(&seed) % n;
}

#define PICK(list) ((list)[below(AA_ARRAY_SIZE(list))])

/* ---- policies ---- */

static const char *const conditions[] = {
    "user a", "user b", "user a b", "user \"a*\"", "user c", "group wheel", "group wheel users",
    "agent bot", "agent any", "runas root", "runas toor", "runas root toor", "runas p",
    "runas-group adm", "runas-group adm sys", "frontend sudo", "frontend pam", "frontend sudo pam",
    "args", "args \"-u\"", "args \"-u\" ...", "args \"*\"", "args \"-*\" x", "args ...", "tty none",
    "tty \"pts/1\"", "tty \"pts/*\"", "tty \"/dev/pts/1\"", "tty none \"pts/1\"", "cwd \"/home/a\"",
    "cwd \"/home/*\"", "env LANG", "env \"L*\"", "interactive-shell", "edit", "intercepted",
    "host h", "host \"h*\"", "host \"h.example.com\"", "host \"*\"", "env LD_PRELOAD LANG",
    "user \"*\"", "group \"*\"",
};
static const char *const wide_commands[] = {
    "command id", "command ls", "command id ls", "command \"/usr/bin/id\"",
    "command \"/usr/bin/*\"", "command \"/bin/id\"", "command \"i*\"",
};
static const char *const allow_commands[] = {
    "command \"/usr/bin/id\"", "command \"/usr/bin/*\"", "command \"/bin/id\" \"/usr/bin/id\"",
    "command \"/usr/bin/ls\"", "command \"/**\"", "edit", "edit", "frontend pam",
};
static const char *const allow_keys[] = {
    "", "", "", "; wrapped-ok", "; opaque-ok", "; env-ok LD_PRELOAD", "; wrapped-ok; opaque-ok",
};

static size_t make_rule(char *text, size_t size, unsigned number)
{
    bool allow = below(3) == 0;
    size_t n = (size_t)snprintf(text, size, "rule r%u { ", number);

    if (allow)
        n += (size_t)snprintf(text + n, size - n, "when %s; ", PICK(allow_commands));
    for (uint32_t i = below(4); i > 0; i--) {
        const char *condition = below(4) == 0 && !allow ? PICK(wide_commands) : PICK(conditions);

        n += (size_t)snprintf(text + n, size - n, "when %s%s; ", below(4) == 0 ? "not " : "",
                              condition);
    }
    return n + (size_t)snprintf(text + n, size - n, "%s%s }\n",
                                allow ? "allow" : below(2) == 0 ? "deny" : "ask ops; from g",
                                allow ? PICK(allow_keys) : "");
}

static size_t make_policy(char *text, size_t size)
{
    size_t n = (size_t)snprintf(text, size, "channel ops { type local }\nperson o { unix o }\n"
                                            "agent bot { unix c; owner o }\ngroup g { person o }\n"
                                            "default deny\n");

    for (unsigned i = 0; i < RULES; i++)
        n += make_rule(text + n, size - n, i);
    return n;
}

/* ---- requests ---- */

static const char *const groups[] = { "users", "wheel" };
static const char *const args_v[][2] = { { "-u", "x" }, { "-u", "-n" }, { "x", "" } };
static const struct aa_known_name id_names[] = { { "/bin/id", "id" }, { "/usr/bin/id", "id" } };
static const struct aa_known_name ls_names[] = { { "/usr/bin/ls", "ls" } };
static const struct aa_variable variables[] = { { "LANG", NULL, true },
                                                { "LD_PRELOAD", "refused", true } };

static struct aa_identity make_identity(bool known)
{
    static const char *const accounts[] = { "a", "b", "c", "ab", "o" };

    return (struct aa_identity){ known, 1000, PICK(accounts), { groups, below(3) },
                                 { groups, below(3) } };
}

static struct aa_effective make_effective(bool wrapped)
{
    static const char *const whys[] = { NULL, NULL, NULL, "not bound" };
    bool id = below(2) == 0;
    size_t skipped = id ? below(2) : 0; /* the resolved path is always one of the names */

    return (struct aa_effective){
        .names = id ? id_names + skipped : ls_names,
        .names_n = id ? 2 - skipped : 1,
        .resolved = id ? "/usr/bin/id" : "/usr/bin/ls",
        .args = { PICK(args_v), NULL, below(3) },
        .unbound_why = PICK(whys),
        .wrapped = wrapped,
    };
}

static struct aa_request make_request(struct aa_effective effective[2])
{
    static const char *const ttys[] = { NULL, "/dev/pts/1", "/dev/pts/2", "/dev/tty1" };
    static const char *const cwds[] = { NULL, "/home/a", "/home/b", "/" };
    static const char *const targets[] = { "root", "toor", "p" };
    static const char *const aliases[] = { NULL, "root", "toor" };
    static const char *const target_groups[] = { NULL, "adm", "sys" };
    static const char *const full[] = { NULL, "h.example.com", "h2.example.com" };
    static const char *const opaque[] = { NULL, NULL, NULL, "opaque" };
    bool pam = below(4) == 0;
    struct aa_request request = {
        .frontend = pam ? AA_FRONTEND_PAM : AA_FRONTEND_SUDO, .service = pam ? "sshd" : "sudo",
        .user = make_identity(true), .login = make_identity(below(2) == 0),
        .tty = PICK(ttys), .cwd = PICK(cwds), .runas_user = PICK(targets),
        .runas_alias = PICK(aliases), .runas_group = PICK(target_groups),
        .host = below(2) == 0 ? "h" : "other", .host_full = PICK(full),
    };

    if (pam)
        return request;
    request.command = "id";
    effective[0] = make_effective(false);
    effective[1] = make_effective(true);
    request.effective = effective;
    request.effective_n = 1 + below(2);
    request.opaque_why = PICK(opaque);
    request.variables = variables + below(2);
    request.variables_n = below(2);
    request.edit = below(4) == 0;
    request.interactive_shell = below(4) == 0;
    request.intercepted = below(4) == 0;
    return request;
}

/* ---- the comparison ---- */

static void read_complaints(const struct aa_complaints *complaints, bool never[RULES], size_t *told)
{
    for (size_t i = 0; i < complaints->n; i++) {
        const struct aa_complaint *c = &complaints->items[i];
        unsigned number = RULES, to;

        if (c->lint == NULL || strcmp(c->lint, "never") != 0)
            continue;
        assert_int_equal(sscanf(c->message, "rule r%u", &number), 1);
        assert_true(number < RULES);
        to = strstr(c->message, "all rules behind it") != NULL ? RULES - 1 : number;
        for (; number <= to; number++)
            never[number] = true;
        ++*told;
    }
}

static void decide(const struct aa_compilation *compilation, const bool never[RULES],
                   const char *policy, size_t *decided)
{
    struct aa_fault fault = { 0 };
    struct aa_snapshot snapshot;

    assert_int_equal(aa_snapshot_from_memory(compilation->snapshot.data,
                                             compilation->snapshot.length, &snapshot, &fault), 0);
    for (int i = 0; i < REQUESTS; i++) {
        struct aa_effective effective[2];
        struct aa_request request = make_request(effective);
        struct aa_outcome outcome;

        assert_int_equal(aa_decide_policy(&snapshot, &request, &outcome, NULL, NULL, &fault), 0);
        check(outcome.rule < 0 || !never[outcome.rule],
              "rule r%d decides, of which lint says that it never does:\n%s", outcome.rule, policy);
        *decided += outcome.rule >= 0;
    }
}

static void nothing_false(void **state)
{
    size_t told = 0, valid = 0, decided = 0;

    (void)state;
    for (int i = 0; i < POLICIES; i++) {
        struct aa_lint_options options = { .data_dir = "/nonexistent" };
        struct aa_compilation compilation;
        bool never[RULES] = { false };
        char policy[8192];
        size_t n = make_policy(policy, sizeof(policy));

        assert_int_equal(aa_compile_text(policy, n, 0, &compilation), 0);
        assert_int_equal(aa_lint(&compilation, &options), 0);
        if (compilation.complaints.errors == 0) {
            valid++;
            read_complaints(&compilation.complaints, never, &told);
            decide(&compilation, never, policy, &decided);
        }
        aa_compilation_free(&compilation);
    }
    print_message("%zu valid policies, %zu rules told, %zu decisions\n", valid, told, decided);
    check(valid > POLICIES / 2 && told > 500 && decided > 50000, "there was too little to compare: "
          "%zu policies, %zu rules, %zu decisions", valid, told, decided);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(nothing_false) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
