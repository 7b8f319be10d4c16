/* SPDX-License-Identifier: ISC */
/* Right before the command starts: is it still what was decided, and was that just now? */
#include <errno.h>

#include "capture/capture.h"
#include "capture/content.h"
#include "decision.h"
#include "mask/mask.h"
#include "words.h"

static int check_age(const struct aa_decision *decision, struct aa_fault *fault)
{
    uint64_t now = decision->site->boottime_usec();

    if (now >= decision->decided_boottime_usec &&
        now - decision->decided_boottime_usec <= AA_FRESH_USEC)
        return 0;
    return aa_fault(fault, AA_FAULT_STALE, -ETIMEDOUT,
                    "more than 30 seconds passed between the decision and the start");
}

static int confirm(struct aa_decision *decision, const struct aa_question *question,
                   struct aa_request *request)
{
    struct aa_fault *fault = &decision->fault;
    struct aa_digest digest;
    int r;

    r = check_age(decision, fault);
    if (r < 0)
        return r;
    r = aa_capture_what(decision->site, question, request, fault);
    if (r == 0 && aa_decision_was_asked(decision) && aa_folder_moved(question))
        return aa_fault(fault, AA_FAULT_CHANGED, -ESTALE,
                        "the working folder was moved: its path leads to another one now");
    if (r == 0 && decision->hashes_unbound)
        r = aa_hash_unbound(decision->site, request, fault);
    if (r < 0)
        return r;
    aa_request_digest(request, question->envp, decision->key, &digest);
    if (!decision->has_digest ||
        memcmp(digest.bytes, decision->digest.bytes, sizeof(digest.bytes)) != 0)
        return aa_fault(fault, AA_FAULT_CHANGED, -ESTALE,
                        "the command, its files or its environment changed after the decision");
    /* while people think, a link among the files that are named can be turned */
    if (!decision->without_policy && (aa_live_policy_changed(decision) ||
                                      (aa_decision_was_asked(decision) && decision->looks_at_labels))) {
        r = aa_capture_around(decision->site, question, request, fault);
        if (r == 0)
            r = aa_policy_still_allows(decision, request, fault);
        if (r < 0)
            return r;
    }
    return check_age(decision, fault); /* looking can take long, and be stopped meanwhile */
}

/* The decision is taken back: the request ends as failed, and the requester is told. */
static int withdraw(struct aa_decision *decision, int error)
{
    _cleanup_buffer_ struct aa_buffer own = AA_FIELDS_INIT;
    struct aa_buffer *summary = &decision->summary;
    struct aa_fault ignored = { 0 };
    int r;

    decision->allows = false;
    aa_buffer_clear(summary);
    aa_buffer_add_text(summary, "not run after all: ");
    aa_buffer_add(summary, decision->command.data, decision->command.length);
    aa_buffer_add_text(summary, ": ");
    aa_mask_add_fault(summary, &decision->masker, &decision->fault);
    aa_buffer_printf(summary, " [%s]", decision->id.code);
    aa_decision_write_denial(decision, NULL);
    if (!decision->ended) {
        aa_decision_add_error(&own, &decision->masker, &decision->fault);
        aa_decision_ending(decision);
        r = aa_decision_keep(decision, AA_EVENT_FAILED, &own, AA_LEDGER_AFTER, &ignored);
        decision->ended = true;
        decision->asked = aa_asked_end(decision->asked, &own, r != -ENOMEM);
    }
    return error;
}

AA_EXPORT int aa_confirm(struct aa_decision *decision, const struct aa_question *question)
{
    struct aa_request *request;
    int r;

    if (decision == NULL || !decision->allows)
        return -EPERM;
    if (decision->used)
        return withdraw(decision, aa_fault(&decision->fault, AA_FAULT_CHANGED, -EPERM,
                                           "this decision was already used for a command"));
    decision->used = true;
    decision->started_boottime_usec = decision->site->boottime_usec();
    if (decision->exempt) {
        aa_decision_close_state(decision);
        return 0;
    }
    request = aa_request_new();
    if (request == NULL)
        return withdraw(decision, aa_fault(&decision->fault, AA_FAULT_MEMORY, -ENOMEM,
                                           "there is not enough memory to look at the command "
                                           "again"));
    r = confirm(decision, question, request);
    explicit_bzero(decision->key, sizeof(decision->key));
    aa_request_free(request);
    if (r < 0)
        return withdraw(decision, r);
    /* a command may run for days: its file system must not be held busy by us */
    aa_decision_close_state(decision);
    return 0;
}
