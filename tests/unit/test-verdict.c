/* SPDX-License-Identifier: ISC */
/* Who counts: from answers to a verdict. The rows are votes as people give them; each is looked up
 * in the table of people.h, as the waiting process does it, before it is counted. */
#include "unit.h"
#include "people.h"
#include "world.h"

#include <errno.h>

#define POLICY                                                                          \
    "channel c { type local }\nchannel s { type slack; room r; token secret t }\n"      \
    "channel m { type matrix; room r; token secret t }\n"                               \
    "people by-email example.com\n"                                                     \
    "person alice { unix alice alice2; slack U0ALICE }\n"                               \
    "person bob { unix bob; slack U0BOB; matrix \"@bob:x\" }\n"                         \
    "person carol { unix carol; slack U0CAROL }\n"                                      \
    "person dave { unix dave; slack U0DAVE }\n"                                         \
    "person fay { unix fay }\n"                                                         \
    "person frank { unix frank; slack U0FRANK }\n"                                      \
    "person twin { unix bobby; slack U0TWIN }\n"                                        \
    "agent claude { unix claude; owner alice dave frank }\n"                            \
    "group dba { person alice bob frank twin }\n"                                       \
    "group sec { person bob dave; slack-group S0DBA; matrix-power 50 }\n"               \
    "group staff { unix-group staff }\n"                                                \
    "group none { person fay }\n"

enum { DEADLINE = 1000 };

static struct policy {
    struct aa_buffer data;
    struct aa_snapshot snapshot;
    const struct aa_snap_ask *ask;
} policy;
static struct aa_arena arena = AA_ARENA_INIT(64 * 1024 * 1024);
static struct aa_vote votes[AA_VOTES_MAX + 1];
static size_t votes_n;

/* A policy whose only ask has these keys beside "from". */
static void open_policy(const char *from, const char *keys)
{
    struct aa_fault fault = { 0 };
    char text[4096];

    aa_buffer_free(&policy.data);
    snprintf(text, sizeof(text), POLICY "rule r { ask c s m; from %s; %s }\n", from, keys);
    world_compile(text, &policy.data);
    check(aa_snapshot_from_memory(policy.data.data, policy.data.length, &policy.snapshot,
                                  &fault) == 0, "%s", fault.detail);
    policy.ask = aa_snapshot_elements(&policy.snapshot, AA_SECTION_ASKS,
                                      (struct aa_snap_range){ 0, 1 });
    assert_non_null(policy.ask);
}

static void cast(enum aa_vote_kind kind, const char *word, uint64_t when)
{
    struct aa_voter voter = people_voter(word);
    struct aa_vote *vote = &votes[votes_n++];

    assert_true(votes_n <= AA_ARRAY_SIZE(votes));
    *vote = (struct aa_vote){ .kind = kind, .boottime_usec = when };
    assert_int_equal(aa_look_up_voter(&policy.snapshot, &people_directory, policy.ask->from, &voter,
                                      &arena, &vote->facts), 0);
}

/* "approve bob, deny slack:U0BOB @900": the time after "@" where it matters. */
static void cast_all(const char *text)
{
    static const enum aa_vote_kind kinds[] = { AA_VOTE_APPROVE, AA_VOTE_DENY, AA_VOTE_RETRACT,
                                               AA_VOTE_CANCEL };
    char copy[2048], *more, *words;

    assert_true(strlen(text) < sizeof(copy));
    strcpy(copy, text);
    votes_n = 0;
    for (char *vote = strtok_r(copy, ",", &more); vote != NULL;
         vote = strtok_r(NULL, ",", &more)) {
        const char *kind = strtok_r(vote, " ", &words), *voter = strtok_r(NULL, " ", &words);
        const char *when = strtok_r(NULL, " ", &words);
        enum aa_vote_kind found = (enum aa_vote_kind)0;

        for (size_t i = 0; i < AA_ARRAY_SIZE(kinds); i++) {
            if (aa_streq(kind, aa_vote_kind_name(kinds[i])))
                found = kinds[i];
        }
        cast(found, voter, when != NULL ? strtoul(when + 1, NULL, 10) : votes_n);
    }
}

