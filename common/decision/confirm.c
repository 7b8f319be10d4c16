/* SPDX-License-Identifier: ISC */
/* Right before the command starts: is it still what was decided, and was that just now? */
#include <errno.h>

#include "capture/capture.h"
#include "decision.h"
#include "mask/mask.h"
#include "words.h"

static int confirm(struct aa_decision *decision, const struct aa_question *question,
                   int state_fd, struct aa_request *request)
{
    struct aa_fault *fault = &decision->fault;
    uint64_t now = decision->site->boottime_usec();
    struct aa_digest digest;
    int r;

    if (now < decision->decided_boottime_usec || now - decision->decided_boottime_usec > AA_FRESH_USEC)
        return aa_fault(fault, AA_FAULT_STALE, -ETIMEDOUT,
                        "more than 30 seconds passed between the decision and the start");
    r = aa_capture_what(decision->site, question, request, fault);
    if (r == 0)
        r = aa_take_digest(decision->site, state_fd, question, request, &digest, fault);
    if (r < 0)
        return r;
    if (!decision->has_digest ||
        memcmp(digest.bytes, decision->digest.bytes, sizeof(digest.bytes)) != 0)
        return aa_fault(fault, AA_FAULT_CHANGED, -ESTALE,
                        "the command, its files or its environment changed after the decision");
    return 0;
}

/* The decision is taken back: it becomes a denial with a record of its own. */
static void withdraw(struct aa_decision *decision, int state_fd, const struct aa_request *request)
{
    struct aa_request shown = *request;

    decision->allows = false;
    shown.id = decision->id;
    aa_buffer_clear(&decision->summary);
    aa_buffer_add_text(&decision->summary, "not run after all: ");
    aa_buffer_add(&decision->summary, decision->command.data, decision->command.length);
    aa_buffer_add_text(&decision->summary, ": ");
    aa_mask_add_text(&decision->summary, decision->fault.detail);
    aa_buffer_printf(&decision->summary, " [%s]", decision->id.code);
    aa_buffer_clear(&decision->message);
    aa_words_denial(&decision->message, &shown, NULL, &decision->fault);
    (void)aa_buffer_text(&decision->message);
    if (state_fd >= 0 || !decision->ended)
        aa_decision_keep_refusal(decision, state_fd);
}

AA_EXPORT int aa_confirm(struct aa_decision *decision, const struct aa_question *question)
{
    struct aa_request *request;
    int state_fd = -1, r;

    if (decision == NULL || !decision->allows)
        return -EPERM;
    if (decision->used) {
        decision->allows = false;
        return aa_fault(&decision->fault, AA_FAULT_CHANGED, -EPERM,
                        "this decision was already used for a command");
    }
    decision->used = true;
    decision->started_boottime_usec = decision->site->boottime_usec();
    if (decision->exempt)
        return 0;
    request = aa_request_new();
    if (request == NULL) {
        decision->allows = false;
        return aa_fault(&decision->fault, AA_FAULT_MEMORY, -ENOMEM,
                        "there is not enough memory to look at the command again");
    }
    r = aa_open_state(decision->site, &state_fd, &decision->fault);
    if (r == 0)
        r = confirm(decision, question, state_fd, request);
    if (r < 0)
        withdraw(decision, state_fd, request);
    if (state_fd >= 0)
        close(state_fd);
    aa_request_free(request);
    return r;
}
