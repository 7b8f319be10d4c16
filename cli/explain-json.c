/* SPDX-License-Identifier: ISC */
/* explain, for programs: one object. */
#include "base/text.h"
#include "because.h"
#include "explanation.h"
#include "masking.h"

static void add_text(struct aa_buffer *out, const char *name, const char *text)
{
    aa_buffer_printf(out, "%s\"%s\":", *name == '\0' ? "" : ",", name);
    if (text == NULL)
        aa_buffer_add_text(out, "null");
    else
        aa_text_add_json(out, text, strlen(text));
}

static const char *yes_or_no(bool yes)
{
    return yes ? "true" : "false";
}

static void add_names(struct aa_buffer *out, const struct explanation *explanation,
                      const char *name, struct aa_snap_range range)
{
    const struct aa_snap_word *words = aa_snapshot_words(explanation->snapshot, range);

    aa_buffer_printf(out, ",\"%s\":[", name);
    for (uint32_t i = 0; words != NULL && i < range.count; i++) {
        const char *text = explained_text(explanation, words[i].text);

        aa_buffer_add_text(out, i > 0 ? "," : "");
        aa_text_add_json(out, text, strlen(text));
    }
    aa_buffer_add_byte(out, ']');
}

static void add_effective(struct aa_buffer *out, const struct aa_effective *effective)
{
    bool any = false;

    aa_buffer_add_text(out, "{\"command\":");
    aa_text_add_json(out, because_command_name(effective), strlen(because_command_name(effective)));
    aa_buffer_add_text(out, ",\"args\":[");
    for (size_t i = 0; i < effective->args.n; i++) {
        aa_buffer_add_text(out, i > 0 ? "," : "");
        aa_text_add_json(out, effective->args.v[i], strlen(effective->args.v[i]));
    }
    aa_buffer_printf(out, "],\"wrapped\":%s", yes_or_no(effective->wrapped));
    for (size_t i = 0; i < effective->args.n; i++) {
        if (aa_doubt_of(&effective->args, i) == AA_EXACT)
            continue;
        aa_buffer_printf(out, "%s%zu", any ? "," : ",\"uncertain\":[", i);
        any = true;
    }
    aa_buffer_add_text(out, any ? "]}" : "}");
}

static void add_request(struct aa_buffer *out, const struct explanation *explanation)
{
    const struct aa_request *request = explanation->request;
    bool any = false;

    add_text(out, "exe", request->files_n > 0 && request->files[0].path != NULL ?
                             request->files[0].path : "");
    aa_buffer_add_text(out, ",\"effective\":[");
    for (size_t i = 0; i < request->effective_n; i++) {
        aa_buffer_add_text(out, i > 0 ? "," : "");
        add_effective(out, &request->effective[i]);
    }
    aa_buffer_printf(out, "],\"opaque\":%s", yes_or_no(request->opaque_why != NULL));
    add_text(out, "opaque_why", request->opaque_why != NULL ? request->opaque_why : "");
    aa_buffer_add_text(out, ",\"labels\":[");
    for (unsigned i = 0; explanation->labels_known && i < EXPLANATION_LABELS_MAX; i++) {
        const char *label = explained_label(explanation, i);

        if (label == NULL)
            continue;
        aa_buffer_add_text(out, any ? "," : "");
        aa_text_add_json(out, label, strlen(label));
        any = true;
    }
    aa_buffer_printf(out, "],\"interactive_shell\":%s", yes_or_no(request->interactive_shell));
}

/* "argument" 0 is the command itself. */
static void add_masked(struct aa_buffer *out, const struct explanation *explanation)
{
    bool any = false;

    aa_buffer_add_text(out, ",\"masked\":[");
    for (size_t i = 0; i < explanation->masked_n; i++) {
        for (size_t j = 0; j < explanation->masked[i].n; j++) {
            aa_buffer_printf(out, "%s{\"argument\":%zu,", any ? "," : "", i);
            mask_add_span_json(out, &explanation->masked[i].v[j]);
            aa_buffer_add_byte(out, '}');
            any = true;
        }
    }
    aa_buffer_add_byte(out, ']');
    add_text(out, "masked_overrun", explanation->masked_overrun);
}