/* "alice", "claude/alice", "bob/-": user and login identity. */
static struct aa_request request_of(const char *word)
{
    static struct aa_voter who;
    static char login[32];
    struct aa_request request = { 0 };

    who = people_voter(word);
    request.user = (struct aa_identity){ .known = true, .uid = who.uid, .name = who.account };
    request.login = request.user;
    request.login.known = who.login_known;
    if (strchr(word, '/') != NULL) {
        snprintf(login, sizeof(login), "%s", strchr(word, '/') + 1);
        request.login.uid = who.login_uid;
        request.login.name = who.login_known ? login : NULL;
    }
    return request;
}

static const char *count(const char *requester)
{
    static const char *const names[] = { "pending", "approved", "denied", "cancelled" };
    static char text[AA_VOTES_MAX * 24];
    struct aa_verdict_result result;
    struct aa_request request = request_of(requester);
    size_t n;
    int r = aa_verdict(&policy.snapshot, policy.ask, &request, DEADLINE, votes, votes_n, &result);

    check(r == 0, "%d", r);
    assert_int_equal(result.quorum, policy.ask->quorum);
    assert_int_equal(result.deciding >= 0, result.verdict == AA_VERDICT_DENIED ||
                                               result.verdict == AA_VERDICT_CANCELLED);
    n = (size_t)snprintf(text, sizeof(text), "%s %u", names[result.verdict], result.approvals);
    if (result.deciding >= 0)
        n += (size_t)snprintf(text + n, sizeof(text) - n, " by %d", result.deciding);
    n += (size_t)snprintf(text + n, sizeof(text) - n, ":");
    for (size_t i = 0; i < votes_n; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, " %s",
                              aa_vote_status_name(result.status[i]));
    return text;
}

struct row {
    const char *requester, *votes, *wanted;
};

static void check_rows(const char *from, const char *keys, const struct row *rows, size_t n)
{
    open_policy(from, keys);
    for (size_t i = 0; i < n; i++) {
        const char *answer;

        cast_all(rows[i].votes);
        answer = count(rows[i].requester);
        check(aa_streq(answer, rows[i].wanted), "%s %s asks, \"%s\": \"%s\", wanted \"%s\"", keys,
              rows[i].requester, rows[i].votes, answer, rows[i].wanted);
    }
}
#define CHECK_ROWS(from, keys, rows) check_rows((from), (keys), (rows), AA_ARRAY_SIZE(rows))

static void one_is_enough(void **state)
{
    static const struct row rows[] = {
        { "erin", "", "pending 0:" },
        { "erin", "approve bob", "approved 1: counts" },
        { "erin", "approve slack:U0BOB", "approved 1: counts" },
        { "erin", "approve bob/-", "approved 1: counts" },
        { "erin", "deny bob", "denied 0 by 0: counts" },
        { "erin", "cancel bob", "denied 0 by 0: counts" },
        { "erin", "retract bob", "pending 0: nothing-to-take-back" },
        { "erin", "approve fay", "pending 0: not-in-group" },
        { "erin", "deny fay, cancel fay", "pending 0: not-in-group not-in-group" },
        { "erin", "approve fay, approve bob", "approved 1: not-in-group counts" },
        { "erin", "approve grace", "pending 0: not-in-group" }, /* by mail */
        { "erin", "approve slack:U0X", "pending 0: unlinked" },
        { "erin", "deny slack:U0X, cancel slack:U0X, retract slack:U0X",
          "pending 0: unlinked unlinked unlinked" },
        { "erin", "approve slack:U0BOB<dave@example.com>", "pending 0: ambiguous" },
        { "erin", "deny slack:U0BOB<dave@example.com>", "pending 0: ambiguous" },
        { "erin", "approve slack:U0FRANK, deny slack:U0FRANK, cancel slack:U0FRANK",
          "pending 0: no-account no-account no-account" },
        { "erin", "approve root, deny root, retract root", "pending 0: root root root" },
        { "erin", "approve root/bob, deny root/bob", "pending 0: root root" },
        { "erin", "cancel root", "cancelled 0 by 0: counts" },
        { "erin", "cancel root/bob", "cancelled 0 by 0: counts" },
        { "erin", "approve bob/dave, deny bob/dave, cancel bob/dave",
          "pending 0: two-people two-people two-people" },
        { "erin", "approve bob, approve dave, deny dave, cancel erin, cancel root",
          "approved 1: counts late late late late" },
        { "erin", "deny bob, approve bob, retract bob", "denied 0 by 0: counts late late" },
        { "erin", "cancel erin, approve bob", "cancelled 0 by 0: counts late" },
        { "erin", "approve bob @1000", "approved 1: counts" },
        { "erin", "approve bob @1001", "pending 0: late" },
        { "erin", "deny bob @1001, cancel erin @1001, cancel root @1001, retract bob @1001",
          "pending 0: late late late late" },
        { "erin", "approve root @1001", "pending 0: late" },
    };

    (void)state;
    CHECK_ROWS("dba sec", "quorum 1", rows);
}

