/* SPDX-License-Identifier: ISC */
/* From "a person has to answer this" to exactly one end, in the order in which it happens. */
#include "ask.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "asking.h"
#include "emergency.h"
#include "mask/mask.h"

enum { JOIN_TRIES_MAX = 20, JOIN_PAUSE_NSEC = 25 * 1000 * 1000 };

struct aa_asked {
    struct aa_entry entry;
    struct aa_courier *couriers[AA_COURIERS_MAX];
    size_t couriers_n;
};

void aa_asking_end(struct aa_asking *asking, enum aa_event end, enum aa_fault_id id,
                   const char *format, ...)
{
    char detail[AA_FAULT_DETAIL_MAX];
    va_list arguments;

    if (asking->end != 0)
        return;
    asking->end = end;
    asking->ended_usec = asking->site->boottime_usec();
    va_start(arguments, format);
    vsnprintf(detail, sizeof(detail), format, arguments);
    va_end(arguments);
    if (id != AA_FAULT_NONE)
        aa_fault(&asking->fault, id, 0, "%s", detail);
}

void aa_asking_expire(struct aa_asking *asking)
{
    const struct aa_verdict_result *result = asking->ballot.result;

    if (result != NULL && result->approvals > 0 && asking->ask != NULL)
        aa_asking_end(asking, AA_EVENT_EXPIRED, AA_DENIED_EXPIRED,
                      "the time is over, and %u of %u approved it", result->approvals,
                      asking->ask->quorum);
    else
        aa_asking_end(asking, AA_EVENT_EXPIRED, AA_DENIED_EXPIRED, "nobody answered in time");
}

/* ---- before anybody is asked: what fails here is a refusal, nothing was asked ---- */

static int enter(struct aa_asking *asking)
{
    const struct aa_ask_input *input = asking->input;
    const struct aa_snap_settings *settings = &input->snapshot->header->settings;
    struct aa_queue_place place = { 0 };
    int r = aa_entry_create(asking->site, &asking->entry, &input->request->id,
                            input->request->user.uid, input->sameness->bytes, input->common,
                            &asking->fault);

    if (r == 0)
        r = aa_queue_check_denial(asking->site, asking->entry.folder_fd, input->sameness->bytes,
                                  settings->cool_down_seconds, &asking->fault);
    if (r == 0)
        r = aa_local_open(asking->site, asking->entry.folder_fd, input->request->id.code,
                          asking->digest,
                          &(struct aa_local_owner){ .standing = aa_local_answers.standing,
                                                    .describe = aa_local_answers.describe,
                                                    .said = aa_local_answers.said,
                                                    .context = asking },
                          &asking->local, &asking->fault);
    if (r == 0)
        r = aa_entry_show(&asking->entry, &asking->fault);
    if (r == 0)
        r = aa_queue_enter(&asking->entry, input->state_fd, settings, &place, &asking->fault);
    if (r == 0)
        memcpy(asking->leader, place.leader, sizeof(asking->leader));
    return r;
}

static int record_requested(struct aa_asking *asking)
{
    const struct aa_ask_hooks *hooks = &asking->input->hooks;
    _cleanup_buffer_ struct aa_buffer own = AA_FIELDS_INIT;
    _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(AA_LINE_MAX);
    const struct aa_snap_word *names = aa_snapshot_words(asking->input->snapshot,
                                                         asking->ask->channels);
    int r;

    aa_field_add_prose(&own, asking->input->masker, "AA_REASON", asking->reason);
    aa_field_printf(&own, "AA_QUORUM", "%u", asking->ask->quorum);
    for (uint32_t i = 0; names != NULL && i < asking->ask->channels.count; i++)
        aa_field_add_masked(&own, "AA_CHANNEL",
                            aa_snapshot_text(asking->input->snapshot, names[i].text));
    aa_mask_add_text(&text, asking->input->request->user.name);
    aa_buffer_add_text(&text, " asks to run ");
    aa_buffer_add(&text, asking->input->command->data, asking->input->command->length);
    aa_buffer_add_text(&text, " as ");
    aa_mask_add_text(&text, asking->input->request->runas_user);
    aa_buffer_printf(&text, " [%s]", asking->input->request->id.code);
    /* first, so that a kill from here on leaves an end */
    if (aa_entry_set_state(&asking->entry, AA_ENTRY_WAITING) < 0)
        return aa_fault(&asking->fault, AA_FAULT_WAITING, -EIO,
                        "the request cannot be kept in %s", asking->site->run_dir);
    r = hooks->keep(hooks->context, AA_EVENT_REQUESTED, &own, aa_buffer_text(&text),
                    AA_LEDGER_BEFORE, &asking->requested, &asking->fault);
    if (r < 0)
        (void)aa_entry_set_state(&asking->entry, AA_ENTRY_ARRIVING);
    return r;
}

