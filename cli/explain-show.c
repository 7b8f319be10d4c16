/* SPDX-License-Identifier: ISC */
/* explain, for people. Whatever a stranger may have chosen goes through the mask. */
#include "because.h"
#include "explanation.h"
#include "masking.h"
#include "mask/mask.h"

enum { LINE_COMMAND_MAX = 4096, RULE_COLUMN = 24 };

const struct explained_flag explained_flags[] = {
    { AA_ASK_REFUSE_TRUNCATED, "refuse-truncated" },
    { AA_ASK_ALLOW_UNBOUND, "allow-unbound" },
    { AA_ASK_SHOW_CODE, "show-code" },
    { AA_ASK_INTERCEPT_WAIT, "intercept-wait" },
    { AA_ASK_BREAK_GLASS, "break-glass" },
    { AA_ASK_OWNER_MAY_APPROVE, "owner-may-approve" },
    { 0, NULL },
};

const char *explained_reason(uint32_t reason)
{
    switch (reason) {
    case AA_REASON_OPTIONAL:
        return "optional";
    case AA_REASON_REQUIRED:
        return "required";
    case AA_REASON_OFF:
        return "off";
    default:
        return NULL;
    }
}

const struct aa_snap_rule *explained_rule(const struct explanation *explanation, uint32_t index)
{
    return aa_snapshot_elements(explanation->snapshot, AA_SECTION_RULES,
                                (struct aa_snap_range){ index, 1 });
}

const char *explained_text(const struct explanation *explanation, struct aa_snap_text text)
{
    const char *value = aa_snapshot_text(explanation->snapshot, text);

    return value == NULL ? "" : value;
}

const char *explained_label(const struct explanation *explanation, unsigned index)
{
    const struct aa_snap_label *label =
        index < aa_snapshot_count(explanation->snapshot, AA_SECTION_LABELS) ?
            aa_snapshot_elements(explanation->snapshot, AA_SECTION_LABELS,
                                 (struct aa_snap_range){ index, 1 }) : NULL;

    return label == NULL || (explanation->labels >> index & 1) == 0 ?
               NULL : explained_text(explanation, label->name);
}

bool explained_observes(const struct explanation *explanation)
{
    return explanation->snapshot->header->settings.mode == AA_MODE_OBSERVE;
}

static void add_place(struct aa_buffer *out, const struct explanation *explanation,
                      const struct aa_snap_rule *rule)
{
    aa_mask_add_text(out, explained_text(explanation, rule->file));
    aa_buffer_printf(out, ":%u", rule->line);
}

static void add_answer(struct aa_buffer *out, const struct explanation *explanation)
{
    const struct aa_outcome *outcome = &explanation->outcome;
    const struct aa_snap_rule *rule =
        outcome->rule == AA_NO_RULE ? NULL : explained_rule(explanation, (uint32_t)outcome->rule);

    aa_buffer_printf(out, "%s: ", aa_action_name(outcome->action));
    if (rule != NULL) {
        aa_buffer_add_text(out, "rule ");
        aa_mask_add_text(out, outcome->name);
        aa_buffer_add_text(out, " (");
        add_place(out, explanation, rule);
        aa_buffer_add_byte(out, ')');
    } else if (explanation->snapshot->header->settings.default_action == AA_ACTION_NONE) {
        aa_buffer_add_text(out, "no rule holds, and there is no default");
    } else {
        aa_buffer_add_text(out, "no rule holds, so the default decides");
    }
    if (explained_observes(explanation) && outcome->action != AA_ACTION_ALLOW)
        aa_buffer_add_text(out, "; only observed: nothing that policy decides is blocked");
    aa_buffer_add_byte(out, '\n');
    if (explanation->exempt)
        aa_buffer_add_text(out, "  this is what policy says; root under sudo is let pass all the same\n");
    if (outcome->why != NULL && *outcome->why != '\0') {
        aa_buffer_add_text(out, "  why: ");
        aa_mask_add_text(out, outcome->why);
        aa_buffer_add_byte(out, '\n');
    }
    if (outcome->near_rule == NULL || outcome->action == AA_ACTION_ALLOW)
        return;
    aa_buffer_add_text(out, "  rule ");
    aa_mask_add_text(out, outcome->near_rule);
    aa_buffer_add_text(out, " would allow it, but ");
    aa_mask_add_text(out, outcome->near_limit);
    if (outcome->near_detail != NULL && *outcome->near_detail != '\0') {
        aa_buffer_add_text(out, ": ");
        aa_mask_add(out, outcome->near_detail, strnlen(outcome->near_detail, 512));
    }
    aa_buffer_add_byte(out, '\n');
}

/* ---- what it would run ---- */

