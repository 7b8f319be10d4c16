/* SPDX-License-Identifier: ISC */
/* Which one person a voter is, with which accounts of this host and in which groups; and that
 * whatever is not certain is nobody. */
#include "unit.h"
#include "people.h"
#include "world.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>

#include "capture/identity.h"

#define CHANNELS "channel c { type local }\nchannel s { type slack; room r; token secret t }\n"
#define PERSONS                                                                      \
    CHANNELS                                                                         \
    "person alice { unix alice alice2; slack U0ALICE; email alice@example.com }\n"   \
    "person bob { unix bob gone; slack U0BOB; matrix \"@bob:x\"; teams T0BOB; api bob }\n" \
    "person carol { unix carol; email Carol@Corp.Example }\n"                        \
    "person frank { unix frank; slack U0FRANK }\n"                                   \
    "person admin { unix root nobody; slack U0ADMIN }\n"                             \
    "agent claude { unix claude; owner alice }\n"
#define GROUPS                                                                       \
    "group named { person alice bob frank admin }\n"                                 \
    "group unix { unix-group wheel staff }\n"                                        \
    "group chat { slack-group S0DBA }\n"                                             \
    "group power { matrix-power 50 }\n"                                              \
    "group other { person bob }\n"                                                   \
    "rule r { ask c s; from named unix chat power }\n"                               \
    "rule n { ask c s; from other }\n"
#define BY_EMAIL "people by-email example.com\npeople by-email \"Corp.Example\"\n"

struct row {
    const char *voter, *wanted;
};

struct policy {
    struct aa_buffer data;
    struct aa_snapshot snapshot;
};

static struct aa_arena arena = AA_ARENA_INIT(16 * 1024 * 1024);

static void open_policy(const char *text, struct policy *ret)
{
    struct aa_fault fault = { 0 };

    world_compile(text, &ret->data);
    check(aa_snapshot_from_memory(ret->data.data, ret->data.length, &ret->snapshot, &fault) == 0,
          "%s", fault.detail);
}

static struct aa_snap_range from_of(const struct aa_snapshot *snapshot, uint32_t ask)
{
    const struct aa_snap_ask *asks = aa_snapshot_elements(snapshot, AA_SECTION_ASKS,
                                                          (struct aa_snap_range){ ask, 1 });

    return asks == NULL ? (struct aa_snap_range){ 0 } : asks->from;
}

static const char *show(const struct aa_snapshot *snapshot, const struct aa_voter_facts *facts)
{
    static char text[1024];
    size_t n = (size_t)snprintf(text, sizeof(text), "%s", aa_vote_status_name(facts->status));

    if (facts->person != NULL)
        n += (size_t)snprintf(text + n, sizeof(text) - n, " %s", facts->person);
    for (size_t i = 0; i < facts->unix_n; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, " %s=%u", facts->unix_accounts[i].name,
                              (unsigned)facts->unix_accounts[i].uid);
    for (size_t i = 0; i < facts->groups_n; i++) {
        const struct aa_snap_range one = { facts->groups[i], 1 };
        const struct aa_snap_group *group = aa_snapshot_elements(snapshot, AA_SECTION_GROUPS, one);

        n += (size_t)snprintf(text + n, sizeof(text) - n, " +%s",
                              aa_snapshot_text(snapshot, group->name));
    }
    return text;
}

static const char *look_up(const struct policy *policy, const struct aa_voter *voter)
{
    struct aa_voter_facts facts;
    int r = aa_look_up_voter(&policy->snapshot, &people_directory,
                             from_of(&policy->snapshot, 0), voter, &arena, &facts);

    check(r == 0, "%d", r);
    assert_int_equal(facts.local, voter->kind == AA_ACCOUNT_UNIX);
    if (facts.local) {
        assert_int_equal(facts.uid, voter->uid);
        assert_int_equal(facts.login_uid, voter->login_uid);
        assert_int_equal(facts.login_known, voter->login_known);
    }
    return show(&policy->snapshot, &facts);
}

