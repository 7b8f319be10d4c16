/* SPDX-License-Identifier: ISC */
#include "test.h"

#include "front-end.h"

#include <dlfcn.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/macros.h"
#include "talk.h"

struct front_end front_end;
const char *front_end_plugin;

/* What sudo has done with libc before it loads a plugin: its first look into the account database
 * sets up tables, and libc itself does not survive it when there is no memory for them. */
static void live_before(void)
{
    (void)getpwuid(getuid());
    (void)getgrgid(getgid());
    tzset();
}

void front_end_load(void)
{
    live_before();
    front_end.library = dlopen(front_end_plugin, RTLD_LAZY | RTLD_GLOBAL);
    if (front_end.library == NULL)
        fail_msg("%s", dlerror());
    front_end.approval = dlsym(front_end.library, "sudo_approve");
    front_end.audit = dlsym(front_end.library, "sudo_approve_audit");
    assert_non_null(front_end.approval);
    assert_non_null(front_end.audit);
}

void front_end_unload(void)
{
    if (front_end.library != NULL)
        assert_int_equal(dlclose(front_end.library), 0);
    front_end.library = NULL;
    front_end.approval = NULL;
    front_end.audit = NULL;
}

static void enter(void)
{
    if (front_end.before_call != NULL)
        front_end.before_call();
}

static void leave(void)
{
    if (front_end.after_call != NULL)
        front_end.after_call();
}

static void take_errstr(struct answer *answer, const char *errstr)
{
    answer->has_errstr = errstr != NULL;
    snprintf(answer->errstr, sizeof(answer->errstr), "%s", errstr != NULL ? errstr : "");
}

void front_end_start(unsigned halves, const struct given *given)
{
    char *options[] = { NULL };
    const char *errstr = NULL;

    if (front_end.library == NULL)
        front_end_load();
    front_end.halves = halves;
    front_end.given = given;
    front_end.audit_opened = front_end.approval_opened = 0;
    front_end.told = 1;
    front_end.checked = front_end.accepted = (struct answer){ 0 };
    talk_forget();
    if ((halves & AUDIT_HALF) == 0)
        return;
    enter();
    front_end.audit_opened = front_end.audit->open(
        SUDO_API_VERSION, talk_conversation, talk_printf, given->vectors[SETTINGS],
        given->vectors[USER_INFO], 1, given->vectors[SUBMITTED_ARGV],
        given->vectors[SUBMITTED_ENVP], options, &errstr);
    leave();
    if (front_end.audit_opened == 0)
        front_end.halves &= ~(unsigned)AUDIT_HALF; /* sudo drops it */
}

static bool audit_accept(const char *who, unsigned type, const struct given *given,
                         struct answer *answer)
{
    const char *errstr = NULL;

    if ((front_end.halves & AUDIT_HALF) == 0)
        return true;
    *answer = (struct answer){ .was_asked = true };
    enter();
    answer->result = front_end.audit->accept(who, type, given->vectors[COMMAND_INFO],
                                             given->vectors[ARGV], given->vectors[ENVP], &errstr);
    leave();
    take_errstr(answer, errstr);
    return answer->result == 1;
}

bool front_end_policy_accepts(const struct given *given)
{
    struct answer ignored;

    return audit_accept("sudoers_policy", SUDO_POLICY_PLUGIN, given, &ignored);
}

/* sudo tells the audit half what an approval half answered. */
static bool tell_audit(const struct given *given, const char *errstr)
{
    char *const *info = given->vectors[COMMAND_INFO];
    struct answer ignored;
    const char *own = NULL;

    if (front_end.checked.result == 1)
        return audit_accept("sudo_approve", SUDO_APPROVAL_PLUGIN, given, &ignored);
    if ((front_end.halves & AUDIT_HALF) == 0)
        return false;
    enter();
    if (front_end.checked.result == 0)
        front_end.told = front_end.audit->reject(
            "sudo_approve", SUDO_APPROVAL_PLUGIN,
            errstr != NULL ? errstr : "command rejected by approver", info, &own);
    else
        front_end.told = front_end.audit->error(
            "sudo_approve", SUDO_APPROVAL_PLUGIN,
            errstr != NULL ? errstr : "approval plugin error", info, &own);
    leave();
    return false;
}

/* Memory that the plugin may have freed too early is used for something else now. */
static void churn(void)
{
    void *blocks[64];

    for (size_t i = 0; i < AA_ARRAY_SIZE(blocks); i++) {
        blocks[i] = malloc(32 + 32 * i);
        if (blocks[i] != NULL)
            memset(blocks[i], '#', 32 + 32 * i);
    }
    for (size_t i = 0; i < AA_ARRAY_SIZE(blocks); i++)
        free(blocks[i]);
}

bool front_end_check(const struct given *given)
{
    const struct given *sudo = front_end.given;
    char *options[] = { NULL };
    const char *errstr = NULL, *open_errstr = NULL;
    bool goes_on;

    if ((front_end.halves & APPROVAL_HALF) == 0)
        return true;
    enter();
    front_end.approval_opened = front_end.approval->open(
        SUDO_API_VERSION, talk_conversation, talk_printf, sudo->vectors[SETTINGS],
        sudo->vectors[USER_INFO], 1, sudo->vectors[SUBMITTED_ARGV], sudo->vectors[SUBMITTED_ENVP],
        options, &open_errstr);
    leave();
    if (front_end.approval_opened == 0) {
        front_end.halves &= ~(unsigned)APPROVAL_HALF; /* sudo drops it */
        return true;
    }
    front_end.checked = (struct answer){ .was_asked = true };
    enter();
    front_end.checked.result = front_end.approval->check(
        given->vectors[COMMAND_INFO], given->vectors[ARGV], given->vectors[ENVP], &errstr);
    leave();
    churn();
    goes_on = tell_audit(given, errstr);
    take_errstr(&front_end.checked, errstr);
    if (front_end.approval->close != NULL) {
        enter();
        front_end.approval->close();
        leave();
    }
    return goes_on;
}

bool front_end_accept(const struct given *given)
{
    return audit_accept("sudo", SUDO_FRONT_END, given, &front_end.accepted);
}

bool front_end_decide(const struct given *given)
{
    return front_end_policy_accepts(given) && front_end_check(given) && front_end_accept(given);
}

void front_end_end(int status_type, int status)
{
    if ((front_end.halves & AUDIT_HALF) == 0 || front_end.audit->close == NULL)
        return;
    enter();
    front_end.audit->close(status_type, status);
    leave();
}

bool front_end_sudo(unsigned halves, const struct given *given, int status_type, int status)
{
    bool runs;

    front_end_start(halves, given);
    runs = front_end_decide(given);
    if (runs)
        front_end_end(status_type, status);
    else
        front_end_end(SUDO_PLUGIN_NO_STATUS, 0);
    return runs;
}
