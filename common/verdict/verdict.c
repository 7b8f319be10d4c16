/* SPDX-License-Identifier: ISC */
#include "verdict.h"

#include <errno.h>

#include "policy/match.h"

const char *aa_vote_kind_name(enum aa_vote_kind kind)
{
    switch (kind) {
    case AA_VOTE_APPROVE:
        return "approve";
    case AA_VOTE_DENY:
        return "deny";
    case AA_VOTE_RETRACT:
        return "retract";
    case AA_VOTE_CANCEL:
        return "cancel";
    }
    return NULL;
}

/* The count as it goes on, vote by vote. */
struct counting {
    const struct aa_snapshot *snapshot;
    const struct aa_snap_ask *ask;
    const struct aa_request *request;
    uint64_t deadline;
    const struct aa_vote *votes;
    struct aa_verdict_result result;
};

/* ---- what a voter is to the request ---- */

static bool has_uid(const struct aa_request *request, uid_t uid)
{
    return request->user.uid == uid || (request->login.known && request->login.uid == uid);
}

static bool has_name(const struct aa_request *request, const char *name)
{
    return aa_streq(request->user.name, name) ||
           (request->login.known && aa_streq(request->login.name, name));
}

/*
 * The accounts that the statement of a person names, whether they exist now or not: an account
 * database that forgets one for a moment must not turn its owner into somebody else.
 */
static int is_stated_account(const struct counting *c, const char *person)
{
    struct aa_snap_range all = { 0, aa_snapshot_count(c->snapshot, AA_SECTION_PERSONS) };
    const struct aa_snap_person *persons = aa_snapshot_elements(c->snapshot, AA_SECTION_PERSONS,
                                                                all);

    if (persons == NULL)
        return -EBADMSG;
    for (uint32_t i = 0; i < all.count; i++) {
        const struct aa_snap_account *accounts =
            aa_snapshot_elements(c->snapshot, AA_SECTION_ACCOUNTS, persons[i].accounts);
        const char *name = aa_snapshot_text(c->snapshot, persons[i].name);

        if (accounts == NULL || name == NULL)
            return -EBADMSG;
        for (uint32_t j = 0; aa_streq(name, person) && j < persons[i].accounts.count; j++) {
            const char *account = aa_snapshot_text(c->snapshot, accounts[j].name);

            if (account == NULL)
                return -EBADMSG;
            if (accounts[j].kind == AA_ACCOUNT_UNIX && has_name(c->request, account))
                return 1;
        }
    }
    return 0;
}

/* The requester: by uid, by login identity, or by another account of theirs. */
static int is_self(const struct counting *c, const struct aa_voter_facts *facts)
{
    if (facts->local && (has_uid(c->request, facts->uid) ||
                         (facts->login_known && has_uid(c->request, facts->login_uid))))
        return 1;
    for (size_t i = 0; i < facts->unix_n; i++) {
        if (has_uid(c->request, facts->unix_accounts[i].uid) ||
            has_name(c->request, facts->unix_accounts[i].name))
            return 1;
    }
    return facts->person == NULL ? 0 : is_stated_account(c, facts->person);
}

static int owns_agent_of(const struct counting *c, const char *account, const char *person)
{
    struct aa_snap_range one = { 0, 1 };
    const struct aa_snap_agent *agent;
    const struct aa_snap_word *owners;
    int index = aa_agent_of(c->snapshot, account);

    if (index < 0)
        return index == -ENOENT ? 0 : index;
    one.first = (uint32_t)index;
    agent = aa_snapshot_elements(c->snapshot, AA_SECTION_AGENTS, one);
    owners = agent == NULL ? NULL : aa_snapshot_words(c->snapshot, agent->owners);
    if (owners == NULL)
        return -EBADMSG;
    for (uint32_t i = 0; i < agent->owners.count; i++) {
        const char *name = aa_snapshot_text(c->snapshot, owners[i].text);

        if (name == NULL)
            return -EBADMSG;
        if (aa_streq(name, person))
            return 1;
    }
    return 0;
}