static void self(void **state)
{
    static const struct row rows[] = {
        { "alice", "approve alice", "pending 0: self" },
        { "alice", "approve slack:U0ALICE", "pending 0: self" },
        { "alice", "approve alice2", "pending 0: self" },        /* another account of hers */
        { "alice", "approve ally", "pending 0: self" },          /* another name of the uid */
        { "alice2", "approve alice", "pending 0: self" },
        { "alice2", "approve slack:U0ALICE", "pending 0: self" },
        { "ally", "approve alice", "pending 0: self" },
        { "ally", "approve slack:U0ALICE", "pending 0: self" },
        { "dave/ally", "approve slack:U0ALICE", "pending 0: self" },
        { "ally", "cancel slack:U0ALICE", "cancelled 0 by 0: counts" },
        { "alice/-", "approve alice", "pending 0: self" },
        { "dave/alice", "approve alice", "pending 0: self" },    /* by login identity */
        { "dave/alice", "approve alice2", "pending 0: self" },
        { "dave/alice", "approve slack:U0ALICE", "pending 0: self" },
        { "dave/alice", "approve dave", "pending 0: self" },
        { "dave/alice", "approve slack:U0DAVE", "pending 0: self" },
        { "dave/alice", "approve bob", "approved 1: counts" },
        { "alice/root", "approve alice", "pending 0: self" },
        /* alice in a shell that bob lent her, and the other way round */
        { "alice", "approve bob/alice", "pending 0: two-people" },
        { "alice", "approve alice/bob", "pending 0: two-people" },
        { "alice", "approve root/alice", "pending 0: root" },
        /* whoever asked may stop it, by whatever way they come */
        { "alice", "deny alice", "cancelled 0 by 0: counts" },
        { "alice", "cancel alice", "cancelled 0 by 0: counts" },
        { "alice", "cancel slack:U0ALICE", "cancelled 0 by 0: counts" },
        { "alice", "deny slack:U0ALICE", "cancelled 0 by 0: counts" },
        { "alice", "deny alice2/-", "cancelled 0 by 0: counts" },
        { "alice", "cancel bob/alice", "pending 0: two-people" },
        { "alice", "deny bob/alice", "pending 0: two-people" },
        { "alice", "deny root/alice", "pending 0: root" },
        { "dave/alice", "cancel alice", "cancelled 0 by 0: counts" },
        { "svc", "cancel svc", "cancelled 0 by 0: counts" },     /* no person at all */
        { "svc", "deny svc/-", "cancelled 0 by 0: counts" },
        { "svc/-", "cancel claude/svc", "pending 0: self" },
        { "svc", "approve svc", "pending 0: self" },
        { "svc", "cancel claude", "pending 0: unlinked" },
        { "claude", "cancel claude", "cancelled 0 by 0: counts" },
        { "claude", "cancel claude2", "cancelled 0 by 0: counts" },
        { "alice", "retract alice", "pending 0: nothing-to-take-back" },
    }, by_mail[] = {
        { "erin", "approve erin", "pending 0: self" },
        { "erin", "approve slack:U0X<erin@example.com>", "pending 0: self" },
        { "grace", "approve erin", "approved 1: counts" },
        { "grace", "approve slack:U0X<erin@example.com>", "approved 1: counts" },
        { "grace", "deny slack:U0X<erin@example.com>", "denied 0 by 0: counts" },
        { "erin", "cancel slack:U0X<erin@example.com>", "cancelled 0 by 0: counts" },
    };

    (void)state;
    CHECK_ROWS("dba sec", "quorum 1", rows);
    CHECK_ROWS("staff", "quorum 1", by_mail);
}

