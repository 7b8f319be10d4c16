/* SPDX-License-Identifier: ISC */
#include "answerers.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>

#include "capture/identity.h"
#include "verdict/person.h"

enum { ACCOUNTS_OF_GROUP_MAX = 1000 };

struct finding {
    const struct aa_snapshot *snapshot;
    const struct aa_snap_ask *ask;
    const struct aa_request *request;
    struct aa_arena *arena;
    struct aa_look_up look_up;
    unsigned kinds; /* bit per enum aa_account_kind whose channel is asked */
    struct answerer *v;
    size_t n;
    struct aa_vote *votes; /* one of each who counts */
    size_t votes_n;
    bool elsewhere;
};

static const char *words_of(enum aa_vote_status status)
{
    switch (status) {
    case AA_VOTE_COUNTS:
        return "";
    case AA_VOTE_ROOT:
        return "uid 0 is nobody in particular";
    case AA_VOTE_UNLINKED:
        return "no person of the policy has this account";
    case AA_VOTE_AMBIGUOUS:
        return "this account fits more than one person";
    case AA_VOTE_NO_ACCOUNT:
        return "has no Unix account on this host";
    case AA_VOTE_SELF:
        return "would ask for this themselves";
    case AA_VOTE_OWNER:
        return "owns the agent that asks";
    case AA_VOTE_NOT_IN_GROUP:
        return "is in none of the groups now";
    case AA_VOTE_ALREADY:
        return "is the same human as somebody above";
    default:
        return "cannot be looked up now";
    }
}

/* ---- channels ---- */

static unsigned kind_of_channel(const struct aa_snapshot *snapshot, const char *name)
{
    struct aa_snap_range all = { 0, aa_snapshot_count(snapshot, AA_SECTION_CHANNELS) };
    const struct aa_snap_channel *channels = aa_snapshot_elements(snapshot, AA_SECTION_CHANNELS, all);

    for (uint32_t i = 0; channels != NULL && i < all.count; i++) {
        const char *candidate = aa_snapshot_text(snapshot, channels[i].name);

        if (candidate == NULL || !aa_streq(candidate, name))
            continue;
        switch ((enum aa_channel_type)channels[i].type) {
        case AA_CHANNEL_LOCAL:
            return 1u << AA_ACCOUNT_UNIX;
        case AA_CHANNEL_SLACK:
            return 1u << AA_ACCOUNT_SLACK;
        case AA_CHANNEL_MATRIX:
            return 1u << AA_ACCOUNT_MATRIX;
        case AA_CHANNEL_TEAMS:
            return 1u << AA_ACCOUNT_TEAMS;
        case AA_CHANNEL_API:
            return 1u << AA_ACCOUNT_API;
        }
    }
    return 0;
}

static unsigned kinds_of(const struct aa_snapshot *snapshot, struct aa_snap_range channels)
{
    const struct aa_snap_word *words = aa_snapshot_words(snapshot, channels);
    unsigned kinds = 0;

    for (uint32_t i = 0; words != NULL && i < channels.count; i++) {
        const char *name = aa_snapshot_text(snapshot, words[i].text);

        kinds |= name == NULL ? 0 : kind_of_channel(snapshot, name);
    }
    return kinds;
}

/* ---- one candidate ---- */

static struct answerer *known(const struct finding *f, const char *name, bool is_person)
{
    for (size_t i = 0; i < f->n; i++) {
        if (f->v[i].is_person == is_person && aa_streq(f->v[i].person, name))
            return &f->v[i];
    }
    return NULL;
}

static int add(struct finding *f, const struct answerer *answerer)
{
    if (f->n == ANSWERERS_MAX)
        return -E2BIG;
    f->v[f->n] = *answerer;
    if (f->v[f->n].because == NULL)
        f->v[f->n].because = words_of(answerer->status);
    f->n++;
    return 0;
}

static int add_name(struct finding *f, const char **names, const char *name)
{
    *names = **names == '\0' ? name : aa_arena_printf(f->arena, "%s, %s", *names, name);
    return *names == NULL ? -ENOMEM : 0;
}

