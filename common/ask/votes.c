/* SPDX-License-Identifier: ISC */
/* Somebody answered: the answer is counted with all others, recorded, and told what came of it. */
#include "asking.h"

#include <errno.h>
#include <stdio.h>

#include "base/text.h"
#include "capture/identity.h"
#include "mask/mask.h"

static const char *kind_prefix(enum aa_account_kind kind)
{
    static const char *const names[] = {
        [AA_ACCOUNT_UNIX] = "unix", [AA_ACCOUNT_SLACK] = "slack", [AA_ACCOUNT_MATRIX] = "matrix",
        [AA_ACCOUNT_TEAMS] = "teams", [AA_ACCOUNT_API] = "api", [AA_ACCOUNT_EMAIL] = "email",
    };

    return (size_t)kind < AA_ARRAY_SIZE(names) && names[kind] != NULL ? names[kind] : "unknown";
}

void aa_add_approver(struct aa_buffer *own, struct aa_masker *masker, const struct aa_ballot *ballot,
                     size_t vote)
{
    const struct aa_cast *cast = &ballot->casts[vote];
    size_t begun;

    if (ballot->votes[vote].facts.person != NULL)
        aa_field_add_masked(own, "AA_APPROVER", ballot->votes[vote].facts.person);
    begun = aa_field_begin(own, "AA_APPROVER_ID");
    aa_buffer_printf(own, "%s:", kind_prefix(cast->voter.kind));
    aa_mask_add_text(own, cast->voter.account);
    aa_field_end(own, begun);
    aa_field_add_prose(own, masker, "AA_APPROVER_REASON", cast->reason);
}

static void record_vote(struct aa_asking *asking, size_t vote, enum aa_vote_status status)
{
    _cleanup_buffer_ struct aa_buffer own = AA_FIELDS_INIT;
    _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(AA_LINE_MAX);
    const struct aa_ballot *ballot = &asking->ballot;
    const struct aa_ask_hooks *hooks = &asking->input->hooks;
    struct aa_fault ignored = { 0 };

    aa_field_add(&own, "AA_VOTE", aa_vote_kind_name(ballot->votes[vote].kind));
    if (status != AA_VOTE_COUNTS)
        aa_field_add(&own, "AA_VOTE_REFUSED", aa_vote_status_name(status));
    aa_field_add_masked(&own, "AA_CHANNEL", ballot->casts[vote].channel);
    aa_add_approver(&own, asking->input->masker, ballot, vote);
    aa_mask_add_text(&text, aa_ballot_name(ballot, vote));
    aa_buffer_printf(&text, ": %s", aa_vote_kind_name(ballot->votes[vote].kind));
    if (status != AA_VOTE_COUNTS)
        aa_buffer_printf(&text, ", which does not count: %s", aa_vote_status_words(status));
    aa_buffer_printf(&text, " [%s]", asking->input->request->id.code);
    (void)hooks->keep(hooks->context, AA_EVENT_VOTE, &own, aa_buffer_text(&text), AA_LEDGER_REFUSAL,
                      NULL, &ignored);
}

/* The policy in force now is the one that counts. */
static bool policy_still_asks(struct aa_asking *asking)
{
    const struct aa_ask_hooks *hooks = &asking->input->hooks;
    struct aa_digest meaning;
    char rule[512];
    int r;

    snprintf(rule, sizeof(rule), "%s", asking->input->outcome->name);
    r = hooks->decide_again(hooks->context, &asking->fault);
    if (r == 0)
        return true;
    if (r < 0) { /* there is no policy any more that could be asked */
        asking->ask = NULL;
        asking->end = AA_EVENT_FAILED;
        return false;
    }
    if (asking->input->outcome->action == AA_ACTION_ASK &&
        strncmp(rule, asking->input->outcome->name, sizeof(rule) - 1) == 0)
        asking->ask = aa_ask_of(asking->input->snapshot, asking->input->outcome);
    else
        asking->ask = NULL;
    if (asking->ask != NULL) {
        aa_ask_meaning(asking->input->snapshot, asking->ask, false, &meaning);
        if (memcmp(&meaning, &asking->meaning, sizeof(meaning)) == 0)
            return true;
    }
    asking->ask = NULL;
    aa_asking_end(asking, AA_EVENT_FAILED, AA_FAULT_CHANGED,
                  "the policy was changed meanwhile, and this would be asked otherwise now");
    return false;
}