static void owners(void **state)
{
    static const struct row closed[] = {
        { "claude", "approve alice", "pending 0: owner" },
        { "claude", "approve slack:U0ALICE", "pending 0: owner" },
        { "claude", "approve dave", "pending 0: owner" },
        { "erin/claude", "approve dave", "pending 0: owner" },   /* the agent's login */
        { "claude/-", "approve dave", "pending 0: owner" },
        { "claude", "approve bob", "approved 1: counts" },
        { "claude", "deny alice", "cancelled 0 by 0: counts" },
        { "claude", "cancel alice", "cancelled 0 by 0: counts" },
        { "claude", "cancel slack:U0FRANK", "cancelled 0 by 0: counts" }, /* no account here */
        { "claude", "deny bob", "denied 0 by 0: counts" },
        { "claude", "cancel fay", "pending 0: not-in-group" },
        { "claude", "cancel bob/alice", "pending 0: two-people" },
        { "claude", "retract alice", "pending 0: nothing-to-take-back" },
        { "erin", "approve alice", "approved 1: counts" },
    }, open[] = {
        { "claude", "approve alice", "approved 1: counts" },
        { "claude", "approve slack:U0ALICE", "approved 1: counts" },
        { "claude", "deny alice", "denied 0 by 0: counts" },
        { "claude", "cancel alice", "cancelled 0 by 0: counts" },
        { "claude", "approve slack:U0FRANK", "pending 0: no-account" },
        { "claude", "deny slack:U0FRANK", "cancelled 0 by 0: counts" },
        /* never the requester itself: alice became the agent */
        { "claude/alice", "approve alice", "pending 0: self" },
        { "claude/alice2", "approve alice", "pending 0: self" },
        { "claude/alice", "approve slack:U0ALICE", "pending 0: self" },
        { "claude/alice", "deny alice", "cancelled 0 by 0: counts" },
        { "alice/claude", "approve alice", "pending 0: self" },
        { "claude/alice", "approve bob", "approved 1: counts" },
        { "claude", "approve claude", "pending 0: self" },
        { "claude", "approve claude/alice", "pending 0: self" },
        { "claude", "approve alice/claude", "pending 0: two-people" },
        { "alice", "approve alice", "pending 0: self" },
    }, outside[] = {
        { "claude", "approve alice", "pending 0: not-in-group" },
        { "claude", "deny alice", "cancelled 0 by 0: counts" },
    };

    (void)state;
    CHECK_ROWS("dba sec", "quorum 1", closed);
    CHECK_ROWS("dba sec", "owner-may-approve", open);
    CHECK_ROWS("none", "owner-may-approve", outside);
}