/* ---- the wait, alone or with another one ---- */

/* Joins its leader. One that cannot be reached is about to go, so whoever comes next is looked for:
 * else several would ask the same. */
static bool join_leader(struct aa_asking *asking)
{
    const struct timespec pause = { 0, JOIN_PAUSE_NSEC };

    for (int i = 0; asking->leader[0] != '\0' && i < JOIN_TRIES_MAX; i++) {
        int r = aa_local_join(asking->site, asking->leader, &asking->leader_fd);

        if (r == 0)
            return true;
        if (r != -ECONNREFUSED && r != -ENOENT && r != -EBADMSG)
            return false; /* it is stopped: that must hold up nobody else */
        if (i > 0)
            nanosleep(&pause, NULL);
        aa_queue_successor(&asking->entry, asking->input->state_fd, asking->leader);
    }
    return false;
}

void aa_follow_or_lead(struct aa_asking *asking)
{
    if (join_leader(asking)) {
        aa_entry_set_follows(&asking->entry, asking->leader);
        aa_tell_start(asking);
        return;
    }
    asking->leader[0] = '\0';
    aa_entry_set_follows(&asking->entry, NULL);
    if (aa_start_channels(asking, false) < 0) {
        asking->end = AA_EVENT_FAILED;
        return;
    }
    aa_tell_start(asking);
}

static void start_waiting(struct aa_asking *asking)
{
    asking->started_usec = asking->site->boottime_usec();
    asking->deadline_usec = asking->started_usec +
                            (uint64_t)asking->ask->timeout_seconds * 1000000;
    aa_follow_or_lead(asking);
}

static void wait_for_end(struct aa_asking *asking)
{
    struct aa_emergency emergency = {
        .site = asking->site,
        .state_fd = asking->input->state_fd,
        .question = asking->input->question,
        .request = asking->input->request,
        .audience = &asking->audience,
    };

    asking->break_glass = (asking->ask->flags & AA_ASK_BREAK_GLASS) != 0 &&
                          aa_emergency_is_possible(&emergency);
    start_waiting(asking);
    if (asking->end == 0)
        aa_wait(asking);
}

/* ---- the end ---- */

static void add_end_fields(struct aa_asking *asking, struct aa_buffer *own)
{
    const struct aa_ballot *ballot = &asking->ballot;
    uint64_t now = asking->site->boottime_usec();
    size_t begun;

    aa_field_printf(own, "AA_WAIT_USEC", "%llu", (unsigned long long)(now - asking->started_usec));
    if (asking->end == AA_EVENT_APPROVED) {
        for (size_t i = 0; i < ballot->n; i++) {
            if (ballot->votes[i].kind == AA_VOTE_APPROVE &&
                ballot->result->status[i] == AA_VOTE_COUNTS)
                aa_add_approver(own, asking->input->masker, ballot, i);
        }
    } else if (ballot->result != NULL && ballot->result->deciding >= 0 &&
               (asking->end == AA_EVENT_DENIED || asking->end == AA_EVENT_CANCELLED)) {
        aa_add_approver(own, asking->input->masker, ballot, (size_t)ballot->result->deciding);
    }
    if (asking->ask != NULL)
        aa_field_printf(own, "AA_QUORUM", "%u", asking->ask->quorum);
    if (asking->fault.id == AA_FAULT_NONE)
        return;
    begun = aa_field_begin(own, "AA_ERROR");
    aa_buffer_printf(own, "%s: ", aa_fault_name(asking->fault.id));
    aa_mask_add_fault(own, asking->input->masker, &asking->fault);
    aa_field_end(own, begun);
}

