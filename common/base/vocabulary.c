/* SPDX-License-Identifier: ISC */
#include "vocabulary.h"

#include "macros.h"

const char *aa_key_name(enum aa_key key)
{
    static const char *const names[AA_KEY_COUNT] = {
        [AA_KEY_USER] = "user",
        [AA_KEY_GROUP] = "group",
        [AA_KEY_AGENT] = "agent",
        [AA_KEY_RUNAS] = "runas",
        [AA_KEY_RUNAS_GROUP] = "runas-group",
        [AA_KEY_HOST] = "host",
        [AA_KEY_FRONTEND] = "frontend",
        [AA_KEY_SERVICE] = "service",
        [AA_KEY_COMMAND] = "command",
        [AA_KEY_ARGS] = "args",
        [AA_KEY_LABEL] = "label",
        [AA_KEY_CWD] = "cwd",
        [AA_KEY_TTY] = "tty",
        [AA_KEY_RHOST] = "rhost",
        [AA_KEY_TIME] = "time",
        [AA_KEY_ENV] = "env",
        [AA_KEY_INTERACTIVE_SHELL] = "interactive-shell",
        [AA_KEY_EDIT] = "edit",
        [AA_KEY_INTERCEPTED] = "intercepted",
        [AA_KEY_OPAQUE] = "opaque",
        [AA_KEY_WRAPPED] = "wrapped",
    };

    return (unsigned)key < AA_KEY_COUNT ? names[key] : NULL;
}

const char *aa_action_name(enum aa_action action)
{
    static const char *const names[] = { NULL, "allow", "deny", "ask" };

    return (size_t)action < AA_ARRAY_SIZE(names) ? names[action] : NULL;
}

const char *aa_risk_name(enum aa_risk risk)
{
    static const char *const names[] = { NULL, "low", "medium", "high", "critical" };

    return (size_t)risk < AA_ARRAY_SIZE(names) ? names[risk] : NULL;
}

const char *aa_frontend_name(enum aa_frontend frontend)
{
    static const char *const names[] = { NULL, "sudo", "pam" };

    return (size_t)frontend < AA_ARRAY_SIZE(names) ? names[frontend] : NULL;
}

const char *aa_channel_type_name(enum aa_channel_type type)
{
    static const char *const names[] = { NULL, "local", "slack", "matrix", "teams", "api" };

    return (size_t)type < AA_ARRAY_SIZE(names) ? names[type] : NULL;
}
