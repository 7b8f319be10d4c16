/* SPDX-License-Identifier: ISC */
#include "person.h"

#include <errno.h>

#include "capture/identity.h"
#include "policy/match.h"

enum { LOCAL_PART_MAX = 64, DOMAIN_MAX = 255 }; /* bytes of a mail address */

/* What is looked for among the accounts of all persons. */
struct wanted {
    enum aa_account_kind kind;
    const char *text; /* account or address */
    uid_t uid;
};

/* 1 fits, 0 does not, or negative. */
typedef int (*fits_function)(const struct aa_look_up *look_up,
                             const struct aa_snap_account *account, const char *name,
                             const struct wanted *wanted);

/* The statements that fit: more than one is all that need be known of more than one. */
struct fitting {
    uint32_t index;
    unsigned n;
};

static void add_fitting(struct fitting *fitting, uint32_t index)
{
    if (fitting->n == 0)
        *fitting = (struct fitting){ index, 1 };
    else if (fitting->index != index)
        fitting->n = 2;
}

static void join_fitting(struct fitting *fitting, const struct fitting *more)
{
    if (more->n > 0)
        add_fitting(fitting, more->index);
    if (more->n > 1)
        fitting->n = 2;
}

/* ---- text; the C library's functions would follow the caller's locale ---- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_letters(const char *a, const char *b)
{
    for (; *a != '\0' && lower(*a) == lower(*b); a++)
        b++;
    return lower(*a) == lower(*b);
}

/*
 * Whether an account's name can be a mailbox's. Capitals are left out: Bob and bob are two accounts
 * and one mailbox. So are signs that mean something to a directory service ("bob@other").
 */
static bool is_mailbox(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    size_t n = strlen(name);

    return n > 0 && n <= LOCAL_PART_MAX && strchr(letters, name[0]) != NULL &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.-") == n;
}

/* ---- the directory and the snapshot ---- */

static int ask_uid(const struct aa_look_up *look_up, const char *account, uid_t *ret)
{
    int r = look_up->directory->uid_of(look_up->directory->context, account, ret);

    return r < 0 ? AA_DIRECTORY_FAILED : r != 0;
}

static int has_uid(const struct aa_look_up *look_up, const char *account, uid_t uid)
{
    uid_t found;
    int r = ask_uid(look_up, account, &found);

    return r == 1 ? found == uid : r;
}

static int find_persons(const struct aa_look_up *look_up, fits_function fits,
                        const struct wanted *wanted, struct fitting *ret)
{
    const struct aa_snapshot *snapshot = look_up->snapshot;
    struct aa_snap_range all = { 0, aa_snapshot_count(snapshot, AA_SECTION_PERSONS) };
    const struct aa_snap_person *persons = aa_snapshot_elements(snapshot, AA_SECTION_PERSONS, all);
    struct fitting fitting = { 0 };

    if (persons == NULL)
        return -EBADMSG;
    for (uint32_t i = 0; i < all.count; i++) {
        const struct aa_snap_account *accounts =
            aa_snapshot_elements(snapshot, AA_SECTION_ACCOUNTS, persons[i].accounts);

        if (accounts == NULL)
            return -EBADMSG;
        for (uint32_t j = 0; j < persons[i].accounts.count; j++) {
            const char *name = aa_snapshot_text(snapshot, accounts[j].name);
            int r = name == NULL ? -EBADMSG : fits(look_up, &accounts[j], name, wanted);

            if (r < 0)
                return r;
            if (r == 1)
                add_fitting(&fitting, i);
        }
    }
    *ret = fitting;
    return 0;
}

/* The word of "people by-email" that is this domain: 1 with the word, 0 none. */
static int find_domain(const struct aa_look_up *look_up, const char *domain, const char **ret)
{
    const struct aa_snap_range range = look_up->snapshot->header->settings.by_email;
    const struct aa_snap_word *words = aa_snapshot_words(look_up->snapshot, range);

    if (words == NULL)
        return -EBADMSG;
    for (uint32_t i = 0; i < range.count; i++) {
        const char *word = aa_snapshot_text(look_up->snapshot, words[i].text);

        if (word == NULL)
            return -EBADMSG;
        if (domain == NULL || same_letters(word, domain)) { /* NULL: any, so the first */
            *ret = word;
            return 1;
        }
    }
    return 0;
}

