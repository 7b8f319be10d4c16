/* SPDX-License-Identifier: ISC */
/* The answers to one request: that they are remembered as they were given, who has been heard out,
 * how many fit, and that a channel that lied is forgotten with all it said. */
#include "unit.h"
#include "people.h"
#include "world.h"

#include <errno.h>

#include "ask/ballot.h"

#define POLICY                                                               \
    "channel c { type local }\nchannel s { type slack; room r; token secret t }\n" \
    "person alice { unix alice }\nperson bob { unix bob; slack U0BOB }\n"    \
    "person carol { unix carol; slack U0CAROL }\nperson dave { unix dave }\n" \
    "group g { person bob carol dave }\n"                                    \
    "rule r { ask c s; from g; quorum 2 }\n"

enum { DEADLINE = 1000000 };

static struct aa_buffer data;
static struct aa_snapshot snapshot;
static const struct aa_snap_ask *ask;
static struct aa_ballot ballot;
static int courier_a, courier_b; /* only their addresses matter */
static const struct aa_request request = {
    .user = { .known = true, .uid = 1000, .name = "alice" },
};

static int set_up(void **state)
{
    struct aa_fault fault = { 0 };

    (void)state;
    people_reset();
    world_compile(POLICY, &data);
    check(aa_snapshot_from_memory(data.data, data.length, &snapshot, &fault) == 0, "%s",
          fault.detail);
    ask = aa_snapshot_elements(&snapshot, AA_SECTION_ASKS, (struct aa_snap_range){ 0, 1 });
    assert_non_null(ask);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    aa_ballot_free(&ballot);
    assert_int_equal(ballot.n, 0);
    assert_null(ballot.result);
    aa_ballot_free(&ballot); /* as good as new */
    aa_buffer_free(&data);
    return 0;
}

static int add(enum aa_vote_kind kind, const char *word, void *courier)
{
    struct aa_cast cast = { .voter = people_voter(word), .channel = courier != NULL ? "s" : "c",
                            .courier = courier, .told = AA_VOTE_COUNTS };

    return aa_ballot_add(&ballot, kind, &cast, ballot.n + 1);
}

static const struct aa_verdict_result *count(void)
{
    struct aa_fault fault = { 0 };

    check(aa_ballot_count(&ballot, &snapshot, &people_directory, ask, &request, DEADLINE,
                          &fault) == 0, "%s", fault.detail);
    if (ballot.n > 0) /* each is told once what came of it, when it comes */
        ballot.casts[ballot.n - 1].told = ballot.result->status[ballot.n - 1];
    return ballot.result;
}

/* Nothing in it belongs to who handed it in. */
static void it_is_copied(void **state)
{
    char account[] = "U0BOB", email[] = "bob@example.com", group[] = "S0DBA", channel[] = "s";
    char reason[] = "because";
    const char *groups[] = { group, group };
    struct aa_cast cast = {
        .voter = { .kind = AA_ACCOUNT_SLACK, .account = account, .email = email,
                   .chat_groups = { groups, 2 }, .uid = 7 },
        .channel = channel, .reason = reason, .courier = &courier_a, .courier_number = 42,
    };
    const struct aa_cast *kept;

    (void)state;
    assert_int_equal(aa_ballot_add(&ballot, AA_VOTE_DENY, &cast, 77), 0);
    memset(account, 'x', 5);
    memset(email, 'x', 5);
    memset(group, 'x', 5);
    memset(channel, 'x', 1);
    memset(reason, 'x', 7);
    groups[1] = NULL;
    kept = &ballot.casts[0];
    assert_string_equal(kept->voter.account, "U0BOB");
    assert_string_equal(kept->voter.email, "bob@example.com");
    assert_int_equal(kept->voter.chat_groups.n, 2);
    assert_string_equal(kept->voter.chat_groups.v[1], "S0DBA");
    assert_string_equal(kept->channel, "s");
    assert_string_equal(kept->reason, "because");
    assert_ptr_equal(kept->courier, &courier_a);
    assert_int_equal(kept->courier_number, 42);
    assert_int_equal(ballot.votes[0].kind, AA_VOTE_DENY);
    assert_int_equal(ballot.votes[0].boottime_usec, 77);
    assert_string_equal(aa_ballot_name(&ballot, 0), "U0BOB"); /* nobody looked them up yet */
    assert_int_equal(count()->verdict, AA_VERDICT_DENIED);
    assert_string_equal(aa_ballot_name(&ballot, 0), "bob");
}

