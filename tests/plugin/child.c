/* SPDX-License-Identifier: ISC */
#include "test.h"

#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base/macros.h"

enum { SECONDS_MAX = 60 };

static int wait_for(pid_t pid)
{
    int status;

    while (waitpid(pid, &status, 0) < 0)
        assert_int_equal(errno, EINTR);
    return status;
}

/* cmocka's handlers would go on with its tests in the child. */
static void crash_plainly(void)
{
    static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGSYS, SIGABRT };

    for (size_t i = 0; i < AA_ARRAY_SIZE(signals); i++)
        signal(signals[i], SIG_DFL);
}

int child_run(void (*scenario)(void *argument), void *argument)
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        crash_plainly();
        alarm(SECONDS_MAX);
        scenario(argument);
        _exit(0);
    }
    return wait_for(pid);
}

void *child_shared(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    assert_true(memory != MAP_FAILED);
    return memory;
}

void child_shared_free(void *memory, size_t size)
{
    munmap(memory, size);
}

static char *read_to_end(int fd, size_t *ret_length)
{
    size_t length = 0, size = 64 * 1024;
    char *output = malloc(size);

    for (;;) {
        ssize_t n;

        assert_non_null(output);
        n = read(fd, output + length, size - length - 1);
        assert_true(n >= 0);
        if (n == 0)
            break;
        length += (size_t)n;
        if (size - length < size / 2)
            output = realloc(output, size *= 2);
    }
    output[length] = '\0';
    *ret_length = length;
    return output;
}

char *child_program(char *const argv[], size_t *ret_length, int *ret_status)
{
    int ends[2];
    char *output;
    pid_t pid;

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (dup2(ends[1], STDOUT_FILENO) >= 0)
            execv(argv[0], argv);
        _exit(127);
    }
    close(ends[1]);
    output = read_to_end(ends[0], ret_length);
    close(ends[0]);
    *ret_status = wait_for(pid);
    return output;
}