static void check_rows(const char *text, const struct row *rows, size_t n)
{
    struct policy policy;

    open_policy(text, &policy);
    for (size_t i = 0; i < n; i++) {
        struct aa_voter voter = people_voter(rows[i].voter);
        const char *answer = look_up(&policy, &voter);

        check(aa_streq(answer, rows[i].wanted), "%s: \"%s\", wanted \"%s\"", rows[i].voter, answer,
              rows[i].wanted);
    }
    aa_buffer_free(&policy.data);
}
#define CHECK_ROWS(text, rows) check_rows((text), (rows), AA_ARRAY_SIZE(rows))

#define ALICE "counts alice alice=1000 alice2=1010 +named"
#define BOB "counts bob bob=1001 +named"
#define CAROL "counts carol carol=1002 +unix"

static void local(void **state)
{
    static const struct row rows[] = {
        { "alice", ALICE },
        { "ally", ALICE },                    /* a second name of the uid */
        { "alice2", ALICE },                  /* a second account of the person */
        { "bob", BOB },                       /* "gone" is not on this host */
        { "bob/-", BOB },
        { "carol", CAROL },
        { "alice/alice2", ALICE },            /* both are alice */
        { "bob/alice", "two-people" },        /* after su, alice is still alice */
        { "bob/dave", "two-people" },         /* the login is nobody's */
        { "bob/claude", "two-people" },
        { "bob/root", "two-people" },
        { "bob/nobody", "two-people" },
        { "alice/root", "two-people" },
        { "dave", "unlinked" },
        { "dave/alice", "unlinked" },
        { "claude", "unlinked" },
        { "claude2", "unlinked" },
        { "root", "root" },
        { "toor", "root" },
        { "root/alice", "root" },
        { "nobody", "unlinked" },             /* whatever a statement says of it */
        { "alice:5000", "unlinked" },         /* another alice, from another source of accounts */
        { "bob:1000", ALICE },                /* the uid says who it is */
        { "#4000:4000", "unlinked" },
        { "unset:4294967295", "unlinked" },
        { "gone:1012", "unlinked" },
    };

    (void)state;
    CHECK_ROWS(PERSONS GROUPS, rows);
}

static void network(void **state)
{
    static const struct row rows[] = {
        { "slack:U0ALICE", ALICE },
        { "slack:u0alice", "unlinked" },
        { "slack:U0BOB", BOB },
        { "slack:U0BOB+S0DBA", BOB " +chat" },
        { "slack:U0BOB+S0OTHER+S0DBA", BOB " +chat" },
        { "slack:U0BOB^100", BOB },
        { "matrix:@bob:x^49", BOB },
        { "matrix:@bob:x^50", BOB " +power" },
        { "matrix:@bob:x+S0DBA", BOB },
        { "teams:T0BOB", BOB },
        { "api:bob", BOB },
        { "api:U0BOB", "unlinked" },          /* each channel has its own namespace */
        { "slack:bob", "unlinked" },
        { "slack:@bob:x", "unlinked" },
        { "slack:U0FRANK", "no-account frank" },
        { "slack:U0ADMIN", "no-account admin root=0 nobody=65534" },
        { "slack:", "unlinked" },
        { "slack:U0X", "unlinked" },
        { "slack:U0X+S0DBA", "unlinked" },
        /* addresses that a statement has */
        { "slack:U0X<alice@example.com>", ALICE },
        { "slack:U0X<Alice@EXAMPLE.com>", ALICE },
        { "slack:U0X<carol@corp.example>", CAROL },
        { "slack:U0ALICE<alice@example.com>", ALICE },
        { "slack:U0BOB<alice@example.com>", "ambiguous" },
        { "slack:U0BOB<bob@example.com>", BOB },
        { "slack:U0X<bob@example.com>", "unlinked" },
        { "slack:U0X<alice@example.com.evil>", "unlinked" },
        { "slack:U0X<xalice@example.com>", "unlinked" },
        { "slack:U0X<alice>", "unlinked" },
        { "slack:U0X<>", "unlinked" },
        /* an address is no account of its own */
        { "email:alice@example.com", "unlinked" },
        { "email:alice@example.com<alice@example.com>", "unlinked" },
    };
    struct aa_voter none = { .kind = AA_ACCOUNT_SLACK }, odd = { .kind = (enum aa_account_kind)77,
                                                                .account = "U0ALICE" };
    struct policy policy;

    (void)state;
    CHECK_ROWS(PERSONS GROUPS, rows);
    open_policy(PERSONS GROUPS, &policy);
    assert_string_equal(look_up(&policy, &none), "unlinked");
    assert_string_equal(look_up(&policy, &odd), "unlinked");
    aa_buffer_free(&policy.data);
}