static void say_who(struct aa_asking *asking, struct aa_buffer *text)
{
    const struct aa_ballot *ballot = &asking->ballot;
    size_t named = 0;

    for (size_t i = 0; i < ballot->n; i++) {
        if (ballot->votes[i].kind != AA_VOTE_APPROVE ||
            ballot->result->status[i] != AA_VOTE_COUNTS)
            continue;
        aa_buffer_add_text(text, named++ == 0 ? "" : ", ");
        aa_mask_add_text(text, aa_ballot_name(ballot, i));
    }
}

/* "denied by bob: not today" */
static void end_by(struct aa_asking *asking, enum aa_event end, enum aa_fault_id id,
                   const char *what)
{
    _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(AA_LINE_MAX);
    const struct aa_verdict_result *result = asking->ballot.result;
    const struct aa_cast *cast;

    if (result->deciding < 0)
        return;
    cast = &asking->ballot.casts[result->deciding];
    aa_mask_add_text(&text, aa_ballot_name(&asking->ballot, (size_t)result->deciding));
    snprintf(asking->who, sizeof(asking->who), "%.200s", text.error == 0 && text.length > 0 ?
                                                         aa_buffer_text(&text) : "somebody");
    if (cast->reason != NULL) {
        aa_buffer_add_text(&text, ", who said: ");
        aa_buffer_add_text(&text, cast->reason); /* a fault's sentence passes the mask where it leaves */
    }
    aa_asking_end(asking, end, id, "%s by %s", what, aa_buffer_text(&text) != NULL ?
                                                         text.data : "somebody");
}

static void apply_verdict(struct aa_asking *asking)
{
    _cleanup_buffer_ struct aa_buffer who = AA_BUFFER_INIT(AA_LINE_MAX);

    switch (asking->ballot.result->verdict) {
    case AA_VERDICT_PENDING:
        break;
    case AA_VERDICT_APPROVED:
        say_who(asking, &who);
        snprintf(asking->who, sizeof(asking->who), "%.200s",
                 aa_buffer_text(&who) != NULL ? who.data : "");
        aa_asking_end(asking, AA_EVENT_APPROVED, AA_FAULT_NONE, " ");
        break;
    case AA_VERDICT_DENIED:
        end_by(asking, AA_EVENT_DENIED, AA_DENIED_BY_PERSON, "denied");
        break;
    case AA_VERDICT_CANCELLED:
        end_by(asking, AA_EVENT_CANCELLED, AA_DENIED_CANCELLED, "cancelled");
        break;
    }
}

void aa_fill_reply(const struct aa_asking *asking, struct aa_local_reply *reply)
{
    static const struct {
        enum aa_event end;
        uint32_t verdict;
        const char *words;
    } ends[] = {
        { AA_EVENT_APPROVED, AA_VERDICT_APPROVED, "approved" },
        { AA_EVENT_BREAK_GLASS, AA_LOCAL_FAILED, "answered by a break-glass code" },
        { AA_EVENT_DENIED, AA_VERDICT_DENIED, "denied" },
        { AA_EVENT_CANCELLED, AA_VERDICT_CANCELLED, "cancelled" },
        { AA_EVENT_EXPIRED, AA_LOCAL_EXPIRED, "expired" },
        { AA_EVENT_FAILED, AA_LOCAL_FAILED, "ended by a fault" },
    };
    const struct aa_verdict_result *result = asking->ballot.result;

    *reply = (struct aa_local_reply){
        .version = AA_LOCAL_VERSION,
        .result = AA_LOCAL_COUNTED,
        .verdict = AA_VERDICT_PENDING,
        .approvals = result != NULL ? result->approvals : 0,
        .quorum = asking->ask != NULL ? asking->ask->quorum : 0,
    };
    for (size_t i = 0; i < AA_ARRAY_SIZE(ends); i++) {
        if (asking->end != ends[i].end)
            continue;
        reply->result = AA_LOCAL_OVER;
        reply->verdict = ends[i].verdict;
        snprintf(reply->text, sizeof(reply->text), "%s: %s%s%.200s", asking->input->request->id.code,
                 ends[i].words, asking->who[0] != '\0' ? " by " : "", asking->who);
        return;
    }
    snprintf(reply->text, sizeof(reply->text), "%s: counted, %u of %u approved it",
             asking->input->request->id.code, reply->approvals, reply->quorum);
}