/* The owner of the agent that asks, under either identity. */
static int is_owner(const struct counting *c, const struct aa_voter_facts *facts)
{
    const struct aa_request *request = c->request;
    int r = facts->person == NULL ? 0 : owns_agent_of(c, request->user.name, facts->person);

    if (r == 0 && facts->person != NULL && request->login.known)
        r = owns_agent_of(c, request->login.name, facts->person);
    return r;
}

/* Whether one of the voter's groups is the ask's: facts may have been looked up for another. */
static int is_in_group(const struct counting *c, const struct aa_voter_facts *facts)
{
    const struct aa_snap_word *from = aa_snapshot_words(c->snapshot, c->ask->from);

    if (from == NULL)
        return -EBADMSG;
    for (size_t i = 0; i < facts->groups_n; i++) {
        const struct aa_snap_range one = { facts->groups[i], 1 };
        const struct aa_snap_group *group = aa_snapshot_elements(c->snapshot, AA_SECTION_GROUPS,
                                                                 one);
        const char *name = group == NULL ? NULL : aa_snapshot_text(c->snapshot, group->name);

        if (name == NULL)
            return -EBADMSG;
        for (uint32_t j = 0; j < c->ask->from.count; j++) {
            const char *wanted = aa_snapshot_text(c->snapshot, from[j].text);

            if (wanted == NULL)
                return -EBADMSG;
            if (aa_streq(wanted, name))
                return 1;
        }
    }
    return 0;
}

/* What the facts alone say: nobody counts without a person, an account and a complete list. */
static enum aa_vote_status status_of_facts(const struct aa_voter_facts *facts)
{
    if (facts->local && facts->uid == 0)
        return AA_VOTE_ROOT;
    if (facts->status == AA_VOTE_COUNTS && (facts->person == NULL || facts->unix_n == 0))
        return AA_VOTE_UNKNOWN;
    return facts->status;
}

static bool owner_may_approve(const struct counting *c)
{
    return (c->ask->flags & AA_ASK_OWNER_MAY_APPROVE) != 0;
}

/* Everything that is asked of a voter at once. */
struct standing {
    enum aa_vote_status facts; /* what the facts alone say */
    bool self, owner, in_group;
    bool asked; /* they are the requester for certain, and not by a login identity that they claim */
};

static int look_at(const struct counting *c, const struct aa_voter_facts *facts,
                   struct standing *ret)
{
    int self = is_self(c, facts), owner = is_owner(c, facts), in_group = is_in_group(c, facts);

    if (self < 0 || owner < 0 || in_group < 0)
        return -EBADMSG;
    *ret = (struct standing){
        .facts = status_of_facts(facts), .self = self == 1, .owner = owner == 1,
        .in_group = in_group == 1,
        .asked = facts->local ? has_uid(c->request, facts->uid) ||
                                    (self == 1 && facts->status == AA_VOTE_COUNTS) : self == 1,
    };
    return 0;
}

/* Why a voter's answer does not count; being the requester goes before everything else. */
static enum aa_vote_status why_not(const struct counting *c, const struct standing *standing)
{
    /* "no person has your account" is no answer to an agent that approves its own request */
    if (standing->facts != AA_VOTE_COUNTS && !(standing->facts == AA_VOTE_UNLINKED && standing->self))
        return standing->facts;
    if (standing->self)
        return AA_VOTE_SELF;
    if (standing->owner && !owner_may_approve(c))
        return AA_VOTE_OWNER;
    return standing->in_group ? AA_VOTE_COUNTS : AA_VOTE_NOT_IN_GROUP;
}

/* ---- the votes ---- */

/* One human: by name, or by an account that two persons of the policy share. */
static bool is_same_person(const struct aa_voter_facts *a, const struct aa_voter_facts *b)
{
    if (aa_streq(a->person, b->person))
        return true;
    for (size_t i = 0; i < a->unix_n; i++) {
        for (size_t j = 0; j < b->unix_n; j++) {
            if (a->unix_accounts[i].uid == b->unix_accounts[j].uid)
                return true;
        }
    }
    return false;
}

