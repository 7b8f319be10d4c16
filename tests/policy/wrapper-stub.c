/* SPDX-License-Identifier: ISC */
/* Stands for any command: notes in "log", beside itself, with which words, where and with which
 * variables it was run. Everything ends with a zero byte, a run with an empty field of its own. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char note[65536];
static size_t length;

static void add(const char *prefix, const char *text)
{
    int n = snprintf(note + length, sizeof(note) - length, "%s%s", prefix, text);

    if (n < 0 || (size_t)n >= sizeof(note) - length)
        exit(3);
    length += (size_t)n + 1;
}

int main(int argc, char **argv)
{
    char self[PATH_MAX], folder[PATH_MAX], *slash;
    static const char *const variables[] = { "A", "B" };
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    int fd;

    if (n < 0 || getcwd(folder, sizeof(folder)) == NULL)
        return 3;
    self[n] = '\0';
    slash = strrchr(self, '/');
    if (slash == NULL || (size_t)(slash - self) + sizeof("/log") > sizeof(self))
        return 3;
    add("0", slash + 1);
    for (int i = 1; i < argc; i++)
        add("w", argv[i]);
    add("f", folder);
    for (size_t i = 0; i < 2; i++) {
        const char *value = getenv(variables[i]);

        if (value != NULL)
            add(i == 0 ? "vA=" : "vB=", value);
    }
    add("", "");
    memcpy(slash, "/log", sizeof("/log"));
    fd = open(self, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, note, length) != (ssize_t)length)
        return 3;
    close(fd);
    return 0;
}
