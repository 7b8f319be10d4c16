/* SPDX-License-Identifier: ISC */
/* How an allowed command ended. */
#include <errno.h>
#include <sys/wait.h>

#include "decision.h"
#include "mask/mask.h"

static void add_end(struct aa_decision *decision, struct aa_buffer *own, enum aa_end end, int value)
{
    uint64_t now = decision->site->boottime_usec();

    if (end == AA_END_UNSEEN)
        return;
    if (end == AA_END_EXITED) {
        if (WIFSIGNALED(value))
            aa_field_printf(own, "AA_SIGNAL", "%d", WTERMSIG(value));
        else
            aa_field_printf(own, "AA_EXIT_STATUS", "%d", WEXITSTATUS(value));
        aa_field_printf(own, "AA_RUN_USEC", "%llu",
                        (unsigned long long)(now - decision->started_boottime_usec));
        return;
    }
    if (end == AA_END_NOT_EXECUTED)
        aa_fault(&decision->fault, AA_FAULT_EXEC, 0, "it could not be executed: %s",
                 strerror(value));
    else
        aa_fault(&decision->fault, AA_FAULT_NOT_RUN, 0, "it was allowed, and sudo did not run it");
    aa_decision_add_error(own, &decision->masker, &decision->fault);
}

static void summarize_end(struct aa_decision *decision, enum aa_end end, int value)
{
    struct aa_buffer *summary = &decision->summary;

    aa_buffer_clear(summary);
    aa_buffer_add(summary, decision->command.data, decision->command.length);
    if (end == AA_END_UNSEEN) {
        aa_buffer_add_text(summary, " was started; how it ends is not seen under intercept");
    } else if (end != AA_END_EXITED) {
        aa_buffer_add_text(summary, ": ");
        aa_mask_add_fault(summary, &decision->masker, &decision->fault);
    } else if (WIFSIGNALED(value)) {
        aa_buffer_printf(summary, " was ended by signal %d", WTERMSIG(value));
    } else {
        aa_buffer_printf(summary, " ended with status %d", WEXITSTATUS(value));
    }
    aa_buffer_printf(summary, " [%s]", decision->id.code);
}

AA_EXPORT void aa_finish(struct aa_decision *decision, enum aa_end end, int value)
{
    _cleanup_buffer_ struct aa_buffer own = AA_FIELDS_INIT;
    struct aa_fault ignored = { 0 };
    int r;

    if (decision == NULL || decision->ended || !decision->allows ||
        (end == AA_END_UNSEEN && !aa_decision_was_asked(decision))) /* only that wants an end */
        return;
    decision->ended = true;
    add_end(decision, &own, end, value);
    summarize_end(decision, end, value);
    aa_decision_ending(decision);
    r = aa_decision_keep(decision, end == AA_END_EXITED || end == AA_END_UNSEEN ?
                                             AA_EVENT_FINISHED : AA_EVENT_FAILED,
               &own, AA_LEDGER_AFTER, &ignored);
    /* where the ledger would not take it the journal has it; without memory neither does */
    decision->asked = aa_asked_end(decision->asked, &own, r != -ENOMEM);
    aa_decision_close_state(decision);
}
