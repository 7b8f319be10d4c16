/* SPDX-License-Identifier: ISC */
/* check: reads a configuration and says what is wrong with it. Needs no privilege. */
#include <getopt.h>
#include <string.h>

#include "cli.h"
#include "base/text.h"
#include "config.h"
#include "language/lint.h"

struct check_options {
    bool json, quiet, strict;
    unsigned flags;
    struct aa_lint_options lint;
};

/* To be said wherever somebody may think that they are protected. */
static bool observes(const struct aa_compilation *compilation)
{
    return compilation->config != NULL && compilation->config->mode == AA_MODE_OBSERVE;
}

static void add_json(struct aa_buffer *out, const struct aa_complaint *complaint, bool first)
{
    aa_buffer_printf(out, "%s{\"severity\":\"%s\"", first ? "" : ",",
                     complaint->warning ? "warning" : "error");
    if (complaint->lint != NULL)
        aa_buffer_printf(out, ",\"lint\":\"%s\"", complaint->lint);
    if (complaint->place.source != NULL) {
        aa_buffer_add_text(out, ",\"file\":");
        aa_text_add_json(out, complaint->place.source->path,
                         strlen(complaint->place.source->path));
        aa_buffer_printf(out, ",\"line\":%u,\"column\":%u", complaint->place.line,
                         complaint->place.column);
    }
    aa_buffer_add_text(out, ",\"message\":");
    aa_text_add_json(out, complaint->message, strlen(complaint->message));
    aa_buffer_add_text(out, "}");
}

/* The errors, then the warnings. */
static void print_json(const struct aa_compilation *compilation)
{
    _cleanup_buffer_ struct aa_buffer out = AA_BUFFER_INIT(AA_SOURCE_MAX);
    const struct aa_complaints *complaints = &compilation->complaints;
    bool first = true;
    const char *text;

    aa_buffer_printf(&out, "{\"valid\":%s,\"rules\":%zu,\"complaints\":[",
                     complaints->errors == 0 ? "true" : "false", compilation->rules_n);
    for (int warning = 0; warning <= 1; warning++) {
        for (size_t i = 0; i < complaints->n; i++) {
            if (complaints->items[i].warning != (warning != 0))
                continue;
            add_json(&out, &complaints->items[i], first);
            first = false;
        }
    }
    aa_buffer_add_text(&out, "]");
    if (complaints->left_out + complaints->warnings_left_out > 0)
        aa_buffer_printf(&out, ",\"left_out\":%zu",
                         complaints->left_out + complaints->warnings_left_out);
    if (observes(compilation))
        aa_buffer_add_text(&out, ",\"mode\":\"observe\"");
    aa_buffer_add_text(&out, "}");
    text = aa_buffer_text(&out);
    puts(text != NULL ? text : "{\"valid\":false}");
}

static int check(const struct check_options *options, char *const *files, size_t n)
{
    struct aa_emit_options emit = { .applied_usec = 0 };
    _cleanup_buffer_ struct aa_buffer words = AA_BUFFER_INIT(AA_SOURCE_MAX);
    struct aa_compilation compilation;
    int r = aa_compile(&aa_site_system, files, n, options->flags, NULL, &emit, &compilation);
    size_t errors, warnings;

    if (r == 0)
        r = aa_lint(&compilation, &options->lint);
    errors = compilation.complaints.errors;
    warnings = compilation.complaints.warnings;
    if (r < 0) {
        fprintf(stderr, "actionapprove check: %s\n", strerror(-r));
        aa_compilation_free(&compilation);
        return EXIT_UNREACHABLE;
    }
    if (options->json) {
        print_json(&compilation);
    } else if (!options->quiet || errors > 0 || (options->strict && warnings > 0)) {
        aa_compilation_write(&words, &compilation);
        if (aa_buffer_text(&words) != NULL)
            fputs(words.data, stderr);
        if (errors == 0 && !options->quiet)
            printf("valid: %zu rules in %zu files%s\n", compilation.rules_n,
                   compilation.sources_n,
                   observes(&compilation) ? "; mode observe: nothing is held up" : "");
        else if (errors > 0)
            fprintf(stderr, "invalid: %zu errors\n", errors);
    }
    aa_compilation_free(&compilation);
    return errors > 0 || (options->strict && warnings > 0) ? EXIT_NO : EXIT_YES;
}

/* "ID[,ID]": warnings that are not to be told. */
static bool accept(struct aa_lint_options *lint, const char *list)
{
    char name[32];

    while (*list != '\0') {
        size_t n = strcspn(list, ",");
        int id;

        if (n >= sizeof(name))
            return false;
        memcpy(name, list, n);
        name[n] = '\0';
        id = aa_lint_find(name);
        if (id < 0)
            return false;
        lint->accepted[id] = true;
        list += n + (list[n] == ',');
    }
    return true;
}

static int run(const struct command *command, int argc, char **argv)
{
    static const struct option options[] = {
        { "json", no_argument, NULL, 'j' },
        { "quiet", no_argument, NULL, 'q' },
        { "fragment", no_argument, NULL, 'f' },
        { "strict", no_argument, NULL, 's' },
        { "accept", required_argument, NULL, 'a' },
        { "lint-data", required_argument, NULL, 'd' },
        { NULL, 0, NULL, 0 },
    };
    struct check_options chosen = { .lint = { .data_dir = aa_site_system.pack_dir } };
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
            chosen.lint.fragment = true;
            break;
        case 's':
            chosen.strict = true;
            break;
        case 'a':
            if (!accept(&chosen.lint, optarg))
                return usage_error(command, "\"%s\" names no warnings; doc/lint.md has their names",
                                   optarg);
            break;
        case 'd':
            chosen.lint.data_dir = optarg;
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
    .usage = "check [--json] [--quiet] [--fragment] [--strict] [--accept ID[,ID]] [FILE…]\n"
             "  FILE…       the files of one configuration in their order (\"-\": standard input);\n"
             "              without any, the one in " AA_CONFIG_DIR "\n"
             "  --fragment  a part of a configuration: names may be defined elsewhere\n"
             "  --strict    warnings count as errors: exit 1\n"
             "  --accept ID leave out warnings of this name, such as opaque-ok\n"
             "  --lint-data FOLDER  what is known of programs and variables, if it is not in\n"
             "              " AA_PACK_DIR "\n"
             "  --json      one object on standard output\n"
             "  --quiet     say nothing when it is valid",
    .run = run,
};
