/* SPDX-License-Identifier: ISC */
/* mask: what records and messages would show of a text or a command. Nothing runs, nothing is
 * recorded. */
#include "masking.h"

#include <getopt.h>

#include "cli.h"

static int take_options(const struct command *command, int argc, char **argv, struct mask_rules *rules,
                        enum mask_form *form, bool *arguments)
{
    static const struct option options[] = {
        { "explain", no_argument, NULL, 'e' },        { "json", no_argument, NULL, 'j' },
        { "policy", required_argument, NULL, 'p' },   { "key-file", required_argument, NULL, 'k' },
        { "arguments", no_argument, NULL, 'a' },      { NULL, 0, NULL, 0 },
    };
    int c;

    while ((c = getopt_long(argc, argv, "+", options, NULL)) != -1) {
        switch (c) {
        case 'e':
        case 'j':
            if (*form != MASK_PLAIN && *form != (c == 'e' ? MASK_EXPLAIN : MASK_JSON))
                return usage_error(command, "--explain and --json exclude each other");
            *form = c == 'e' ? MASK_EXPLAIN : MASK_JSON;
            break;
        case 'p':
            if (!policy_files_add(&rules->files, optarg))
                return usage_error(command, "too many files");
            break;
        case 'k':
            rules->key_file = optarg;
            break;
        case 'a':
            *arguments = true;
            break;
        default:
            return usage_error(command, "unknown option");
        }
    }
    /* a text is read from standard input, not from the command line, which others can see; a command
     * says that it is one */
    if (optind < argc && !aa_streq(argv[optind - 1], "--"))
        return usage_error(command, "the command has to stand behind --");
    if (optind == argc && aa_streq(argv[optind - 1], "--"))
        return usage_error(command, "the command is missing");
    if (optind < argc && *arguments)
        return usage_error(command, "--arguments reads commands from standard input");
    return EXIT_YES;
}

static int run(const struct command *command, int argc, char **argv)
{
    static struct mask_rules rules;
    struct masking masking = { .arena = AA_ARENA_INIT(AA_MASK_MEMORY_MAX) };
    bool arguments = false;
    int r = take_options(command, argc, argv, &rules, &masking.form, &arguments);

    if (r == EXIT_YES)
        r = mask_rules_open(command->name, &rules, &masking.masker);
    if (r == EXIT_YES)
        r = optind < argc ? mask_words(&masking, (const char *const *)argv + optind,
                                       (size_t)(argc - optind)) :
                            mask_lines(&masking, stdin, arguments);
    aa_arena_clear(&masking.arena);
    mask_rules_close(&rules, &masking.masker);
    return r;
}

const struct command command_mask = {
    .name = "mask",
    .summary = "show what records and messages would cover in a text or a command",
    .usage = "mask [OPTION…] [-- COMMAND [ARG…]]\n"
             "  without a command: lines of standard input, each a command line or any text\n"
             "  --explain        below each line, what was covered and by which rule\n"
             "  --json           one object a line\n"
             "  --arguments      each line is a command, as a JSON array of its words\n"
             "  --policy PATH    the masks of this file or folder instead of those of the policy in\n"
             "                   force; may be repeated\n"
             "  --key-file FILE  the key of the tokens; else this host's, which only root may read\n"
             "exit code: 0 all of it was looked at, 1 something was left out",
    .run = run,
};
