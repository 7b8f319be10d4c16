/* SPDX-License-Identifier: ISC */
#include "voter.h"

#include <errno.h>

#include "capture/identity.h"
#include "person.h"

static const struct {
    const char *name, *words;
} statuses[AA_VOTE_STATUS_COUNT] = {
    [AA_VOTE_COUNTS] = { "counts", "it counts" },
    [AA_VOTE_ROOT] = { "root", "root is nobody in particular; answer from your own account" },
    [AA_VOTE_TWO_PEOPLE] = { "two-people",
                             "you logged in as somebody else; answer from your own login" },
    [AA_VOTE_UNLINKED] = { "unlinked", "no person of the policy has this account" },
    [AA_VOTE_AMBIGUOUS] = { "ambiguous", "this account fits more than one person" },
    [AA_VOTE_NO_ACCOUNT] = { "no-account", "you have no account on this host" },
    [AA_VOTE_SELF] = { "self", "you asked for this yourself" },
    [AA_VOTE_OWNER] = { "owner", "the agent that asks is yours" },
    [AA_VOTE_NOT_IN_GROUP] = { "not-in-group", "you are in none of the groups that may answer" },
    [AA_VOTE_ALREADY] = { "already", "you approved this already" },
    [AA_VOTE_LATE] = { "late", "it came too late: this was over already" },
    [AA_VOTE_TAKEN_BACK] = { "taken-back", "you took it back" },
    [AA_VOTE_NOTHING_TO_TAKE_BACK] = { "nothing-to-take-back",
                                       "you have no answer that could be taken back" },
    [AA_VOTE_UNKNOWN] = { "unknown", "who you are cannot be looked up now" },
};

const char *aa_vote_status_name(enum aa_vote_status status)
{
    return (unsigned)status < AA_VOTE_STATUS_COUNT ? statuses[status].name : NULL;
}

const char *aa_vote_status_words(enum aa_vote_status status)
{
    return (unsigned)status < AA_VOTE_STATUS_COUNT ? statuses[status].words : NULL;
}

/* A uid that many could stand behind: it makes nobody a person. */
static bool is_nobody_in_particular(uid_t uid)
{
    return uid == 0 || uid == AA_UID_OVERFLOW || uid == (uid_t)-1;
}

/* ---- who ---- */

static bool is_same_person(const struct aa_found_person *a, const struct aa_found_person *b)
{
    return a->status == AA_VOTE_COUNTS && b->status == AA_VOTE_COUNTS &&
           a->by_email == b->by_email && (a->by_email ? aa_streq(a->name, b->name) :
                                                        a->index == b->index);
}

/* Whether the login identity is the same person: after "su bob", alice is still alice. */
static int is_login_of(const struct aa_look_up *look_up, const struct aa_found_person *person,
                       uid_t login_uid)
{
    const struct aa_directory *directory = look_up->directory;
    struct aa_found_person login;
    const char *name;
    int r;

    if (is_nobody_in_particular(login_uid))
        return 0;
    r = directory->name_of(directory->context, look_up->arena, login_uid, &name);
    if (r <= 0)
        return r == 0 ? 0 : AA_DIRECTORY_FAILED;
    r = aa_person_of_account(look_up, name, login_uid, &login);
    return r < 0 ? r : is_same_person(person, &login);
}

static int find_local(const struct aa_look_up *look_up, const struct aa_voter *voter,
                      struct aa_found_person *ret)
{
    struct aa_found_person person = { .status = AA_VOTE_UNLINKED };
    int r = 0;

    if (voter->uid == 0)
        person.status = AA_VOTE_ROOT;
    else if (!is_nobody_in_particular(voter->uid) && voter->account != NULL)
        r = aa_person_of_account(look_up, voter->account, voter->uid, &person);
    if (r == 0 && person.status == AA_VOTE_COUNTS && voter->login_known &&
        voter->login_uid != voter->uid) {
        r = is_login_of(look_up, &person, voter->login_uid);
        if (r == 0)
            person.status = AA_VOTE_TWO_PEOPLE;
    }
    if (r >= 0)
        *ret = person;
    return r < 0 ? r : 0;
}

/* ---- groups ---- */

static int is_in_unix_group(const struct aa_look_up *look_up, const struct aa_voter_facts *facts,
                            const char *group)
{
    const struct aa_directory *directory = look_up->directory;

    for (size_t i = 0; i < facts->unix_n; i++) {
        int r;

        if (is_nobody_in_particular(facts->unix_accounts[i].uid))
            continue;
        r = directory->in_group(directory->context, facts->unix_accounts[i].name, group);
        if (r != 0)
            return r < 0 ? AA_DIRECTORY_FAILED : 1;
    }
    return 0;
}

static bool is_in_chat_group(const struct aa_voter *voter, const char *group)
{
    for (size_t i = 0; voter->kind == AA_ACCOUNT_SLACK && i < voter->chat_groups.n; i++) {
        if (aa_streq(voter->chat_groups.v[i], group))
            return true;
    }
    return false;
}