/* The account of this host that an address could stand for: 1, with the policy's domain; 0 none. */
static int account_of_address(const struct aa_look_up *look_up, const char *address,
                              struct aa_unix_account *ret, const char **ret_domain)
{
    const char *at = strrchr(address, '@');
    char *name;
    int r;

    if (at == NULL || at - address > LOCAL_PART_MAX || strlen(at + 1) > DOMAIN_MAX)
        return 0;
    r = find_domain(look_up, at + 1, ret_domain);
    if (r != 1)
        return r;
    name = aa_arena_strndup(look_up->arena, address, (size_t)(at - address));
    if (name == NULL)
        return -ENOMEM;
    for (char *p = name; *p != '\0'; p++)
        *p = lower(*p);
    ret->name = name;
    return is_mailbox(name) ? ask_uid(look_up, name, &ret->uid) : 0;
}

/* Whether some agent has this account, by this name or another of the same uid. */
static int is_agents(const struct aa_look_up *look_up, const struct aa_unix_account *account)
{
    const struct aa_snapshot *snapshot = look_up->snapshot;
    struct aa_snap_range all = { 0, aa_snapshot_count(snapshot, AA_SECTION_AGENTS) };
    const struct aa_snap_agent *agents = aa_snapshot_elements(snapshot, AA_SECTION_AGENTS, all);
    int r = agents == NULL ? -EBADMSG : aa_agent_of(snapshot, account->name);

    if (r != -ENOENT)
        return r < 0 ? r : 1;
    for (uint32_t i = 0; i < all.count; i++) {
        const struct aa_snap_word *words = aa_snapshot_words(snapshot, agents[i].accounts);

        for (uint32_t j = 0; words != NULL && j < agents[i].accounts.count; j++) {
            const char *name = aa_snapshot_text(snapshot, words[j].text);

            r = name == NULL ? -EBADMSG : has_uid(look_up, name, account->uid);
            if (r != 0)
                return r;
        }
        if (words == NULL)
            return -EBADMSG;
    }
    return 0;
}

/* ---- ways in which an account fits ---- */

static int is_account(const struct aa_look_up *look_up AA_UNUSED,
                      const struct aa_snap_account *account, const char *name,
                      const struct wanted *wanted)
{
    return account->kind == (uint32_t)wanted->kind && aa_streq(name, wanted->text);
}

static int is_address(const struct aa_look_up *look_up AA_UNUSED,
                      const struct aa_snap_account *account, const char *name,
                      const struct wanted *wanted)
{
    return account->kind == AA_ACCOUNT_EMAIL && same_letters(name, wanted->text);
}

/*
 * By the uid that the name has now, never by the name alone: of two sources of accounts each may
 * have its own bob.
 */
static int is_uid(const struct aa_look_up *look_up, const struct aa_snap_account *account,
                  const char *name, const struct wanted *wanted)
{
    return account->kind == AA_ACCOUNT_UNIX ? has_uid(look_up, name, wanted->uid) : 0;
}

static int is_uid_of_address(const struct aa_look_up *look_up,
                             const struct aa_snap_account *account, const char *name,
                             const struct wanted *wanted)
{
    struct aa_unix_account found;
    const char *domain;
    int r = account->kind == AA_ACCOUNT_EMAIL ?
                account_of_address(look_up, name, &found, &domain) : 0;

    return r == 1 ? found.uid == wanted->uid : r;
}

/* ---- persons by statement, and by mail ---- */

/* Whether "people by-email" could cover an account: 1, 0 never. */
static int is_by_email(const struct aa_look_up *look_up, const struct aa_unix_account *account)
{
    const struct wanted wanted = { .uid = account->uid };
    struct fitting named;
    int r;

    if (look_up->snapshot->header->settings.by_email.count == 0 ||
        aa_uid_is_system(account->uid) || !is_mailbox(account->name))
        return 0;
    r = is_agents(look_up, account);
    if (r != 0)
        return r < 0 ? r : 0;
    r = find_persons(look_up, is_uid, &wanted, &named);
    return r < 0 ? r : named.n == 0;
}

