/* SPDX-License-Identifier: ISC */
/* actionapprove: finds the command and runs it. */
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "config.h"

static const struct command *const commands[] = {
    &command_init,    &command_check,  &command_apply,   &command_explain,     &command_replay,
    &command_mask,    &command_pending, &command_show,   &command_approve,     &command_deny,
    &command_cancel,  &command_log,    &command_verify,  &command_break_glass,
};

static void print_usage(FILE *out)
{
    fputs("usage: actionapprove COMMAND [OPTION…]\n\n", out);
    for (size_t i = 0; i < AA_ARRAY_SIZE(commands); i++)
        fprintf(out, "  %-11s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\nactionapprove COMMAND --help explains one. Exit codes: 0 done or yes, 1 no, 2 usage,\n"
          "3 unknown code, 4 not permitted, 5 could not be reached or read.\n", out);
}

int usage_error(const struct command *command, const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "actionapprove %s: ", command->name);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\nusage: actionapprove %s\n", command->usage);
    return EXIT_USAGE;
}

bool wants_help(const struct command *command, int argc, char **argv)
{
    for (int i = 1; i < argc && !aa_streq(argv[i], "--"); i++) {
        if (aa_streq(argv[i], "--help") || aa_streq(argv[i], "-h")) {
            printf("%s\nusage: actionapprove %s\n", command->summary, command->usage);
            return true;
        }
    }
    return false;
}

int report_fault(const struct aa_fault *fault)
{
    fprintf(stderr, "actionapprove: %s (%s)\n  next: %s\n", fault->detail, aa_fault_name(fault->id),
            aa_fault_remedy(fault->id));
    return EXIT_UNREACHABLE;
}

int require_root(const struct command *command)
{
    if (geteuid() == 0)
        return EXIT_YES;
    fprintf(stderr, "actionapprove %s: only root may do this\n", command->name);
    return EXIT_NOT_PERMITTED;
}

bool parse_duration(const char *text, unsigned *ret_seconds)
{
    unsigned long number = 0;
    unsigned unit;
    size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits > 6 || text[digits] == '\0' || text[digits + 1] != '\0')
        return false;
    for (size_t i = 0; i < digits; i++)
        number = number * 10 + (unsigned long)(text[i] - '0');
    switch (text[digits]) {
    case 's':
        unit = 1;
        break;
    case 'm':
        unit = 60;
        break;
    case 'h':
        unit = 3600;
        break;
    case 'd':
        unit = 86400;
        break;
    default:
        return false;
    }
    if (number == 0 || number > UINT_MAX / unit)
        return false;
    *ret_seconds = (unsigned)number * unit;
    return true;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    if (aa_streq(argv[1], "--version")) {
        printf("actionapprove %s\n", AA_VERSION);
        return EXIT_YES;
    }
    if (aa_streq(argv[1], "--help") || aa_streq(argv[1], "-h") || aa_streq(argv[1], "help")) {
        print_usage(stdout);
        return EXIT_YES;
    }
    for (size_t i = 0; i < AA_ARRAY_SIZE(commands); i++) {
        if (!aa_streq(argv[1], commands[i]->name))
            continue;
        if (wants_help(commands[i], argc - 1, argv + 1))
            return EXIT_YES;
        return commands[i]->run(commands[i], argc - 1, argv + 1);
    }
    fprintf(stderr, "actionapprove: there is no command \"%s\"\n", argv[1]);
    print_usage(stderr);
    return EXIT_USAGE;
}