static int is_member(const struct aa_look_up *look_up, const struct aa_voter *voter,
                     const struct aa_found_person *person, const struct aa_voter_facts *facts,
                     struct aa_snap_range range)
{
    const struct aa_snap_member *members = aa_snapshot_elements(look_up->snapshot,
                                                                AA_SECTION_MEMBERS, range);
    int r = 0;

    if (members == NULL)
        return -EBADMSG;
    for (uint32_t i = 0; i < range.count && r == 0; i++) {
        const char *name = aa_snapshot_text(look_up->snapshot, members[i].name);

        if (name == NULL)
            return -EBADMSG;
        switch ((enum aa_member_kind)members[i].kind) {
        case AA_MEMBER_PERSON: /* by a statement only, whatever an address looks like */
            r = !person->by_email && aa_streq(name, person->name);
            break;
        case AA_MEMBER_UNIX_GROUP:
            r = is_in_unix_group(look_up, facts, name);
            break;
        case AA_MEMBER_SLACK_GROUP:
            r = is_in_chat_group(voter, name);
            break;
        case AA_MEMBER_MATRIX_POWER:
            r = voter->kind == AA_ACCOUNT_MATRIX && voter->power >= members[i].number;
            break;
        default:
            return -EBADMSG;
        }
    }
    return r;
}

static int find_group(const struct aa_snapshot *snapshot, const struct aa_snap_word *word,
                      uint32_t *ret, struct aa_snap_range *ret_members)
{
    struct aa_snap_range all = { 0, aa_snapshot_count(snapshot, AA_SECTION_GROUPS) };
    const struct aa_snap_group *groups = aa_snapshot_elements(snapshot, AA_SECTION_GROUPS, all);
    const char *wanted = aa_snapshot_text(snapshot, word->text);

    for (uint32_t i = 0; groups != NULL && wanted != NULL && i < all.count; i++) {
        const char *name = aa_snapshot_text(snapshot, groups[i].name);

        if (name == NULL)
            return -EBADMSG;
        if (aa_streq(name, wanted)) {
            *ret = i;
            *ret_members = groups[i].members;
            return 0;
        }
    }
    return -EBADMSG; /* the compiler lets no ask name a group that is not there */
}

static int find_groups(const struct aa_look_up *look_up, const struct aa_voter *voter,
                       const struct aa_found_person *person, struct aa_snap_range from,
                       struct aa_voter_facts *facts)
{
    const struct aa_snap_word *words = aa_snapshot_words(look_up->snapshot, from);
    uint32_t *groups;
    size_t n = 0;

    if (words == NULL)
        return -EBADMSG;
    groups = AA_NEW_ARRAY(look_up->arena, uint32_t, (size_t)from.count + 1);
    if (groups == NULL)
        return -ENOMEM;
    for (uint32_t i = 0; i < from.count; i++) {
        struct aa_snap_range members;
        int r = find_group(look_up->snapshot, &words[i], &groups[n], &members);

        if (r == 0)
            r = is_member(look_up, voter, person, facts, members);
        if (r < 0)
            return r;
        n += r == 1;
    }
    facts->groups = groups;
    facts->groups_n = n;
    return 0;
}

/* ---- all of it ---- */

static bool has_account_here(const struct aa_voter_facts *facts)
{
    for (size_t i = 0; i < facts->unix_n; i++) {
        if (!is_nobody_in_particular(facts->unix_accounts[i].uid))
            return true;
    }
    return false;
}

/* Fills the facts in as far as they are certain: each step stands on the one before. */
static int gather(const struct aa_look_up *look_up, const struct aa_voter *voter,
                  struct aa_snap_range from, struct aa_voter_facts *facts)
{
    struct aa_found_person person;
    int r = voter->kind == AA_ACCOUNT_UNIX ? find_local(look_up, voter, &person) :
                                             aa_person_of_network(look_up, voter, &person);

    if (r < 0)
        return r;
    facts->status = person.status;
    if (person.status != AA_VOTE_COUNTS)
        return 0;
    facts->status = AA_VOTE_UNKNOWN;
    facts->person = person.name;
    r = aa_accounts_of_person(look_up, &person, facts->unix_accounts, &facts->unix_n);
    if (r < 0)
        return r;
    if (!has_account_here(facts)) {
        facts->status = AA_VOTE_NO_ACCOUNT;
        return 0;
    }
    r = find_groups(look_up, voter, &person, from, facts);
    if (r == 0)
        facts->status = AA_VOTE_COUNTS;
    return r;
}

int aa_look_up_voter(const struct aa_snapshot *snapshot, const struct aa_directory *directory,
                     struct aa_snap_range from, const struct aa_voter *voter,
                     struct aa_arena *arena, struct aa_voter_facts *ret)
{
    const struct aa_look_up look_up = { snapshot, directory, arena };
    struct aa_voter_facts facts = {
        .status = AA_VOTE_UNKNOWN,
        .local = voter->kind == AA_ACCOUNT_UNIX,
    };
    int r;

    if (facts.local) {
        facts.uid = voter->uid;
        facts.login_uid = voter->login_uid;
        facts.login_known = voter->login_known;
    }
    r = gather(&look_up, voter, from, &facts);
    if (r < 0 && r != AA_DIRECTORY_FAILED && r != -E2BIG)
        return r;
    *ret = facts;
    return 0;
}
