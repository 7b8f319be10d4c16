/* SPDX-License-Identifier: ISC */
/*
 * What stands in a value's place and is none: a reference, a placeholder, a switch, a path. A requester
 * may write a path or a program behind the name of a secret, so that nobody sees it: paths are
 * seen whatever the name says. What is left over here is a value, however odd it looks.
 */
#include "named.h"

enum { COMPONENT_MAX = 16, NUMBER_MAX = 3, MARKS_MIN = 3, STEP_UP_WITHIN = 512, HASH_MIN = 20, NAME_LENGTH = 64 };

static bool is_component_byte(char c)
{
    /* patterns of a shell as well: /et?/passwd is a path */
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c != '\0' && strchr("*?[]{}", c) != NULL);
}

/* "/" and a first folder as systems have them: a secret may begin with a slash by chance. */
static bool is_absolute(const char *v, size_t n)
{
    size_t i = 0, start;

    while (i < n && v[i] == '/') {
        i++;
        if (i < n && v[i] == '.' && (i + 1 == n || v[i + 1] == '/' || v[i + 1] == '.'))
            return true; /* /. /./ /.. */
    }
    if (i == 0)
        return false;
    start = i;
    while (i < n && is_component_byte(v[i]))
        i++;
    if (i == start)
        return i == n; /* "/" alone */
    return i - start <= COMPONENT_MAX && !(v[start] >= '0' && v[start] <= '9') && (i == n || v[i] == '/');
}

/* The length of "$NAME" or "${…}" at the start, or 0. */
static size_t variable_length(const char *v, size_t n)
{
    size_t i = 1;

    if (n < 2 || v[0] != '$')
        return 0;
    if (v[1] == '{') {
        while (i < n && v[i] != '}')
            i++;
        return i < n ? i + 1 : 0;
    }
    if (v[1] >= '0' && v[1] <= '9')
        return 2;
    while (i < n && (aa_mask_is_alnum(v[i]) || v[i] == '_'))
        i++;
    return i > 1 ? i : 0;
}

static bool has_step_up(const char *v, size_t n)
{
    for (size_t i = 0; i + 3 <= AA_MIN(n, (size_t)STEP_UP_WITHIN); i++) {
        if (v[i] == '/' && v[i + 1] == '.' && v[i + 2] == '.' && (i + 3 == n || v[i + 3] == '/'))
            return true;
    }
    return false;
}

/* hash:/etc/postfix/x: a table that is looked up */
static bool is_map(const char *v, size_t n)
{
    static const char *const types[] = { "hash:", "btree:", "lmdb:", "cdb:", "dbm:", "texthash:", "pcre:",
                                         "regexp:", "proxy:", "mysql:", "pgsql:", "ldap:", "sqlite:", "inline:" };

    for (size_t i = 0; i < AA_ARRAY_SIZE(types); i++) {
        size_t length = strlen(types[i]);

        if (n > length && aa_mask_begins(v, n, types[i]))
            return v[length] == '/' ? is_absolute(v + length, n - length) : is_map(v + length, n - length);
    }
    return false;
}

bool aa_mask_is_path(const char *v, size_t n)
{
    size_t i;

    if (n == 0)
        return false;
    if (v[0] == '/')
        return is_absolute(v, n);
    if (aa_mask_begins(v, n, "./") || aa_mask_begins(v, n, "../") || has_step_up(v, n))
        return true;
    if (v[0] == '~') {
        for (i = 1; i < n && v[i] != '/'; i++) {
            if (!((v[i] >= 'a' && v[i] <= 'z') || (v[i] >= '0' && v[i] <= '9') || v[i] == '-' || v[i] == '_'))
                return false;
        }
        return n == 1 || i < n;
    }
    i = variable_length(v, n);
    if (i > 0 && i < n && v[i] == '/')
        return true; /* $HOME/x */
    return is_map(v, n) || aa_mask_begins(v, n, "file:");
}

/* $6$salt$…: the hash of a password, which looks like several variables */
static bool is_hash(const char *v, size_t n)
{
    static const char *const methods[] = { "$1$", "$5$", "$6$", "$7$", "$y$", "$gy$", "$2a$", "$2b$", "$2x$", "$2y$" };
    size_t signs = 0;

    for (size_t i = 0; i < AA_ARRAY_SIZE(methods); i++)
        signs += aa_mask_begins(v, n, methods[i]);
    if (signs == 0 || n < HASH_MIN)
        return false;
    signs = 0;
    for (size_t i = 0; i < n; i++)
        signs += v[i] == '$';
    return signs >= 3;
}

/* $X, ${X}, $1, and several of them: $A:$B */
static bool is_variables(const char *v, size_t n)
{
    if (is_hash(v, n))
        return false;
    for (size_t i = 0; i < n;) {
        size_t length = variable_length(v + i, n - i);

        if (length == 0)
            return false;
        i += length;
        if (i < n && strchr(":/@._-", v[i]) != NULL && v[i] != '\0')
            i++;
    }
    return n > 0;
}