static void by_email(void **state)
{
    static const struct row rows[] = {
        /* local: whoever has an account, but no system's, no agent's, no person's */
        { "erin", "counts erin@example.com erin=1005 +unix" },
        { "dave", "counts dave@example.com dave=1003" },
        { "dave/-", "counts dave@example.com dave=1003" },
        { "dave/erin", "two-people" },
        { "dave/bob", "two-people" },
        { "bob/dave", "two-people" },
        { "bob", BOB },
        { "ally", ALICE },
        { "svc", "unlinked" },
        { "dyn", "unlinked" },
        { "nobody", "unlinked" },
        { "root", "root" },
        { "claude", "unlinked" },
        { "claude2", "unlinked" },       /* the agent's uid by another name */
        { "Erin", "unlinked" },          /* one mailbox, two accounts */
        { "dave:5000", "unlinked" },     /* the mailbox is of the other dave */
        { "#4000:4000", "unlinked" },
        /* network */
        { "slack:U0X<erin@example.com>", "counts erin@example.com erin=1005 +unix" },
        { "slack:U0X<Erin@Example.COM>", "counts erin@example.com erin=1005 +unix" },
        { "slack:U0X<erin@corp.example>", "counts erin@Corp.Example erin=1005 +unix" },
        { "matrix:@erin:x<erin@example.com>^50", "counts erin@example.com erin=1005 +unix +power" },
        { "slack:U0X<erin@example.org>", "unlinked" },
        { "slack:U0X<erin@sub.example.com>", "unlinked" },
        { "slack:U0X<erin@example.com@evil.org>", "unlinked" },
        { "slack:U0X<erin@evil.org@example.com>", "unlinked" },
        { "slack:U0X<@example.com>", "unlinked" },
        { "slack:U0X<-erin@example.com>", "unlinked" },
        { "slack:U0X<erin @example.com>", "unlinked" },
        { "slack:U0X<nowhere@example.com>", "unlinked" },
        { "slack:U0X<gone@example.com>", "unlinked" },
        { "slack:U0X<root@example.com>", "unlinked" },
        { "slack:U0X<svc@example.com>", "unlinked" },
        { "slack:U0X<dyn@example.com>", "unlinked" },
        { "slack:U0X<nobody@example.com>", "unlinked" },
        { "slack:U0X<claude@example.com>", "unlinked" },
        { "slack:U0X<claude2@example.com>", "unlinked" },
        { "slack:U0X<bob@example.com>", "unlinked" },    /* a person's account is never by mail */
        { "slack:U0X<ally@example.com>", "unlinked" },
        { "slack:U0X<alice@example.com>", ALICE },       /* but the statement has the address */
        { "slack:U0X<alice@corp.example>", "unlinked" },
        /* a stated account beside an address */
        { "slack:U0BOB<bob@example.com>", BOB },
        { "slack:U0BOB<nowhere@example.com>", BOB },
        { "slack:U0BOB<erin@example.org>", BOB },
        { "slack:U0BOB<svc@example.com>", BOB },
        { "slack:U0BOB<erin@example.com>", "ambiguous" },
        { "slack:U0BOB<alice@example.com>", "ambiguous" },
        { "slack:U0BOB<carol@example.com>", "ambiguous" },
    };

    (void)state;
    CHECK_ROWS(BY_EMAIL PERSONS GROUPS, rows);
}

