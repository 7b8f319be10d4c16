/* SPDX-License-Identifier: ISC */
/* From a question to a decision: capture, policy, record, answer, in that order and in this file's
 * order. Every way out that is not an explicit "allow" is a denial with words. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "capture/capture.h"
#include "deciding.h"
#include "mask/subject.h"
#include "policy/label.h"
#include "words.h"

static bool live_policy(const struct aa_decision *decision, struct stat *ret)
{
    return fstatat(decision->state_fd, AA_SNAPSHOT_LIVE, ret, AT_SYMLINK_NOFOLLOW) == 0;
}

static int capture_needed(struct deciding *d, struct aa_fault *fault)
{
    const struct aa_snap_header *header = d->snapshot.header;
    struct aa_label_attributes labels;
    int r = aa_label_attributes(&d->snapshot, &labels, fault);
    struct aa_attribute_names names = { labels.names, labels.n };

    return r < 0 ? r : aa_capture_needed(d->decision->site, d->request, header->needs,
                                         header->full_host_name != 0, &names, fault);
}

/* The policy's part: snapshot, facts that it needs, the first rule that holds. */
int aa_ask_policy(struct deciding *d, struct aa_fault *fault)
{
    const struct aa_site *site = d->decision->site;
    const struct aa_snap_header *header;
    struct stat st;
    int r;

    if (live_policy(d->decision, &st)) { /* looked at first: a change from here on is noticed */
        d->decision->policy_inode = st.st_ino;
        d->decision->policy_ctime = st.st_ctim;
    }
    r = aa_snapshot_open(site, d->decision->state_fd, &d->snapshot, fault);
    if (r < 0)
        return r;
    header = d->snapshot.header;
    aa_masker_set_policy(&d->decision->masker, &d->snapshot);
    d->decision->policy_try_until_usec = header->try_until_boottime_usec;
    d->decision->looks_at_labels = (header->needs & UINT64_C(1) << AA_KEY_LABEL) != 0;
    aa_snapshot_policy_id(&d->snapshot, d->policy);
    d->record_required = header->settings.record != AA_RECORD_BEST_EFFORT;
    r = capture_needed(d, fault);
    if (r == 0)
        r = aa_decide_policy(&d->snapshot, d->request, &d->outcome, NULL, NULL, fault);
    if (r < 0)
        return r;
    d->has_outcome = true;
    d->observe = header->settings.mode == AA_MODE_OBSERVE;
    return 0;
}

bool aa_live_policy_changed(const struct aa_decision *decision)
{
    struct stat st;

    /* when a try is over the policy before it is in force, and no file changes */
    if (decision->policy_try_until_usec != 0 &&
        decision->site->boottime_usec() >= decision->policy_try_until_usec)
        return true;
    return !live_policy(decision, &st) || st.st_ino != decision->policy_inode ||
           st.st_ctim.tv_sec != decision->policy_ctime.tv_sec ||
           st.st_ctim.tv_nsec != decision->policy_ctime.tv_nsec;
}

/* What people approved stays approved under the same rule, if that still says the same. */
static bool still_asks(const struct deciding *d)
{
    const struct aa_snap_ask *ask = aa_ask_of(&d->snapshot, &d->outcome);
    struct aa_digest meaning;

    if (ask == NULL || strncmp(d->outcome.name, d->decision->rule,
                               sizeof(d->decision->rule) - 1) != 0)
        return false;
    aa_ask_meaning(&d->snapshot, ask, true, &meaning);
    return memcmp(&meaning, &d->decision->meaning, sizeof(meaning)) == 0;
}

int aa_policy_still_allows(struct aa_decision *decision, struct aa_request *request,
                           struct aa_fault *fault)
{
    struct deciding d = { .decision = decision, .request = request };
    int r = aa_ask_policy(&d, fault);
    bool still_allows = r == 0 && (d.observe || (aa_decision_was_asked(decision) ? still_asks(&d) :
                                                     d.outcome.action == AA_ACTION_ALLOW));

    aa_masker_set_policy(&decision->masker, NULL);
    aa_snapshot_close(&d.snapshot);
    if (r < 0)
        return r;
    return still_allows ? 0 : aa_fault(fault, AA_FAULT_CHANGED, -ESTALE,
                                       "the policy, or where the files that it names lead, changed after "
                                       "the decision, and it would be decided differently now");
}

/* From the policy's action to yes or no: what is not "allow" fills the fault. */
static void apply_outcome(struct deciding *d)
{
    struct aa_decision *decision = d->decision;
    const struct aa_outcome *outcome = &d->outcome;

    if (outcome->action == AA_ACTION_ALLOW || d->observe) {
        decision->allows = true;
        return;
    }
    if (outcome->action == AA_ACTION_ASK)
        aa_ask_people(d);
    else if (outcome->rule != AA_NO_RULE || outcome->why[0] != '\0')
        aa_fault(&decision->fault, AA_DENIED_BY_RULE, 0, "%s",
                 outcome->why[0] != '\0' ? outcome->why : "the rule denies it");
    else
        aa_fault(&decision->fault, AA_DENIED_BY_DEFAULT, 0, "no rule allows it");
}