static void counting(void **state)
{
    (void)state;
    assert_int_equal(count()->verdict, AA_VERDICT_PENDING); /* of none */
    assert_int_equal(add(AA_VOTE_APPROVE, "bob", NULL), 0);
    assert_int_equal(count()->verdict, AA_VERDICT_PENDING);
    assert_int_equal(ballot.result->approvals, 1);
    assert_int_equal(add(AA_VOTE_APPROVE, "slack:U0BOB", &courier_a), 0); /* one person, one vote */
    assert_int_equal(count()->verdict, AA_VERDICT_PENDING);
    assert_int_equal(ballot.result->status[1], AA_VOTE_ALREADY);
    assert_int_equal(add(AA_VOTE_APPROVE, "slack:U0CAROL", &courier_a), 0);
    assert_int_equal(count()->verdict, AA_VERDICT_APPROVED);
    people_remove("carol"); /* looked up anew for every count */
    people_leave("wheel", "carol");
    assert_int_equal(count()->verdict, AA_VERDICT_PENDING);
    assert_int_equal(ballot.result->approvals, 1);
}

/* A snapshot that goes away in between: what was counted can still be told. */
static void names_outlive_the_policy(void **state)
{
    (void)state;
    assert_int_equal(add(AA_VOTE_APPROVE, "bob", NULL), 0);
    (void)count();
    memset(data.data, 0xff, data.length);
    assert_string_equal(aa_ballot_name(&ballot, 0), "bob");
}

static void what_cannot_be_counted(void **state)
{
    struct aa_snap_ask damaged = *ask;
    struct aa_fault fault = { 0 };

    (void)state;
    assert_int_equal(add(AA_VOTE_APPROVE, "bob", NULL), 0);
    assert_int_equal(add(AA_VOTE_APPROVE, "carol", NULL), 0);
    assert_int_equal(count()->verdict, AA_VERDICT_APPROVED);
    damaged.from.first = UINT32_MAX / 2;
    assert_true(aa_ballot_count(&ballot, &snapshot, &people_directory, &damaged, &request, DEADLINE,
                                &fault) < 0);
    assert_int_equal(fault.id, AA_FAULT_SNAPSHOT_DAMAGED);
    /* nothing that was half counted, or counted before, is believed */
    assert_int_equal(ballot.result->verdict, AA_VERDICT_PENDING);
    assert_int_equal(ballot.result->approvals, 0);
    assert_int_equal(count()->verdict, AA_VERDICT_APPROVED);
    people_fail_at = 0; /* accounts that cannot be looked up now */
    people_asked = 0;
    assert_int_equal(count()->verdict, AA_VERDICT_PENDING);
    assert_int_equal(ballot.result->status[0], AA_VOTE_UNKNOWN);
}

/* Eight answers that do not count are enough of one account; those that count are not numbered. */
static void heard_out(void **state)
{
    (void)state;
    for (int i = 0; i < AA_BALLOT_REFUSED_OF_ONE; i++) {
        check(add(AA_VOTE_APPROVE, "alice", NULL) == 0, "%d", i);
        assert_int_equal(count()->status[i], AA_VOTE_SELF);
    }
    for (int i = 0; i < 3; i++) {
        assert_int_equal(add(AA_VOTE_APPROVE, "alice", NULL), -E2BIG);
        assert_int_equal(add(AA_VOTE_CANCEL, "alice", NULL), -E2BIG);
    }
    assert_int_equal(ballot.n, AA_BALLOT_REFUSED_OF_ONE);
    /* another account, also one of that name elsewhere, is heard */
    assert_int_equal(add(AA_VOTE_APPROVE, "slack:alice", &courier_a), 0);
    assert_int_equal(count()->status[8], AA_VOTE_UNLINKED);
    assert_int_equal(add(AA_VOTE_APPROVE, "bob", NULL), 0);
    assert_int_equal(count()->status[9], AA_VOTE_COUNTS);
    for (int i = 0; i < 3 * AA_BALLOT_REFUSED_OF_ONE; i++) { /* who changes their mind is heard on */
        assert_int_equal(add(AA_VOTE_RETRACT, "bob", NULL), 0);
        assert_int_equal(count()->status[ballot.n - 1], AA_VOTE_COUNTS);
        assert_int_equal(add(AA_VOTE_APPROVE, "bob", NULL), 0);
        assert_int_equal(count()->approvals, 1);
    }
}

