/* SPDX-License-Identifier: ISC */
/* explain: which rule would decide, what kept the earlier ones from it, and who could answer. The
 * same capture, policy and count of votes as a real decision; nothing runs, nothing is recorded. */
#include <errno.h>
#include <getopt.h>

#include "cli.h"
#include "ask/ask.h"
#include "explanation.h"
#include "mask/find.h"
#include "moment.h"
#include "policy-files.h"
#include "policy/label.h"
#include "supposed.h"

struct explain_options {
    struct supposed supposed;
    char *variables[SUPPOSED_VARIABLES_MAX];
    const char *time;
    bool json;
    struct policy_files files;
};

static void keep_tried(void *context, uint32_t index, const struct aa_rule_result *result)
{
    struct explanation *explanation = context;

    if (explanation->tried_n == explanation->tried_max) {
        size_t more = explanation->tried_max == 0 ? 64 : explanation->tried_max * 2;
        struct tried_rule *tried = reallocarray(explanation->tried, more, sizeof(*tried));

        if (tried == NULL) {
            explanation->out_of_memory = true;
            return;
        }
        explanation->tried = tried;
        explanation->tried_max = more;
    }
    explanation->tried[explanation->tried_n++] = (struct tried_rule){ index, *result };
}

static int decide(struct explanation *explanation, struct supposition *supposition,
                  struct aa_fault *refusal, struct aa_fault *fault)
{
    const struct aa_snapshot *snapshot = explanation->snapshot;
    int r = aa_decide_policy(snapshot, explanation->request, &explanation->outcome, keep_tried,
                             explanation, fault);

    if (r == 0 && explanation->out_of_memory)
        r = -ENOMEM;
    if (r == 0 && (snapshot->header->needs & UINT64_C(1) << AA_KEY_LABEL) != 0) {
        r = aa_labels_of(snapshot, explanation->request, &explanation->labels);
        explanation->labels_known = r == 0;
    }
    if (r == 0 && explanation->outcome.action == AA_ACTION_ASK) {
        explanation->ask = aa_ask_of(snapshot, &explanation->outcome);
        r = explanation->ask == NULL ? -EBADMSG :
                answerers_find(snapshot, explanation->ask, explanation->request,
                               &supposition->arena, &explanation->answerers);
        if (r == 0)
            r = supposition_refusal(supposition, snapshot, &explanation->outcome, explanation->ask,
                                    refusal);
        explanation->refused_before = r == 1 ? refusal->detail : NULL;
        explanation->refused_error = r == 1 ? aa_fault_name(refusal->id) : NULL;
    }
    if (r == -ENOMEM)
        return aa_fault(fault, AA_FAULT_MEMORY, r, "there is not enough memory to explain it");
    return r < 0 ? aa_fault(fault, r == -E2BIG ? AA_FAULT_TOO_LARGE : AA_FAULT_SNAPSHOT_DAMAGED, r,
                            "it cannot be explained: %s", strerror(-r)) : 0;
}

/* Of the command as it was typed: what is told of it beside that is made of the same words. */
static int find_masked(struct explanation *explanation, struct supposition *supposition,
                       struct aa_masker *masker)
{
    const struct aa_request *request = explanation->request;
    struct aa_mask_spans *spans;
    int r;

    aa_masker_start(masker, explanation->snapshot, NULL);
    masker->overrun = NULL; /* of the masks themselves: refusing for it is the ask's part */
    if (request->frontend == AA_FRONTEND_PAM || request->argv.n == 0)
        return 0;
    spans = AA_NEW_ARRAY(&supposition->arena, struct aa_mask_spans, request->argv.n);
    r = spans == NULL ? -ENOMEM : aa_mask_find_command(masker, &supposition->arena, request->argv.v,
                                                       request->argv.n, spans);
    if (r < 0)
        return r;
    explanation->masked = spans;
    explanation->masked_n = request->argv.n;
    explanation->masked_overrun = masker->overrun;
    return 0;
}

