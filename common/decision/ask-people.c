/* SPDX-License-Identifier: ISC */
/* The outcome is "ask": hands the request over to ask/, keeps its records, takes its answer. Also
 * the way out where there is no policy: a break-glass code. */
#include <errno.h>
#include <stdio.h>

#include "ask/emergency.h"
#include "capture/capture.h"
#include "capture/content.h"
#include "deciding.h"

static int keep(void *context, enum aa_event event, struct aa_buffer *own, const char *message,
                enum aa_ledger_use use, struct aa_ledger_position *ret_place,
                struct aa_fault *fault)
{
    struct deciding *d = context;

    return aa_decision_keep_as(d->decision, event, own, message, use, ret_place, fault);
}

static int decide_again(void *context, struct aa_fault *fault)
{
    struct deciding *d = context;
    int r;

    if (!aa_live_policy_changed(d->decision))
        return 0;
    aa_masker_set_policy(&d->decision->masker, NULL);
    aa_snapshot_close(&d->snapshot);
    d->has_outcome = false;
    d->outcome = (struct aa_outcome){ .action = AA_ACTION_DENY, .name = "", .why = "" };
    r = aa_ask_policy(d, fault);
    if (r < 0)
        return r;
    d->decision->needs_record = d->record_required;
    aa_decision_make_common(d); /* records from here on name the policy that counts */
    return 1;
}

/* Files that others could change: what they hold now becomes a part of the digest. */
static int cover_content(struct deciding *d, const struct aa_snap_ask *ask)
{
    struct aa_decision *decision = d->decision;
    bool unbound = false;
    int r;

    for (size_t i = 0; i < d->request->files_n; i++)
        unbound |= d->request->files[i].unbound_why != NULL;
    if (!unbound || (ask->flags & AA_ASK_ALLOW_UNBOUND) == 0)
        return 0;
    r = aa_hash_unbound(decision->site, d->request, &decision->fault);
    if (r < 0)
        return r;
    decision->hashes_unbound = true;
    aa_request_digest(d->request, d->question->envp, decision->key, &decision->digest);
    return 0;
}

void aa_ask_people(struct deciding *d)
{
    struct aa_decision *decision = d->decision;
    const struct aa_snap_ask *ask = aa_ask_of(&d->snapshot, &d->outcome);
    struct aa_digest sameness;
    struct aa_ask_answer answer = { .end = AA_EVENT_REFUSED };
    struct aa_ask_input input = {
        .site = decision->site,
        .question = d->question,
        .request = d->request,
        .digest = &decision->digest,
        .sameness = &sameness,
        .snapshot = &d->snapshot,
        .outcome = &d->outcome,
        .common = &decision->common,
        .command = &decision->command,
        .masker = &decision->masker,
        .state_fd = decision->state_fd,
        .hooks = { .keep = keep, .decide_again = decide_again, .context = d },
    };
    int r = 0;

    if (ask == NULL)
        r = aa_fault(&decision->fault, AA_FAULT_SNAPSHOT_DAMAGED, -EBADMSG,
                     "the policy snapshot is damaged (a reference leaves the file)");
    if (r == 0 && aa_folder_moved(d->question))
        r = aa_fault(&decision->fault, AA_FAULT_CHANGED, -ESTALE,
                     "the working folder was moved: its path leads to another one now");
    if (r == 0)
        r = cover_content(d, ask);
    aa_request_sameness(d->request, decision->key, &sameness);
    d->asking = true;
    aa_decision_make_common(d);
    decision->needs_record = d->record_required;
    if (r == 0)
        r = aa_ask_is_possible(&input, ask, &decision->fault);
    if (r == 0)
        aa_ask(&input, &answer);
    snprintf(decision->rule, sizeof(decision->rule), "%s", d->outcome.name);
    decision->allows = answer.end == AA_EVENT_APPROVED || answer.end == AA_EVENT_BREAK_GLASS;
    decision->asked = answer.asked;
    decision->meaning = answer.meaning;
    decision->decided_boottime_usec = answer.ended_boottime_usec;
    d->recorded = answer.end != AA_EVENT_REFUSED;
    d->asking = d->recorded; /* a refusal's record is short */
    decision->end = answer.end;
    if (decision->allows)
        return;
    decision->ended = d->recorded;
    if (decision->fault.id == AA_FAULT_NONE)
        decision->fault = answer.fault;
}

/* What a code helps against: a policy that is missing or that cannot be used. */
static bool is_of_the_policy(enum aa_fault_id id)
{
    return id == AA_FAULT_SNAPSHOT_MISSING || id == AA_FAULT_SNAPSHOT_UNSAFE ||
           id == AA_FAULT_SNAPSHOT_DAMAGED || id == AA_FAULT_SNAPSHOT_VERSION;
}

bool aa_break_glass(struct deciding *d)
{
    struct aa_decision *decision = d->decision;
    struct aa_emergency emergency = {
        .site = decision->site,
        .state_fd = decision->state_fd,
        .question = d->question,
        .request = d->request,
        .audience = &decision->audience,
        .masker = &decision->masker,
    };
    _cleanup_buffer_ struct aa_buffer own = AA_FIELDS_INIT;
    struct aa_fault fault = { 0 };
    uint32_t number;
    int r = 0;

    if (!is_of_the_policy(decision->fault.id) || !decision->has_digest ||
        !aa_emergency_is_possible(&emergency))
        return false;
    for (int i = 0; i < AA_CODE_TRIES_MAX && r == 0; i++)
        r = aa_emergency_try(&emergency, NULL, &number);
    if (r != 1)
        return false;
    aa_decision_make_common(d);
    decision->needs_record = true;
    aa_decision_add_error(&own, &decision->masker, &decision->fault);
    r = aa_decision_keep_as(decision, AA_EVENT_BREAK_GLASS, &own,
                            "a break-glass code was used where no policy could be read",
                            AA_LEDGER_BEFORE, NULL, &fault);
    if (r < 0)
        return false;
    decision->fault = (struct aa_fault){ 0 };
    decision->allows = decision->without_policy = d->recorded = true;
    return true;
}
