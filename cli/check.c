/* SPDX-License-Identifier: ISC */
/* check: reads a configuration and says what is wrong with it. Needs no privilege. */
#include <getopt.h>
#include <string.h>

#include "cli.h"
#include "base/text.h"
#include "config.h"
#include "language/compile.h"

struct check_options {
    bool json, quiet;
    unsigned flags;
};

static void print_json(const struct aa_compilation *compilation)
{
    _cleanup_buffer_ struct aa_buffer out = AA_BUFFER_INIT(AA_SOURCE_MAX);
    const struct aa_complaints *complaints = &compilation->complaints;
    const char *text;

    aa_buffer_printf(&out, "{\"valid\":%s,\"rules\":%zu,\"complaints\":[",
                     complaints->errors == 0 ? "true" : "false", compilation->rules_n);
    for (size_t i = 0; i < complaints->n; i++) {
        const struct aa_complaint *complaint = &complaints->items[i];

        aa_buffer_printf(&out, "%s{\"severity\":\"%s\"", i > 0 ? "," : "",
                         complaint->warning ? "warning" : "error");
        if (complaint->place.source != NULL) {
            aa_buffer_add_text(&out, ",\"file\":");
            aa_text_add_json(&out, complaint->place.source->path,
                             strlen(complaint->place.source->path));
            aa_buffer_printf(&out, ",\"line\":%u,\"column\":%u", complaint->place.line,
                             complaint->place.column);
        }
        aa_buffer_add_text(&out, ",\"message\":");
        aa_text_add_json(&out, complaint->message, strlen(complaint->message));
        aa_buffer_add_text(&out, "}");
    }
    aa_buffer_add_text(&out, "]}");
    text = aa_buffer_text(&out);
    puts(text != NULL ? text : "{\"valid\":false}");
}

static int check(const struct check_options *options, char *const *files, size_t n)
{
    struct aa_emit_options emit = { .applied_usec = 0 };
    _cleanup_buffer_ struct aa_buffer words = AA_BUFFER_INIT(AA_SOURCE_MAX);
    struct aa_compilation compilation;
    int r = aa_compile(&aa_site_system, files, n, options->flags, NULL, &emit, &compilation);
    size_t errors = compilation.complaints.errors;

    if (r < 0) {
        fprintf(stderr, "actionapprove check: %s\n", strerror(-r));
        aa_compilation_free(&compilation);
        return EXIT_UNREACHABLE;
    }
    if (options->json) {
        print_json(&compilation);
    } else {
        aa_compilation_write(&words, &compilation);
        if (aa_buffer_text(&words) != NULL)
            fputs(words.data, stderr);
        if (errors == 0 && !options->quiet)
            printf("valid: %zu rules in %zu files\n", compilation.rules_n, compilation.sources_n);
        else if (errors > 0)
            fprintf(stderr, "invalid: %zu errors\n", errors);
    }
    aa_compilation_free(&compilation);
    return errors == 0 ? EXIT_YES : EXIT_NO;
}

static int run(const struct command *command, int argc, char **argv)
{
    static const struct option options[] = {
        { "json", no_argument, NULL, 'j' },
        { "quiet", no_argument, NULL, 'q' },
        { "fragment", no_argument, NULL, 'f' },
        { NULL, 0, NULL, 0 },
    };
    struct check_options chosen = { .flags = AA_COMPILE_CHECK_ONLY };
    int c;

    while ((c = getopt_long(argc, argv, "q", options, NULL)) != -1) {
        switch (c) {
        case 'j':
            chosen.json = true;
            break;
        case 'q':
            chosen.quiet = true;
            break;
        case 'f':
            chosen.flags |= AA_COMPILE_FRAGMENT;
            break;
        default:
            return usage_error(command, "unknown option");
        }
    }
    return check(&chosen, argv + optind, (size_t)(argc - optind));
}

const struct command command_check = {
    .name = "check",
    .summary = "read a configuration and say what is wrong with it",
    .usage = "check [--json] [--quiet] [--fragment] [FILE…]\n"
             "  FILE…       the files of one configuration in their order (\"-\": standard input);\n"
             "              without any, the one in " AA_CONFIG_DIR "\n"
             "  --fragment  a part of a configuration: names may be defined elsewhere\n"
             "  --json      one object on standard output\n"
             "  --quiet     say nothing when it is valid",
    .run = run,
};
