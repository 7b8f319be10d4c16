/* SPDX-License-Identifier: ISC */
/*
 * A dialect and a text for a shell: whatever it is, reading ends soon, is the same twice, keeps to
 * its maxima and lists only commands that have an exact name. A line more in front of the text
 * adds its command and hides none.
 */
#include "fuzz.h"

#include <errno.h>
#include <time.h>

#include "base/macros.h"
#include "classify/shell.h"

enum { MEMORY_MAX = 64 * 1024 * 1024, NANOSECONDS = 1000000000, SECONDS_MAX = 5 };

static void check_words(const struct aa_words *words)
{
    for (size_t i = 0; i < words->n; i++) {
        require(words->v[i] != NULL);
        require(strlen(words->v[i]) <= AA_SHELL_TEXT_MAX + 2);
        require(aa_doubt_of(words, i) <= AA_SPREADS);
    }
}

static void check_reading(const struct aa_shell_reading *reading)
{
    require(reading->n <= AA_EFFECTIVE_MAX);
    require(reading->opaque_why == NULL || reading->opaque_why[0] != '\0');
    for (size_t i = 0; i < reading->n; i++) {
        const struct aa_shell_command *command = &reading->commands[i];
        bool written = command->writes_to == NULL;

        require(command->words.n > 0 && command->words.v[0][0] != '\0');
        require(aa_doubt_of(&command->words, 0) == AA_EXACT);
        check_words(&command->words);
        check_words(&command->targets);
        check_words(&command->assigned);
        for (size_t j = 0; j < command->assigned.n; j++)
            require(strchr(command->assigned.v[j], '=') != NULL);
        for (size_t j = 0; j < command->targets.n; j++)
            written |= command->writes_to == command->targets.v[j];
        require(written);
    }
}

static bool same_words(const struct aa_words *a, const struct aa_words *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        if (strcmp(a->v[i], b->v[i]) != 0 || aa_doubt_of(a, i) != aa_doubt_of(b, i))
            return false;
    }
    return true;
}

static bool same_command(const struct aa_shell_command *a, const struct aa_shell_command *b)
{
    return same_words(&a->words, &b->words) && same_words(&a->targets, &b->targets) &&
           a->builtin == b->builtin;
}

static void check_same(const struct aa_shell_reading *a, const struct aa_shell_reading *b, size_t before)
{
    require((a->opaque_why == NULL) == (b->opaque_why == NULL));
    require(a->n + before == b->n);
    for (size_t i = 0; i < a->n; i++)
        require(same_command(&a->commands[i], &b->commands[i + before]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct aa_arena arena = AA_ARENA_INIT(MEMORY_MAX), again = AA_ARENA_INIT(MEMORY_MAX);
    struct aa_shell_reading reading, second;
    struct timespec start, end;
    enum aa_shell_dialect dialect;
    static const char line[] = "first word\n";
    char *text;

    if (size == 0)
        return 0;
    dialect = (enum aa_shell_dialect)(data[0] % (AA_SHELL_ZSH + 1));
    text = malloc(size + sizeof(line));
    require(text != NULL);
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    require(aa_shell_read(&arena, text, dialect, &reading) == 0);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    require((end.tv_sec - start.tv_sec) * (int64_t)NANOSECONDS + end.tv_nsec - start.tv_nsec <
            SECONDS_MAX * (int64_t)NANOSECONDS);
    check_reading(&reading);

    require(aa_shell_read(&again, text, dialect, &second) == 0);
    check_same(&reading, &second, 0);
    aa_arena_clear(&again);

    memcpy(text, line, strlen(line));
    memcpy(text + strlen(line), data + 1, size - 1);
    text[strlen(line) + size - 1] = '\0';
    if (reading.opaque_why == NULL && reading.n < AA_EFFECTIVE_MAX && strlen(text) <= AA_SHELL_TEXT_MAX) {
        require(aa_shell_read(&again, text, dialect, &second) == 0);
        /* one word more may pass the maximum of them */
        if (second.opaque_why == NULL)
            check_same(&reading, &second, 1);
    }
    aa_arena_clear(&again);
    aa_arena_clear(&arena);
    free(text);
    return 0;
}
