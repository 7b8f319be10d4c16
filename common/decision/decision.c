/* SPDX-License-Identifier: ISC */
#include "decision.h"

#include <errno.h>

#include "base/trusted-file.h"
#include "config.h"
#include "mask/mask.h"
#include "words.h"

struct aa_decision *aa_decision_new(const struct aa_site *site)
{
    struct aa_decision *decision = calloc(1, sizeof(*decision));

    if (decision == NULL)
        return NULL;
    decision->site = site;
    decision->state_fd = -1;
    aa_masker_start(&decision->masker, NULL, NULL);
    decision->common = (struct aa_buffer)AA_FIELDS_INIT;
    decision->command = (struct aa_buffer)AA_BUFFER_INIT(AA_MESSAGE_MAX);
    decision->message = (struct aa_buffer)AA_BUFFER_INIT(AA_MESSAGE_MAX);
    decision->summary = (struct aa_buffer)AA_BUFFER_INIT(AA_MESSAGE_MAX);
    return decision;
}

void aa_decision_close_state(struct aa_decision *decision)
{
    if (decision->state_fd >= 0)
        close(decision->state_fd);
    decision->state_fd = -1;
}

AA_EXPORT struct aa_decision *aa_decision_free(struct aa_decision *decision)
{
    if (decision != NULL) {
        decision->asked = aa_asked_end(decision->asked, NULL, false);
        aa_decision_close_state(decision);
        explicit_bzero(decision->key, sizeof(decision->key));
        aa_masker_end(&decision->masker);
        aa_buffer_free(&decision->common);
        aa_buffer_free(&decision->command);
        aa_buffer_free(&decision->message);
        aa_buffer_free(&decision->summary);
        free(decision);
    }
    return NULL;
}

int aa_decision_open_state(struct aa_decision *decision, struct aa_fault *fault)
{
    const struct aa_site *site = decision->site;
    char why[AA_TRUST_WHY_MAX];
    int r = aa_trusted_folder(site, site->state_dir, &decision->state_fd, why);

    if (r == AA_TRUST_OK)
        return 0;
    return aa_fault(fault, AA_FAULT_FOLDER, r < 0 ? r : -EPERM,
                    "the state folder cannot be used: %s", why);
}

int aa_decision_keep_as(struct aa_decision *decision, enum aa_event event, struct aa_buffer *own,
                        const char *message, enum aa_ledger_use use,
                        struct aa_ledger_position *ret_place, struct aa_fault *fault)
{
    /* what people approved is on disk before it runs */
    bool sync = event == AA_EVENT_APPROVED || event == AA_EVENT_BREAK_GLASS;
    struct aa_fault ignored = { 0 };
    struct aa_event_record record = {
        .event = event,
        .realtime_usec = decision->site->realtime_usec(),
        .message = message != NULL ? message : "actionapprove: out of memory",
        .own = own,
        .common = &decision->common,
        .only_if_kept = decision->needs_record &&
                        (use == AA_LEDGER_BEFORE || event == AA_EVENT_VOTE),
    };
    int r;

    if (decision->state_fd < 0)
        (void)aa_decision_open_state(decision, &ignored);
    r = aa_record_keep(decision->site, decision->state_fd, &record, use, sync, ret_place, fault);
    return r < 0 && use == AA_LEDGER_BEFORE && !decision->needs_record ? 0 : r;
}

int aa_decision_keep(struct aa_decision *decision, enum aa_event event, struct aa_buffer *own,
                     enum aa_ledger_use use, struct aa_fault *fault)
{
    return aa_decision_keep_as(decision, event, own, aa_buffer_text(&decision->summary), use, NULL,
                               fault);
}

/* The stable identifier first, up to the colon; then what happened here. */
void aa_decision_add_error(struct aa_buffer *own, struct aa_masker *masker,
                           const struct aa_fault *fault)
{
    size_t begun = aa_field_begin(own, "AA_ERROR");

    aa_buffer_printf(own, "%s: ", aa_fault_name(fault->id));
    aa_mask_add_fault(own, masker, fault);
    aa_field_end(own, begun);
}

