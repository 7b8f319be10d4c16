/* SPDX-License-Identifier: ISC */
#include "requests.h"

#include "base/macros.h"

static const char *const groups[] = { "users", "wheel" };
static const char *const args[] = { "-u", "/etc/passwd", "" };
static const struct aa_known_name names[] = {
    { "id", "id" }, { "/usr/bin/id", "id" },
};
static const struct aa_effective effective[] = {
    { .names = names, .names_n = 2, .resolved = "/usr/bin/id", .args = { args, NULL, 3 } },
    { .names = names, .names_n = 1, .unbound_why = "not bound", .wrapped = true },
};
static const struct aa_variable variables[] = {
    { "LANG", NULL, true }, { "LD_PRELOAD", "refused", true },
};

static const struct aa_request requests[] = {
    {
        .frontend = AA_FRONTEND_SUDO, .service = "sudo",
        .user = { true, 1000, "a", { groups, 2 }, { groups, 1 } },
        .login = { true, 1001, "b", { groups, 1 }, { NULL, 0 } },
        .tty = "/dev/pts/1", .cwd = "/home/a", .runas_user = "root", .runas_group = "adm",
        .host = "h", .host_full = "h.example.com", .command = "id",
        .effective = effective, .effective_n = 1,
    },
    {
        .frontend = AA_FRONTEND_SUDO, .service = "sudo", .user = { .known = true, .name = "b" },
        .runas_user = "p", .runas_uid = 1002, .host = "h", .command = "id", .chroot = "/x",
        .effective = effective, .effective_n = 2, .variables = variables, .variables_n = 2,
        .opaque_why = "opaque", .interactive_shell = true, .intercepted = true,
    },
    {
        .frontend = AA_FRONTEND_SUDO, .service = "sudo", .user = { .known = true, .name = "a" },
        .runas_user = "root", .host = "h", .command = "sudoedit", .edit = true,
        .effective = effective, .effective_n = 1, .variables = variables, .variables_n = 1,
    },
    {
        .frontend = AA_FRONTEND_PAM, .service = "sshd", .user = { .known = true, .name = "a" },
        .runas_user = "a", .runas_uid = 1000, .rhost = "10.0.0.1", .host = "h",
    },
};

size_t fuzz_requests_n(void)
{
    return AA_ARRAY_SIZE(requests);
}

const struct aa_request *fuzz_request(size_t index)
{
    return &requests[index];
}