/* What the voter hears of this one vote. */
static void answer(struct aa_asking *asking, size_t vote, struct aa_local_reply *reply)
{
    struct aa_cast *cast = &asking->ballot.casts[vote];
    enum aa_vote_status status = asking->ballot.result->status[vote];

    cast->told = status;
    aa_fill_reply(asking, reply);
    reply->result = AA_LOCAL_COUNTED;
    if (status != AA_VOTE_COUNTS) {
        reply->result = AA_LOCAL_REFUSED;
        snprintf(reply->text, sizeof(reply->text), "this does not count: %s",
                 aa_vote_status_words(status));
    }
    if (cast->courier != NULL)
        aa_courier_answer(cast->courier, cast->courier_number, status, reply->approvals,
                          reply->quorum);
}

/* What one vote of this voter would come to, if it were the only one. */
static enum aa_vote_status try_vote(const struct aa_asking *asking, const struct aa_voter *voter,
                                    struct aa_arena *arena, enum aa_vote_kind kind,
                                    enum aa_verdict *ret)
{
    _cleanup_free_ struct aa_verdict_result *result = calloc(1, sizeof(*result));
    struct aa_vote vote = { .kind = kind, .boottime_usec = asking->started_usec };

    *ret = AA_VERDICT_PENDING;
    if (result == NULL || asking->ask == NULL ||
        aa_look_up_voter(asking->input->snapshot, &aa_directory_of_host, asking->ask->from, voter,
                         arena, &vote.facts) < 0 ||
        aa_verdict(asking->input->snapshot, asking->ask, asking->input->request,
                   asking->deadline_usec, &vote, 1, result) < 0)
        return AA_VOTE_UNKNOWN;
    *ret = result->verdict;
    return result->status[0];
}

static bool may_stop(const struct aa_asking *asking, const struct aa_answer_given *given)
{
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(AA_BALLOT_MEMORY_MAX);
    enum aa_verdict verdict;

    return (given->kind == AA_VOTE_CANCEL || given->kind == AA_VOTE_DENY) &&
           try_vote(asking, &given->cast.voter, &arena, given->kind, &verdict) == AA_VOTE_COUNTS &&
           verdict == AA_VERDICT_CANCELLED;
}

void aa_take_vote(struct aa_asking *asking, const struct aa_answer_given *given,
                  struct aa_local_reply *reply)
{
    uint64_t now = asking->site->boottime_usec();
    struct aa_fault fault = { 0 };
    size_t vote = asking->ballot.n;
    int r;

    /* where a stop and an answer come in the same moment, the stop wins */
    if (asking->end == 0 && aa_interrupts_pending(&asking->interrupts))
        aa_asking_end(asking, AA_EVENT_CANCELLED, AA_DENIED_CANCELLED, "stopped by the requester");
    if (asking->end != 0 || !policy_still_asks(asking)) {
        aa_fill_reply(asking, reply);
        return;
    }
    r = aa_ballot_add(&asking->ballot, given->kind, &given->cast, now);
    if (r == -E2BIG && may_stop(asking, given)) { /* too many answers are no reason not to stop */
        snprintf(asking->who, sizeof(asking->who), "%s", "somebody who may stop it");
        aa_asking_end(asking, AA_EVENT_CANCELLED, AA_DENIED_CANCELLED, "cancelled by %s",
                      asking->who);
        aa_fill_reply(asking, reply);
        reply->result = AA_LOCAL_COUNTED;
        return;
    }
    if (r == 0)
        r = aa_ballot_count(&asking->ballot, asking->input->snapshot, &aa_directory_of_host,
                            asking->ask, asking->input->request, asking->deadline_usec, &fault);
    if (r < 0) {
        if (fault.id != AA_FAULT_NONE) { /* nothing can be counted any more */
            asking->fault = fault;
            asking->end = AA_EVENT_FAILED;
        }
        aa_fill_reply(asking, reply);
        reply->result = AA_LOCAL_REFUSED;
        snprintf(reply->text, sizeof(reply->text), "this answer was not taken: %s",
                 r == -E2BIG ? "there were too many" : strerror(-r));
        return;
    }
    record_vote(asking, vote, asking->ballot.result->status[vote]);
    if (asking->site->boottime_usec() > asking->deadline_usec) { /* looking people up took long */
        aa_asking_expire(asking);
        aa_fill_reply(asking, reply);
        return;
    }
    apply_verdict(asking);
    answer(asking, vote, reply);
    if (asking->end == 0)
        aa_tell_progress(asking);
}