static bool runs(const struct aa_asking *asking)
{
    return asking->end == AA_EVENT_APPROVED || asking->end == AA_EVENT_BREAK_GLASS;
}

static int keep_end(struct aa_asking *asking, struct aa_buffer *own)
{
    const struct aa_ask_hooks *hooks = &asking->input->hooks;
    _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(AA_LINE_MAX);
    struct aa_fault fault = { 0 };
    int r;

    aa_buffer_add(&text, asking->input->command->data, asking->input->command->length);
    aa_buffer_printf(&text, ": %s", aa_event_facts(asking->end)->name);
    if (asking->who[0] != '\0')
        aa_buffer_printf(&text, " by %s", asking->who);
    else if (asking->fault.id != AA_FAULT_NONE) {
        aa_buffer_add_text(&text, ": ");
        aa_mask_add_fault(&text, asking->input->masker, &asking->fault);
    }
    aa_buffer_printf(&text, " [%s]", asking->input->request->id.code);
    r = hooks->keep(hooks->context, asking->end, own, aa_buffer_text(&text),
                    runs(asking) ? AA_LEDGER_BEFORE : AA_LEDGER_AFTER, NULL, &fault);
    asking->end_is_lost = r == -ENOMEM; /* else the journal has it */
    if (r == 0 || !runs(asking))
        return 0;
    asking->end = AA_EVENT_FAILED;
    asking->who[0] = '\0';
    asking->fault = fault;
    if (asking->fault.id == AA_FAULT_NONE)
        aa_fault(&asking->fault, AA_FAULT_LEDGER_WRITE, r, "the record of the approval could not "
                                                           "be kept");
    return r;
}

/* An approval is worth nothing until its record is on disk. */
static void record_end(struct aa_asking *asking, struct aa_buffer *own)
{
    if (asking->end == AA_EVENT_APPROVED && aa_interrupts_pending(&asking->interrupts)) {
        asking->end = 0; /* the stop came first after all */
        asking->who[0] = '\0';
        aa_asking_end(asking, AA_EVENT_CANCELLED, AA_DENIED_CANCELLED,
                      "stopped by the requester in the moment of the approval");
    }
    if (runs(asking) && aa_entry_set_state(&asking->entry, AA_ENTRY_RUNNING) < 0) {
        asking->end = AA_EVENT_FAILED;
        asking->who[0] = '\0';
        aa_fault(&asking->fault, AA_FAULT_WAITING, -EIO, "the request cannot be kept in %s",
                 asking->site->run_dir);
    }
    if (!runs(asking))
        (void)aa_entry_ending(&asking->entry, asking->input->state_fd);
    if (asking->end == AA_EVENT_DENIED)
        aa_queue_note_denial(&asking->entry);
    add_end_fields(asking, own);
    if (keep_end(asking, own) < 0) {
        (void)aa_entry_ending(&asking->entry, asking->input->state_fd);
        aa_buffer_clear(own);
        add_end_fields(asking, own);
        (void)keep_end(asking, own);
    }
}

/* What the command's end will need goes on; everything else of the wait is over. */
static struct aa_asked *keep_for_later(struct aa_asking *asking)
{
    struct aa_asked *asked = runs(asking) ? calloc(1, sizeof(*asked)) : NULL;

    if (asked == NULL)
        return NULL;
    asked->entry = asking->entry;
    asking->entry.fd = asking->entry.folder_fd = -1;
    memcpy(asked->couriers, asking->couriers, sizeof(asked->couriers));
    asked->couriers_n = asking->couriers_n;
    asking->couriers_n = 0;
    return asked;
}