static void describe_agent(const struct deciding *d, struct aa_record_context *context)
{
    struct aa_snap_range which = { 0, 1 };
    const struct aa_snap_agent *agent;
    const struct aa_snap_word *owner;
    int index;

    if (d->snapshot.header == NULL)
        return;
    index = aa_agent_of(&d->snapshot, d->request->user.name);
    if (index < 0 && d->request->login.known)
        index = aa_agent_of(&d->snapshot, d->request->login.name);
    if (index < 0)
        return;
    which.first = (uint32_t)index;
    agent = aa_snapshot_elements(&d->snapshot, AA_SECTION_AGENTS, which);
    if (agent == NULL)
        return;
    context->agent = aa_snapshot_text(&d->snapshot, agent->name);
    owner = aa_snapshot_words(&d->snapshot, agent->owners);
    if (owner != NULL && agent->owners.count > 0)
        context->owner = aa_snapshot_text(&d->snapshot, owner->text);
}

/* Those of its operands, for whom it concerns. What cannot be told is left out here: where it
 * mattered to a rule, there is no decision either. */
static void describe_labels(const struct deciding *d, struct aa_buffer *names)
{
    uint64_t labels = 0;

    if (d->snapshot.header != NULL && d->request->operands_n > 0 &&
        aa_labels_of(&d->snapshot, d->request, &labels) == 0)
        (void)aa_label_names(&d->snapshot, labels, names);
}

static bool shows_code(const struct deciding *d)
{
    const struct aa_snap_ask *ask = aa_ask_of(&d->snapshot, &d->outcome);

    return ask != NULL && (ask->flags & AA_ASK_SHOW_CODE) != 0;
}

static const char *risk_of(const struct deciding *d)
{
    struct aa_snap_range which = { d->outcome.ask, 1 };
    const struct aa_snap_ask *ask;

    if (!d->has_outcome || d->outcome.action != AA_ACTION_ASK)
        return NULL;
    ask = aa_snapshot_elements(&d->snapshot, AA_SECTION_ASKS, which);
    return ask == NULL ? NULL : aa_risk_name(ask->risk);
}

void aa_decision_make_common(struct deciding *d)
{
    _cleanup_buffer_ struct aa_buffer labels = AA_BUFFER_INIT(AA_LABELS_FIELD_MAX);
    _cleanup_buffer_ struct aa_buffer command = AA_BUFFER_INIT(AA_FIELDS_MAX);
    struct aa_decision *decision = d->decision;
    struct aa_record_context context = {
        .observe = d->observe,
        .refused = !decision->allows && !d->asking,
        .risk = risk_of(d),
        .policy = d->policy[0] != '\0' ? d->policy : NULL,
        .digest = decision->has_digest ? &decision->digest : NULL,
        .masker = &decision->masker,
        .command = &command,
    };

    if (decision->exempt) {
        context.rule = "root";
        context.action = AA_ACTION_ALLOW;
    } else if (d->has_outcome) {
        context.rule = d->outcome.name;
        context.action = d->outcome.action;
    }
    decision->masker.show_code = d->has_outcome && shows_code(d);
    aa_mask_add_request(&command, &decision->masker, d->request,
                        context.refused ? AA_REFUSED_COMMAND_MAX : AA_COMMAND_MAX);
    describe_agent(d, &context);
    describe_labels(d, &labels);
    if (labels.length > 0)
        context.labels = aa_buffer_text(&labels);
    aa_buffer_clear(&decision->common);
    aa_record_common(&decision->common, d->request, &context);
    aa_buffer_clear(&decision->command);
    aa_words_command(&decision->command, &command, d->request);
}

/* "alice may run /usr/bin/id as root (rule ids)" */
static void make_summary(struct deciding *d)
{
    struct aa_decision *decision = d->decision;
    struct aa_buffer *summary = &decision->summary;
    const struct aa_request *request = d->request;

    aa_buffer_clear(summary);
    aa_mask_add_text(summary, request->user.name);
    aa_buffer_add_text(summary, decision->allows ? " may run " : " may not run ");
    aa_buffer_add(summary, decision->command.data, decision->command.length);
    aa_buffer_add_text(summary, " as ");
    aa_mask_add_text(summary, request->runas_user != NULL ? request->runas_user : "nobody");
    if (d->has_outcome) {
        aa_buffer_add_text(summary, " (rule ");
        aa_mask_add_text(summary, d->outcome.name);
        aa_buffer_add_text(summary, ")");
    }
    if (!decision->allows) {
        aa_buffer_add_text(summary, ": ");
        aa_mask_add_fault(summary, &decision->masker, &decision->fault);
    }
    aa_buffer_printf(summary, " [%s]", request->id.code[0] != '\0' ? request->id.code : "no code");
}