/* ---- the local channel's side ---- */

static struct aa_voter voter_of(struct aa_arena *arena, const struct aa_peer *peer)
{
    struct aa_account account;

    return (struct aa_voter){
        .kind = AA_ACCOUNT_UNIX,
        .account = aa_account_by_uid(arena, peer->uid, &account) == 0 ? account.name : "",
        .uid = peer->uid,
        .login_uid = peer->login_uid,
        .login_known = peer->login_known,
    };
}

static bool is_requester(const struct aa_request *request, uid_t uid)
{
    return request->user.uid == uid || (request->login.known && request->login.uid == uid);
}

static enum aa_local_standing standing(void *context, const struct aa_peer *peer)
{
    const struct aa_asking *asking = context;
    const struct aa_request *request = asking->input->request;
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(AA_BALLOT_MEMORY_MAX);
    struct aa_voter voter = voter_of(&arena, peer);
    enum aa_verdict verdict;

    if (peer->uid == 0)
        return AA_LOCAL_ROOT;
    /* by the uid alone: a login identity that was unset can be claimed */
    if (is_requester(request, peer->uid))
        return AA_LOCAL_REQUESTER;
    if (try_vote(asking, &voter, &arena, AA_VOTE_CANCEL, &verdict) == AA_VOTE_COUNTS &&
        verdict == AA_VERDICT_CANCELLED)
        return AA_LOCAL_OWNER;
    if ((asking->local_is_asked || asking->leader[0] != '\0') && /* they are told which to answer */
        try_vote(asking, &voter, &arena, AA_VOTE_APPROVE, &verdict) == AA_VOTE_COUNTS)
        return AA_LOCAL_APPROVER;
    return AA_LOCAL_STRANGER;
}

static int describe(void *context, struct aa_buffer *fields)
{
    return aa_describe(context, fields);
}

static void said(void *context, const struct aa_local_said *said, struct aa_local_reply *reply)
{
    static const enum aa_vote_kind kinds[] = {
        [AA_LOCAL_APPROVE] = AA_VOTE_APPROVE,
        [AA_LOCAL_DENY] = AA_VOTE_DENY,
        [AA_LOCAL_RETRACT] = AA_VOTE_RETRACT,
        [AA_LOCAL_CANCEL] = AA_VOTE_CANCEL,
    };
    struct aa_asking *asking = context;
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(AA_BALLOT_MEMORY_MAX);
    struct aa_answer_given given = {
        .cast = { .channel = asking->local_is_asked ? asking->local_name : "local",
                  .reason = said->reason, .told = AA_VOTE_COUNTS },
    };

    if ((size_t)said->op >= AA_ARRAY_SIZE(kinds) || kinds[said->op] == 0)
        return;
    if (asking->leader[0] != '\0' && said->op != AA_LOCAL_CANCEL) {
        aa_fill_reply(asking, reply);
        reply->result = AA_LOCAL_REFUSED;
        snprintf(reply->text, sizeof(reply->text), "this waits together with %s: answer that one",
                 asking->leader);
        return;
    }
    if (!asking->local_is_asked && (said->op == AA_LOCAL_APPROVE || said->op == AA_LOCAL_RETRACT)) {
        aa_fill_reply(asking, reply);
        reply->result = AA_LOCAL_REFUSED;
        snprintf(reply->text, sizeof(reply->text),
                 "this does not count: the rule does not ask on this host");
        return;
    }
    given.kind = kinds[said->op];
    given.cast.voter = voter_of(&arena, said->peer);
    aa_take_vote(asking, &given, reply);
}

const struct aa_local_owner aa_local_answers = {
    .standing = standing,
    .describe = describe,
    .said = said,
};