/* "/usr/bin/sudo (called sudoedit)": a link may mean more than where it leads. */
static void add_called(struct aa_buffer *out, const struct aa_effective *effective)
{
    const char *called = effective->names_n > 0 ? effective->names[0].base : NULL;

    if (called == NULL || aa_streq(called, aa_base_name(because_command_name(effective))))
        return;
    aa_buffer_add_text(out, "    (called ");
    aa_mask_add_command(out, NULL, called, NULL, 0, LINE_COMMAND_MAX, NULL);
    aa_buffer_add_byte(out, ')');
}

static void add_words(struct aa_buffer *out, const struct aa_effective *effective)
{
    const struct aa_words *args = &effective->args;

    if (args->doubt == NULL) {
        aa_mask_add_command(out, NULL, because_command_name(effective), args->v, args->n,
                            LINE_COMMAND_MAX, NULL);
        return;
    }
    aa_mask_add_command(out, NULL, because_command_name(effective), NULL, 0, LINE_COMMAND_MAX, NULL);
    for (size_t i = 0; i < args->n; i++) {
        enum aa_doubt doubt = aa_doubt_of(args, i);

        aa_buffer_add_byte(out, ' ');
        if (doubt == AA_EXACT || args->v[i][0] != '\0')
            aa_mask_add_command(out, NULL, args->v[i], NULL, 0, LINE_COMMAND_MAX, NULL);
        if (doubt != AA_EXACT)
            aa_buffer_add_text(out, doubt == AA_SPREADS ? "[any words]" : "[…]");
    }
}

static void add_command(struct aa_buffer *out, const struct explanation *explanation)
{
    const struct aa_request *request = explanation->request;

    if (request->frontend == AA_FRONTEND_PAM) {
        aa_buffer_add_text(out, "a login:\n    ");
        aa_mask_add_text(out, request->service != NULL ? request->service : "?");
        aa_buffer_add_text(out, " as ");
        aa_mask_add_text(out, request->runas_user);
        aa_buffer_add_byte(out, '\n');
        return;
    }
    aa_buffer_add_text(out, "as it would be read:\n");
    for (size_t i = 0; i < request->effective_n; i++) {
        const struct aa_effective *effective = &request->effective[i];

        aa_buffer_add_text(out, effective->wrapped ? "        " : "    ");
        add_words(out, effective);
        add_called(out, effective);
        aa_buffer_add_text(out, effective->wrapped ? "    (inside of the one above)\n" : "\n");
        if (effective->writes_to != NULL) {
            aa_buffer_add_text(out, "        it writes to ");
            aa_mask_add_text(out, effective->writes_to);
            aa_buffer_add_byte(out, '\n');
        }
    }
    if (request->opaque_why != NULL) {
        aa_buffer_add_text(out, "  opaque: ");
        aa_mask_add_text(out, request->opaque_why);
        aa_buffer_add_byte(out, '\n');
    }
    if (request->interactive_shell)
        aa_buffer_add_text(out, "  an interactive shell\n");
    if (explanation->labels_known) {
        bool any = false;

        aa_buffer_add_text(out, "  labels:");
        for (unsigned i = 0; i < EXPLANATION_LABELS_MAX; i++) {
            const char *label = explained_label(explanation, i);

            if (label == NULL)
                continue;
            aa_buffer_add_byte(out, ' ');
            aa_mask_add_text(out, label);
            any = true;
        }
        aa_buffer_add_text(out, any ? "\n" : " none\n");
    }
}

/* What an approver would not see of it: never the values. */
static void add_masked(struct aa_buffer *out, const struct explanation *explanation)
{
    bool any = false;

    for (size_t i = 0; i < explanation->masked_n; i++) {
        for (size_t j = 0; j < explanation->masked[i].n; j++) {
            aa_buffer_add_text(out, any ? "" : "an approver would not see:\n");
            any = true;
            if (i == 0)
                aa_buffer_add_text(out, "    the command, ");
            else
                aa_buffer_printf(out, "    argument %zu, ", i);
            mask_add_span(out, &explanation->masked[i].v[j]);
            aa_buffer_add_byte(out, '\n');
        }
    }
    if (explanation->masked_overrun != NULL) {
        aa_buffer_add_text(out, "  not all of it could be looked at for secrets: ");
        aa_mask_add_text(out, explanation->masked_overrun);
        aa_buffer_add_byte(out, '\n');
    }
}

/* ---- rules ---- */

static void add_rules(struct aa_buffer *out, const struct explanation *explanation)
{
    if (explanation->tried_n > 0)
        aa_buffer_add_text(out, "rules tried:\n");
    for (size_t i = 0; i < explanation->tried_n; i++) {
        const struct tried_rule *tried = &explanation->tried[i];
        const struct aa_snap_rule *rule = explained_rule(explanation, tried->index);
        const char *name;
        size_t start;

        if (rule == NULL)
            continue;
        aa_buffer_add_text(out, "  ");
        start = out->length;
        name = explained_text(explanation, rule->name);
        aa_mask_add_text(out, name);
        while (out->error == 0 && out->length - start < RULE_COLUMN)
            aa_buffer_add_byte(out, ' ');
        if (tried->result.holds) {
            aa_buffer_add_text(out, " decides (");
            add_place(out, explanation, rule);
            aa_buffer_add_text(out, ")\n");
            continue;
        }
        aa_buffer_add_text(out, " no: ");
        because_add(out, explanation->snapshot, explanation->request, rule, &tried->result);
        aa_buffer_add_byte(out, '\n');
    }
}