static void add_rules(struct aa_buffer *out, const struct explanation *explanation)
{
    aa_buffer_add_text(out, ",\"rules\":[");
    for (size_t i = 0; i < explanation->tried_n; i++) {
        _cleanup_buffer_ struct aa_buffer because = AA_BUFFER_INIT(1024 * 1024);
        const struct tried_rule *tried = &explanation->tried[i];
        const struct aa_snap_rule *rule = explained_rule(explanation, tried->index);
        const char *text;

        if (rule == NULL)
            continue;
        because_add(&because, explanation->snapshot, explanation->request, rule, &tried->result);
        text = aa_buffer_text(&because);
        aa_buffer_printf(out, "%s{\"rule\":", i > 0 ? "," : "");
        aa_text_add_json(out, explained_text(explanation, rule->name),
                         strlen(explained_text(explanation, rule->name)));
        add_text(out, "file", explained_text(explanation, rule->file));
        aa_buffer_printf(out, ",\"line\":%u,\"holds\":%s", rule->line,
                         yes_or_no(tried->result.holds));
        add_text(out, "because", text != NULL ? text : "");
        aa_buffer_add_byte(out, '}');
    }
    aa_buffer_add_byte(out, ']');
}

static void add_ask(struct aa_buffer *out, const struct explanation *explanation)
{
    const struct aa_snap_ask *ask = explanation->ask;
    bool any = false;

    aa_buffer_printf(out, ",\"ask\":{\"quorum\":%u", ask->quorum);
    add_names(out, explanation, "channels", ask->channels);
    add_names(out, explanation, "then", ask->then_channels);
    aa_buffer_printf(out, ",\"then_seconds\":%u", ask->then_seconds);
    add_names(out, explanation, "from", ask->from);
    aa_buffer_printf(out, ",\"timeout\":%u", ask->timeout_seconds);
    add_text(out, "reason", explained_reason(ask->reason));
    add_text(out, "risk", aa_risk_name(ask->risk));
    aa_buffer_add_text(out, ",\"flags\":[");
    for (size_t i = 0; explained_flags[i].name != NULL; i++) {
        if ((ask->flags & explained_flags[i].bit) == 0)
            continue;
        aa_buffer_printf(out, "%s\"%s\"", any ? "," : "", explained_flags[i].name);
        any = true;
    }
    aa_buffer_add_text(out, "]}");
}

static void add_answerers(struct aa_buffer *out, const struct explanation *explanation)
{
    const struct answerers *answerers = &explanation->answerers;

    aa_buffer_add_text(out, ",\"answerers\":[");
    for (size_t i = 0; i < answerers->n; i++) {
        const struct answerer *answerer = &answerers->v[i];

        aa_buffer_printf(out, "%s{\"person\":", i > 0 ? "," : "");
        aa_text_add_json(out, answerer->person, strlen(answerer->person));
        add_text(out, "unix", answerer->accounts);
        add_text(out, "groups", answerer->groups);
        aa_buffer_printf(out, ",\"is_person\":%s,\"counts\":%s", yes_or_no(answerer->is_person),
                         answerer->elsewhere ? "null" :
                                               yes_or_no(answerer->status == AA_VOTE_COUNTS));
        add_text(out, "because", answerer->because);
        aa_buffer_add_byte(out, '}');
    }
    aa_buffer_printf(out, "],\"quorum_reached\":%s",
                     answerers->quorum_reached ? "true" : answerers->elsewhere ? "null" : "false");
    add_text(out, "refused_before_asking", explanation->refused_before);
    add_text(out, "refused_error", explanation->refused_error);
}

void explain_json(struct aa_buffer *out, const struct explanation *explanation)
{
    const struct aa_outcome *outcome = &explanation->outcome;
    const struct aa_snap_rule *rule =
        outcome->rule == AA_NO_RULE ? NULL : explained_rule(explanation, (uint32_t)outcome->rule);

    aa_buffer_printf(out, "{\"decision\":\"%s\"", aa_action_name(outcome->action));
    add_text(out, "rule", outcome->name);
    add_text(out, "file", rule != NULL ? explained_text(explanation, rule->file) : NULL);
    if (rule != NULL)
        aa_buffer_printf(out, ",\"line\":%u", rule->line);
    add_text(out, "why", outcome->why != NULL ? outcome->why : "");
    add_text(out, "mode", explained_observes(explanation) ? "observe" : "enforce");
    aa_buffer_printf(out, ",\"exempt\":%s", yes_or_no(explanation->exempt));
    if (outcome->near_rule != NULL && outcome->action != AA_ACTION_ALLOW) {
        add_text(out, "near_rule", outcome->near_rule);
        add_text(out, "near_limit", outcome->near_limit);
        add_text(out, "near_detail", outcome->near_detail != NULL ? outcome->near_detail : "");
    }
    add_request(out, explanation);
    add_masked(out, explanation);
    add_rules(out, explanation);
    if (explanation->ask != NULL) {
        add_ask(out, explanation);
        add_answerers(out, explanation);
    }
    aa_buffer_add_text(out, "}\n");
}