/* A statement has an address, and with it the account for which the address stands. */
static void addresses_of_statements(void **state)
{
    static const struct row boss[] = {
        { "bob", "counts boss bob=1001 dave=1003 +g" },
        { "dave", "counts boss bob=1001 dave=1003 +g" },
        { "dave/bob", "counts boss bob=1001 dave=1003 +g" },
        { "slack:U0X<dave@example.com>", "counts boss bob=1001 dave=1003 +g" },
        { "slack:U0X<dave@corp.example>", "unlinked" },
        { "slack:U0BOSS<dave@corp.example>", "counts boss bob=1001 dave=1003 +g" },
        { "slack:U0BOSS<erin@corp.example>", "ambiguous" },
        { "erin", "counts erin@example.com erin=1005" },
    }, taken[] = {
        { "bob", "counts boss bob=1001 +g" },
        { "dave", "counts dave dave=1003" },
        { "slack:U0X<dave@example.com>", "counts boss bob=1001 +g" },
    }, twice[] = {
        { "dave", "ambiguous" },
        { "slack:U0X<dave@example.com>", "counts boss bob=1001 dave=1003 +g" },
    }, named_so[] = {
        { "dave", "ambiguous" }, /* a record could mean either */
        { "slack:U0X<dave@example.com>", "ambiguous" },
        { "bob", "counts DAVE@example.com bob=1001 +g" },
    }, only_address[] = {
        { "dave", "counts boss dave=1003 +g" },
        { "slack:U0X<dave@example.com>", "counts boss dave=1003 +g" },
        { "slack:U0X<claude@example.com>", "no-account robot" },
        { "claude", "unlinked" },
    };

    (void)state;
#define BOSS CHANNELS "person boss { unix bob; slack U0BOSS; email Dave@example.com }\n"
#define BOSS_GROUP "group g { person boss }\nrule r { ask c s; from g }\n"
    CHECK_ROWS(BY_EMAIL BOSS BOSS_GROUP, boss);
    CHECK_ROWS(BY_EMAIL BOSS "person dave { unix dave }\n" BOSS_GROUP, taken);
    CHECK_ROWS(BY_EMAIL BOSS "person two { unix carol; email dave@corp.example }\n" BOSS_GROUP,
               twice);
    CHECK_ROWS(BY_EMAIL CHANNELS "person DAVE@example.com { unix bob }\n"
               "group g { person DAVE@example.com }\nrule r { ask c; from g }\n", named_so);
    CHECK_ROWS(BY_EMAIL CHANNELS "person boss { email dave@example.com }\n"
               "person robot { email claude@example.com; slack U0ROBOT }\n"
               "agent claude { unix claude; owner boss }\n"
               "group h { unix-group staff }\ngroup g { person boss }\n"
               "rule r { ask c s; from g h }\n", only_address);
}

static void several_persons(void **state)
{
    static const struct row rows[] = {
        { "alice", "ambiguous" }, /* two names of one uid, and each is another's */
        { "ally", "ambiguous" },
        { "bob", "counts bob bob=1001 +g" },
        { "bob/alice", "two-people" },
        { "slack:U0ONE", "counts one alice=1000 +g" },
        { "slack:U0ONE<two@example.com>", "ambiguous" },
        { "slack:U0X<two@example.com>", "counts two ally=1000 +g" },
        { "slack:U0X<Two@example.com>", "counts two ally=1000 +g" },
    }, addresses[] = {
        { "slack:U0X<bob@example.com>", "ambiguous" },
        { "slack:U0X<Bob@example.com>", "ambiguous" },
    };

    (void)state;
    CHECK_ROWS(CHANNELS "person one { unix alice; slack U0ONE }\n"
               "person two { unix ally; email two@example.com }\nperson bob { unix bob }\n"
               "group g { person one two bob }\nrule r { ask c s; from g }\n", rows);
    CHECK_ROWS(CHANNELS "person one { unix alice; email bob@example.com }\n"
               "person two { unix bob; email Bob@example.com }\n"
               "group g { person one two }\nrule r { ask c s; from g }\n", addresses);
}