static int by_statement(const struct aa_look_up *look_up, const struct fitting *fitting,
                        struct aa_found_person *ret)
{
    const struct aa_snap_person *person =
        aa_snapshot_elements(look_up->snapshot, AA_SECTION_PERSONS,
                             (struct aa_snap_range){ fitting->index, 1 });
    struct aa_found_person found = { .status = AA_VOTE_UNLINKED, .index = fitting->index };

    if (fitting->n == 1) {
        found.name = person == NULL ? NULL : aa_snapshot_text(look_up->snapshot, person->name);
        if (found.name == NULL)
            return -EBADMSG;
        found.status = AA_VOTE_COUNTS;
    } else if (fitting->n > 1) {
        found.status = AA_VOTE_AMBIGUOUS;
    }
    *ret = found;
    return 0;
}

/* A statement may have the name that this person gets: then a record could mean either. */
static int by_mail(const struct aa_look_up *look_up, const struct aa_unix_account *account,
                   const char *domain, struct aa_found_person *ret)
{
    const struct aa_snapshot *snapshot = look_up->snapshot;
    struct aa_snap_range all = { 0, aa_snapshot_count(snapshot, AA_SECTION_PERSONS) };
    const struct aa_snap_person *persons = aa_snapshot_elements(snapshot, AA_SECTION_PERSONS, all);
    struct aa_found_person found = { .status = AA_VOTE_COUNTS, .by_email = true,
                                     .account = *account };

    found.name = aa_arena_printf(look_up->arena, "%s@%s", account->name, domain);
    if (found.name == NULL || persons == NULL)
        return found.name == NULL ? -ENOMEM : -EBADMSG;
    for (uint32_t i = 0; i < all.count; i++) {
        const char *name = aa_snapshot_text(snapshot, persons[i].name);

        if (name == NULL)
            return -EBADMSG;
        if (same_letters(name, found.name))
            found.status = AA_VOTE_AMBIGUOUS;
    }
    *ret = found;
    return 0;
}

/* An account that "people by-email" could cover, and no statement names. */
static int person_of_unnamed(const struct aa_look_up *look_up,
                             const struct aa_unix_account *account, const char *domain,
                             struct aa_found_person *ret)
{
    const struct wanted wanted = { .uid = account->uid };
    struct fitting fitting;
    int r = find_persons(look_up, is_uid_of_address, &wanted, &fitting);

    if (r < 0)
        return r;
    /* where a statement has the address that this account stands for, it is that person's */
    return fitting.n > 0 ? by_statement(look_up, &fitting, ret) :
                           by_mail(look_up, account, domain, ret);
}

int aa_person_of_account(const struct aa_look_up *look_up, const char *name, uid_t uid,
                         struct aa_found_person *ret)
{
    const struct aa_unix_account account = { name, uid };
    const struct wanted wanted = { .uid = uid };
    struct fitting fitting = { 0 };
    const char *domain = NULL;
    int r = is_agents(look_up, &account);

    if (r == 0)
        r = find_persons(look_up, is_uid, &wanted, &fitting);
    if (r < 0)
        return r;
    if (r == 1 || fitting.n > 0) /* an agent's uid is no person's, whatever other name it has */
        return by_statement(look_up, &fitting, ret);
    r = is_by_email(look_up, &account);
    if (r == 1)
        r = has_uid(look_up, name, uid); /* the mailbox is of the one whom the host calls so */
    if (r == 1)
        r = find_domain(look_up, NULL, &domain);
    if (r < 0)
        return r;
    return r == 1 ? person_of_unnamed(look_up, &account, domain, ret) :
                    by_statement(look_up, &fitting, ret);
}

/*
 * An address that no statement has stands for an account of this host. By itself it makes a person
 * only where "people by-email" covers that account. Beside a stated account it may not lead to
 * anybody else: then two persons are one human, who could ask as one and answer as the other.
 */