static int name_groups(struct finding *f, const struct aa_voter_facts *facts, const char **ret)
{
    *ret = "";
    for (size_t i = 0; i < facts->groups_n; i++) {
        struct aa_snap_range one = { facts->groups[i], 1 };
        const struct aa_snap_group *group = aa_snapshot_elements(f->snapshot, AA_SECTION_GROUPS, one);
        const char *name = group == NULL ? NULL : aa_snapshot_text(f->snapshot, group->name);

        if (name == NULL || add_name(f, ret, name) < 0)
            return name == NULL ? -EBADMSG : -ENOMEM;
    }
    return 0;
}

/* The one answer that this voter would give, and what would become of it. */
static int try_voter(struct finding *f, const struct aa_voter *voter, struct answerer *answerer,
                     bool *tried)
{
    struct aa_vote vote = { .kind = AA_VOTE_APPROVE };
    struct aa_verdict_result result;
    const char *groups = "";
    int r = aa_look_up_voter(f->snapshot, &aa_directory_of_host, f->ask->from, voter, f->arena,
                             &vote.facts);

    if (r == 0)
        r = aa_verdict(f->snapshot, f->ask, f->request, UINT64_MAX, &vote, 1, &result);
    if (r == 0)
        r = name_groups(f, &vote.facts, &groups);
    if (r < 0)
        return r;
    if (*tried && answerer->status == AA_VOTE_COUNTS)
        return 0;
    if (!*tried || result.status[0] == AA_VOTE_COUNTS) {
        answerer->status = result.status[0];
        if (*groups != '\0')
            answerer->groups = groups;
    }
    *tried = true;
    if (result.status[0] == AA_VOTE_COUNTS && f->votes_n < AA_VOTES_MAX)
        f->votes[f->votes_n++] = vote;
    return 0;
}

static int try_local(struct finding *f, const struct aa_unix_account *account,
                     struct answerer *answerer, bool *tried)
{
    const struct aa_voter voter = { .kind = AA_ACCOUNT_UNIX, .account = account->name,
                                    .uid = account->uid };

    return try_voter(f, &voter, answerer, tried);
}

/* Channels of networks: by the account that a statement gives, or by the address. */
static int try_networks(struct finding *f, const struct aa_found_person *person,
                        struct answerer *answerer, bool *tried)
{
    struct aa_snap_range one = { person->index, 1 };
    const struct aa_snap_person *statement =
        aa_snapshot_elements(f->snapshot, AA_SECTION_PERSONS, one);
    const struct aa_snap_account *accounts =
        statement == NULL ? NULL : aa_snapshot_elements(f->snapshot, AA_SECTION_ACCOUNTS,
                                                        statement->accounts);
    int r = 0;

    if (!person->by_email && accounts == NULL)
        return -EBADMSG;
    for (unsigned kind = AA_ACCOUNT_SLACK; kind <= AA_ACCOUNT_API && r == 0; kind++) {
        struct aa_voter voter = { .kind = (enum aa_account_kind)kind, .account = "" };

        if ((f->kinds & 1u << kind) == 0)
            continue;
        if (person->by_email) {
            voter.email = person->name;
            r = try_voter(f, &voter, answerer, tried);
        }
        for (uint32_t i = 0; !person->by_email && i < statement->accounts.count && r == 0; i++) {
            const char *name = aa_snapshot_text(f->snapshot, accounts[i].name);
            bool address = accounts[i].kind == AA_ACCOUNT_EMAIL;

            if (name == NULL)
                return -EBADMSG;
            if (!address && accounts[i].kind != kind)
                continue;
            voter.account = address ? "" : name;
            voter.email = address ? name : NULL;
            r = try_voter(f, &voter, answerer, tried);
        }
    }
    return r;
}