static int explain(const struct explain_options *options, const struct policy *policy,
                   struct supposition *supposition, struct explanation *explanation)
{
    _cleanup_buffer_ struct aa_buffer out = AA_BUFFER_INIT(EXPLANATION_MAX);
    _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };
    struct aa_fault fault = { 0 }, refusal = { 0 };
    int r;

    explanation->snapshot = &policy->snapshot;
    explanation->request = supposition->request;
    explanation->chosen_time = options->time != NULL;
    explanation->exempt = aa_question_is_exempt(&supposition->question);
    r = decide(explanation, supposition, &refusal, &fault);
    if (r == 0 && find_masked(explanation, supposition, &masker) < 0)
        r = aa_fault(&fault, AA_FAULT_MEMORY, -ENOMEM, "there is not enough memory to explain it");
    if (r < 0)
        return report_fault(&fault);
    (options->json ? explain_json : explain_show)(&out, explanation);
    if (aa_buffer_text(&out) == NULL) {
        fprintf(stderr, "actionapprove explain: there is too much to say: %s\n", strerror(-out.error));
        return EXIT_UNREACHABLE;
    }
    fputs(out.data, stdout);
    return explanation->outcome.action == AA_ACTION_DENY ? EXIT_NO : EXIT_YES;
}

static int suppose_and_explain(struct explain_options *options, const struct policy *policy)
{
    struct supposed *supposed = &options->supposed;
    struct explanation explanation = { 0 };
    struct supposition supposition;
    struct aa_fault fault = { 0 };
    int r;

    if (options->time != NULL &&
        !moment_parse(&policy->snapshot, options->time, aa_site_system.realtime_usec(),
                      &supposed->realtime_usec)) {
        fprintf(stderr, "actionapprove explain: \"%s\" is no time in the zone of the policy; write "
                        "\"2026-03-27 18:30\", \"fri 18:30\" or 18:30\n", options->time);
        return EXIT_USAGE;
    }
    r = suppose(supposed, &policy->snapshot, &supposition, &fault);
    if (r == SUPPOSED_IMPOSSIBLE)
        fprintf(stderr, "actionapprove explain: %s\n", fault.detail);
    if (r == 0)
        r = explain(options, policy, &supposition, &explanation);
    else
        r = r < 0 ? report_fault(&fault) : EXIT_USAGE;
    free(explanation.tried);
    supposition_free(&supposition);
    return r;
}

/* What one option says: false where its value is none. */
static bool take(struct explain_options *options, int option, char *value)
{
    struct supposed *supposed = &options->supposed;
    const char **const texts[] = {
        ['u'] = &supposed->user,  ['l'] = &supposed->login, ['r'] = &supposed->runas,
        ['g'] = &supposed->runas_group, ['d'] = &supposed->cwd, ['t'] = &supposed->tty,
        ['h'] = &supposed->host,  ['a'] = &supposed->rhost, ['s'] = &supposed->service,
        ['T'] = &options->time,
    };

    switch (option) {
    case 'e':
        if (supposed->variables_n == SUPPOSED_VARIABLES_MAX || strchr(value, '=') == NULL ||
            *value == '=')
            return false;
        options->variables[supposed->variables_n++] = value;
        return true;
    case 'f':
        supposed->frontend = aa_streq(value, "pam") ? AA_FRONTEND_PAM : AA_FRONTEND_SUDO;
        return aa_streq(value, "pam") || aa_streq(value, "sudo");
    case 'p':
        return policy_files_add(&options->files, value);
    case 'E':
        supposed->edit = true;
        return true;
    case 'I':
        supposed->intercepted = true;
        return true;
    case 'S':
        supposed->shell = true;
        return true;
    case 'j':
        options->json = true;
        return true;
    default:
        *texts[option] = value;
        return true;
    }
}