/* root, nobody and an agent's uid make nobody a person, by whatever name a statement has them. */
static void accounts_of_nobody_in_particular(void **state)
{
    static const struct row rows[] = {
        { "bob", "counts boss bob=1001 root=0 nobody=65534" }, /* root is in wheel, boss is not */
        { "bob/root", "two-people" },
        { "bob/nobody", "two-people" },
        { "bob/toor", "two-people" },
        { "claude", "unlinked" },
        { "claude2", "unlinked" },
        { "carol", "counts robot claude2=1004 carol=1002 +g" },
        { "carol/claude", "two-people" },
        { "carol/claude2", "two-people" },
    };

    (void)state;
    CHECK_ROWS(CHANNELS "person boss { unix bob root nobody }\n"
               "person robot { unix claude2 carol }\n"
               "agent claude { unix claude; owner boss }\n"
               "group g { unix-group wheel }\nrule r { ask c; from g }\n", rows);
}

/* Each look-up is of now, and of the groups that were asked for. */
static void as_it_is_now(void **state)
{
    struct policy policy;
    struct aa_voter carol = people_voter("carol"), bob = people_voter("bob");
    struct aa_voter_facts facts;

    (void)state;
    open_policy(PERSONS GROUPS, &policy);
    assert_string_equal(look_up(&policy, &carol), CAROL);
    people_leave("wheel", "carol");
    assert_string_equal(look_up(&policy, &carol), CAROL); /* staff is left */
    people_leave("staff", "carol");
    assert_string_equal(look_up(&policy, &carol), "counts carol carol=1002");
    people_remove("bob");
    assert_string_equal(look_up(&policy, &bob), "unlinked");
    people_reset();
    bob = people_voter("bob");
    assert_int_equal(aa_look_up_voter(&policy.snapshot, &people_directory,
                                      from_of(&policy.snapshot, 1), &bob, &arena, &facts), 0);
    assert_string_equal(show(&policy.snapshot, &facts), "counts bob bob=1001 +other");
    assert_int_equal(aa_look_up_voter(&policy.snapshot, &people_directory,
                                      (struct aa_snap_range){ 0, 0 }, &bob, &arena, &facts), 0);
    assert_string_equal(show(&policy.snapshot, &facts), "counts bob bob=1001");
    aa_buffer_free(&policy.data);
}

static void too_many_accounts(void **state)
{
    char text[4096];
    size_t n = (size_t)snprintf(text, sizeof(text), "%s", CHANNELS
                                "person many { slack U0MANY; unix");
    struct policy policy;
    struct aa_voter many;
    static const char *const names[] = { "alice", "ally", "alice2", "bob", "bobby", "carol" };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(names); i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, " %s", names[i]);
    for (size_t i = 0; i < 40; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, " many%zu", i);
    snprintf(text + n, sizeof(text) - n,
             " }\ngroup g { person many }\nrule r { ask c s; from g }\n");
    open_policy(text, &policy);
    many = people_voter("slack:U0MANY");
    assert_string_equal(look_up(&policy, &many), "counts many alice=1000 ally=1000 alice2=1010 "
                                                 "bob=1001 bobby=1011 carol=1002 +g");
    aa_buffer_free(&policy.data);
}

static int everybody_exists(void *context, const char *account, uid_t *ret)
{
    (void)context;
    *ret = 2000 + (uid_t)strtoul(account + strcspn(account, "0123456789"), NULL, 10);
    return 1;
}