static int add_person(struct finding *f, const struct aa_found_person *person, const char *group)
{
    struct aa_unix_account accounts[AA_PERSON_ACCOUNTS_MAX];
    struct answerer answerer = { .person = person->name, .accounts = "", .groups = group,
                                 .is_person = true, .status = AA_VOTE_NO_ACCOUNT };
    size_t votes_n = f->votes_n, n = 0;
    bool tried = false;
    int r;

    if (known(f, person->name, true) != NULL)
        return 0;
    r = aa_accounts_of_person(&f->look_up, person, accounts, &n);
    if (r == AA_DIRECTORY_FAILED || r == -E2BIG) {
        answerer.status = AA_VOTE_UNKNOWN;
        return add(f, &answerer);
    }
    for (size_t i = 0; i < n && r == 0; i++) {
        r = add_name(f, &answerer.accounts, accounts[i].name);
        if (r == 0 && (f->kinds & 1u << AA_ACCOUNT_UNIX) != 0)
            r = try_local(f, &accounts[i], &answerer, &tried);
    }
    if (r == 0 && n > 0)
        r = try_networks(f, person, &answerer, &tried);
    if (r < 0)
        return r;
    if (f->votes_n > votes_n) /* one person is one vote */
        f->votes_n = votes_n + 1;
    if (!tried && n > 0) {
        answerer.status = AA_VOTE_UNLINKED;
        answerer.because = "has no account of a channel that is asked";
    }
    return add(f, &answerer);
}

/* ---- members of the groups ---- */

static int add_stated(struct finding *f, const char *name, const char *group)
{
    struct aa_snap_range all = { 0, aa_snapshot_count(f->snapshot, AA_SECTION_PERSONS) };
    const struct aa_snap_person *persons = aa_snapshot_elements(f->snapshot, AA_SECTION_PERSONS, all);

    for (uint32_t i = 0; persons != NULL && i < all.count; i++) {
        const char *candidate = aa_snapshot_text(f->snapshot, persons[i].name);

        if (candidate != NULL && aa_streq(candidate, name))
            return add_person(f, &(struct aa_found_person){ .status = AA_VOTE_COUNTS,
                                                            .name = candidate, .index = i }, group);
    }
    return persons == NULL ? -EBADMSG : 0;
}

/* An account in a group: whose it is, or why it is nobody's. */
static int add_account(struct finding *f, const char *name, uid_t uid, const char *group)
{
    struct aa_found_person person = { .status = AA_VOTE_ROOT };
    struct answerer answerer = { .person = name, .accounts = name, .groups = group };
    int r = uid == 0 ? 0 : aa_person_of_account(&f->look_up, name, uid, &person);

    if (r == AA_DIRECTORY_FAILED) {
        person.status = AA_VOTE_UNKNOWN;
        r = 0;
    }
    if (r < 0)
        return r;
    if (person.status == AA_VOTE_COUNTS)
        return add_person(f, &person, group);
    answerer.status = person.status;
    return known(f, name, false) != NULL ? 0 : add(f, &answerer);
}

static int add_unix_group(struct finding *f, const char *unix_group, const char *group)
{
    const char **names = AA_NEW_ARRAY(f->arena, const char *, ACCOUNTS_OF_GROUP_MAX);
    const struct group *entry = getgrnam(unix_group);
    const struct passwd *account;
    size_t n = 0;
    int r = 0;
    gid_t gid;

    if (entry == NULL || names == NULL)
        return names == NULL ? -ENOMEM : 0;
    gid = entry->gr_gid;
    for (size_t i = 0; entry->gr_mem != NULL && entry->gr_mem[i] != NULL && r == 0; i++) {
        r = n == ACCOUNTS_OF_GROUP_MAX ? -E2BIG : 0;
        if (r == 0 && (names[n++] = aa_arena_strdup(f->arena, entry->gr_mem[i])) == NULL)
            r = -ENOMEM;
    }
    setpwent();
    while (r == 0 && (account = getpwent()) != NULL) {
        if (account->pw_gid != gid)
            continue;
        r = n == ACCOUNTS_OF_GROUP_MAX ? -E2BIG : 0;
        if (r == 0 && (names[n++] = aa_arena_strdup(f->arena, account->pw_name)) == NULL)
            r = -ENOMEM;
    }
    endpwent();
    for (size_t i = 0; i < n && r == 0; i++) {
        struct aa_account found;
        uid_t uid = 0;
        int found_r = aa_account_by_name(f->arena, names[i], &uid, &found);

        if (found_r == 0)
            r = add_account(f, found.name, uid, group);
    }
    return r;
}