/* ---- who is asked ---- */

static void add_duration(struct aa_buffer *out, uint32_t seconds)
{
    if (seconds % 3600 == 0 && seconds > 0)
        aa_buffer_printf(out, "%uh", seconds / 3600);
    else if (seconds % 60 == 0 && seconds > 0)
        aa_buffer_printf(out, "%um", seconds / 60);
    else
        aa_buffer_printf(out, "%us", seconds);
}

static void add_names(struct aa_buffer *out, const struct explanation *explanation,
                      struct aa_snap_range range)
{
    const struct aa_snap_word *words = aa_snapshot_words(explanation->snapshot, range);

    for (uint32_t i = 0; words != NULL && i < range.count; i++) {
        aa_buffer_add_byte(out, ' ');
        aa_mask_add_text(out, explained_text(explanation, words[i].text));
    }
}

static void add_ask(struct aa_buffer *out, const struct explanation *explanation)
{
    const struct aa_snap_ask *ask = explanation->ask;
    size_t flags = 0;

    aa_buffer_add_text(out, "it asks:\n    on");
    add_names(out, explanation, ask->channels);
    if (ask->then_seconds > 0) {
        aa_buffer_add_text(out, ", then after ");
        add_duration(out, ask->then_seconds);
        add_names(out, explanation, ask->then_channels);
    }
    aa_buffer_add_text(out, "; from");
    add_names(out, explanation, ask->from);
    aa_buffer_printf(out, "\n    quorum %u, timeout ", ask->quorum);
    add_duration(out, ask->timeout_seconds);
    aa_buffer_printf(out, ", reason %s, risk %s\n",
                     explained_reason(ask->reason) != NULL ? explained_reason(ask->reason) : "?",
                     aa_risk_name(ask->risk) != NULL ? aa_risk_name(ask->risk) : "?");
    for (size_t i = 0; explained_flags[i].name != NULL; i++) {
        if ((ask->flags & explained_flags[i].bit) == 0)
            continue;
        aa_buffer_printf(out, "%s%s", flags++ > 0 ? ", " : "    with ", explained_flags[i].name);
    }
    aa_buffer_add_text(out, flags > 0 ? "\n" : "");
    if (explanation->refused_before != NULL) {
        aa_buffer_add_text(out, "  would be refused before anybody is asked: ");
        aa_mask_add_text(out, explanation->refused_before);
        aa_buffer_add_byte(out, '\n');
    }
}

static void add_answerer(struct aa_buffer *out, const struct answerer *answerer)
{
    aa_buffer_add_text(out, "    ");
    aa_mask_add_text(out, answerer->person);
    if (answerer->is_person && *answerer->accounts != '\0') {
        aa_buffer_add_text(out, " (unix ");
        aa_mask_add_text(out, answerer->accounts);
        aa_buffer_add_byte(out, ')');
    }
    aa_buffer_add_text(out, " by ");
    aa_mask_add_text(out, answerer->groups);
    if (answerer->status != AA_VOTE_COUNTS) {
        aa_buffer_add_text(out, answerer->elsewhere ? ": " : ": does not count, ");
        aa_mask_add_text(out, answerer->because);
    }
    aa_buffer_add_byte(out, '\n');
}

static void add_answerers(struct aa_buffer *out, const struct explanation *explanation)
{
    const struct answerers *answerers = &explanation->answerers;
    uint32_t quorum = explanation->ask->quorum;

    aa_buffer_add_text(out, "who could answer now:\n");
    if (answerers->n == 0)
        aa_buffer_add_text(out, "    nobody is in these groups\n");
    for (size_t i = 0; i < answerers->n; i++)
        add_answerer(out, &answerers->v[i]);
    if (answerers->quorum_reached)
        return;
    aa_buffer_printf(out, "  %s: %u of them %s needed, and %zu could\n",
                     answerers->elsewhere ? "only with members whom the chat system knows" :
                                            "it could not be approved by anybody now",
                     quorum, quorum == 1 ? "is" : "are", answerers->counting);
}

void explain_show(struct aa_buffer *out, const struct explanation *explanation)
{
    add_answer(out, explanation);
    add_command(out, explanation);
    add_masked(out, explanation);
    if (explanation->chosen_time) {
        aa_buffer_add_text(out, "  at ");
        because_add_time(out, explanation->snapshot, explanation->request->realtime_usec);
        aa_buffer_add_byte(out, '\n');
    }
    add_rules(out, explanation);
    if (explanation->ask == NULL)
        return;
    add_ask(out, explanation);
    add_answerers(out, explanation);
}