static void more_accounts_than_fit(void **state)
{
    struct aa_directory directory = people_directory;
    struct aa_voter many = people_voter("slack:U0MANY");

    (void)state;
    directory.uid_of = everybody_exists;
    for (int more = 0; more <= 1; more++) {
        const int accounts = AA_PERSON_ACCOUNTS_MAX + more;
        char text[2048];
        size_t n = (size_t)snprintf(text, sizeof(text), "%s", CHANNELS
                                    "person many { slack U0MANY; unix");
        struct aa_voter_facts facts;
        struct policy policy;

        for (int i = 0; i < accounts; i++)
            n += (size_t)snprintf(text + n, sizeof(text) - n, " m%d", i);
        snprintf(text + n, sizeof(text) - n,
                 " }\ngroup g { person many }\nrule r { ask c s; from g }\n");
        open_policy(text, &policy);
        assert_int_equal(aa_look_up_voter(&policy.snapshot, &directory,
                                          from_of(&policy.snapshot, 0), &many, &arena, &facts), 0);
        if (more == 0)
            assert_int_equal(facts.unix_n, AA_PERSON_ACCOUNTS_MAX);
        assert_int_equal(facts.status, more == 0 ? AA_VOTE_COUNTS : AA_VOTE_UNKNOWN);
        aa_buffer_free(&policy.data);
    }
}

/* Whichever question the directory fails to answer, the voter does not count. */
static void failing_directory(void **state)
{
    static const char *const voters[] = {
        "alice", "alice/alice2", "carol", "bob/alice", "erin", "dave/erin", "slack:U0BOB",
        "slack:U0X<erin@example.com>", "slack:U0BOB<erin@example.com>",
        "slack:U0X<alice@example.com>", "matrix:@bob:x^50",
    };
    struct policy policy;

    (void)state;
    open_policy(BY_EMAIL PERSONS GROUPS, &policy);
    for (size_t i = 0; i < AA_ARRAY_SIZE(voters); i++) {
        struct aa_voter voter = people_voter(voters[i]);
        int questions;

        people_fail_at = -1;
        people_asked = 0;
        look_up(&policy, &voter);
        questions = people_asked;
        assert_true(questions > 0);
        for (int at = 0; at < questions; at++) {
            const char *answer;

            people_asked = 0;
            people_fail_at = at;
            answer = look_up(&policy, &voter);
            check(aa_after(answer, "unknown") != NULL, "%s, question %d of %d: %s", voters[i], at,
                  questions, answer);
        }
    }
    aa_buffer_free(&policy.data);
}

static void no_memory(void **state)
{
    struct aa_voter voters[] = { people_voter("erin"), people_voter("slack:U0X<erin@example.com>"),
                                 people_voter("bob") };
    struct policy policy;

    (void)state;
    open_policy(BY_EMAIL PERSONS GROUPS, &policy);
    for (size_t i = 0; i < AA_ARRAY_SIZE(voters); i++) {
        struct aa_arena empty = AA_ARENA_INIT(1);
        struct aa_voter_facts facts = { .status = AA_VOTE_STATUS_COUNT };
        int r = aa_look_up_voter(&policy.snapshot, &people_directory,
                                 from_of(&policy.snapshot, 0), &voters[i], &empty, &facts);

        assert_int_equal(r, -ENOMEM);
        assert_int_equal(facts.status, AA_VOTE_STATUS_COUNT); /* untouched */
        aa_arena_clear(&empty);
    }
    aa_buffer_free(&policy.data);
}

/*
 * Every number of the snapshot in turn points outside: the answer is "damaged" or it is what the
 * intact snapshot says or less; nothing is read out of bounds (the sanitizers look).
 */
