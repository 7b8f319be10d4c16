/* SPDX-License-Identifier: ISC */
/* Who asks, as the kernel and the account database say it; which host this is, as its own files
 * say it; and that not knowing is an error, never "nobody". */
#include "unit.h"
#include "world.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "capture/capture.h"
#include "capture/host.h"
#include "capture/identity.h"

static struct world world;
static struct aa_request *request;

static int set_up(void **state)
{
    (void)state;
    world_make(&world);
    request = aa_request_new();
    return request == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    aa_request_free(request);
    world_remove(&world);
    return 0;
}

static enum aa_fault_id capture(uid_t uid, const char *name)
{
    struct aa_fault fault = { 0 };
    int r = aa_capture_identity(&world.site, request, uid, name, &fault);

    assert_int_equal(r < 0, fault.id != AA_FAULT_NONE);
    return fault.id;
}

static void unset_login_is_left_out(void **state)
{
    (void)state;
    assert_int_equal(capture(0, NULL), AA_FAULT_NONE);
    assert_string_equal(request->user.name, "root");
    assert_true(request->user.known);
    assert_false(request->login.known);
    assert_false(request->session_known);
}

static void login_that_is_set(void **state)
{
    (void)state;
    world_write_text(&world, "proc/self/loginuid", "0\n");
    world_write_text(&world, "proc/self/sessionid", "17");
    assert_int_equal(capture(4000000, "somebody"), AA_FAULT_NONE);
    assert_string_equal(request->user.name, "somebody"); /* as sudo calls it */
    assert_int_equal(request->user.uid, 4000000);
    assert_true(request->login.known);
    assert_string_equal(request->login.name, "root");
    assert_true(request->session_known);
    assert_int_equal(request->session, 17);
}

static void accounts_that_are_gone(void **state)
{
    (void)state;
    world_write_text(&world, "proc/self/loginuid", "4000001");
    assert_int_equal(capture(4000000, NULL), AA_FAULT_NONE);
    assert_string_equal(request->user.name, "#4000000");
    assert_string_equal(request->login.name, "#4000001");
}

static void the_same_uid_has_the_same_name(void **state)
{
    (void)state;
    world_write_text(&world, "proc/self/loginuid", "4000000");
    assert_int_equal(capture(4000000, "alias"), AA_FAULT_NONE);
    assert_string_equal(request->login.name, "alias");
}

static void a_kernel_without_audit(void **state)
{
    (void)state;
    assert_int_equal(unlink(world_path(&world, "proc/self/loginuid")), 0);
    assert_int_equal(unlink(world_path(&world, "proc/self/sessionid")), 0);
    assert_int_equal(capture(0, NULL), AA_FAULT_NONE);
    assert_false(request->login.known);
}

static void what_cannot_be_told_is_a_fault(void **state)
{
    static const char *const texts[] = { "", "x", "12x", "-5x", "4294967296",
                                         "99999999999999999999", " " };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(texts); i++) {
        world_write_text(&world, "proc/self/loginuid", texts[i]);
        check(capture(0, NULL) == AA_FAULT_IDENTITY, "loginuid \"%s\"", texts[i]);
        world_write_text(&world, "proc/self/loginuid", "0");
        world_write_text(&world, "proc/self/sessionid", texts[i]);
        check(capture(0, NULL) == AA_FAULT_IDENTITY, "sessionid \"%s\"", texts[i]);
        world_write_text(&world, "proc/self/sessionid", "1");
    }
    world.site.proc_dir = world_path(&world, "no-proc");
    assert_int_equal(capture(0, NULL), AA_FAULT_IDENTITY);
    world.site.proc_dir = world.proc_dir;
    assert_int_equal(unlink(world_path(&world, "proc/self/loginuid")), 0);
    assert_int_equal(mkdir(world_path(&world, "proc/self/loginuid"), 0700), 0);
    assert_int_equal(capture(0, NULL), AA_FAULT_IDENTITY);
}

static bool has(struct aa_strings list, const char *name)
{
    for (size_t i = 0; i < list.n; i++) {
        if (aa_streq(list.v[i], name))
            return true;
    }
    return false;
}