static int person_of_address(const struct aa_look_up *look_up, const char *address,
                             const struct fitting *stated, struct aa_found_person *ret)
{
    struct fitting all = *stated, owners = { 0 }, addressees = { 0 };
    struct wanted wanted = { 0 };
    struct aa_unix_account account;
    const char *domain;
    int covered, r = account_of_address(look_up, address, &account, &domain);

    if (r != 1)
        return r < 0 ? r : by_statement(look_up, stated, ret);
    wanted.uid = account.uid;
    covered = is_by_email(look_up, &account);
    if (covered < 0)
        return covered;
    r = find_persons(look_up, is_uid, &wanted, &owners);
    if (r == 0 && covered == 1)
        r = find_persons(look_up, is_uid_of_address, &wanted, &addressees);
    if (r < 0)
        return r;
    if (covered == 1 && addressees.n == 0 && stated->n == 0)
        return by_mail(look_up, &account, domain, ret);
    if (stated->n > 0) {
        join_fitting(&all, &owners);
        join_fitting(&all, &addressees);
        if (covered == 1 && addressees.n == 0)
            all.n = 2;
    }
    return by_statement(look_up, &all, ret);
}

int aa_person_of_network(const struct aa_look_up *look_up, const struct aa_voter *voter,
                         struct aa_found_person *ret)
{
    const bool has_account = voter->account != NULL && *voter->account != '\0';
    const bool has_address = voter->email != NULL && *voter->email != '\0';
    const struct wanted account = { .kind = voter->kind, .text = voter->account };
    const struct wanted address = { .kind = AA_ACCOUNT_EMAIL, .text = voter->email };
    struct fitting stated = { 0 }, addressees = { 0 };
    int r = 0;

    switch (voter->kind) {
    case AA_ACCOUNT_SLACK:
    case AA_ACCOUNT_MATRIX:
    case AA_ACCOUNT_TEAMS:
    case AA_ACCOUNT_API:
        break;
    default: /* no network channel's namespace */
        return by_statement(look_up, &stated, ret);
    }
    if (has_account)
        r = find_persons(look_up, is_account, &account, &stated);
    if (r == 0 && has_address)
        r = find_persons(look_up, is_address, &address, &addressees);
    if (r < 0)
        return r;
    if (has_address && addressees.n == 0)
        return person_of_address(look_up, voter->email, &stated, ret);
    join_fitting(&stated, &addressees);
    return by_statement(look_up, &stated, ret);
}

/* ---- the accounts of a person ---- */

static int add_account(const struct aa_unix_account *account,
                       struct aa_unix_account ret[AA_PERSON_ACCOUNTS_MAX], size_t *n)
{
    for (size_t i = 0; i < *n; i++) {
        if (ret[i].uid == account->uid && aa_streq(ret[i].name, account->name))
            return 0;
    }
    if (*n >= AA_PERSON_ACCOUNTS_MAX)
        return -E2BIG; /* one left out could be the requester's */
    ret[(*n)++] = *account;
    return 0;
}

int aa_accounts_of_person(const struct aa_look_up *look_up, const struct aa_found_person *person,
                          struct aa_unix_account ret[AA_PERSON_ACCOUNTS_MAX], size_t *ret_n)
{
    const struct aa_snapshot *snapshot = look_up->snapshot;
    const struct aa_snap_range one = { person->index, 1 };
    const struct aa_snap_person *statement;
    const struct aa_snap_account *accounts;
    size_t n = 0;

    if (person->by_email) {
        ret[0] = person->account;
        *ret_n = 1;
        return 0;
    }
    statement = aa_snapshot_elements(snapshot, AA_SECTION_PERSONS, one);
    accounts = statement == NULL ? NULL :
                   aa_snapshot_elements(snapshot, AA_SECTION_ACCOUNTS, statement->accounts);
    if (accounts == NULL)
        return -EBADMSG;
    for (uint32_t i = 0; i < statement->accounts.count; i++) {
        struct aa_unix_account account = { .name = aa_snapshot_text(snapshot, accounts[i].name) };
        const char *domain;
        int r = account.name == NULL ? -EBADMSG : 0;

        if (r == 0 && accounts[i].kind == AA_ACCOUNT_UNIX) {
            r = ask_uid(look_up, account.name, &account.uid);
        } else if (r == 0 && accounts[i].kind == AA_ACCOUNT_EMAIL) {
            r = account_of_address(look_up, account.name, &account, &domain);
            if (r == 1)
                r = is_by_email(look_up, &account);
        }
        if (r == 1)
            r = add_account(&account, ret, &n);
        if (r < 0)
            return r;
    }
    *ret_n = n;
    return 0;
}