static void quorum(void **state)
{
    static const struct row rows[] = {
        { "erin", "approve bob", "pending 1: counts" },
        { "erin", "approve bob, approve dave", "approved 2: counts counts" }, /* dba and sec */
        { "erin", "approve bob, approve bob", "pending 1: counts already" },  /* in both groups */
        { "erin", "approve bob, approve slack:U0BOB, approve matrix:@bob:x^99",
          "pending 1: counts already already" },
        { "erin", "approve alice, approve alice2, approve ally",
          "pending 1: counts already already" },
        { "erin", "approve bob, approve fay, approve alice, approve dave",
          "approved 2: counts not-in-group counts late" },
        { "alice", "approve bob, approve alice, approve dave", "approved 2: counts self counts" },
        { "erin", "approve bob, retract bob", "pending 0: taken-back counts" },
        { "erin", "approve bob, retract slack:U0BOB", "pending 0: taken-back counts" },
        { "erin", "approve bob, retract bob, approve bob", "pending 1: taken-back counts counts" },
        { "erin", "approve bob, retract bob, retract bob",
          "pending 0: taken-back counts nothing-to-take-back" },
        { "erin", "approve bob, retract bob, approve dave", "pending 1: taken-back counts counts" },
        { "erin", "approve bob, retract bob, approve bob, retract bob, approve bob, approve dave",
          "approved 2: taken-back counts taken-back counts counts counts" },
        { "erin", "approve bob, approve bob, retract bob", "pending 0: taken-back already counts" },
        { "erin", "approve bob, retract dave", "pending 1: counts nothing-to-take-back" },
        { "erin", "approve bob, retract bob/dave", "pending 1: counts two-people" },
        { "erin", "approve bob, retract root", "pending 1: counts root" },
        { "erin", "approve bob, approve dave, retract bob", "approved 2: counts counts late" },
        { "erin", "approve bob, retract bob @1001", "pending 1: counts late" },
        { "erin", "approve bob, deny bob", "denied 1 by 1: counts counts" },
        { "erin", "approve bob, deny slack:U0BOB", "denied 1 by 1: counts counts" },
        { "erin", "approve bob, retract bob, deny bob", "denied 0 by 2: taken-back counts counts" },
        { "erin", "approve bob, deny dave, approve alice", "denied 1 by 1: counts counts late" },
        { "erin", "approve bob, deny fay, approve alice",
          "approved 2: counts not-in-group counts" },
        { "erin", "approve bob, cancel erin", "cancelled 1 by 1: counts counts" },
        { "erin", "approve bob, cancel root", "cancelled 1 by 1: counts counts" },
        { "erin", "approve bob, approve dave @1001", "pending 1: counts late" },
        { "claude", "approve bob, approve alice, approve dave", "pending 1: counts owner owner" },
    };

    (void)state;
    CHECK_ROWS("dba sec", "quorum 2", rows);
}

static void groups(void **state)
{
    static const struct row chat[] = {
        { "erin", "approve slack:U0CAROL", "pending 0: not-in-group" },
        { "erin", "approve slack:U0CAROL+S0OTHER", "pending 0: not-in-group" },
        { "erin", "approve slack:U0CAROL+S0DBA", "approved 1: counts" },
        { "erin", "approve carol", "pending 0: not-in-group" },
        { "erin", "approve matrix:@bob:x^49", "approved 1: counts" }, /* sec names bob */
        { "erin", "approve alice", "pending 0: not-in-group" },  /* dba is not asked */
    }, unix_group[] = {
        { "grace", "approve carol", "approved 1: counts" },
        { "grace", "approve slack:U0CAROL", "approved 1: counts" },
        { "grace", "approve bob", "pending 0: not-in-group" },
        { "grace", "approve root", "pending 0: root" },
    };

    (void)state;
    CHECK_ROWS("sec", "quorum 1", chat);
    CHECK_ROWS("staff", "quorum 1", unix_group);
    /* who left the group meanwhile: every vote is looked up anew */
    open_policy("staff", "quorum 2");
    cast_all("approve carol, approve erin");
    assert_string_equal(count("grace"), "approved 2: counts counts");
    people_leave("staff", "carol");
    cast_all("approve carol, approve erin");
    assert_string_equal(count("grace"), "pending 1: not-in-group counts");
    cast_all("approve carol, retract carol, deny carol, approve erin");
    assert_string_equal(count("grace"),
                        "pending 1: not-in-group nothing-to-take-back not-in-group counts");
}

/* Two persons of the policy that have one account are one human. */
static void shared_account(void **state)
{
    struct aa_snap_range range = { 0, 0 };
    struct aa_snap_account *accounts;
    struct aa_snap_text bob = { 0 };

    (void)state;
    open_policy("dba sec", "quorum 2");
    cast_all("approve slack:U0TWIN, approve slack:U0BOB");
    assert_string_equal(count("erin"), "approved 2: counts counts");
    /* bobby becomes bob: the compiler refuses that, so it is done behind its back */
    range.count = aa_snapshot_count(&policy.snapshot, AA_SECTION_ACCOUNTS);
    accounts = (struct aa_snap_account *)(uintptr_t)aa_snapshot_elements(
        &policy.snapshot, AA_SECTION_ACCOUNTS, range);
    for (uint32_t i = 0; i < range.count; i++) {
        if (aa_streq(aa_snapshot_text(&policy.snapshot, accounts[i].name), "bob"))
            bob = accounts[i].name;
        if (aa_streq(aa_snapshot_text(&policy.snapshot, accounts[i].name), "bobby"))
            accounts[i].name = bob;
    }
    cast_all("approve slack:U0TWIN, approve slack:U0BOB");
    assert_string_equal(count("erin"), "pending 1: counts already");
    cast_all("approve slack:U0TWIN, approve bob");
    assert_string_equal(count("erin"), "pending 1: counts ambiguous");
    cast_all("approve slack:U0TWIN");
    assert_string_equal(count("bob"), "pending 0: self");
}