static void tell_everybody(struct aa_asking *asking, struct aa_buffer *own)
{
    _cleanup_buffer_ struct aa_buffer outcome = AA_FIELDS_INIT;
    struct aa_local_reply last;

    aa_field_add(&outcome, "AA_EVENT", aa_event_facts(asking->end)->name);
    aa_buffer_add(&outcome, own->data, own->length);
    aa_fill_reply(asking, &last);
    asking->local = aa_local_close(asking->local, &last);
    if (!runs(asking))
        aa_close_channels(asking, &outcome);
    else
        for (size_t i = 0; i < asking->couriers_n; i++)
            aa_courier_outcome(asking->couriers[i], &outcome, false);
    aa_tell_end(asking);
}

static void finish(struct aa_asking *asking, struct aa_ask_answer *ret)
{
    aa_interrupts_stop(&asking->interrupts);
    ret->end = asking->end;
    ret->fault = asking->fault;
    ret->ended_boottime_usec = asking->ended_usec;
    if (asking->ask != NULL)
        aa_ask_meaning(asking->input->snapshot, asking->ask, true, &ret->meaning);
    ret->asked = keep_for_later(asking);
    aa_local_close(asking->local, NULL);
    aa_close_channels(asking, NULL);
    if (asking->end_is_lost)
        aa_entry_leave(&asking->entry);
    else
        aa_entry_remove(&asking->entry);
    aa_close_at(&asking->leader_fd);
    aa_ballot_free(&asking->ballot);
    free(asking->reason);
}

void aa_ask(const struct aa_ask_input *input, struct aa_ask_answer *ret)
{
    struct aa_asking asking = {
        .input = input,
        .site = input->site,
        .ask = aa_ask_of(input->snapshot, input->outcome),
        .leader_fd = -1,
        .entry = { .fd = -1, .folder_fd = -1 },
        .interrupts = { .signal_fd = -1, .parent_fd = -1, .terminal_fd = -1 },
    };
    _cleanup_buffer_ struct aa_buffer own = AA_FIELDS_INIT;
    int r = 0;

    *ret = (struct aa_ask_answer){ .end = AA_EVENT_REFUSED };
    aa_audience_of(input->question, &asking.audience);
    aa_hex(input->digest->bytes, sizeof(input->digest->bytes), asking.digest);
    if (asking.ask == NULL)
        r = aa_fault(&asking.fault, AA_FAULT_SNAPSHOT_DAMAGED, -EBADMSG,
                     "the policy snapshot is damaged (a reference leaves the file)");
    else
        aa_ask_meaning(input->snapshot, asking.ask, false, &asking.meaning);
    if (r == 0)
        r = aa_ask_for_reason(&asking);
    /* before the first record: a stop is then an end like others */
    if (r == 0)
        r = aa_interrupts_start(&asking.interrupts, asking.audience.terminal, &asking.fault);
    if (r == 0)
        r = enter(&asking);
    if (r == 0)
        r = record_requested(&asking);
    if (r == 0) {
        wait_for_end(&asking);
        record_end(&asking, &own);
        tell_everybody(&asking, &own);
    } else {
        asking.end = AA_EVENT_REFUSED;
    }
    finish(&asking, ret);
}

void aa_asked_ending(struct aa_asked *asked, int state_fd)
{
    if (asked != NULL)
        (void)aa_entry_ending(&asked->entry, state_fd);
}

struct aa_asked *aa_asked_end(struct aa_asked *asked, const struct aa_buffer *fields,
                              bool is_recorded)
{
    if (asked == NULL)
        return NULL;
    for (size_t i = 0; i < asked->couriers_n; i++) {
        if (fields != NULL)
            aa_courier_outcome(asked->couriers[i], fields, true);
        (void)aa_courier_free(asked->couriers[i], fields == NULL);
    }
    if (is_recorded)
        aa_entry_remove(&asked->entry);
    else
        aa_entry_leave(&asked->entry);
    free(asked);
    return NULL;
}