static void forgotten_with_its_channel(void **state)
{
    (void)state;
    assert_int_equal(add(AA_VOTE_APPROVE, "slack:U0BOB", &courier_a), 0);
    assert_int_equal(add(AA_VOTE_APPROVE, "carol", NULL), 0);
    assert_int_equal(count()->verdict, AA_VERDICT_APPROVED);
    aa_ballot_forget(&ballot, &courier_b); /* said nothing */
    assert_int_equal(ballot.n, 2);
    assert_int_equal(ballot.result->verdict, AA_VERDICT_PENDING); /* until it is counted again */
    assert_int_equal(count()->verdict, AA_VERDICT_APPROVED);
    aa_ballot_forget(&ballot, &courier_a);
    assert_int_equal(ballot.n, 1);
    assert_int_equal(ballot.result->verdict, AA_VERDICT_PENDING);
    assert_int_equal(ballot.result->approvals, 0);
    assert_string_equal(ballot.casts[0].voter.account, "carol");
    assert_int_equal(count()->approvals, 1);
    assert_int_equal(count()->verdict, AA_VERDICT_PENDING);
    assert_int_equal(add(AA_VOTE_APPROVE, "slack:U0BOB", &courier_b), 0);
    assert_int_equal(count()->verdict, AA_VERDICT_APPROVED);
    aa_ballot_forget(&ballot, &courier_b);
    aa_ballot_forget(&ballot, NULL); /* the local channel's are of no courier */
    assert_int_equal(ballot.n, 0);
    assert_int_equal(count()->approvals, 0);
}

/* A deny of a channel that was thrown out does not stay either. */
static void order_is_kept(void **state)
{
    static const char *const words[] = { "slack:A", "slack:B", "slack:C", "slack:D", "slack:E" };

    (void)state;
    for (size_t i = 0; i < 200; i++)
        assert_int_equal(add(AA_VOTE_DENY, words[i % 5], i % 3 == 0 ? &courier_a : &courier_b), 0);
    aa_ballot_forget(&ballot, &courier_a);
    assert_int_equal(ballot.n, 133);
    for (size_t i = 0, from = 0; i < ballot.n; i++, from++) {
        from += from % 3 == 0;
        assert_string_equal(ballot.casts[i].voter.account, words[from % 5] + 6);
        assert_int_equal(ballot.votes[i].boottime_usec, from + 1);
        assert_ptr_equal(ballot.casts[i].courier, &courier_b);
    }
}

static void so_many_and_no_more(void **state)
{
    char word[32];

    (void)state;
    for (int i = 0; i < AA_VOTES_MAX; i++) {
        snprintf(word, sizeof(word), "slack:U%d", i);
        check(add(AA_VOTE_APPROVE, word, &courier_a) == 0, "the %d. answer", i + 1);
    }
    assert_int_equal(add(AA_VOTE_APPROVE, "bob", NULL), -E2BIG);
    assert_int_equal(ballot.n, AA_VOTES_MAX);
    assert_int_equal(count()->approvals, 0);
    for (int i = 0; i < AA_VOTES_MAX; i++) {
        snprintf(word, sizeof(word), "U%d", i);
        assert_string_equal(ballot.casts[i].voter.account, word);
        assert_int_equal(ballot.result->status[i], AA_VOTE_UNLINKED);
    }
    aa_ballot_forget(&ballot, &courier_a); /* a channel that floods goes, and makes room */
    assert_int_equal(add(AA_VOTE_APPROVE, "bob", NULL), 0);
    assert_int_equal(count()->approvals, 1);
}

/* Memory has a maximum; what does not fit is not half in it. */
static void memory(void **state)
{
    static char reason[1024 * 1024];
    int r = 0, added = 0;

    (void)state;
    assert_int_equal(add(AA_VOTE_APPROVE, "bob", NULL), 0);
    memset(reason, 'r', sizeof(reason) - 1);
    for (int i = 0; i < 100 && r == 0; i++) {
        struct aa_cast cast = { .voter = people_voter("carol"), .channel = "c", .reason = reason };

        r = aa_ballot_add(&ballot, AA_VOTE_APPROVE, &cast, 2);
        added += r == 0;
    }
    assert_int_equal(r, -ENOMEM);
    assert_in_range(added, 2, AA_BALLOT_MEMORY_MAX / (int)sizeof(reason));
    assert_int_equal(ballot.n, 1 + (size_t)added);
    assert_int_equal(count()->verdict, AA_VERDICT_APPROVED);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(it_is_copied),
        TEST(counting),
        TEST(names_outlive_the_policy),
        TEST(what_cannot_be_counted),
        TEST(heard_out),
        TEST(forgotten_with_its_channel),
        TEST(order_is_kept),
        TEST(so_many_and_no_more),
        TEST(memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
