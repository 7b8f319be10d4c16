/* SPDX-License-Identifier: ISC */
/* What the requester is told while the request waits, in lines or as objects. */
#include <stdio.h>

#include "asking.h"
#include "mask/mask.h"
#include "mask/token.h"
#include "record/fields-json.h"

/* "3f9a-77c1-e0b2": enough to compare by eye. */
static void add_short_digest(const struct aa_asking *asking, struct aa_buffer *text)
{
    aa_buffer_printf(text, "%.4s-%.4s-%.4s", asking->digest, asking->digest + 4,
                     asking->digest + 8);
}

static void add_duration(struct aa_buffer *text, uint64_t usec)
{
    uint64_t seconds = (usec + 999999) / 1000000;

    if (seconds >= 3600)
        aa_buffer_printf(text, "%llu:%02llu:%02llu", (unsigned long long)(seconds / 3600),
                         (unsigned long long)(seconds / 60 % 60), (unsigned long long)(seconds % 60));
    else
        aa_buffer_printf(text, "%llu:%02llu", (unsigned long long)(seconds / 60),
                         (unsigned long long)(seconds % 60));
}

static void tell_object(struct aa_asking *asking, const char *event)
{
    _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT;
    _cleanup_buffer_ struct aa_buffer object = AA_BUFFER_INIT(8 * AA_FIELDS_MAX);
    _cleanup_buffer_ struct aa_buffer told = AA_BUFFER_INIT(8 * AA_FIELDS_MAX);
    static const char *const arrays[] = { "AA_FROM", "AA_APPROVED_BY", "AA_WARNING", "AA_ENV", NULL };
    const struct aa_fields_json style = { .short_names = true, .arrays = arrays };

    aa_field_add(&fields, "AA_EVENT", event);
    if (aa_describe(asking, &fields) < 0)
        return;
    aa_buffer_add_byte(&object, '{');
    (void)aa_fields_json_add(&object,
                             (struct aa_reader){ (const unsigned char *)fields.data, fields.length },
                             &style);
    aa_buffer_add_text(&object, "}\n");
    /* approvers see the same fields with the digits: a guess that is typed must not tell them */
    if (aa_buffer_text(&object) != NULL)
        aa_mask_add_without_digits(&told, object.data, object.length);
    if (aa_buffer_text(&told) != NULL)
        aa_audience_object(&asking->audience, &told);
}

void aa_tell_start(struct aa_asking *asking)
{
    _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(AA_LINE_MAX);
    const struct aa_ask_input *input = asking->input;

    if (asking->audience.json) {
        tell_object(asking, "requested");
        return;
    }
    aa_buffer_printf(&text, "actionapprove: %s: ", input->request->id.code);
    aa_buffer_add(&text, input->command->data, input->command->length);
    aa_buffer_add_text(&text, " as ");
    aa_mask_add_text(&text, input->request->runas_user);
    if (asking->leader[0] != '\0') {
        aa_buffer_printf(&text, " waits already as %s, and this waits with it", asking->leader);
    } else {
        aa_buffer_add_text(&text, " waits for ");
        if (asking->ask->quorum > 1)
            aa_buffer_printf(&text, "%u of ", asking->ask->quorum);
        aa_describe_from(asking, &text);
    }
    aa_buffer_add_text(&text, ", up to ");
    add_duration(&text, asking->deadline_usec - asking->started_usec);
    aa_buffer_add_text(&text, " (digest ");
    add_short_digest(asking, &text);
    aa_buffer_add_text(&text, ")");
    if (aa_buffer_text(&text) != NULL)
        aa_audience_line(&asking->audience, text.data);
    aa_tell_progress(asking);
}

void aa_tell_progress(struct aa_asking *asking)
{
    _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(AA_LINE_MAX);
    const struct aa_verdict_result *result = asking->ballot.result;
    uint64_t now = asking->site->boottime_usec();

    if (!asking->audience.redraws || asking->end != 0 || asking->ask == NULL)
        return;
    aa_buffer_printf(&text, "%s \xc2\xb7 ", asking->input->request->id.code);
    add_duration(&text, asking->deadline_usec > now ? asking->deadline_usec - now : 0);
    aa_buffer_add_text(&text, " left \xc2\xb7 ");
    if (asking->leader[0] != '\0')
        aa_buffer_printf(&text, "with %s", asking->leader);
    else
        aa_buffer_printf(&text, "%u/%u approved", result != NULL ? result->approvals : 0,
                         asking->ask->quorum);
    aa_buffer_add_text(&text, " \xc2\xb7 Ctrl-C cancels");
    if (asking->break_glass)
        aa_buffer_add_text(&text, " \xc2\xb7 Enter: break-glass");
    if (aa_buffer_text(&text) != NULL)
        aa_audience_redraw(&asking->audience, text.data);
}

/* How it ended where it may run: the rest is the decision's to say. */
void aa_tell_end(struct aa_asking *asking)
{
    _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(AA_LINE_MAX);

    aa_audience_leave_line(&asking->audience);
    if (asking->end != AA_EVENT_APPROVED && asking->end != AA_EVENT_BREAK_GLASS)
        return;
    if (asking->audience.json) {
        tell_object(asking, aa_event_facts(asking->end)->name);
        return;
    }
    aa_buffer_printf(&text, "actionapprove: %s: ", asking->input->request->id.code);
    if (asking->end == AA_EVENT_APPROVED)
        aa_buffer_printf(&text, "approved by %s", asking->who);
    else
        aa_buffer_add_text(&text, "runs by a break-glass code; this is recorded");
    aa_buffer_add_text(&text, " after ");
    add_duration(&text, asking->site->boottime_usec() - asking->started_usec);
    if (aa_buffer_text(&text) != NULL)
        aa_audience_line(&asking->audience, text.data);
}

void aa_tell_note(struct aa_asking *asking, const char *note)
{
    _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(AA_LINE_MAX);
    bool before;

    aa_buffer_printf(&text, "actionapprove: %s: ", asking->input->request->id.code);
    before = aa_masker_keyless(asking->input->masker, true);
    aa_mask_add_prose(&text, asking->input->masker, note, aa_mask_cut(note, AA_LINE_MAX / 4));
    (void)aa_masker_keyless(asking->input->masker, before);
    if (aa_buffer_text(&text) == NULL)
        return;
    aa_audience_line(&asking->audience, text.data);
    aa_tell_progress(asking);
}