void aa_decision_ending(struct aa_decision *decision)
{
    struct aa_fault ignored = { 0 };

    if (decision->asked == NULL)
        return;
    if (decision->state_fd < 0)
        (void)aa_decision_open_state(decision, &ignored);
    aa_asked_ending(decision->asked, decision->state_fd);
}

void aa_decision_write_denial(struct aa_decision *decision, const struct aa_outcome *outcome)
{
    _cleanup_buffer_ struct aa_buffer words = AA_BUFFER_INIT(AA_MESSAGE_MAX);
    /* decided, and then it was not to be: that is how the record calls it */
    enum aa_event event = decision->used ? AA_EVENT_FAILED :
                          decision->end != 0 ? decision->end : AA_EVENT_REFUSED;

    aa_buffer_clear(&decision->message);
    (void)aa_masker_keyless(&decision->masker, true); /* a guess that is typed tells nothing */
    if (decision->audience.json) {
        aa_words_denial_object(&decision->message, &decision->masker,
                               aa_event_facts(event)->name, &decision->command,
                               &decision->id, outcome, &decision->fault);
    } else {
        if (event != AA_EVENT_REFUSED && !decision->audience.terminal)
            aa_words_denial_line(&words, &decision->masker, &decision->command, decision->id.code, outcome,
                                 &decision->fault);
        else
            aa_words_denial(&words, &decision->masker, &decision->command, decision->id.code, outcome,
                            &decision->fault);
        if (aa_buffer_text(&words) != NULL)
            aa_audience_spell(&decision->audience, &decision->message, words.data);
        else
            decision->message.error = words.error;
    }
    (void)aa_masker_keyless(&decision->masker, false);
    (void)aa_buffer_text(&decision->message);
}

void aa_decision_keep_refusal(struct aa_decision *decision)
{
    _cleanup_buffer_ struct aa_buffer own = AA_FIELDS_INIT;
    struct aa_fault ignored = { 0 };

    aa_decision_add_error(&own, &decision->masker, &decision->fault);
    (void)aa_decision_keep(decision, AA_EVENT_REFUSED, &own, AA_LEDGER_REFUSAL, &ignored);
    decision->ended = true;
}

AA_EXPORT bool aa_decision_allows(const struct aa_decision *decision)
{
    return decision != NULL && decision->allows;
}

AA_EXPORT bool aa_decision_is_fault(const struct aa_decision *decision)
{
    return decision == NULL || (!decision->allows && decision->fault.id >= AA_FAULT_MEMORY);
}

AA_EXPORT const char *aa_decision_code(const struct aa_decision *decision)
{
    return decision == NULL ? "" : decision->id.code;
}

AA_EXPORT const char *aa_decision_error(const struct aa_decision *decision)
{
    return aa_fault_name(decision == NULL ? AA_FAULT_MEMORY : decision->fault.id);
}

static const char *text_of(const struct aa_buffer *buffer)
{
    /* NUL-terminated by whoever filled it last; the buffer is not ours to grow here */
    return buffer->data == NULL || buffer->error != 0 ? "actionapprove: not run: out of memory\n" :
                                                        buffer->data;
}

AA_EXPORT const char *aa_decision_summary(const struct aa_decision *decision)
{
    return decision == NULL ? "out of memory" : text_of(&decision->summary);
}

AA_EXPORT const char *aa_decision_message(const struct aa_decision *decision)
{
    return decision == NULL ? "actionapprove: not run: out of memory\n" :
                              text_of(&decision->message);
}

AA_EXPORT enum aa_hearer aa_decision_hearer(const struct aa_decision *decision)
{
    return decision != NULL && decision->audience.json ? AA_HEARER_PROGRAM : AA_HEARER_PERSON;
}

AA_EXPORT const char *aa_version(void)
{
    return AA_VERSION;
}