static int run(const struct command *command, int argc, char **argv)
{
    static const struct option options[] = {
        { "user", required_argument, NULL, 'u' },   { "login", required_argument, NULL, 'l' },
        { "runas", required_argument, NULL, 'r' },  { "runas-group", required_argument, NULL, 'g' },
        { "cwd", required_argument, NULL, 'd' },    { "tty", required_argument, NULL, 't' },
        { "time", required_argument, NULL, 'T' },   { "host", required_argument, NULL, 'h' },
        { "rhost", required_argument, NULL, 'a' },  { "service", required_argument, NULL, 's' },
        { "frontend", required_argument, NULL, 'f' }, { "env", required_argument, NULL, 'e' },
        { "policy", required_argument, NULL, 'p' }, { "edit", no_argument, NULL, 'E' },
        { "intercepted", no_argument, NULL, 'I' },  { "shell", no_argument, NULL, 'S' },
        { "json", no_argument, NULL, 'j' },         { NULL, 0, NULL, 0 },
    };
    static struct explain_options chosen = { .supposed = { .frontend = AA_FRONTEND_SUDO } };
    struct supposed *supposed = &chosen.supposed;
    struct policy policy;
    int c, r;

    while ((c = getopt_long(argc, argv, "+", options, NULL)) != -1) {
        if (c == '?')
            return usage_error(command, "unknown option");
        if (!take(&chosen, c, optarg))
            return usage_error(command, c == 'e' ? "\"%s\" is no NAME=VALUE, or one too many" :
                                        c == 'f' ? "\"%s\" is no front end: sudo or pam" :
                                                   "\"%s\" is one file too many", optarg);
    }
    supposed->variables = chosen.variables;
    supposed->words = argv + optind;
    supposed->words_n = (size_t)(argc - optind);
    if (supposed->frontend == AA_FRONTEND_PAM) {
        if (supposed->words_n > 0 || supposed->edit || supposed->shell)
            return usage_error(command, "a login has no command");
        if (supposed->service == NULL)
            return usage_error(command, "a login needs --service");
    } else if (supposed->words_n == 0 && !supposed->shell) {
        return usage_error(command, "the command is missing");
    } else if (supposed->edit && supposed->shell) {
        return usage_error(command, "--edit and --shell exclude each other");
    }
    r = policy_open(command->name, &chosen.files, &policy);
    if (r == EXIT_YES)
        r = suppose_and_explain(&chosen, &policy);
    policy_close(&policy);
    aa_arena_clear(&chosen.files.arena);
    return r;
}

const struct command command_explain = {
    .name = "explain",
    .summary = "say which rule would decide about a command, why not an earlier one, who could answer",
    .usage = "explain [OPTION…] -- COMMAND [ARG…]\n"
             "  --user NAME        who asks (you)\n"
             "  --login NAME       as whom they logged in, or none (the same)\n"
             "  --runas NAME       as whom it would run (root; for a login the user)\n"
             "  --runas-group NAME with which group\n"
             "  --cwd FOLDER       where (here)\n"
             "  --tty NAME         on which terminal, or none (none)\n"
             "  --time TIME        when: \"2026-03-27 18:30\", \"fri 18:30\" or 18:30 (now)\n"
             "  --host NAME        on which host (this one)\n"
             "  --rhost ADDRESS    from where they logged in\n"
             "  --env NAME=VALUE   a variable that the caller adds; may be repeated\n"
             "  --edit             the words are files for sudoedit\n"
             "  --shell            as sudo -s: the user's shell, or it runs the words\n"
             "  --intercepted      a child of a shell under sudo's intercept\n"
             "  --frontend pam     a login, with --service NAME and no command\n"
             "  --service NAME     of PAM\n"
             "  --policy PATH      this file or folder instead of the policy in force; may be repeated\n"
             "  --json             one object on standard output\n"
             "exit code: 0 it would be allowed or asked about, 1 denied",
    .run = run,
};
