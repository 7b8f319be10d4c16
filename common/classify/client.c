/* SPDX-License-Identifier: ISC */
/* Clients of databases that take their commands from a terminal or a pipe where no word gives them;
 * among those are ones that start a shell. */
#include "hatch.h"

#include "listed.h"

static const struct client {
    const char *programs;
    const char *tells;   /* options that give it its commands, or none to take */
    const char *skipped; /* options without a value that may stand before what it is told */
    bool told_by_second; /* … by its second operand instead */
} clients[] = {
    { "psql", "-c --command -l --list -V --version -? --help", "", false },
    { "mysql mariadb mycli", "-e --execute -V --version -? --help", "", false },
    { "sqlite3 sqlite", "-version -help",
      "-readonly -batch -csv -json -header -noheader -column -line -list -html -bail -echo -quote", true },
};

/* The option itself, or with its value behind "=". A word in front of it could take it for a value. */
static bool tells(const struct client *client, const struct aa_words *arguments, size_t i)
{
    const char *argument = arguments->v[i], *before = i > 0 ? arguments->v[i - 1] : "";
    char name[64];
    size_t n = argument[0] == '-' && argument[1] == '-' ? strcspn(argument, "=") : strlen(argument);

    if (aa_doubt_of(arguments, i) != AA_EXACT || n >= sizeof(name) ||
        (before[0] == '-' && strchr(before, '=') == NULL))
        return false;
    memcpy(name, argument, n);
    name[n] = '\0';
    return aa_listed(client->tells, name);
}

static bool has_second_operand(const struct client *client, const struct aa_words *arguments)
{
    size_t i = 0;

    while (i < arguments->n && aa_doubt_of(arguments, i) == AA_EXACT &&
           aa_listed(client->skipped, arguments->v[i]))
        i++;
    return i + 1 < arguments->n && arguments->v[i][0] != '-' && arguments->v[i + 1][0] != '-' &&
           aa_doubt_of(arguments, i) == AA_EXACT && aa_doubt_of(arguments, i + 1) == AA_EXACT &&
           arguments->v[i + 1][0] != '\0';
}

bool aa_client_takes_input(const char *base, const struct aa_words *arguments)
{
    for (size_t row = 0; row < AA_ARRAY_SIZE(clients); row++) {
        bool told = clients[row].told_by_second && has_second_operand(&clients[row], arguments);

        if (!aa_listed(clients[row].programs, base))
            continue;
        for (size_t i = 0; i < arguments->n && !told; i++)
            told = tells(&clients[row], arguments, i);
        return !told;
    }
    return false;
}
