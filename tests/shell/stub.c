/* SPDX-License-Identifier: ISC */
/*
 * Stands for every command in the differential test: appends its name, arguments, folder and
 * environment to the file in AA_TEST_LOG, and succeeds or fails by their bytes and by what stands
 * there already, so that each loop ends some time. A text that runs too many is ended.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOG_MAX = 48 * 1024 };

extern char **environ;

static char text[32768];
static size_t length;

static void add(const char *s)
{
    size_t n = strlen(s) + 1;

    if (n > sizeof(text) - length)
        _exit(3);
    memcpy(text + length, s, n);
    length += n;
}

static void add_all(char **v)
{
    char number[16];
    int n = 0;

    while (v[n] != NULL)
        n++;
    snprintf(number, sizeof(number), "%d", n);
    add(number);
    for (int i = 0; i < n; i++)
        add(v[i]);
}

int main(int argc, char **argv)
{
    const char *path = getenv("AA_TEST_LOG"), *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
    char folder[4096];
    unsigned sum = 0;
    struct stat st;
    int fd;

    if (path == NULL || argc == 0 || getcwd(folder, sizeof(folder)) == NULL)
        return 3;
    if (slash != NULL)
        argv[0] += slash + 1 - argv[0];
    add_all(argv);
    for (size_t i = 0; i < length; i++)
        sum = sum * 31 + (unsigned char)text[i];
    add(folder);
    add_all(environ);
    fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0 || write(fd, text, length) != (ssize_t)length)
        return 3;
    if (st.st_size > LOG_MAX)
        kill(0, SIGKILL);
    sum += (unsigned)st.st_size * 7;
    return (sum >> 2) % 5 < 3 ? 0 : 1;
}
