/* SPDX-License-Identifier: ISC */
/* From inside the sandbox, one attempt each: refused with an error, and the courier goes on. What a
 * channel needs is allowed. */
#include "stage.h"

static const char *scripted;
static struct stage stage;

static int tear_down(void **state)
{
    (void)state;
    stage_remove(&stage);
    return 0;
}

static void attempt(void **state)
{
    const char *const *row = *state; /* name, what comes of it */
    char script[128], answer[128];

    snprintf(script, sizeof(script), "try %s; post", row[0]);
    snprintf(answer, sizeof(answer), "try %s: %s", row[0], row[1]);
    stage_play(&stage, scripted, script);
    stage_expect(&stage, AA_COURIER_TROUBLE, "");
    if (aa_streq(row[0], "inet6") && strstr(stage.event.text, "EAFNOSUPPORT") != NULL)
        return; /* by the kernel, which has none */
    assert_string_equal(stage.event.text, answer);
    stage_expect(&stage, AA_COURIER_POSTED, ""); /* it is still alive */
}

int main(int argc, char **argv)
{
    static const char works[] = "it worked", refused[] = "EPERM";
    static const char *rows[][2] = {
        { "open", refused }, { "openat", refused }, { "openat2", refused }, { "create", refused },
        { "exec", refused }, { "execveat", refused }, { "unix", refused },
        { "unix-datagram", refused }, { "unix-pair", refused }, { "unix-connect", refused },
        { "unix-connect-high", refused },
        { "netlink", refused }, { "raw-socket", refused }, { "ping-socket", refused },
        { "bind", refused }, { "listen", refused }, { "socket-filter", refused },
        { "ptrace", refused }, { "process-vm", refused }, { "kill", refused },
        { "tgkill", refused }, { "fork", refused }, { "clone3", refused },
        { "mmap-exec", refused }, { "mprotect-exec", refused }, { "memfd", refused },
        { "dumpable", refused }, { "ptracer", refused }, { "setuid", refused },
        { "limits", refused }, { "unshare", refused }, { "io-uring", refused },
        { "unlink", refused }, { "timer-delete", refused },
        { "connect", works }, { "inet", works }, { "inet6", works },
        { "keepalive", works }, { "mmap", works },
    };
    struct CMUnitTest tests[AA_ARRAY_SIZE(rows)];

    assert_true(argc > 1);
    scripted = argv[1];
    stage_needs_root();
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++)
        tests[i] = (struct CMUnitTest){ rows[i][0], attempt, NULL, tear_down, rows[i] };
    return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