/* An account database that forgets an account for a moment makes nobody somebody else. */
static void account_is_gone(void **state)
{
    (void)state;
    open_policy("dba sec", "quorum 1");
    people_remove("alice");
    cast_all("approve slack:U0ALICE");
    assert_string_equal(count("alice/-"), "pending 0: self");
    assert_string_equal(count("bob/alice"), "pending 0: self");
    assert_string_equal(count("erin"), "approved 1: counts");
    people_remove("alice2");
    cast_all("approve slack:U0ALICE, cancel slack:U0ALICE");
    assert_string_equal(count("alice"), "cancelled 0 by 1: no-account counts");
    people_reset();
    people_fail_at = 0;
    cast_all("approve alice, approve bob, deny bob, cancel bob");
    assert_string_equal(count("erin"), "pending 0: unknown unknown unknown unknown");
    cast_all("approve alice, cancel alice");
    assert_string_equal(count("alice"), "cancelled 0 by 1: unknown counts");
    cast_all("cancel root");
    assert_string_equal(count("alice"), "cancelled 0 by 0: counts");
}

static void odd_facts(void **state)
{
    struct aa_verdict_result result = { .deciding = 77 };
    struct aa_request request;
    struct aa_snap_ask ask;
    static const uint32_t wild[] = { 4000000 };

    (void)state;
    open_policy("dba sec", "quorum 1");
    request = request_of("erin");
    cast_all("approve bob");
    votes[0].kind = (enum aa_vote_kind)0;
    assert_string_equal(count("erin"), "pending 0: unknown");
    votes[0].kind = (enum aa_vote_kind)99;
    assert_string_equal(count("erin"), "pending 0: unknown");
    assert_null(aa_vote_kind_name(votes[0].kind));
    cast_all("approve bob");
    votes[0].facts.person = NULL;
    assert_string_equal(count("erin"), "pending 0: unknown");
    cast_all("approve bob");
    votes[0].facts.unix_n = 0;
    assert_string_equal(count("erin"), "pending 0: unknown");
    cast_all("approve root");
    votes[0].facts.status = AA_VOTE_COUNTS;
    assert_string_equal(count("erin"), "pending 0: root");
    /* facts that were looked up for another ask: alice is in dba, which this one does not name */
    cast_all("approve alice");
    ask = *policy.ask;
    ask.from.first++;
    ask.from.count--;
    assert_int_equal(aa_verdict(&policy.snapshot, &ask, &request, DEADLINE, votes, 1, &result), 0);
    assert_int_equal(result.status[0], AA_VOTE_NOT_IN_GROUP);
    result.deciding = 77;
    /* damaged */
    votes[0].facts.groups = wild;
    assert_int_equal(aa_verdict(&policy.snapshot, policy.ask, &request, DEADLINE, votes, 1,
                                &result), -EBADMSG);
    cast_all("approve bob");
    ask = *policy.ask;
    ask.quorum = 0;
    assert_int_equal(aa_verdict(&policy.snapshot, &ask, &request, DEADLINE, votes, 1, &result),
                     -EBADMSG);
    ask = *policy.ask;
    ask.from.count = 4000000;
    assert_int_equal(aa_verdict(&policy.snapshot, &ask, &request, DEADLINE, votes, 1, &result),
                     -EBADMSG);
    assert_int_equal(aa_verdict(&policy.snapshot, policy.ask, &request, DEADLINE, votes,
                                AA_VOTES_MAX + 1, &result), -E2BIG);
    assert_int_equal(result.deciding, 77); /* untouched */
}

