/* SPDX-License-Identifier: ISC */
#include "test.h"

#include "given.h"

#include <stdio.h>

#include "base/macros.h"

static const char *const ordinary[PARTS][16] = {
    [SETTINGS] = { "plugin_path=sudo_approve.so", "network_addrs=192.0.2.1/255.255.255.0",
                   "progname=sudo", "update_ticket=true" },
    [USER_INFO] = { "user=nobody", "pid=100", "ppid=99", "pgid=100", "tcpgid=100", "sid=98",
                    "uid=65534", "euid=0", "gid=65534", "egid=65534", "umask=022", "cwd=/srv",
                    "tty=/dev/pts/7", "host=testhost", "lines=24" },
    [COMMAND_INFO] = { "command=/usr/bin/id", "runas_user=root", "runas_uid=0", "runas_gid=0",
                       "runas_groups=0", "closefrom=3", "set_utmp=true", "umask=022" },
    [ENVP] = { "TERM=xterm-256color", "LANG=C.UTF-8",
               "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
               "MAIL=/var/mail/root", "LOGNAME=root", "USER=root", "SHELL=/bin/bash",
               "SUDO_COMMAND=/usr/bin/id -u", "SUDO_USER=nobody", "SUDO_UID=65534",
               "SUDO_GID=65534" },
    [SUBMITTED_ENVP] = { "TERM=xterm-256color", "LANG=C.UTF-8", "PATH=/usr/bin:/bin",
                         "HOME=/nonexistent", "USER=nobody", "EDITOR=vi" },
};

static size_t count(char **vector)
{
    size_t n = 0;

    while (vector != NULL && vector[n] != NULL)
        n++;
    return n;
}

static char **free_vector(char **vector)
{
    for (size_t i = 0; vector != NULL && vector[i] != NULL; i++)
        free(vector[i]);
    free(vector);
    return NULL;
}

/* As tight as sudo's own: not a byte behind the last NULL. */
static char **copy_vector(const char *const *vector)
{
    char **copy;
    size_t n = 0;

    if (vector == NULL)
        return NULL;
    while (vector[n] != NULL)
        n++;
    copy = calloc(n + 1, sizeof(*copy));
    assert_non_null(copy);
    for (size_t i = 0; i < n; i++)
        assert_non_null(copy[i] = strdup(vector[i]));
    return copy;
}

static void add(char ***vector, const char *text)
{
    size_t n = count(*vector);
    char **longer = realloc(*vector, (n + 2) * sizeof(*longer));

    assert_non_null(longer);
    assert_non_null(longer[n] = strdup(text));
    longer[n + 1] = NULL;
    *vector = longer;
}

static size_t key_length(const char *text)
{
    return strcspn(text, "=");
}

/* The place of a key, or the end. */
static size_t find(char **vector, const char *key)
{
    size_t n = key_length(key), i = 0;

    while (vector != NULL && vector[i] != NULL &&
           (strncmp(vector[i], key, n) != 0 || vector[i][n] != '='))
        i++;
    return i;
}

static void replace(char **element, const char *text)
{
    free(*element);
    assert_non_null(*element = strdup(text));
}

static void set(char ***vector, const char *text)
{
    size_t at = find(*vector, text);

    if (at == count(*vector)) {
        add(vector, text);
        return;
    }
    replace(&(*vector)[at], text);
}

static void drop(char **vector, const char *key)
{
    size_t at = find(vector, key), n = count(vector);

    assert_true(at < n); /* else the test is about nothing */
    free(vector[at]);
    memmove(&vector[at], &vector[at + 1], (n - at) * sizeof(*vector));
}

struct given *given_new(void)
{
    static const char *const command[] = { "/usr/bin/id", "-u", NULL };
    struct given *given = calloc(1, sizeof(*given));

    assert_non_null(given);
    for (size_t i = 0; i < PARTS; i++)
        given->vectors[i] = copy_vector(ordinary[i]);
    given_command(given, command);
    return given;
}

struct given *given_free(struct given *given)
{
    for (size_t i = 0; given != NULL && i < PARTS; i++)
        free_vector(given->vectors[i]);
    free(given);
    return NULL;
}

struct given *given_copy(const struct given *given)
{
    struct given *copy = calloc(1, sizeof(*copy));

    assert_non_null(copy);
    for (size_t i = 0; i < PARTS; i++)
        copy->vectors[i] = copy_vector((const char *const *)given->vectors[i]);
    return copy;
}

void given_command(struct given *given, const char *const command[])
{
    const char *slash = strrchr(command[0], '/');
    char text[4096];
    size_t length = 0;

    snprintf(text, sizeof(text), "command=%s", command[0]);
    set(&given->vectors[COMMAND_INFO], text);
    for (size_t i = 0; command[i] != NULL && length < sizeof(text); i++)
        length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s",
                                   i == 0 ? "SUDO_COMMAND=" : " ", command[i]);
    set(&given->vectors[ENVP], text);
    free_vector(given->vectors[ARGV]);
    free_vector(given->vectors[SUBMITTED_ARGV]);
    given->vectors[ARGV] = copy_vector(command);
    given->vectors[SUBMITTED_ARGV] = NULL;
    add(&given->vectors[SUBMITTED_ARGV], "sudo");
    for (size_t i = 0; command[i] != NULL; i++)
        add(&given->vectors[SUBMITTED_ARGV], command[i]);
    if (slash != NULL) /* as if the name was typed, and sudo found the path */
        replace(&given->vectors[ARGV][0], slash + 1);
}

void given_requester(struct given *given, const char *name, unsigned uid)
{
    char text[128];

    snprintf(text, sizeof(text), "user=%s", name);
    set(&given->vectors[USER_INFO], text);
    snprintf(text, sizeof(text), "uid=%u", uid);
    set(&given->vectors[USER_INFO], text);
    snprintf(text, sizeof(text), "SUDO_USER=%s", name);
    set(&given->vectors[ENVP], text);
    snprintf(text, sizeof(text), "SUDO_UID=%u", uid);
    set(&given->vectors[ENVP], text);
}

struct given *given_child(const struct given *parent, const char *cwd,
                          const char *const command[])
{
    struct given *child = given_copy(parent);
    char text[4096];

    given_command(child, command);
    snprintf(text, sizeof(text), "runcwd=%s", cwd);
    set(&child->vectors[COMMAND_INFO], text);
    return child;
}

void given_set(struct given *given, enum part part, const char *text)
{
    set(&given->vectors[part], text);
}

void given_change(struct given *given, const struct change changes[], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char ***vector = &given->vectors[changes[i].part];

        switch (changes[i].act) {
        case NOTHING:
            return;
        case SET:
            set(vector, changes[i].text);
            break;
        case DROP:
            drop(*vector, changes[i].text);
            break;
        case ADD:
            add(vector, changes[i].text);
            break;
        case FIRST:
            replace(&(*vector)[0], changes[i].text);
            break;
        case LAST:
            replace(&(*vector)[count(*vector) - 1], changes[i].text);
            break;
        case EMPTY:
            free_vector(*vector);
            assert_non_null(*vector = calloc(1, sizeof(**vector)));
            break;
        case ABSENT:
            *vector = free_vector(*vector);
            break;
        }
    }
}

const char *given_value(const struct given *given, enum part part, const char *key)
{
    size_t at = find(given->vectors[part], key);

    return at == count(given->vectors[part]) ? NULL :
                                               given->vectors[part][at] + key_length(key) + 1;
}