static void groups_of_both(void **state)
{
    const struct passwd *account = getpwuid(geteuid());
    const struct group *own = account == NULL ? NULL : getgrgid(account->pw_gid);
    struct aa_fault fault = { 0 };
    char name[64], group[64];

    (void)state;
    if (own == NULL)
        skip_because("this account has no entry of its own");
    snprintf(name, sizeof(name), "%s", account->pw_name);
    snprintf(group, sizeof(group), "%s", own->gr_name);
    world_write_text(&world, "proc/self/loginuid", "4000001");
    assert_int_equal(capture(geteuid(), name), AA_FAULT_NONE);
    assert_int_equal(aa_capture_groups(request, &fault), 0);
    assert_true(has(request->user.groups, group));
    assert_true(request->user.held_groups.n >= 1); /* the process has at least its own */
    assert_int_equal(request->login.groups.n, 0);
    assert_int_equal(request->login.held_groups.n, 0);
    snprintf(name, sizeof(name), "%u", (unsigned)geteuid());
    world_write_text(&world, "proc/self/loginuid", name);
    assert_int_equal(capture(geteuid(), NULL), AA_FAULT_NONE);
    assert_int_equal(aa_capture_groups(request, &fault), 0);
    assert_true(has(request->login.groups, group));
}

static void accounts_by_name_and_uid(void **state)
{
    struct aa_account account;
    uid_t uid = 77;

    (void)state;
    assert_int_equal(aa_account_by_name(&request->arena, "root", &uid, &account), 0);
    assert_int_equal(uid, 0);
    assert_true(account.found && account.home[0] == '/' && account.shell[0] == '/');
    assert_int_equal(aa_account_by_name(&request->arena, "no such account", &uid, &account),
                     -ENOENT);
    assert_int_equal(aa_account_by_uid(&request->arena, 4000000, &account), 0);
    assert_false(account.found);
    assert_string_equal(account.name, "#4000000");
    assert_null(account.home);
}

/* ---- the host ---- */

static void host_names(void **state)
{
    struct utsname names;
    char short_name[128], line[512];
    size_t n;
    struct {
        const char *format; /* of a line, with the short name twice at most */
        bool found;
    } rows[] = {
        { "127.0.0.1 localhost\n10.0.0.5 %s.example.com %s\n", true },
        { "10.0.0.5\t%s %s.example.com\n", true },
        { "10.0.0.5 %s.EXAMPLE.com %s # comment\n", true },
        { "# 10.0.0.5 %s.example.com %s\n", false },
        { "10.0.0.5 x%s.example.com %s\n", false },
        { "10.0.0.5 %sx.example.com %s\n", false },
        { "10.0.0.5 %s\n", false },
        { "", false },
    };

    (void)state;
    assert_int_equal(uname(&names), 0);
    if (strchr(names.nodename, '.') != NULL)
        skip_because("this host's own name is a full one");
    for (n = 0; names.nodename[n] != '\0' && n < sizeof(short_name) - 1; n++)
        short_name[n] = (char)(names.nodename[n] >= 'A' && names.nodename[n] <= 'Z' ?
                                   names.nodename[n] - 'A' + 'a' : names.nodename[n]);
    short_name[n] = '\0';
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        const char *from = rows[i].format;
        size_t at = 0;

        for (; *from != '\0'; from++) {
            if (from[0] == '%' && from[1] == 's') {
                at += (size_t)snprintf(line + at, sizeof(line) - at, "%s", short_name);
                from++;
            } else {
                line[at++] = *from;
            }
        }
        line[at] = '\0';
        world_write_text(&world, "hosts", line);
        request->host_full = NULL;
        assert_int_equal(aa_capture_host(&world.site, request, true), 0);
        assert_string_equal(request->host, short_name);
        check((request->host_full != NULL) == rows[i].found, "%s: %s", line, request->host_full);
        if (rows[i].found)
            check(aa_after(request->host_full, short_name) != NULL &&
                      strstr(request->host_full, ".example.com") != NULL, "%s",
                  request->host_full);
    }
    request->host_full = NULL;
    assert_int_equal(aa_capture_host(&world.site, request, false), 0); /* not asked for */
    assert_null(request->host_full);
    assert_string_equal(request->machine, "0123456789abcdef0123456789abcdef");
}

static void hosts_and_machine_may_be_missing(void **state)
{
    (void)state;
    assert_int_equal(unlink(world.hosts), 0);
    assert_int_equal(unlink(world.machine_id), 0);
    assert_int_equal(aa_capture_host(&world.site, request, true), 0);
    assert_string_equal(request->machine, "");
    assert_true(request->host[0] != '\0');
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(unset_login_is_left_out),
        TEST(login_that_is_set),
        TEST(accounts_that_are_gone),
        TEST(the_same_uid_has_the_same_name),
        TEST(a_kernel_without_audit),
        TEST(what_cannot_be_told_is_a_fault),
        TEST(groups_of_both),
        TEST(accounts_by_name_and_uid),
        TEST(host_names),
        TEST(hosts_and_machine_may_be_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