static void damaged_snapshot(void **state)
{
    static const enum aa_section sections[] = {
        AA_SECTION_WORDS, AA_SECTION_PERSONS, AA_SECTION_ACCOUNTS, AA_SECTION_GROUPS,
        AA_SECTION_MEMBERS, AA_SECTION_AGENTS,
    };
    static const char *const voters[] = { "bob/alice", "erin", "slack:U0X<erin@example.com>",
                                          "slack:U0BOB+S0DBA" };
    struct policy policy;
    size_t damages = 0;

    (void)state;
    open_policy(BY_EMAIL PERSONS GROUPS, &policy);
    for (size_t s = 0; s < AA_ARRAY_SIZE(sections); s++) {
        const struct aa_snap_section *section = &policy.snapshot.header->sections[sections[s]];
        size_t size = section->count * aa_snapshot_element_size[sections[s]];

        for (size_t at = 0; at < size; at += sizeof(uint32_t)) {
            uint32_t saved, wild = 0x7fffffff;

            memcpy(&saved, policy.data.data + section->offset + at, sizeof(saved));
            memcpy(policy.data.data + section->offset + at, &wild, sizeof(wild));
            for (size_t i = 0; i < AA_ARRAY_SIZE(voters); i++) {
                struct aa_voter voter = people_voter(voters[i]);
                struct aa_voter_facts facts;
                int r = aa_look_up_voter(&policy.snapshot, &people_directory,
                                         from_of(&policy.snapshot, 0), &voter, &arena, &facts);

                assert_true(r == 0 || r == -EBADMSG);
                damages += r != 0;
                if (r == 0 && facts.status == AA_VOTE_COUNTS)
                    assert_non_null(facts.person);
            }
            memcpy(policy.data.data + section->offset + at, &saved, sizeof(saved));
            people_reset();
            aa_arena_clear(&arena);
        }
    }
    assert_true(damages > 100);
    aa_buffer_free(&policy.data);
}

static void words(void **state)
{
    (void)state;
    for (int i = 0; i < AA_VOTE_STATUS_COUNT; i++) {
        assert_non_null(aa_vote_status_name((enum aa_vote_status)i));
        assert_non_null(aa_vote_status_words((enum aa_vote_status)i));
        for (int j = 0; j < i; j++)
            assert_string_not_equal(aa_vote_status_name((enum aa_vote_status)i),
                                    aa_vote_status_name((enum aa_vote_status)j));
    }
    assert_null(aa_vote_status_name(AA_VOTE_STATUS_COUNT));
    assert_null(aa_vote_status_words((enum aa_vote_status)-1));
}

static void system_uids(void **state)
{
    static const uid_t humans[] = { 1000, 1001, 61183, 65536, 100000, 1 << 30 };
    static const uid_t systems[] = { 0, 1, 999, 61184, 65519, AA_UID_OVERFLOW, 65535 };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(humans); i++)
        assert_false(aa_uid_is_system(humans[i]));
    for (size_t i = 0; i < AA_ARRAY_SIZE(systems); i++)
        assert_true(aa_uid_is_system(systems[i]));
}

/* The directory of this host, held against what the C library says of it. */
static void directory_of_host(void **state)
{
    const struct aa_directory *host = &aa_directory_of_host;
    const struct group *primary = getgrgid(0);
    uid_t uid = 77;
    const char *name = NULL;

    (void)state;
    assert_int_equal(host->uid_of(host->context, "root", &uid), 1);
    assert_int_equal(uid, 0);
    assert_int_equal(host->uid_of(host->context, "no such account", &uid), 0);
    assert_int_equal(host->name_of(host->context, &arena, 0, &name), 1);
    assert_string_equal(name, "root");
    assert_int_equal(host->name_of(host->context, &arena, 3999999999u, &name), 0);
    assert_non_null(primary);
    assert_int_equal(host->in_group(host->context, "root", primary->gr_name), 1);
    assert_int_equal(host->in_group(host->context, "root", "no such group"), 0);
    assert_int_equal(host->in_group(host->context, "no such account", "root"), 0);
    if (getpwnam("nobody") != NULL)
        assert_int_equal(host->in_group(host->context, "nobody", "root"), 0);
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
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(local, set_up, tear_down),
        cmocka_unit_test_setup_teardown(network, set_up, tear_down),
        cmocka_unit_test_setup_teardown(by_email, set_up, tear_down),
        cmocka_unit_test_setup_teardown(addresses_of_statements, set_up, tear_down),
        cmocka_unit_test_setup_teardown(several_persons, set_up, tear_down),
        cmocka_unit_test_setup_teardown(accounts_of_nobody_in_particular, set_up, tear_down),
        cmocka_unit_test_setup_teardown(as_it_is_now, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_many_accounts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(more_accounts_than_fit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failing_directory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damaged_snapshot, set_up, tear_down),
        cmocka_unit_test_setup_teardown(words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(system_uids, set_up, tear_down),
        cmocka_unit_test_setup_teardown(directory_of_host, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
