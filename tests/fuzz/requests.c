/* SPDX-License-Identifier: ISC */
#include "requests.h"

#include "base/macros.h"

static const char *const groups[] = { "users", "wheel" };
static const char *const args[] = { "-u", "/etc/passwd", "" };
static const struct aa_known_name names[] = {
    { "id", "id" }, { "/usr/bin/id", "id" },
};
static const unsigned char doubt[] = { AA_EXACT, AA_UNKNOWN, AA_SPREADS };
static const char *const targets[] = { "/srv/out" };
static const struct aa_effective effective[] = {
    { .names = names, .names_n = 2, .resolved = "/usr/bin/id", .args = { args, NULL, 3 } },
    { .names = names, .names_n = 1, .unbound_why = "not bound", .wrapped = true,
      .args = { args, doubt, 3 }, .folder = "/srv" },
    { .names = names, .names_n = 2, .resolved = "/usr/bin/id", .args = { args, doubt, 2 },
      .targets = { targets, NULL, 1 }, .writes_to = "/srv/out", .wrapped = true },
};
static const struct aa_attribute attributes[] = { { "user.data.class", "pii" } };
static const struct aa_operand operands[] = {
    { .text = "/etc/passwd", .exact = true, .path = "/etc/passwd", .attributes = attributes,
      .attributes_n = 1 },
    { .effective = 1, .text = "x", .path = "/srv/", .doubtful = true, .below = true },
    { .effective = 1, .text = "l", .exact = true, .path = "/srv/l", .resolved = "/srv/customers/a" },
    { .effective = 2, .text = "$x", .path = "" },
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
        .effective = effective, .effective_n = 3, .variables = variables, .variables_n = 2, .handed_over_n = 1,
        .operands = operands, .operands_n = AA_ARRAY_SIZE(operands), .realtime_usec = UINT64_MAX,
        .opaque_why = "opaque", .interactive_shell = true, .intercepted = true,
    },
    {
        .frontend = AA_FRONTEND_SUDO, .service = "sudo", .user = { .known = true, .name = "a" },
        .runas_user = "root", .host = "h", .command = "sudoedit", .edit = true,
        .effective = effective, .effective_n = 1, .variables = variables, .variables_n = 1, .handed_over_n = 1,
    },
    {
        .frontend = AA_FRONTEND_PAM, .service = "sshd", .user = { .known = true, .name = "a" },
        .runas_user = "a", .runas_uid = 1000, .rhost = "10.0.0.1", .host = "h",
        .realtime_usec = 1800000000000000,
    },
    {
        .frontend = AA_FRONTEND_PAM, .service = "", .user = { .known = true, .name = "a" },
        .runas_user = "a", .runas_uid = 1000, .rhost = "Host.example.com.", .host = "h",
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