/* docker and podman: a secret's name, and what becomes of it: db_password,type=env */
static bool is_mounted(const char *v, size_t n)
{
    static const char *const keys[] = { "id=", "src=", "source=", "target=", "type=", "uid=", "gid=", "mode=", "env=" };
    size_t at = 0;
    bool key = false;

    while (at < n && at < NAME_LENGTH && aa_mask_is_name_byte(v[at]))
        at++;
    if (at == n || (v[at] != ',' && v[at] != '='))
        return false;
    for (size_t from = v[at] == ',' ? at + 1 : 0; from < n; from++) {
        key = false;
        for (size_t i = 0; i < AA_ARRAY_SIZE(keys); i++)
            key = key || aa_mask_begins(v + from, n - from, keys[i]);
        if (!key)
            return false;
        while (from < n && v[from] != ',')
            from++;
    }
    return key;
}

static bool is_reference(const char *v, size_t n)
{
    static const char *const prefixes[] = {
        "env:", "fd:", "vault:", "vault/", "secretsmanager", "ssm:/", "op://", "arn:", "keyring:", "awskms:",
        "gcpkms:", "os.environ", "os.getenv", "process.env.", "system.getenv", "var.", "local.", "data.",
    };
    char first = v[0], last = v[n - 1];

    if (is_variables(v, n) || is_mounted(v, n))
        return true;
    if (n >= 2 && first == '$' && (v[1] == '(' || v[1] == '['))
        return true;
    if (first == '`')
        return true;
    if (n >= 2 && ((first == '{' && (v[1] == '{' || v[1] == '%')) || (first == '<' && v[1] == '%')))
        return true; /* a template: it may have blanks */
    if (n >= 2 && ((first == '<' && last == '>') || (first == '[' && last == ']') ||
                   (first == '{' && last == '}') || (n >= 3 && first == '%' && last == '%')))
        return true;
    if (n == 2 && first == '%' && strchr("sdvq", last) != NULL)
        return true; /* printf */
    if (n >= 4 && first == '%' && v[1] == '(' && v[n - 2] == ')')
        return true; /* %(name)s */
    if (first == '@' && n > 1) { /* curl: from a file */
        bool place = false;

        for (size_t i = 1; i < n; i++) {
            if (!aa_mask_is_name_byte(v[i]) && v[i] != '/')
                return false;
            place |= v[i] == '/' || v[i] == '.';
        }
        return place || aa_mask_is_word(v, n, "@-");
    }
    for (size_t i = 0; i < AA_ARRAY_SIZE(prefixes); i++) {
        if (aa_mask_begins(v, n, prefixes[i]))
            return true;
    }
    return false;
}

static bool is_switch(const char *v, size_t n)
{
    static const char *const words[] = {
        "true", "false", "yes", "no", "on", "off", "null", "nil", "none", "undefined", "prompt", "ask",
        "stdin", "env", "required", "optional", "enabled", "disabled", "enable", "disable", "redacted",
        "masked", "hidden", "string", "str", "bytes", "int", "bool", "auto", "never", "always", "self", "files",
        "compat", "sss", "systemd", "winbind", "sha256", "sha512", "md5", "plain", "-", "file", "rotated", "revoked",
        "expired", "missing",
    };

    for (size_t i = 0; i < AA_ARRAY_SIZE(words); i++) {
        if (aa_mask_is_word(v, n, words[i]))
            return true;
    }
    return false;
}

/* "***", "xxxx", "....", and the bullets that forms show */
static bool is_marks(const char *v, size_t n)
{
    size_t i;

    for (i = 0; i + 3 <= n && (memcmp(v + i, "\xe2\x80\xa2", 3) == 0 || memcmp(v + i, "\xe2\x80\xa6", 3) == 0);)
        i += 3;
    if (i == n)
        return true;
    if (strchr("*.-_?#xX", v[0]) == NULL || v[0] == '\0' || (v[0] != '*' && n < MARKS_MIN))
        return false;
    for (i = 1; i < n && aa_mask_lower(v[i]) == aa_mask_lower(v[0]);)
        i++;
    return i == n;
}

/* A number of up to three digits is a size or a switch; four are a PIN. */
static bool is_small_number(const char *v, size_t n)
{
    if (n > NUMBER_MAX)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (v[i] < '0' || v[i] > '9')
            return false;
    }
    return true;
}

bool aa_mask_is_no_value(const char *v, size_t n)
{
    return n == 0 || is_marks(v, n) || is_small_number(v, n) || is_switch(v, n) || is_reference(v, n) ||
           aa_mask_is_path(v, n);
}