static int add_elsewhere(struct finding *f, const struct aa_snap_member *member, const char *name,
                         const char *group)
{
    bool slack = member->kind == AA_MEMBER_SLACK_GROUP;
    struct answerer answerer = { .accounts = "", .groups = group, .elsewhere = true,
                                 .status = AA_VOTE_UNKNOWN };

    if ((f->kinds & 1u << (slack ? AA_ACCOUNT_SLACK : AA_ACCOUNT_MATRIX)) == 0)
        return 0;
    answerer.person = slack ? aa_arena_printf(f->arena, "slack-group %s", name) :
                              aa_arena_printf(f->arena, "matrix-power %u", member->number);
    answerer.because = "who is in it is known only there";
    f->elsewhere = true;
    return answerer.person == NULL ? -ENOMEM : add(f, &answerer);
}

static int add_member(struct finding *f, const struct aa_snap_member *member, const char *group)
{
    const char *name = aa_snapshot_text(f->snapshot, member->name);

    if (name == NULL)
        return -EBADMSG;
    switch ((enum aa_member_kind)member->kind) {
    case AA_MEMBER_PERSON:
        return add_stated(f, name, group);
    case AA_MEMBER_UNIX_GROUP:
        return add_unix_group(f, name, group);
    case AA_MEMBER_SLACK_GROUP:
    case AA_MEMBER_MATRIX_POWER:
        return add_elsewhere(f, member, name, group);
    }
    return -EBADMSG;
}

static int add_group(struct finding *f, const char *wanted)
{
    struct aa_snap_range all = { 0, aa_snapshot_count(f->snapshot, AA_SECTION_GROUPS) };
    const struct aa_snap_group *groups = aa_snapshot_elements(f->snapshot, AA_SECTION_GROUPS, all);
    int r = 0;

    for (uint32_t i = 0; groups != NULL && i < all.count; i++) {
        const char *name = aa_snapshot_text(f->snapshot, groups[i].name);
        const struct aa_snap_member *members =
            aa_snapshot_elements(f->snapshot, AA_SECTION_MEMBERS, groups[i].members);

        if (name == NULL || members == NULL)
            return -EBADMSG;
        for (uint32_t j = 0; aa_streq(name, wanted) && j < groups[i].members.count && r == 0; j++)
            r = add_member(f, &members[j], name);
    }
    return groups == NULL ? -EBADMSG : r;
}

int answerers_find(const struct aa_snapshot *snapshot, const struct aa_snap_ask *ask,
                   const struct aa_request *request, struct aa_arena *arena, struct answerers *ret)
{
    struct finding f = {
        .snapshot = snapshot,
        .ask = ask,
        .request = request,
        .arena = arena,
        .look_up = { snapshot, &aa_directory_of_host, arena },
        .kinds = kinds_of(snapshot, ask->channels) | kinds_of(snapshot, ask->then_channels),
        .v = AA_NEW_ARRAY(arena, struct answerer, ANSWERERS_MAX),
        .votes = AA_NEW_ARRAY(arena, struct aa_vote, AA_VOTES_MAX),
    };
    const struct aa_snap_word *from = aa_snapshot_words(snapshot, ask->from);
    struct aa_verdict_result result;
    int r = f.v == NULL || f.votes == NULL ? -ENOMEM : from == NULL ? -EBADMSG : 0;

    for (uint32_t i = 0; r == 0 && i < ask->from.count; i++) {
        const char *name = aa_snapshot_text(snapshot, from[i].text);

        r = name == NULL ? -EBADMSG : add_group(&f, name);
    }
    if (r == 0)
        r = aa_verdict(snapshot, ask, request, UINT64_MAX, f.votes, f.votes_n, &result);
    if (r < 0)
        return r;
    *ret = (struct answerers){ .v = f.v, .n = f.n, .elsewhere = f.elsewhere,
                               .quorum_reached = result.verdict == AA_VERDICT_APPROVED };
    for (size_t i = 0; i < f.n; i++)
        ret->counting += f.v[i].status == AA_VOTE_COUNTS;
    return 0;
}