/* A decision that allows is worth nothing until its record is kept. */
static void keep_decision(struct deciding *d)
{
    struct aa_decision *decision = d->decision;
    struct aa_fault fault = { 0 };
    int r;

    if (!d->recorded)
        aa_decision_make_common(d);
    make_summary(d);
    if (d->recorded)
        return;
    decision->needs_record = d->record_required && !decision->exempt;
    if (decision->allows) {
        r = aa_decision_keep(decision, AA_EVENT_ALLOWED, NULL, AA_LEDGER_BEFORE, &fault);
        if (r == 0 || !decision->needs_record)
            return;
        decision->allows = false;
        if (fault.id == AA_FAULT_NONE)
            aa_fault(&fault, AA_FAULT_LEDGER_WRITE, r, "the record of this could not be kept");
        decision->fault = fault;
        make_summary(d);
    }
    aa_decision_keep_refusal(decision);
}

AA_EXPORT bool aa_question_is_exempt(const struct aa_question *question)
{
    /* under PAM uid 0 is most often the server, not the requester */
    return question->frontend == AA_FROM_SUDO && question->uid == 0;
}

/* Captures what it can, whatever failed before: the record and the words need it. The first fault
 * is the one that is told. */
static int capture(struct deciding *d, const struct aa_question *question, struct aa_fault *fault)
{
    struct aa_decision *decision = d->decision;
    const struct aa_site *site = decision->site;
    int opened = aa_decision_open_state(decision, fault);
    int what = aa_capture_what(site, question, d->request, fault);
    int around = aa_capture_around(site, question, d->request, fault);

    if (opened == 0 && what == 0) {
        opened = aa_read_key(site, decision->state_fd, decision->key, fault);
        decision->has_digest = opened == 0;
        if (decision->has_digest) {
            aa_masker_set_key(&decision->masker, decision->key);
            aa_request_digest(d->request, question->envp, decision->key, &decision->digest);
        }
    }
    return opened < 0 ? opened : what < 0 ? what : around;
}

static void decide(struct deciding *d, const struct aa_question *question)
{
    struct aa_decision *decision = d->decision;
    struct aa_fault *fault = &decision->fault;
    int r = capture(d, question, fault);

    if (decision->exempt) {
        decision->allows = true;
        *fault = (struct aa_fault){ 0 };
        return;
    }
    if (r == 0)
        r = aa_ask_policy(d, fault);
    if (r == 0)
        apply_outcome(d);
    else if (!aa_break_glass(d))
        aa_fault(fault, AA_FAULT_QUESTION, r, "the command cannot be decided: %s", strerror(-r));
}

static struct aa_decision *finish_deciding(struct deciding *d)
{
    struct aa_decision *decision = d->decision;

    keep_decision(d);
    decision->id = d->request->id;
    if (!decision->allows)
        aa_decision_write_denial(decision, d->has_outcome ? &d->outcome : NULL);
    else
        (void)aa_buffer_text(&decision->message);
    if (decision->decided_boottime_usec == 0) /* people's answer is as old as it is */
        decision->decided_boottime_usec = decision->site->boottime_usec();
    aa_masker_set_policy(&decision->masker, NULL);
    aa_snapshot_close(&d->snapshot);
    aa_request_free(d->request);
    return decision;
}

static struct aa_decision *start_deciding(struct deciding *d, const struct aa_site *site,
                                          const struct aa_question *question)
{
    *d = (struct deciding){ .record_required = true, .question = question };
    d->decision = aa_decision_new(site);
    d->request = aa_request_new();
    if (d->decision == NULL || d->request == NULL) {
        aa_request_free(d->request);
        return aa_decision_free(d->decision);
    }
    d->decision->exempt = aa_question_is_exempt(question);
    aa_audience_of(question, &d->decision->audience);
    return d->decision;
}

struct aa_decision *aa_decide_at(const struct aa_site *site, const struct aa_question *question)
{
    struct deciding d;

    if (start_deciding(&d, site, question) == NULL)
        return NULL;
    decide(&d, question);
    return finish_deciding(&d);
}

AA_EXPORT struct aa_decision *aa_decide(const struct aa_question *question)
{
    return aa_decide_at(&aa_site_system, question);
}

struct aa_decision *aa_refuse_incomplete_at(const struct aa_site *site,
                                            const struct aa_question *question,
                                            enum aa_missing_half half)
{
    struct aa_fault ignored = { 0 };
    struct deciding d;

    if (start_deciding(&d, site, question) == NULL)
        return NULL;
    if (half == AA_MISSING_AUDIT)
        aa_fault(&d.decision->fault, AA_FAULT_NO_AUDIT_HALF, 0,
                 "the audit half of ActionApprove is not loaded: it would not see what runs");
    else
        aa_fault(&d.decision->fault, AA_FAULT_NO_APPROVAL_HALF, 0,
                 "the approval half of ActionApprove is not loaded: nobody decided on this command");
    (void)capture(&d, question, &ignored);
    if (d.decision->exempt) {
        d.decision->allows = true;
        d.decision->fault = (struct aa_fault){ 0 };
    }
    return finish_deciding(&d);
}

AA_EXPORT struct aa_decision *aa_refuse_incomplete(const struct aa_question *question,
                                                   enum aa_missing_half half)
{
    return aa_refuse_incomplete_at(&aa_site_system, question, half);
}