/* Every number of the snapshot in turn leads nowhere: never does that make an approval. */
static void damaged_snapshot(void **state)
{
    static const enum aa_section sections[] = {
        AA_SECTION_WORDS, AA_SECTION_PERSONS, AA_SECTION_ACCOUNTS, AA_SECTION_GROUPS,
        AA_SECTION_AGENTS,
    };
    struct aa_request request;
    size_t damages = 0;

    (void)state;
    open_policy("dba sec", "quorum 1");
    request = request_of("claude/alice");
    cast_all("approve alice, approve dave, approve slack:U0ALICE");
    for (size_t s = 0; s < AA_ARRAY_SIZE(sections); s++) {
        const struct aa_snap_section *section = &policy.snapshot.header->sections[sections[s]];
        size_t size = section->count * aa_snapshot_element_size[sections[s]];

        for (size_t at = 0; at < size; at += sizeof(uint32_t)) {
            struct aa_verdict_result result;
            uint32_t saved, wild = 0x7fffffff;
            int r;

            memcpy(&saved, policy.data.data + section->offset + at, sizeof(saved));
            memcpy(policy.data.data + section->offset + at, &wild, sizeof(wild));
            r = aa_verdict(&policy.snapshot, policy.ask, &request, DEADLINE, votes, votes_n,
                           &result);
            assert_true(r == 0 || r == -EBADMSG);
            damages += r != 0;
            assert_true(r != 0 || result.verdict == AA_VERDICT_PENDING);
            memcpy(policy.data.data + section->offset + at, &saved, sizeof(saved));
        }
    }
    check(damages > 20, "only %zu", damages);
}

static void many_votes(void **state)
{
    struct aa_verdict_result result;
    struct aa_request request;

    (void)state;
    open_policy("dba sec", "quorum 3");
    request = request_of("erin");
    votes_n = 0;
    for (size_t i = 0; i < AA_VOTES_MAX - 2; i++)
        cast(i % 2 == 0 ? AA_VOTE_APPROVE : AA_VOTE_RETRACT, "bob", i);
    cast(AA_VOTE_APPROVE, "bob", 998);
    cast(AA_VOTE_APPROVE, "dave", 999);
    assert_int_equal(votes_n, AA_VOTES_MAX);
    assert_int_equal(aa_verdict(&policy.snapshot, policy.ask, &request, DEADLINE, votes, votes_n,
                                &result), 0);
    assert_int_equal(result.verdict, AA_VERDICT_PENDING);
    assert_int_equal(result.approvals, 2);
    for (size_t i = 0; i < AA_VOTES_MAX - 2; i++)
        assert_int_equal(result.status[i], i % 2 == 0 ? AA_VOTE_TAKEN_BACK : AA_VOTE_COUNTS);
    votes_n = 0;
    for (size_t i = 0; i < AA_VOTES_MAX - 1; i++)
        cast(AA_VOTE_APPROVE, i % 2 == 0 ? "bob" : "slack:U0BOB", i);
    cast(AA_VOTE_DENY, "dave", 999);
    assert_int_equal(aa_verdict(&policy.snapshot, policy.ask, &request, DEADLINE, votes, votes_n,
                                &result), 0);
    assert_int_equal(result.verdict, AA_VERDICT_DENIED);
    assert_int_equal(result.deciding, AA_VOTES_MAX - 1);
    assert_int_equal(result.approvals, 1);
}

/* ---- what holds whatever the votes are ---- */

/* The humans behind the voters below: the letter is the one who holds that account. */
static const struct {
    const char *voter;
    char human; /* '-': nobody who could count */
} crowd[] = {
    { "alice", 'a' },         { "alice2", 'a' },         { "ally", 'a' },
    { "slack:U0ALICE", 'a' }, { "alice/alice2", 'a' },   { "bob", 'b' },
    { "slack:U0BOB", 'b' },   { "matrix:@bob:x^50", 'b' }, { "carol", 'c' },
    { "slack:U0CAROL+S0DBA", 'c' }, { "dave", 'd' },     { "slack:U0DAVE", 'd' },
    { "fay", '-' },           { "bobby", 't' },          { "slack:U0TWIN", 't' },
    { "root", '-' },          { "root/bob", '-' },       { "bob/dave", '-' },
    { "erin", 'e' },          { "slack:U0X<erin@example.com>", 'e' },
    { "slack:U0FRANK", '-' }, { "slack:U0X", '-' },      { "claude", '-' },
    { "slack:U0BOB<dave@example.com>", '-' },            { "nobody", '-' },
};

