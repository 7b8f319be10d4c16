/* SPDX-License-Identifier: ISC */
#include "unit.h"
#include "people.h"

#include <errno.h>

struct entry {
    const char *name;
    uid_t uid;
};

static const struct entry all_accounts[] = {
    { "root", 0 },       { "alice", 1000 },   { "ally", 1000 }, { "alice2", 1010 },
    { "bob", 1001 },     { "bobby", 1011 },   { "carol", 1002 }, { "dave", 1003 },
    { "claude", 1004 },  { "claude2", 1004 }, { "erin", 1005 }, { "fay", 1006 },
    { "grace", 1007 },   { "Erin", 1008 },    { "svc", 990 },   { "dyn", 62000 },
    { "nobody", 65534 }, { "toor", 0 },
};

static const struct {
    const char *group, *account;
} all_members[] = {
    { "wheel", "carol" }, { "staff", "carol" }, { "staff", "erin" }, { "wheel", "root" },
};

static bool removed[AA_ARRAY_SIZE(all_accounts)], left[AA_ARRAY_SIZE(all_members)];
int people_fail_at = -1, people_asked;
static struct aa_arena texts = AA_ARENA_INIT(16 * 1024 * 1024);

void people_reset(void)
{
    memset(removed, 0, sizeof(removed));
    memset(left, 0, sizeof(left));
    people_fail_at = -1;
    people_asked = 0;
    aa_arena_clear(&texts);
}

void people_remove(const char *account)
{
    for (size_t i = 0; i < AA_ARRAY_SIZE(all_accounts); i++)
        removed[i] |= aa_streq(all_accounts[i].name, account);
}

void people_leave(const char *group, const char *account)
{
    for (size_t i = 0; i < AA_ARRAY_SIZE(all_members); i++)
        left[i] |= aa_streq(all_members[i].group, group) &&
                   aa_streq(all_members[i].account, account);
}

static bool fails(void)
{
    int number = people_asked++;

    return people_fail_at >= 0 && number >= people_fail_at;
}

static int uid_of(void *context, const char *account, uid_t *ret)
{
    (void)context;
    if (fails())
        return -ETIMEDOUT;
    for (size_t i = 0; i < AA_ARRAY_SIZE(all_accounts); i++) {
        if (!removed[i] && aa_streq(all_accounts[i].name, account)) {
            *ret = all_accounts[i].uid;
            return 1;
        }
    }
    return 0;
}

static int in_group(void *context, const char *account, const char *group)
{
    (void)context;
    if (fails())
        return -EBADMSG; /* not to be taken for a damaged snapshot */
    for (size_t i = 0; i < AA_ARRAY_SIZE(all_members); i++) {
        if (!left[i] && aa_streq(all_members[i].group, group) &&
            aa_streq(all_members[i].account, account))
            return 1;
    }
    return 0;
}

static int name_of(void *context, struct aa_arena *arena, uid_t uid, const char **ret)
{
    (void)context;
    if (fails())
        return -ENOMEM;
    for (size_t i = 0; i < AA_ARRAY_SIZE(all_accounts); i++) {
        if (!removed[i] && all_accounts[i].uid == uid) {
            *ret = aa_arena_strdup(arena, all_accounts[i].name);
            return *ret == NULL ? -ENOMEM : 1;
        }
    }
    return 0;
}

const struct aa_directory people_directory = { uid_of, in_group, name_of, NULL };

uid_t people_uid(const char *account)
{
    for (size_t i = 0; i < AA_ARRAY_SIZE(all_accounts); i++) {
        if (aa_streq(all_accounts[i].name, account))
            return all_accounts[i].uid;
    }
    fail_msg("the host has no account %s", account);
    return 0;
}

static const char *cut(const char *text, size_t n)
{
    const char *copy = aa_arena_strndup(&texts, text, n);

    assert_non_null(copy);
    return copy;
}

static struct aa_voter local_voter(const char *word)
{
    struct aa_voter voter = { .kind = AA_ACCOUNT_UNIX, .login_known = true };
    size_t n = strcspn(word, ":/");

    voter.account = cut(word, n);
    voter.uid = word[n] == ':' ? (uid_t)strtoul(word + n + 1, NULL, 10) : people_uid(voter.account);
    voter.login_uid = voter.uid;
    word = strchr(word, '/');
    if (word != NULL) {
        voter.login_known = word[1] != '-';
        voter.login_uid = voter.login_known ? people_uid(word + 1) : (uid_t)-1;
    }
    return voter;
}

struct aa_voter people_voter(const char *word)
{
    static const struct {
        const char *prefix;
        enum aa_account_kind kind;
    } kinds[] = {
        { "slack:", AA_ACCOUNT_SLACK }, { "matrix:", AA_ACCOUNT_MATRIX },
        { "teams:", AA_ACCOUNT_TEAMS }, { "api:", AA_ACCOUNT_API },
        { "email:", AA_ACCOUNT_EMAIL },
    };
    struct aa_voter voter = { .kind = AA_ACCOUNT_UNIX };
    const char **groups = AA_NEW_ARRAY(&texts, const char *, 8);
    size_t n;

    assert_non_null(groups);
    for (size_t i = 0; i < AA_ARRAY_SIZE(kinds); i++) {
        if (aa_after(word, kinds[i].prefix) != NULL) {
            voter.kind = kinds[i].kind;
            word = aa_after(word, kinds[i].prefix);
            break;
        }
    }
    if (voter.kind == AA_ACCOUNT_UNIX)
        return local_voter(word);
    n = strcspn(word, "<+^");
    voter.account = cut(word, n);
    voter.chat_groups.v = groups;
    for (word += n; *word != '\0'; word += n) {
        const char what = *word++;

        n = strcspn(word, "<+^>");
        if (what == '<')
            voter.email = cut(word, n++);
        else if (what == '+')
            groups[voter.chat_groups.n++] = cut(word, n);
        else
            voter.power = (uint32_t)strtoul(word, NULL, 10);
    }
    return voter;
}