/* The approval of the same person that stands before vote "at"; or -1. */
static int standing_approval(const struct counting *c, size_t at)
{
    for (size_t i = at; i-- > 0;) {
        if (c->votes[i].kind == AA_VOTE_APPROVE && c->result.status[i] == AA_VOTE_COUNTS &&
            is_same_person(&c->votes[i].facts, &c->votes[at].facts))
            return (int)i;
    }
    return -1;
}

static enum aa_vote_status decide(struct counting *c, size_t at, enum aa_verdict verdict)
{
    c->result.verdict = verdict;
    c->result.deciding = verdict == AA_VERDICT_APPROVED ? -1 : (int)at;
    return AA_VOTE_COUNTS;
}

static enum aa_vote_status approve(struct counting *c, size_t at, const struct standing *standing)
{
    enum aa_vote_status status = why_not(c, standing);

    if (status != AA_VOTE_COUNTS)
        return status;
    if (standing_approval(c, at) >= 0)
        return AA_VOTE_ALREADY;
    c->result.approvals++;
    return c->result.approvals >= c->ask->quorum ? decide(c, at, AA_VERDICT_APPROVED) :
                                                   AA_VOTE_COUNTS;
}

/*
 * A deny or a cancel. Who asked may always stop it, and so may the owner of the agent, also where
 * they could not approve; with "owner-may-approve" an owner's deny is a deny like any other's.
 */
static enum aa_vote_status stop(struct counting *c, size_t at, const struct standing *standing)
{
    const bool cancel = c->votes[at].kind == AA_VOTE_CANCEL;
    enum aa_vote_status status = why_not(c, standing);

    if (standing->facts == AA_VOTE_ROOT)
        return cancel ? decide(c, at, AA_VERDICT_CANCELLED) : AA_VOTE_ROOT;
    if (standing->asked || (standing->owner && (cancel || status != AA_VOTE_COUNTS)))
        return decide(c, at, AA_VERDICT_CANCELLED);
    return status == AA_VOTE_COUNTS ? decide(c, at, AA_VERDICT_DENIED) : status;
}

static enum aa_vote_status retract(struct counting *c, size_t at, const struct standing *standing)
{
    int taken;

    if (standing->facts != AA_VOTE_COUNTS)
        return standing->facts;
    taken = standing_approval(c, at);
    if (taken < 0)
        return AA_VOTE_NOTHING_TO_TAKE_BACK;
    c->result.status[taken] = AA_VOTE_TAKEN_BACK;
    c->result.approvals--;
    return AA_VOTE_COUNTS;
}

static int count_vote(struct counting *c, size_t at)
{
    const struct aa_vote *vote = &c->votes[at];
    struct standing standing;
    int r = look_at(c, &vote->facts, &standing);

    if (r < 0)
        return r;
    if (c->result.verdict != AA_VERDICT_PENDING || vote->boottime_usec > c->deadline) {
        c->result.status[at] = AA_VOTE_LATE;
        return 0;
    }
    switch (vote->kind) {
    case AA_VOTE_APPROVE:
        c->result.status[at] = approve(c, at, &standing);
        break;
    case AA_VOTE_DENY:
    case AA_VOTE_CANCEL:
        c->result.status[at] = stop(c, at, &standing);
        break;
    case AA_VOTE_RETRACT:
        c->result.status[at] = retract(c, at, &standing);
        break;
    default:
        c->result.status[at] = AA_VOTE_UNKNOWN;
    }
    return 0;
}

int aa_verdict(const struct aa_snapshot *snapshot, const struct aa_snap_ask *ask,
               const struct aa_request *request, uint64_t deadline_boottime_usec,
               const struct aa_vote *votes, size_t votes_n, struct aa_verdict_result *ret)
{
    struct counting counting = {
        .snapshot = snapshot,
        .ask = ask,
        .request = request,
        .deadline = deadline_boottime_usec,
        .votes = votes,
        .result = { .quorum = ask->quorum, .deciding = -1 },
    };

    if (votes_n > AA_VOTES_MAX)
        return -E2BIG;
    if (ask->quorum == 0)
        return -EBADMSG; /* the compiler writes one at least */
    for (size_t i = 0; i < votes_n; i++) {
        int r = count_vote(&counting, i);

        if (r < 0)
            return r;
    }
    *ret = counting.result;
    return 0;
}