static void properties(void **state)
{
    static const struct {
        const char *word, *never; /* the humans who may not bring it about */
    } requesters[] = {
        { "alice", "a" }, { "bob/alice2", "ab" }, { "claude", "ad" }, { "claude/bob", "abd" },
        { "erin/-", "e" }, { "svc", "" },
    };
    struct aa_voter_facts facts[AA_ARRAY_SIZE(crowd)];
    size_t seen[4] = { 0 };
    uint64_t random = 20;

    (void)state;
    open_policy("dba sec staff", "quorum 2");
    for (size_t i = 0; i < AA_ARRAY_SIZE(crowd); i++) {
        votes_n = 0;
        cast(AA_VOTE_APPROVE, crowd[i].voter, 0);
        facts[i] = votes[0].facts;
    }
    for (int round = 0; round < 20000; round++) {
        size_t who = next_random(&random) % AA_ARRAY_SIZE(requesters);
        struct aa_request request = request_of(requesters[who].word);
        struct aa_verdict_result result, shorter;
        char standing[AA_VOTES_MAX + 1] = "";

        votes_n = next_random(&random) % 12;
        for (size_t i = 0; i < votes_n; i++) {
            uint32_t dice = next_random(&random) % 16, voter = next_random(&random) %
                                                              AA_ARRAY_SIZE(crowd);

            votes[i] = (struct aa_vote){
                .kind = dice < 12 ? AA_VOTE_APPROVE : dice < 14 ? AA_VOTE_RETRACT :
                        dice < 15 ? AA_VOTE_DENY : AA_VOTE_CANCEL,
                .boottime_usec = i * 99,
                .facts = facts[voter],
            };
        }
        assert_int_equal(aa_verdict(&policy.snapshot, policy.ask, &request, DEADLINE, votes,
                                    votes_n, &result), 0);
        seen[result.verdict]++;
        for (size_t i = 0; i < votes_n; i++) {
            size_t voter = 0;
            char human[2] = "";

            if (votes[i].kind != AA_VOTE_APPROVE || result.status[i] != AA_VOTE_COUNTS)
                continue;
            while (memcmp(&facts[voter], &votes[i].facts, sizeof(facts[voter])) != 0)
                voter++;
            human[0] = crowd[voter].human;
            check(human[0] != '-', "%s counted", crowd[voter].voter);
            check(strstr(requesters[who].never, human) == NULL, "%s counted for %s",
                  crowd[voter].voter, requesters[who].word);
            check(strstr(standing, human) == NULL, "%s counted twice", crowd[voter].voter);
            strcat(standing, human);
        }
        assert_int_equal(result.approvals, strlen(standing));
        assert_int_equal(result.verdict == AA_VERDICT_APPROVED, result.approvals >= 2);
        /* what is decided stays so, whatever else arrives */
        for (size_t n = 0; n < votes_n; n++) {
            assert_int_equal(aa_verdict(&policy.snapshot, policy.ask, &request, DEADLINE, votes, n,
                                        &shorter), 0);
            if (shorter.verdict != AA_VERDICT_PENDING)
                assert_int_equal(shorter.verdict, result.verdict);
        }
    }
    for (size_t i = 0; i < AA_ARRAY_SIZE(seen); i++)
        check(seen[i] > 500, "only %zu of %zu", seen[i], i);
}

static int set_up(void **state)
{
    (void)state;
    people_reset();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    people_reset();
    aa_arena_clear(&arena);
    aa_buffer_free(&policy.data);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_is_enough, set_up, tear_down),
        cmocka_unit_test_setup_teardown(self, set_up, tear_down),
        cmocka_unit_test_setup_teardown(owners, set_up, tear_down),
        cmocka_unit_test_setup_teardown(quorum, set_up, tear_down),
        cmocka_unit_test_setup_teardown(groups, set_up, tear_down),
        cmocka_unit_test_setup_teardown(shared_account, set_up, tear_down),
        cmocka_unit_test_setup_teardown(account_is_gone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(odd_facts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damaged_snapshot, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_votes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(properties, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
